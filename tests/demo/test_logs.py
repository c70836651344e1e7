"""The demo's logs: replay, tail, colours, stamps, and the scripted troubles."""

from __future__ import annotations

import itertools
import re

import httpx
import pytest

from logview.demo.report import PRICES_ID, REVIEWS_ID
from logview.demo.runs import (
    BROKEN_BUILD_ID,
    BUILD_ID,
    DROPPING_ID,
    FINISHED_ID,
    LIVE_ID,
    LONG_ID,
    PARENT_ID,
    PYTHON_ID,
    RUNS,
    WAITING_ID,
)

STAMPED = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ")
COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
STREAM = {"stream": "true", "raw": "true"}


def log(client: httpx.Client, job_id: str, **params: str) -> bytes:
    answer = client.get(f"/v2/logs/{job_id}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.content


def read_until_broken(client: httpx.Client, job_id: str) -> tuple[bytes, bool]:
    """What one stream gives, and whether it came to a proper end."""
    got = b""
    try:
        with client.stream("GET", f"/v2/logs/{job_id}", params=STREAM) as answer:
            for piece in answer.iter_raw():
                got += piece
    except httpx.TransportError:
        return got, False
    return got, True


SCRIPTED = [run.id for run in RUNS if run.refused is None and run.lasts is None]
SCRIPTED += ["PastShopCrawl0001", "PastShopCrawl0004", "PastReviews000001"]


def test_every_line_has_its_stamp_in_the_order_of_time(fast: httpx.Client) -> None:
    for job_id in (LIVE_ID, FINISHED_ID, BUILD_ID, BROKEN_BUILD_ID, PYTHON_ID):
        lines = log(fast, job_id, **STREAM).splitlines()
        assert all(STAMPED.match(line) for line in lines)
        stamps = [line[:24] for line in lines]
        assert stamps == sorted(stamps)


def test_the_live_run_has_lines_at_once_and_goes_on_to_its_bad_end(fast: httpx.Client) -> None:
    with fast.stream("GET", f"/v2/logs/{LIVE_ID}", params=STREAM) as answer:
        assert answer.headers["transfer-encoding"] == "chunked"
        assert answer.headers["content-type"].startswith("text/plain")
        got = b"".join(answer.iter_raw())
    assert got.count(b"\n") > 250
    assert got.endswith(b"ACTOR: ERROR: The container exited with code 1.\n")
    assert got.count(b"WARN") > 10
    assert re.search(rb"\x1b\[31mERROR\x1b\[39m\x1b\[33m CheerioCrawler:.*\n.* at ", got)
    assert "Saved" in got.decode()
    assert max(map(len, got.splitlines())) > 2000
    assert "│ shop3.example    │" in got.decode()
    assert got == log(fast, LIVE_ID, **STREAM)


def test_a_live_run_is_long_enough_to_fill_a_screen_when_it_is_opened(still: httpx.Client) -> None:
    first = log(still, LIVE_ID)
    assert first.count(b"\n") >= 40
    assert first == log(still, LIVE_ID)
    assert first.startswith(b"2026-03-04T05:05:47.000Z ACTOR: ")


def test_a_stream_in_frozen_time_stays_open_and_silent(still: httpx.Client) -> None:
    snapshot = log(still, LIVE_ID, raw="true")
    still.timeout = httpx.Timeout(20.0, read=0.3)
    got, whole = read_until_broken(still, LIVE_ID)
    assert (got, whole) == (snapshot, False)


def test_without_stream_the_log_is_what_there_is_now(slow: httpx.Client) -> None:
    got = log(slow, LIVE_ID)
    assert 20 < got.count(b"\n") < 250


@pytest.mark.parametrize("value", ["true", "1"])
def test_raw_keeps_colours_and_its_absence_removes_only_them(
    slow: httpx.Client, value: str
) -> None:
    coloured = log(slow, FINISHED_ID, raw=value)
    assert COLOUR.search(coloured)
    assert log(slow, FINISHED_ID) == COLOUR.sub(b"", coloured) == log(slow, FINISHED_ID, raw="0")


def test_a_download_of_a_running_job_is_what_it_has_logged_so_far(still: httpx.Client) -> None:
    job = still.get(f"/v2/actor-runs/{LIVE_ID}").json()["data"]
    assert job["status"] == "RUNNING"
    downloaded = log(still, LIVE_ID, download="true")
    assert downloaded == log(still, LIVE_ID)
    assert downloaded.endswith(b"\n")
    assert all(STAMPED.match(line) for line in downloaded.splitlines())
    assert not COLOUR.search(downloaded)
    assert COLOUR.search(log(still, LIVE_ID, download="true", raw="true"))


def test_a_download_is_refused_as_the_log_is(slow: httpx.Client) -> None:
    answer = slow.get("/v2/logs/NoSuchJob00000001", params={"download": "true"})
    assert answer.status_code == 404
    assert "content-disposition" not in answer.headers


def test_download_names_a_file(slow: httpx.Client) -> None:
    answer = slow.get(f"/v2/actor-runs/{FINISHED_ID}/log", params={"download": "true"})
    assert answer.headers["content-disposition"] == f'attachment; filename="{FINISHED_ID}.log"'
    assert "content-disposition" not in slow.get(f"/v2/logs/{FINISHED_ID}").headers


def test_the_same_log_is_under_all_its_addresses(slow: httpx.Client) -> None:
    run = slow.get(f"/v2/actor-runs/{FINISHED_ID}/log").content
    assert run == log(slow, FINISHED_ID)
    assert run == slow.get("/v2/actors/ActorShopPrice001/runs/last/log?status=SUCCEEDED").content
    assert slow.get(f"/v2/actor-builds/{BUILD_ID}/log").content == log(slow, BUILD_ID)


def test_builds_look_like_builds(slow: httpx.Client) -> None:
    good, bad = log(slow, BUILD_ID), log(slow, BROKEN_BUILD_ID)
    assert b" #9 pushing layers\n" in good
    assert good.endswith(b" ACTOR: Build finished.\n")
    assert b" ACTOR: ERROR: " in bad.splitlines()[-1]


def test_the_python_actor_ends_in_a_traceback_and_has_a_childs_log(slow: httpx.Client) -> None:
    got = log(slow, PYTHON_ID).decode()
    assert "[apify] ERROR Actor failed with an exception\n" in got
    assert "Z       Traceback (most recent call last):\n" in got
    assert "ValueError: invalid literal for int() with base 10: '★★★½'\n" in got
    assert re.search(r"Z \[apify\.star-counter runId:\w{17}\] -> 2026-\S+Z \[apify\] INFO ", got)


def test_the_logs_of_the_runs_that_one_has_started_stand_in_its_own(slow: httpx.Client) -> None:
    got = log(slow, PARENT_ID).decode().splitlines()
    for ident, name in ((PRICES_ID, "shop-price-crawler"), (REVIEWS_ID, "review-reader")):
        run = slow.get(f"/v2/actor-runs/{ident}").json()["data"]
        assert run["meta"]["origin"] == "ACTOR"
        prefix = f"[{name} runId:{ident}] -> "
        own = [line[25:].removeprefix(prefix) for line in got if line[25:].startswith(prefix)]
        assert own == log(slow, ident).decode().splitlines()
    assert got == sorted(got, key=lambda line: line[:24])
    assert sum(" -> " in line for line in got) < len(got)


def test_the_long_log_has_100_000_lines_the_same_each_time(slow: httpx.Client) -> None:
    got = log(slow, LONG_ID, **STREAM)
    assert got.count(b"\n") == 100_000
    assert 800 < got.count(b"\x1b[33mWARN") < 1200
    assert 0 < got.count(b"\x1b[31mERROR") < 300
    assert got == log(slow, LONG_ID, **STREAM)
    assert log(slow, LONG_ID) == COLOUR.sub(b"", got)
    lines = got.split(b"\n")[:-1]
    assert all(STAMPED.match(line) for line in lines)
    stamps = [line[:24] for line in lines]
    assert stamps == sorted(stamps)
    run = slow.get(f"/v2/actor-runs/{LONG_ID}").json()["data"]
    assert run["startedAt"].encode() <= stamps[0]
    assert stamps[-1] <= run["finishedAt"].encode()


def test_a_run_that_has_not_started_has_an_empty_stream_that_ends(still: httpx.Client) -> None:
    assert read_until_broken(still, WAITING_ID) == (b"", True)
    assert still.get(f"/v2/actor-runs/{WAITING_ID}").json()["data"]["status"] == "READY"


def test_a_run_that_has_not_started_starts_when_it_has_been_asked_for(fast: httpx.Client) -> None:
    while fast.get(f"/v2/actor-runs/{WAITING_ID}").json()["data"]["status"] == "READY":
        assert log(fast, WAITING_ID, **STREAM) == b""
    got, whole = read_until_broken(fast, WAITING_ID)
    assert whole
    assert got.count(b"\n") == 83
    assert fast.get(f"/v2/actor-runs/{WAITING_ID}").json()["data"]["status"] == "SUCCEEDED"


def test_the_dropping_run_drops_in_lines_and_characters_and_can_be_pieced_together() -> None:
    from logview.demo.server import DemoServer
    from tests.demo.conftest import client_of

    parts = []
    with DemoServer(speed=100.0) as server, client_of(server.base_url) as client:
        whole = False
        while not whole:
            got, whole = read_until_broken(client, DROPPING_ID)
            parts.append(got)
        status = client.get(f"/v2/actor-runs/{DROPPING_ID}").json()["data"]["status"]
    *broken, full = parts
    assert status == "SUCCEEDED"
    assert len(broken) >= 4
    assert all(full.startswith(part) for part in broken)
    assert all(not part.endswith(b"\n") for part in broken)
    assert any(len(later) < len(earlier) for earlier, later in itertools.pairwise(parts))

    def torn_inside_a_character(part: bytes) -> bool:
        return part.decode(errors="replace").endswith("\ufffd")

    assert any(torn_inside_a_character(part) for part in broken)
    assert not all(torn_inside_a_character(part) for part in broken)


def test_in_frozen_time_the_dropping_run_drops_at_once(still: httpx.Client) -> None:
    got, whole = read_until_broken(still, DROPPING_ID)
    assert not whole
    assert got.count(b"\n") > 20
    assert read_until_broken(still, DROPPING_ID)[1] is False


@pytest.mark.parametrize("job_id", SCRIPTED)
def test_nothing_looks_like_a_real_address_or_secret(fast: httpx.Client, job_id: str) -> None:
    while (answer := fast.get(f"/v2/logs/{job_id}")).status_code == 429:
        pass
    hosts = re.findall(r"https?://([\w.-]+)", answer.text)
    assert all(h.endswith((".example", ".example.com")) or h == "10.0.0.7" for h in hosts), hosts
    assert "apify_api_" not in answer.text
