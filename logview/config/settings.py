"""Settings: where token, API address, theme and keys come from, and which wins."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from logview.apify.address import DEFAULT_API_URL, parse_api_url, token_may_go_to
from logview.config.apify_login import ApifyLogin
from logview.process.files import config_dir
from logview.secrets.token import Token

if TYPE_CHECKING:
    from collections.abc import Mapping

Notify: TypeAlias = Literal["off", "end", "errors"]

_NOTIFY: tuple[Notify, ...] = get_args(Notify)

MAX_FILE = 1024 * 1024
"""Bytes; a settings file that is longer is not one."""
MAX_TOKEN_FILE = 16 * 1024


class SettingsError(ValueError):
    """Something that was set explicitly can't be used: a title and what to do about it."""

    def __init__(self, title: str, msg: str) -> None:
        super().__init__(f"{title}: {msg}")
        self.title = title
        self.msg = msg


@dataclass(frozen=True, slots=True)
class Settings:
    """What was found, and where."""

    api_url: str
    """Scheme, host and port; no trailing slash, no `/v2`."""
    api_url_source: str
    """`--api-url`, the name of a variable, `config.toml`, `--demo` or `default`."""
    token: Token | None = None
    token_source: str | None = None
    """Where the token is from, in words for a person; None where there is none."""
    theme: str | None = None
    """From config.toml; None: the default applies."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Binding ID to keys, from `[keys]` in config.toml."""
    notices: tuple[str, ...] = ()
    """Notices for the person: things that were found and could not be used."""
    mask_on_screen: bool = False
    """Whether secrets are masked on the screen, too, and not only where they leave."""
    notify: Notify = "end"
    """When a terminal that has not the focus is to call: never, when a log ends, or at its first
    error, too."""
    cache: bool = True
    """Whether what can be had again may be kept in the cache folder; never with `--demo`."""
    login: ApifyLogin | None = field(default=None, compare=False)
    """The Apify CLI's login, where no token was given otherwise; it may have none yet."""

    @property
    def current_token(self) -> Token | None:
        """The token, as the Apify CLI has renewed it since, where it is the CLI's."""
        return self.login.token if self.login is not None else self.token

    @property
    def current_source(self) -> str | None:
        """Where the current token is from, in words for a person; None where there is none."""
        return self.login.source if self.login is not None else self.token_source


def load(
    *,
    token_file: str | None,
    api_url: str | None,
    demo_url: str | None = None,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> Settings:
    """Read all settings; the arguments are those of the command line.

    With `demo_url` that is the address, and no token is read at all. Raises
    SettingsError for an argument or an environment variable that can't be
    used; files that can't be used are ignored, with a notice.
    """
    environ = os.environ if environ is None else environ
    notices: list[str] = []
    config = _read_config(config_dir(environ) / "config.toml", notices)
    theme, keys = _theme(config, notices), _keys(config, notices)
    mask = _flag(config, "mask_on_screen", notices)
    cache = _flag(config, "cache", notices, default=True)
    notify = _notify(config, notices)
    if demo_url is not None:
        url = demo_url.rstrip("/")
        return Settings(
            *(url, "--demo", None, None, theme, keys, tuple(notices), mask),
            notify=notify,
            cache=False,
        )
    address, address_source = _api_url(api_url, environ, config, notices)
    login = None
    given = _token(token_file, environ)
    if given is None:
        login = ApifyLogin(environ, home)
        if login.notice is not None:
            notices.append(login.notice)
    token = given[0] if given is not None else login.token if login is not None else None
    source = given[1] if given is not None else login.source if login is not None else None
    if token is not None and not token_may_go_to(address):
        notices.append(
            f"The token from {source} is not sent: the API URL {address} is plain http, "
            "where others could read it. Use an https address."
        )
    return Settings(
        *(address, address_source, token, source, theme, keys, tuple(notices), mask),
        notify=notify,
        cache=cache,
        login=login,
    )


def _api_url(
    argument: str | None,
    environ: Mapping[str, str],
    config: Mapping[str, object],
    notices: list[str],
) -> tuple[str, str]:
    given = [("--api-url", argument)] if argument is not None else []
    for name in ("APIFY_API_BASE_URL", "APIFY_CLIENT_BASE_URL"):
        if environ.get(name, "").strip():
            given.append((name, environ[name]))
    if given:
        source, text = given[0]
        try:
            return parse_api_url(text or ""), source
        except ValueError as error:
            raise SettingsError(f"{source} is no API address", f"{error}") from None
    configured = config.get("api_url")
    if isinstance(configured, str):
        try:
            return parse_api_url(configured), "config.toml"
        except ValueError as error:
            notices.append(f"config.toml: api_url is ignored: {error}.")
    elif configured is not None:
        notices.append("config.toml: api_url is ignored: it has to be a text in quotes.")
    return DEFAULT_API_URL, "default"


def _token(token_file: str | None, environ: Mapping[str, str]) -> tuple[Token, str] | None:
    """Return a token that was given to us, and its source; None where none was."""
    if token_file is not None:
        return _token_of_file(token_file), f"--token-file {token_file}"
    if environ.get("APIFY_TOKEN", "").strip():
        try:
            return Token.parse(environ["APIFY_TOKEN"]), "APIFY_TOKEN"
        except ValueError as error:
            raise SettingsError("APIFY_TOKEN can't be used", f"{error}") from None
    return None


def _token_of_file(name: str) -> Token:
    title = "--token-file can't be used"
    if not name:
        raise SettingsError(title, "no path was given")
    try:
        with Path(name).expanduser().open("rb") as file:
            data = file.read(MAX_TOKEN_FILE + 1)
    except FileNotFoundError:
        raise SettingsError(title, f"there is no file {name}") from None
    except IsADirectoryError:
        raise SettingsError(title, f"{name} is a folder") from None
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "this can't be the name of a file"
        raise SettingsError(title, f"{name}: {why}") from None
    if len(data) > MAX_TOKEN_FILE:
        raise SettingsError(title, f"{name} is too long to hold just a token")
    try:
        return Token.parse(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SettingsError(title, f"{name} is not a text file") from None
    except ValueError as error:
        raise SettingsError(title, f"{name}: {error}") from None


_CONFIG_KEYS = ("theme", "api_url", "mask_on_screen", "notify", "cache", "keys")


def _read_config(path: Path, notices: list[str]) -> Mapping[str, object]:
    try:
        data = _read_small(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        notices.append(f"config.toml can't be read: {error.strerror} ({path}).")
        return {}
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        config: dict[str, object] = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        notices.append(f"config.toml is ignored: it is not a text in UTF-8 ({path}).")
        return {}
    except (ValueError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        notices.append(f"config.toml is ignored: {why} ({path}).")
        return {}
    known = ", ".join(_CONFIG_KEYS)
    notices.extend(
        f"config.toml: there is no setting {key[:60]!r}; it is ignored. There are: {known}."
        for key in config
        if key not in _CONFIG_KEYS
    )
    return config


def _theme(config: Mapping[str, object], notices: list[str]) -> str | None:
    theme = config.get("theme")
    if theme is None or (isinstance(theme, str) and theme):
        return theme
    notices.append("config.toml: theme is ignored: it has to be a text in quotes.")
    return None


def _notify(config: Mapping[str, object], notices: list[str]) -> Notify:
    value = config.get("notify", "end")
    for word in _NOTIFY:
        if value == word:
            return word
    known = ", ".join(f'"{word}"' for word in _NOTIFY)
    notices.append(f"config.toml: notify is ignored: it has to be one of {known}.")
    return "end"


def _flag(
    config: Mapping[str, object], name: str, notices: list[str], *, default: bool = False
) -> bool:
    value = config.get(name, default)
    if isinstance(value, bool):
        return value
    notices.append(f"config.toml: {name} is ignored: it has to be true or false.")
    return default


def _keys(config: Mapping[str, object], notices: list[str]) -> dict[str, str]:
    table = config.get("keys", {})
    if not isinstance(table, dict):
        notices.append("config.toml: keys is ignored: it has to be a table, [keys].")
        return {}
    keys = {}
    for name, value in table.items():
        if isinstance(value, str):
            keys[name] = value
        else:
            notices.append(
                f"config.toml: the key {name[:60]!r} is ignored: it has to be a text in quotes."
            )
    return keys


def _read_small(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise OSError(0, "it is longer than 1 MB")
    return data
