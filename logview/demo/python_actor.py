"""Demo: the script of an Actor in Python that ends in a traceback."""

from __future__ import annotations

from functools import cache

from logview.demo.lines import Script, Writer, py

_POOL = "crawlee._autoscaling.autoscaled_pool"
_CRAWLER = "ParselCrawler"
_CRAWLEE = "/usr/local/lib/python3.13/site-packages/crawlee"


@cache
def review_reader() -> Script:
    """Return a script: reviews until one has no stars, warnings, a child's log, exit code 91."""
    out = Writer(seed=67)
    _start(out)
    _read_pages(out, 30)
    out.wait(0.8)
    _traceback(out)
    return out.script()


@cache
def past(seed: int, seconds: float) -> Script:
    """Return one of the hourly runs of the past that went well, so many seconds long."""
    out = Writer(seed=2000 + seed)
    _start(out)
    _read_pages(out, 44)
    out.wait(0.6)
    _statistics(out, finished=44)
    out.line(py("INFO", "[Status message]: Read 44 of 44 pages"))
    out.silent_status("Read 44 of 44 pages")
    out.line(py("INFO", "Exiting Actor", {"exit_code": 0}))
    return out.script().stretched(seconds)


def _start(out: Writer) -> None:
    out.container("BuildReviews00012")
    versions: dict[str, object] = {
        "apify_sdk_version": "3.0.0",
        "apify_client_version": "2.1.0",
        "crawlee_version": "1.1.0",
        "python_version": "3.13.1",
        "os": "linux",
    }
    out.line(
        py("INFO", "Initializing Actor"),
        py("INFO", "System info", versions),
        "INFO:httpx:HTTP Request: GET http://10.0.0.7:8010/v2/key-value-stores/INPUT",
        py("DEBUG", "Charging is off in this run"),
    )
    out.wait(0.5)
    _statistics(out)
    pool = "current_concurrency = 0; desired_concurrency = 2; cpu = 0; mem = 0; event_loop = 0.0"
    out.line(py("INFO", pool, logger=_POOL))


def _read_pages(out: Writer, pages: int) -> None:
    for page in range(1, pages + 1):
        out.wait(out.random.uniform(0.3, 1.6))
        url = f"https://reviews.example/r?page={page}"
        out.line(py("INFO", f"Reading {url}", {"page": page, "stars": 5 - page % 3}, _CRAWLER))
        if page % 9 == 4:
            words = f"Retrying request to {url} due to: ProxyError (attempt 1 of 3)"
            out.line(py("WARN", words, logger=_CRAWLER))
        if page % 10 == 0:
            out.line(py("INFO", f"[Status message]: Read {page} of 44 pages"))
            out.silent_status(f"Read {page} of 44 pages")
        if page == 17:
            _child(out)


def _statistics(out: Writer, finished: int = 0) -> None:
    out.line(py("INFO", "Current request statistics:", logger=_CRAWLER))
    out.line("┌───────────────────────────────┬──────────┐")
    figures = (
        ("requests_finished", str(finished)),
        ("requests_failed", "0"),
        ("retry_histogram", f"[{finished}]"),
        ("request_avg_failed_duration", "None"),
        ("crawler_runtime", "36.4ms"),
    )
    for name, value in figures:
        out.line(f"│ {name:<29} │ {value:<8} │")
    out.line("└───────────────────────────────┴──────────┘")


def _child(out: Writer) -> None:
    """Write the log of a run that this one started: a second stamp stands inside each line."""
    child = "[apify.star-counter runId:ChildStarCount001]"
    for second, words in enumerate(("Counting stars", "Counted 1,204 stars: ★★★★☆", "Done")):
        stamp = f"2026-03-04T05:06:{7 + second:02d}.129Z"
        out.line(f"{child} -> {stamp} {py('INFO', words)}")


def _traceback(out: Writer) -> None:
    last = "ValueError: invalid literal for int() with base 10: '★★★½'"
    out.line(
        py("ERROR", "Actor failed with an exception"),
        "      Traceback (most recent call last):",
        '        File "/usr/src/app/src/main.py", line 61, in main',
        "          await crawler.run(pages)",
        f'        File "{_CRAWLEE}/crawlers/_basic/_basic_crawler.py", line 731, in run',
        "          await run_task",
        f'        File "{_CRAWLEE}/crawlers/_basic/_basic_crawler.py", line 1402, in _run_handler',
        "          await self._context_pipeline(context, self.router)",
        f'        File "{_CRAWLEE}/router.py", line 98, in __call__',
        "          return await self._default_handler(context)",
        '        File "/usr/src/app/src/reviews.py", line 28, in read_page',
        "          stars = [parse_stars(text) for text in page.css('.stars::text').getall()]",
        "                   ^^^^^^^^^^^^^^^^^",
        '        File "/usr/src/app/src/reviews.py", line 12, in parse_stars',
        "          return int(text)",
        "                 ^^^^^^^^^",
        f"      {last}",
    )
    out.silent_status("The review on page 30 has half a star")
    out.line(py("INFO", "Exiting Actor", {"exit_code": 91}))
