"""Saving and downloading on the log screen: what is written, what is asked, what is told."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from logview.log.view.selection import Point, Selection
from logview.saving import atomic_file as saving
from logview.sources.events import Extended, Gap
from logview.target import FileTarget
from tests.tui.conftest import PATIENCE
from tests.tui.scripted import RUN_ID, crawl, numbered

NAME = f"{RUN_ID}.log"
TOKEN = "apify_api_" + "aB3" * 12
CTRL_A, CTRL_U = "ctrl+a", "ctrl+u"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Files are saved here."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def gate(monkeypatch):
    """Saving begins with what is to be saved settled, and waits here before the first byte."""
    opened = asyncio.Event()

    async def save(*args, **kwargs):
        await opened.wait()
        return await real(*args, **kwargs)

    real = saving.save
    monkeypatch.setattr(saving, "save", save)
    return opened


async def name(s, text):
    """Put another name into the prompt."""
    await s.press(CTRL_U)
    await s.type(text)


async def saved(s, text):
    """Wait until a file is saved, and see that the receipt says so."""
    await s.wait_for(lambda: s.log.saves.worker is None)
    await s.wait_for(lambda: "Saved " in s.words and text in s.words)


# -- what is offered ----------------------------------------------------------------------


async def test_all_of_it_is_saved_as_clean_text_under_its_id(open_app, folder):
    async with open_app() as s:
        await s.send("\x1b[31mred\x1b[0m\r\nbell\x07 \x1b]52;c;AA\x07end\nunfinished")
        await s.press("s")
        assert NAME in s.words
        assert "[everything]" in s.words
        await s.press("enter")
        await saved(s, f"Saved 3 lines (23 B) to {NAME}")
        assert (folder / NAME).read_text() == "red\nbell end\nunfinished"
        assert s.app.focused is s.log.pane


async def test_a_name_that_is_taken_is_not_offered(open_app, folder):
    (folder / NAME).write_text("mine")
    async with open_app() as s:
        await s.lines("one")
        await s.press("ctrl+s", "enter")
        await saved(s, f"to {RUN_ID}-2.log")
        assert (folder / NAME).read_text() == "mine"


async def test_of_a_chosen_log_what_is_shown_is_saved_with_its_folds(open_app, folder):
    stack = [f"    at step{number} (app.js:{number})" for number in range(40)]
    async with open_app() as s:
        await s.lines("INFO  begun", "ERROR it broke", *stack, "INFO  went on", "WARN  odd")
        await s.press("L", "e", "s")
        assert f"{RUN_ID}-errors.log" in s.words
        assert "at step20" not in s.text  # it is in a fold
        await s.press("enter")
        await saved(s, "Saved 41 lines")
        text = (folder / f"{RUN_ID}-errors.log").read_text()
        assert text == "".join(f"{line}\n" for line in ["ERROR it broke", *stack])


async def test_with_the_scope_the_name_changes_until_another_is_typed(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 60))
        await s.press("&", *"timed", "enter", "s")
        assert f"{RUN_ID}-filtered.log" in s.words
        assert "[what is shown]" in s.words
        await s.press("ctrl+t")
        assert f"to {NAME} [everything]" in s.words
        await s.press("ctrl+t")
        assert f"to {RUN_ID}-filtered.log [what is shown]" in s.words
        await name(s, "mine")
        await s.press("ctrl+t")
        assert "to mine [everything]" in s.words


async def test_a_selection_is_saved_though_it_has_ended_since(open_app, folder):
    async with open_app() as s:
        await s.lines(*numbered(1, 30))
        await s.press("k", "v", "k", "k", "s")
        assert "[the selection]" in s.words
        s.log.pane.selecting.clear()
        await s.press("enter")
        await saved(s, "Saved 3 lines")
        assert (folder / f"{RUN_ID}-part.log").read_text() == "line 27\nline 28\nline 29\n"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 10)])
async def test_the_name_has_space_and_the_switches_can_be_clicked(open_app, size):
    async with open_app(size=size) as s:
        await s.lines(*numbered(1, 30))
        await s.press("s")
        field = s.log.query_one("#save SaveInput")
        assert field.region.width >= size[0] - 14
        less = size[0] < 64
        words = ("all", "plain", "masked") if less else ("everything", "plain text", "secrets m")
        for word in words:
            assert f"[{word}" in s.text
        await s.click_on(f"[{words[1]}")
        await s.click_on(f"[{words[2]}")
        assert ("[colours]" if less else "[with colours]") in s.text
        assert ("[unmasked]" if less else "[secrets as they are]") in s.text
        assert field.has_focus


async def test_keys_typed_ahead_of_the_prompt_are_its_own_in_their_order(open_app, folder):
    async with open_app() as s:
        await s.lines(*numbered(1, 5))
        for key in ("s", CTRL_U, *"abd", "left", "backspace", "c", "end", "enter", "k"):
            s.send_key(key)
        await s.settle()
        await saved(s, "Saved 5 lines")
        assert [path.name for path in folder.iterdir()] == ["acd"]
        assert s.cursor_row.endswith("line 4")


async def test_of_what_is_pasted_the_first_line_is_the_name(open_app, folder):
    async with open_app() as s:
        await s.lines("one")
        await s.press("s", CTRL_U)
        await s.paste("\nmy log 😀\x07.txt\nrm -rf\n")
        await s.press("enter")
        await saved(s, "Saved 1 line")
        assert [path.name for path in folder.iterdir()] == ["my log 😀.txt"]


# -- what is asked ------------------------------------------------------------------------


async def test_what_is_there_is_overwritten_on_the_second_enter_alone(open_app, folder):
    for file in ("a", "ab"):
        (folder / file).write_text("mine")
    async with open_app() as s:
        await s.lines("one")
        await s.press("s")
        await name(s, "a")
        await s.press("enter")
        assert "a exists · Enter again to overwrite" in s.words
        await s.press("b", "enter")
        assert "ab exists ·" in s.words
        await s.press("backspace", "enter")
        assert "a exists ·" in s.words
        assert (folder / "a").read_text() == "mine"
        await s.press("enter")
        await saved(s, "Saved 1 line")
        assert (folder / "a").read_text() == "one\n"
        assert (folder / "ab").read_text() == "mine"


@pytest.mark.parametrize(
    ("typed", "messages"),
    [
        ("", "Nothing is named"),
        ("no/where.log", "There is no such folder: no"),
        ("/dev/null", "This is a device"),
        ("~nobody-of-that-name/a", "There is no such user"),
        ("x" * 300, "The name is too long"),
    ],
)
async def test_where_nothing_can_be_saved_the_prompt_gives_the_reason_and_stays(
    open_app, folder, typed, messages
):
    async with open_app() as s:
        await s.lines("one")
        await s.press("s", CTRL_U)
        await s.paste(typed)
        await s.press("enter")
        assert messages in s.words
        assert s.log.query_one("#save").display
        await s.press("escape")
        assert not s.log.query_one("#save").display
        assert list(folder.iterdir()) == []


async def test_a_folder_and_the_home_folder_mean_a_file_in_them(open_app, folder, isolated):
    (folder / "sub").mkdir()
    async with open_app() as s:
        await s.lines("one")
        await s.press("s")
        await name(s, "sub")
        await s.press("enter")
        await saved(s, "to sub/")
        await s.press("s")
        await name(s, "~/mine")
        await s.press("enter")
        await s.wait_for((isolated / "mine").exists)
        assert (folder / "sub" / NAME).read_text() == "one\n"


async def test_the_file_that_is_shown_is_not_saved_onto_itself(open_app, folder):
    path = folder / "app.log"
    path.write_text("one\ntwo\n")
    (folder / "link.log").symlink_to(path)
    async with open_app(FileTarget(path, 0)) as s:
        await s.lines("one", "two")
        for other in ("app.log", "link.log"):
            await s.press("s")
            await name(s, other)
            await s.press("enter", "enter")
            assert "this is the log that is shown here" in s.words
            await s.press("escape")
        assert path.read_text() == "one\ntwo\n"


# -- what is written ----------------------------------------------------------------------

ODD = b"\x1b[31mred\x1b[0m\ttab\r\n\x00\xff\xfe\xc3 \x85 \xe2\x80\xa8 \x0b\x0c\n\n" + (
    f"token={TOKEN}\nlast".encode()
)


async def test_with_colours_and_secrets_it_is_byte_for_byte_what_came(open_app, folder):
    async with open_app() as s:
        await s.send(ODD)
        await s.press("s", "ctrl+r", "ctrl+o")
        assert "[with colours] [secrets as they are]" in s.words
        await s.press("enter")
        await saved(s, "Saved 5 lines")
        assert (folder / NAME).read_bytes() == ODD


async def test_secrets_are_masked_and_counted(open_app, folder):
    async with open_app() as s:
        await s.lines(f"first {TOKEN}", f"again {TOKEN}")
        await s.press("s", "enter")
        await saved(s, "1 secret masked")
        text = (folder / NAME).read_text()
        assert TOKEN not in text
        assert text.count("1›") == 2


async def test_where_all_masking_is_off_the_switch_reports_it(open_app, folder):
    async with open_app() as s:
        s.app.redact = False
        await s.lines(TOKEN)
        await s.press("s")
        assert "[secrets as they are]" in s.words
        await s.press("enter")
        await saved(s, "Saved 1 line")
        assert (folder / NAME).read_text() == f"{TOKEN}\n"


async def test_rows_of_ours_are_not_saved_and_tear_no_lines_together(open_app, folder):
    async with open_app() as s:
        await s.send("one\ncut of")
        await s.say(Gap("something is missing here", "lost"))
        await s.send("two\n")
        assert "something is missing" in s.text
        await s.press("s", "enter")
        await saved(s, "Saved 3 lines")
        assert (folder / NAME).read_text() == "one\ncut of\ntwo\n"


async def test_what_comes_after_enter_is_not_in_the_file(open_app, folder, gate):
    async with open_app() as s:
        await s.send("one\ntwo\nhal")
        await s.press("s", "enter")
        await s.send("f\n" + "more\n" * 100_000)
        gate.set()
        await saved(s, "Saved 3 lines")
        assert (folder / NAME).read_text() == "one\ntwo\nhal"


async def test_a_filter_that_changes_meanwhile_changes_nothing(open_app, folder, gate):
    async with open_app() as s:
        await s.lines(*crawl(1, 5000))
        await s.press("&", *"ERROR", "enter", "s", "enter")
        await s.press("&", *"nothing has this", "enter")
        await s.lines(*(f"ERROR late {number}" for number in range(5000)))
        gate.set()
        await saved(s, "Saved 200 lines")
        text = (folder / f"{RUN_ID}-filtered.log").read_text()
        assert text.splitlines() == [line for line in crawl(1, 5000) if "ERROR" in line]


class Reader:
    """A file's bytes, until it loses them."""

    def __init__(self, data):
        self.data = data

    def read(self, start, length):
        return self.data[start : start + length]

    def stamp(self):
        return None


LARGE = "".join(f"{'odd' if number % 3 else 'even'} {number}\n" for number in range(300_000))


@pytest.mark.parametrize("chosen", [False, True])
async def test_of_a_file_that_is_still_being_read_all_of_it_is_saved(
    open_app, folder, monkeypatch, chosen
):
    async with open_app(FileTarget(folder / "big", 0)) as s:
        if chosen:
            await s.press("&", *"even", "enter")
        slices = s.log.passes.work
        monkeypatch.setattr(s.log.passes, "work", lambda: None)  # what is not read stays unread
        s.source.say(Extended(Reader(LARGE.encode()), 0, len(LARGE)))
        while not s.log.document.size:
            await s.turn()
        for key in ("s", "enter"):
            s.send_key(key)
        while s.log.saves.worker is None:
            await s.turn()
        assert s.log.document.unindexed
        monkeypatch.setattr(s.log.passes, "work", slices)
        await saved(s, f"Saved {100_000 if chosen else 300_000:,} lines")
        text = (folder / ("big-filtered.log" if chosen else "big.log")).read_text()
        assert text == "".join(
            line for line in LARGE.splitlines(True) if not chosen or "even" in line
        )


async def test_it_is_reported_that_the_file_has_lost_what_was_to_be_saved(open_app, folder, gate):
    reader = Reader(LARGE.encode())
    async with open_app(FileTarget(folder / "big", 0)) as s:
        await s.say(Extended(reader, 0, len(LARGE)))
        await s.wait_for("of 300,000")
        await s.press("s", "enter")
        reader.data = b"another\n"
        gate.set()
        await saved(s, "parts are missing, as its file was rewritten")


async def test_a_disk_that_hangs_holds_nobody(open_app, folder, monkeypatch):
    let_go = threading.Event()

    def hang(*_, **__):
        let_go.wait()

    async with open_app() as s:
        await s.lines("one")
        monkeypatch.setattr("logview.tui.save_place.free_name", hang)
        monkeypatch.setattr("logview.tui.save_place.FREE_NAME_SECONDS", 0.02)
        await s.press("s")
        assert NAME in s.text  # the usual name, free or not
        monkeypatch.setattr("logview.tui.save_place.check_writable", hang)
        monkeypatch.setattr("logview.tui.save_place.RESOLVE_SECONDS", 0.05)
        for key in ("enter", "x"):
            s.send_key(key)
        await s.lines("two")
        assert "two" in s.text
        await s.wait_for("the folder does not answer: name another, or try again")
        assert f"{NAME}x" in s.text  # what was typed behind Enter
        let_go.set()
        await s.press("escape")
        assert not list(folder.iterdir())


# -- while it goes on ---------------------------------------------------------------------


async def test_esc_stops_it_and_other_prompts_do_not(open_app, folder, monkeypatch):
    going = asyncio.Event()

    async def each(self, pieces):
        yield b"some"
        going.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("logview.saving.masked_lines.MaskedLines.mask_pieces", each)
    async with open_app() as s:
        await s.lines(*numbered(1, 30))
        await s.press("s", "enter")
        await going.wait()
        await s.press("/", "escape", ":", "escape", "L", "escape", "O", "k")
        assert s.cursor_row.endswith("line 29")
        await s.press("s")
        assert "a file is being saved: esc stops that" in s.words
        await s.press("escape")
        assert "stopped: nothing was saved" in s.words
        await s.wait_for(lambda: not list(folder.iterdir()))
        monkeypatch.undo()


async def test_one_that_was_stopped_is_not_taken_for_the_next_one(open_app, folder, gate):
    async with open_app() as s:
        await s.lines("one")
        await s.press("s", "enter", "escape")
        assert "stopped" in s.words
        await s.press("s")
        await name(s, "next")
        await s.press("enter")
        assert s.log.saves.worker is not None
        gate.set()
        await saved(s, "to next")
        assert [path.name for path in folder.iterdir()] == ["next"]


async def test_going_back_while_it_is_saved_leaves_nothing(open_app, folder, monkeypatch):
    going = asyncio.Event()

    async def each(self, pieces):
        yield b"some"
        going.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("logview.saving.masked_lines.MaskedLines.mask_pieces", each)
    async with open_app() as s:
        await s.lines("one")
        await s.press("s", "enter")
        await going.wait()
        s.app.exit(0)
    deadline = time.monotonic() + PATIENCE
    while list(folder.iterdir()):  # a thread takes it away, however slow the disk is
        assert time.monotonic() < deadline
        await asyncio.sleep(0)


# -- downloading --------------------------------------------------------------------------


async def test_a_file_has_nothing_to_download(open_app, folder):
    async with open_app(FileTarget(folder / "app.log", 0)) as s:
        await s.lines("one")
        await s.log.saves.ask_download()
        await s.settle()
        assert "there is nothing to download" in s.words
        assert not any("download" in one.words for one in s.log.palette_commands())


async def test_of_what_a_selection_cuts_the_secret_is_masked(open_app, folder):
    async with open_app() as s:
        await s.lines(f"token={TOKEN} is used", "next", f"and token={TOKEN}")
        ends = Point(0, 20), Point(2, 20)
        s.log.pane.selecting._made = Selection("character", ends, ends)
        await s.press("s")
        await s.press("enter")
        await saved(s, "secret")
        text = next(folder.iterdir()).read_text()
        assert TOKEN[15:25] not in text
        assert text.count("‹token 1›") == 2
