"""The log screen in its states, and what opens over it: words and places, a few pictures."""

from __future__ import annotations

import pytest

from logview.sources.events import (
    Connected,
    Connecting,
    Ended,
    Gap,
    JobChanged,
    Lost,
    Problem,
    Received,
    Resumed,
    Waiting,
)
from logview.target import FileTarget
from tests.tui import scripted
from tests.tui.scripted import crawl, job

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
ACTORS = {scripted.ACTOR_ID: "my-scraper"}


async def live(s, lines=60):
    """A run that has logged something and goes on."""
    await s.say(Connecting(), JobChanged(job(message="Crawled 51/200 pages")), Connected())
    await s.lines(*crawl(1, lines))
    await s.wait_for("my-scraper")


async def test_live(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        assert s.picture() == snapshot


@SIZES
async def test_live_in_words(open_app, size):
    async with open_app(size=size, actors=ACTORS) as s:
        await live(s)
        assert s.rows[0].split()[:9] == [
            *("●", "RUNNING", "my-scraper", "run", scripted.RUN_ID),
            *("Crawled", "51/200", "pages"),
            *(("UTC",) if size[0] > 80 else ("3m12s",)),
        ]
        assert "06:00" in s.rows[1] + s.rows[2], "the timeline"
        assert s.log.pane.region.y == (3 if size[1] >= 30 else 2)
        assert len(s.log_rows) == size[1] - s.log.pane.region.y - 2
        assert "Retrying page 60" in s.cursor_row
        assert s.cursor_row == s.log_rows[-1]
        for words in ("  FOLLOW   last line now ", " 60 of 60", "2 E 5 W"):
            assert words in s.status
        assert s.rows[-1].split("  ")[1:3] == ["/ search", "& filter"]
        assert s.rows[-1].endswith("? help")


async def test_live_in_light(open_app, snapshot):
    async with open_app(actors=ACTORS, theme="logview-light") as s:
        await live(s)
        await s.press("k")
        await s.lines(*crawl(61, 3))
        await s.press("/")
        await s.type("timed")
        assert s.picture() == snapshot


async def test_live_without_colours(open_app, snapshot, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.send("2026-11-20T06:00:02.440Z \x1b[31mred\x1b[0m and \x1b[1mbold\x1b[0m\n")
        await s.press("k")
        await s.lines(*crawl(61, 3))
        await s.press("/")
        await s.type("timed")
        assert s.picture() == snapshot


@SIZES
async def test_not_following(open_app, size):
    async with open_app(size=size, actors=ACTORS) as s:
        await live(s)
        before = s.texts
        await s.press("k", "k")
        await s.lines(*crawl(61, 128))
        assert s.texts[:-1] == before[:-1]
        assert s.log_rows[-1].endswith("▼ 128 new (5 errors)  G")
        assert "Request finished" in s.cursor_row
        assert s.log_rows.index(s.cursor_row) == len(s.log_rows) - 3
        for words in ("  PAUSED   last line now", " 58 of 188", "7 E 15 W"):
            assert words in s.status


@SIZES
async def test_search(open_app, size):
    async with open_app(size=size, actors=ACTORS) as s:
        await live(s)
        await s.press("g", "/")
        prompt = s.rows[-3]
        assert prompt.startswith("  /search the lines shown")
        assert prompt.endswith("[regex] [case]")
        assert s.rows[-1].split("  ")[1:3] == ["↵ accept", "esc cancel"]
        await s.type("timed out")
        assert s.rows[-3].startswith("  /timed out ")
        assert s.rows[-3].endswith("match 1 of 7 [regex] [case]")
        assert "Retrying page 10:" in s.cursor_row
        assert " 10 of 60" in s.status
        found = s.style_of("Timed out")
        assert found.bgcolor != s.style_of("Retrying").bgcolor
        await s.type("!")
        assert s.rows[-3].endswith("no match [regex] [case]")
        assert '"page":1,' in s.cursor_row
        assert " 1 of 60" in s.status


async def test_search_with_a_wrong_pattern(open_app):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("g", "/")
        await s.type("timed")
        await s.press("ctrl+r")
        await s.type("(")
        assert s.rows[-4].startswith("  /timed( ")
        assert s.rows[-4].endswith("match 1 of 7 [regex] [case]")
        assert s.rows[-3].strip() == "missing ) at position 6"
        assert " 10 of 60" in s.status


async def test_search_accepted(open_app):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("g", "/")
        await s.type("timed")
        await s.press("enter", "n")
        assert s.cursor_row == s.log_rows[-1]
        assert "Retrying page 20:" in s.cursor_row
        assert " match 2 of 7 " in s.status
        assert " 20 of 60 " in s.status
        assert "/timed" not in s.text


@SIZES
async def test_filter(open_app, size):
    async with open_app(size=size, actors=ACTORS) as s:
        await live(s)
        shown = s.texts
        await s.press("&")
        await s.type("!info")
        assert s.rows[-3].startswith("  &!info ")
        assert s.rows[-3].endswith("hides 53 lines [regex] [case]")
        await s.press("enter")
        assert len([row for row in s.log_rows if row.strip()]) == 7
        assert all("INFO" not in row for row in s.log_rows)
        assert " !info × " in s.status
        assert s.status.endswith("2 E 5 W   7 of 7   100 %")
        await s.press("&")
        await s.type("timed")
        await s.press("enter")
        assert " !info ×   timed × " in s.status
        assert " 7 of 7 " in s.status
        await s.press("X")
        assert [row.strip(" │") for row in s.rows[-5:-3]] == [
            "[x] exclude  info",
            "[x] include  timed",
        ]
        assert s.rows[-1].split("  ")[1:] == ["space toggle", "↵ edit", "d delete", "esc close"]
        await s.press("space", "j")
        assert [row.strip(" │") for row in s.rows[-5:-3]] == [
            "[ ] exclude  info",
            "[x] include  timed",
        ]
        assert " 7 of 7 " in s.status
        await s.press("escape", "x")
        assert s.texts == shown
        assert " !info ×   timed × " in s.status
        assert " 60 of 60 " in s.status


async def test_the_list_of_filters(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        for pattern in ("!info", "timed"):
            await s.press("&")
            await s.type(pattern)
            await s.press("enter")
        await s.press("X", "space", "j")
        assert s.picture() == snapshot


async def test_no_line_matches(open_app):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("&")
        await s.type("nowhere")
        await s.press("enter")
        words = [row.strip() for row in s.log_rows if row.strip()]
        assert words == [
            *("No line matches the filters", "60 lines hidden"),
            "x show all   X list of filters   L minimum level",
        ]
        _, y = s.find("60 lines hidden")
        assert abs(y - 11) <= 1, "in the middle"
        assert " nowhere × " in s.status
        assert s.status.endswith("2 E 5 W   no lines")
        assert s.rows[-1].split("  ")[1:] == [
            *("x show all", "X filters", "& filter", "q quit", "? help"),
        ]


async def test_go_to(open_app):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("4")
        assert s.rows[-3] == "  :4"
        assert s.rows[-1].split("  ")[1:] == ["↵ go", "esc cancel"]
        await s.type("x")
        await s.press("enter")
        assert s.rows[-4] == "  :4x"
        assert s.rows[-3].strip() == "not a location: try 1234, 50%, 06:12 or -5m"


async def test_line_numbers_and_sideways(open_app):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("#", "l", "l")
        assert s.log_rows[0].startswith("  41  06:00:01.640 awler: Request finished")
        assert s.cursor_row.startswith("▌W60  06:00:02.400 awler: Retrying page 60")
        assert "  column 16   60 of 60 " in s.status


@SIZES
async def test_gap(open_app, size):
    async with open_app(size=size, actors=ACTORS) as s:
        await live(s, 5)
        await s.say(
            Gap("about 12 s of the log are missing here", "missing", 12.0), Resumed(400, None)
        )
        await s.lines(*crawl(300, 3))
        row = s.log_rows[5]
        assert "about 12 s of the log are missing here" in row
        assert '"page":5,' in s.log_rows[4]
        assert "page 300" in s.log_rows[6]
        assert "  1 E   8 of 8" in s.status
        assert "reconnected: lines may be missing" in s.status


async def test_colours_of_the_log(open_app, snapshot):
    async with open_app(actors=ACTORS) as s:
        await s.send(
            "2026-11-20T06:00:00.000Z \x1b[32mINFO\x1b[39m  \x1b[33mCrawler:\x1b[39m ready\n"
            "2026-11-20T06:00:00.001Z \x1b[1;31mERROR\x1b[0m \x1b[38;5;208mindexed\x1b[0m "
            "\x1b[38;2;10;20;30mnearly black\x1b[0m \x1b[7mreverse\x1b[0m \x1b[4mline\x1b[0m\n"
            "宽字符 und ein\tTab, \x07bell, \u202eturned\n"
            "unfinished"
        )
        await s.press("k")
        assert s.picture(exact=True) == snapshot


async def test_long_line(open_app):
    async with open_app(actors=ACTORS) as s:
        await s.lines("first", "x" * 200_000, "last")
        await s.press("#")
        assert s.log_rows[0] == "  1  first"
        assert s.log_rows[1].startswith("  2  " + "x" * 70)
        assert s.log_rows[2] == "▌ 3  last"
        assert " 3 of 3" in s.status


async def test_the_entry_of_a_long_line_that_is_no_text_is_its_beginning(open_app, clipboard):
    async with open_app(actors=ACTORS) as s:
        for text in (b"x" * 400_000, b"\0" * 400_000, b"\x1b[31mab" * 100_000):
            await s.say(Received(b"INFO  " + text + b"\n"))
        await s.press("enter", "G")
        await s.wait_for("372.3 kB more of this line: close this and read it in the log")
        await s.press("K", "G")
        await s.wait_for("137.9 kB more of this line: close this and read it in the log")
        await s.press("y")
        await s.wait_for("the beginning of the entry")
        await s.press("K", "G")
        await s.wait_for("line 1")
        assert "more of this line" not in s.words


async def test_before_the_first_line(open_app):
    async with open_app(actors=ACTORS) as s:
        await s.say(Connecting())
        assert s.rows[0].strip() == f"run {scripted.RUN_ID}"
        assert "Connecting…" in s.words
        assert s.status.split() == ["FOLLOW", "connecting…", "no", "lines"]
        await s.clock.advance(3)
        await s.wait_for("Connecting… 3s")
        await s.say(JobChanged(job("READY")), Waiting(2.0))
        assert s.rows[0].startswith("  ○ READY ")
        assert "Waiting for the run to start READY for 0s · checked again in 2 s" in s.words
        assert "r retry now q quit" in s.words
        assert s.rows[-1].split("  ")[1:] == ["r retry", "q quit", "? help"]
        assert s.status.startswith("  FOLLOW   waiting for the run to start ")
        await s.say(JobChanged(job()), Connected())
        assert s.rows[0].startswith("  ● RUNNING ")
        assert s.rows[0].endswith("3m12s")
        assert "Nothing logged yet connected for 0s" in s.words
        assert s.status.startswith("  FOLLOW   no lines yet ")
        await s.lines("first")
        assert "Nothing logged yet" not in s.text


async def test_reconnecting(open_app):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        reset = Problem(
            "The connection was reset.",
            "The connection broke; what was read stays.",
            "It usually goes by itself.",
            kind="reset",
        )
        await s.say(Lost(reset, attempt=2, retry_in=3.0))
        cause = next(row for row in s.rows if row.startswith("!"))
        assert cause == "! The connection was reset. Retrying in 3 s · attempt 2 · r retry now"
        assert "The connection broke; what was read stays. It usually goes by itself." in s.words
        assert s.status.startswith("  RECONNECTING 3 s   last line now ")
        await s.say(Connecting(2), Connected(), Resumed(4000, 0))
        await s.lines(*crawl(61, 2))
        assert "The connection" not in s.text
        assert '"page":62,' in s.cursor_row
        assert "FOLLOW   last line now · reconnected: 0 lines lost " in s.status
        assert " 62 of 62" in s.status


@pytest.mark.parametrize(
    ("status", "sign", "exit_code", "code", "failed"),
    [
        ("SUCCEEDED", "✓", 0, "", False),
        ("FAILED", "✗", 1, " · exit code 1", True),
        ("TIMED-OUT", "✗", None, "", True),
        ("ABORTED", "■", 143, "", False),
    ],
)
async def test_ended(open_app, status, sign, exit_code, code, failed):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        ended = job(status, message="Done.", exit_code=exit_code, seconds=192)
        await s.say(JobChanged(ended), Ended(ended))
        assert s.rows[0].startswith(f"  {sign} {status} ")
        assert s.rows[0].endswith(" 3m12s")
        assert (s.rows[1] == f"  Done.{code}") is failed
        assert s.text.count("Done.") == 1
        assert s.text.count("exit code") == bool(failed and exit_code)
        assert s.status.startswith("  ENDED    ")
        assert status not in s.status, "nothing is said twice"
        await s.press("k")
        assert s.status.startswith("  PAUSED   ended ")
        assert s.rows[1 + failed].split()[0] == "06:00", "the timeline"


async def test_the_reason_of_a_failure_moves_no_text_of_a_reader_who_paused(open_app):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("k", "k")
        before = s.rows
        reason = "The Actor process failed: " + "it could not go on, and on, " * 3
        await s.say(JobChanged(job("FAILED", message=reason.strip(), exit_code=1, seconds=192)))
        assert "".join(s.rows[1:3]).count("it could not go on") == 3, "in full"
        assert s.rows[2].endswith("· exit code 1")
        top = s.log.pane.region.y
        assert top == 4
        s.log.note("")
        await s.wait_for(lambda: s.rows[top:-2] == before[top:-2])


async def test_the_newest_status_message_may_come_from_the_log(open_app):
    async with open_app(size=(120, 30), actors=ACTORS) as s:
        await live(s)
        await s.lines("2026-11-20T06:00:03.000Z INFO  [Status message]: Crawled 52/200 pages")
        assert "Crawled 52/200 pages" in s.rows[0]
        await s.say(JobChanged(job(message="Crawled 53/200 pages")))
        assert "Crawled 53/200 pages" in s.rows[0]


async def test_ended_with_status_unknown(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 30))
        await s.say(Ended(None, status_known=False))
        assert s.rows[0].split() == ["run", scripted.RUN_ID, "UTC"]
        assert s.status.startswith("  ENDED   status unknown ")
        assert s.status.endswith("1 E 3 W   30 of 30   100 %")


async def test_an_empty_log(open_app):
    async with open_app() as s:
        ended = job("SUCCEEDED", seconds=1)
        await s.say(JobChanged(ended), Ended(ended))
        assert s.rows[0].startswith("  ✓ SUCCEEDED ")
        assert "The log is empty The run ended without logging a line. q quit" in s.words
        assert s.status.split() == ["ENDED", "no", "lines"]


async def test_a_file(open_app, tmp_path):
    async with open_app(FileTarget(tmp_path / "app.log", 10)) as s:
        await s.lines(*crawl(1, 30))
        assert s.status.split()[:3] == ["FILE", "1", "E"]
        assert s.text.count("app.log") == 1
        await s.clock.advance(5)
        await s.lines("more")
        assert s.status.startswith("  FILE   last line now ")


async def test_receipts(open_app):
    async with open_app(actors=ACTORS) as s:
        await live(s)
        await s.press("y")
        await s.wait_for("Copied 1 line")
        assert s.note == "Copied 1 line (85 B)"
        assert s.rows[-3].strip() == s.note, "above the status line"
        assert s.status.startswith("  FOLLOW ")
        assert "Retrying page 60" in s.log_rows[-1], "the newest line stays in sight"


async def test_a_small_terminal(open_app, snapshot):
    async with open_app(size=(40, 9), actors=ACTORS) as s:
        await s.say(Connecting(), JobChanged(job(message="Crawled 51/200 pages")), Connected())
        await s.lines(*crawl(1, 60))
        await s.press("k")
        await s.lines(*crawl(61, 5))
        assert s.picture() == snapshot


@pytest.mark.parametrize("size", [(20, 5), (10, 3), (1, 1), (40, 9)], ids="{0[0]}x{0[1]}".format)
async def test_tiny_terminals(open_app, size):
    width, height = size
    async with open_app(size=size, actors=ACTORS) as s:
        await s.say(JobChanged(job(message="Crawled")), Connected())
        await s.lines(*crawl(1, 60))
        await s.press("k")
        await s.lines(*crawl(61, 5))
        assert len(s.rows) == height
        assert all(len(row) <= width for row in s.rows)
        assert sum(row.startswith("▌") for row in s.rows) == 1
        if height > 1:
            assert s.status.startswith("  PAUSE")
        await s.press("/")
        await s.type("timed")
        assert sum(row.startswith("▌") for row in s.rows) == 1
        if width >= 20:
            assert "match 7" in s.words
        await s.press("escape", "&", "t", "enter", "X")
        await s.press("escape", "?")
        if width >= 20:
            assert "logview" in s.text
        await s.press("escape", "#", "l", "g", "G", "pagedown", "pageup", "y", "q")


async def test_resize_keeps_the_place(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 100))
        await s.press("g", "j", "j", "j")
        first = s.log_rows[0]
        await s.pilot.resize_terminal(100, 30)
        await s.settle()
        assert s.log_rows[0].startswith(first.rstrip("›"))
        assert s.cursor_row.startswith("▌ 06:00:00.160 ")
        await s.pilot.resize_terminal(60, 10)
        await s.settle()
        assert s.cursor_row.startswith("▌ 06:00:00.160 ")


@pytest.mark.parametrize(
    ("data", "binary"),
    [
        (b"\x7fELF\x02\x01\x01\0\0\0 and more", True),
        (bytes(200), True),
        (bytes(range(128, 256)) * 9, True),
        ("čeština žluťoučký kůň 🐎 日本語\n".encode() * 9, False),
        (b"\x1b[31mred\x1b[0m\r\n" * 9, False),
        (b"progress 1%\rprogress 2%\r", False),
    ],
)
async def test_what_is_no_text_is_called_binary(open_app, data, binary):
    async with open_app() as s:
        await s.send(data)
        assert ("binary" in s.status) == binary
