"""The patterns screen: the entries of a log by what they have in common."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from logview.log.entries.level import Level
from logview.log.facts.sparkline import sparkline
from logview.phrases import count
from logview.text.sanitize import label
from logview.tui.commands import key_commands
from logview.tui.content import join_content, make_content
from logview.tui.digest_rows import LEVEL_TONES
from logview.tui.keys import APP_KEYS, PATTERN_KEYS, bindings, shown_key
from logview.tui.widgets.key_bar import KeyBar, KeyHint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

    from logview.log.view.patterns import PatternGroup
    from logview.tui.commands import Command

COLUMNS = 16
"""Cells of a histogram."""

LONGEST = 300
"""Characters of a template that are shown."""

ORDERS = ("level and count", "count", "first")
"""The orders that `s` goes through."""

_WIDE = 76
"""Cells from which on there is space for histograms and times."""

_NARROW_COLUMNS = 8
"""Cells of a histogram up to `_FULL_WIDTH`, where the templates need them more."""

_FULL_WIDTH = 100


class PatternRow(NamedTuple):
    """A group as it is shown."""

    group: PatternGroup
    text: str
    """The template, secrets masked."""
    columns: Sequence[int]
    """The histogram."""
    first: str
    """The clock time of the first entry; the line's number where lines have no times."""
    last: str
    is_new: bool
    """Whether good runs do not have it."""


class PatternsScreen(Screen[None]):
    """The groups, one a row."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PATTERN_KEYS)
    help_topic = "patterns"

    def __init__(
        self,
        go_to: Callable[[PatternGroup, bool | None], object],
        filter_by: Callable[[PatternGroup, bool], object],
        keymap: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Wait for rows.

        `go_to` gets the chosen group, and whether to go on (True), back (False) or to its
        first entry (None). `filter_by` gets it, and whether only its entries are to be shown,
        or only the others. `keymap` has the keys of the settings.
        """
        super().__init__()
        self._go_to, self._filter_by, self._keymap = go_to, filter_by, keymap
        self._rows: list[PatternRow] = []
        self._shown: list[PatternRow] = []
        self._order = 0
        self._about = "reading…"
        self._compared = ""

    def compose(self) -> ComposeResult:
        """Compose title, rows, an input to narrow them, and the footer."""
        yield Static(id="patterns-title", markup=False)
        yield Static(id="patterns-heading", markup=False)
        yield OptionList(id="patterns-rows", markup=False)
        narrow = Input(placeholder="type to narrow", id="patterns-input", compact=True)
        narrow.display = False
        yield narrow
        yield Static(id="patterns-whole", markup=False)
        yield Static(id="patterns-note", markup=False)
        yield KeyBar(self._hints())

    def on_mount(self) -> None:
        """Show what there is."""
        self.query_one(OptionList).focus()
        self._lay_out()

    def on_resize(self) -> None:
        """Lay the rows out in another width."""
        self.call_after_refresh(self._lay_out)

    def _hints(self) -> list[KeyHint]:
        return [
            KeyHint(shown_key(key, self._keymap), key.footer, key.action)
            for key in PATTERN_KEYS
            if key.footer
        ] + [
            KeyHint(shown_key(key, self._keymap), key.footer, f"app.{key.action}")
            for key in APP_KEYS
            if key.footer
        ]

    # -- showing --------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[PatternRow], *, about: str, compared: str) -> None:
        """Show these groups, the chosen one chosen still.

        `about` says what was counted, `compared` with what it was compared; may be empty.
        """
        self._rows, self._about, self._compared = list(rows), about, compared
        self._lay_out()

    def _lay_out(self) -> None:
        if not self._is_complete:
            return
        options, words = self.query_one(OptionList), self.query_one(Input).value.lower().split()
        chosen = self._chosen()
        rows = [row for row in self._rows if all(word in _words(row) for word in words)]
        rows.sort(key=_ORDER_KEYS[self._order])
        columns = self._columns()
        cells = max((len(f"{row.group.entries:,}") for row in rows), default=1)
        shapes = None if chosen is None else chosen.group.shapes
        at = next((n for n, row in enumerate(rows) if row.group.shapes == shapes), 0)
        top = options.scroll_offset.y
        self._shown = rows
        options.clear_options()
        options.add_options([Option(_row(row, cells, columns)) for row in rows])
        options.highlighted = at if rows else None
        options.scroll_to(y=top, animate=False)
        title = count(len(rows), "pattern")
        if len(rows) < len(self._rows):
            title += f" of {len(self._rows):,}"
        self.query_one("#patterns-title", Static).update(
            join_content(
                (title, "bold"),
                (f"  {label(self._about)} · by {ORDERS[self._order]}", "$muted"),
            )
        )
        over_time = "over time" if columns >= len("over time") else "time"
        times = f"{over_time:<{columns}}  {'first':<8}  {'last':<8}  " if columns else ""
        self.query_one("#patterns-heading", Static).update(
            make_content(f"  {'level':<6}{'count':>{max(5, cells)}}  {times}pattern", "$muted")
        )
        new = sum(row.is_new for row in self._rows)
        compared = f"{new:,} new against {self._compared}" if self._compared else ""
        note = self.query_one("#patterns-note", Static)
        note.update(make_content(label(compared, 400)))
        note.display = bool(compared)
        self._show_whole()

    @property
    def _is_complete(self) -> bool:
        """Whether all is there that shows rows: not before it opened, nor while it closes."""
        parts = "#patterns-title, #patterns-heading, #patterns-rows, #patterns-input, "
        parts += "#patterns-whole, #patterns-note"
        return self.is_attached and len(self.query(parts)) == parts.count(",") + 1

    def _columns(self) -> int:
        """Return how many cells a histogram has; 0: it is left out, and times with it."""
        width = self.size.width
        return 0 if width < _WIDE else _NARROW_COLUMNS if width < _FULL_WIDTH else COLUMNS

    @on(OptionList.OptionHighlighted)
    def _show_whole(self) -> None:
        """Show the chosen template in two rows, where the list has little space for it."""
        chosen, whole = self._chosen(), self.query_one("#patterns-whole", Static)
        whole.update(make_content("" if chosen is None else label(chosen.text, LONGEST)))
        whole.display = self.size.width < _FULL_WIDTH

    def _chosen(self) -> PatternRow | None:
        at = self.query_one(OptionList).highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    # -- acting ---------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self._leave_to(None)

    def _leave_to(self, forward: bool | None) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.dismiss()
            self._go_to(chosen.group, forward)

    def action_select(self) -> None:
        """Go to the first entry of the chosen group."""
        self._leave_to(None)

    def action_go_to(self, forward: bool) -> None:
        """Go to the next entry of the chosen group, or the one before."""
        self._leave_to(forward)

    def action_filter(self, keep: bool) -> None:
        """Show only the entries of the chosen group, or hide them."""
        chosen = self._chosen()
        if chosen is not None:
            self.dismiss()
            self._filter_by(chosen.group, keep)

    def action_sort(self) -> None:
        """Take the next order."""
        self._order = (self._order + 1) % len(ORDERS)
        self._lay_out()

    def action_narrow(self) -> None:
        """Type what the groups have to have."""
        narrow = self.query_one(Input)
        narrow.display = True
        narrow.focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._lay_out()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.query_one(OptionList).focus()

    def action_leave(self) -> None:
        """Leave the input, take back what narrows, or close."""
        narrow = self.query_one(Input)
        if narrow.has_focus or narrow.value:
            narrow.value = ""
            narrow.display = False
            self.query_one(OptionList).focus()
        else:
            self.dismiss()

    def action_cursor(self, rows: int) -> None:
        """Choose the next row, or the one before."""
        options = self.query_one(OptionList)
        if self._shown:
            at = (options.highlighted or 0) + rows
            options.highlighted = min(len(self._shown) - 1, max(0, at))

    def action_page(self, pages: float) -> None:
        """Move by pages."""
        self.action_cursor(round(pages * max(1, self.query_one(OptionList).size.height - 1)))

    def action_edge(self, end: bool) -> None:
        """Choose the first row, or the last."""
        if self._shown:
            self.query_one(OptionList).highlighted = len(self._shown) - 1 if end else 0

    @on(KeyBar.Clicked)
    async def _hint_clicked(self, message: KeyBar.Clicked) -> None:
        await self.run_action(message.action)

    def close_open(self) -> bool:
        """Close the patterns (`^C`); return that something was open."""
        self.dismiss()
        return True

    def help_rows(self) -> list[tuple[str, str]]:
        """Return nothing: the patterns are no place of their own."""
        return []

    def palette_commands(self) -> list[Command]:
        """Return the commands of the patterns."""
        return list(key_commands("These patterns", PATTERN_KEYS, self._keymap, self.run_action))


def _words(row: PatternRow) -> str:
    level = row.group.level
    return f"{'' if level is None else level.name} {row.text} {'new' if row.is_new else ''}".lower()


_ORDER_KEYS: tuple[Callable[[PatternRow], tuple[int, ...]], ...] = (
    lambda row: (-(row.group.level or 0), -row.group.entries, row.group.first),
    lambda row: (-row.group.entries, row.group.first),
    lambda row: (row.group.first,),
)


def _row(row: PatternRow, cells: int, columns: int) -> Content:
    group = row.group
    name = "" if group.level is None else group.level.name[:5]
    parts: list[str | tuple[str, str]] = [
        ("+ " if row.is_new else "  ", "bold $text-accent"),
        (f"{name:<6}", f"bold {LEVEL_TONES[group.level]}"),
        (f"{group.entries:>{max(5, cells)},}  ", "bold"),
    ]
    if columns:
        parts += [
            (f"{_bars(row.columns, columns)}  ", _bar_tone(group.level)),
            (f"{row.first:<8}  {row.last:<8}  ", "$muted"),
        ]
    text = row.text if group.level is None else row.text.removeprefix(f"{group.level.name} ")
    return join_content(*parts, text[:LONGEST])


def _bar_tone(level: Level | None) -> str:
    """Return the colour of a histogram: only what went wrong stands out."""
    return LEVEL_TONES[level] if level is not None and level >= Level.WARN else "$muted"


def _bars(counts: Sequence[int], columns: int) -> str:
    # The topmost eighth stays free: bars of neighbouring rows don't touch.
    return sparkline([value or None for value in counts], columns).replace("█", "▇")
