"""Demo: the objects of the API (runs, builds, Actors, the user) as JSON values."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from logview.demo.runs import ACTORS, HOUR, TASKS

if TYPE_CHECKING:
    from logview.demo.clock import DemoClock
    from logview.demo.jobs import DemoJob

Value: TypeAlias = "dict[str, object]"

USER_ID = "DemoUser000000001"
_BUILD_MEMORY = 2048
_USD_PER_COMPUTE_UNIT = 0.3
_ITEMS_PER_SECOND = 1.4
_TASK_INPUT: Value = {"shops": 5, "currency": "EUR"}


def _times(job: DemoJob, clock: DemoClock) -> Value:
    finished = clock.stamp(job.ends_at) if job.ended else None
    return {"startedAt": clock.stamp(job.run.starts_at), "finishedAt": finished}


def short(job: DemoJob, clock: DemoClock) -> Value:
    """Return a run or build as it stands in a list."""
    run = job.run
    value: Value = {
        "id": run.id,
        "actId": run.actor.id,
        "userId": USER_ID,
        "status": job.status,
        **_times(job, clock),
        "buildNumber": run.build_number,
        "meta": {"origin": run.origin},
        "usageTotalUsd": round(_compute_units(job, clock) * _USD_PER_COMPUTE_UNIT, 6),
    }
    if run.kind == "run":
        value |= {
            "actorTaskId": run.task.id if run.task is not None else None,
            "buildId": run.build_id,
            "defaultKeyValueStoreId": "DemoStore00000001",
            "defaultDatasetId": "DemoDataset000001",
            "defaultRequestQueueId": "DemoQueue00000001",
        }
    return value


def full(job: DemoJob, clock: DemoClock) -> Value:
    """Return a run or build by itself."""
    run = job.run
    value = short(job, clock) | {"stats": _stats(job, clock)}
    memory = _memory(job)
    options: Value = {"build": "latest", "timeoutSecs": 3600, "memoryMbytes": memory}
    if run.kind == "build":
        cache: Value = {"useCache": True, "betaPackages": False, "memoryMbytes": memory}
        return value | {"options": cache}
    final = job.ended and not job.preliminary
    return value | {
        "options": options | {"diskMbytes": 2 * memory},
        "statusMessage": job.message(),
        "isStatusMessageTerminal": final,
        "exitCode": run.exit_code if job.ended else None,
        "generalAccess": "ANYONE_WITH_ID_CAN_READ",
        "containerUrl": f"https://{run.id.lower()}.runs.example.com",
    }


def _memory(job: DemoJob) -> int:
    return job.run.actor.memory if job.run.kind == "run" else _BUILD_MEMORY


def _seconds(job: DemoJob, clock: DemoClock) -> float:
    """Return how long a job has run; a little too short while that is preliminary."""
    begins = job.begins_at
    until = min(clock.elapsed(), job.ends_at)
    seconds = 0.0 if begins is None else max(0.0, until - begins)
    return max(0.0, seconds - 1.5) if job.preliminary else seconds


def _compute_units(job: DemoJob, clock: DemoClock) -> float:
    return _seconds(job, clock) / HOUR * _memory(job) / 1024


def _stats(job: DemoJob, clock: DemoClock) -> Value:
    """Return figures that grow with the run; short of the true ones just after the end."""
    seconds = _seconds(job, clock)
    stats: Value = {
        "durationMillis": round(seconds * 1000),
        "runTimeSecs": round(seconds, 3),
        "computeUnits": round(_compute_units(job, clock), 5),
    }
    if job.run.kind == "run":
        busy = seconds > 0
        stats |= {
            "inputBodyLen": 240,
            "migrationCount": 0,
            "restartCount": 0,
            "resurrectCount": 0,
            "memAvgBytes": 412_345_678.5 if busy else 0.0,
            "memMaxBytes": 734_003_200 if busy else 0,
            "memCurrentBytes": 0 if job.ended or not busy else 511_705_088,
            "cpuAvgUsage": 31.4 if busy else 0.0,
            "cpuMaxUsage": 164.2 if busy else 0.0,
            "cpuCurrentUsage": 0.0 if job.ended or not busy else 27.5,
            "netRxBytes": round(seconds * 512_000),
            "netTxBytes": round(seconds * 24_000),
        }
    return stats


def dataset(job: DemoJob, clock: DemoClock) -> Value:
    """Return the default dataset of a run: some items for each second that it ran."""
    items = int(_seconds(job, clock) * _ITEMS_PER_SECOND)
    created = clock.stamp(job.run.starts_at)
    return {
        "id": "DemoDataset000001",
        "name": None,
        "userId": USER_ID,
        "createdAt": created,
        "modifiedAt": created,
        "accessedAt": created,
        "itemCount": items,
        "cleanItemCount": items,
        "actId": job.run.actor.id,
        "actRunId": job.run.id,
        "consoleUrl": "https://console.example.com/storage/datasets/DemoDataset000001",
    }


def run_input(job: DemoJob) -> Value:
    """Return the input of a run; that of its task, where it has one."""
    value: Value = {
        "startUrls": [{"url": f"https://{job.run.actor.name}.example.com/"}],
        "maxRequestsPerCrawl": 200,
        "proxyConfiguration": {"useApifyProxy": True},
    }
    return value | (_TASK_INPUT if job.run.task is not None else {})


def actor(actor_id: str, clock: DemoClock) -> Value:
    """Return an Actor; the ID must be one of ours."""
    known = ACTORS[actor_id]
    return {
        "id": known.id,
        "userId": USER_ID,
        "name": known.name,
        "title": known.title,
        "username": known.username,
        "description": "Invented for the demo of logview.",
        "isPublic": False,
        "createdAt": clock.stamp(-900 * HOUR),
        "modifiedAt": clock.stamp(-20 * HOUR),
        "stats": {"totalRuns": 32, "totalBuilds": 3},
        "versions": [],
        "defaultRunOptions": {"build": "latest", "timeoutSecs": 3600, "memoryMbytes": known.memory},
    }


def task(task_id: str, clock: DemoClock) -> Value:
    """Return a task; the ID must be one of ours."""
    known = TASKS[task_id]
    return {
        "id": known.id,
        "userId": USER_ID,
        "actId": known.actor.id,
        "name": known.name,
        "title": known.title,
        "username": known.actor.username,
        "createdAt": clock.stamp(-800 * HOUR),
        "modifiedAt": clock.stamp(-400 * HOUR),
        "stats": {"totalRuns": 27},
        "options": {"build": "latest", "timeoutSecs": 3600, "memoryMbytes": known.actor.memory},
        "input": _TASK_INPUT,
    }


def user() -> Value:
    """Return the invented owner of everything here. No secrets, unlike in the real API."""
    return {
        "id": USER_ID,
        "username": "demo",
        "email": "demo@example.com",
        "profile": {"name": "Demo"},
        "plan": {"id": "DEMO"},
    }
