"""Named secrets: those that are known by what stands before them.

Headers, cookies, pairs of a name and a value in any of the notations that logs have, user:password
in addresses, `curl -u`. The names and what passes for a placeholder follow the rules
`generic-api-key` and `curl-auth-user` of gitleaks and its global list of what is allowed.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logview.secrets.token_shapes import Span

_QUALIFIERS = (
    "api", "access", "secret", "private", "signing", "signature", "encryption", "auth", "account",
    "master", "storage", "shared", "client", "service", "service_role", "admin", "license",
    "subscription", "app", "captcha", "webhook",
)  # fmt: skip
_KEYS = tuple(word + sign for word in _QUALIFIERS for sign in ("", "_", "-", "."))
_BARE = tuple("\"'`{[(, \t?&")
"""Before a name that is a word of its own."""
_NAMES = (
    # the name or its end, kind, what must be before it
    ("authorization", "header", None),
    ("password", "password", None),
    ("passwd", "password", None),
    ("passphrase", "password", None),
    ("pwd", "password", None),
    ("pass", "password", ("_", "db", "user", "smtp")),
    ("pass", "login", _BARE),
    ("pw", "login", _BARE),
    ("key", "key", _KEYS),
    ("secret", "secret", None),
    ("signature", "signature", None),
    ("key", "query key", ("?", "&", "&amp;", "u0026")),
    ("sig", "signature", ("?", "&", ";", "%3f", "%26", "%253f", "%2526", "u0026")),
    ("token", "token", None),
    ("auth", "token", ("?", "&", "&amp;", "u0026")),  # Firebase's REST API, and others
    ("auth", "credentials", None),
)
_HINTS = ("token", "pass", "key", "secret", "auth", "pwd", "pw", "sig")
"""One of them is in each name."""
_SIGN = re.compile(
    # the name's closing quote and a sign, or a list's comma; or an escaped sign
    r"(?:(?P<close>\\{0,7}[\"'`]|\]|%5d)?[ \t]{0,8}"
    r"(?:(?P<arrow>=>)|(?P<sign>:=|=(?![=>])|:(?!:))|(?P<comma>,)(?=[ \t]{0,8}b?\\{0,7}[\"'`]))"
    r"[ \t]{0,8}|(?P<escaped>%(?:25){0,4}3d|\\{1,7}u003d|%22%3a(?:%20)?%22))"
    r"(?:[bru]?(?P<open>\\{0,7}[\"'`]))?"
)
_NO_SECRET = re.compile(
    r"(?:page|next|continuation|sync|cancel|cancellation|abort|start|end|stop|eos|bos|pad|unk"
    r"|prompt|completion|max|min|per|total|cursor|resume|pagination|public|media)[_\-. ]?$"
)
"""Before `token`: a place in a list or a piece of language, and before `key`: no secret."""

_IN_QUERY = re.compile(r"[^&#;\s\"'`<>,(){}\[\]|\\‹›]+")
_IN_ESCAPED_QUERY = re.compile(r"(?:(?!%(?:25){0,4}2[0236])[^&#;\s\"'`<>,(){}\[\]|\\‹›])+")
_IN_ENVIRONMENT = re.compile(r"[^\s\"'`<>‹›]+")
_UNQUOTED = re.compile(r"[^\s\"'`,;&<>(){}\[\]|\\‹›]+")
_QUOTED = {
    quote: re.compile(rf"[^{quote}\\]*(?:\\.[^{quote}\\]*)*(?={quote})", re.DOTALL)
    for quote in "\"'`"
}
_QUERY_KEY = re.compile(r"[\w-]{24,}")
"""After `?key=`: as long as Google's, and longer than an ID of Apify's."""
_HEAD = 256
"""Characters of a value by which it is told whether it is one."""
_LONGEST_NAME = 40
_BEFORE_QUERY = frozenset("?&;#")
_NAME_PART = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-.[]")

_SCHEME = re.compile(
    r"(?i)(?:(?P<basic>basic)|bearer|token|apikey|api-key|negotiate|ntlm|oauth|key|jwt)"
    r"(?:[ \t]+|%20)"
)
_OTHER_SCHEME = re.compile(r"[A-Za-z][\w-]{1,30}[ \t]+")
_BEARER = re.compile(r"(?i)(bearer|basic)(?: +|%20)([A-Za-z0-9._~+/-]{7,}[A-Za-z0-9_~+/-]=*)")
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
_DATE = re.compile(r"[^;\"'\\]{0,40}")
_DIGEST = re.compile(r"response=\\{0,7}[\"']?([0-9a-f]{32,})")
"""RFC 7616: what the password and the request come to."""
_FLAG = re.compile(
    r"--(?:[a-z]{1,20}-){0,3}(?:(password|passwd|passphrase)|secret|token|(?:api|access|secret)-key)"
    r"[ \t]{1,8}[\"']?([^\s\"'`<>‹›-][^\s\"'`<>‹›]*)"
)
_CURL_USER = re.compile(
    r"[ \t](?:-u|-U|--user|--proxy-user)(?:=|[ \t]{0,8})[\"']?[^\s:\"'‹]*:([^\s\"'‹›]+)"
)

_PLACEHOLDER = re.compile(
    r"(?i)<.*>|\$.*|%[a-z_]\w*%|%[sdr]|\{.*\}?|\[.*|@\w+@|[*.…•_#?-]+|x{3,}|.*(?:\*\*\*|•••|\.\.\.$|…$).*"
    r"|(?:your|my|the|some|example)[-_ ].*|(?:process\.|os\.|import\.meta\.)?env(?:iron)?\b.*"
    r"|.*(?:redacted|placeholder|changeme).*|-----begin.*|arn:.*"
    r"|(?:bearer|basic|none|nil|null|nan|undefined|true|false|yes|no|on|off|ok|empty|blank|missing"
    r"|required|optional|invalid|valid|incorrect|correct|wrong|bad|expired|rejected|accepted"
    r"|present|provided|found|given|not|is|was|set|unset|default|str|string|text|number|int|any"
    r"|object|function|hidden|masked|removed|secret|password|passwd|token|key|credentials?"
    r"|auth|authentication|authorization|scheme|realm|failed|success|ok|error|example)"
    r"|/(?:bin|etc|home|opt|run|tmp|usr|var)/[\w ./-]+|https?:.*"
)
_WORD = re.compile(r"(?:[A-Z]?[a-z]{1,16}|[A-Z]{1,16})(?:[-_.:/][A-Za-z]?[a-z]{0,16})*[.!?:]?")
_MASKED = re.compile(r"‹[a-z ]+ \d+›")


def find_named_secrets(text: str, low: str) -> list[Span]:
    """Find the secrets that a line names; `low` is the line in lower case, as long as it."""
    found: list[Span] = []
    for hint in _HINTS:
        if hint in low:
            _pairs(text, low, found)
            if "--" in low:
                _flags(text, found)
            break
    if "bearer" in low or "basic " in low or "basic%20" in low:
        found.extend(_bearers(text))
    if "digest" in low and "response" in low:
        found.extend((*match.span(1), "credentials") for match in _DIGEST.finditer(low))
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
    for name, kind, before in _NAMES:
        place = low.find(name)
        while place >= 0:
            end = place + len(name)
            sign = _SIGN.match(low, end)
            if sign is not None and (
                before is None or low.endswith(before, 0, place) or (before is _BARE and place == 0)
            ):
                if kind == "header":
                    span = _header(text, sign)
                else:
                    span = _value(text, low, place, sign, kind)
                if span is not None:
                    found.append(span)
                    end = span[1]
            place = low.find(name, end)


def _flags(text: str, found: list[Span]) -> None:
    for match in _FLAG.finditer(text):
        kind = "password" if match[1] else "token"
        if is_placeholder(text, *match.span(2)):
            continue
        if (_is_password if match[1] else is_random)(match[2]):
            found.append((*match.span(2), kind))


def _quoted(text: str, match: re.Match[str]) -> tuple[int, int] | None:
    """Find the value between quotes; None where they don't open, or don't close in this line."""
    mark = match["open"]
    if mark is None:
        return None
    if len(mark) == 1:
        inside = _QUOTED[mark].match(text, match.end())
        return inside.span() if inside else None
    close = re.compile(rf"(?<!\\){re.escape(mark)}").search(text, match.end())
    return (match.end(), close.start()) if close else None


def _header(text: str, sign: re.Match[str]) -> Span | None:
    """Find the credentials of an `Authorization` value; the name of the scheme stays."""
    start, end = _quoted(text, sign) or (sign.end(), len(text))
    scheme = _SCHEME.match(text, start, end)
    if scheme is not None:
        value = _unquoted(_UNQUOTED, text, scheme.end(), end)
        kind = "credentials" if scheme["basic"] else "token"
        return None if value is None else (*value, kind)
    other = _OTHER_SCHEME.match(text, start, end)
    value = _unquoted(_UNQUOTED, text, other.end() if other else start, end)
    if value is None or text.find("=", value[0], min(value[1] - 2, value[0] + _HEAD)) >= 0:
        return None  # parameters: those that are secret have names of their own
    return (*value, "token") if is_random(text[slice(*value)]) else None


def _value(text: str, low: str, place: int, sign: re.Match[str], kind: str) -> Span | None:
    """Find the secret of a name whose last word starts at `place`."""
    first = place
    while first > 0 and place - first < _LONGEST_NAME and low[first - 1] in _NAME_PART:
        first -= 1
    if kind in {"token", "key"} and _NO_SECRET.search(low, first, place):
        return None
    if sign[0] == "= " and text[first : sign.start()].isupper():
        return None  # `A_SECRET= NEXT=`: set to nothing
    if (sign["arrow"] and not sign["close"]) or (sign["comma"] and kind == "login"):
        return None  # an arrow function, not a pair; a list of words
    quoted = _quoted(text, sign)
    if kind == "credentials":
        return _basic(text, low, place, quoted or (sign.end(), len(text)))
    if quoted is not None and kind != "query key":
        return _in_quotes(text, *quoted, "password" if kind == "login" else kind)
    query = sign["escaped"] is not None or low[max(0, first - 1) : first] in _BEFORE_QUERY
    query = query or low.startswith("\\u0026", first - 1)
    tight = query or low[sign.end() - len(sign["open"] or "") - 1] == "="
    if query:
        regex = _IN_ESCAPED_QUERY if sign["escaped"] else _IN_QUERY
    else:
        environment = tight and text[first:place].isupper() and sign["open"] is None
        regex = _IN_ENVIRONMENT if environment else _UNQUOTED
    value = _unquoted(regex, text, sign.end(), len(text))
    if value is None:
        return None
    if kind == "query key":
        sure = _QUERY_KEY.fullmatch(text, *value) and is_random(text[slice(*value)])
        return (*value, "key") if sure else None
    if query and kind != "login":
        return (*value, kind)
    if kind == "secret" and regex is _IN_ENVIRONMENT and value[1] - value[0] >= 8:
        return (*value, kind)
    if kind == "login":
        sure = tight and _is_password(text[slice(*value)])
        return (*value, "password") if sure else None
    if kind == "password":
        sure = tight or sign["close"] is not None
        return (*value, kind) if sure or _is_password(text[slice(*value)]) else None
    return (*value, kind) if is_random(text[slice(*value)]) else None


def _basic(text: str, low: str, place: int, within: tuple[int, int]) -> Span | None:
    """Find user and password in base64, as npm and docker keep them; after `_auth` also others."""
    value = _unquoted(_UNQUOTED, text, *within)
    if value is None or value[1] - value[0] > 8 * _HEAD:
        return None
    sure = low.startswith("_", place - 1) and place > 0 and is_random(text[slice(*value)])
    return (*value, "credentials") if sure or _is_user_and_password(text[slice(*value)]) else None


def _in_quotes(text: str, start: int, end: int, kind: str) -> Span | None:
    if scheme := _SCHEME.match(text, start, end):
        start = scheme.end()
    if is_placeholder(text, start, end) or _MASKED.search(text, start, end):
        return None
    return (start, end, kind) if kind == "password" or is_random(text[start:end]) else None


def _unquoted(regex: re.Pattern[str], text: str, start: int, limit: int) -> tuple[int, int] | None:
    """Find where a value without quotes ends; None for a placeholder.

    What is none is decided by its first characters: many names in one long
    run would else have the run looked through for each.
    """
    found = regex.match(text, start, min(limit, start + _HEAD))
    if found is None:
        return None
    end = found.end()
    if regex is _IN_ENVIRONMENT:
        end = start + len(found[0].rstrip(",;)}]"))
    if text[end : end + 1] in {"(", "‹"} or is_placeholder(text, start, end):
        return None
    if found.end() == start + _HEAD and (whole := regex.match(text, start, limit)):
        end = whole.end()
    return start, end


def _bearers(text: str) -> list[Span]:
    found = []
    for match in _BEARER.finditer(text):
        if match[1].lower() == "basic":
            if _is_user_and_password(match[2]):
                found.append((*match.span(2), "credentials"))
        elif is_random(match[2]) and not is_placeholder(text, *match.span(2)):
            found.append((*match.span(2), "token"))
    return found


def _cookies(text: str, low: str, found: list[Span]) -> None:
    """Find the values of all cookies that a header names; attributes stay."""
    place = 0
    while (header := _COOKIE.search(low, place)) is not None:
        place = here = header.end()
        while (crumb := _CRUMB.match(text, here)) is not None:
            here = crumb.end()
            attribute = header[1] is not None and crumb[1].lower() in _ATTRIBUTES
            if attribute:
                if crumb[1].lower() == "expires" and (date := _DATE.match(text, here)):
                    here = date.end()
            elif crumb[2] is None and crumb[3] is None:
                break
            else:
                group = 3 if crumb[2] is None else 2
                if not is_placeholder(text, *crumb.span(group)):
                    found.append((*crumb.span(group), "cookie"))
            place = here
            end = _CRUMB_END.match(text, here)
            if end is None:
                break
            here = end.end()


def is_placeholder(text: str, start: int, end: int) -> bool:
    """Whether a value stands for one, or for none."""
    if end - start > _HEAD:
        return False
    return start == end or _PLACEHOLDER.fullmatch(text, start, end) is not None


def is_random(value: str) -> bool:
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
