from __future__ import annotations

import json

import pytest

from logview.log.facts.sparkline import sparkline
from logview.log.facts.statistics import (
    MAX_READ,
    MAX_SAMPLES,
    CrawlerStatistics,
    Numbers,
    Sample,
    find_numbers,
    statistics_kind,
)

AT = "2026-11-20T06:00:00.000Z "
POOL = (
    '{"currentConcurrency":14,"desiredConcurrency":15,"systemStatus":'
    '{"memInfo":{"actualRatio":0.25},"cpuInfo":{"actualRatio":0.5}}}'
)


def statistics(**data: float | None) -> str:
    return f"{AT}INFO  CheerioCrawler:Statistics: CheerioCrawler request statistics: " + json.dumps(
        data
    )


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (
            [statistics(requestsTotal=49, requestsFinishedPerMinute=7, requestsFailedPerMinute=0)],
            {"finished": 49, "finished_per_minute": 7, "failed_per_minute": 0},
        ),
        (
            [statistics(requestsTotal=49, requestsFailedPerMinute=2)],
            {"failed_per_minute": 2},  # how many of the 49 failed is not logged
        ),
        (
            [statistics(requestsFinished=40, requestsFailed=9, requestAvgMillis=None)],
            {"finished": 40, "failed": 9},
        ),
        (
            [f"{AT}INFO  CheerioCrawler:AutoscaledPool: state {POOL}"],
            {"concurrency": 14, "desired_concurrency": 15, "memory": 0.25, "cpu": 0.5},
        ),
        (
            [f'{AT}INFO  CheerioCrawler:AutoscaledPool: state {{"currentConcurrency":3,"system'],
            {"concurrency": 3},
        ),
        (
            [f"{AT}INFO  CheerioCrawler: Status message: x"],
            None,
        ),
        (
            [
                f"{AT}INFO  [Status message]: Crawled 5/200 pages, 2 failed requests, "
                "desired concurrency 4."
            ],
            {"finished": 5, "failed": 2, "desired_concurrency": 4},
        ),
    ],
)
def test_crawlee_for_javascript(lines: list[str], found: dict[str, float] | None) -> None:
    numbers = find_numbers(lines)
    assert (numbers and dict(numbers.values)) == found


@pytest.mark.parametrize(
    ("edge", "bar"), [("┌───────┬────┐", "│"), ("+-------+----+", "|"), ("╔═══════╦════╗", "║")]
)
def test_the_tables_of_crawlee_for_python(edge: str, bar: str) -> None:
    rows = {
        "requests_finished": "12",
        "requests_failed": "3",
        "retry_histogram": "[9, 3]",
        "request_avg_failed_duration": "None",
        "requests_finished_per_minute": "41.5",
        "crawler_runtime": "36.4ms",
    }
    table = [f"{AT}{bar} {key:30} {bar} {value:8} {bar}" for key, value in rows.items()]
    lines = [f"{AT}[ParselCrawler] INFO  Current request statistics:", AT + edge, *table, AT + edge]
    assert find_numbers(lines) == Numbers(
        "ParselCrawler", {"finished": 12, "failed": 3, "finished_per_minute": 41.5}
    )


def test_the_pool_of_crawlee_for_python() -> None:
    line = (
        f"{AT}[crawlee._autoscaling.autoscaled_pool] INFO  current_concurrency = 4; "
        "desired_concurrency = 5; cpu = 0.125; mem = 0; event_loop = 0.0; client_info = 0.0"
    )
    assert find_numbers([line]) == Numbers(
        "", {"concurrency": 4, "desired_concurrency": 5, "cpu": 0.125, "memory": 0}
    )


def collected(entries: list[tuple[int, list[str]]]) -> CrawlerStatistics:
    """Return the numbers in entries: first line, and the text of the lines of each."""
    found = CrawlerStatistics()
    for first, entry in entries:
        found.feed(first, entry)
    return found


def test_the_series_have_lines_and_times() -> None:
    found = collected(
        [
            (3, [f"{AT}INFO  [Status message]: Starting"]),
            (4, [statistics(requestsFinished=1).replace("06:00:00.0", "06:01:00.0")]),
            (9, [statistics(requestsFinished=7).replace("06:00:00.0", "06:02:00.0")]),
            (12, [f"{AT}INFO  [Status message]: Done"]),
        ]
    )
    (crawler,) = found.crawlers
    series = crawler.series["finished"]
    assert crawler.name == "CheerioCrawler"
    assert [(sample.line, sample.value) for sample in series.samples] == [(4, 1), (9, 7)]
    first, last = series.samples
    assert last.time is not None
    assert first.time is not None
    assert last.time - first.time == 60_000
    assert (found.messages, found.last_message and found.last_message.text) == (2, "Done")


def test_a_long_series_is_thinned_out_and_keeps_its_newest() -> None:
    found = CrawlerStatistics()
    for number in range(5 * MAX_SAMPLES):
        found.feed(number, [statistics(requestsFinished=number)])
        newest = found.crawlers[0].series["finished"].last
        assert newest.line == number
    series = found.crawlers[0].series["finished"]
    lines = [sample.line for sample in series.samples]
    assert lines == sorted(set(lines))
    assert len(lines) <= MAX_SAMPLES
    assert series.count == 5 * MAX_SAMPLES
    assert series.highest == Sample(lines[-1], series.last.time, lines[-1])


def test_what_comes_periodically() -> None:
    lines = [
        statistics(requestsFinished=1),
        f"{AT}INFO  Saved 3 products",
        f'{AT}INFO  CheerioCrawler:AutoscaledPool: state {{"currentConcurrency":3}}',
        f"{AT}INFO  concurrency is 3",
        f"{AT}[apify] INFO  [Status message]: Crawled",
    ]
    assert [statistics_kind(line) for line in lines] == ["statistics", None, "pool", None, "status"]


@pytest.mark.parametrize(
    "line",
    [
        f"{AT}request statistics: " + '{"a":' * 5000,
        f"{AT}request statistics: {{}}",
        f'{AT}request statistics: {{"requestsFinished":1e999,"requestsFailed":true}}',
        f"{AT}request statistics: [1]",
    ],
)
def test_what_is_no_number_is_left_out(line: str) -> None:
    assert find_numbers([line]) is None


@pytest.mark.parametrize(
    ("values", "width", "drawn"),
    [
        ([], 5, ""),
        ([0, 0], 5, "▁▁"),
        ([0, 1, 2, 4, 8], 5, "▁▂▃▅█"),
        ([1, None, 8], 5, "▂ █"),
        ([1, 8, 2, 2, float("inf"), 4], 3, "█▃▅"),
        ([-5, 3], 9, "▁█"),
    ],
)
def test_sparklines(values: list[float | None], width: int, drawn: str) -> None:
    assert sparkline(values, width) == drawn


def test_of_very_many_entries_the_newest_is_known() -> None:
    found = CrawlerStatistics()
    line = [f"{AT}INFO  [Status message]: Crawled 5/200 pages, 2 failed requests"]
    for number in range(MAX_READ + 3):
        found.feed(number, line)
    found.feed(MAX_READ + 3, [line[0].replace("5/200", "7/200")])
    assert found.crawlers[0].series["finished"].last.value == 7


def test_numbers_without_a_name_are_those_of_the_only_crawler() -> None:
    pool = "[crawlee.pool] INFO  current_concurrency = 4; desired_concurrency = 5"
    entries = [(1, [AT + pool]), (2, [statistics(requestsFinished=1)])]
    (crawler,) = collected(entries).crawlers
    assert crawler.name == "CheerioCrawler"
    assert set(crawler.series) == {"concurrency", "desired_concurrency", "finished"}
    other = statistics(requestsFinished=2).replace("Cheerio", "Basic")
    names = [one.name for one in collected([*entries, (3, [other])]).crawlers]
    assert names == ["", "CheerioCrawler", "BasicCrawler"]
