"""Everything private of Textual (8.2) that logview uses: why, and what to do when it goes.

Nothing else in `tui/` touches an attribute of Textual's that begins with an
underscore, or one of its private modules; a test holds this.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import sys
import threading
import time
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, TypeVar

from textual import events
from textual.constants import ESCAPE_DELAY
from textual.css.query import NoMatches
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize
from textual.widget import MountError

from logview.process.attention import (
    POP_TITLE,
    PUSH_TITLE,
    has_titles,
    progress,
    title_sequence,
)
from logview.process.terminal import ExitSignal
from logview.tui.themes import is_dark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, TextIO

    from rich.console import RenderableType
    from textual.app import App
    from textual.binding import Binding
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.message_pump import MessagePump
    from textual.screen import Screen
    from textual.widget import Widget


# -- the app ------------------------------------------------------------------------------


def write_terminal(app: App[int], sequence: str) -> None:
    """Write a control sequence to the terminal, between two frames.

    `App._driver` is the only writer that knows when a frame is complete. When
    it goes, look for what `App.bell` writes with.
    """
    if app._driver is not None:
        app._driver.write(sequence)
        app._driver.flush()


def set_title(app: App[int], text: str) -> None:
    """Set the title of the terminal's window; leaving restores the one that it had."""
    if sys.platform != "win32" and isinstance(app._driver, TerminalDriver):
        app._driver.set_title(text)


def set_local_clipboard(app: App[int], text: str) -> None:
    """Set what `App.clipboard` returns, which the inputs paste with `ctrl+v`.

    `App.copy_to_clipboard`, which sets `App._clipboard`, also writes OSC 52;
    logview copies by its own module. When it goes, override `App.clipboard`.
    """
    app._clipboard = text


def suppress_error_report(app: App[int]) -> None:
    """Have an app end on an error without printing anything.

    `App._fatal_error` prints the locals of every frame, a token among them;
    whoever runs the app reports the error. When it goes, look for what
    `App._handle_exception` calls, and keep the locals from being printed.
    """

    def close(*renderables: object) -> None:
        app._close_messages_no_wait()

    app._fatal_error = close  # type: ignore[method-assign]
    app.panic = close  # type: ignore[method-assign]


def ignore_what_is_not_mounted_at_the_end(app: App[int]) -> None:
    """Have what is being opened while an app ends be no error.

    Textual mounts nothing any more once `App.exit` was called, which sets `App._exit`: who opens
    something right before finds no widgets in it. When `App._handle_exception` goes, look for
    what the loop of `MessagePump` calls with an error of a handler.
    """
    handle = app._handle_exception

    def handle_or_ignore(error: Exception) -> None:
        if not (app._exit and isinstance(error, (NoMatches, MountError))):
            handle(error)

    app._handle_exception = handle_or_ignore  # type: ignore[method-assign]


def leave_pointer_shape(app: App[int]) -> None:
    """Have an app leave the shape of the mouse pointer alone: nothing restores it at the end.

    `App._set_pointer_shape` writes OSC 22, which terminals that don't know it may print. When
    it goes, look for what `Screen.update_pointer_shape` leads to.
    """
    app._set_pointer_shape = lambda shape: None  # type: ignore[method-assign]


def error_of(app: App[int]) -> Exception | None:
    """Return the exception that ended an app.

    `App._exception` is what Textual's own `Pilot` raises. When it goes,
    override `App._handle_exception`'s successor and keep the error there.
    """
    return app._exception


def key_bindings(widget: DOMNode) -> Mapping[str, Sequence[Binding]]:
    """Return a widget's own bindings by key, those of the settings file included.

    `DOMNode._bindings` has them without those of the widgets around it, which
    `active_bindings` mixes in. When it goes, apply `App.update_keymap`'s map
    to `BINDINGS`.
    """
    return widget._bindings.key_to_bindings


async def run_bindings(widget: Widget, event: events.Key) -> bool:
    """Run the actions that a key is bound to on a widget, at once; return False without any.

    Textual runs them when the key has bubbled up to the app: after the keys typed behind it,
    which the widget takes before.
    """
    found = key_bindings(widget).get(event.key, ())
    for binding in found:
        await widget.app.run_action(binding.action, widget)
    return bool(found)


# -- the terminal -------------------------------------------------------------------------


def restore_terminal(app: App[int]) -> None:
    """Leave the terminal as it was found, at once and from any thread: the program ends now."""
    if sys.platform != "win32" and isinstance(app._driver, TerminalDriver):
        app._driver.restore_now()


def skip_frames_of_a_stalled_terminal(app: App[int]) -> None:
    """Have an app draw nothing while its terminal reads nothing, and all once it reads again.

    `App._display` is where each frame goes, with the control sequences around
    it. When it goes, look for what `Screen` passes its `CompositorUpdate` to.
    """
    display = app._display

    def display_or_skip(screen: Screen[object], renderable: RenderableType | None) -> None:
        driver = app._driver
        if (
            sys.platform == "win32"
            or not isinstance(driver, TerminalDriver)
            or not driver.skip_frame()
        ):
            display(screen, renderable)

    app._display = display_or_skip  # type: ignore[method-assign]


E = TypeVar("E", bound=Exception)


def catch_in_messages(pump: MessagePump, kind: type[E], handle: Callable[[], object]) -> None:
    """Have `handle` called for an error of a kind in the handling of a message.

    Else it would end the app. `MessagePump._dispatch_message` is where each message, event
    and timer goes to its handlers. When it goes, look for what the loop of a pump awaits.
    """
    dispatch = pump._dispatch_message

    async def dispatch_or_handle(message: Message) -> None:
        try:
            await dispatch(message)
        except kind:
            handle()

    pump._dispatch_message = dispatch_or_handle  # type: ignore[method-assign]


class TerminalBackground(Message):
    """What the terminal's background is: an answer, or a report of a change."""

    def __init__(self, *, dark: bool, asked: bool) -> None:
        super().__init__()
        self.dark = dark
        self.asked = asked
        """Whether it is the answer to a question; else it has changed."""


def follow_background(app: App[int]) -> None:
    """Ask the terminal for its background, and for reports of changes: `TerminalBackground`.

    A terminal that is known to print such questions is left alone.
    """
    if sys.platform != "win32" and isinstance(app._driver, TerminalDriver):
        app._driver.follow_background()


if sys.platform != "win32":
    import termios

    from textual._xterm_parser import XTermParser
    from textual.drivers._writer_thread import WriterThread
    from textual.drivers.linux_driver import LinuxDriver

    from logview.process.terminal_output import TerminalOutput

    RESTORE = b"".join(
        (
            b"\x1b[?2026l",  # the end of a synchronized update
            b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l",  # the mouse
            b"\x1b[?2004l\x1b[?1004l",  # pasting and the focus
            (POP_TITLE + progress(None, os.environ)).encode(),  # the window's title, the task bar
            b"\x1b[?2031l",  # reports of another colour scheme
            b"\x1b[<u",  # kitty's keyboard protocol, before the screen it belongs to
            b"\x1b[?7h\x1b[?1049l\x1b[?25h",  # line wrap, the main screen, the cursor
        )
    )
    """What leaves the terminal as it was found, as `LinuxDriver.stop_application_mode` does."""

    _PASTE_BEGIN, _PASTE_END = "\x1b[200~", "\x1b[201~"
    """What a terminal puts around a paste (mode 2004)."""

    _REPORT = re.compile(
        r"\x1b\[[?>=](?!2026;)[0-9;:]*\$?[a-zA-Z]"  # modes, attributes, the colour scheme
        r"|\x1b\[[0-9;:]*t"  # the window's size
        r"|\x1b\][0-9]+;[^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: colours, the clipboard
        r"|\x1b(?:P[>0-9]|_G)[^\x1b]*\x1b\\"  # DCS, and kitty's APC
    )
    """What terminals answer (xterm's control sequences), but for mode 2026, which Textual asks."""

    _BEGUN_REPORT = re.compile(
        r"\x1b(?:\[(?:[?>=][0-9;:]*\$?)?|\](?:[0-9]+(?:;[^\x07\x1b]*\x1b?)?)?"
        r"|P(?:[>0-9][^\x1b]*\x1b?)?|_(?:G[^\x1b]*\x1b?)?)?\Z"
    )

    _MAX_REPORT = 4096
    """Characters of a report of which the end is waited for."""

    _REPORT_SECONDS = 2.0
    """How long the end of a report is waited for, in seconds: an SSH line may stall amid it."""

    _SHORT = ("\x1b", "\x1b[", "\x1b]", "\x1bP", "\x1b_")
    """Beginnings of a report that are keys where nothing follows within `ESCAPE_DELAY`."""

    _ANSWER = re.compile(
        r"\x1b(?:\](?P<which>1[01]);(?P<color>[0-9a-zA-Z:/#]{1,40})(?:\x07|\x1b\\)"
        r"|\[\?(?:(?P<attributes>[0-9;]{0,60}c)|997;(?P<scheme>[12])n|[0-9;]{1,20}\$y))"
    )
    """What is answered to questions of ours, and what mode 2031 reports."""

    QUERY = "\x1b]11;?\x1b\\\x1b[c"
    """Asks for the background's colour, and for what every terminal answers (DA1, ECMA-48)."""

    SCHEME_REPORTS = "\x1b[?2031h"
    """Has a terminal report when it changes between light and dark (mode 2031)."""

    _LEFT_ALONE = ("linux", "dumb")
    """Values of TERM of terminals that have no such answer."""

    _LAST_ANSWER_SECONDS = 0.1
    """How long an answer is waited for when the program ends, in seconds."""

    _OVERTAKEN_SECONDS = 0.002
    """How long after a SIGCONT a SIGTSTP may have come before it, in seconds."""

    class TerminalAttributes(Message):
        """The answer to DA1: all that was asked before was answered, or never will be."""

    def _answered(report: re.Match[str]) -> Message | None:
        """Return what a report says that is used."""
        answer = _ANSWER.fullmatch(report[0])
        if answer is None:
            return None
        if answer["attributes"]:
            return TerminalAttributes()
        if answer["scheme"]:
            return TerminalBackground(dark=answer["scheme"] == "1", asked=False)
        dark = is_dark(answer["color"]) if answer["which"] == "11" else None
        return None if dark is None else TerminalBackground(dark=dark, asked=True)

    _LONE_ESCAPE = re.compile(
        r"(?P<paste>\x1b\[200~.*?(?:\x1b\[201~|\Z))|(?P<escape>\x1b)(?=[^\x1b\[\]OPNX^_\\fb\x7f\t])",
        re.DOTALL,
    )
    """An escape key and another one typed after it: no sequence begins so (ECMA-48, 5.3).

    `ESC f`, `ESC b`, `ESC DEL` and `ESC TAB` stay what terminals send for words.
    """

    class InputParser(XTermParser):
        """Parses what the terminal sends, without reports that nobody asked for.

        Textual's parser waits a tenth of a second for the rest of a sequence
        that an escape key and the next one don't begin, and then drops the
        escape key: both are given to it one after the other.

        Textual's parser makes keys of those it doesn't know, such as an answer
        to the program before us that comes late, and takes mouse positions for
        pixels from the first report of a size in pixels on. What asks for a
        report has to take it out in `feed`. When `mouse_pixels` goes, nothing
        is to be done here.
        """

        def __init__(self, debug: bool = False) -> None:
            super().__init__(debug)
            self._begun = ""
            self._begun_at = 0.0
            self._expired = ""
            """The beginning of a report, if it was that, whose end did not come in time."""
            self._answers: list[Message] = []
            self._pasting = False
            self._in_paste = False
            self._last = ""
            """The end of what was fed before: the begin or the end of a paste may be cut."""

        @property
        def mouse_pixels(self) -> bool:
            """Always False; what is assigned is ignored."""
            return False

        @mouse_pixels.setter
        def mouse_pixels(self, pixels: bool) -> None:
            pass

        def feed(self, data: str) -> Iterable[Message]:
            """Yield the keys, mouse events and so on of some text, which may be cut anywhere."""
            if self._expired:
                late = _ANSWER.match(self._expired + data)
                if late is not None and not self._in_paste:
                    self._note_report(late)
                    data = data[late.end() - len(self._expired) :]
                self._expired = ""
            data, waits = self._without_reports(self._begun + data), bool(self._begun)
            self._begun = ""
            begun = None if self._in_paste else _BEGUN_REPORT.search(data)
            if begun is not None and len(begun[0]) <= _MAX_REPORT:
                if begun.start() or not waits:
                    self._begun_at = time.monotonic()
                self._begun = begun[0]
                data = data[: begun.start()]
                self._last = ""
            answers, self._answers = self._answers, []
            return (*answers, *self._feed(data)) if data else answers

        def _note_report(self, report: re.Match[str]) -> str:
            """Keep what a report says, and return what is left of it: nothing."""
            answer = _answered(report)
            if answer is not None:
                self._answers.append(answer)
            return ""

        def _without_reports(self, data: str) -> str:
            """Take out reports, but nothing of what is pasted: that is text, whatever is in it."""
            kept = []
            while data:
                mark = _PASTE_END if self._in_paste else _PASTE_BEGIN
                at = (self._last + data).find(mark)
                end = len(data) if at < 0 else at + len(mark) - len(self._last)
                piece, data = data[:end], data[end:]
                kept.append(piece if self._in_paste else _REPORT.sub(self._note_report, piece))
                self._last = (self._last + piece)[1 - len(mark) :]
                if at >= 0:
                    self._in_paste = not self._in_paste
                    self._last = ""
            return "".join(kept)

        def _feed(self, data: str) -> Iterable[Message]:
            at = 0
            if self._pasting:
                at = data.find("\x1b[201~") + 1 or len(data)
                self._pasting = at == len(data)
            done = 0
            for found in _LONE_ESCAPE.finditer(data, at):
                if found["paste"]:
                    self._pasting = not found["paste"].endswith("\x1b[201~")
                    continue
                yield from super().feed(data[done : found.end()])
                yield from self._end_escape()
                done = found.end()
            if done < len(data):
                yield from super().feed(data[done:])

        def _end_escape(self) -> Iterable[Message]:
            """Yield an escape key without waiting for what would make a sequence of it."""
            if self._timeout_time is not None:
                self._timeout_time = 0.0
                yield from super().tick()

        def tick(self) -> Iterable[Message]:
            """Yield what is no longer waited for: a key that may have begun a report."""
            is_short = self._begun in _SHORT
            seconds = ESCAPE_DELAY if is_short else _REPORT_SECONDS
            if self._begun and time.monotonic() - self._begun_at > seconds:
                self._expired, self._begun = self._begun, ""
                if is_short:
                    yield from super().feed(self._expired)
                    yield from self._end_escape()
            yield from super().tick()

    class TerminalWriter(WriterThread):
        """A `TerminalOutput` as `LinuxDriver` uses it: no thread of its own is started."""

        def __init__(self, file: TextIO, on_drained: Callable[[], None]) -> None:
            super().__init__(file)
            self._encoding = file.encoding or "utf-8"
            self._errors = file.errors or "replace"
            self.output = TerminalOutput(file.fileno(), restore=RESTORE, on_drained=on_drained)

        def start(self) -> None:
            """Start to write."""
            self.output.start()

        def write(self, text: str) -> None:
            """Keep a text to be written."""
            self.output.write(text.encode(self._encoding, self._errors))

        def stop(self) -> None:
            """Write what is kept, unless the terminal reads nothing."""
            self.output.stop()

    class TerminalDriver(LinuxDriver):
        """A terminal that is asked for nothing that logview doesn't use, and that may go away.

        The differences to Textual's driver: output never blocks the program
        (`TerminalOutput`), suspending and resuming happen between two calls of
        the event loop and not amid another, reports are no keys, bytes that
        are no UTF-8 don't end the program, and a terminal that is gone is
        a SIGHUP rather than a loop at full load. When a name overridden here
        goes, compare with Textual's `LinuxDriver`.
        """

        _writer: TerminalWriter | None = None

        @property
        def _writer_thread(self) -> WriterThread | None:
            """What `LinuxDriver` writes with: of what it makes, ours in its place."""
            return self._writer

        @_writer_thread.setter
        def _writer_thread(self, writer: WriterThread | None) -> None:
            if writer is None:
                self._writer = None
                return
            files = [file for file in (self._file, sys.__stdout__) if file is not None]
            # With `2> file` the terminal is the second.
            file = next((file for file in files if file.isatty()), files[0])
            self._writer = TerminalWriter(file, self._on_drained)

        def __init__(
            self,
            app: App[Any],
            *,
            debug: bool = False,
            mouse: bool = True,
            size: tuple[int, int] | None = None,
        ) -> None:
            super().__init__(app, debug=debug, mouse=mouse, size=size)
            self._follows_background = False
            self._asked_at = 0.0
            self._answered = threading.Event()
            self._handle_job_signals()

        # -- a terminal that reads nothing ------------------------------------------------

        def skip_frame(self) -> bool:
            """Return whether a frame is to be skipped; all is drawn once the terminal reads."""
            return self._writer is not None and self._writer.output.skip_frame()

        def _on_drained(self) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._app.call_later, self._redraw)

        def _redraw(self) -> None:
            if self._app.screen_stack:
                self._app.screen.refresh(layout=True)

        def restore_now(self) -> None:
            """Leave the terminal as it was found, discarding what it hasn't read."""
            self.exit_event.set()
            if self.attrs_before is not None:
                with contextlib.suppress(termios.error):
                    termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            if self._writer is not None:
                self._writer.output.abandon()

        # -- the size ---------------------------------------------------------------------

        def start_application_mode(self) -> None:
            """Start, and ask for the size in the event loop, not in the handler of a signal.

            A handler can be interrupted by the next one, which then tells the
            newer size first: of a burst the last size told would be an older one.
            """
            super().start_application_mode()  # type: ignore[no-untyped-call]
            signal.signal(signal.SIGWINCH, self._window_changed)
            if self._title:
                self._write_title()
            if self._follows_background:
                self.write(SCHEME_REPORTS)

        def _window_changed(self, *_: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._send_size)

        def _send_size(self) -> None:
            size = Size(*self._get_terminal_size())
            self._app.post_message(events.Resize(size, size))

        # -- the title --------------------------------------------------------------------

        _title = ""
        _title_is_pushed = False
        """Whether the terminal keeps the title that it had."""

        def set_title(self, text: str) -> None:
            """Set the window's title to a text from outside, until the terminal is left."""
            if has_titles(os.environ):
                self._title = text
                self._write_title()

        def _write_title(self) -> None:
            push = "" if self._title_is_pushed else PUSH_TITLE
            self._title_is_pushed = True
            self.write(push + title_sequence(self._title))
            self.flush()

        # -- the background -----------------------------------------------------------------

        def follow_background(self) -> None:
            """Ask for the background, and for reports of changes.

            GNU screen has no answer of its own; tmux has.
            """
            term = os.environ.get("TERM", "")
            if not self.input_tty or term in _LEFT_ALONE or os.environ.get("STY"):
                return
            self._follows_background = True
            self._asked_at = time.monotonic()
            self.write(QUERY + SCHEME_REPORTS)
            self.flush()

        def stop_application_mode(self) -> None:
            """Stop, once a question was answered: the answer would be typed into a shell."""
            if self._follows_background:
                if time.monotonic() - self._asked_at < _REPORT_SECONDS:
                    self._answered.wait(_LAST_ANSWER_SECONDS)
                self.write("\x1b[?2031l")
            if self._title_is_pushed:
                self._title_is_pushed = False
                self.write(POP_TITLE + progress(None, os.environ))
            if self._writer is not None:
                # What is typed once the terminal echoes again must not stand amid a sequence.
                self._writer.output.drain()
            super().stop_application_mode()

        # -- suspending -------------------------------------------------------------------

        _stopping: object = None
        """The suspension because of which the process is about to stop; a SIGCONT ends it."""
        _continued_at = -_OVERTAKEN_SECONDS
        """When the last SIGCONT came."""
        _is_overtaken = False
        """Whether the SIGCONT that ends the last suspension may have come before it."""

        def _handle_job_signals(self) -> None:
            """Suspend and resume between two calls of the event loop, in the order of the signals.

            The loop hears of them in their order, by its own descriptor. But a SIGCONT
            that comes as the handler of a SIGTSTP begins is handled within it, so first.
            """
            self._loop.add_signal_handler(signal.SIGTSTP, self._suspend)
            self._loop.add_signal_handler(signal.SIGCONT, self._resume)
            signal.signal(signal.SIGTSTP, self._sigtstp_application)
            signal.signal(signal.SIGCONT, self._sigcont_application)

        def _sigtstp_application(self, *_: object) -> None:
            self._is_overtaken = time.monotonic() - self._continued_at < _OVERTAKEN_SECONDS

        def _sigcont_application(self, *_: object) -> None:
            self._stopping = None
            self._continued_at = time.monotonic()

        @property
        def _is_active(self) -> bool:
            return self._key_thread is not None and self._key_thread.is_alive()

        def _suspend(self) -> None:
            if self._must_signal_resume or ExitSignal.code is not None:
                return  # it is already, or ends
            if self._is_overtaken:
                return  # nobody would wake it any more
            self._stopping = suspension = object()
            if self._is_active:
                self.suspend_application_mode()
                self._must_signal_resume = True
            # After `_resume` for signals that have come already: the timer runs after the loop
            # has read of them, the call after what it calls for them.
            self._loop.call_later(0.01, self._loop.call_soon, self._stop, suspension)

        def _stop(self, suspension: object) -> None:
            kill, process, stop = os.kill, os.getpid(), signal.SIGSTOP
            # A SIGCONT between the question and the stop would be lost: there is no call.
            if self._stopping is suspension:
                kill(process, stop)

        def _resume(self) -> None:
            self._stopping = None
            if ExitSignal.code is not None:
                return
            if self._is_active:  # SIGSTOP: nobody has restored the terminal, a shell may have
                self.suspend_application_mode()
            self.resume_application_mode()
            self._app.call_later(self._redraw)

        # -- input ------------------------------------------------------------------------

        def _query_in_band_window_resize(self) -> None:
            """Don't ask for mode 2048: SIGWINCH suffices, and an answer brings 1016, pixels."""

        def process_message(self, message: Message) -> None:
            """Pass a message on, unless it is a report of a size: the kernel knows that."""
            if isinstance(message, TerminalAttributes):
                self._answered.set()
            elif not isinstance(message, (InBandWindowResize, events.Resize)):
                super().process_message(message)

        def run_input_thread(self) -> None:
            """Read keys and mouse until `exit_event` is set or the terminal is gone."""
            parser = InputParser(self._debug)
            decode = getincrementaldecoder("utf-8")("replace").decode
            with selectors.SelectSelector() as selector:
                selector.register(self.fileno, selectors.EVENT_READ)
                while not self.exit_event.is_set():
                    if selector.select(0.1):
                        try:
                            data = os.read(self.fileno, 4096)
                        except OSError:  # EIO: the terminal was closed
                            data = b""
                        if not data:
                            os.kill(os.getpid(), signal.SIGHUP)
                            return
                        if text := decode(data):  # none, where a character is not complete
                            for message in parser.feed(text):
                                self.process_message(message)
                    for message in parser.tick():
                        self.process_message(message)


def driver_class() -> type[Driver] | None:
    """Return the driver of a terminal; None for Textual's own (Windows, `TEXTUAL_DRIVER`)."""
    if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER"):
        return None
    return TerminalDriver
