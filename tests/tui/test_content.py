"""Nothing that a terminal would act on is drawn, whatever text comes from outside."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.widgets import Input, OptionList, Static

import logview.tui
from logview.config.settings import Settings
from logview.tui.app import LogviewApp
from logview.tui.content import CleanFilter, drawable, join_content, make_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.filter import LineFilter

TUI = Path(logview.tui.__file__).parent
OSC_52 = "\x1b]52;c;aGk=\x07"
HOSTILE = [
    OSC_52,
    "\x1b[2J",
    "\x9b2J",
    "\x9d52;c;aGk=\x9c",
    "a\rb",
    "a\u202eb",
    "\x7f",
    "\ud800",
    "\u2028",
]
UNSAFE = set(map(chr, [*range(32), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F,
                       *range(0x2028, 0x202F), *range(0x2066, 0x206A)]))  # fmt: skip


def calls(tree: ast.AST) -> list[tuple[int, str]]:
    """Return line and name of what is called."""
    return [
        (node.lineno, ast.unparse(node.func))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]


@pytest.mark.parametrize("path", sorted(TUI.rglob("*.py")), ids=lambda path: path.stem)
def test_content_is_made_in_one_place_and_nothing_is_markup(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    made = [
        (line, name)
        for line, name in calls(tree)
        if name.split(".")[0] in {"Content", "Text"}
        or name.endswith(("from_markup", "Text.assemble"))
    ]
    imported = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in {"rich.text", "rich.markup"}
    ]
    markup = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and node.arg == "markup"
        and not (isinstance(node.value, ast.Constant) and node.value.value is False)
    ]
    unset = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"Static", "Label", "self.notify"}
        and "markup" not in {keyword.arg for keyword in node.keywords}
    ]
    assert (made if path.stem != "content" else [], imported, markup, unset) == ([], [], [], [])


@given(st.text() | st.lists(st.sampled_from([*HOSTILE, "a", "\n"])).map("".join))
def test_no_text_becomes_content_as_it_is(text: str) -> None:
    content = join_content(text, (text, "bold"), make_content(text, "red"), make_content(text))
    assert not UNSAFE & set(content.plain) - {"\n"}
    assert "\n" not in drawable(text.replace("\n", ""))


@given(st.text() | st.sampled_from(HOSTILE))
def test_the_filter_lets_nothing_through_and_keeps_the_width(text: str) -> None:
    before = [Segment(text), Segment("ok")]
    after = CleanFilter().apply(before, Color(0, 0, 0))
    assert not UNSAFE & set("".join(segment.text for segment in after))
    assert sum(segment.cell_length for segment in after) == sum(s.cell_length for s in before)


class Careless(App[None]):
    """Draws outside text in every way that Textual has, without cleaning any."""

    def compose(self) -> ComposeResult:
        yield Static(OSC_52, markup=False)
        yield OptionList(*HOSTILE[:1])
        yield Input(OSC_52, placeholder=OSC_52)

    def on_mount(self) -> None:
        self.screen.border_title = OSC_52
        self.query_one(Static).border_title = f"{OSC_52}title"
        self.query_one(Static).styles.border = ("solid", "red")
        self.notify(OSC_52, title=OSC_52, markup=False)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [CleanFilter(), *super().get_line_filters()]


@pytest.mark.parametrize("no_color", ["", "1"])
def test_the_app_cleans_every_line(no_color: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    app = LogviewApp(Settings("https://api.apify.com", "default"), None)
    assert isinstance(app.get_line_filters()[0], CleanFilter)


async def test_every_line_of_every_widget_is_cleaned() -> None:
    app = Careless()
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("tab", "tab")
        drawn = app.export_screenshot()
    assert "title" in drawn
    assert not UNSAFE & set(drawn) - {"\n"}


@pytest.mark.parametrize("no_color", ["", "1"])
def test_lines_are_not_cleaned_again_for_each_frame(
    no_color: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Textual keeps of a line is by the filter: of another object it is made anew."""
    monkeypatch.setenv("NO_COLOR", no_color)
    app = LogviewApp(Settings("https://api.apify.com", "default"), None)
    first, second = app.get_line_filters(), app.get_line_filters()
    assert [id(one) for one in first] == [id(one) for one in second]
