"""Placed secrets: those that are known by where they stand, not by a name and a sign before them.

Passwords in addresses without a scheme and in escaped ones, on the command lines of `docker login`
and `sshpass`, elements of XML, objects with a name and a value (headers and cookies as browsers and
HAR files list them), and what GitHub Actions are told to mask.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from logview.secrets.named import find_named_secrets, is_placeholder, is_random

if TYPE_CHECKING:
    from logview.secrets.token_shapes import Span

_ESCAPED_USERINFO = re.compile(
    r"%3a%2f%2f[\w.~-]{0,256}%3a((?:(?!%(?:40|2f|3f))[^\s/?#\"'`<>\\‹›])+)%40"
)
_HOST_AND_PORT = re.compile(r"@(?:[a-z0-9-]+\.)+[a-z0-9-]+:\d{2,5}(?!\w)")
_USER_AND_PASSWORD = re.compile(r"[\w.,~=+-]:([^\s/:@\"'`<>\\‹›]{1,200})\Z")
_COMMAND = re.compile(
    r"\b(?:docker login\b[^|&;\n]{0,200}? -p|sshpass -p)[ =]?[\"']?([^\s\"'`<>‹›]+)"
)
_MASKED_BY_ACTIONS = re.compile(r"(?i)::add-mask::([^\s*$‹›][^\s‹›]*)")
_ELEMENT = re.compile(
    r"(password|passwd|pwd|secret|secretkey|secretaccesskey|apikey|api_key|token)>([^<>\s]+)</"
)
_NAME_AND_VALUE = re.compile(
    r"\b(?:name|key)\\{0,7}[\"']?[ \t]?:[ \t]?\\{0,7}[\"']([\w.-]{1,80})\\{0,7}[\"'],[ \t]?"
    r"\\{0,7}[\"']?value\\{0,7}[\"']?[ \t]?:[ \t]?\\{0,7}([\"'])([^\"'\\‹›]+)"
    r"(\\{0,7}\2,[ \t]?\\{0,7}[\"']?domain\b)?"
)


def find_positional_secrets(text: str, low: str) -> list[Span]:
    """Find the secrets that a line has in such places; `low` is the line in lower case."""
    found: list[Span] = []
    if "%40" in low and "%3a%2f%2f" in low:
        _add(_ESCAPED_USERINFO, "password", text, low, found)
    if "@" in low:
        _bare_userinfo(text, low, found)
    if "sshpass" in low or "docker login" in low:
        _add(_COMMAND, "password", text, text, found)
    if "::add-mask::" in low:
        found.extend((*match.span(1), "secret") for match in _MASKED_BY_ACTIONS.finditer(text))
    if "</" in low:
        _elements(text, low, found)
    if "value" in low:
        _names_and_values(text, low, found)
    return found


def _add(regex: re.Pattern[str], kind: str, text: str, where: str, found: list[Span]) -> None:
    found.extend(
        (*match.span(1), kind)
        for match in regex.finditer(where)
        if not is_placeholder(text, *match.span(1)) and "‹" not in match[1]
    )


def _bare_userinfo(text: str, low: str, found: list[Span]) -> None:
    """Find `user:password@host.name:port`."""
    for host in _HOST_AND_PORT.finditer(low):
        before = _USER_AND_PASSWORD.search(text, max(0, host.start() - 202), host.start())
        if before is not None and not is_placeholder(text, *before.span(1)):
            found.append((*before.span(1), "password"))


def _elements(text: str, low: str, found: list[Span]) -> None:
    for match in _ELEMENT.finditer(low):
        start, end = match.span(2)
        password = match[1] in {"password", "passwd", "pwd"}
        if "‹" in match[2] or is_placeholder(text, start, end):
            continue
        if password or is_random(text[start:end]):
            found.append((start, end, "password" if password else "secret"))


def _names_and_values(text: str, low: str, found: list[Span]) -> None:
    for match in _NAME_AND_VALUE.finditer(text):
        start, end = match.span(3)
        pair = f"{match[1]}: {match[3]}"
        if match[4]:
            if not is_placeholder(text, start, end):
                found.append((start, end, "cookie"))
            continue
        shift = start - len(match[1]) - 2
        found.extend(
            (first + shift, last + shift, kind)
            for first, last, kind in find_named_secrets(
                pair, low[match.start(1) : match.end(1)] + ": " + low[start:end]
            )
            if first + shift >= start
        )
