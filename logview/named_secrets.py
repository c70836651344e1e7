"""Named secrets: those that are known by what stands before them.

Headers, cookies, pairs of a name and a value in any of the notations that logs have, user:password
in addresses, `curl -u`. The names and what passes for a placeholder follow the rules
`generic-api-key` and `curl-auth-user` of gitleaks and its global list of what is allowed.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error

from logview.token_shapes import Span

_HINTS = ("token", "passw", "secret", "key", "auth", "pwd", "pass", "signature", "sig=", "sig%3d")

_NAME = re.compile(
    r"(?:(?P<header>authorization)"
    r"|(?P<password>passw(?:or)?d|passphrase|pwd|(?<=[_a-z])(?:_|\bdb)pass|(?<=user)pass)"
    r"|(?P<key>(?:api|access|secret|private|signing|signature|encryption|auth|account|master"
    r"|storage|shared|client|service|admin|license|subscription|app)[_\-.]?key)"
    r"|(?P<secret>secret)"
    r"|(?P<signature>signature|(?<![a-z0-9])sig)"
    r"|(?P<token>token|(?<![a-z])_auth))"
    # what comes between: the name's closing quote and a sign, an escaped sign, or a list's comma
    r"(?:(?P<close>\\{0,7}[\"'`])?[ \t]{0,8}(?:(?P<arrow>=>)|(?P<sign>:=|=(?![=>])|:(?!:))"
    r"|(?P<comma>,)(?=[ \t]{0,8}b?\\{0,7}[\"'`]))[ \t]{0,8}|(?P<escaped>%3d))"
    r"(?:[bru]?(?P<open>\\{0,7}[\"'`]))?"
)
_NO_SECRET = re.compile(
    r"(?:page|next|continuation|sync|cancel|cancellation|abort|start|end|stop|eos|bos|pad|unk"
    r"|prompt|completion|max|min|per|total|cursor|resume|pagination|public|media)[_\-. ]?$"
)
"""Before `token`: a place in a list or a piece of language, and before `key`: no secret."""

_IN_QUERY = re.compile(r"[^&#;\s\"'`<>,(){}\[\]|\\‹›]+")
_IN_ESCAPED_QUERY = re.compile(r"(?:(?!%2[036])[^&#;\s\"'`<>,(){}\[\]|\\‹›])+")
_IN_ENVIRONMENT = re.compile(r"[^\s\"'`<>‹›]+")
_UNQUOTED = re.compile(r"[^\s\"'`,;&<>(){}\[\]|\\‹›]+")
_QUOTED = {
    quote: re.compile(rf"[^{quote}\\]*(?:\\.[^{quote}\\]*)*(?={quote})", re.DOTALL)
    for quote in "\"'`"
}
_NAME_PART = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-.[]")

_SCHEME = re.compile(
    r"(?i)(?:(?P<basic>basic)|bearer|token|apikey|api-key|negotiate|ntlm|oauth|key|jwt)(?:[ \t]+|%20)"
)
_OTHER_SCHEME = re.compile(r"[A-Za-z][\w-]{1,30}[ \t]+")
_BEARER = re.compile(r"(?i)(bearer|basic)(?:[ \t]+|%20)([A-Za-z0-9._~+/=-]{8,})")
_USERINFO = re.compile(r"://[^\s/@:?#\"'`<>\\]*:([^\s/?#\"'`<>\\]+)@")
_COOKIE = re.compile(r"(set-)?cookie2?(?:\\{0,7}[\"'])?[ \t]{0,8}[:=,][ \t]{0,8}[\[(]?[ \t]{0,8}")
_CRUMB = re.compile(
    r"(?:\\{0,7}[\"'])?([\w!#$%&*+.^|~-]+)"
    r"(?:=(?:((?:[^\s;,\"'\\‹]|,(?=[^\s;,\"'\\]))+)|\"([^\"\\‹]*)\")?)?"
)
_CRUMB_END = re.compile(r"(?:\\{0,7}[\"'])?[ \t]*[;,][ \t]*")
_ATTRIBUTES = frozenset(
    {"path", "domain", "max-age", "expires", "samesite", "secure", "httponly", "priority",
     "partitioned", "version", "comment"}
)  # fmt: skip
_EXPIRES = re.compile(r"[^;\"'\\]*")
_CURL_USER = re.compile(
    r"[ \t](?:-u|-U|--user|--proxy-user)(?:=|[ \t]{0,8})[\"']?[^\s:\"'‹]*:([^\s\"'‹›]+)"
)

_PLACEHOLDER = re.compile(
    r"(?i)<.*>|\$.*|%\w+%?|\{.*\}?|\[.*|@\w+@|[*x.…•_#?-]+|.*(?:\*\*\*|•••|\.\.\.$|…$).*"
    r"|(?:your|my|the|some|example)[-_ ].*|(?:process\.|os\.|import\.meta\.)?env(?:iron)?\b.*"
    r"|.*(?:redacted|placeholder|changeme).*|-----begin.*|arn:.*"
    r"|(?:bearer|basic|none|nil|null|nan|undefined|true|false|yes|no|on|off|ok|empty|blank|missing"
    r"|required|optional|invalid|valid|incorrect|correct|wrong|bad|expired|rejected|accepted"
    r"|present|provided|found|given|not|is|was|set|unset|default|str|string|text|number|int|any"
    r"|object|function|hidden|masked|removed|secret|password|passwd|token|key|credentials?"
    r"|auth|authentication|authorization|scheme|realm|failed|success|ok|error|example)"
    r"|/(?:bin|etc|home|opt|run|tmp|usr|var)/[\w ./-]+|https?://.*"
)
_WORD = re.compile(r"(?:[A-Z]?[a-z]{1,16}|[A-Z]{1,16})(?:[-_.:/][A-Za-z]?[a-z]{0,16})*[.!?:]?")
_MASKED = re.compile(r"‹[a-z ]+ \d+›")


def named(text: str, low: str) -> list[Span]:
    """Find the secrets that a line names; `low` is the line in lower case, as long as it."""
    found: list[Span] = []
    for hint in _HINTS:
        if hint in low:
            _pairs(text, low, found)
            break
    if "bearer" in low or "basic" in low:
        found.extend(_bearers(text))
    if "@" in low and "://" in low:
        found.extend(
            (*match.span(1), "password")
            for match in _USERINFO.finditer(text)
            if not _PLACEHOLDER.fullmatch(match[1])
        )
    if "cookie" in low:
        _cookies(text, low, found)
    if "curl" in low and ":" in low:
        found.extend(
            (*match.span(1), "password")
            for match in _CURL_USER.finditer(text, low.index("curl"))
            if not _PLACEHOLDER.fullmatch(match[1])
        )
    return found


def _pairs(text: str, low: str, found: list[Span]) -> None:
    for match in _NAME.finditer(low):
        kind = match.lastgroup
        for group in ("header", "password", "key", "secret", "signature", "token"):
            if match[group] is not None:
                kind = group
                break
        span = _header(text, match) if kind == "header" else _value(text, low, match, str(kind))
        if span is not None:
            found.append(span)


def _quoted(text: str, match: re.Match[str]) -> tuple[int, int] | None:
    """Find the value between quotes; None where they don't open, or don't close in this line."""
    mark = match["open"]
    if mark is None:
        return None
    if len(mark) == 1:
        inside = _QUOTED[mark].match(text, match.end())
        return inside.span() if inside else None
    end = text.find(mark, match.end())
    return (match.end(), end) if end >= 0 else None


def _header(text: str, match: re.Match[str]) -> Span | None:
    """Find the credentials of an `Authorization` value; the name of the scheme stays."""
    start, end = _quoted(text, match) or (match.end(), len(text))
    scheme = _SCHEME.match(text, start, end)
    if scheme is not None:
        value = _UNQUOTED.match(text, scheme.end(), end)
        if value is None or _is_placeholder(text, *value.span()):
            return None
        return (*value.span(), "credentials" if scheme["basic"] else "token")
    other = _OTHER_SCHEME.match(text, start, end)
    value = _UNQUOTED.match(text, other.end() if other else start, end)
    if value is None or _is_placeholder(text, *value.span()) or "=" in value[0][:-2]:
        return None  # with "=", parameters: those that are secret have names of their own
    return (*value.span(), "token") if _is_random(value[0]) else None


def _value(text: str, low: str, match: re.Match[str], kind: str) -> Span | None:
    first = match.start()
    while first > 0 and match.start() - first < 40 and low[first - 1] in _NAME_PART:
        first -= 1
    if kind in {"token", "key"} and _NO_SECRET.search(low[first : match.start()]):
        return None
    quoted = _quoted(text, match)
    if quoted is not None:
        start, end = quoted
        if scheme := _SCHEME.match(text, start, end):
            start = scheme.end()
        value = text[start:end]
        if _is_placeholder(text, start, end) or _MASKED.search(value):
            return None
        if kind == "password":
            return start, end, kind
        return (start, end, kind) if _is_random(value) else None
    before = low[first - 1 : first]
    query = match["escaped"] is not None or before in {"?", "&", ";", "#"}
    tight = low[match.end() - 1] == "=" or query
    environment = tight and not query and text[first : match.start()].isupper()
    if query:
        regex = _IN_ESCAPED_QUERY if match["escaped"] else _IN_QUERY
    elif environment and match["open"] is None:
        regex = _IN_ENVIRONMENT
    else:
        regex = _UNQUOTED
    found = regex.match(text, match.end())
    if found is None:
        return None
    start, end = found.span()
    if environment:
        end = start + len(found[0].rstrip(",;)}]"))
    value = text[start:end]
    if text[end : end + 1] in {"(", "‹"} or _is_placeholder(text, start, end):
        return None
    if query:
        return start, end, kind
    if kind == "password":
        sure = tight or match["close"] is not None
        return (start, end, kind) if sure or _is_password(value) else None
    return (start, end, kind) if _is_random(value) else None


def _bearers(text: str) -> list[Span]:
    found = []
    for match in _BEARER.finditer(text):
        if match[1].lower() == "basic":
            if _is_user_and_password(match[2]):
                found.append((*match.span(2), "credentials"))
        elif _is_random(match[2]) and not _is_placeholder(text, *match.span(2)):
            found.append((*match.span(2), "token"))
    return found


def _cookies(text: str, low: str, found: list[Span]) -> None:
    for match in _COOKIE.finditer(low):
        place = match.end()
        while (crumb := _CRUMB.match(text, place)) is not None:
            place = crumb.end()
            if match[1] and crumb[1].lower() in _ATTRIBUTES:
                if crumb[1].lower() == "expires" and (date := _EXPIRES.match(text, place)):
                    place = date.end()
            else:
                for group in (2, 3):
                    value = crumb[group]
                    if value and not _is_placeholder(text, *crumb.span(group)):
                        found.append((*crumb.span(group), "cookie"))
            end = _CRUMB_END.match(text, place)
            if end is None:
                break
            place = end.end()


def _is_placeholder(text: str, start: int, end: int) -> bool:
    return start == end or _PLACEHOLDER.fullmatch(text, start, end) is not None


def _is_random(value: str) -> bool:
    """Whether a value of eight characters and more looks made by a machine: no words, no number."""
    if len(value) < 8 or " " in value or "\t" in value:
        return False
    if any(character.isdigit() for character in value):
        return any(character.isalpha() for character in value)
    return len(value) >= 16 and not _WORD.fullmatch(value)


def _is_password(value: str) -> bool:
    """Whether what follows `password: ` is one, and not the next word of a sentence."""
    return len(value) >= 6 and not value.isdigit() and not _WORD.fullmatch(value)


def _is_user_and_password(value: str) -> bool:
    try:
        plain = b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (Error, ValueError):
        return False
    return b":" in plain and all(byte >= 32 for byte in plain)
