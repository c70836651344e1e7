"""Links: those of the log and the one to Apify Console, shown before they are opened."""

from __future__ import annotations

import pytest
from textual.events import Click, MouseDown, MouseUp

from logview.sources.events import JobChanged
from logview.target import FileTarget
from tests.tui.scripted import ACTOR_ID, RUN_ID, job, numbered

CONSOLE = f"https://console.apify.com/actors/{ACTOR_ID}/runs/{RUN_ID}"


class Browser:
    """A browser that opens what it is asked to, unless told otherwise."""

    def __init__(self):
        self.links = []
        self.works = True

    async def open_link(self, link):
        self.links.append(link)
        return self.works


@pytest.fixture
def opened(monkeypatch):
    """The browser of these tests."""
    browser = Browser()
    monkeypatch.setattr("logview.links.browser.open_link", browser.open_link)
    return browser


async def test_the_run_is_opened_in_console(open_app, opened):
    async with open_app() as s:
        await s.say(JobChanged(job()))
        await s.press("o")
        await s.wait_for(f"asked the browser to open {CONSOLE}")
        assert opened.links == [CONSOLE]


@pytest.mark.parametrize("works", [True, False])
async def test_what_is_reported_of_a_link_is_masked_as_on_the_screen(
    open_app, opened, clipboard, works
):
    opened.works = works
    async with open_app(mask_on_screen=True) as s:
        await s.lines("proxy http://bob:hunter2pass@proxy.example.com:8000/x")
        await s.press("O", "enter")
        await s.wait_for("http://bob:‹password 1›@proxy.example.com:8000/x")
        assert "hunter2pass" not in s.words
        assert opened.links == ["http://bob:hunter2pass@proxy.example.com:8000/x"]
        if not works:
            await s.wait_for(lambda: clipboard)
            assert clipboard == ["http://bob:‹password 1›@proxy.example.com:8000/x"]


async def test_without_a_browser_the_link_is_shown_and_copied(open_app, opened, clipboard):
    opened.works = False
    async with open_app() as s:
        await s.say(JobChanged(job()))
        await s.press("o")
        await s.wait_for(f"Copied the link {CONSOLE} (no browser could be opened here)")
        assert clipboard == [CONSOLE]


async def test_what_has_no_page_in_console_reports_it(open_app, opened, tmp_path):
    async with open_app() as s:
        await s.press("o")
        assert "its page in Apify Console is not known yet" in s.words
    async with open_app(demo=True) as s:
        await s.say(JobChanged(job()))
        await s.press("o")
        assert "the demo's runs have no page" in s.words
    async with open_app(FileTarget(tmp_path / "app.log", 0)) as s:
        await s.press("o")
        assert "this is no run and no build" in s.words
    async with open_app(api_url="https://api.example.com", api_url_source="--api-url") as s:
        await s.say(JobChanged(job()))
        await s.press("o")
        assert "for this API address no page" in s.words
    assert opened.links == []


async def test_the_links_of_an_entry_are_listed_and_enter_opens_one(open_app, opened):
    async with open_app() as s:
        await s.lines("ERROR it broke, see https://a.example/one.", "    at https://b.example/two")
        await s.press("O")
        assert opened.links == []
        await s.press("j", "enter")
        await s.wait_for("asked the browser to open https://b.example/two")
        assert opened.links == ["https://b.example/two"]
        assert s.app.focused is s.log.pane


async def test_y_copies_and_esc_closes(open_app, opened, clipboard):
    async with open_app() as s:
        await s.lines("see https://a.example/one")
        await s.press("O", "y")
        await s.wait_for("Copied the link")
        assert clipboard == ["https://a.example/one"]
        await s.press("O", "escape")
        assert s.app.focused is s.log.pane
        assert opened.links == []


async def test_an_entry_without_links_reports_it(open_app):
    async with open_app() as s:
        await s.press("O")
        assert "the log has no line yet" in s.words
        await s.lines("ftp://a.example javascript:alert(1) file:///etc/passwd")
        await s.press("O")
        assert "no links in this entry" in s.words


async def test_a_long_link_is_shown_whole(open_app):
    link = "https://example.com/" + "/".join(f"part{number}" for number in range(60)) + "/end"
    async with open_app() as s:
        await s.lines(f"see {link} there")
        await s.press("O")
        assert link in "".join(row.strip("│ ") for row in s.rows)


@pytest.mark.parametrize(
    ("link", "messages"),
    [
        ("https://аррӏе.com/login", "goes to xn--80ak6aa92e.com"),
        ("https://apify.com@evil.example/", "goes to evil.example"),
    ],
)
async def test_a_link_that_looks_like_another_shows_where_it_goes(open_app, link, messages):
    async with open_app() as s:
        await s.lines(f"see {link}")
        await s.press("O")
        assert messages in s.words


async def test_what_is_opened_is_what_is_shown(open_app, opened):
    async with open_app() as s:
        await s.lines("see https://a.example/\u202emoc \x1b]8;;https://evil.example\x07x")
        await s.press("O")
        assert "https://a.example/moc" in s.words
        await s.press("enter")
        await s.wait_for("asked the browser")
        assert opened.links == ["https://a.example/moc"]


async def test_a_click_with_control_lists_the_link_there(open_app, opened):
    long = "https://b.example/long/" + "x" * 40
    async with open_app(size=(40, 20)) as s:
        await s.lines(
            *numbered(1, 5), "宽宽宽 https://a.example/ and https://b.example/long/" + "x" * 40
        )
        await s.press("w")
        x, y = s.find("xxxx")
        for kind in (MouseDown, MouseUp, Click):
            await s.mouse(kind, x + 2, y, ctrl=True)
        await s.press("enter")
        await s.wait_for("asked the browser")
        assert opened.links == [long]


# -- what tells of this place -------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "copied"),
    [
        ("copy ID", RUN_ID),
        ("copy link to Console", CONSOLE),
        (
            "copy command to reopen here",
            f"logview {RUN_ID} --at 2026-11-20T06:00:02.000Z",
        ),
        ("copy without times", "line 2"),
    ],
)
async def test_the_palette_copies(open_app, clipboard, command, copied):
    async with open_app() as s:
        await s.say(JobChanged(job()))
        await s.lines(*(f"2026-11-20T06:00:0{number}.000Z line {number}" for number in range(1, 4)))
        await s.press("k")
        {one.words: one.run for one in s.log.palette_commands()}[command]()
        await s.wait_for("Copied ")
        assert clipboard == [copied]


async def test_the_command_names_another_api_and_quotes_a_file(open_app, clipboard, tmp_path):
    async with open_app(
        api_url="https://api.example.com", api_url_source="APIFY_API_BASE_URL"
    ) as s:
        await s.lines("one")
        assert (
            s.log.copies.reopen_command() == f"logview --api-url https://api.example.com {RUN_ID}"
        )
    async with open_app(FileTarget(tmp_path / "my log\x1b[31m.txt", 0)) as s:
        await s.lines("one")
        assert s.log.copies.reopen_command() == f"logview $'{tmp_path}/my log\\033[31m.txt'"


async def test_the_help_shows_how_to_show_somebody_this_place(open_app):
    async with open_app(size=(120, 100)) as s:
        await s.say(JobChanged(job()))
        await s.lines("2026-11-20T06:00:01.000Z one")
        await s.press("?", "end")
        assert "show somebody else this place" in s.words
        assert f"logview {RUN_ID} --at 2026-11-20T06:00:01.000Z" in s.words
        assert CONSOLE in s.words


async def test_the_target_of_a_hyperlink_is_listed_and_found_by_a_click(open_app, opened):
    line = "see \x1b]8;;https://hidden.example/x\x1b\\the docs\x1b]8;;\x1b\\ for more"
    async with open_app() as s:
        await s.lines(line)
        await s.press("O")
        await s.wait_for("https://hidden.example/x")
        await s.press("enter")
        await s.wait_for(lambda: opened.links == ["https://hidden.example/x"])
        x, y = s.find("docs")
        await s.mouse(MouseDown, x, y, ctrl=True)
        await s.mouse(MouseUp, x, y, ctrl=True)
        await s.wait_for("https://hidden.example/x")
