"""Token: an API token whose value stays hidden, and texts of ours without secrets."""

from __future__ import annotations

import re
from typing import NoReturn
from urllib.parse import quote, urlsplit, urlunsplit

HIDDEN = "‹hidden›"
"""What stands where a secret was."""

# Compiled when first used, which is seldom: the first screen does not wait for them.
_SECRETS = (
    (r"(?i)([?&;#](?:token|access_token|api_key|signature)=)[^&#;\s\"'<>]+", rf"\g<1>{HIDDEN}"),
    (
        r"(?i)\b((?:proxy-)?authorization['\"]?\s*[:=]\s*b?['\"]?)"
        r"((?:bearer|basic|digest|token)\s+)?[^\s'\",;]+",
        rf"\g<1>\g<2>{HIDDEN}",
    ),
    (r"(?i)\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}", rf"\g<1>{HIDDEN}"),
    (r"([A-Za-z][A-Za-z0-9+.-]{0,30}://)[^\s/@:]*:[^\s/@]*@", rf"\g<1>{HIDDEN}@"),
    (r"apify_(?:api|proxy|ui|oauth)_?[A-Za-z0-9]{6,}", HIDDEN),
)


class Token:
    """An API token: `repr` and `str` are masked, and it can't be pickled.

    Only `reveal()` gives the value. Raises ValueError for a value that can't
    be sent in a header (RFC 9110, field values: visible ASCII only).
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not value:
            raise ValueError("the token is empty")
        if "\n" in value or "\r" in value:
            raise ValueError("the token has a line break inside; a token is one line")
        if not value.isascii():
            raise ValueError("the token has characters outside ASCII; copy it again")
        if any(character <= " " or character == "\x7f" for character in value):
            raise ValueError("the token has a space or a control character inside")
        self._value = value

    @classmethod
    def parse(cls, text: str) -> Token:
        """Return a token from what a person or a file has; space around it is dropped.

        Raises ValueError, in words that don't hold the value, when nothing is
        left or what is left can't be a token.
        """
        return cls(text.strip())

    def reveal(self) -> str:
        """Return the value itself, for the `Authorization` header and nothing else."""
        return self._value

    def __repr__(self) -> str:
        return f"Token({HIDDEN})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Token, self._value))

    def __copy__(self) -> Token:
        return self

    def __deepcopy__(self, memo: object) -> Token:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is not pickled")


# Tokens from before those that begin with a word have no form of their own.
_TOKEN_SHAPE = (
    r"(?i:apify_[a-z]{2,10}_).*"
    r"|(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[A-Za-z0-9]{20,100}"
    r"|eyJ[\w-]{10,}\.[\w-]+\.[\w-]*"
)


def looks_like_token(text: str) -> bool:
    """Return whether a whole word may well be a token, and is neither an ID nor a path.

    So do Apify's own forms, JSON Web Tokens, and 20 letters and digits or more
    of mixed case; IDs have 16 or 17.
    """
    return re.fullmatch(_TOKEN_SHAPE, text, re.ASCII | re.DOTALL) is not None


def scrub(text: str, token: Token | None = None) -> str:
    """Remove secrets from a text of ours (a message, a report): never for log text.

    Removed are the token in use (also percent-encoded), `token=` values of
    links, Apify's own token shapes, `Authorization` values, and user:password
    in addresses.
    """
    if token is not None:
        value = token.reveal()
        for form in {value, quote(value, safe="")}:
            text = text.replace(form, HIDDEN)
    for pattern, instead in _SECRETS:
        text = re.sub(pattern, instead, text)
    return text


def strip_url_token(url: str) -> tuple[str, bool]:
    """Remove `token=` and user:password from a link; return whether anything was removed.

    A link that can't be taken apart comes back scrubbed instead.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises ValueError for a port that is none)
    except ValueError:
        cleaned = scrub(url)
        return cleaned, cleaned != url
    query, in_query = _without_token(parts.query)
    fragment, in_fragment = _without_token(parts.fragment)
    netloc = parts.netloc.rpartition("@")[2]
    if not (in_query or in_fragment or netloc != parts.netloc):
        return url, False
    return urlunsplit((parts.scheme, netloc, parts.path, query, fragment)), True


def _without_token(query: str) -> tuple[str, bool]:
    """Drop the pairs named token from a query, or from a fragment that looks like one."""
    head, mark, tail = query.rpartition("?")
    pairs = tail.split("&")
    kept = [pair for pair in pairs if pair.partition("=")[0].lower() not in _SECRET_NAMES]
    if len(kept) == len(pairs):
        return query, False
    rest = "&".join(kept)
    return (f"{head}{mark}{rest}" if rest else head), True


_SECRET_NAMES = frozenset({"token", "access_token", "api_key", "apitoken", "signature"})
