"""API client: from an answer that is no success to an error. Light: no httpx."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from logview.apify.errors import (
    ApifyError,
    BadRequest,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    ProxyFailed,
    RateLimited,
    Refused,
    ServerError,
    Unauthorized,
    UnexpectedAnswer,
)
from logview.secrets.token import Token, scrub

MAX_RETRY_AFTER = 3600.0
"""Seconds; a longer wish is cut, so that a wrong header does not silence the app for days."""

MAX_MESSAGE = 500
"""Characters of a message from outside that are kept."""

WEB_PAGE = "web-page"
"""The type of a refusal that is a page of HTML: most likely not the API's own."""

_BY_STATUS: dict[int, type[ApifyError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    407: ProxyFailed,
    408: ServerError,
    429: RateLimited,
}

_PHRASES = {
    400: "bad request",
    401: "unauthorized",
    402: "payment required",
    403: "forbidden",
    404: "not found",
    405: "method not allowed",
    407: "proxy authentication required",
    408: "request timeout",
    410: "gone",
    414: "the address is too long",
    429: "too many requests",
    431: "the headers are too long",
    500: "internal server error",
    502: "bad gateway",
    503: "service unavailable",
    504: "gateway timeout",
}


RENEW = (
    "Any `apify` command renews the login, `apify info` for one; then try again. "
    "If it doesn't, log in anew with `apify login`."
)
"""What to do about a token of the Apify CLI's that is refused."""


@dataclass(frozen=True, slots=True)
class TokenUse:
    """What the client did with its token in the request that was answered."""

    token: Token | None = None
    source: str | None = None
    """Where the token is from, in words for a person."""
    sent: bool = False
    withheld: bool = False
    """There is a token, and it was not sent because the way is not safe (plain http)."""
    renewable: bool = False
    """It is of the Apify CLI's login, which the CLI renews when it is used."""

    @property
    def name(self) -> str:
        """The token named by its source, never by its value."""
        return f"the token from {self.source}" if self.source else "the token"


def error_from_answer(
    status: int,
    body: bytes,
    *,
    retry_after: str | None = None,
    use: TokenUse | None = None,
    address: str = "",
    what: str = "run or build",
) -> ApifyError:
    """Make the error for an answer that is not 2xx; never raises.

    `body` may be anything: the API's JSON, a web page, nothing, half of
    something. `what` names what was asked for.
    """
    use = use or TokenUse()
    error_type, message = api_error(body)
    from_api = bool(error_type or message)
    message = scrub(message, use.token)
    reason = message or web_page_title(body) or _PHRASES.get(status, "no reason given")
    cause = f"The API answered {status}: {scrub(reason, use.token)}"
    kind = _BY_STATUS.get(status)
    if kind is None:
        kind = Refused if 400 <= status < 500 else UnexpectedAnswer
        kind = ServerError if 500 <= status < 600 else kind
    meaning, remedy = _meaning_and_remedy(kind, use, from_api=from_api, address=address, what=what)
    return kind(
        cause,
        meaning=meaning,
        remedy=remedy,
        status=status,
        type=error_type or (WEB_PAGE if issubclass(kind, Refused) and is_web_page(body) else None),
        message=message,
        retry_after=seconds_of(retry_after),
    )


def _meaning_and_remedy(
    kind: type[ApifyError], use: TokenUse, *, from_api: bool, address: str, what: str
) -> tuple[str | None, str | None]:
    """Return meaning and remedy where they depend on token and request; else None."""
    if kind in (Unauthorized, Forbidden, NotFound) and use.withheld:
        return (
            f"{_capital(use.name)} was not sent, because the API URL is plain http.",
            "Use an https address: --api-url or APIFY_API_BASE_URL.",
        )
    if kind is Unauthorized:
        if use.sent:
            remedy = RENEW if use.renewable else None
            return f"{_capital(use.name)} was refused: it is wrong, expired or revoked.", remedy
        return f"No token was sent, and this {what} is not readable without one.", None
    if kind is Forbidden:
        if use.sent:
            return f"{_capital(use.name)} may not read this {what}.", None
        return f"This {what} is not readable without a token.", Unauthorized.default_remedy
    if kind is NotFound and not from_api:
        where = f" at {address}" if address else ""
        return (
            f"This does not look like Apify's API{where}: its refusals say more.",
            MethodNotAllowed.default_remedy,
        )
    if kind is NotFound:
        meaning = None if what == "run or build" else f"There is no such {what}, or not for you."
        if use.sent:
            return meaning, f"Check the ID, and whether {use.name} is of the right account."
        return meaning, "Check the ID. No token was sent: many runs show only with one."
    if kind is MethodNotAllowed and address:
        return f"The address {address} does not answer as Apify's API.", None
    return None, None


def api_error(body: bytes) -> tuple[str, str]:
    """Take type and message from `{"error": {"type", "message"}}`; empty where there are none."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    error = answer.get("error") if isinstance(answer, Mapping) else None
    if isinstance(error, str):
        return "", one_line(error)
    if not isinstance(error, Mapping):
        return "", ""
    kind, message = error.get("type"), error.get("message")
    return (
        one_line(kind)[:80] if isinstance(kind, str) else "",
        one_line(message) if isinstance(message, str) else "",
    )


_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,1000})", re.IGNORECASE)


BLANK = b"\xef\xbb\xbf \t\r\n"
"""Bytes that may stand before the first tag of a page: a byte order mark and white space."""


def is_web_page(body: bytes) -> bool:
    """Return whether a body begins as HTML or XML does."""
    return body[:1024].lstrip(BLANK).startswith(b"<")


_PAGES = (b"<!doctype html", b"<html")


def begins_as_html(head: bytes) -> bool | None:
    """Return whether a body begins as a page of HTML; None where more bytes are needed."""
    begins = head.lstrip(BLANK).lower()
    if begins.startswith(_PAGES):
        return True
    undecided = any(page.startswith(begins) for page in _PAGES) and len(head) < 1024
    return None if undecided else False


def web_page_title(body: bytes) -> str:
    """Name a web page by its title, in quotes; empty where the body is none."""
    if not is_web_page(body):
        return ""
    match = _TITLE.search(body.decode("utf-8", "replace"))
    title = one_line(match[1])[:120] if match else ""
    return f"a web page, “{title}”" if title else "a web page"


def one_line(text: str) -> str:
    """Reduce a text from outside to one line of at most `MAX_MESSAGE` characters."""
    text = " ".join(text[: MAX_MESSAGE * 4].split())
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"


def seconds_of(retry_after: str | None, now: datetime | None = None) -> float | None:
    """Read a Retry-After header, seconds or a date (RFC 9110, 10.2.3); None if it is neither.

    From 0 to `MAX_RETRY_AFTER`.
    """
    text = (retry_after or "").strip()
    if not text:
        return None
    if re.fullmatch(r"\d+(\.\d{1,6})?", text, re.ASCII):
        return min(float(text), MAX_RETRY_AFTER)
    from email.utils import parsedate_to_datetime  # slow to import, hardly ever needed

    try:
        when = parsedate_to_datetime(text)
        if when.tzinfo is None:
            when = when.replace(tzinfo=timezone.utc)
        wait = (when - (now or datetime.now(timezone.utc))).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(wait, 0.0), MAX_RETRY_AFTER)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
