"""TUI: selecting with keys, copying, and opening links, on the log screen."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from textual import on, work

from logview.apify.address import DEFAULT_API_URL
from logview.log.time.locate import stamp_near
from logview.log.view.excerpt import Excerpt, selected, whole_lines
from logview.phrases import count, size
from logview.text.sanitize import visible
from logview.text.timestamps import SIZE, stamp_of
from logview.tui.copying import Around
from logview.tui.screens.log_timeline import LogTimeline
from logview.tui.widgets.log_pane import LogPane
from logview.tui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from collections.abc import Callable

    from logview.tui.widgets.link_list import LinkList

    Form: TypeAlias = Callable[[str, Excerpt], tuple[str, int]]
    """Makes of an excerpt's text what is copied; gives also in which line of that it begins."""

MAX_LINES = 100_000
"""Lines that are copied at most: more of them belong into a file."""

MAX_SIZE = 10_000_000
"""Characters that are copied at most."""


class LogCopies(LogTimeline):
    """The part of the log screen that gives text away."""

    _links: LinkList | None = None

    # -- selecting ------------------------------------------------------------------------

    def action_select(self) -> None:
        """Begin to select whole lines at the cursor line, or end it."""
        cursor, selecting = self.pane.viewport.cursor, self.pane.selecting
        if cursor is None:
            self.note(f"nothing to select: {self.no_line}")
        elif selecting.keyboard_anchor is not None:
            self._end_selection()
        else:
            selecting.clear()
            selecting.keyboard_anchor = cursor
            self.pane.redraw()
            self._tell_selection()

    @on(LogPane.Selected)
    def _selected(self) -> None:
        self._tell_selection()

    def _tell_selection(self) -> None:
        selection = self.pane.selection
        if selection is not None:
            self.note("selected: y copies, Y as Markdown, s saves, esc ends")
            self.refresh_words()

    def _end_selection(self) -> bool:
        had = self.pane.selecting.clear()
        if had:
            self.pane.redraw()
        return had

    def close_open(self) -> bool:
        """Close the innermost thing that is open; False where nothing was."""
        return self._close_links() or super().close_open() or self._end_selection()

    # -- copying --------------------------------------------------------------------------

    def _chosen(self) -> Excerpt | None:
        """Give the selection, or else the current entry."""
        selection = self.pane.selection
        if selection is not None:
            return selected(selection, self.view.copy())  # filters may change meanwhile
        cursor = self.pane.viewport.cursor
        if cursor is None:
            self.note(f"nothing to copy: {self.no_line}")
            return None
        return whole_lines(self.document, self.view.entries.entry_of(cursor))

    def copy_selection(self) -> bool:
        """Copy what is selected; False where nothing is."""
        if self.pane.selection is None:
            return False
        self.action_copy()
        return True

    def action_copy(self) -> None:
        """Copy the selection, or the current entry."""
        self._begin_copy(lambda text, _: (text, 0))

    def action_copy_markdown(self) -> None:
        """Copy it as Markdown: fenced, with the run, the lines and a link."""
        self._begin_copy(self._as_markdown, "as Markdown")

    def copy_without_times(self) -> None:
        """Copy it without the time stamps."""
        self._begin_copy(lambda text, _: (_without_stamps(text), 0), "without times")

    def action_copy_again(self) -> None:
        """Copy again what was copied last, with its secrets."""
        if not self.app.copy_again():
            self.note("nothing was copied yet whose secrets were masked")

    def _begin_copy(self, form: Form, how: str = "") -> None:
        excerpt = self._chosen()
        if excerpt is None:
            return
        lines = excerpt.line_count
        if lines > MAX_LINES:
            self._too_much(f"{lines:,} lines")
        else:
            self._copy_excerpt(excerpt, form, how, self.app.next_copy())

    def _too_much(self, what: str) -> None:
        self.note(f"{what} are too much for a clipboard: s saves them to a file")

    @work(exit_on_error=False, group="copy")
    async def _copy_excerpt(self, excerpt: Excerpt, form: Form, how: str, number: int) -> None:
        lines: list[str] = []
        hidden: dict[int, list[str]] = {}
        length = 0
        for part in excerpt.parts():
            if part.hidden:
                hidden[len(lines)] = part.hidden
            texts = [visible(line) for line in part.lines]
            lines += texts
            length += sum(map(len, texts)) + len(texts)
            if length > MAX_SIZE:
                self._too_much(f"more than {size(MAX_SIZE)}")
                return
            await asyncio.sleep(0)
        if number != self.app.copies:
            return  # something else was copied since
        if not lines:
            self.note("nothing to copy: the filters show no line of it")
            return
        text, first = form("\n".join(lines), excerpt)
        what = None
        if how:
            amount = size(len(text.encode("utf-8", "replace")))
            what = f"{count(len(lines), 'line')} {how} ({amount})"
        before, after = excerpt.context()
        last = first + len(lines) - 1
        beside = {first: (before, ""), last: ("" if last > first else before, after)}
        self._end_selection()
        hidden = {first + at: one for at, one in hidden.items()}
        around = Around(first, excerpt.lines_above(), beside, hidden)
        self.app.copy_text(text, what=what, around=around)

    def _as_markdown(self, text: str, excerpt: Excerpt) -> tuple[str, int]:
        from logview.tui.markdown import code, escaped, fenced

        job = self.connection.job
        low, high = (self.document.number(line) for line in excerpt.ends)
        where = ""
        if low is not None and high is not None:
            where = f"line {low:,}" if low == high else f"lines {low:,}–{high:,}"
            if excerpt.line_count <= high - low:
                where = f"{excerpt.line_count:,} of {where}"
        link = self._console_link()
        head = [
            f"**{escaped(self.called)}**" if self.called else "",
            f"{job.kind} {code(job.id)}" if job is not None else "",
            escaped(job.status) if job is not None else "",
            where,
            _time_range(excerpt.stamps() if self.pane.time_column.is_stamped else None),
            f"[Apify Console]({link})" if link else "",
        ]
        return fenced(text, head), 3 if any(head) else 1

    # -- where this is --------------------------------------------------------------------

    def _console_link(self) -> str | None:
        job = self.connection.job
        if job is None or self.app.demo:
            return None
        from logview.links.console import console_link

        return console_link(job, self.app.settings.api_url)

    def place_command(self) -> str | None:
        """Give the command that shows this place again; None for what can't be opened again."""
        job, app = self.connection.job, self.app
        target = job.id if job is not None else self.opened.text
        if target == "-":
            return None
        words = ["logview"]
        if app.demo:
            words.append("--demo")
        elif not self.opened.is_job:
            target = str(Path(target).absolute())  # it may be run in another folder
        elif app.settings.api_url != DEFAULT_API_URL:
            words += ["--api-url", app.settings.api_url]
        words.append(target)
        cursor = self.pane.viewport.cursor
        # The demo's runs have other times whenever it starts.
        stamp = None
        if cursor is not None and not app.demo and self.pane.time_column.is_stamped:
            stamp = stamp_near(self.document, cursor)
        if stamp is not None:
            words += ["--at", stamp.decode()]
        from logview.links.shell_words import shell_word

        return " ".join(map(shell_word, words))

    def place_words(self) -> list[tuple[str, str]]:
        """Give what shows somebody else this place: for the help screen."""
        rows = [("the command", self.place_command()), ("the page", self._console_link())]
        return [(name, words) for name, words in rows if words is not None]

    def copy_command(self) -> None:
        """Copy the command that shows this place again."""
        command = self.place_command()
        if command is None:
            self.note("standard input can't be opened again: there is no command for it")
        else:
            self.app.copy_text(command, what=f"the command {self.app.masked(command)}")

    def copy_link(self) -> None:
        """Copy the link to the run or build in Apify Console."""
        link = self._console_link()
        if link is None:
            self.note(self._no_link())
        else:
            self.app.copy_text(link, what=f"the link {link}")

    def copy_id(self) -> None:
        """Copy the ID of the run or build."""
        job = self.connection.job
        ident = job.id if job is not None else self.opened.text if self.opened.is_job else ""
        if ident:
            self.app.copy_text(ident, what=f"the ID {ident}")
        else:
            self.note("this is no run and no build: it has no ID")

    def _no_link(self) -> str:
        if not self.opened.is_job:
            return "this is no run and no build: it has no page in Apify Console"
        if self.app.demo:
            return "the demo's runs have no page in Apify Console"
        if self.connection.job is None:
            return "its page in Apify Console is not known yet"
        return "for this API address no page in Apify Console is known"

    # -- opening --------------------------------------------------------------------------

    def action_open_console(self) -> None:
        """Open the run or build in Apify Console."""
        link = self._console_link()
        if link is None:
            self.note(self._no_link())
        else:
            self._open(link)

    @work(exit_on_error=False, group="open")
    async def _open(self, link: str) -> None:
        from logview.links import browser

        if await browser.open_link(link):
            masks = self.pane.screen_masks
            shown = link if masks is None else masks.mask_link(link)
            self.note(f"asked the browser to open {shown}")
        else:
            shown = self.app.masked(link)  # what is told is what is copied
            self.app.copy_text(link, what=f"the link {shown} (no browser could be opened here)")

    async def action_links(self) -> None:
        """List the links of the current entry, to open one."""
        cursor = self.pane.viewport.cursor
        if cursor is None:
            self.note(f"no links: {self.no_line}")
            return
        from logview.links.console import links_of_line

        entry = self.view.entries.entry_of(cursor)
        links: dict[str, None] = {}
        for line in entry[:1000]:
            links.update((link.target, None) for link in links_of_line(self.document.line(line)))
        await self._show_links(list(links), "no links in this entry")

    @on(LogPane.LinkClicked)
    async def _link_clicked(self, message: LogPane.LinkClicked) -> None:
        from logview.links.console import links_of_line

        line, character = message.place
        if not self.document.first_line <= line < self.document.end_line:
            self.note("there is no link")  # a row of ours below the last line
            return
        links = links_of_line(self.document.line(line))
        here = [link.target for link in links if link.start <= character < link.end]
        await self._show_links(here, "there is no link")

    async def _show_links(self, links: list[str], none: str) -> None:
        self.close_prompts()
        if not links:
            self.note(none)
            return
        if self._links is None:
            from logview.tui.widgets.link_list import LinkList

            self.app.need_styles("link_list")
            self._links = LinkList(id="links")
            await self.query_one(Overlay).mount(self._links, before=0)
        masks = self.pane.screen_masks
        self._links.put(links, masks.mask_link if masks is not None else str)
        self._links.display = True
        self.set_focus(self._links)

    def _close_links(self) -> bool:
        if self._links is None or not self._links.display:
            return False
        self._links.display = False
        self.set_focus(self.pane)
        return True

    def on_link_list_wanted(self, message: LinkList.Wanted) -> None:
        """Open or copy a link of the list."""
        self._close_links()
        if message.what == "open":
            self._open(message.link)
        elif message.what == "copy":
            self.app.copy_text(message.link, what="the link")


def _without_stamps(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(
        line[SIZE:].removeprefix(" ") if stamp_of(line[:SIZE].encode()) else line for line in lines
    )


def _time_range(stamps: tuple[bytes, bytes] | None) -> str:
    if stamps is None:
        return ""
    first, last = (stamp.decode() for stamp in stamps)
    day, clock = first[:10], first[11:23]
    if first == last:
        return f"{day} {clock} UTC"
    end = last[11:23] if last[:10] == day else f"{last[:10]} {last[11:23]}"
    return f"{day} {clock}–{end} UTC"
