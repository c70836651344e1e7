"""Command line: tokens that stand among the arguments by mistake are refused and never repeated."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from logview.cli.options import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from logview.secrets.token import Token

REFUSAL = (
    "a token is never taken from the command line, where every user of the machine could read it. "
    "Set APIFY_TOKEN or use --token-file PATH"
)

_AROUND = " \t\r\n\"'/\\"
"""Characters that may stand around a value."""

SHORTEST = 6
"""Characters of a token in use that is looked for inside of arguments."""


def refuse_tokens(arguments: Sequence[str], token: Token | None) -> None:
    """Raise UsageError if an argument is, or holds, the token in use or looks like a token.

    Not for a link with `token=` in it, which is read without it.
    """
    if not arguments:
        return
    from logview.secrets.token import looks_like_token, strip_url_token

    value = token.reveal() if token is not None else ""
    for argument in arguments:
        is_link = "://" in argument
        word = strip_url_token(argument)[0] if is_link else argument
        if len(value) >= SHORTEST and value in word:
            raise UsageError(REFUSAL)
        if value and value in _parts(word):
            raise UsageError(REFUSAL)
        if not is_link and any(map(looks_like_token, _parts(word))) and not _is_path(word):
            raise UsageError(REFUSAL)


def known_tokens(arguments: Sequence[str]) -> list[Token]:
    """Return the tokens that an argument could be, to keep them out of a message; never raises."""
    from logview.config import settings

    found: list[Token] = []
    if "--demo" not in arguments:
        for path in (*_values(arguments, "--token-file"), None):
            with suppress(settings.SettingsError):
                token = settings.load(token_file=path, api_url=None).token
                found += [token] if token is not None else []
    token = environment_token()
    return [*found, token] if token is not None else found


def environment_token() -> Token | None:
    """Return the token in APIFY_TOKEN, None where there is none that can be one."""
    from logview.secrets.token import Token

    try:
        return Token.parse(os.environ.get("APIFY_TOKEN", ""))
    except ValueError:
        return None


def _parts(word: str) -> Iterator[str]:
    """Yield what in an argument may be a value: `T`, `--name=T`, `name:T`, `-xT`."""
    bare = word.strip(_AROUND)
    yield bare
    for mark in "=:":
        _, found, value = bare.partition(mark)
        if found:
            yield value.strip(_AROUND)
    if bare.startswith("-") and not bare.startswith("--"):
        yield bare[2:]


def _is_path(word: str) -> bool:
    """Return whether a file or folder has that name."""
    try:
        return os.path.lexists(word.partition("=")[2] if word.startswith("--") else word)
    except ValueError:
        return False


def _values(arguments: Sequence[str], option: str) -> Iterator[str]:
    for at, word in enumerate(arguments):
        if word == option and at + 1 < len(arguments):
            yield arguments[at + 1]
        elif word.startswith(f"{option}="):
            yield word.partition("=")[2]
