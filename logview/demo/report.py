"""Demo: a run that starts two others, whose logs stand among its own lines."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from logview.demo.lines import Line, Script, Writer, js, py

PRICES_ID = "ReportPrices00016"
REVIEWS_ID = "ReportReviews0017"

PRICES_AFTER, REVIEWS_AFTER = 3.0, 5.5
"""Seconds after the run's own start at which it starts the others."""

CHILD_STAMP = "\0stamp\0"
"""Stands in a script for the time stamp of a line that another run has logged."""

_SHOPS = ("shop3.example", "shop7.example", "kaffee.example", "teahouse.example")


@cache
def prices() -> Script:
    """Return a short crawl that succeeds."""
    out = Writer(seed=161)
    out.container("BuildShopCraw0003")
    for page in range(1, 25):
        out.wait(out.random.uniform(0.3, 1.5))
        shop = _SHOPS[page % len(_SHOPS)]
        found: dict[str, object] = {"url": f"https://{shop}/tea?page={page}"}
        out.line(js("INFO", f"Saved {out.random.randint(4, 25)} products", found, "CheerioCrawler"))
        if page == 15:
            out.line(js("WARN", f"Slow answer from {shop}", {"millis": 6210}, "CheerioCrawler"))
    out.status("Finished: 24/24 pages")
    return out.script()


@cache
def reviews() -> Script:
    """Return a short run in Python that fails."""
    out = Writer(seed=171)
    out.container("BuildReviews00012")
    for page in range(1, 15):
        out.wait(out.random.uniform(0.4, 1.6))
        out.line(py("INFO", f"Reading https://reviews.example/r?page={page}", {"page": page}))
    out.line(py("ERROR", "The reviews of «Café de olla» have no dates", {"page": 14}))
    out.silent_status("Reviews without dates")
    out.line(py("INFO", "Exiting Actor", {"exit_code": 3}))
    return out.script()


@cache
def parent() -> Script:
    """Return the script of the run that starts the two others and waits for them."""
    out = Writer(seed=151)
    out.container("BuildReports00018")
    out.line(py("INFO", "Initializing Actor"), py("INFO", "Comparing prices with reviews"))
    started = (
        (PRICES_AFTER, "shop-price-crawler", PRICES_ID, prices()),
        (REVIEWS_AFTER, "review-reader", REVIEWS_ID, reviews()),
    )
    children: list[Line] = []
    for after, name, run_id, script in started:
        out.wait_until(after - 0.1)
        out.line(py("INFO", f"Starting {name}", {"run": run_id}))
        children += [
            Line(round(after + line.at, 3), f"[{name} runId:{run_id}] -> {CHILD_STAMP} {line.text}")
            for line in script.lines
        ]
    out.wait_until(max(line.at for line in children) + 1.0)
    out.line(py("WARN", "review-reader failed: its 14 pages are left out", {"exit_code": 3}))
    out.line(py("INFO", "The report has 311 products"))
    out.silent_status("311 products, without reviews")
    out.line(py("INFO", "Exiting Actor", {"exit_code": 0}))
    script = out.script()
    lines = sorted((*script.lines, *children), key=lambda line: line.at)
    return replace(script, lines=tuple(lines))
