"""The client against real servers on 127.0.0.1: what it asks, and what it makes of the answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from logview import __version__
from logview.apify import errors
from logview.apify.client import MAX_REDIRECTS, ApifyClient
from logview.secrets.token import Token
from tests.apify.conftest import CERTIFICATE, http, listen, saying
from tests.support.fault_server import JOB_ID, Fault, FaultServer

if TYPE_CHECKING:
    import asyncio

SECRET = "apify_api_SecretSecretSecret1234"
TOKEN = Token(SECRET)


def envelope(data: object) -> Fault:
    return Fault.answer(200, json.dumps({"data": data}).encode(), Content_Type="application/json")


async def test_requests_state_who_asks_and_carry_the_token(server: FaultServer) -> None:
    async with ApifyClient(server.base_url, TOKEN) as client:
        job = await client.run(JOB_ID)
    (request,) = server.requests
    assert job.id == JOB_ID
    assert request.method == "GET"
    assert request.headers["user-agent"] == f"logview/{__version__}"
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in request.target


async def test_without_a_token_none_is_sent(server: FaultServer) -> None:
    async with ApifyClient(server.base_url, None) as client:
        await client.run(JOB_ID)
    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("job_id", "segment"),
    [
        ("a b", "a%20b"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("..", "%2E%2E"),
        ("jane~my-actor", "jane~my-actor"),
        ("ž😀", "%C5%BE%F0%9F%98%80"),
        ("\udc80", "%3F"),
        ("%2F", "%252F"),
        ("x\r\nHost: evil", "x%0D%0AHost%3A%20evil"),
    ],
)
async def test_an_id_is_one_segment_whatever_it_holds(
    server: FaultServer, job_id: str, segment: str
) -> None:
    server.job_default = Fault.error(404, "record-not-found")
    async with ApifyClient(server.base_url, None) as client:
        with pytest.raises(errors.NotFound):
            await client.run(job_id)
    assert server.requests[0].target == f"/v2/actor-runs/{segment}"


async def test_no_id_is_no_request(server: FaultServer) -> None:
    async with ApifyClient(server.base_url, None) as client:
        with pytest.raises(errors.BadRequest):
            await client.run("")
    assert server.requests == []


async def test_parameters_are_words(server: FaultServer) -> None:
    async with ApifyClient(server.base_url, None) as client:
        async with client.log(JOB_ID, raw=False, stream=False, download=True):
            pass
        async with client.log(JOB_ID, raw=None, stream=False):
            pass
        await client.run(JOB_ID, wait=0.4)
        server.set_job(status="SUCCEEDED")
        await client.run(JOB_ID, wait=2000)
    queries = [request.query for request in server.requests]
    assert queries == [
        {"stream": "false", "download": "true", "raw": "false"},
        {"stream": "false"},
        {"waitForFinish": "1"},
        {"waitForFinish": "60"},
    ]


class TestRunOrBuild:
    async def test_a_build_is_found_after_no_run(self) -> None:
        with FaultServer(kind="build") as server:
            async with ApifyClient(server.base_url, None) as client:
                job = await client.job(JOB_ID)
        assert job.kind == "build"
        assert [r.path.split("/")[2] for r in server.requests] == ["actor-runs", "actor-builds"]

    async def test_a_known_kind_costs_one_request(self) -> None:
        with FaultServer(kind="build") as server:
            async with ApifyClient(server.base_url, None) as client:
                assert (await client.job(JOB_ID, "build")).kind == "build"
                with pytest.raises(errors.NotFound):
                    await client.job(JOB_ID, "run")
        assert len(server.requests) == 2

    async def test_neither(self, server: FaultServer) -> None:
        server.job_default = Fault.error(404, "record-not-found")
        async with ApifyClient(server.base_url, None) as client:
            with pytest.raises(errors.NotFound):
                await client.job(JOB_ID)

    async def test_another_error_is_not_asked_about_twice(self, server: FaultServer) -> None:
        server.job_default = Fault.error(403, "insufficient-permissions")
        async with ApifyClient(server.base_url, None) as client:
            with pytest.raises(errors.Forbidden):
                await client.job(JOB_ID)
        assert len(server.requests) == 1


async def test_lists_actor_and_account(server: FaultServer) -> None:
    server.routes["/v2/actor-runs"] = envelope({"items": [{"id": "a", "status": "READY"}, 5, None]})
    server.routes["/v2/actor-builds"] = envelope({"items": [{"id": "b", "status": "FAILED"}]})
    server.routes["/v2/actors/jane~x"] = envelope({"id": "x", "name": "my-scraper"})
    server.routes["/v2/users/me"] = envelope({"id": "u", "username": "jane", "proxy": {}})
    async with ApifyClient(server.base_url, TOKEN) as client:
        assert [(job.kind, job.id) for job in await client.runs()] == [("run", "a")]
        assert [(job.kind, job.id) for job in await client.builds(7)] == [("build", "b")]
        assert (await client.actor("jane~x")).label == "my-scraper"
        assert (await client.user()).username == "jane"
    assert server.requests[0].query == {"desc": "true", "limit": "20"}
    assert server.requests[1].query == {"desc": "true", "limit": "7"}


@pytest.mark.parametrize(
    "body",
    [b"", b"OK", b"<html>log in</html>", b"[]", b"{}", b'{"data": null}', b"[" * 99_999, b"\xff"],
)
async def test_a_200_that_is_not_the_apis(server: FaultServer, body: bytes) -> None:
    server.job_default = Fault.answer(200, body)
    async with ApifyClient(server.base_url, None) as client:
        with pytest.raises(errors.UnexpectedAnswer):
            await client.run(JOB_ID)


async def test_a_list_without_items(server: FaultServer) -> None:
    server.routes["/v2/actor-runs"] = envelope({"items": "none"})
    async with ApifyClient(server.base_url, None) as client:
        with pytest.raises(errors.UnexpectedAnswer):
            await client.runs()


class TestRefusals:
    async def test_of_a_stream_are_read_before_they_are_reported(self, server: FaultServer) -> None:
        server.plan.append(Fault.error(401, "invalid-token", "The token is not valid."))
        async with ApifyClient(server.base_url, TOKEN, token_source="APIFY_TOKEN") as client:
            with pytest.raises(errors.Unauthorized) as caught:
                async with client.log(JOB_ID, raw=True):
                    pass
        assert caught.value.message == "The token is not valid."
        assert caught.value.type == "invalid-token"
        assert "APIFY_TOKEN was refused" in caught.value.meaning
        assert SECRET not in f"{caught.value!r}{vars(caught.value)}"

    @pytest.mark.parametrize("again", [False, True])
    async def test_a_login_is_read_once_more(self, server: FaultServer, again: bool) -> None:
        fresh = Token("apify_api_Fresh1234567890abcdef")

        async def renew() -> Token | None:
            return fresh

        refusal = Fault.error(401, "invalid-token", "The token is not valid.")
        server.plan += [refusal, refusal] if again else [refusal]
        async with ApifyClient(server.base_url, TOKEN, renew=renew) as client:
            if again:
                with pytest.raises(errors.Unauthorized) as caught:
                    async with client.log(JOB_ID, raw=True):
                        pass
                assert "`apify` command renews" in (caught.value.remedy or "")
            else:
                async with client.log(JOB_ID, raw=True):
                    pass
        sent = [request.headers["authorization"] for request in server.requests]
        assert sent == [f"Bearer {SECRET}", f"Bearer {fresh.reveal()}"]

    @pytest.mark.parametrize("token", [None, TOKEN])
    async def test_a_login_that_was_not_renewed_is_not_tried_again(
        self, server: FaultServer, token: Token | None
    ) -> None:
        async def renew() -> Token | None:
            return token

        server.plan.append(Fault.error(401, "invalid-token", "The token is not valid."))
        async with ApifyClient(server.base_url, TOKEN, renew=renew) as client:
            with pytest.raises(errors.Unauthorized):
                async with client.log(JOB_ID, raw=True):
                    pass
        assert len(server.requests) == 1

    @pytest.mark.parametrize("status", [401, 403])
    async def test_a_login_made_meanwhile_is_read(self, server: FaultServer, status: int) -> None:
        async def renew() -> Token | None:
            return TOKEN

        server.plan.append(Fault.error(status, "token-not-provided", "No token."))
        client = ApifyClient(server.base_url, None, renew=renew)
        async with client, client.log(JOB_ID, raw=True):
            pass
        sent = [request.headers.get("authorization") for request in server.requests]
        assert sent == [None, f"Bearer {SECRET}"]

    async def test_a_login_is_not_read_for_another_host(self, server: FaultServer) -> None:
        async def renew() -> Token | None:
            raise AssertionError("the login is none of its business")

        with FaultServer(b"") as other:
            other.plan.append(Fault.error(401, "token-not-provided", "No token."))
            target = f"{other.base_url}/v2/logs/{JOB_ID}"
            server.plan.append(Fault.answer(302, Location=target))
            async with ApifyClient(server.base_url, TOKEN, renew=renew) as client:
                with pytest.raises(errors.UnexpectedAnswer):
                    async with client.log(JOB_ID, raw=True):
                        pass
        assert "authorization" not in other.requests[0].headers

    async def test_retry_after(self, server: FaultServer) -> None:
        server.plan.append(Fault.rate_limited("7"))
        async with ApifyClient(server.base_url, None) as client:
            with pytest.raises(errors.RateLimited) as caught:
                async with client.log(JOB_ID, raw=True):
                    pass
        assert caught.value.retry_after == 7

    async def test_a_page_of_html(self, server: FaultServer) -> None:
        server.job_default = Fault.html(502)
        async with ApifyClient(server.base_url, None) as client:
            with pytest.raises(errors.ServerError, match="“502”"):
                await client.run(JOB_ID)

    async def test_a_body_without_end_is_read_in_part(self) -> None:
        async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 503 No\r\n\r\n<title>Busy</title>")
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()

        async with listen(flood) as port, ApifyClient(f"http://127.0.0.1:{port}", None) as client:
            with pytest.raises(errors.ServerError, match="Busy"):
                await client.run(JOB_ID)

    async def test_a_body_that_stays_away_is_not_waited_for(
        self, server: FaultServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("logview.apify.client.ERROR_BODY_TIMEOUT", 0.05)
        body = b'{"error": {"type": "x", "message": "y"}}'
        server.job_default = Fault(status=503, body=body, end="stall", after=5)
        async with ApifyClient(server.base_url, None) as client:
            with pytest.raises(errors.ServerError) as caught:
                await client.run(JOB_ID)
        assert caught.value.status == 503

    async def test_packed_error_bodies(self, server: FaultServer) -> None:
        answer = http(b"not gzip at all", "Content-Encoding: gzip", status="404 Not Found")
        async with (
            listen(saying(answer)) as port,
            ApifyClient(f"http://127.0.0.1:{port}", None) as client,
        ):
            with pytest.raises(errors.NotFound):
                await client.run(JOB_ID)
        answer = http(b"??", "Content-Encoding: br", status="500 No")
        async with (
            listen(saying(answer)) as port,
            ApifyClient(f"http://127.0.0.1:{port}", None) as client,
        ):
            with pytest.raises(errors.ServerError):
                await client.run(JOB_ID)


class TestRedirects:
    async def test_on_the_same_host_keep_the_token(self, server: FaultServer) -> None:
        server.job_default = Fault.redirect("/v2/users/me", 307)
        server.routes["/v2/users/me"] = envelope({"status": "MOVED"})
        async with ApifyClient(server.base_url, TOKEN) as client:
            assert (await client.run(JOB_ID)).status == "MOVED"
        assert server.requests[1].headers["authorization"] == f"Bearer {SECRET}"

    async def test_to_another_host_are_followed_without_it(self, server: FaultServer) -> None:
        with FaultServer(b"elsewhere\n") as storage:
            storage.complete = True
            server.plan.append(Fault.redirect(f"{storage.base_url}/v2/logs/{JOB_ID}"))
            async with (
                ApifyClient(server.base_url, TOKEN) as client,
                client.log(JOB_ID, raw=True) as log,
            ):
                assert b"".join([chunk async for chunk in log.chunks()]) == b"elsewhere\n"
        assert "authorization" in server.requests[0].headers
        assert "authorization" not in storage.requests[0].headers

    async def test_away_and_back_does_not_bring_it_back(self, server: FaultServer) -> None:
        with FaultServer() as elsewhere:
            server.job_plan.append(Fault.redirect(f"{elsewhere.base_url}/x"))
            elsewhere.routes["/x"] = Fault.redirect(f"{server.base_url}/v2/actor-runs/{JOB_ID}")
            async with ApifyClient(server.base_url, TOKEN) as client:
                await client.run(JOB_ID)
        assert ["authorization" in r.headers for r in server.requests] == [True, False]

    async def test_from_https_to_http_is_without_it(
        self, server: FaultServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        heard: list[bytes] = []
        answer = http(
            b"", f"Location: {server.base_url}/v2/actor-runs/{JOB_ID}", status="302 Found"
        )
        async with (
            listen(saying(answer, heard), tls=True) as port,
            ApifyClient(f"https://127.0.0.1:{port}", TOKEN) as client,
        ):
            await client.run(JOB_ID)
        assert f"Authorization: Bearer {SECRET}".encode() in heard[0]
        assert "authorization" not in server.requests[0].headers

    async def test_a_password_in_the_target_is_not_used(self, server: FaultServer) -> None:
        with FaultServer() as elsewhere:
            target = elsewhere.base_url.replace("://", "://jane:pw@")
            server.job_plan.append(Fault.redirect(f"{target}/v2/actor-runs/{JOB_ID}"))
            async with ApifyClient(server.base_url, TOKEN) as client:
                await client.run(JOB_ID)
        assert "authorization" not in elsewhere.requests[0].headers

    async def test_in_a_circle_end(self, server: FaultServer) -> None:
        server.job_default = Fault.redirect(f"/v2/actor-runs/{JOB_ID}")
        async with ApifyClient(server.base_url, None) as client:
            with pytest.raises(errors.UnexpectedAnswer, match="redirects more than"):
                await client.run(JOB_ID)
        assert len(server.requests) == MAX_REDIRECTS + 1

    @pytest.mark.parametrize(
        "target",
        [
            "ftp://x/y",
            "http://[",
            "http://",
            "mailto:x@y",
            "http://host:99999/",
            "javascript:alert(1)",
            "http://xn--/",
            "http://a..b/",
            "\xff\xfe",
            "http:// /",
        ],
    )
    async def test_to_nowhere(self, server: FaultServer, target: str) -> None:
        answer = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
        answer += target.encode("latin-1") + b"\r\n\r\n"
        async with (
            listen(saying(answer)) as port,
            ApifyClient(f"http://127.0.0.1:{port}", None) as client,
        ):
            with pytest.raises(errors.ApifyError) as caught:
                await client.run(JOB_ID)
        assert caught.value.retryable
        assert "No request can be made" not in caught.value.cause

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
    @pytest.mark.parametrize("page", [True, False])
    async def test_to_a_host_that_refuses_mention_nothing_about_the_run(
        self, server: FaultServer, status: int, page: bool
    ) -> None:
        with FaultServer() as elsewhere:
            target = f"{elsewhere.base_url}/gone"
            server.default = server.job_default = Fault.redirect(target)
            elsewhere.routes["/gone"] = Fault.html(status) if page else Fault.error(status)
            async with ApifyClient(server.base_url, TOKEN) as client:
                with pytest.raises(errors.UnexpectedAnswer, match=f"redirects to .*{status}"):
                    await client.job(JOB_ID)
                with pytest.raises(errors.UnexpectedAnswer) as caught:
                    async with client.log(JOB_ID, raw=True):
                        pass
        assert caught.value.retryable
        assert caught.value.status is None

    async def test_without_a_target_are_an_odd_answer(self, server: FaultServer) -> None:
        server.job_default = Fault.answer(304)
        async with ApifyClient(server.base_url, None) as client:
            with pytest.raises(errors.UnexpectedAnswer):
                await client.run(JOB_ID)


async def test_a_silent_server_is_given_up(server: FaultServer) -> None:
    server.job_default = Fault.no_head()
    server.default = Fault.no_head()
    quick = ApifyClient(server.base_url, None, json_timeout=0.05, headers_timeout=0.05)
    async with quick as client:
        with pytest.raises(errors.ReadTimedOut):
            await client.run(JOB_ID)
        with pytest.raises(errors.ReadTimedOut):
            async with client.log(JOB_ID, raw=True):
                pass


async def test_json_that_stops_half_way_is_given_up(server: FaultServer) -> None:
    server.job_default = Fault(body=b'{"data": {}}', end="stall", after=5)
    async with ApifyClient(server.base_url, None, json_timeout=0.05) as client:
        with pytest.raises(errors.ReadTimedOut):
            await client.run(JOB_ID)


async def test_errors_do_not_hold_the_request(server: FaultServer) -> None:
    server.job_default = Fault.refuse()
    async with ApifyClient(server.base_url, TOKEN) as client:
        with pytest.raises(errors.ConnectionLost) as caught:
            await client.run(JOB_ID)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_closing_twice_is_fine(server: FaultServer) -> None:
    client = ApifyClient(server.base_url, None)
    await client.run(JOB_ID)
    await client.aclose()
    await client.aclose()


# -- answers about something else ----------------------------------------------------------------


@pytest.mark.parametrize("value", ["OtherRun000000001", JOB_ID + "\x1b]0;x\x07", JOB_ID + " ", 7])
async def test_an_answer_about_another_job_is_refused(server: FaultServer, value: object) -> None:
    server.set_job(id=value)
    async with ApifyClient(server.base_url, None) as client:
        with pytest.raises(errors.UnexpectedAnswer, match="another object"):
            await client.job(JOB_ID)


@pytest.mark.parametrize("value", [None, "", JOB_ID])
async def test_an_answer_that_names_none_is_taken(server: FaultServer, value: object) -> None:
    server.set_job(id=value)
    async with ApifyClient(server.base_url, None) as client:
        assert (await client.job(JOB_ID)).id == JOB_ID
