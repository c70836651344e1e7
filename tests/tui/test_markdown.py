"""An excerpt as Markdown: nothing in it ends the fence, and its words are shown as they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.sources.events import Ended, JobChanged
from logview.tui.markdown import code, escaped, fenced
from tests.tui import scripted
from tests.tui.scripted import RUN_ID, crawl


@given(st.text(alphabet="`~a \n", max_size=60))
def test_nothing_in_the_text_ends_the_fence(text: str) -> None:
    fence, *lines, last, rest = fenced(text, []).split("\n")
    assert rest == ""
    assert last == fence.removesuffix("text")
    assert len(last) >= 3
    assert all(not line.strip().startswith(last) for line in lines)
    assert "\n".join(lines) == text


@given(st.text(alphabet="\\`*_[]<>#|~&!$a1 ", max_size=30))
def test_words_are_shown_as_they_are(text: str) -> None:
    shown = " ".join(text.split())
    assert re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", escaped(text)) == shown
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>#|~&!$]", escaped(text))


def test_an_id_can_not_leave_its_backticks() -> None:
    assert code("a`b`\n[c](d)") == "`a'b' [c](d)`"
    assert code("") == ""


async def markdown(s, clipboard) -> list[str]:
    await s.press("Y")
    await s.wait_for(lambda: clipboard)
    return clipboard.pop().split("\n")


async def test_it_shows_what_where_when_and_links_there(open_app, clipboard):
    actors = {scripted.ACTOR_ID: "my_*scraper*"}
    async with open_app(actors=actors) as s:
        log = crawl(1, 40)
        await s.lines(*log)
        await s.say(JobChanged(scripted.job("RUNNING")))
        await s.wait_for("my_*scraper*")
        await s.press("g", "j", "v", "j", "j")
        head, empty, fence, *lines, end, _ = await markdown(s, clipboard)
        await s.wait_for("Copied 3 lines as Markdown")
        assert head == (
            rf"**my\_\*scraper\*** · run `{RUN_ID}` · RUNNING · lines 2–4 · "
            "2026-11-20 06:00:00.080–06:00:00.160 UTC · [Apify Console]"
            f"(https://console.apify.com/actors/{scripted.ACTOR_ID}/runs/{RUN_ID})"
        )
        assert (empty, fence, end) == ("", "```text", "```")
        assert lines == log[1:4]


async def test_of_filtered_lines_it_shows_how_many_there_are(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*crawl(1, 60))
        await s.press("g", "v", "G", "&", *"ERROR", "enter")
        head, _, _, *lines, _, _ = await markdown(s, clipboard)
        assert len(lines) == 2
        assert "2 of lines 25–50 · 2026-11-20 06:00:01.000–06:00:02.000 UTC" in head


async def test_an_entry_that_ends_without_a_stamp_has_its_time(open_app, clipboard):
    async with open_app() as s:
        await s.lines(*crawl(25, 1), "    at one", "    at two")
        head = (await markdown(s, clipboard))[0]
        assert "lines 1–3 · 2026-11-20 06:00:01.000 UTC" in head


@pytest.mark.parametrize("where", ["demo", "elsewhere"])
async def test_there_is_no_link_to_what_console_does_not_have(open_app, clipboard, where):
    elsewhere = {} if where == "demo" else {"api_url": "http://127.0.0.1:9", "api_url_source": "x"}
    async with open_app(demo=where == "demo", **elsewhere) as s:
        await s.lines("one ``` two")
        await s.say(JobChanged(scripted.job("SUCCEEDED", seconds=3.0)), Ended(None, None))
        head, _, fence, *_ = await markdown(s, clipboard)
        assert "SUCCEEDED" in head
        assert "Console" not in head
        assert "http" not in head
        assert fence == "````text"
