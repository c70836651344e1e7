"""TUI: telling and copying, the part of the app that every screen uses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

from textual import work
from textual.app import App

from logview.log.ansi import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from logview.secrets import Masker
    from logview.settings import Settings

Beside: TypeAlias = "Mapping[int, tuple[str, str]]"
"""What stands before and behind some lines of a text, by their numbers from 0: not copied."""

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
        beside: Beside | None = None,
        above: Sequence[str] = (),
    ) -> None:
        """Copy a text, its secrets masked; `what` says in the receipt what it is.

        `beside` is what tells that a cut line holds a secret, `above` are the
        lines before the text, in which a private key may have begun.
        """
        self._copied = text, what
        self._begin_copy(text, what, redact=self.redact, beside=beside, above=above)

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
        beside: Beside | None = None,
        above: Sequence[str] = (),
    ) -> None:
        from logview.secrets import Masker

        self._clipboard = text
        masker = Masker(self.settings.token, enabled=redact)
        masker.behind(above)
        self._copy(text, what, masker, beside or {}, self.next_copy())

    # Described, because else Textual writes out all the text for it.
    @work(exit_on_error=False, group="copy", description="copy")
    async def _copy(
        self, text: str, what: str | None, masker: Masker, beside: Beside, number: int
    ) -> None:
        from logview import clipboard

        masked = await _masked(text, masker, beside) if masker.enabled else text
        if number != self.copies:
            return  # something else was copied since
        extra = masker.words()
        if extra:
            extra += ": R copies it as it is"
        receipt = await clipboard.copy(
            masked, write_terminal=self._write_terminal, what=what, extra=extra
        )
        self.tell(receipt.text)

    def _write_terminal(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()


async def _masked(text: str, masker: Masker, beside: Beside) -> str:
    """Mask a text, and let keys and paints in now and then."""
    lines = text.split("\n")
    masked: list[str] = []
    at = 0
    while at < len(lines):
        if any(beside.get(at, ())):
            before, after = beside[at]
            whole = f"{before}{lines[at]}{after}"
            masked.append(masker.line(whole, len(before), len(before) + len(lines[at])))
            at += 1
            continue
        end, size = at, 0
        while end < len(lines) and size < _MASKED_AT_ONCE and not any(beside.get(end, ())):
            size += len(lines[end]) + 1
            end += 1
        masked.append(masker.text("\n".join(lines[at:end])))
        at = end
        await asyncio.sleep(0)
    return "\n".join(masked)
