"""Log screen: copy. Excerpts of the log to the clipboard, links, IDs and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from logview.log.view.excerpt import Excerpt, selected, whole_lines
from logview.phrases import count, size
from logview.text.escapes import separated_text
from logview.text.lanes import read_lane
from logview.tui.copying import CopyContext
from logview.tui.schedule import give_turn, when_read

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.dom import DOMNode

    from logview.text.timestamps import StampReader
    from logview.tui.host import Host
    from logview.tui.screens.log.session import LogSession
    from logview.tui.widgets.log_pane import LogPane

    Format: TypeAlias = Callable[[str, Excerpt], tuple[str, int]]
    """Formats an excerpt's text; returns it, and at which line of that the excerpt begins."""

MAX_LINES = 100_000
"""Lines that are copied at most: more of them belong into a file."""

MAX_SIZE = 10_000_000
"""Characters that are copied at most."""


class Copies:
    """Copies the selection, or else the current entry, and what leads to this log."""

    def __init__(
        self,
        screen: DOMNode,
        host: Host,
        session: LogSession,
        pane: LogPane,
        note: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._host = host
        self._session = session
        self._pane = pane
        self._note = note

    # -- the selection or the entry -------------------------------------------------------

    def copy(self) -> None:
        """Copy the selection, or the current entry."""
        self._start(lambda text, _: (self._as_own_log(text), 0))

    def copy_markdown(self) -> None:
        """Copy it as Markdown: fenced, with the run, the lines and a link."""
        self._start(self._as_markdown, "as Markdown")

    def copy_without_times(self) -> None:
        """Copy it without the time stamps."""
        stamps = self._session.document.stamps
        self._start(
            lambda text, _: (_without_stamps(self._as_own_log(text), stamps), 0), "without times"
        )

    def copy_again(self) -> None:
        """Copy again what was copied last, with its secrets."""
        if not self._host.copier.copy_again():
            self._note("nothing was copied yet whose secrets were masked")

    def _as_own_log(self, text: str) -> str:
        """Return lines of lanes as their own logs have them, without names of lanes."""
        return "\n".join(self._own_line(line) for line in text.split("\n"))

    def _own_line(self, line: str) -> str:
        if "-> " not in line:
            return line
        data = line.encode("utf-8", "surrogatepass")
        prefix = read_lane(data, is_merged=bool(self._session.origin.parts))
        return line if prefix is None else data[prefix.end :].decode("utf-8", "surrogatepass")

    def _excerpt(self) -> Excerpt | None:
        view, selection = self._session.view, self._pane.selection
        if selection is not None:
            return selected(selection, view.copy())  # filters may change meanwhile
        cursor = self._pane.viewport.cursor
        if cursor is None:
            self._note(f"nothing to copy: {self._session.no_line_reason}")
            return None
        document, entries = self._session.document, view.entries
        if not entries.begun:  # a key that was pressed as the first lines showed
            entries.begin_at(document.page_of(cursor))
        return whole_lines(document, entries.entry_of(cursor))

    def _start(self, format_: Format, how: str = "") -> None:
        excerpt = self._excerpt()
        if excerpt is None:
            return
        lines = excerpt.line_count
        if lines > MAX_LINES:
            self._refuse(f"{lines:,} lines")
            return
        worker = self._copy(excerpt, format_, how, self._host.copier.start())
        self._screen.run_worker(worker, exit_on_error=False, group="copy")

    def _refuse(self, what: str) -> None:
        self._note(f"{what} are too much for a clipboard: s saves them to a file")

    async def _copy(self, excerpt: Excerpt, format_: Format, how: str, serial: int) -> None:
        lines: list[str] = []
        hidden: dict[int, list[str]] = {}
        length, continued, noted = 0, False, False
        pending = self._session.document.pending
        if await when_read(pending, lambda: excerpt.long_lines_size) > MAX_SIZE:
            self._refuse(f"more than {size(MAX_SIZE)}")
            return
        for part in excerpt.parts():
            if part.hidden:
                hidden[len(lines)] = part.hidden
            texts = [separated_text(line) for line in part.lines]
            if continued and texts:
                texts[0] = lines.pop() + texts[0]
            continued = part.continued
            lines += texts
            length += sum(map(len, texts)) + len(texts)
            if length > MAX_SIZE:
                self._refuse(f"more than {size(MAX_SIZE)}")
                return
            if pending.any and not noted:
                noted = True  # once: each note is drawn, and the file may never answer
                self._note("copying: the file has not answered yet")
            await give_turn(pending)
        if serial != self._host.copier.serial:
            return  # something else was copied since
        if not lines:
            self._note("nothing to copy: the filters show no line of it")
            return
        text, first = await when_read(pending, lambda: format_("\n".join(lines), excerpt))
        what = None
        if how:
            amount = size(len(text.encode("utf-8", "replace")))
            what = f"{count(len(lines), 'line')} {how} ({amount})"
        before, after = await when_read(pending, excerpt.context)
        above = await when_read(pending, excerpt.lines_above)
        last = first + len(lines) - 1
        cut = {first: (before, ""), last: ("" if last > first else before, after)}
        self.end_selection()
        hidden = {first + at: one for at, one in hidden.items()}
        context = CopyContext(first, above, cut, hidden)
        self._host.copier.copy(text, what=what, context=context)

    def _as_markdown(self, text: str, excerpt: Excerpt) -> tuple[str, int]:
        from logview.tui.markdown import code, escaped, fenced

        session = self._session
        job = session.job
        low, high = (session.document.number(line) for line in excerpt.ends)
        where = ""
        if low is not None and high is not None:
            where = f"line {low:,}" if low == high else f"lines {low:,}–{high:,}"
            if excerpt.line_count <= high - low:
                where = f"{excerpt.line_count:,} of {where}"
        link = session.console_link()
        head = [
            f"**{escaped(session.title)}**" if session.title else "",
            f"{job.kind} {code(job.id)}" if job is not None else "",
            escaped(job.status) if job is not None else "",
            where,
            _time_range(excerpt.stamps() if self._pane.time_column.is_stamped else None),
            f"[Apify Console]({link})" if link else "",
        ]
        return fenced(text, head), 3 if any(head) else 1

    # -- selecting ------------------------------------------------------------------------

    def toggle_selection(self) -> None:
        """Begin to select whole lines at the cursor line, or end it."""
        cursor, selecting = self._pane.viewport.cursor, self._pane.selecting
        if cursor is None:
            self._note(f"nothing to select: {self._session.no_line_reason}")
        elif selecting.keyboard_anchor is not None:
            self.end_selection()
        else:
            selecting.clear()
            selecting.keyboard_anchor = cursor
            self._pane.redraw()
            self.note_selection()

    def note_selection(self) -> None:
        """Show what can be done with the selection, where there is one."""
        if self._pane.selection is not None:
            self._note("selected: y copies, Y as Markdown, s saves, esc ends")

    def end_selection(self) -> bool:
        """Select nothing; return False where nothing was selected."""
        had = self._pane.selecting.clear()
        if had:
            self._pane.redraw()
        return had

    # -- what leads here ------------------------------------------------------------------

    def reopen_command(self) -> str | None:
        """Return the command that shows this place again; None where there is none."""
        line = self._pane.viewport.cursor if self._pane.time_column.is_stamped else None
        return self._session.reopen_command(line)

    def copy_command(self) -> None:
        """Copy the command that shows this place again."""
        command = self.reopen_command()
        if command is None:
            what = self._session.origin.words.noun
            self._note(f"{what} can't be opened again: there is no command for it")
        else:
            copier = self._host.copier
            copier.copy(command, what=f"the command {copier.masked(command)}")

    def copy_link(self) -> None:
        """Copy the link to the run or build in Apify Console."""
        link = self._session.console_link()
        if link is None:
            self._note(self._session.no_link_reason)
        else:
            self._host.copier.copy(link, what=f"the link {link}")

    def copy_id(self) -> None:
        """Copy the ID of the run or build."""
        ident = self._session.job_id
        if ident:
            self._host.copier.copy(ident, what=f"the ID {ident}")
        else:
            self._note("this is no run and no build: it has no ID")


def _without_stamps(text: str, stamps: StampReader) -> str:
    lines = text.split("\n")
    return "\n".join(line[stamps.width(line.encode()) :] for line in lines)


def _time_range(stamps: tuple[bytes, bytes] | None) -> str:
    if stamps is None:
        return ""
    first, last = (stamp.decode() for stamp in stamps)
    day, clock = first[:10], first[11:23]
    if first == last:
        return f"{day} {clock} UTC"
    end = last[11:23] if last[:10] == day else f"{last[:10]} {last[11:23]}"
    return f"{day} {clock}–{end} UTC"
