"""The digest screen: why a run ended as it did; each statement leads to its line."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.screen import Screen
from textual.widgets import Static

from logview.phrases import duration
from logview.text.sanitize import label
from logview.tui.commands import key_commands
from logview.tui.content import join_content, make_content
from logview.tui.digest_rows import digest_rows
from logview.tui.keys import APP_KEYS, DIGEST_KEYS, bindings, shown_key
from logview.tui.widgets.header_bar import STATUS_MARKS, STATUS_STYLES
from logview.tui.widgets.key_bar import KeyBar, KeyHint
from logview.tui.widgets.row_list import ListRow, RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.timer import Timer

    from logview.log.digest.digest import Digest
    from logview.tui.commands import Command
    from logview.tui.digest_rows import DigestRow

NOTE_SECONDS = 4.0
"""How long a receipt is shown."""

_MESSAGE = 400
"""Characters of the job's message."""

_MARGINS = 5
"""Cells of a row that are no text: its padding, and the scroll bar."""


class DigestScreen(Screen[None]):
    """A digest over the whole screen."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(DIGEST_KEYS)
    help_topic = "digest"

    def __init__(
        self,
        mask: Callable[[str], str],
        ask: Callable[[str], object],
        go_to: Callable[[int], object],
        keymap: Mapping[str, str] = MappingProxyType({}),
        *,
        name: str = "",
    ) -> None:
        """Wait for a digest.

        `name` is that of the log, for the title where it is no run's or build's.
        `mask` hides secrets in texts of the log, `ask` does what a key asks for (`copy`,
        `copy-markdown`, `copy-urls`, `again`), `go_to` gets the line of the row that was
        chosen, counted from 1. `keymap` has the keys of the settings.
        """
        super().__init__()
        self._mask, self._ask, self._go_to = mask, ask, go_to
        self._log_name = name
        self._keymap = keymap
        self._digest: Digest | None = None
        self._note = ""
        self._note_timer: Timer | None = None
        self._waiting = ""

    def compose(self) -> ComposeResult:
        """Compose title, rows, a row for notes, and the footer."""
        yield Static(id="digest-title", markup=False)
        yield Static(id="digest-waiting", markup=False)
        rows = RowList(id="digest-rows")
        rows.display = False
        yield rows
        yield Static(id="digest-note", markup=False)
        yield KeyBar(self._hints())

    def on_mount(self) -> None:
        """Say what is waited for."""
        self.set_focus(None)
        self._update_title()
        self._update_note()
        if self._digest is not None:
            self.show_digest(self._digest)

    def _hints(self) -> list[KeyHint]:
        digest = self._digest
        has_urls = digest is not None and bool(digest.facts.requests.result())
        return [
            KeyHint(shown_key(key, self._keymap), key.footer, key.action)
            for key in DIGEST_KEYS
            if key.footer and (has_urls or key.action != "ask('copy-urls')")
        ] + [
            KeyHint(shown_key(key, self._keymap), key.footer, f"app.{key.action}")
            for key in APP_KEYS
            if key.footer
        ]

    @property
    def _is_complete(self) -> bool:
        """Whether all is there that shows a digest: not before it opened, nor while it closes."""
        parts = "#digest-title, #digest-waiting, #digest-rows, #digest-note, KeyBar"
        return self.is_attached and len(self.query(parts)) == parts.count(",") + 1

    # -- showing --------------------------------------------------------------------------

    def show_progress(self, words: str) -> None:
        """Show how far the log was read, while there is no digest yet."""
        self._waiting = words
        if not self._is_complete:
            return
        if self._digest is None:
            content = make_content(label(words, 200), "$muted")
            self.query_one("#digest-waiting", Static).update(content)
        self._update_note()

    def on_resize(self) -> None:
        """Wrap the cause for another width."""
        if self._digest is not None:
            self.call_after_refresh(self.show_digest, self._digest)

    def show_digest(self, digest: Digest) -> None:
        """Show a digest; the selection stays where it was."""
        self._digest, self._waiting = digest, ""
        if not self._is_complete:
            return
        self._rows = digest_rows(digest, self._mask)
        self.query_one("#digest-waiting", Static).display = False
        width = max(20, self.size.width - _MARGINS)
        rows = self.query_one(RowList)
        rows.show_rows(
            [
                ListRow(_content(row, width), "" if row.line is None else str(row.line))
                for row in digest_rows(digest, self._mask)
            ]
        )
        rows.display = True
        rows.focus()
        self._update_title()
        self._update_note()
        self.query_one(KeyBar).show_hints(self._hints())

    def note(self, text: str) -> None:
        """Show a receipt for some seconds."""
        if not self._is_complete:
            return
        self._note = label(text, 400)
        if self._note_timer is not None:
            self._note_timer.stop()
        self._note_timer = self.set_timer(NOTE_SECONDS, self._hide_note)
        self._update_note()

    def _hide_note(self) -> None:
        self._note = ""
        self._update_note()

    def _update_note(self) -> None:
        digest = self._digest
        if self._note:
            content = make_content(self._note, "bold $text-accent")
        elif self._waiting and digest is not None:
            content = make_content(label(self._waiting, 200), "$muted")
        else:
            notes = " ".join(digest.notes) if digest is not None else ""
            content = make_content(label(notes, 400), "$muted")
        self.query_one("#digest-note", Static).update(content)

    def _update_title(self) -> None:
        self.query_one("#digest-title", Static).update(self._title())

    def _title(self) -> Content:
        digest = self._digest
        job = None if digest is None else digest.job
        attempt = ""
        if digest is not None and digest.attempt > 1:
            attempt = f"attempt {digest.attempt}, from line {digest.attempt_line:,} on"
        if digest is None or job is None:
            about = "  ".join(filter(None, (label(self._log_name), attempt)))
            return join_content(("Digest", "bold"), (f"  {about}", "$muted"))
        status = label(job.status)
        tone = STATUS_STYLES.get(status, "$foreground")
        words = [f"{job.kind} {label(job.id)}"]
        if job.seconds is not None:
            words.append(duration(job.seconds))
        if job.exit_code is not None:
            words.append(f"exit code {job.exit_code}")
        if attempt:
            words.append(attempt)
        title = join_content(
            (f"{STATUS_MARKS.get(status, '?')} {status}", f"bold {tone}"),
            (f"  {label(job.name)}" if job.name else "", "bold"),
            ("  " + " · ".join(words), "$muted"),
        )
        if job.message:
            title += make_content("\n" + label(self._mask(job.message), _MESSAGE), tone)
        return title

    # -- acting ---------------------------------------------------------------------------

    @on(RowList.OptionSelected)
    def action_select(self) -> None:
        """Go to the line of the selected row."""
        target = self.query_one(RowList).target
        if target:
            self.dismiss()
            self._go_to(int(target))

    @on(KeyBar.Clicked)
    async def _hint_clicked(self, message: KeyBar.Clicked) -> None:
        await self.run_action(message.action)

    def action_cursor(self, rows: int) -> None:
        """Select the next row that leads somewhere, or the one before."""
        self.query_one(RowList).move(rows)

    def action_page(self, pages: float) -> None:
        """Scroll by pages."""
        self.query_one(RowList).page(pages)

    def action_edge(self, end: bool) -> None:
        """Go to the first row, or to the last."""
        self.query_one(RowList).edge(end=end)

    def action_ask(self, what: str) -> None:
        """Copy the digest, or read the log anew."""
        if self._digest is not None:
            self._ask(what)

    def close_open(self) -> bool:
        """Close the digest (`^C`); return that something was open."""
        self.dismiss()
        return True

    def help_rows(self) -> list[tuple[str, str]]:
        """Return nothing: a digest is no place of its own."""
        return []

    def palette_commands(self) -> list[Command]:
        """Return the commands of the digest."""
        return list(key_commands("This digest", DIGEST_KEYS, self._keymap, self.run_action))


def _content(row: DigestRow, width: int) -> Content:
    if not row.is_cause:
        return row.content
    first, *others = row.content.split("\n")
    return make_content("\n").join([*first.wrap(width), *others])
