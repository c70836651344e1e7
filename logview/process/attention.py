"""The window's title, notifications and progress, as bytes for a terminal. Light and pure.

Which terminal takes which sequence is a list of those that are known to; others get the bell
alone. Sources: iTerm2 "Proprietary Escape Codes" (OSC 9), kitty "Desktop notifications"
(OSC 99), urxvt's `notify` and foot's ctlseqs(7) (OSC 777), Ghostty's and WezTerm's references,
ConEmu "ANSI X3.64" and Microsoft's Terminal (OSC 9;4), xterm's ctlseqs (22;0t, 23;0t).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from logview.text.sanitize import label

if TYPE_CHECKING:
    from collections.abc import Mapping

PUSH_TITLE, POP_TITLE = "\x1b[22;0t", "\x1b[23;0t"
"""Keep the titles of window and icon, and set them as they were kept."""

BELL = "\a"

Form: TypeAlias = Literal["osc9", "osc777", "osc99"]

_END = "\x1b\\"
_LONGEST = 200

_BY_TERM: tuple[tuple[str, Form], ...] = (
    ("xterm-kitty", "osc99"),
    ("xterm-ghostty", "osc9"),
    ("foot", "osc777"),
    ("rxvt-unicode", "osc777"),
    ("wezterm", "osc777"),
)
"""By what TERM begins with."""

_BY_PROGRAM: dict[str, Form] = {
    "iTerm.app": "osc9",
    "iTerm2": "osc9",
    "ghostty": "osc9",
    "WezTerm": "osc777",
}
"""By TERM_PROGRAM, and LC_TERMINAL, which ssh passes on."""

_BY_VARIABLE: tuple[tuple[str, Form], ...] = (
    ("KITTY_WINDOW_ID", "osc99"),
    ("GHOSTTY_RESOURCES_DIR", "osc9"),
    ("WEZTERM_PANE", "osc777"),
    ("ITERM_SESSION_ID", "osc9"),
)
"""By variables of the terminal around tmux, which its panes inherit."""


def title_sequence(text: str) -> str:
    """Return what sets the window's title to a text from outside."""
    return f"\x1b]2;{label(text, _LONGEST)}{_END}"


def notification(body: str, environ: Mapping[str, str], title: str = "logview") -> str:
    """Return what shows a notification on the desktop and rings; the bell alone where none can."""
    form = _form(environ)
    body = label(body, _LONGEST)
    match form:
        case "osc9":
            text = f"\x1b]9;{title}: {body}{_END}"
        case "osc777":
            text = f"\x1b]777;notify;{title};{body.replace(';', ',')}{_END}"
        case "osc99":
            text = f"\x1b]99;i=logview:d=0;{title}{_END}\x1b]99;i=logview:p=body;{body}{_END}"
        case _:
            return BELL
    return _passed_through(text, environ) + BELL


def progress(percent: int | None, environ: Mapping[str, str]) -> str:
    """Return what shows how far it is, 0 to 100, in the task bar; None: no more.

    Empty for terminals that are not known to take it: some would show it as a text.
    """
    known = environ.get("WT_SESSION") or environ.get("ConEmuANSI") == "ON"
    if not known and environ.get("TERM_PROGRAM") != "ghostty":
        return ""
    state = "0" if percent is None else f"1;{max(0, min(percent, 100))}"
    return f"\x1b]9;4;{state}{_END}"


def has_titles(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal has a title; the consoles of Linux have none."""
    return environ.get("TERM", "") not in ("", "linux", "dumb", "unknown")


def _form(environ: Mapping[str, str]) -> Form | None:
    if environ.get("STY"):  # GNU screen passes nothing on by itself
        return None
    for name, form in _BY_TERM:
        if environ.get("TERM", "").startswith(name):
            return form
    for variable in ("TERM_PROGRAM", "LC_TERMINAL"):
        if (by_program := _BY_PROGRAM.get(environ.get(variable, ""))) is not None:
            return by_program
    if environ.get("TMUX"):
        return next((form for name, form in _BY_VARIABLE if environ.get(name)), None)
    return None


def _passed_through(text: str, environ: Mapping[str, str]) -> str:
    """Return a sequence for the terminal around tmux (tmux(1), `allow-passthrough`)."""
    if not environ.get("TMUX"):
        return text
    doubled = text.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}{_END}"
