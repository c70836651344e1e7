"""API client: what can go wrong between a question and its answer. Light: imports no httpx.

The map, with what each means and whether trying again by itself can mend it:

    ApifyError
    ├── Refused                 an answer that trying again will not change (4xx)
    │   ├── BadRequest          400: the API does not understand the ID or a parameter
    │   ├── Unauthorized        401: the token is missing, wrong or expired
    │   ├── Forbidden           403: the token may not read this
    │   ├── NotFound            404: no such run or build, or not for this account
    │   └── MethodNotAllowed    405: this address does not answer as Apify's API
    ├── RateLimited             429: too many requests; `retry_after` where it is said   (retry)
    ├── ServerError             5xx and 408: the API or something before it has trouble  (retry)
    ├── UnexpectedAnswer        an answer that is not the API's: a login page, no JSON,
    │                           redirects in a circle                                    (retry)
    └── ConnectionFailed        no answer, or not to its end                             (retry)
        ├── DnsFailed           the name of the host is not known
        ├── ConnectRefused      nothing listens there
        ├── TlsFailed           no safe connection: certificate, protocol
        ├── ConnectTimedOut     the host does not react
        ├── ConnectionLost      reset, closed early, a broken chunk
        ├── ReadTimedOut        connected, but no answer in time
        ├── BadCompression      the compressed answer can't be read
        └── ProxyFailed         the proxy from the environment can't be used

Every error carries the three sentences of the banner: `cause` (in the API's
own words where it said any), `meaning` and `remedy`; all may hold words from
outside and are sanitised (`text/sanitize.py`) before they are shown. No
error ever holds a token.
"""

from __future__ import annotations

from typing import ClassVar


class ApifyError(Exception):
    """What went wrong, what it means and what to do; the base of all errors of this package."""

    default_meaning: ClassVar[str] = ""
    default_remedy: ClassVar[str] = ""
    default_type: ClassVar[str] = ""
    retryable: ClassVar[bool] = False
    """Whether trying again after a wait may mend it, with nothing else changed."""
    lasting: ClassVar[bool] = False
    """Whether it may, but hardly will: the screen goes on trying, plain mode gives up soon."""

    def __init__(
        self,
        cause: str,
        *,
        meaning: str | None = None,
        remedy: str | None = None,
        status: int | None = None,
        type: str | None = None,
        message: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        """What happened, one sentence."""
        self.meaning = self.default_meaning if meaning is None else meaning
        self.remedy = self.default_remedy if remedy is None else remedy
        self.status = status
        """The HTTP status, None where no answer came."""
        self.type = self.default_type if type is None else type
        """The API's error type (`record-not-found`), else a short stable word (`dns`, `reset`)."""
        self.message = message
        """The API's own message, bare; empty where it sent none."""
        self.retry_after = retry_after
        """Seconds the server asks to wait (0 to 3600), None where it does not say."""

    def __str__(self) -> str:
        return self.cause


class Refused(ApifyError):  # noqa: N818  named for what happened, as httpx does
    """The API answered and said no (4xx): trying again by itself will not change that."""

    default_meaning = "The API refuses this request."
    default_remedy = "The message says why; try again once that is mended."
    default_type = "refused"


class BadRequest(Refused):
    """400: the API does not understand the ID or a parameter."""

    default_meaning = "The API does not understand this ID."
    default_remedy = "Check the ID, or paste the link of the run from Apify Console."


class Unauthorized(Refused):
    """401: the token is missing, wrong or expired."""

    default_meaning = "The token is missing or wrong."
    default_remedy = (
        "Set APIFY_TOKEN, name a file with --token-file, or log in with `apify login`. "
        "Tokens are made at https://console.apify.com/settings/integrations"
    )


class Forbidden(Refused):
    """403: the token may not read this run or build."""

    default_meaning = "The token may not read this."
    default_remedy = (
        "Its owner can share it or widen the token's permissions; "
        "or use a token of the account that owns it."
    )


class NotFound(Refused):
    """404: there is no such thing, or this account can't know of it."""

    default_meaning = (
        "There is no such run or build: the ID is mistyped, it was deleted after its "
        "retention time, or it belongs to another account."
    )
    default_remedy = "Check the ID and which account the token belongs to."


class MethodNotAllowed(Refused):
    """405: the address is some other server's."""

    default_meaning = "This address does not answer as Apify's API."
    default_remedy = "Check the API URL (--api-url, APIFY_API_BASE_URL)."


class RateLimited(ApifyError):  # noqa: N818  named for what happened, as httpx does
    """429: too many requests; goes by itself."""

    default_meaning = "Too many requests with this token or from this address."
    default_remedy = "It goes by itself."
    default_type = "rate-limit-exceeded"
    retryable = True


class ServerError(ApifyError):
    """5xx or 408: the API, or something in between, has trouble."""

    default_meaning = "The API, or something between here and there, has trouble."
    default_remedy = "It usually goes by itself; see https://status.apify.com"
    default_type = "server-error"
    retryable = True


class UnexpectedAnswer(ApifyError):  # noqa: N818  named for what happened, as httpx does
    """Something answered that is not Apify's API, or not as described."""

    default_meaning = (
        "Something else than Apify's API answered: a login page of this network, a proxy, "
        "or a wrong API URL."
    )
    default_remedy = "Open a web page to log in to the network, or check the API URL."
    default_type = "unexpected-answer"
    retryable = True
    lasting = True


class ConnectionFailed(ApifyError):  # noqa: N818  named for what happened, as httpx does
    """No answer came, or it did not come to its end."""

    default_meaning = "The network, or the way to the API, is interrupted."
    default_remedy = "Check the network connection."
    default_type = "network"
    retryable = True


class DnsFailed(ConnectionFailed):
    """The name of the host can't be looked up."""

    default_meaning = "There is no network, no name service, or the API URL is mistyped."
    default_remedy = "Check the network connection and the API URL."
    default_type = "dns"


class ConnectRefused(ConnectionFailed):
    """The host is there, but nothing listens on that port."""

    default_meaning = "Nothing listens at this address."
    default_remedy = "Check the API URL and its port."
    default_type = "refused-connection"


class TlsFailed(ConnectionFailed):
    """No safe connection could be made."""

    default_meaning = (
        "The server's identity could not be verified: a network that inspects traffic, "
        "a wrong clock, or a certificate that has run out."
    )
    default_remedy = (
        "Check the clock; where the network has certificates of its own, "
        "name their file in SSL_CERT_FILE."
    )
    default_type = "tls"
    lasting = True


class ConnectTimedOut(ConnectionFailed):
    """The host did not react to the connection in time."""

    default_meaning = "The host does not react: no network, a firewall, or a wrong API URL."
    default_remedy = "Check the network connection and the API URL."
    default_type = "connect-timeout"


class ConnectionLost(ConnectionFailed):
    """The connection was made and broke: `type` is reset, closed or broken-chunk."""

    default_meaning = "The connection broke; what was read stays."
    default_remedy = "It usually goes by itself."
    default_type = "closed"


class ReadTimedOut(ConnectionFailed):
    """Connected, but the answer did not come in time."""

    default_meaning = "The API is slow, or the connection is dead."
    default_remedy = "It usually goes by itself."
    default_type = "timeout"


class BadCompression(ConnectionFailed):
    """The compressed answer is broken or in a form that was not asked for."""

    default_meaning = "The answer was damaged on its way, or something in between packed it anew."
    default_remedy = "It usually goes by itself; else a proxy on the way is at fault."
    default_type = "compression"
    lasting = True


class ProxyFailed(ConnectionFailed):
    """The proxy that the environment names can't be used."""

    default_meaning = "The proxy that the environment names does not let this through."
    default_remedy = (
        "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or name the API's host in NO_PROXY."
    )
    default_type = "proxy"
    lasting = True
