"""TUI: telling and copying, the part of the app that every screen uses."""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from textual import work
from textual.app import App

from logview.text.sanitize import label
from logview.tui.textual_internals import set_local_clipboard, write_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from logview.config.settings import Settings
    from logview.secrets.masker import Masker


class Around(NamedTuple):
    """What stands around a text that is copied: it tells what of the text is a secret."""

    first: int = 0
    """The line of the text, from 0, that is the first of the log's."""
    above: Sequence[str] = ()
    """The lines of the log before that, in which a private key may have begun."""
    beside: Mapping[int, tuple[str, str]] = MappingProxyType({})
    """What stands before and behind some of its lines, which were cut, by their numbers from 0."""
    hidden: Mapping[int, Sequence[str]] = MappingProxyType({})
    """Lines before some of its lines that filters hide, in which a private key begins or ends."""


PATIENCE = 0.4
"""How long a clipboard may take, in seconds, before it is said that it is waited for."""

_MASKED_AT_ONCE = 64 * 1024
"""About how many characters are masked between two turns of the event loop."""


class CopyingApp(App[int]):
    """The part of the app that tells and copies."""

    settings: Settings
    redact: bool
    """Whether secrets are masked in what is copied or saved."""
    copies = 0
    """Counts what was copied, or is being got ready for it."""
    _copied: tuple[str, str | None] | None = None

    def tell(self, text: str) -> None:
        """Show a receipt or a notice on the screen that is on top."""
        note = getattr(self.screen, "note", None)
        if callable(note):
            self.screen.call_later(note, text)  # a screen that was just pushed is still empty
        else:
            self.notify(label(text, 400), markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text, Textual's own copy actions included, by the one module that copies."""
        self.copy_text(text)

    def copy_text(
        self,
        text: str,
        *,
        what: str | None = None,
        around: Around | None = None,
    ) -> None:
        """Copy a text, its secrets masked; `what` says in the receipt what it is."""
        self._copied = text, what
        self._begin_copy(text, what, redact=self.redact, around=around)

    def masked(self, text: str) -> str:
        """Give a text as `copy_text` copies it."""
        from logview.secrets.masker import Masker

        return Masker(self.settings.token, enabled=self.redact).mask_text(text)

    def next_copy(self) -> int:
        """Give a number to what is about to be copied; what has an older one is given up."""
        self.copies += 1
        return self.copies

    def copy_again(self) -> bool:
        """Copy the last text again with its secrets; False where there is none to be masked."""
        if self._copied is None or not self.redact:
            return False
        text, what = self._copied
        self._begin_copy(text, what, redact=False)
        return True

    def _begin_copy(
        self,
        text: str,
        what: str | None,
        *,
        redact: bool,
        around: Around | None = None,
    ) -> None:
        from logview.secrets.masker import Masker

        set_local_clipboard(self, text)
        masker = Masker(self.settings.token, enabled=redact)
        self._copy(text, what, masker, around or Around(), self.next_copy())

    # Described, because else Textual writes out all the text for it.
    @work(exit_on_error=False, group="copy", description="copy")
    async def _copy(
        self, text: str, what: str | None, masker: Masker, around: Around, number: int
    ) -> None:
        from logview.clipboard import copy as clipboard

        masked = await _masked(text, masker, around) if masker.enabled else text
        if number != self.copies:
            return  # something else was copied since
        extra = masker.summary()
        if extra:
            extra += ": R copies it as it is"
        copying = asyncio.ensure_future(
            clipboard.copy(masked, write_terminal=self._write_terminal, what=what, extra=extra)
        )
        try:
            done, _ = await asyncio.wait({copying}, timeout=PATIENCE)
            if not done:
                self.tell("copying: the clipboard has not answered yet")
            receipt = await copying
        finally:
            copying.cancel()
        self.tell(receipt.text)

    def _write_terminal(self, sequence: str) -> None:
        write_terminal(self, sequence)


async def _masked(text: str, masker: Masker, around: Around) -> str:
    """Mask a text, and let keys and paints in now and then."""
    lines = text.split("\n")
    masked: list[str] = []
    at = 0
    while at < len(lines):
        if at == around.first:
            masker.read_preceding(around.above)
        masker.skip_lines(around.hidden.get(at, ()))
        if any(around.beside.get(at, ())):
            before, after = around.beside[at]
            whole = f"{before}{lines[at]}{after}"
            masked.append(masker.mask_line(whole, len(before), len(before) + len(lines[at])))
            at += 1
            continue
        end, size = at, 0
        while end < len(lines) and size < _MASKED_AT_ONCE:
            if any(around.beside.get(end, ())):
                break
            if end > at and (end in around.hidden or end == around.first):
                break
            size += len(lines[end]) + 1
            end += 1
        masked.append(masker.mask_text("\n".join(lines[at:end])))
        at = end
        await asyncio.sleep(0)
    return "\n".join(masked)
