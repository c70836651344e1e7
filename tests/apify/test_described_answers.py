"""Every answer that Apify's API describes is understood, in full and with all left out that may be.

The answers are made of the official description: each field by its example, else by its type.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from logview.apify.client import ApifyClient
from logview.apify.errors import ApifyError
from tests.support.fault_server import Fault, FaultServer

if TYPE_CHECKING:
    from collections.abc import Awaitable

DESCRIPTION = Path(__file__).parents[3] / "shared" / "apify-openapi.json"
ID = "HG7ML7M8z78YcAPEB"


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    if not DESCRIPTION.exists():
        pytest.skip("the API's description is not beside the project")
    described: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return described


class Maker:
    """Makes values that fit schemas: whole ones, or with as little as a schema allows."""

    def __init__(self, schemas: dict[str, Any], *, whole: bool) -> None:
        self._schemas = schemas
        self._whole = whole

    def value(self, schema: dict[str, Any], depth: int = 0) -> Any:
        if "$ref" in schema:
            return self.value(self._schemas[schema["$ref"].rpartition("/")[2]], depth)
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        choices = schema.get("anyOf", schema.get("oneOf", []))
        if not self._whole and ("null" in kinds or {"type": "null"} in choices):
            return None
        if "properties" in schema:
            needed = schema["properties"] if self._whole else schema.get("required", [])
            return {
                name: self.value(schema["properties"][name], depth + 1)
                for name in needed
                if name in schema["properties"] and depth < 6
            }
        if "allOf" in schema:
            parts = [self.value(part, depth) for part in schema["allOf"]]
            return {key: value for part in parts if part for key, value in part.items()}
        if choices:
            return self.value(choices[0], depth)
        if "array" in kinds:
            return [self.value(schema.get("items", {}), depth + 1)]
        example = schema.get("example", (schema.get("examples") or [None])[0])
        if example is not None:
            return example
        if "enum" in schema:
            return schema["enum"][0]
        made = {"integer": 7, "number": 7.5, "boolean": True, "object": {}, "string": "words"}
        return next((made[kind] for kind in kinds if kind in made), None)


@pytest.mark.parametrize("whole", [True, False])
async def test_every_described_answer_is_understood(
    description: dict[str, Any], *, whole: bool
) -> None:
    maker = Maker(description["components"]["schemas"], whole=whole)

    def answer(path: str) -> tuple[str, Any]:
        content = description["paths"][path]["get"]["responses"]["200"]["content"]
        made = maker.value(content["application/json"]["schema"])
        address = re.sub(r"\{\w+\}", ID, path.replace("{recordKey}", "INPUT"))
        if isinstance(made["data"].get("id"), str):
            made["data"]["id"] = ID  # as it is asked for by its ID
        body = json.dumps(made).encode()
        server.routes[address] = Fault.answer(200, body, Content_Type="application/json")
        return address, made["data"]

    with FaultServer() as server:
        async with ApifyClient(server.base_url, None) as client:

            async def ask(path: str, asking: Awaitable[Any]) -> tuple[Any, Any]:
                _, data = answer(path)
                return await asking, data

            for path, asking in (
                ("/v2/actor-runs/{runId}", client.run(ID)),
                ("/v2/actor-builds/{buildId}", client.build(ID)),
                ("/v2/actors/{actorId}/runs/last", client.last_run("actors", ID)),
                ("/v2/actor-tasks/{actorTaskId}/runs/last", client.last_run("actor-tasks", ID)),
            ):
                job, data = await ask(path, asking)
                assert job is not None
                assert job.id == ID
                assert job.status == data["status"]
                assert job.started_at is not None
                assert not whole or (job.seconds() is not None and job.usage.compute_units)
                assert not whole or job.kind == "build" or (job.memory_mbytes and job.dataset_id)
            for path, asking in (
                ("/v2/actor-runs", client.runs(9)),
                ("/v2/actor-builds", client.builds(9)),
                ("/v2/actors/{actorId}/runs", client.runs_of("actors", ID)),
                ("/v2/actor-tasks/{actorTaskId}/runs", client.runs_of("actor-tasks", ID)),
            ):
                jobs, data = await ask(path, asking)
                assert [job.status for job in jobs] == [item["status"] for item in data["items"]]
                assert all(job.started_at and job.cost_usd is not None for job in jobs)
            for path, asking in (
                ("/v2/actors", client.named("actors")),
                ("/v2/actor-tasks", client.named("actor-tasks")),
            ):
                actors, data = await ask(path, asking)
                assert [one.name for one in actors] == [item["name"] for item in data["items"]]
            for path, asking in (
                ("/v2/actors/{actorId}", client.actor(ID)),
                ("/v2/actor-tasks/{actorTaskId}", client.task(ID)),
                ("/v2/users/me", client.user()),
            ):
                one, data = await ask(path, asking)
                assert data.get("username") == one.username
            items, data = await ask("/v2/actor-runs/{runId}/dataset", client.item_count(ID))
            assert items == data["itemCount"]


async def test_every_described_refusal_is_an_error_with_its_message(
    description: dict[str, Any],
) -> None:
    statuses = {
        int(status)
        for path in description["paths"].values()
        for status in path["get"]["responses"]
        if status >= "400"
    }
    assert {400, 401, 402, 403, 404, 405, 408, 429} <= statuses
    with FaultServer() as server:
        async with ApifyClient(server.base_url, None) as client:
            for status in sorted(statuses):
                server.job_default = Fault.error(status, "some-type", "In the API's own words.")
                with pytest.raises(ApifyError, match="In the API's own words") as caught:
                    await client.run(ID)
                assert caught.value.status == status
                assert caught.value.retryable == (status in (408, 429))
