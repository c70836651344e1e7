"""Tests: a browser is asked where there is one; what it prints, and its time, are its own."""

from __future__ import annotations

import os

import pytest

from logview.links import browser
from logview.links.browser import can_open_browser, open_link
from tests.support.clipboards import POSIX, Tools, wait_until

LINK = "https://example.com/a?b=c&d='$(touch x)'"


@pytest.mark.parametrize(
    ("environ", "platform", "there"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"WSL_DISTRO_NAME": "Debian"}, "linux", True),
        ({"BROWSER": "code-open"}, "linux", True),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, "linux", False),
        ({"BROWSER": "firefox", "SSH_CONNECTION": "1 2 3 4"}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_CLIENT": "1 2 3"}, "darwin", False),
        ({}, "win32", True),
    ],
)
def test_a_browser_is_there_where_the_person_would_see_it(
    environ: dict[str, str], platform: str, there: bool
) -> None:
    assert can_open_browser(environ, platform) is there


def asked(tools: Tools, name: str = "my-browser") -> dict[str, str]:
    return {**tools.environ, "BROWSER": str(tools.folder / name)}


@POSIX
@pytest.mark.parametrize("how", ["BROWSER", "xdg-open"])
async def test_it_gets_the_link_as_one_argument(tools: Tools, how: str) -> None:
    name = "my-browser" if how == "BROWSER" else "xdg-open"
    tools.add(name, f'printf "%s\\n" "$#" "$1" > {tools.folder}/args')
    environ = asked(tools) if how == "BROWSER" else {**tools.environ, "DISPLAY": ":0"}
    assert await open_link(LINK, environ)
    wait_until((tools.folder / "args").exists)
    wait_until(lambda: (tools.folder / "args").read_text() == f"1\n{LINK}\n")


@POSIX
async def test_one_that_refuses_or_is_missing_has_opened_nothing(tools: Tools) -> None:
    tools.add("my-browser", "exit 3")
    assert not await open_link(LINK, asked(tools))
    assert not await open_link(LINK, asked(tools, "missing"))
    assert not await open_link(LINK, {**tools.environ, "DISPLAY": ":0"})
    assert not await open_link(LINK, tools.environ)


@POSIX
async def test_one_for_text_is_not_asked(tools: Tools) -> None:
    tools.takes("w3m", "lynx")
    assert not await open_link(LINK, {**asked(tools, "w3m"), "DISPLAY": ":0"})
    assert not await open_link(LINK, {**tools.environ, "BROWSER": "lynx"})
    assert tools.started() == []


@POSIX
async def test_one_that_stays_is_taken_to_be_open(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "PATIENCE", 0.0)
    tools.add("my-browser", tools.hangs())
    try:
        assert await open_link(LINK, asked(tools))
    finally:
        os.kill(tools.pid(), 9)
        tools.wait_ended()


@POSIX
async def test_what_it_prints_goes_nowhere(tools: Tools, capfd: pytest.CaptureFixture[str]) -> None:
    tools.add("my-browser", "echo NOISE; echo NOISE >&2; read line && exit 1; exit 0")
    assert await open_link(LINK, asked(tools))
    assert capfd.readouterr() == ("", "")


@POSIX
async def test_it_does_not_get_the_token(tools: Tools) -> None:
    tools.add(
        "my-browser",
        f"env > {tools.folder}/seen.part; mv {tools.folder}/seen.part {tools.folder}/seen",
    )
    tools.add("mv", 'exec /bin/mv "$@"')
    tools.add("env", "exec /usr/bin/env")
    token = "a.token.in.use"
    environ = {**asked(tools), "APIFY_TOKEN": f" {token}", "OTHER": f"x={token}", "KEPT": "yes"}
    assert await open_link(LINK, environ)
    wait_until((tools.folder / "seen").exists)
    seen = (tools.folder / "seen").read_text()
    assert "KEPT=yes" in seen
    assert token not in seen
