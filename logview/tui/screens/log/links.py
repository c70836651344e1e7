"""Log screen: links. The list of an entry's links, Apify Console, and the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.dom import DOMNode

    from logview.tui.host import Host
    from logview.tui.screens.log.session import LogSession
    from logview.tui.widgets.link_list import LinkList
    from logview.tui.widgets.log_pane import LogPane
    from logview.tui.widgets.overlay import Overlay

MAX_LINES = 1000
"""Lines of an entry that are searched for links."""


class Links:
    """Lists links, opens them in a browser, or copies them where none can be opened."""

    def __init__(
        self,
        screen: DOMNode,
        host: Host,
        session: LogSession,
        pane: LogPane,
        overlay: Overlay,
        note: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._host = host
        self._session = session
        self._pane = pane
        self._overlay = overlay
        self._note = note

    def open_console(self) -> None:
        """Open the run or build in Apify Console."""
        link = self._session.console_link()
        if link is None:
            self._note(self._session.no_link_reason)
        else:
            self.open(link)

    def open(self, link: str) -> None:
        """Open a link in the browser, or copy it."""
        self._screen.run_worker(self._open(link), exit_on_error=False, group="open")

    async def _open(self, link: str) -> None:
        from logview.links import browser

        if await browser.open_link(link):
            masks = self._pane.screen_masks
            shown = link if masks is None else masks.mask_link(link)
            self._note(f"asked the browser to open {shown}")
        else:
            copier = self._host.copier
            shown = copier.masked(link)  # the receipt shows what is copied
            copier.copy(link, what=f"the link {shown} (no browser could be opened here)")

    async def list_of_entry(self) -> None:
        """List the links of the current entry, to open one."""
        cursor = self._pane.viewport.cursor
        if cursor is None:
            self._note(f"no links: {self._session.no_line_reason}")
            return
        from logview.links.console import links_of_line

        entry = self._session.view.entries.entry_of(cursor)
        links: dict[str, None] = {}
        for line in entry[:MAX_LINES]:
            data = self._session.document.line(line)
            links.update((link.target, None) for link in links_of_line(data))
        await self._show(list(links), "no links in this entry")

    async def list_at(self, line: int, character: int) -> None:
        """List the link at a character of a line."""
        from logview.links.console import links_of_line

        document = self._session.document
        if not document.first_line <= line < document.end_line:
            self._note("there is no link")  # a row of ours below the last line
            return
        links = links_of_line(document.line(line))
        here = [link.target for link in links if link.start <= character < link.end]
        await self._show(here, "there is no link")

    async def _show(self, links: list[str], none: str) -> None:
        self._overlay.close()
        if not links:
            self._note(none)
            return
        from logview.tui.widgets.link_list import LinkList

        panel = await self._overlay.mounted(LinkList, lambda: LinkList(id="links"), "link_list")
        masks = self._pane.screen_masks
        panel.show_links(links, masks.mask_link if masks is not None else str)
        self._overlay.show(panel)

    def act(self, message: LinkList.Chosen) -> None:
        """Open or copy a link of the list."""
        self._overlay.hide()
        if message.what == "open":
            self.open(message.link)
        elif message.what == "copy":
            self._host.copier.copy(message.link, what="the link")
