"""Demo: the catalogue of its runs, builds and Actors, as they are written down.

What becomes of them while the server runs is in `jobs.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from logview.demo import builds, catalogue, crawls, python_actor, report

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.demo.lines import Outcome, Script

LIVE_ID = "LiveShopCrawl0001"
FINISHED_ID = "DoneShopCrawl0002"
"""The finished run that `logview --demo` prints without a terminal."""
BUILD_ID = "BuildShopCraw0003"
BROKEN_BUILD_ID = "BuildBroken000004"
BUILDING_ID = "BuildRunning00014"
PYTHON_ID = "PythonTrace000005"
LONG_ID = "LongCatalogue0006"
WAITING_ID = "WaitingToStart007"
DROPPING_ID = "DropsNowAndThen08"
PARENT_ID = "MarketReport00015"
BUSY_ID = "Answers429TooMany"
REFUSED_IDS = {
    400: "Answers400Invalid",
    401: "Answers401NoToken",
    403: "Answers403Private",
    404: "Answers404Missing",
    405: "Answers405Methods",
}
"""The runs whose every request gets this answer, by status code."""

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
READY_FOR = 8.0
"""Demo seconds that the waiting run stays READY after it is first asked for."""
BUSY_FOR = 6.0
"""Demo seconds that the busy run answers 429 after it is first asked for."""
LIVE_BEFORE = 20.0
"""Demo seconds that the live runs are older than the server."""
DROPS_FOR = 90.0
"""Demo seconds that the dropping run goes on after it is first asked for."""


@dataclass(frozen=True, slots=True)
class DemoActor:
    """An invented Actor."""

    id: str
    name: str
    title: str
    username: str = "demo"
    memory: int = 4096
    """What its runs may use, in MB."""


@dataclass(frozen=True, slots=True)
class DemoTask:
    """An invented task: an Actor with an input of its own."""

    id: str
    name: str
    title: str
    actor: DemoActor


@dataclass(frozen=True, slots=True)
class DemoRun:
    """A scripted run or build.

    `starts_at` is in demo seconds since the server's start, usually negative.
    With `waits_to_be_opened`, what is due after second 0 counts from the
    moment when the job is first asked for by its ID.
    """

    id: str
    kind: Literal["run", "build"]
    actor: DemoActor
    about: str
    starts_at: float
    script: Callable[[], Script] | None = None
    """None: the long catalogue, which is made while it is sent."""
    ends_as: Outcome = "SUCCEEDED"
    exit_code: int = 0
    build_number: str = "1.4.2"
    build_id: str = BUILD_ID
    waits_to_be_opened: bool = False
    ready_for: float = 0.0
    drops: bool = False
    busy_for: float = 0.0
    refused: int | None = None
    """The status code of every answer about this job."""
    origin: str = "WEB"
    task: DemoTask | None = None
    lasts: float | None = None
    """Its duration in demo seconds, where that is known without its script."""


SHOP = DemoActor("ActorShopPrice001", "shop-price-crawler", "Shop price crawler")
REVIEWS = DemoActor("ActorReviews00002", "review-reader", "Review reader", memory=1024)
CATALOGUE = DemoActor("ActorCatalogue003", "catalogue-export", "Catalogue export", memory=8192)
TEA = DemoActor("ActorTeaWatch0004", "tea-price-watch", "Tea price watch", memory=512)
ERRORS = DemoActor("ActorErrors000006", "error-answers", "Error answers", memory=512)
REPORTS = DemoActor("ActorReports00007", "market-report", "Market report", memory=1024)
MENUS = DemoActor("ActorMenus0000005", "menu-translator", "Menu translator", memory=2048)

PRICES = DemoTask("TaskDailyPrice001", "daily-prices", "Daily prices", SHOP)

TASKS: dict[str, DemoTask] = {PRICES.id: PRICES}

_REPORT_AT = -46 * MINUTE

_REFUSALS = {
    400: "the ID is not valid",
    401: "no token",
    403: "somebody's own run",
    404: "deleted long ago",
    405: "not Apify's API",
}


def _dropping() -> Script:
    return crawls.dropping(LIVE_BEFORE, DROPS_FOR)


def _refused(status: int) -> DemoRun:
    return DemoRun(
        REFUSED_IDS[status], "run", ERRORS, f"the API answers {status}: {_REFUSALS[status]}",
        -20 * DAY - status * MINUTE, crawls.waiting, refused=status, origin="API",
    )  # fmt: skip


_PAST_ENDS: dict[int, tuple[Outcome, int]] = {
    4: ("FAILED", 1), 11: ("TIMED-OUT", 0), 17: ("FAILED", 1), 24: ("ABORTED", 0),
}  # fmt: skip
"""Which of the daily crawls of the past did not succeed, and their exit codes."""


def _past_crawl(number: int) -> DemoRun:
    """Return the daily crawl of so many half days ago; all but every sixth by the task."""
    ends_as, exit_code = _PAST_ENDS.get(number, ("SUCCEEDED", 0))
    seconds = {"SUCCEEDED": 152.0 + number * 37 % 61, "TIMED-OUT": 3600.0}.get(ends_as, 64.0)
    by_task = number % 6 != 5
    return DemoRun(
        f"PastShopCrawl{number:04}", "run", SHOP, "one of thirty crawls of the past",
        -number * DAY / 2 + number * 53 % 17 - 3 * HOUR,
        partial(crawls.past, number, ends_as, seconds), ends_as, exit_code,
        origin="SCHEDULER" if by_task else "WEB", task=PRICES if by_task else None, lasts=seconds,
    )  # fmt: skip


def _report_part(run_id: str, actor: DemoActor, after: float, script: Callable[[], Script],
                 ends_as: Outcome = "SUCCEEDED", exit_code: int = 0) -> DemoRun:  # fmt: skip
    """Return a run that the market report has started, so many seconds after its own start."""
    return DemoRun(
        run_id, "run", actor, "started by the market report", _REPORT_AT + after, script,
        ends_as, exit_code, origin="ACTOR",
    )  # fmt: skip


def _past_reviews(number: int) -> DemoRun:
    seconds = 41.0 + number * 13 % 9
    return DemoRun(
        f"PastReviews{number:06}", "run", REVIEWS, "reviews that were read without an error",
        -31 * MINUTE - number * HOUR, partial(python_actor.past, number, seconds),
        build_number="0.2.9", build_id="BuildReviews00012", origin="SCHEDULER", lasts=seconds,
    )  # fmt: skip


RUNS: list[DemoRun] = [
    DemoRun(
        LIVE_ID, "run", SHOP, "a crawl of two minutes that fails", -LIVE_BEFORE,
        crawls.live, "FAILED", exit_code=1, task=PRICES,
    ),
    DemoRun(
        WAITING_ID, "run", TEA, "has not started yet", -1.0,
        crawls.waiting, waits_to_be_opened=True, ready_for=READY_FOR, build_number="0.9.1",
        build_id="BuildTeaWatch0010", origin="SCHEDULER",
    ),
    DemoRun(
        DROPPING_ID, "run", MENUS, "its connection drops now and then", -LIVE_BEFORE,
        _dropping, waits_to_be_opened=True, drops=True, build_number="0.2.7",
        build_id="BuildMenuTran0011",
    ),
    DemoRun(
        BUILDING_ID, "build", REVIEWS, "a build that runs", -8.0,
        builds.mended, build_number="0.3.2",
    ),
    DemoRun(
        FINISHED_ID, "run", SHOP, "a crawl that succeeded", -14 * MINUTE, crawls.done,
        origin="SCHEDULER", task=PRICES,
    ),
    DemoRun(
        BUILD_ID, "build", SHOP, "a build with BuildKit's steps", -16 * MINUTE,
        builds.shop_crawler,
    ),
    DemoRun(
        PYTHON_ID, "run", REVIEWS, "a traceback in Python", -31 * MINUTE,
        python_actor.review_reader, "FAILED", exit_code=91, build_number="0.2.9",
        build_id="BuildReviews00012", origin="SCHEDULER",
    ),
    DemoRun(
        BROKEN_BUILD_ID, "build", REVIEWS, "a build that failed", -33 * MINUTE,
        builds.broken, "FAILED", exit_code=2, build_number="0.3.1",
    ),
    DemoRun(
        PARENT_ID, "run", REPORTS, "starts two runs, and has their logs", _REPORT_AT,
        report.parent, build_number="0.5.0", build_id="BuildReports00018", origin="SCHEDULER",
    ),
    _report_part(report.PRICES_ID, SHOP, report.PRICES_AFTER, report.prices),
    _report_part(report.REVIEWS_ID, REVIEWS, report.REVIEWS_AFTER, report.reviews, "FAILED", 3),
    *[_past_reviews(number) for number in range(1, 5)],
    DemoRun(
        LONG_ID, "run", CATALOGUE, "100,000 lines", -1.2 * HOUR - catalogue.DURATION,
        build_number="2.0.5", build_id="BuildCatalogue013", origin="API",
        lasts=catalogue.DURATION,
    ),
    *[_past_crawl(number) for number in range(1, 31)],
    DemoRun(
        BUSY_ID, "run", ERRORS, "the API answers 429 for a while", -20 * DAY,
        crawls.waiting, busy_for=BUSY_FOR, build_number="0.9.1", build_id="BuildTeaWatch0010",
    ),
    *[_refused(status) for status in REFUSED_IDS],
]  # fmt: skip
"""All runs and builds of the demo, by what is most worth a look; error answers are the last."""

ACTORS: dict[str, DemoActor] = {run.actor.id: run.actor for run in RUNS}
