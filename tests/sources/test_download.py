"""Tests: a download is the whole log, or an error that says why and what to do."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import TYPE_CHECKING

import pytest

from logview.apify.client import ApifyClient
from logview.saving.atomic_file import save
from logview.saving.masked_lines import MaskedLines
from logview.secrets.masker import Masker
from logview.secrets.token import Token
from logview.sources import download as module
from logview.sources.download import DownloadError, download
from tests.support.fault_server import JOB_ID, Fault, FaultServer, unused_port

if TYPE_CHECKING:
    from pathlib import Path

LOG = b"".join(b"2026-11-20T06:00:00.%03dZ line %d\n" % (n % 1000, n) for n in range(3000))


async def fetch(url: str, *, raw: bool | None = False) -> tuple[str, int | None, bytes]:
    """Download a log: the name, the size that was said, and the bytes."""
    async with download(partial(ApifyClient, url, None), JOB_ID, raw=raw) as log:
        return log.name, log.size, b"".join([piece async for piece in log.pieces()])


@pytest.mark.parametrize(
    ("fault", "size"),
    [
        (Fault.early_end(), None),
        (Fault.wrong_length(by=0), len(LOG)),
        (Fault(gzip=True, end="stop"), None),
        (Fault(gzip=True, unframed=True, end="stop"), None),
    ],
    ids=["chunked", "length", "gzip", "gzip without a frame"],
)
async def test_a_whole_log_as_it_is_now(fault: Fault, size: int | None) -> None:
    with FaultServer(LOG, plan=[fault]) as server:  # the run goes on
        assert await fetch(server.base_url) == (f"{JOB_ID}.log", size, LOG)
        (request,) = server.requests
    assert request.query == {"stream": "false", "download": "true", "raw": "false"}


@pytest.mark.parametrize(("raw", "asked"), [(True, "true"), (False, "false"), (None, None)])
async def test_colours_are_asked_for_or_not(raw: bool | None, asked: str | None) -> None:
    with FaultServer(LOG, plan=[Fault.early_end()]) as server:
        await fetch(server.base_url, raw=raw)
        assert server.requests[0].query.get("raw") == asked


async def test_the_api_sends_the_name_and_no_path() -> None:
    header = {"Content-Disposition": "attachment; filename*=UTF-8''..%2F..%2Fmy%20run.log"}
    with FaultServer(LOG, plan=[Fault(end="stop", headers=header)]) as server:
        name, _, data = await fetch(server.base_url)
    assert (name, data) == ("my-run.log", LOG)


BROKEN = {
    "reset": Fault.reset(after=1000),
    "half closed": Fault.half_close(after=1000),
    "bad chunk": Fault.bad_chunk(after=1000),
    "short chunk": Fault.short_chunk(after=1000),
    "shorter than said": Fault.wrong_length(by=50),
    "gzip cut": Fault.gzip_cut(after=1000),
    "gzip ended early": Fault.gzip_cut(after=1000, end="stop"),
    "no end to be seen": Fault.without_length(after=1000),
}


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN.keys())
async def test_what_breaks_off_is_an_error_and_no_short_file(fault: Fault, tmp_path: Path) -> None:
    with FaultServer(LOG, plan=[fault]) as server:
        client = partial(ApifyClient, server.base_url, None)
        with pytest.raises(DownloadError) as broken:
            async with download(client, JOB_ID, raw=False) as log:
                await save(tmp_path / "x.log", log.pieces())
        assert len(server.requests) == 1
    problem = broken.value.problem
    assert problem.cause
    assert problem.remedy
    assert "what was read stays" not in problem.meaning
    assert os.listdir(tmp_path) == []  # noqa: PTH208  # in a coroutine


async def test_silence_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENCE", 0.05)
    with FaultServer(LOG, plan=[Fault.stall(after=1000)]) as server:
        with pytest.raises(DownloadError, match="nothing for"):
            await fetch(server.base_url)
        await server.wait_until(lambda s: s.open_streams == 0)


@pytest.mark.parametrize(
    ("fault", "status", "remedy"),
    [
        (Fault.rate_limited("7"), 429, "Try again in 7 s."),
        (Fault.rate_limited(), 429, "Try again in a while."),
        (Fault.error(500), 500, "Try again in a while."),
        (Fault.error(404), 404, "Check the ID"),
        (Fault.error(401), 401, "APIFY_TOKEN"),
        (Fault.error(403), 403, "token"),
        (Fault.error(400), 400, "Check the ID"),
    ],
)
async def test_a_refusal_is_reported_and_nothing_is_tried_again(
    fault: Fault, status: int, remedy: str
) -> None:
    with FaultServer(LOG, plan=[fault]) as server:
        with pytest.raises(DownloadError) as refused:
            await fetch(server.base_url)
        assert len(server.requests) == 1
    assert refused.value.problem.status == status
    assert remedy in refused.value.problem.remedy
    assert "logview waits" not in refused.value.problem.remedy


async def test_a_page_of_html_is_no_log() -> None:
    with (
        FaultServer(LOG, plan=[Fault.html(200)]) as server,
        pytest.raises(DownloadError, match="instead of a log"),
    ):
        await fetch(server.base_url)


async def test_nobody_there_is_reported() -> None:
    with pytest.raises(DownloadError, match="refuses the connection"):
        await fetch(f"http://127.0.0.1:{unused_port()}")


async def test_cancelled_it_leaves_nothing_behind(tmp_path: Path) -> None:
    with FaultServer(LOG, plan=[Fault.stall(after=1000)]) as server:

        async def run() -> None:
            client = partial(ApifyClient, server.base_url, None)
            async with download(client, JOB_ID, raw=False) as log:
                await save(tmp_path / "x.log", log.pieces())

        task = asyncio.ensure_future(run())
        await server.wait_for_idle()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.wait_until(lambda s: s.open_streams == 0)
    assert os.listdir(tmp_path) == []  # noqa: PTH208  # in a coroutine


async def test_it_is_masked_on_its_way_into_a_file(tmp_path: Path) -> None:
    token = Token("a-token-that-is-in-use")
    log = b"one\xff\nsent a-token-that-is-in-use\n\x1b[31mthree"
    with FaultServer(log, plan=[Fault(end="stop", piece=7)]) as server:
        async with download(partial(ApifyClient, server.base_url, token), JOB_ID, raw=True) as run:
            masker = Masker(token)
            lines = MaskedLines(masker)
            await save(tmp_path / run.name, lines.mask_pieces(run.pieces()))
    saved = (tmp_path / f"{JOB_ID}.log").read_bytes().split(b"\n")
    assert (saved[0], saved[2]) == (b"one\xff", b"\x1b[31mthree")
    assert saved[1].startswith(b"sent ")
    assert b"in-use" not in saved[1]
    assert (lines.lines, masker.summary()) == (3, "1 secret masked")


async def test_a_log_of_the_demo(demo_url: str) -> None:
    async with download(partial(ApifyClient, demo_url, None), "DoneShopCrawl0002", raw=True) as log:
        data = b"".join([piece async for piece in log.pieces()])
    assert log.name == "DoneShopCrawl0002.log"
    assert b"\x1b[" in data
