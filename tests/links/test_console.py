"""Tests: links to Apify Console, and the links that a log's text holds."""

from __future__ import annotations

import pytest

from logview.apify.models import Job
from logview.links.console import LONGEST, console_link, deceptive_host, find_links

API = "https://api.apify.com"


def job(kind: str, actor_id: str | None = "ActorId") -> Job:
    return Job(
        id="JobId",
        kind="run" if kind == "run" else "build",
        status="RUNNING",
        actor_id=actor_id,
        status_message=None,
        started_at=None,
        finished_at=None,
        exit_code=None,
    )


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in find_links(text)]


@pytest.mark.parametrize(
    ("made", "link"),
    [
        (job("run"), "https://console.apify.com/actors/ActorId/runs/JobId"),
        (job("build"), "https://console.apify.com/actors/ActorId/builds/JobId"),
        (job("run", None), "https://console.apify.com/view/runs/JobId"),
        (job("build", None), None),
        (job("run", "a/../b?c"), "https://console.apify.com/actors/a%2F..%2Fb%3Fc/runs/JobId"),
    ],
)
def test_a_run_and_a_build_have_their_pages(made: Job, link: str | None) -> None:
    assert console_link(made, API) == link


@pytest.mark.parametrize("api", ["https://api.example.com", "http://127.0.0.1:8080", "nonsense"])
def test_other_addresses_have_no_console(api: str) -> None:
    assert console_link(job("run"), api) is None


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (
            "see https://a.example/x, and HTTP://b.example.",
            ["https://a.example/x", "HTTP://b.example"],
        ),
        ('{"url":"https://a.example/?q=1&r=2"}', ["https://a.example/?q=1&r=2"]),
        ("(https://a.example/b)", ["https://a.example/b"]),
        ("https://en.example/wiki/A_(b)", ["https://en.example/wiki/A_(b)"]),
        ("<https://a.example>", ["https://a.example"]),
        ("https:// http://?x https://", []),
        ("ftp://a.example file:///etc javascript:alert(1) data:text/html,x", []),
        ("https://[::1", []),
        ("https://a.example\\@evil.example", ["https://a.example"]),
        (
            "https://a.example/b\u202ec https://d.example/\u200be",
            ["https://a.example/b", "https://d.example/"],
        ),
        ("https://a.example/\x1b]0;x\x07", ["https://a.example/"]),
        ("https://a.example/‹token 1›", ["https://a.example/"]),
        (f"https://a.example/{'x' * LONGEST}", []),
    ],
)
def test_links_are_found_whole_and_without_what_stands_around_them(
    text: str, links: list[str]
) -> None:
    assert found(text) == links


def test_a_megabyte_of_brackets_is_no_link_and_no_work() -> None:
    assert found("https://a.example/" + ")" * 1_000_000) == []
    assert found("https://" * 120_000) == []


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://apify.com/x", ""),
        ("https://www.xn--bcher-kva.example", ""),
        ("https://bücher.example/x", "xn--bcher-kva.example"),
        ("https://аррӏе.com", "xn--80ak6aa92e.com"),
        ("https://apify.com@evil.example/", "evil.example"),
        ("https://apify.com%2f@evil.example/", "evil.example"),
        ("https://user:secret@evil.example:8080/", "evil.example"),
        (f"https://{'ü' * 80}.example", rf"{chr(92)}xfc" * 80 + ".example"),
    ],
)
def test_where_a_link_goes_is_said_where_it_could_be_mistaken(link: str, host: str) -> None:
    assert deceptive_host(link) == host
