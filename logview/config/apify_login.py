"""The Apify CLI's login: where `apify login` keeps the token. Read only, never written.

Two forms of `~/.apify/auth.json`, distinguished by `version` (Apify CLI 1.11, October 2026):
without one the token is in the file or in the system keyring under `com.apify.cli`; with version 2
it belongs to a profile, in the file or in the keyring under `com.apify.cli.token`. Between the two
a file of version 2 may have the token still in the old places.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from logview.process.threads import run_in_daemon_thread
from logview.secrets.token import Token

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN = "~/.apify/auth.json"
KEYRING = "the system keyring (apify login)"
RENEW_SECONDS = 8.0
"""How long reading the login once more may take; the keyring has a limit of its own."""

_MAX_FILE = 1024 * 1024
_VERSION = 2
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,98}", re.ASCII)


class _LoginError(Exception):
    """What is wrong with the login, in a sentence for the person."""


@dataclass(frozen=True, slots=True)
class _Login:
    token: Token
    source: str
    username: str | None = None


class ApifyLogin:
    """The token of the Apify CLI's login, which the CLI may renew at any time."""

    def __init__(self, environ: Mapping[str, str], home: Path | None = None) -> None:
        self._environ = environ
        self._home = home
        self.token: Token | None = None
        self.source: str | None = None
        """Where the token is from, in words for a person; None where there is none."""
        self.username: str | None = None
        """The account's name, where the login says it."""
        self.notice: str | None = None
        """Why a login that is there can't be used; None where it can, or where none is there."""
        self._read()

    def _read(self) -> None:
        self.token = self.source = self.username = self.notice = None
        try:
            login = _read_login(self._environ, self._home)
        except _LoginError as error:
            self.notice = str(error)
        else:
            if login is not None:
                self.token, self.source = login.token, login.source
                self.username = login.username

    async def renew(self) -> Token | None:
        """Read the login once more; returns the token, None where there is none any more.

        For an answer of 401: a token of the CLI's may expire after an hour, and
        the CLI renews it whenever it is used. Raises nothing.
        """
        fresh = ApifyLogin.__new__(ApifyLogin)
        fresh._environ, fresh._home = self._environ, self._home
        try:
            await run_in_daemon_thread(fresh._read, timeout=RENEW_SECONDS)
        except (asyncio.TimeoutError, OSError):
            return None
        if fresh.token is not None:
            self.token, self.source = fresh.token, fresh.source
            self.username = fresh.username
        return fresh.token


def _read_login(environ: Mapping[str, str], home: Path | None) -> _Login | None:
    """Return the login's token; None where nobody is logged in. Raises _LoginError."""
    login = _read_file(home)
    if login is None:
        return None
    if "version" not in login:
        return _named(_token_of(login, environ, profile=None), login)
    version = login["version"]
    if type(version) is not int or version != _VERSION:
        raise _LoginError(
            f"{SHOWN} is of a form that this logview doesn't know (version {_shown(version)}). "
            "Set APIFY_TOKEN, or update logview."
        )
    active = login.get("activeProfile")
    if active is None:
        return _named(_token_of(login, environ, profile=None), login)
    profiles = login.get("profiles")
    if isinstance(active, str) and isinstance(profiles, dict):
        profile = profiles.get(active)
        if isinstance(profile, dict):
            return _named(_token_of(login, environ, profile=(active, profile)), profile)
    raise _LoginError(
        f"{SHOWN} names the profile {_shown(active)}, which it doesn't have. "
        "`apify login` writes it anew."
    )


def _named(login: _Login | None, account: Mapping[str, object]) -> _Login | None:
    """Add the account's name, where there is one that can be one."""
    name = account.get("username")
    if login is None or not isinstance(name, str) or not _USERNAME.fullmatch(name):
        return login
    return replace(login, username=name)


def _token_of(
    login: Mapping[str, object],
    environ: Mapping[str, str],
    *,
    profile: tuple[str, Mapping[str, object]] | None,
) -> _Login | None:
    """Return the token of a profile, or of a login without profiles. Raises _LoginError."""
    backend = login.get("secretsBackend")
    places = [login]
    entries = [("com.apify.cli", "token")]
    if profile is not None:
        backend = profile[1].get("secretsBackend", backend)
        places.insert(0, profile[1])
        entries.insert(0, ("com.apify.cli.token", profile[0]))
    in_keyring = backend == "keyring" and environ.get("APIFY_DISABLE_KEYRING", "").strip() != "1"
    if not (in_keyring and profile is not None):  # a token in the file was always read first
        found = _token_in_file(places)
        if found is not None:
            return found
    if in_keyring:
        try:
            return _token_in_keyring(entries)
        except _LoginError:
            found = _token_in_file(places)
            if found is None:
                raise
            return found
    if backend == "keyring":
        raise _LoginError(
            "The Apify CLI keeps its token in the system keyring, and APIFY_DISABLE_KEYRING says "
            "not to ask there."
        )
    if profile is not None:
        raise _LoginError(
            f"{SHOWN} has no token for the profile {_shown(profile[0])}; log in anew with "
            "`apify login`."
        )
    return None


def _token_in_file(places: list[Mapping[str, object]]) -> _Login | None:
    for place in places:
        value = place.get("token")
        if isinstance(value, str) and value.strip():
            try:
                return _Login(Token.parse(value), SHOWN)
            except ValueError as error:
                raise _LoginError(f"The token in {SHOWN} is ignored: {error}.") from None
    return None


def _token_in_keyring(entries: list[tuple[str, str]]) -> _Login:
    """Return the first token that the keyring has; raises _LoginError with the first trouble."""
    from logview.config.keyring import read_token

    first = None
    for service, account in entries:
        token, trouble = read_token(service, account)
        if token is not None:
            return _Login(token, KEYRING)
        first = first or trouble
        if trouble is not None and "did not answer" in trouble:
            break
    raise _LoginError(f"The Apify CLI keeps its token in the system keyring: {first}.")


def _read_file(home: Path | None) -> dict[str, object] | None:
    try:
        with ((home or Path.home()) / ".apify" / "auth.json").open("rb") as file:
            data = file.read(_MAX_FILE + 1)
    except (FileNotFoundError, NotADirectoryError, RuntimeError):
        return None
    except OSError as error:
        raise _LoginError(f"{SHOWN} can't be read: {error.strerror}.") from None
    try:
        login = json.loads(data) if len(data) <= _MAX_FILE else None
    except (ValueError, RecursionError):
        login = None
    if not isinstance(login, dict):
        raise _LoginError(f"{SHOWN} is broken and is ignored; `apify login` writes it anew.")
    return login


def _shown(value: object) -> str:
    """Return what a file says, short and printable."""
    return repr(value)[:60] if isinstance(value, str) else ascii(value)[:20]
