"""Demo: the routes of the API, from a request to an answer. Knows no sockets."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from logview.demo import objects
from logview.demo.runs import ACTORS, TASKS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from logview.demo.jobs import DemoJob, World

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
LONGEST_WAIT = 60.0
"""Seconds that `waitForFinish` waits at most (API reference)."""
MOST_ITEMS = 1000
"""Items that a list holds at most (API reference)."""
_REFUSALS: dict[int, tuple[str, str]] = {
    400: ("invalid-input", "The ID is not valid: an ID has 17 letters and digits."),
    401: ("token-not-provided", "Authentication token was not provided."),
    403: ("insufficient-permissions", "This run belongs to somebody else and is not shared."),
    404: ("record-not-found", "Actor run or build was not found."),
    405: ("method-not-allowed", "This endpoint can only be accessed with: OPTIONS, GET."),
    429: ("rate-limit-exceeded", "You have exceeded the rate limit of 60 requests per second."),
}
_STATUSES = frozenset(
    ["READY", "RUNNING", "SUCCEEDED", "FAILED", "TIMING-OUT", "TIMED-OUT", "ABORTING", "ABORTED"]
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers, and a body: all of it, or in pieces as they come."""

    status: int
    body: bytes | AsyncGenerator[bytes, None]
    headers: Mapping[str, str] = field(default_factory=dict)


class ApiError(Exception):
    """An answer of the API that says no: a status, a type and a message."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind

    def answer(self) -> Answer:
        """Return the error as the API writes it."""
        body: dict[str, object] = {"error": {"type": self.kind, "message": str(self)}}
        headers = {"Content-Type": JSON}
        if self.status == 405:
            headers["Allow"] = "OPTIONS, GET"
        text = json.dumps(body, indent=2, ensure_ascii=False)
        return Answer(self.status, text.encode(), headers)


def _page_not_found() -> ApiError:
    return ApiError(404, "page-not-found", "There is no API endpoint at this address.")


def _invalid(name: str, expected: str) -> ApiError:
    return ApiError(400, "invalid-value", f"The parameter {name} must be {expected}.")


class QueryParams:
    """The parameters of an address, read strictly."""

    def __init__(self, query: str) -> None:
        self._values = dict(parse_qsl(query, keep_blank_values=True))

    def flag(self, name: str) -> bool:
        """Return a boolean: `true` or `1`; `false`, `0` or absent. Raises ApiError 400."""
        value = self._values.get(name, "false")
        if value not in {"true", "1", "false", "0"}:
            raise _invalid(name, "true or false")
        return value in {"true", "1"}

    def number(self, name: str, default: float, most: float) -> float:
        """Return a number from 0 up; more than `most` counts as `most`. Raises ApiError 400."""
        value = self._values.get(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise _invalid(name, "a whole number, 0 or more")
        return min(float(value), most)

    def statuses(self) -> frozenset[str]:
        """Return the job statuses asked for, all of them if none was. Raises ApiError 400."""
        value = self._values.get("status")
        if value is None:
            return _STATUSES
        statuses = frozenset(value.split(","))
        if not statuses <= _STATUSES:
            raise _invalid("status", "one or several of " + ", ".join(sorted(_STATUSES)))
        return statuses


async def respond(world: World, method: str, target: str) -> Answer:
    """Return the answer to one request; `target` is the path with its query, still encoded."""
    try:
        address = urlsplit(target)
        path = [unquote(part) for part in address.path.strip("/").split("/")]
        if method != "GET":
            raise ApiError(405, *_REFUSALS[405])
        if path[0] != "v2":
            raise _page_not_found()
        return await _route(world, path[1:], QueryParams(address.query))
    except ApiError as error:
        return error.answer()
    except ValueError:
        return ApiError(400, "invalid-request", "The address is malformed.").answer()


async def _route(world: World, path: Sequence[str], query: QueryParams) -> Answer:
    match path:
        case ["logs", job_id]:
            return _log(_find(world, job_id, ("run", "build")), query)
        case ["actor-runs"]:
            return _jobs(world, "run", query)
        case ["actor-builds"]:
            return _jobs(world, "build", query)
        case ["actor-runs", job_id]:
            return await _job(world, _find(world, job_id, ("run",)), query)
        case ["actor-builds", job_id]:
            return await _job(world, _find(world, job_id, ("build",)), query)
        case ["actor-runs", job_id, "log"]:
            return _log(_find(world, job_id, ("run",)), query)
        case ["actor-builds", job_id, "log"]:
            return _log(_find(world, job_id, ("build",)), query)
        case ["actor-runs", job_id, "dataset"]:
            return _data(objects.dataset(_find(world, job_id, ("run",)), world.clock))
        case ["actor-runs", job_id, "key-value-store", "records", key]:
            return _record(_find(world, job_id, ("run",)), key)
        case ["actors"]:
            return _names(query, [objects.actor(one, world.clock) for one in ACTORS])
        case ["actor-tasks"]:
            return _names(query, [objects.task(one, world.clock) for one in TASKS])
        case ["actors", actor_id]:
            return _data(objects.actor(_actor_id(actor_id), world.clock))
        case ["actors", actor_id, "builds"]:
            return _jobs(world, "build", query, actor=_actor_id(actor_id))
        case ["actors", actor_id, "runs", *rest]:
            return await _history(world, rest, query, actor=_actor_id(actor_id))
        case ["actor-tasks", task_id]:
            return _data(objects.task(_task_id(task_id), world.clock))
        case ["actor-tasks", task_id, "runs", *rest]:
            return await _history(world, rest, query, task=_task_id(task_id))
        case ["users", "me"]:
            return _data(objects.user())
        case _:
            raise _page_not_found()


def _find(world: World, job_id: str, kinds: tuple[str, ...]) -> DemoJob:
    """Return the job of that ID; asking for it is what opens it. Raises ApiError."""
    job = world.jobs.get(job_id)
    if job is None or job.run.kind not in kinds:
        what = "Actor run or build" if len(kinds) > 1 else f"Actor {kinds[0]}"
        raise ApiError(404, "record-not-found", f"{what} was not found.")
    job.opened()
    if job.run.refused is not None:
        raise ApiError(job.run.refused, *_REFUSALS[job.run.refused])
    if job.busy:
        raise ApiError(429, *_REFUSALS[429])
    return job


def _actor_id(name: str) -> str:
    """Return the ID for an ID or a `username~name`. Raises ApiError 404."""
    for actor in ACTORS.values():
        if name in {actor.id, f"{actor.username}~{actor.name}"}:
            return actor.id
    raise ApiError(404, "record-not-found", "Actor was not found.")


def _task_id(name: str) -> str:
    """Return the ID for an ID or a `username~name`. Raises ApiError 404."""
    for task in TASKS.values():
        if name in {task.id, f"{task.actor.username}~{task.name}"}:
            return task.id
    raise ApiError(404, "record-not-found", "Actor task was not found.")


async def _history(
    world: World,
    rest: Sequence[str],
    query: QueryParams,
    *,
    actor: str | None = None,
    task: str | None = None,
) -> Answer:
    """Return the runs of an Actor or a task, or the last one or its log. Raises ApiError."""
    match rest:
        case []:
            return _jobs(world, "run", query, actor=actor, task=task)
        case ["last"]:
            return await _job(world, _last(world, query, actor, task), query)
        case ["last", "log"]:
            return _log(_last(world, query, actor, task), query)
        case _:
            raise _page_not_found()


def _last(world: World, query: QueryParams, actor: str | None, task: str | None) -> DemoJob:
    statuses = query.statuses()
    runs = [job for job in _newest_last(world, "run", actor, task) if job.status in statuses]
    if not runs:
        raise ApiError(404, "record-not-found", "Actor run was not found.")
    return _find(world, runs[-1].run.id, ("run",))


def _newest_last(world: World, kind: str, actor: str | None, task: str | None) -> list[DemoJob]:
    jobs = [job for job in world.jobs.values() if job.run.kind == kind]
    if actor is not None:
        jobs = [job for job in jobs if job.run.actor.id == actor]
    if task is not None:
        jobs = [job for job in jobs if job.run.task is not None and job.run.task.id == task]
    # By ID where two started together, so that pages of a list never overlap.
    return sorted(jobs, key=lambda job: (job.run.starts_at, job.run.id))


def _data(data: object, status: int = 200) -> Answer:
    text = json.dumps({"data": data}, indent=2, ensure_ascii=False)
    return Answer(status, text.encode(), {"Content-Type": JSON})


def _jobs(
    world: World,
    kind: str,
    query: QueryParams,
    *,
    actor: str | None = None,
    task: str | None = None,
) -> Answer:
    """Return a list; `total` counts all that fit the parameters, whatever the page holds."""
    desc = query.flag("desc")
    offset = int(query.number("offset", 0, 10**9))
    limit = int(query.number("limit", MOST_ITEMS, MOST_ITEMS)) or MOST_ITEMS
    statuses = query.statuses()
    jobs = [job for job in _newest_last(world, kind, actor, task) if job.status in statuses]
    if desc:
        jobs.reverse()
    items = [objects.short(job, world.clock) for job in jobs[offset : offset + limit]]
    return _data(
        {
            "total": len(jobs),
            "offset": offset,
            "limit": limit,
            "count": len(items),
            "desc": desc,
            "items": items,
        }
    )


def _names(query: QueryParams, items: Sequence[objects.Value]) -> Answer:
    """Return a list of Actors or tasks, in pages."""
    offset = int(query.number("offset", 0, 10**9))
    limit = int(query.number("limit", MOST_ITEMS, MOST_ITEMS)) or MOST_ITEMS
    page = items[offset : offset + limit]
    return _data(
        {
            "total": len(items),
            "offset": offset,
            "limit": limit,
            "count": len(page),
            "desc": query.flag("desc"),
            "items": page,
        }
    )


def _record(job: DemoJob, key: str) -> Answer:
    """Return a record of a run's key-value store: the input alone. Raises ApiError 404."""
    if key != "INPUT":
        raise ApiError(404, "record-not-found", "Record was not found.")
    text = json.dumps(objects.run_input(job), ensure_ascii=False)
    return Answer(200, text.encode(), {"Content-Type": JSON})


async def _job(world: World, job: DemoJob, query: QueryParams) -> Answer:
    """Return a run or build object, with `waitForFinish` once it ended or the seconds are over."""
    await job.wait_for_end(query.number("waitForFinish", 0, LONGEST_WAIT))
    return _data(objects.full(job, world.clock))


def _log(job: DemoJob, query: QueryParams) -> Answer:
    headers = {"Content-Type": TEXT, "Cache-Control": "no-cache"}
    if query.flag("download"):
        headers["Content-Disposition"] = f'attachment; filename="{job.run.id}.log"'
    return Answer(200, job.log(query.flag("raw"), query.flag("stream")), headers)
