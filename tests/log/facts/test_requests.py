from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from logview.log.entries.index import EntryIndex
from logview.log.entries.records import EntryAssembler
from logview.log.facts.requests import (
    MAX_REQUESTS,
    MAX_TRIES,
    FailedRequest,
    FailedRequests,
    failed_requests,
    find_try,
)
from logview.log.facts.tries import RequestTries
from logview.log.store.document import LogDocument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AT = "2026-11-20T06:00:0"
RECLAIM = "WARN  CheerioCrawler: Reclaiming failed request back to the list or queue."
GAVE_UP = "ERROR CheerioCrawler: Request failed and reached maximum retries."
ENDED = (
    "INFO  CheerioCrawler: All requests from the queue have been processed, "
    "the crawler will shut down."
)


def stamped(*lines: str) -> list[str]:
    return [f"{AT}{number // 1000}.{number % 1000:03}Z {line}" for number, line in enumerate(lines)]


def entries_of(lines: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    assembler = EntryAssembler()
    for entry in (*assembler.feed(lines, lines), *assembler.flush()):
        yield entry.first, entry.lines


def found_in(*lines: str) -> list[FailedRequest]:
    return failed_requests(entries_of(stamped(*lines)))


def request(retry: int | None, url: str = "https://a.example/x", id: str | None = "Aa1") -> str:
    data: dict[str, object] = {"id": id, "url": url} if id else {"url": url}
    data |= {"retryCount": retry} if retry else {"method": "GET", "uniqueKey": url}
    return " " + json.dumps(data, separators=(",", ":"))


def test_the_tries_of_a_request_are_one_row() -> None:
    found = found_in(
        f"{RECLAIM} Request blocked - received 403 status code.{request(1)}",
        f"{RECLAIM} page.goto: Timeout 30000ms exceeded.",
        "=========================== logs ===========================",
        "    at handler (/home/myuser/main.js:35:18)" + request(2),
        f"{GAVE_UP} Error: Detected a session error, rotating session... ",
        "Request blocked - received 407 status code.",
        "    at Crawler._throw (/home/myuser/node_modules/@crawlee/basic/a.js:1:1)",
        "    at Crawler._run (/home/myuser/node_modules/@crawlee/http/b.js:1:1)" + request(None),
        "INFO  next",
    )
    (one,) = found
    assert (one.url, one.id, one.method) == ("https://a.example/x", "Aa1", "GET")
    assert [(each.line, each.lines, each.retry) for each in one.tries] == [
        (1, 1, 1),
        (2, 3, 2),
        (5, 4, None),
    ]
    assert one.reasons == (
        "Request blocked - received 403 status code.",
        "page.goto: Timeout 30000ms exceeded.",
        "Request blocked - received 407 status code.",
    )
    assert one.reason == "Request blocked - received 407 status code."
    assert (one.outcome, one.failed_tries) == ("failed", 3)


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ([ENDED], "recovered"),
        ([], "open"),
        (["INFO  more"], "open"),
        (
            ["[ParselCrawler] INFO  Final request statistics:", "│ requests_failed │ 0 │"],
            "recovered",
        ),
        (['INFO  CheerioCrawler: Final request statistics: {"requestsFailed":0}'], "open"),
    ],
)
def test_a_request_recovers_where_its_crawler_ends(lines: list[str], outcome: str) -> None:
    (one,) = found_in(f"{RECLAIM} socket hang up{request(2)}", *lines)
    assert (one.outcome, one.failed_tries) == (outcome, 2)


def test_a_request_that_finishes_has_recovered() -> None:
    found = found_in(
        f"{RECLAIM} a{request(1, id='one')}",
        f"{RECLAIM} a{request(1, 'https://a.example/y', id='two')}",
        'INFO  Crawler: Request finished {"url":"https://a.example/y","statusCode":200}',
        "INFO  Crawler: Request finished in time",
    )
    assert [(one.id, one.outcome) for one in found] == [("one", "open"), ("two", "recovered")]


def test_a_run_that_succeeded_gave_up_nothing_unnoticed() -> None:
    lines = stamped(f"{RECLAIM} socket hang up{request(1)}")
    (one,) = failed_requests(entries_of(lines), succeeded=True)
    assert one.outcome == "recovered"


def test_failed_ones_come_first_then_those_with_most_tries() -> None:
    found = found_in(
        f"{RECLAIM} a{request(1, id='one')}",
        f"{RECLAIM} a{request(2, id='two')}",
        f"{GAVE_UP} b{request(None, id='three')}",
    )
    assert [one.id for one in found] == ["three", "two", "one"]


def test_requests_without_an_id_go_by_their_url() -> None:
    found = found_in(
        f"{RECLAIM} Login" + request(1, id=None),
        f"{RECLAIM} Login" + request(2, id=None),
        f"{RECLAIM} Login" + request(1, "https://a.example/y", id=None),
    )
    assert [(one.url, one.failed_tries) for one in found] == [
        ("https://a.example/x", 2),
        ("https://a.example/y", 1),
    ]


def test_old_crawlers_log_the_request_before_the_stack() -> None:
    (one,) = found_in(
        "ERROR BasicCrawler: handleRequestFunction failed, reclaiming failed request back to the "
        'list or queue {"url":"https://a.example/x","retryCount":3,"id":"tNV"}',
        "  CredentialsProviderError: Could not load credentials",
        "      at /app/node_modules/@aws-sdk/a.js:19:15",
    )
    assert (one.id, one.failed_tries) == ("tNV", 3)
    assert one.reason == "CredentialsProviderError: Could not load credentials"


def test_crawlee_for_python_names_the_url() -> None:
    logger = "[crawlee.crawlers._playwright._playwright_crawler]"
    url = "https://shop.example/a?b=c"
    (one,) = found_in(
        f"{logger} WARN  Retrying request to {url} due to: Request timed out after 60.0 seconds",
        f"{logger} ERROR Request to {url} failed and reached maximum retries",
        " Traceback (most recent call last):",
        '  File "/usr/src/app/src/main.py", line 9, in handler',
        "    raise ValueError('x')",
        "ValueError: no price",
        "[apify] INFO  next",
    )
    assert (one.url, one.outcome, one.failed_tries) == (url, "failed", 2)
    assert one.reasons == ("Request timed out after 60.0 seconds", "ValueError: no price")


def test_scrapy_names_the_url() -> None:
    logger = "[scrapy.downloadermiddlewares.retry]"
    (one,) = found_in(
        f"{logger} DEBUG Retrying <GET https://a.example/> (failed 1 times): 503 Unavailable",
        f"{logger} ERROR Gave up retrying <GET https://a.example/> (failed 2 times): 503 Twice",
    )
    assert (one.method, one.outcome, one.failed_tries) == ("GET", "failed", 2)
    assert one.reason == "503 Twice"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "INFO  Retrying in 3 s",
        RECLAIM,
        f"{RECLAIM} cut {{",
        f'{RECLAIM} {{"id": {{}} }}',
        f'{RECLAIM} {{"other": 1}}',
        f'{GAVE_UP} {{"url": [1]}}',
        f"{RECLAIM} " + '{"' * 9000,
        f"{RECLAIM} " + "[" * 9000 + '{"url":"u"',
    ],
)
def test_what_is_no_try_or_cut_is_none(line: str) -> None:
    assert find_try([line]) is None


def test_a_hostile_log_is_capped_and_counted() -> None:
    collector = FailedRequests()
    for number in range(MAX_REQUESTS + 5):
        collector.feed(number, [f"{RECLAIM} x{request(1, id=f'id{number}')}"])
    for number in range(3 * MAX_TRIES):
        collector.feed(9000 + number, [f"{RECLAIM} x{request(1 + number, id='id0')}"])
    found = collector.result()
    assert len(found) == MAX_REQUESTS
    assert collector.left_out == 5
    assert len(found[0].tries) == MAX_TRIES
    assert found[0].tries[0].line == 0
    assert found[0].tries[-1].line == 9000 + 3 * MAX_TRIES - 1
    assert found[0].failed_tries == 3 * MAX_TRIES + 1


def test_the_other_tries_of_a_request_are_found_from_one_of_them() -> None:
    document = LogDocument()
    fill = [f"INFO  CheerioCrawler: Saved page {number} {'x' * 900}" for number in range(200)]
    lines = stamped(
        f"{RECLAIM} first{request(1)}",
        *fill,
        f"{RECLAIM} of another{request(1, id='Bb2')}",
        f"{RECLAIM} second",
        "    at handler (/home/myuser/main.js:35:18)" + request(2),
        *fill,
        f"{GAVE_UP} third" + request(None),
        f"INFO  mentions Aa1 and {request(7)}",
    )
    document.append("\n".join(lines).encode())
    entries = EntryIndex(document)
    entries.read_around(document.page_of(202), document.page_of(202) + 1)
    found = RequestTries(document, entries, 202)
    while found.step():
        pass
    assert found.is_complete
    assert [(one.line, one.retry, one.is_last, one.reason) for one in found.tries] == [
        (0, 1, False, "first"),
        (202, 2, False, "second"),
        (404, None, True, "third"),
    ]
    assert not RequestTries(document, entries, 1).is_try
