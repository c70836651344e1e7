"""Plain mode: standard output as a place to write a log to. Imports no screen.

Into a pipe or file the bytes go as they came; onto a terminal they go line by
line, sanitised by `text/sanitize.py`. Nothing here ever blocks the event
loop, so that `^C` and a closed pipe are noticed while the reader of the pipe
is slow or the log is silent.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import select
import stat
from typing import TYPE_CHECKING, Protocol

from logview.text.escapes import boundary, separate_pieces
from logview.text.sanitize import visible
from logview.text.sgr import render_ansi

if TYPE_CHECKING:
    from logview.text.sgr import AnsiMode

POLL_EVERY = 0.25
"""Seconds between two checks of whether the reader of the pipe is still there."""

LINE_PART = 64 * 1024
"""Bytes of an unfinished line that are held for a terminal; more are written as they come."""

LOOKAHEAD = 4096
"""Bytes after such a part in which a control sequence that begins in it has to end."""

QUIET = 0.2
"""Seconds without news after which a terminal shows the unfinished last line."""


class OutputClosedError(Exception):
    """Whoever read standard output has gone."""


class OutputFailedError(Exception):
    """Standard output takes no more bytes; the message is why (no space left, …)."""


class Descriptor:
    """A descriptor written to without blocking the event loop.

    It is not switched to non-blocking: that would hold for every process that
    shares it. Instead each write is no larger than what a descriptor that polls
    as writable takes at once (PIPE_BUF for pipes: POSIX write(2), poll(2)).
    """

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._poll: select.poll | None = None
        self._piece = 1 << 20
        mode = os.fstat(fd).st_mode
        if hasattr(select, "poll") and not stat.S_ISREG(mode):
            self._poll = select.poll()
            self._poll.register(fd, select.POLLOUT)
            self._piece = 256 if os.isatty(fd) else select.PIPE_BUF

    async def write(self, data: bytes) -> None:
        """Write all of it; raises `OutputClosedError` and `OutputFailedError`."""
        rest = memoryview(data)
        while rest:
            if not self.writable():
                await self._wait_writable()
            try:
                written = os.write(self.fd, rest[: self._piece])
            except BlockingIOError:  # another process made it non-blocking
                await self._wait_writable()
            except BrokenPipeError:
                raise OutputClosedError from None
            except OSError as error:
                raise OutputFailedError(error.strerror or type(error).__name__) from error
            else:
                rest = rest[written:]

    def writable(self) -> bool:
        """Return whether a write would not block now."""
        return self._poll is None or bool(self._poll.poll(0))

    async def _wait_writable(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        try:
            loop.add_writer(self.fd, ready.set)
        except (NotImplementedError, OSError):  # a kind of descriptor that can't be waited for
            await asyncio.sleep(0.01)
            return
        try:
            await ready.wait()
        finally:
            loop.remove_writer(self.fd)

    async def wait_closed(self) -> None:
        """Return once the reader of the pipe has gone; for ever where that can't be known."""
        if self._poll is None:
            await asyncio.Event().wait()
            return
        watch = select.poll()
        watch.register(self.fd, 0)  # POLLERR and POLLHUP are reported whatever is asked for
        gone = select.POLLERR | select.POLLHUP
        while not any(event & gone for _, event in watch.poll(0)):  # noqa: ASYNC110  # no event of ours
            await asyncio.sleep(POLL_EVERY)


class Output(Protocol):
    """The output of plain mode."""

    @property
    def flush_after(self) -> float | None:
        """Seconds of quiet after which `flush_partial` should be called; None for never."""
        ...

    async def log(self, data: bytes) -> None:
        """Take the next bytes of the log."""
        ...

    async def flush_partial(self) -> None:
        """Show what is held back: an unfinished last line."""
        ...

    async def end_line(self) -> None:
        """Leave the current line, because something else is about to be written below it."""
        ...

    async def break_line(self) -> None:
        """End an unfinished line of the log: what comes next is not its rest."""
        ...

    async def finish(self) -> None:
        """Write everything that is held back: the log is over."""
        ...


class ByteOutput:
    """A pipe or file: the log byte for byte."""

    flush_after: float | None = None

    def __init__(self, descriptor: Descriptor) -> None:
        self._descriptor = descriptor
        self._unfinished = False

    async def log(self, data: bytes) -> None:
        """Write the bytes as they are, at once."""
        if data:
            self._unfinished = not data.endswith(b"\n")
        await self._descriptor.write(data)

    async def flush_partial(self) -> None:
        """Do nothing: nothing is held back."""

    async def end_line(self) -> None:
        """Do nothing: messages go elsewhere."""

    async def break_line(self) -> None:
        """End an unfinished line."""
        if self._unfinished:
            await self.log(b"\n")

    async def finish(self) -> None:
        """Do nothing: nothing is held back."""


class TerminalLines:
    """A terminal: whole lines, sanitised, and the unfinished last one after a short quiet."""

    flush_after: float | None = None

    def __init__(self, descriptor: Descriptor, colours: AnsiMode) -> None:
        self._descriptor = descriptor
        self._colours = colours
        self._held = bytearray()
        self._shown = ""
        """The visible text of what is held that is on the screen already."""
        self._begun = False
        """Whether the beginning of the unfinished line was written, and is held no more."""

    async def log(self, data: bytes) -> None:
        """Write the lines that are whole now."""
        self._held += data
        end = self._held.rfind(b"\n") + 1
        whole = separate_pieces(bytes(self._held[:end]))
        del self._held[:end]
        self.flush_after = QUIET if self._held else None
        if whole:
            first, *others = whole[:-1].split(b"\n")
            texts = [
                self._completed(first),
                *(render_ansi(line, self._colours) for line in others),
                "",
            ]
            self._shown, self._begun = "", False
            await self._write("\n".join(texts))
        while len(self._held) > LINE_PART + LOOKAHEAD:
            await self._write_part()
            await asyncio.sleep(0)  # signals act, however long the line is

    async def _write_part(self) -> None:
        """Write the beginning of what is held of a long line, and hold it no more."""
        cut = boundary(bytes(self._held[: LINE_PART + LOOKAHEAD]), LINE_PART) or LINE_PART
        part = bytes(self._held[:cut])
        del self._held[:cut]
        self._begun = True
        line = separate_pieces(part)
        text = visible(line)
        if self._shown.startswith(text):  # it is on the screen already
            self._shown = self._shown[len(text) :]
            return
        rest = self._completed(line)
        self._shown = ""
        await self._write(rest)

    def _completed(self, line: bytes) -> str:
        if self._shown and not visible(line).startswith(self._shown):
            return "\n" + render_ansi(line, self._colours)  # it was something else than it seemed
        return render_ansi(line, self._colours, len(self._shown))

    async def flush_partial(self) -> None:
        """Show the unfinished last line as far as it has come."""
        self.flush_after = None
        # Bytes of a character that is still incomplete are no text yet.
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        await self._show(decoder.decode(self._held).encode())

    async def end_line(self) -> None:
        """Leave the unfinished line; what comes of it later is written on a line of its own."""
        if self._shown or self._begun:
            self._shown, self._begun = "", False
            await self._write("\n")

    async def break_line(self) -> None:
        """End an unfinished line, shown or not."""
        if self._held or self._begun:
            await self.log(b"\n")

    async def finish(self) -> None:
        """Show everything and leave the last line."""
        await self._show(bytes(self._held))
        await self.end_line()

    async def _show(self, line: bytes) -> None:
        line = separate_pieces(line)
        text = visible(line)
        if text != self._shown:
            await self._write(self._completed(line))
            self._shown = text

    async def _write(self, text: str) -> None:
        await self._descriptor.write(text.encode("utf-8", "replace"))
