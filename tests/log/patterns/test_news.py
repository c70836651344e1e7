"""News: what is new against good runs, where much of what they say varies."""

from __future__ import annotations

from logview.log.patterns.model import Baseline
from logview.log.patterns.news import Comparer
from logview.log.patterns.tally import make_model
from tests.log.patterns.reading import tally_of

TITLES = (
    *("blue kettle", "garden chair of wood", "large lamp", "red set", "cotton bag for travel"),
    *("steel bottle", "small table", "winter coat, warm", "light bag", "heavy lamp with shade"),
)


def new_and_missing(good: list[list[str]], lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the first lines of what is new in a log, and the examples of what it lacks."""
    models = [make_model(tally_of("\n".join(log).encode()), str(at)) for at, log in enumerate(good)]
    attempt = tally_of("\n".join(lines).encode()).attempt
    news = Comparer(Baseline(models)).compare(attempt, attempt.templates())
    return [one.entry.raw[0] for one in news.new], [one.example for one in news.missing]


def test_why_a_try_failed_is_told_apart_from_other_reasons() -> None:
    tried = "WARN  Crawler: Reclaiming failed request back to the list or queue. {}"
    usual = [
        "Detected a session error, rotating session...",
        "page.goto: Timeout 30000ms exceeded.",
    ]
    good = [
        ["INFO  Start", *(tried.format(usual[at % 2]) for at in range(8)), "INFO  Done"]
        for _ in range(2)
    ]
    banned = tried.format("page.goto: net::ERR_TUNNEL_CONNECTION_FAILED at https://a.example/1")
    new, _ = new_and_missing(good, [*good[0][:6], banned, "INFO  Done"])
    assert new == [banned]
    gave_up = "ERROR Crawler: Request failed and reached maximum retries. {}"
    good = [[*log, *map(gave_up.format, usual * 4)] for log in good]
    blocked = gave_up.format("Request blocked")
    assert new_and_missing(good, [*good[0][:9], blocked])[0] == [blocked]


def test_a_reason_in_parentheses_is_no_value() -> None:
    good = [
        ["INFO  Spider opened", f"INFO  {at} items", "INFO  Spider closed (finished)"]
        for at in (2, 5)
    ]
    stopped = "INFO  Spider closed (closespider_no_items)"
    new, missing = new_and_missing(good, [*good[0][:2], stopped])
    assert new == [stopped]
    assert missing == ["INFO  Spider closed (finished)"]


def test_a_message_is_new_where_what_varies_stands_behind_another_one() -> None:
    dropped = "[scraper] WARN  Dropped: Duplicate item found: {}"
    good = [["INFO  Start", *map(dropped.format, TITLES[at : at + 3])] for at in (0, 3, 6)]
    lines = [
        "INFO  Start",
        dropped.format("green bag"),
        "[scraper] WARN  Dropped: Missing price in red lamp",
    ]
    assert new_and_missing(good, lines)[0] == lines[2:]


def test_errors_that_differ_in_a_title_are_known() -> None:
    rejected = "ERROR sync: Document rejected as title {} is too long"
    good = [["INFO  Start", *map(rejected.format, TITLES[:2])]]
    assert new_and_missing(good, ["INFO  Start", *map(rejected.format, TITLES[2:6])])[0] == []
    other = "ERROR sync: Batch rejected as title is too long"
    assert new_and_missing(good, ["INFO  Start", other])[0] == [other]


def test_what_all_good_runs_end_with_is_missing_whatever_follows_its_first_words() -> None:
    good = [
        [
            "Start",
            *(f"Thought {title}" for title in TITLES[at : at + 5]),
            f"Final answer: {TITLES[at]} won",
        ]
        for at in range(3)
    ]
    new, missing = new_and_missing(good, good[0][:6])
    assert not new
    assert missing == ["Final answer: blue kettle won"]
    assert new_and_missing(good, [*good[0][:6], "Final answer: none of them"])[1] == []


def test_many_new_ones_that_differ_in_a_title_count_as_one() -> None:
    good = [["INFO  Start", "INFO  Done"]]
    dropped = [f"WARN  Dropped: Missing price in {title}" for title in TITLES[:5]]
    others = ["WARN  Failed to open it", "WARN  Failed to read it", "WARN  Failed to parse it"]
    assert new_and_missing(good, ["INFO  Start", *dropped, *others])[0] == [dropped[0], *others]
