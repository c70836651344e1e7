"""Browser: open a link in a browser, and return whether it worked, as far as known. Light.

The standard library's `webbrowser` chooses, in a process of its own: browsers
print, some stay in the foreground, and one for text would draw over the screen.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from logview.process.children import child_environ
from logview.process.terminal import over_ssh
from logview.process.threads import run_in_daemon_thread

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = 3.0
"""Seconds after which a browser that has not come back is assumed to be open."""

_OPEN = """\
import os, subprocess, sys, webbrowser
FOR_TEXT = {"www-browser", "links", "links2", "elinks", "lynx", "w3m"}
link = sys.argv[1]
try:
    chosen = webbrowser.get()
    if os.path.basename(getattr(chosen, "name", "")) in FOR_TEXT:
        sys.exit(1)
    if type(chosen) is webbrowser.BackgroundBrowser:
        # Its own `open` takes one that is done already, as xdg-open may be, for one that failed.
        words = [word.replace("%s", link) for word in chosen.args]
        sys.exit(subprocess.call([chosen.name, *words]))
    sys.exit(0 if chosen.open(link) else 1)
except (webbrowser.Error, OSError):
    sys.exit(1)
"""


async def open_link(link: str, environ: Mapping[str, str] | None = None) -> bool:
    """Open a link; return False where there is no browser for it, or it reported a failure."""
    environ = os.environ if environ is None else environ
    if not can_open_browser(environ):
        return False

    def work() -> int:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _OPEN, link],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=child_environ(environ),
        )
        return process.wait()

    try:
        return await run_in_daemon_thread(work, timeout=PATIENCE) == 0
    except asyncio.TimeoutError:
        return True  # it stays in the foreground, as some browsers do
    except OSError:
        return False


def can_open_browser(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Return whether a browser would show where the person is: not over SSH, not without a display.

    `BROWSER` names one that knows by itself where to show, as that of an editor in a container.
    """
    if over_ssh(environ):
        return False
    if platform in ("win32", "darwin"):
        return True
    names = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
    return any(environ.get(name) for name in names)
