"""TUI: copy text to the clipboard, secrets masked, and report the outcome."""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from logview.secrets.masker import Masker
    from logview.secrets.token import Token


class CopyContext(NamedTuple):
    """What surrounds a text that is copied: it decides what of the text is a secret."""

    first: int = 0
    """The line of the text, from 0, that is the first of the log's."""
    above: Sequence[str] = ()
    """The lines of the log before that, in which a private key may have begun."""
    cut: Mapping[int, tuple[str, str]] = MappingProxyType({})
    """What stands before and behind lines that were cut, by their numbers from 0."""
    hidden: Mapping[int, Sequence[str]] = MappingProxyType({})
    """Lines before some of its lines that filters hide, in which a private key begins or ends."""


PATIENCE = 0.4
"""How long a clipboard may take, in seconds, before a notice says that it is waited for."""

_MASKED_AT_ONCE = 64 * 1024
"""About how many characters are masked between two turns of the event loop."""


class Copier:
    """Copies to the clipboard, one text at a time; owns what was copied last.

    `run` starts a coroutine as a worker, `write_terminal` sends a control sequence to the
    terminal, `set_local` sets what the inputs of the app paste, `notify` shows the receipt.
    """

    def __init__(
        self,
        token: Token | None,
        *,
        redact: bool,
        run: Callable[[Coroutine[object, object, None]], object],
        write_terminal: Callable[[str], None],
        set_local: Callable[[str], None],
        notify: Callable[[str], None],
    ) -> None:
        self._token = token
        self._redact = redact
        self._run = run
        self._write_terminal = write_terminal
        self._set_local = set_local
        self._notify = notify
        self.serial = 0
        """The number of the newest copy; older ones that are still being prepared give up."""
        self._last: tuple[str, str | None] | None = None

    def start(self) -> int:
        """Return the number of a copy that is being prepared; older ones are given up."""
        self.serial += 1
        return self.serial

    def copy(
        self, text: str, *, what: str | None = None, context: CopyContext | None = None
    ) -> None:
        """Copy a text, its secrets masked; `what` names it in the receipt."""
        self._last = text, what
        self._start(text, what, redact=self._redact, context=context)

    def copy_again(self) -> bool:
        """Copy the last text again with its secrets; return False where nothing was masked."""
        if self._last is None or not self._redact:
            return False
        text, what = self._last
        self._start(text, what, redact=False)
        return True

    def masked(self, text: str) -> str:
        """Return a text as `copy` copies it."""
        from logview.secrets.masker import Masker

        return Masker(self._token, enabled=self._redact).mask_text(text)

    def _start(
        self, text: str, what: str | None, *, redact: bool, context: CopyContext | None = None
    ) -> None:
        from logview.secrets.masker import Masker

        self._set_local(text)
        masker = Masker(self._token, enabled=redact)
        self._run(self._copy(text, what, masker, context or CopyContext(), self.start()))

    async def _copy(
        self, text: str, what: str | None, masker: Masker, context: CopyContext, serial: int
    ) -> None:
        from logview.clipboard import copy as clipboard

        masked = await _mask(text, masker, context) if masker.enabled else text
        if serial != self.serial:
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
                self._notify("copying: the clipboard has not answered yet")
            receipt = await copying
        finally:
            copying.cancel()
        self._notify(receipt.text)


async def _mask(text: str, masker: Masker, context: CopyContext) -> str:
    """Mask a text in pieces, with turns of the event loop in between."""
    lines = text.split("\n")
    masked: list[str] = []
    at = 0
    while at < len(lines):
        if at == context.first:
            masker.read_preceding(context.above)
        masker.skip_lines(context.hidden.get(at, ()))
        if any(context.cut.get(at, ())):
            before, after = context.cut[at]
            whole = f"{before}{lines[at]}{after}"
            masked.append(masker.mask_line(whole, len(before), len(before) + len(lines[at])))
            at += 1
            continue
        end, size = at, 0
        while end < len(lines) and size < _MASKED_AT_ONCE:
            if any(context.cut.get(end, ())):
                break
            if end > at and (end in context.hidden or end == context.first):
                break
            size += len(lines[end]) + 1
            end += 1
        masked.append(masker.mask_text("\n".join(lines[at:end])))
        at = end
        await asyncio.sleep(0)
    return "\n".join(masked)
