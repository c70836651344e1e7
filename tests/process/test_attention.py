"""What terminals are sent for attention: title, notification and progress, byte for byte."""

from __future__ import annotations

import pytest

from logview.process.attention import has_titles, notification, progress, title_sequence

TMUX = {"TMUX": "/tmp/tmux-1000/default,1,0", "TERM": "tmux-256color", "TERM_PROGRAM": "tmux"}


@pytest.mark.parametrize(
    ("environ", "sent"),
    [
        ({"TERM": "xterm-kitty"},
         "\x1b]99;i=logview:d=0;logview\x1b\\\x1b]99;i=logview:p=body;FAILED; 3m12s\x1b\\\a"),
        ({"TERM": "xterm-ghostty"}, "\x1b]9;logview: FAILED; 3m12s\x1b\\\a"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"},
         "\x1b]9;logview: FAILED; 3m12s\x1b\\\a"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"},
         "\x1b]9;logview: FAILED; 3m12s\x1b\\\a"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"},
         "\x1b]777;notify;logview;FAILED, 3m12s\x1b\\\a"),
        ({"TERM": "foot"}, "\x1b]777;notify;logview;FAILED, 3m12s\x1b\\\a"),
        ({"TERM": "rxvt-unicode-256color"}, "\x1b]777;notify;logview;FAILED, 3m12s\x1b\\\a"),
        ({**TMUX, "KITTY_WINDOW_ID": "1"},
         "\x1bPtmux;\x1b\x1b]99;i=logview:d=0;logview\x1b\x1b\\"
         "\x1b\x1b]99;i=logview:p=body;FAILED; 3m12s\x1b\x1b\\\x1b\\\a"),
        ({**TMUX, "WEZTERM_PANE": "0"},
         "\x1bPtmux;\x1b\x1b]777;notify;logview;FAILED, 3m12s\x1b\x1b\\\x1b\\\a"),
        ({**TMUX, "GHOSTTY_RESOURCES_DIR": "/x"},
         "\x1bPtmux;\x1b\x1b]9;logview: FAILED; 3m12s\x1b\x1b\\\x1b\\\a"),
        ({**TMUX, "LC_TERMINAL": "iTerm2"},
         "\x1bPtmux;\x1b\x1b]9;logview: FAILED; 3m12s\x1b\x1b\\\x1b\\\a"),
        # Not known to take any: the bell alone.
        (TMUX, "\a"),
        ({"TERM": "xterm-256color"}, "\a"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "\a"),
        ({"TERM": "xterm-256color", "WT_SESSION": "1"}, "\a"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "\a"),
        ({"TERM": "xterm", "XTERM_VERSION": "XTerm(390)"}, "\a"),
        ({"TERM": "screen.xterm-kitty", "STY": "1.pts"}, "\a"),
        ({"TERM": "xterm-kitty", "STY": "1.pts"}, "\a"),
        ({}, "\a"),
    ],
)  # fmt: skip
def test_a_notification_by_terminal(environ: dict[str, str], sent: str) -> None:
    assert notification("FAILED; 3m12s", environ) == sent


@pytest.mark.parametrize(
    "hostile", ["a\x1b\\\x1b]52;c;x\x07b", "a\x9c\x9d0;b", "a\nb\x00\r", "a\ab"]
)
def test_no_text_ends_a_sequence(hostile: str) -> None:
    for term in ("xterm-kitty", "xterm-ghostty", "foot"):
        plain = notification("ab", {"TERM": term})
        sent = notification(hostile, {"TERM": term})
        assert sent.count("\x1b") == plain.count("\x1b")
        assert sent.count("\a") == 1
        assert not set(sent) & set("\x9c\x9d\x00\n\r")
    title = title_sequence(hostile)
    assert title.startswith("\x1b]2;a")
    assert (title.count("\x1b"), title.count("\a"), title[-2:]) == (2, 0, "\x1b\\")
    assert len(title_sequence("x" * 10_000)) < 250


def test_progress_only_where_it_is_known_to_be_taken() -> None:
    for environ in ({"WT_SESSION": "1"}, {"ConEmuANSI": "ON"}, {"TERM_PROGRAM": "ghostty"}):
        assert progress(41, environ) == "\x1b]9;4;1;41\x1b\\"
        assert progress(999, environ) == "\x1b]9;4;1;100\x1b\\"
        assert progress(None, environ) == "\x1b]9;4;0\x1b\\"
    for environ in ({}, {"TERM_PROGRAM": "iTerm.app"}, {"ConEmuANSI": "OFF"}, TMUX):
        assert progress(41, environ) == ""


def test_consoles_have_no_title() -> None:
    assert has_titles({"TERM": "xterm-256color"})
    assert has_titles(TMUX)
    assert not any(has_titles({"TERM": term}) for term in ("linux", "dumb", ""))
