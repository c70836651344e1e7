"""API client: one request, one answer, and the log as a stream of bytes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from math import ceil
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import quote

import anyio
import httpx

from logview import __version__
from logview.apify.address import origin_of, token_may_go_to
from logview.apify.answers import TokenUse, error_from_answer
from logview.apify.errors import (
    ApifyError,
    BadRequest,
    NotFound,
    ReadTimedOut,
    Refused,
    UnexpectedAnswer,
)
from logview.apify.failures import bad_redirect, error_from_exception
from logview.apify.models import Actor, Job, JobKind, Record, User
from logview.apify.streams import MAX_ERROR_BODY, LogStream, read_body
from logview.apify.transport import Router, keep_alive

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from logview.secrets.token import Token

RunOwner: TypeAlias = Literal["actors", "actor-tasks"]
"""What has runs, as the API's addresses name it."""

Params: TypeAlias = Mapping[str, bool | int | str | None]
"""The parameters of a request; those that are None are left out."""

USER_AGENT = f"logview/{__version__}"
MAX_REDIRECTS = 5
MAX_JSON = 32 * 1024 * 1024
"""Bytes of a JSON answer that are read; a list of 1,000 runs has about 1 MB."""
HEADERS_TIMEOUT = 30.0
"""Seconds for the answer's headers of a log to come."""
JSON_TIMEOUT = 15.0
"""Seconds for a whole JSON answer, on top of what the request itself asks to wait."""
ERROR_BODY_TIMEOUT = 5.0
MAX_WAIT = 60
"""The API's own limit of `waitForFinish`, in seconds."""

_RUN_OWNERS: Mapping[RunOwner, str] = {"actors": "Actor", "actor-tasks": "task"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HTML = ("text/html", "application/xhtml+xml")


class ApifyClient:
    """Asks Apify's API; every request is a GET.

    The token goes, as an `Authorization` header, to the API's own origin only,
    and over plain http only to loopback. All methods raise ApifyError and
    nothing else but cancellation. The `*_timeout` arguments are seconds.
    `renew` is asked for the token once more when the API refuses it (401).
    """

    def __init__(
        self,
        api_url: str,
        token: Token | None,
        *,
        token_source: str | None = None,
        renew: Callable[[], Awaitable[Token | None]] | None = None,
        connect_timeout: float = 10.0,
        headers_timeout: float = HEADERS_TIMEOUT,
        json_timeout: float = JSON_TIMEOUT,
    ) -> None:
        self._api_url = api_url.rstrip("/")
        self._origin = origin_of(self._api_url)
        self._token = token
        self._token_source = token_source
        self._renew = renew
        self._token_safe = token_may_go_to(self._api_url)
        self._headers_timeout = headers_timeout
        self._json_timeout = json_timeout
        self._router = Router()
        self._http = httpx.AsyncClient(
            transport=self._router,
            trust_env=False,
            follow_redirects=False,
            # What may take long is limited by deadlines here: a limit for each
            # read would let a server that sends a byte now and then hold on for ever.
            timeout=httpx.Timeout(None, connect=connect_timeout),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
        )

    async def __aenter__(self) -> ApifyClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; calling it twice is fine."""
        await self._http.aclose()

    @asynccontextmanager
    async def log(
        self,
        job_id: str,
        *,
        raw: bool | None,
        stream: bool = True,
        download: bool = False,
        resumes: bool = False,
    ) -> AsyncIterator[LogStream]:
        """Open the log of a run or build (`GET /v2/logs/{id}`).

        `stream` replays it from its start and follows until the job ends;
        `raw` keeps ANSI codes, None leaves that to the API. `download` asks for
        the log as a file, with a name: without `stream`, which would not end
        while the job runs. `resumes` says that some of the log is held already.

        A log is text/plain; a missing or other type is accepted, too. An answer
        that calls itself HTML and begins with `<` is none: it is the login page
        of a network or a proxy's error, and raises UnexpectedAnswer. One that
        has no type, or that `resumes`, is none if it begins as HTML pages do:
        then `chunks` raises that.
        """
        params: Params = {"stream": stream, "download": download or None, "raw": raw}
        response, use = await self._get(
            f"/v2/logs/{_encoded(job_id)}", params, self._headers_timeout
        )
        try:
            if response.status_code != 200:
                raise await self._refusal(response, use, "run or build")
            keep_alive(response)
            log = LogStream(response, host=_host(response), proxy=self._proxy(response))
            content_type = _content_type(response)
            if content_type in _HTML:
                await log.reject_web_page(ERROR_BODY_TIMEOUT)
            else:
                log.may_be_page = resumes or not content_type
            yield log
        finally:
            await response.aclose()

    async def run(self, run_id: str, wait: float = 0) -> Job:
        """Describe a run; `wait` seconds (0 to 60) at most for its end (`waitForFinish`)."""
        data = await self._object(f"/v2/actor-runs/{_encoded(run_id)}", _waiting(wait), wait=wait)
        self._check_id(data, run_id)
        return Job.from_api("run", data, job_id=run_id)

    async def build(self, build_id: str, wait: float = 0) -> Job:
        """Describe a build; `wait` as for `run`."""
        path = f"/v2/actor-builds/{_encoded(build_id)}"
        data = await self._object(path, _waiting(wait), wait=wait)
        self._check_id(data, build_id)
        return Job.from_api("build", data, job_id=build_id)

    async def job(self, job_id: str, kind: JobKind | None = None, wait: float = 0) -> Job:
        """Describe a run or build; where `kind` is not known a run is asked for first.

        Raises the NotFound of the run where it is neither.
        """
        if kind == "build":
            return await self.build(job_id, wait)
        try:
            return await self.run(job_id, wait)
        except NotFound as error:
            if kind == "run":
                raise
            no_run = error
        try:
            return await self.build(job_id, wait)
        except NotFound:
            raise no_run from None

    async def runs(self, limit: int = 20, offset: int = 0) -> list[Job]:
        """List runs of the account, newest first; `limit` 1 to 1000.

        `offset` is how many of the newest are left out.
        """
        params: Params = {"desc": True, "limit": limit, "offset": offset or None}
        items = await self._list("/v2/actor-runs", params, "list of runs")
        return _with_ids(Job.from_api("run", item) for item in items)

    async def builds(self, limit: int = 20, offset: int = 0) -> list[Job]:
        """List builds of the account, newest first; `limit` and `offset` as for `runs`."""
        params: Params = {"desc": True, "limit": limit, "offset": offset or None}
        items = await self._list("/v2/actor-builds", params, "list of builds")
        return _with_ids(Job.from_api("build", item) for item in items)

    async def runs_of(
        self,
        owner: RunOwner,
        owner_id: str,
        *,
        status: str | None = None,
        offset: int = 0,
        limit: int = 1000,
    ) -> list[Job]:
        """List the runs of an Actor or task, newest first; `owner_id` may be `username~name`.

        `limit` is 1 to 1000, `offset` how many of the newest are left out.
        Raises NotFound where there is no such Actor or task; a list may be empty.
        """
        params: Params = {
            "desc": True,
            "limit": limit,
            "offset": offset or None,
            "status": status,
        }
        what = _RUN_OWNERS[owner]
        items = await self._list(f"/v2/{owner}/{_encoded(owner_id)}/runs", params, what)
        return _with_ids(Job.from_api("run", item) for item in items)

    async def last_run(
        self, owner: RunOwner, owner_id: str, *, status: str | None = None
    ) -> Job | None:
        """Return the newest run of an Actor or task; `owner_id` may be `username~name`.

        None where the answer names no run. Raises NotFound where there is none
        of that status, or no such Actor or task: the API answers both alike.
        """
        path = f"/v2/{owner}/{_encoded(owner_id)}/runs/last"
        job = Job.from_api(
            "run", await self._object(path, {"status": status}, what=_RUN_OWNERS[owner])
        )
        return job if job.id else None

    async def exists(self, owner: RunOwner, owner_id: str) -> bool:
        """Return whether there is such an Actor or task that may be read."""
        try:
            await self._object(f"/v2/{owner}/{_encoded(owner_id)}", {}, what=_RUN_OWNERS[owner])
        except NotFound:
            return False
        return True

    async def actor(self, actor_id: str) -> Actor:
        """Name an Actor; NotFound is usual for other people's."""
        data = await self._object(f"/v2/actors/{_encoded(actor_id)}", {}, what="Actor")
        if "~" not in actor_id:  # else it was asked for by its name
            self._check_id(data, actor_id)
        return Actor.from_api(data, actor_id=actor_id)

    async def task(self, task_id: str) -> Actor:
        """Name a task, as `actor` names an Actor."""
        data = await self._object(f"/v2/actor-tasks/{_encoded(task_id)}", {}, what="task")
        return Actor.from_api(data, actor_id=task_id)

    async def named(self, owner: RunOwner) -> list[Actor]:
        """List the account's own Actors or tasks, at most 1000; a task may name no account."""
        params: Params = {"limit": 1000, "my": True if owner == "actors" else None}
        items = await self._list(f"/v2/{owner}", params, f"list of {_RUN_OWNERS[owner]}s")
        return [Actor.from_api(item) for item in items]

    async def item_count(self, run_id: str) -> int | None:
        """Return how many items a run's dataset holds; some seconds late. None if not known."""
        path = f"/v2/actor-runs/{_encoded(run_id)}/dataset"
        value = (await self._object(path, {}, what="dataset")).get("itemCount")
        return value if type(value) is int and value >= 0 else None

    async def record(self, run_id: str, key: str, most: int) -> Record:
        """Return a record of a run's key-value store, at most its first `most` bytes."""
        path = f"/v2/actor-runs/{_encoded(run_id)}/key-value-store/records/{_encoded(key)}"
        limit = self._json_timeout
        try:
            with anyio.fail_after(limit):
                response, use = await self._get(path, {}, limit)
                try:
                    if response.status_code != 200:
                        raise await self._refusal(response, use, "record")
                    stream = LogStream(response, host=_host(response), proxy=self._proxy(response))
                    data = await read_body(stream, most + 1, keep=True)
                    content_type = _content_type(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise ReadTimedOut(f"{self._name} did not answer within {limit:.0f} s.") from None
        return Record(content_type, data[:most], len(data) <= most)

    async def user(self) -> User:
        """Return the user that the token belongs to."""
        return User.from_api(await self._object("/v2/users/me", {}, what="account"))

    def _check_id(self, data: Mapping[str, object], asked: str) -> None:
        """Raise UnexpectedAnswer if an object is not the one that was asked for by its ID."""
        if data.get("id") not in (None, "", asked):
            raise UnexpectedAnswer(
                f"{self._name} answers with another object than the one that was asked for."
            )

    async def _list(self, path: str, params: Params, what: str) -> list[Mapping[str, object]]:
        data = await self._object(path, params, what=what)
        items = data.get("items")
        if not isinstance(items, list):
            raise UnexpectedAnswer(f"The answer of {path} has no list of items.")
        return [item for item in items if isinstance(item, Mapping)]

    async def _object(
        self,
        path: str,
        params: Params,
        *,
        wait: float = 0,
        what: str = "run or build",
    ) -> Mapping[str, object]:
        """Ask for JSON and give what is in its `data`."""
        limit = self._json_timeout + min(max(wait, 0), MAX_WAIT)
        try:
            with anyio.fail_after(limit):
                response, use = await self._get(path, params, limit)
                try:
                    if response.status_code != 200:
                        raise await self._refusal(response, use, what)
                    log = LogStream(response, host=_host(response), proxy=self._proxy(response))
                    body = await read_body(log, MAX_JSON)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise ReadTimedOut(f"{self._name} did not answer within {limit:.0f} s.") from None
        return _data(body, self._name)

    async def _get(
        self, path: str, params: Params, limit: float
    ) -> tuple[httpx.Response, TokenUse]:
        """Send a request and return the answer to its headers; follow redirects."""
        query = "&".join(f"{k}={_param(v)}" for k, v in params.items() if v is not None)
        url = f"{self._api_url}{path}{'?' if query else ''}{query}"
        at_home = True
        try:
            with anyio.fail_after(limit):
                for hop in range(MAX_REDIRECTS + 1):
                    # A redirect that has once left the API's origin never brings the token back.
                    at_home = at_home and origin_of(url) == self._origin
                    safe = at_home and self._token_safe
                    send_token = safe and self._token is not None
                    response = await self._send(url, send_token, redirected=hop > 0)
                    refused = response.status_code == 401
                    refused |= response.status_code == 403 and not send_token
                    if refused and safe and await self._renewed():
                        await response.aclose()
                        send_token = True
                        response = await self._send(url, send_token, redirected=hop > 0)
                    target = response.headers.get("location")
                    if response.status_code not in _REDIRECTS or not target:
                        return response, self._use(send_token)
                    await response.aclose()
                    url = self._redirected(url, target)
        except TimeoutError:
            raise ReadTimedOut(f"{self._name} did not answer within {limit:.0f} s.") from None
        raise UnexpectedAnswer(f"{self._name} redirects more than {MAX_REDIRECTS} times.")

    async def _renewed(self) -> bool:
        """Ask for the token once more; returns whether it is another than the one refused."""
        token = await self._renew() if self._renew is not None else None
        if token is None or token == self._token:
            return False
        self._token = token
        return True

    async def _send(self, url: str, send_token: bool, *, redirected: bool) -> httpx.Response:
        headers = {}
        if send_token and self._token is not None:
            headers["Authorization"] = f"Bearer {self._token.reveal()}"
        failed: ApifyError
        proxy = None
        sent = False
        try:
            proxy = self._router.proxy_for(url)
            request = self._http.build_request("GET", url, headers=headers)
            request.url.host.encode("idna")  # as looking it up would: a bad name shows here
            sent = request.url.scheme in ("http", "https") and bool(request.url.host)
            return await self._http.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            # httpx reads a redirect's target with the answer: what is wrong then is not our URL.
            # Raised outside: httpx's errors hold the request, and it the token.
            by = self._name if sent or redirected else ""
            failed = error_from_exception(error, host=_named(url), proxy=proxy, redirected_by=by)
        raise failed

    def _redirected(self, url: str, target: str) -> str:
        try:
            joined = httpx.URL(url).join(target)
            usable = joined.scheme in ("http", "https") and bool(joined.host)
            usable = usable and (joined.port or 0) < 1 << 16
        except (httpx.InvalidURL, ValueError):
            usable = False
        if not usable:
            raise UnexpectedAnswer(bad_redirect(self._name))
        return str(joined.copy_with(username=None, password=None))

    async def _refusal(self, response: httpx.Response, use: TokenUse, what: str) -> ApifyError:
        """Read what can be read of an error's body, within limits, and make the error."""
        body = b""
        with anyio.move_on_after(ERROR_BODY_TIMEOUT):
            try:
                log = LogStream(response, host=_host(response), proxy=None)
                body = await read_body(log, MAX_ERROR_BODY, keep=True)
            except ApifyError as error:
                body = b""  # a broken body does not matter: the status decides
                del error
        refusal = error_from_answer(
            response.status_code,
            body,
            retry_after=response.headers.get("retry-after"),
            use=use,
            address=self._api_url,
            what=what,
        )
        if isinstance(refusal, Refused) and origin_of(str(response.request.url)) != self._origin:
            # Another host than the API's can't know about the run, nor about the token.
            return UnexpectedAnswer(
                f"{self._name} redirects to {_host(response)}, which refuses: {refusal.cause}"
            )
        return refusal

    def _use(self, sent: bool) -> TokenUse:
        withheld = self._token is not None and not self._token_safe
        return TokenUse(
            self._token,
            self._token_source,
            sent=sent,
            withheld=withheld,
            renewable=self._renew is not None,
        )

    def _proxy(self, response: httpx.Response) -> str | None:
        return self._router.proxy_for(str(response.request.url))

    @property
    def _name(self) -> str:
        return _named(self._api_url)


def _with_ids(jobs: Iterable[Job]) -> list[Job]:
    """Leave out what has no ID that can be one: it could not be opened."""
    return [job for job in jobs if job.id]


def _waiting(wait: float) -> Params:
    return {"waitForFinish": min(ceil(wait), MAX_WAIT) if wait > 0 else None}


def _encoded(job_id: str) -> str:
    """Make one path segment of an ID, whatever it holds."""
    if not job_id:
        raise BadRequest("No ID was given.")
    # Dots alone would be taken for a way up the path.
    return quote(job_id, safe="", errors="replace").replace(".", "%2E")


def _param(value: bool | int | str) -> str:
    return quote(value, safe="") if isinstance(value, str) else str(value).lower()


def _named(url: str) -> str:
    """Name what an address connects to: the host, with its port where it is not the usual one."""
    origin = origin_of(url)
    if origin is None:
        return "the API"
    scheme, host, port = origin
    return host if port == (443 if scheme == "https" else 80) else f"{host}:{port}"


def _host(response: httpx.Response) -> str:
    return _named(str(response.request.url))


def _content_type(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _data(body: bytes, name: str) -> Mapping[str, object]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    data = answer.get("data") if isinstance(answer, Mapping) else None
    if not isinstance(data, Mapping):
        raise UnexpectedAnswer(f"{name} answers, but not as Apify's API does.")
    return data
