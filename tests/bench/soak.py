"""Soak: minutes of a live log whose stream breaks a thousand times, in every way, while it slides.

    python -m tests.bench.soak [--seconds 300] [--drops 1000] [--seed 1]

The ledger has to balance to the byte and the text to be what was written; then
the cost of a replay of 10 MB is measured against a plain download of the same
bytes from a server in another process. Leaves with 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import multiprocessing
import random
import sys
import time
import tracemalloc
from statistics import median
from typing import TYPE_CHECKING

from logview.apify.client import ApifyClient
from logview.log.store.document import LogDocument
from logview.sources.events import Ended, Gap, Lost, Received, Resumed
from logview.sources.remote import RemoteSource
from tests.support.fault_server import Fault, FaultServer

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MEGABYTES = 10
KEPT_BY_PLATFORM = 400_000
"""Bytes that the server keeps of the log: as the real cap, scaled to the soak."""


def line(number: int) -> bytes:
    noise = random.Random(number)
    text = noise.choice(
        ["Request finished", "same", "", "příliš žluťoučký 🐎", "a long line " * 12]
    )
    second, milli = divmod(number * 3, 1000)
    stamp = f"2026-11-{1 + second // 86400:02d}T{second // 3600 % 24:02d}:{second // 60 % 60:02d}"
    return f"{stamp}:{second % 60:02d}.{milli:03d}Z INFO  {text} {number // 3}\n".encode()


class Writer:
    """The platform's side: writes lines, drops the head, breaks streams."""

    def __init__(self, server: FaultServer, seed: int) -> None:
        self.server = server
        self.noise = random.Random(seed)
        self.written = hashlib.sha256()
        self.size = self.slid = self.lines = 0

    def write(self, count: int) -> None:
        data = b"".join(line(n) for n in range(self.lines, self.lines + count))
        self.lines += count
        self.size += len(data)
        self.written.update(data)
        self.server.append(data)

    def drop_head(self, held: int) -> None:
        """The platform keeps a part; what was not read yet stays, or it would be a true gap."""
        count = min(self.size - KEPT_BY_PLATFORM, held - 1000) - self.slid
        if count > 0:
            self.server.slide(count)
            self.slid += count

    def next_fault(self) -> Fault:
        place = self.noise.randrange(max(1, len(self.server.log)))
        return self.noise.choice(
            [
                Fault.reset(place),
                Fault.half_close(place),
                Fault.bad_chunk(place),
                Fault.short_chunk(place),
                Fault.gzip_cut(place),
                Fault.trickle("reset", place % 500),
                Fault.html(502),
                Fault.rate_limited("0"),
                Fault.refuse(),
            ]
        )


async def soak(seconds: float, drops: int, seed: int) -> bool:
    document = LogDocument()
    lost = resumed = gaps = 0
    with FaultServer() as server:
        writer = Writer(server, seed)
        writer.write(1000)
        server.plan.append(writer.next_fault())
        source = RemoteSource(lambda: ApifyClient(server.base_url, None), "x", received=document)
        began = time.monotonic()

        async def live() -> None:
            while lost < drops or time.monotonic() - began < seconds:
                await asyncio.sleep(max(0.01, 1.6 * seconds / max(drops, 1)))
                writer.write(writer.noise.randrange(30))
                if server.idle_streams and lost < drops:
                    server.cut("reset" if writer.noise.random() < 0.5 else "fin")
            server.plan.clear()
            server.finish()

        living = asyncio.create_task(live())
        async for event in source.events():
            match event:
                case Received(data):
                    document.append(data)
                case Lost():
                    lost += 1
                    writer.drop_head(document.size)
                    if lost % 2 and lost < drops:
                        server.plan.append(writer.next_fault())
                    await asyncio.sleep(0)
                    source.retry()
                    if not lost % 100:
                        print(f"  {lost} drops, {document.size:,} bytes", flush=True)
                case Resumed(lines_lost=0):
                    resumed += 1
                case Gap(text):
                    gaps += 1
                    print(f"  false gap: {text}")
                case Ended():
                    break
                case _:
                    pass
        await living
        same = hashlib.sha256(document.read(0, document.size)).digest() == writer.written.digest()
        counts = source.counts
    for name, value in source.stats():
        print(f"  {name}: {value}")
    print(f"  lines written: {writer.lines:,}, held: {document.line_count:,}")
    print(f"  resumed with 0 lines lost: {resumed:,}")
    good = same and counts.balanced() and not gaps and counts.kept == writer.size
    print(f"{'good' if good else 'WRONG'}: {lost} drops in {time.monotonic() - began:.0f} s")
    return good


def serve(pipe: Connection, data: bytes) -> None:
    """Serve one log, in a process of its own."""
    with FaultServer(data) as server:
        pipe.send(server.base_url)
        pipe.recv()


async def download(url: str) -> float:
    began = time.perf_counter()
    async with ApifyClient(url, None) as client, client.log("x", raw=True) as stream:
        left = MEGABYTES * 1_000_000
        async for chunk in stream.chunks():
            left -= len(chunk)
            if not left:
                break
    return time.perf_counter() - began


async def replay(url: str, held: LogDocument, size: int) -> tuple[float, int]:
    """Open the log twice with all of it held; the second's seconds, and the peak of memory."""
    source = RemoteSource(lambda: ApifyClient(url, None), "x", received=held)
    source.retry()  # whoever asks is told when all that is held was found again
    times: list[float] = []
    async for event in source.events():
        assert not isinstance(event, Received), "nothing was new"
        if isinstance(event, Resumed):
            times.append(time.perf_counter())
            if len(times) == 2:
                break
            source.retry()
    assert source.counts.repeated == 2 * size, source.stats()
    return times[1] - times[0], tracemalloc.get_traced_memory()[1]


def replays() -> bool:
    data = b"".join(line(n) for n in range(MEGABYTES * 14_000))
    data = data[: MEGABYTES * 1_000_000]
    document = LogDocument()
    document.append(data)
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there, data))
    process.start()
    try:
        url = here.recv()
        plain, spliced = [], []
        for _ in range(20):
            plain.append(asyncio.run(download(url)))
            spliced.append(asyncio.run(replay(url, document, len(data)))[0])
        tracemalloc.start()
        asyncio.run(download(url))
        base = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        peak = asyncio.run(replay(url, document, len(data)))[1]
        tracemalloc.stop()
    finally:
        here.send(None)
        process.join()
    # Medians: where the server's process runs changes both from one download to the next.
    ratio = median(spliced) / median(plain)
    print(f"download of {MEGABYTES} MB: {median(plain) * 1000:.1f} ms")
    print(f"the same with all of it held: {median(spliced) * 1000:.1f} ms, {ratio:.2f} times")
    print(f"memory at its peak: {base / 1e6:.2f} MB and {peak / 1e6:.2f} MB")
    return ratio <= 1.2 and peak - base <= 2_000_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--drops", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    good = asyncio.run(soak(options.seconds, options.drops, options.seed))
    return 0 if replays() and good else 1


if __name__ == "__main__":
    sys.exit(main())
