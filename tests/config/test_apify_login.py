"""The Apify CLI's login in both of its forms, and in what lies between them."""

from __future__ import annotations

import json
import sys
import types
from typing import TYPE_CHECKING

import pytest

from logview.config import settings
from logview.config.apify_login import ApifyLogin
from logview.secrets.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE, RING, OLD, OTHER = (f"apify_api_{name}Zk3vQ9xT7bLw2Rf" for name in ("a", "b", "c", "d"))
USER = "uSeRiD1234567890a"
NEW_ENTRY = ("com.apify.cli.token", USER)
OLD_ENTRY = ("com.apify.cli", "token")

Keyring = dict[tuple[str, str], object]


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """Stand in for the optional package; what it holds, by service and account."""
    held: Keyring = {}
    module = types.ModuleType("keyring")

    def get_password(service: str, account: str) -> object:
        value = held.get((service, account))
        if isinstance(value, Exception):
            raise value
        return value

    module.get_password = get_password  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "keyring", module)
    return held


@pytest.fixture
def write(tmp_path: Path) -> Callable[[object], None]:
    def write(content: object) -> None:
        (tmp_path / ".apify").mkdir(exist_ok=True)
        (tmp_path / ".apify" / "auth.json").write_text(json.dumps(content))

    return write


def version_2(profile: dict[str, object] | None = None, **more: object) -> dict[str, object]:
    about = {"username": "jane", "authMethod": "oauth", "expiresAt": None, "hasRefreshToken": True}
    profiles = {USER: {**about, **profile}} if profile is not None else {}
    return {"version": 2, "activeProfile": USER, "profiles": profiles, **more}


@pytest.mark.parametrize(
    ("login", "held", "environ", "token"),
    [
        ({"token": FILE, "id": USER, "secretsBackend": "file"}, {}, {}, FILE),
        ({"secretsBackend": "keyring"}, {OLD_ENTRY: OLD, NEW_ENTRY: RING}, {}, OLD),
        (version_2({"token": FILE}), {}, {}, FILE),
        (version_2({"token": FILE, "secretsBackend": "file"}, secretsBackend="keyring"),
         {NEW_ENTRY: RING}, {}, FILE),
        (version_2({}, secretsBackend="keyring"), {NEW_ENTRY: RING, OLD_ENTRY: OLD}, {}, RING),
        (version_2({"secretsBackend": "keyring"}, secretsBackend="file", token=OTHER),
         {NEW_ENTRY: RING}, {}, RING),
        (version_2({"token": FILE, "secretsBackend": "keyring"}), {NEW_ENTRY: RING},
         {"APIFY_DISABLE_KEYRING": "1"}, FILE),
        (version_2({"token": FILE, "secretsBackend": "keyring"}), {NEW_ENTRY: RING},
         {"APIFY_DISABLE_KEYRING": "0"}, RING),
        # between the two releases
        (version_2({}, token=OTHER), {}, {}, OTHER),
        (version_2({}, token=OTHER, secretsBackend="keyring"), {}, {}, OTHER),
        (version_2({}, secretsBackend="keyring"), {OLD_ENTRY: OLD}, {}, OLD),
        (version_2({}, secretsBackend="keyring"), {OLD_ENTRY: OLD, NEW_ENTRY: ""}, {}, OLD),
        ({"version": 2, "profiles": {}, "token": OTHER}, {}, {}, OTHER),
        ({"version": 2, "activeProfile": None, "secretsBackend": "keyring"}, {OLD_ENTRY: OLD}, {},
         OLD),
    ],
)  # fmt: skip
def test_the_token_is_found(
    tmp_path: Path,
    write: Callable[[object], None],
    keyring: Keyring,
    login: object,
    held: Keyring,
    environ: dict[str, str],
    token: str,
) -> None:
    keyring.update(held)
    write(login)
    found = ApifyLogin(environ, tmp_path)
    assert (found.token, found.notice) == (Token(token), None)
    assert found.source == (
        "the system keyring (apify login)" if token in (RING, OLD) else "~/.apify/auth.json"
    )


@pytest.mark.parametrize(
    ("login", "environ", "words"),
    [
        (version_2(None), {}, f"names the profile '{USER}', which it doesn't have"),
        (version_2({"token": FILE}, activeProfile="x\x1b]0;y\x07"), {}, "names the profile"),
        (version_2({"token": FILE}, activeProfile=5), {}, "names the profile"),
        ({"version": 2, "activeProfile": USER, "profiles": []}, {}, "names the profile"),
        ({"version": 2, "activeProfile": USER, "profiles": {USER: 5}}, {}, "names the profile"),
        (version_2({"token": FILE}, version=3), {}, "(version 3)"),
        (version_2({"token": FILE}, version="2"), {}, "(version '2')"),
        (version_2({"token": FILE}, version=True), {}, "(version True)"),
        (version_2({"token": FILE}, version=None), {}, "(version None)"),
        (version_2({}), {}, "has no token for the profile"),
        (version_2({"token": "a\nb"}), {}, "is ignored"),
        (version_2({}, secretsBackend="keyring"), {}, "the keyring has none"),
        (version_2({}, secretsBackend="keyring"), {"APIFY_DISABLE_KEYRING": "1"}, "says not to"),
        ({"secretsBackend": "keyring"}, {"APIFY_DISABLE_KEYRING": "1"}, "says not to ask"),
    ],
)
def test_what_cannot_be_used_is_named_and_never_guessed_at(
    tmp_path: Path,
    write: Callable[[object], None],
    keyring: Keyring,
    login: object,
    environ: dict[str, str],
    words: str,
) -> None:
    write(login)
    found = ApifyLogin(environ, tmp_path)
    assert found.token is None
    assert found.notice is not None
    assert words in found.notice
    assert found.notice.isprintable()


@pytest.mark.parametrize(
    "login", [{"username": "jane"}, {"version": 2}, {"version": 2, "profiles": {}}]
)
def test_nobody_is_logged_in(
    tmp_path: Path, write: Callable[[object], None], login: object
) -> None:
    write(login)
    found = ApifyLogin({}, tmp_path)
    assert (found.token, found.source, found.notice) == (None, None, None)


async def test_it_is_read_once_more(tmp_path: Path, write: Callable[[object], None]) -> None:
    write(version_2({"token": FILE}))
    loaded = settings.load(token_file=None, api_url=None, environ={}, home=tmp_path)
    assert loaded.login is not None
    write(version_2({"token": OTHER}))
    assert loaded.current_token == Token(FILE)
    assert await loaded.login.renew() == Token(OTHER)
    assert loaded.current_token == Token(OTHER)
    write(version_2(None))
    assert await loaded.login.renew() is None
    assert loaded.current_token == Token(OTHER)


def test_a_token_that_was_given_is_not_the_logins(
    tmp_path: Path, write: Callable[[object], None]
) -> None:
    write(version_2({"token": FILE}))
    loaded = settings.load(
        token_file=None, api_url=None, environ={"APIFY_TOKEN": OTHER}, home=tmp_path
    )
    assert loaded.login is None
    assert loaded.current_token == Token(OTHER)
