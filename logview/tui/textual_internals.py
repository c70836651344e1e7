"""Everything private of Textual (8.2) that logview uses: why, and what to do when it goes.

Nothing else in `tui/` touches an attribute of Textual's that begins with an
underscore, or one of its private modules; a test holds this.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING

from textual import events
from textual.messages import InBandWindowResize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import App
    from textual.binding import Binding
    from textual.driver import Driver
    from textual.message import Message
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


def error_of(app: App[int]) -> Exception | None:
    """Return the exception that ended an app.

    `App._exception` is what Textual's own `Pilot` raises. When it goes,
    override `App._handle_exception`'s successor and keep the error there.
    """
    return app._exception


def key_bindings(widget: Widget) -> Mapping[str, Sequence[Binding]]:
    """Return a widget's own bindings by key, those of the settings file included.

    `DOMNode._bindings` has them without those of the widgets around it, which
    `active_bindings` mixes in. When it goes, apply `App.update_keymap`'s map
    to `BINDINGS`.
    """
    return widget._bindings.key_to_bindings


# -- the terminal -------------------------------------------------------------------------


if sys.platform != "win32":
    from textual._xterm_parser import XTermParser
    from textual.drivers.linux_driver import LinuxDriver

    class CellParser(XTermParser):
        """Parses what the terminal sends; mouse positions are always in cells.

        Textual's parser takes them for pixels from the first in-band report of
        a size on, asked for or not. When `mouse_pixels` goes, drop these
        reports (`CSI 48 ; … t`) before they are parsed.
        """

        @property
        def mouse_pixels(self) -> bool:
            """Always False; what is assigned is ignored."""
            return False

        @mouse_pixels.setter
        def mouse_pixels(self, pixels: bool) -> None:
            pass

    class TerminalDriver(LinuxDriver):
        """A terminal that is asked for nothing that logview doesn't use, and that may go away.

        The input thread is Textual's but for three things: mouse positions are
        cells, bytes that are no UTF-8 don't end the program, and a terminal
        that is gone is a SIGHUP rather than a loop at full load. When the
        names overridden here go, compare with Textual's `LinuxDriver`.
        """

        def _query_in_band_window_resize(self) -> None:
            """Don't ask for mode 2048: SIGWINCH suffices, and an answer brings 1016, pixels."""

        def process_message(self, message: Message) -> None:
            """Pass a message on, unless it is a report of a size: the kernel knows that."""
            if not isinstance(message, (InBandWindowResize, events.Resize)):
                super().process_message(message)

        def run_input_thread(self) -> None:
            """Read keys and mouse until `exit_event` is set or the terminal is gone."""
            parser = CellParser(self._debug)
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
