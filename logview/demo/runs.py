"""Demo: the catalogue of its runs, builds and Actors, as they are written down.

What becomes of them while the server runs is in `jobs.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from logview.demo import builds, catalogue, crawls, python_actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.demo.lines import Script

LIVE_ID = "LiveShopCrawl0001"
FINISHED_ID = "DoneShopCrawl0002"
"""The finished run that `logview --demo` prints without a terminal."""
BUILD_ID = "BuildShopCraw0003"
BROKEN_BUILD_ID = "BuildBroken000004"
PYTHON_ID = "PythonTrace000005"
LONG_ID = "LongCatalogue0006"
WAITING_ID = "WaitingToStart007"
DROPPING_ID = "DropsNowAndThen08"
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
    ends_as: Literal["SUCCEEDED", "FAILED"] = "SUCCEEDED"
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


SHOP = DemoActor("ActorShopPrice001", "shop-price-crawler", "Shop price crawler")
REVIEWS = DemoActor("ActorReviews00002", "review-reader", "Review reader")
CATALOGUE = DemoActor("ActorCatalogue003", "catalogue-export", "Catalogue export")
TEA = DemoActor("ActorTeaWatch0004", "tea-price-watch", "Tea price watch")
MENUS = DemoActor("ActorMenus0000005", "menu-translator", "Menu translator (drops)")

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
    actor = DemoActor(
        f"ActorAnswers{status}00", f"answers-{status}", f"Answers {status}: {_REFUSALS[status]}"
    )
    return DemoRun(
        REFUSED_IDS[status], "run", actor, f"the API answers {status}, always",
        -2 * HOUR - status * MINUTE, crawls.waiting, refused=status, origin="API",
    )  # fmt: skip


RUNS: list[DemoRun] = [
    DemoRun(
        LIVE_ID, "run", SHOP, "a crawl of two minutes that fails", -LIVE_BEFORE,
        crawls.live, "FAILED", exit_code=1,
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
        FINISHED_ID, "run", SHOP, "a crawl that succeeded", -14 * MINUTE, crawls.done,
        origin="SCHEDULER",
    ),
    DemoRun(
        BUILD_ID, "build", SHOP, "a build with BuildKit's steps", -16 * MINUTE,
        builds.shop_crawler,
    ),
    DemoRun(
        PYTHON_ID, "run", REVIEWS, "a traceback in Python", -31 * MINUTE,
        python_actor.review_reader, "FAILED", exit_code=91, build_number="0.2.9",
        build_id="BuildReviews00012",
    ),
    DemoRun(
        BROKEN_BUILD_ID, "build", REVIEWS, "a build that failed", -33 * MINUTE,
        builds.broken, "FAILED", exit_code=2, build_number="0.3.1",
    ),
    DemoRun(
        BUSY_ID, "run", TEA, "the API answers 429 for a while", -48 * MINUTE,
        crawls.waiting, busy_for=BUSY_FOR, build_number="0.9.1", build_id="BuildTeaWatch0010",
    ),
    DemoRun(
        LONG_ID, "run", CATALOGUE, "100,000 lines", -3 * HOUR - catalogue.DURATION,
        build_number="2.0.5", build_id="BuildCatalogue013", origin="API",
    ),
    *[_refused(status) for status in REFUSED_IDS],
]  # fmt: skip
"""All runs and builds of the demo, by what is most worth a look."""

ACTORS: dict[str, DemoActor] = {run.actor.id: run.actor for run in RUNS}
