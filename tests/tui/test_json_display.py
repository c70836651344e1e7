from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from logview.tui.json_display import JsonDisplay, display_json_line
from logview.tui.line_layout import LineLayout, lay_out_line

if TYPE_CHECKING:
    from tests.tui.conftest import OpenApp

LINE = '{"url":"https://a.example/漢字","level":"error","n":1,"msg":"it \\"broke\\" down"}'


def display() -> JsonDisplay:
    shown = display_json_line(LINE.encode(), with_time=True)
    assert shown is not None
    return shown


def test_matches_in_the_raw_line_are_drawn_where_they_stand() -> None:
    shown = display()
    assert shown.text == 'ERROR it "broke" down url=https://a.example/漢字 n=1'

    def drawn(text: str) -> list[str]:
        at = LINE.index(text)
        return [shown.text[a:b] for a, b in shown.ranges(at, at + len(text))]

    assert drawn("broke") == ["broke"]
    assert drawn("error") == ["ERROR"]
    assert drawn("example/漢") == ["example/漢"]
    assert drawn('\\"broke') == ['"broke']
    assert drawn('"n":1') == ["n=1"]
    assert drawn('{"') == []
    assert drawn('字","level":"err') == ["ERROR", "字"]
    assert shown.ranges(0, len(LINE)) == ((0, len(shown.text)),)


@pytest.mark.parametrize("width", [8, 13, 40])
def test_every_place_on_the_screen_is_one_of_the_line_and_back(width: int) -> None:
    shown = display()
    for column in range(len(shown.text) + 1):
        character = shown.character(column)
        assert 0 <= character <= shown.shown == len(LINE)
        assert abs(shown.column(character) - column) <= 8
    layout = lay_out_line(LINE.encode(), width, wrap=True, json="laid out")
    assert isinstance(layout, LineLayout)
    rows = [layout.row(row) for row in range(layout.rows)]
    drawn = "".join(one.shown.text[one.start : one.end] for one in rows)
    assert drawn.replace(" ", "") == shown.text.replace(" ", "")
    assert [layout.wrap_row_of(LINE.index(word)) for word in ("broke", "漢")] == [
        next(number for number, row in enumerate(rows) if row.start <= at < row.end)
        for at in (shown.text.index("broke"), shown.text.index("漢"))
    ]


def test_secrets_are_dots_wherever_they_stand() -> None:
    at = LINE.index("broke")
    layout = lay_out_line(LINE.encode(), 99, wrap=False, hidden=((at, at + 5),), json="laid out")
    assert isinstance(layout, LineLayout)
    assert layout.shown.text.startswith('ERROR it "•••••" down')


def test_raw_lines_stay_raw() -> None:
    layout = lay_out_line(LINE.encode(), 99, wrap=False)
    assert isinstance(layout, LineLayout)
    assert layout.shown.text == LINE


async def test_the_log_shows_them_laid_out_and_c_raw(
    open_app: OpenApp, clipboard: list[str]
) -> None:
    line = (
        '2026-11-20T06:00:00.000Z {"level":"error","time":1795176307122,"url":"https://a.example",'
        '"msg":"no price"}'
    )
    async with open_app(size=(110, 24)) as session:
        await session.lines("INFO  before", line, "INFO  after")
        await session.wait_for("ERROR no price url=https://a.example")
        await session.press("slash", *"no price", "enter")
        assert session.style_of("no price") != session.style_of("url=")
        assert session.style_of("ERROR no price") != session.style_of("after")
        await session.press("y")
        await session.wait_for(lambda: clipboard)
        assert clipboard[-1].rstrip("\n") == line
        await session.press("C")
        assert '"url":"https://a.example","msg":"no price"}' in session.text
        assert "shown raw" in session.text
        await session.press("C")
        assert "ERROR no price url=https://a.example" in session.text
