"""Tests: links to Apify Console, and the links that a log's text holds."""

from __future__ import annotations

import pytest

from logview.apify.models import Job
from logview.links.console import LONGEST, console_link, deceptive_host, find_links, links_of_line

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
def test_where_a_link_goes_is_shown_where_it_could_be_mistaken(link: str, host: str) -> None:
    assert deceptive_host(link) == host


def hyperlink(target: str, text: str, end: str = "\x1b\\") -> str:
    """What programs print for a hyperlink (OSC 8)."""
    return f"\x1b]8;id=1;{target}{end}{text}\x1b]8;;{end}"


@pytest.mark.parametrize("end", ["\x1b\\", "\x07", "\x9c"])
def test_a_hyperlink_is_found_where_its_text_stands(end: str) -> None:
    line = f"see \x1b[1m界\x1b[0m {hyperlink('https://a.example/b?c=d.', 'the page', end)}, done"
    assert links_of_line(line.encode()) == [(6, 14, "https://a.example/b?c=d.")]


def test_hyperlinks_and_links_in_the_text_keep_their_order() -> None:
    line = (
        f"https://a.example {hyperlink('https://b.example', 'https://c.example')}"
        " https://d.example \x1b]8;;https://e.example\x07not closed"
    )
    assert [link.target for link in links_of_line(line.encode())] == [
        *("https://a.example", "https://b.example", "https://c.example"),
        *("https://d.example", "https://e.example"),
    ]


@pytest.mark.parametrize(
    "target",
    [
        *("file:///etc/passwd", "javascript:alert(1)", "", "https://", "https://a.example/ b"),
        *(
            "https://a.example/\u202eb",
            "https://a.example/\x01",
            f"https://a.example/{'x' * LONGEST}",
        ),
    ],
)
def test_a_hyperlink_that_leads_not_to_the_web_is_none(target: str) -> None:
    assert links_of_line(hyperlink(target, "text").encode()) == []


def test_a_line_of_hyperlinks_alone_is_no_work() -> None:
    line = b"\x1b]8;;https://a.example\x07x" * 100_000
    assert links_of_line(line)[-1].target == "https://a.example"
