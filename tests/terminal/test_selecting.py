"""Terminal tests: selecting with a real mouse, and the log's own text that comes of it."""

from __future__ import annotations

import os
import re
import threading
from typing import TYPE_CHECKING

import pytest

from tests.support.terminal import Terminal
from tests.terminal.keys import CTRL_C, CTRL_Q, ENTER, ESCAPE
from tests.terminal.mouse import SHIFT, click, copied, drag, move, press, release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SELECTED = "selected: y copies"
CHOSEN = " selected"
"""Behind a number of lines; the log's path may have the word, too."""
TOP = 1
"""The row of the screen below the header, where the log begins."""
WORDS = [f"line {number} has some words" for number in range(1, 201)]
WIDE = [
    "first",
    "宽宽 wide\tand tab é done",
    "family 👨\u200d👩\u200d👧 here",
    "\x1b[31mred\x1b[0m and plain " + "long words that wrap " * 12 + "end",
    "",
    "last",
]
PLAIN = [line.replace("\x1b[31m", "").replace("\x1b[0m", "") for line in WIDE]
LEFT = 2
"""Cells of the gutter."""


def environ() -> dict[str, str]:
    return {**os.environ, "SSH_TTY": "/dev/pts/1"}


@pytest.fixture
def words(tmp_path: Path) -> Iterator[Terminal]:
    path = tmp_path / "app.log"
    path.write_text("".join(f"{line}\n" for line in WORDS))
    # So wide that notices leave room for the place.
    with Terminal([str(path)], env=environ(), cols=140) as terminal:
        terminal.wait_for(" 200 of 200").send("g").wait_for(" 1 of 200")
        yield terminal


def select(terminal: Terminal, events: str, keys: str = "y") -> str:
    """Select with the mouse, copy, and see that nothing is selected any more."""
    terminal.send(events).wait_for(SELECTED)
    text = copied(terminal, keys)
    terminal.wait_gone(SELECTED)
    return text


def hold(terminal: Terminal, first: tuple[int, int], second: tuple[int, int]) -> None:
    """Press, move within the log, and see that it selects."""
    terminal.wait_gone(CHOSEN).send(press(*first) + move(*second)).wait_for(CHOSEN)


def test_every_way_of_selecting(words: Terminal) -> None:
    def at(line: int, column: int = 0) -> tuple[int, int]:
        return LEFT + column, TOP + line - 1

    # A drag, in both directions: the cells of both ends belong to it.
    assert select(words, drag(at(2, 5), at(3, 2), at(4, 5))) == (
        "2 has some words\nline 3 has some words\nline 4"
    )
    assert select(words, drag(at(4, 5), at(2, 5))) == (
        "2 has some words\nline 3 has some words\nline 4"
    )
    assert select(words, drag(at(3, 7), at(3, 9))) == "has"
    # Behind the end of a line, and left of its text.
    assert select(words, drag(at(3, 16), at(3, 60))) == "words"
    assert select(words, drag(at(3, 60), at(4, -2))) == "\nl"
    # A word, words, a line, lines.
    assert select(words, click(*at(5, 8), times=2)) == "has"
    twice = click(*at(6, 8)) + press(*at(6, 8)) + move(*at(6, 13)) + release(*at(6, 13))
    assert select(words, twice) == "has some"
    back = click(*at(7, 8)) + press(*at(7, 8)) + move(*at(6, 13)) + release(*at(6, 13))
    assert select(words, back) == "some words\nline 7 has"
    assert select(words, click(*at(8, 3), times=3)) == WORDS[7]
    three = click(*at(9, 3), times=2) + press(*at(9, 3)) + move(*at(11, 1)) + release(*at(11, 1))
    assert select(words, three) == "\n".join(WORDS[8:11])
    # Shift and click: from the click before, and on from what is selected.
    words.send(click(*at(12, 5))).wait_for(" 12 of 200")
    assert select(words, click(*at(13, 6), keys=SHIFT)) == "12 has some words\nline 13"
    words.send(drag(at(14, 5), at(14, 6))).wait_for("1 line selected")
    words.send(click(*at(15, 6), keys=SHIFT)).wait_for("2 lines selected")
    assert copied(words) == "14 has some words\nline 15"
    words.wait_gone(SELECTED)
    # ^C copies what is selected, too; the click that follows clears.
    assert select(words, drag(at(3, 7), at(3, 9)), CTRL_C) == "has"
    words.send(drag(at(3, 7), at(3, 9))).wait_for(SELECTED)
    words.send(click(*at(16, 3))).wait_for(" 16 of 200")
    assert copied(words) == WORDS[15]


def test_lines_are_selected_with_the_keyboard(words: Terminal) -> None:
    words.send("v").wait_for(SELECTED)
    words.send("jj").wait_for(" 3 of 200")
    assert copied(words) == "\n".join(WORDS[:3])
    words.send("v").wait_for(SELECTED).send("/line 9 " + ENTER).wait_for("match 1 of 1")
    words.wait_for(" 9 of 200")
    assert copied(words) == "\n".join(WORDS[2:9])
    words.send("v").wait_for(SELECTED).send(":5" + ENTER).wait_for(" 5 of 200")
    assert copied(words) == "\n".join(WORDS[4:9])
    words.send("v").wait_for(SELECTED).send(click(LEFT, TOP + 9, keys=SHIFT))
    words.wait_for("6 lines selected")
    assert copied(words) == "\n".join(WORDS[4:10])
    words.send("vG").wait_for(" 200 of 200")
    assert copied(words) == "\n".join(WORDS[4:])
    words.send("v").wait_for("1 line selected").send(ESCAPE).wait_gone("1 line selected")
    words.send("k").wait_for(" 199 of 200")
    assert copied(words) == WORDS[198]


def test_beyond_an_edge_the_selection_grows_by_itself(words: Terminal) -> None:
    hold(words, (LEFT + 5, TOP + 4), (LEFT + 5, TOP + 5))
    words.send(move(LEFT + 5, 23)).wait_for(WORDS[-1])
    words.send(release(LEFT + 5, 23)).wait_for(SELECTED)
    assert copied(words) == "\n".join([WORDS[4][5:], *WORDS[5:199], WORDS[199][:6]])
    # And back, over the header, to the first line; there it stands.
    row, column = words.find(WORDS[189])
    hold(words, (column + 5, row), (column + 5, row - 1))
    words.send(move(LEFT + 5, 0)).wait_for("line 1 has")
    words.send(release(LEFT + 5, 0)).wait_for(SELECTED)
    assert copied(words) == "\n".join([WORDS[0][5:], *WORDS[1:189], WORDS[189][:6]])


def highest(terminal: Terminal) -> int:
    """Give the highest number of a line that shows: in a flood no single line is sure to."""
    return max(map(int, re.findall(r"line (\d+) has", terminal.text)), default=0)


def test_during_a_flood_only_what_the_mouse_went_over_is_selected(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text("".join(f"{line}\n" for line in WORDS[:30]))
    stop = threading.Event()

    def flood() -> None:
        with path.open("a") as log:
            for number in range(31, 1_000_000):
                log.write(f"line {number} has some words\n")
                log.flush()
                if stop.wait(0.002):
                    return

    with Terminal([str(path)], env=environ()) as terminal:
        terminal.wait_for(" 30 of 30")
        thread = threading.Thread(target=flood)
        thread.start()
        try:
            terminal.wait_for(lambda t: highest(t) >= 50)
            # What is pressed stays below the mouse, whatever arrives.
            terminal.send(press(LEFT, TOP + 2)).wait_for("new")
            first = int(terminal.screen[TOP + 2].split()[1])
            terminal.send(move(LEFT + 3, TOP + 5) + release(LEFT + 3, TOP + 5)).wait_for(SELECTED)
            expected = [f"line {n} has some words" for n in range(first, first + 3)]
            assert copied(terminal) == "\n".join([*expected, "line"])
            hold(terminal, (LEFT, TOP), (LEFT, TOP + 1))
            terminal.send(move(LEFT + 3, 22))
            terminal.wait_for(lambda t: highest(t) >= first + 150)
            terminal.send(release(LEFT + 3, 22)).wait_for(SELECTED)
            *lines, end = copied(terminal).split("\n")
        finally:
            stop.set()
            thread.join()
        begin = int(lines[0].split()[1])
        assert lines == [f"line {n} has some words" for n in range(begin, begin + len(lines))]
        assert end == "line"
        assert len(lines) > 50
        terminal.send(CTRL_Q)
        assert terminal.exit_code() == 0


def test_wide_text_and_wrap(tmp_path: Path) -> None:
    path = tmp_path / "wide.log"
    path.write_text("".join(f"{line}\n" for line in WIDE))
    with Terminal([str(path)], env=environ()) as terminal:
        terminal.wait_for(" 6 of 6")
        # The second cell of a wide character is that character.
        assert select(terminal, drag((LEFT + 3, TOP + 1), (LEFT + 8, TOP + 1))) == "宽 wide"
        # A tab is one character, whichever of its cells is meant; a mark belongs to its letter.
        tab = terminal.find("and tab")[1] - 1
        assert select(terminal, drag((LEFT + 5, TOP + 1), (tab, TOP + 1))) == "wide\t"
        assert select(terminal, click(LEFT, TOP + 3, times=2)) == "red"
        # A family is one.
        family = drag((LEFT + 8, TOP + 2), (LEFT + 9, TOP + 2))
        assert select(terminal, family) == "👨\u200d👩\u200d👧 "
        assert select(terminal, drag((LEFT, TOP), (LEFT + 30, TOP + 5))) == "\n".join(PLAIN)
        terminal.send("w").wait_for("end")
        row, column = terminal.find("wrap end")
        assert row > TOP + 4
        # From the end of a wrapped row, which has blanks behind it, into the last one.
        text = select(terminal, drag((77, TOP + 4), (column + 7, row)))
        assert PLAIN[3].endswith(text)
        assert PLAIN[3].removesuffix(text).rstrip().endswith(terminal.screen[TOP + 4].split()[-1])
        assert select(terminal, drag((LEFT, TOP + 1), (column + 7, row))) == "\n".join(PLAIN[1:4])
        terminal.send("w")


def test_beyond_an_edge_in_wrap_whole_lines_are_passed(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    lines = [f"{number:03} " + "words of a long line " * 8 + "end" for number in range(1, 61)]
    path.write_text("".join(f"{line}\n" for line in lines))
    with Terminal([str(path)], env=environ()) as terminal:
        # Paused: notes that come and go move no text.
        terminal.wait_for(" 60 of 60").send("k").wait_for("PAUSED").send("w").wait_for("line end")
        terminal.settle(0.3, 5)
        row = next(number for number, text in enumerate(terminal.screen) if "059 words" in text)
        hold(terminal, (LEFT + 4, row), (LEFT + 4, row - 1))
        terminal.send(move(LEFT, 0)).wait_for("  001 words")
        terminal.send(release(LEFT, 0)).wait_for(SELECTED)
        assert copied(terminal) == "\n".join([*lines[:58], "059 w"])


def test_a_window_of_another_size_leaves_the_selection_on_its_text(words: Terminal) -> None:
    hold(words, (LEFT, TOP + 2), (LEFT + 5, TOP + 4))
    words.resize(12, 40).wait_for(lambda t: "? help" in t.text or "y copy" in t.screen[-1])
    words.send(release(LEFT + 5, TOP + 4)).wait_for(SELECTED)
    assert copied(words) == "\n".join([WORDS[2], WORDS[3], WORDS[4][:6]])
