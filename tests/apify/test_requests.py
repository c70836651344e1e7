"""Every request that the client makes is one that Apify's API describes."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from logview.apify.client import ApifyClient
from logview.apify.errors import ApifyError
from tests.support.fault_server import FaultServer, Request

DESCRIPTION = Path(__file__).parents[3] / "shared" / "apify-openapi.json"


async def _requests() -> list[Request]:
    """Make each request once, with all parameters; the answers don't matter."""
    with FaultServer() as server:
        async with ApifyClient(server.base_url, None) as client:
            for asking in (
                client.run("HG7ML7M8z78YcAPEB", wait=3),
                client.build("HG7ML7M8z78YcAPEB", wait=3),
                client.runs(5, offset=50),
                client.builds(5, offset=50),
                client.named("actors"),
                client.named("actor-tasks"),
                client.task("KJHSKHausidyaJKHs"),
                client.actor("jane~scraper"),
                client.user(),
                client.item_count("HG7ML7M8z78YcAPEB"),
                client.record("HG7ML7M8z78YcAPEB", "INPUT", 100),
                client.last_run("actors", "jane~scraper"),
                client.last_run("actors", "jane~scraper", status="SUCCEEDED"),
                client.last_run("actor-tasks", "jane~daily", status="RUNNING"),
                client.runs_of("actors", "jane~scraper", status="FAILED", offset=3, limit=9),
                client.runs_of("actor-tasks", "jane~daily", status="FAILED", offset=3, limit=9),
                client.exists("actors", "jane~scraper"),
                client.exists("actor-tasks", "jane~daily"),
            ):
                with suppress(ApifyError):
                    await asking
            for stream, download, raw in ((True, False, True), (False, True, None)):
                with suppress(ApifyError):
                    async with client.log("x", raw=raw, stream=stream, download=download):
                        pass
        return list(server.requests)


def _problem(paths: dict[str, Any], request: Request) -> str:
    """Return what is wrong with a request by the description; empty where nothing is."""
    for pattern, item in paths.items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), request.path):
            described = {one["name"]: one for one in item["get"].get("parameters", [])}
            for name, value in request.query.items():
                schema = described.get(name, {}).get("schema")
                if described.get(name, {}).get("in") != "query" or schema is None:
                    return f"{request.target}: there is no parameter {name}"
                if not _fits(schema, value):
                    return f"{request.target}: {name} is {schema}"
            return ""
    return f"{request.target}: there is no such path"


def _fits(schema: dict[str, Any], value: str) -> bool:
    match schema.get("type"):
        case "boolean":
            return value in ("true", "false")
        case "integer" | "number":
            return value.isdigit()
        case _:
            return value in schema.get("enum", [value])


async def test_every_request_is_described() -> None:
    if not DESCRIPTION.exists():
        pytest.skip("the API's description is not beside the project")
    paths = json.loads(DESCRIPTION.read_text())["paths"]
    requests = await _requests()
    assert len(requests) == 20
    assert [request.method for request in requests] == ["GET"] * 20
    assert [problem for request in requests if (problem := _problem(paths, request))] == []
