"""Demo: the scripts of the crawlers. All shops, products and pages are invented."""

from __future__ import annotations

from functools import cache

from logview.demo.lines import Outcome, Script, Writer, frame, js

_CRAWLER = "CheerioCrawler"
_CRAWLEE = "/usr/src/app/node_modules/@crawlee/core"
_SHOPS = ("shop3.example", "shop7.example", "kaffee.example", "livres.example", "teahouse.example")
_AISLES = ("coffee", "tea", "cups", "kettles", "grinders", "books", "beans", "gifts")
_PRODUCTS = (
    "Kaffeemühle „Zürich“", "Moka pot, 6 cups", "Čajník Šárka", "抹茶セット", "Crème brûlée torch",
    "Teekanne aus Gußeisen", "Filter papers № 4", "Чайная ложка", "Travel mug ☕ 0.4 l",
    "Café de olla, 250 g", "Milk frother", "Żeliwny czajnik", "Jeu de tasses «Été»",
)  # fmt: skip
_BLOCKED = "Request blocked - received 403 status code."
_TIMED_OUT = "Navigation timed out after 30 seconds."
_TROUBLES = (
    "Request got blocked. Will retry with a different session",
    "The proxy server rejected the request with status code 590 (UPSTREAM502)",
    _TIMED_OUT,
    "socket hang up",
)


class Crawl:
    """A crawl as it goes on: how many pages are done, and the lines that say so."""

    def __init__(self, seed: int, pages: int, name: str, build_id: str) -> None:
        self.out = Writer(seed)
        self.random = self.out.random
        self.pages = pages
        self.name = name
        self.build_id = build_id
        self.done = 0
        self.retried = 0
        self.failed = 0

    def url(self) -> str:
        """Return the address of an invented page."""
        shop, aisle = self.random.choice(_SHOPS), self.random.choice(_AISLES)
        return f"https://{shop}/{aisle}?page={self.random.randint(1, 40)}"

    def start(self) -> None:
        """Write the container's lines, npm's banner and the crawler's first lines."""
        self.out.container(self.build_id)
        self.out.line("", f"> {self.name}@1.4.2 start", "> node dist/main.js", "")
        self.out.wait(0.8)
        versions: dict[str, object] = {
            "apifyVersion": "3.5.2",
            "apifyClientVersion": "2.20.0",
            "crawleeVersion": "3.15.3",
            "osType": "Linux",
            "nodeVersion": "v22.14.0",
        }
        self.out.line(js("INFO", "System info", versions))
        self.out.wait(0.3)
        self.out.line(
            js("DEBUG", "Reading the input from the default key-value store"),
            js("INFO", f"Results limit {self.pages * 24}, five shops, prices in EUR"),
        )
        self.out.status(f"Starting with {self.pages} pages in 5 shops")
        self.out.wait(0.2)
        self.out.line(js("INFO", "Starting the crawler.", prefix=_CRAWLER))
        self.out.wait(0.7)

    def page(self) -> None:
        """Write one finished page."""
        self.done += 1
        data: dict[str, object] = {
            "url": self.url(),
            "statusCode": 200,
            "durationMillis": self.random.randint(180, 2400),
        }
        found = self.random.randint(4, 24)
        self.out.line(js("INFO", f"Saved {found} products", data, prefix=_CRAWLER))

    def product(self) -> None:
        """Write a bare print of one product, with a name that is rarely ASCII."""
        price = self.random.randint(390, 24900) / 100
        self.out.line(f"  → {self.random.choice(_PRODUCTS)}: {price:.2f} €")

    def trouble(self, attempt: int = 1) -> None:
        """Write a page that will be tried again: a warning, and its JSON on the next line."""
        self.retried += 1
        words = self.random.choice(_TROUBLES)
        reclaim = "Reclaiming failed request back to the list or queue."
        data: dict[str, object] = {
            "id": f"r{self.random.randrange(16**8):08x}",
            "url": self.url(),
            "retryCount": attempt,
        }
        self.out.line(
            js("WARN", f"{reclaim} {words}", prefix=_CRAWLER),
            frame(f"Listing.read (file:///usr/src/app/dist/listing.js:{41 + attempt}:15)", data),
        )

    def failure(self) -> None:
        """Write a page that failed for good: an error with its stack."""
        self.failed += 1
        data: dict[str, object] = {
            "id": f"r{self.random.randrange(16**8):08x}",
            "url": self.url(),
            "method": "GET",
            "uniqueKey": f"GET-{self.random.randrange(16**6):06x}",
        }
        gave_up = f"Request failed and reached maximum retries. Error: {_BLOCKED}"
        self.out.line(
            js("ERROR", gave_up, prefix=_CRAWLER),
            frame(f"CheerioCrawler._throwOnBlockedRequest ({_CRAWLEE}/basic-crawler.js:894:19)"),
            frame(f"CheerioCrawler._runRequestHandler ({_CRAWLEE}/http-crawler.js:347:18)"),
            frame(f"async CheerioCrawler._runTaskFunction ({_CRAWLEE}/basic-crawler.js:1119:13)"),
            frame(f"async AutoscaledPool._maybeRunTask ({_CRAWLEE}/pool.js:492:13)", data),
        )

    def pool(self) -> None:
        """Write the state of the pool: one long line of JSON."""
        load: dict[str, object] = {"isOverloaded": False, "limitRatio": 0.4, "actualRatio": 0.079}
        data: dict[str, object] = {
            "currentConcurrency": self.random.randint(3, 14),
            "desiredConcurrency": 15,
            "systemStatus": {
                "isSystemIdle": True,
                "memInfo": {"isOverloaded": False, "limitRatio": 0.2, "actualRatio": 0},
                "eventLoopInfo": load,
                "cpuInfo": load,
                "clientInfo": {"isOverloaded": False, "limitRatio": 0.3, "actualRatio": 0},
            },
        }
        self.out.line(js("INFO", "state", data, prefix=f"{_CRAWLER}:AutoscaledPool"))

    def statistics(self, words: str = "request statistics") -> None:
        """Write the crawler's figures so far, under their own prefix."""
        data: dict[str, object] = {
            "requestAvgFailedDurationMillis": None if not self.failed else 1840,
            "requestAvgFinishedDurationMillis": 940 + self.random.randint(0, 120),
            "requestsFinishedPerMinute": 85,
            "requestsFailedPerMinute": self.failed,
            "requestTotalDurationMillis": self.done * 951,
            "requestsTotal": self.done + self.failed,
            "crawlerRuntimeMillis": round(self.out.at * 1000),
            "retryHistogram": [self.done - self.retried, self.retried],
        }
        self.out.line(js("INFO", f"{_CRAWLER} {words}:", data, prefix=f"{_CRAWLER}:Statistics"))

    def long_json(self) -> None:
        """Write one product with all its variants: a line far wider than any screen."""
        variants = [
            {"sku": f"{number:05d}", "name": name, "price": 9.9 + number, "stock": number % 7}
            for number, name in enumerate(_PRODUCTS * 3)
        ]
        self.out.line(js("DEBUG", "Product with variants", {"shop": _SHOPS[0], "items": variants}))

    def table(self) -> None:
        """Write the shops so far in a table of box-drawing characters."""
        self.out.line(
            "┌──────────────────┬───────┬────────┐", "│ shop             │ pages │ failed │"
        )
        self.out.line("├──────────────────┼───────┼────────┤")
        share = self.done // len(_SHOPS)
        for number, shop in enumerate(_SHOPS):
            pages = share + self.random.randint(-3, 3)
            failed = self.failed if number == 1 else 0
            self.out.line(f"│ {shop:<16} │ {pages:>5} │ {failed:>6} │")
        self.out.line("└──────────────────┴───────┴────────┘")

    def burst(self, lines: int) -> None:
        """Write some pages and products that come at once."""
        for _ in range(lines):
            if self.done < self.pages and self.random.random() < 0.75:
                self.page()
            else:
                self.product()
            self.out.wait(self.random.uniform(0.0, 0.12))

    def progress(self) -> None:
        """Write the status message with the count of pages."""
        self.out.status(f"Crawled {self.done}/{self.pages} pages")


@cache
def live() -> Script:
    """Return about 140 s that end badly: retries, a warning about memory, errors, exit code 1."""
    crawl = Crawl(seed=11, pages=200, name="shop-price-crawler", build_id="BuildShopCraw0003")
    crawl.start()
    for step in range(68):
        crawl.burst(crawl.random.choice((1, 2, 2, 3, 3, 4, 6)))
        if step % 5 == 3:
            crawl.trouble(attempt=1 + step % 3)
        if step % 6 == 5:
            crawl.progress()
        if step % 16 == 9:
            crawl.pool()
        if step == 20:
            crawl.long_json()
        if step == 30:
            crawl.statistics()
            crawl.table()
        if step in {12, 36}:
            crawl.failure()
        if step == 44:
            _memory(crawl)
        if step == 52:
            # The same words in the same instant, as parallel requests print them.
            crawl.out.line(*[js("WARN", "Session ‹7› was blocked by shop7.example")] * 4)
        crawl.out.wait_until(4.5 + (step + 1) * 1.93 + crawl.random.uniform(0.0, 0.5))
    _bad_end(crawl)
    return crawl.out.script()


def _memory(crawl: Crawl) -> None:
    words = "Memory is critically overloaded. Using 3891 MB of 4096 MB (95%)."
    crawl.out.line(
        js("WARN", words, prefix=f"{_CRAWLER}:AutoscaledPool:Snapshotter"),
        js("PERF", "Garbage collected", {"freedMb": 1204, "millis": 212}),
    )


def _bad_end(crawl: Crawl) -> None:
    out = crawl.out
    for attempt in (1, 2, 3):
        crawl.trouble(attempt)
        out.wait(0.5)
    crawl.failure()
    out.wait(0.6)
    crawl.failure()
    out.wait(0.4)
    stop = "Every session of shop7.example was blocked, giving up."
    out.line(
        js("ERROR", f"Actor failed with an exception: {stop}"),
        frame("Watchdog.check (file:///usr/src/app/dist/watchdog.js:88:11)"),
        frame("async main (file:///usr/src/app/dist/main.js:132:5)", {"blockedSessions": 41}),
    )
    crawl.statistics("final request statistics")
    analysis: dict[str, object] = {
        "totalErrors": crawl.failed,
        "uniqueErrors": 1,
        "mostCommonErrors": [f"{crawl.failed}x: {_BLOCKED}"],
    }
    out.line(js("INFO", "Error analysis:", analysis, prefix=_CRAWLER))
    out.status(f"Stopped after {crawl.done}/{crawl.pages} pages: shop7.example blocks us")
    out.line(
        "",
        "npm error Lifecycle script `start` failed with error:",
        "npm error code 1",
        "npm error path /usr/src/app",
        "",
    )
    out.line("ACTOR: ERROR: The container exited with code 1.")


@cache
def done() -> Script:
    """Return a crawl of a few hundred lines that went well."""
    crawl = Crawl(seed=23, pages=180, name="shop-price-crawler", build_id="BuildShopCraw0003")
    crawl.start()
    _crawl_shops(crawl)
    _good_end(crawl)
    return crawl.out.script()


@cache
def past(seed: int, ends_as: Outcome, seconds: float) -> Script:
    """Return one of the daily crawls of the past: so many seconds long, ended in this way."""
    pages = 150 + seed * 7 % 50
    crawl = Crawl(1000 + seed, pages, name="shop-price-crawler", build_id="BuildShopCraw0003")
    crawl.start()
    _crawl_shops(crawl, until=pages if ends_as == "SUCCEEDED" else pages // 3)
    if ends_as == "SUCCEEDED":
        _good_end(crawl)
    elif ends_as == "FAILED":
        _bad_end(crawl)
    elif ends_as == "TIMED-OUT":
        crawl.out.wait(40.0)
        crawl.out.line("ACTOR: The run has timed out after 3600 seconds. Aborting it.")
    else:
        crawl.out.line("ACTOR: The run was aborted by the user.")
    return crawl.out.script().stretched(seconds)


def _crawl_shops(crawl: Crawl, until: int = 180) -> None:
    """Write the pages of a crawl up to a count, with what is usual in good ones."""
    step = 0
    while crawl.done < min(until, crawl.pages):
        step += 1
        crawl.burst(crawl.random.choice((2, 3, 4, 6)))
        if step % 13 == 7:
            crawl.trouble()
        if step % 9 == 8:
            crawl.progress()
        if step % 16 == 9:
            crawl.pool()
        if step == 25:
            crawl.long_json()
        if step == 30:
            crawl.statistics()
            crawl.table()
        crawl.out.wait(crawl.random.uniform(0.4, 2.2))


def _good_end(crawl: Crawl) -> None:
    out = crawl.out
    queue = "All requests from the queue have been processed, the crawler will shut down."
    out.line(js("INFO", queue, prefix=_CRAWLER))
    out.wait(0.7)
    crawl.statistics("final request statistics")
    crawl.table()
    totals = f"Finished! Total {crawl.done} requests: {crawl.done} succeeded, 0 failed."
    out.line(js("INFO", totals, {"terminal": True}, prefix=_CRAWLER))
    out.status(f"Finished: {crawl.done}/{crawl.pages} pages, 0 errors")


@cache
def waiting() -> Script:
    """Return a small run of about 35 s, for the one that first has to wait for its start."""
    crawl = Crawl(seed=37, pages=40, name="tea-price-watch", build_id="BuildTeaWatch0010")
    crawl.start()
    step = 0
    while crawl.done < crawl.pages:
        step += 1
        crawl.burst(3)
        if step % 4 == 3:
            crawl.progress()
        crawl.out.wait(crawl.random.uniform(1.0, 1.8))
    _good_end(crawl)
    return crawl.out.script()


@cache
def dropping(before: float, after: float) -> Script:
    """Return a calm run of `before` + `after` seconds, with a line or two every second.

    Nearly every line has a character of several bytes, so that a cut can fall
    inside one.
    """
    crawl = Crawl(seed=41, pages=120, name="menu-translator", build_id="BuildMenuTran0011")
    crawl.start()
    step = 0
    while crawl.out.at < before + after - 1.5:
        step += 1
        dish = crawl.random.choice(_PRODUCTS)
        crawl.done += 1
        translated: dict[str, object] = {"dish": dish, "language": "čeština", "page": crawl.done}
        crawl.out.line(js("INFO", f"Translated «{dish}»", translated))
        if step % 11 == 10:
            crawl.trouble()
        if step % 15 == 14:
            crawl.progress()
        crawl.out.wait(crawl.random.uniform(0.2, 1.1))
    crawl.out.status(f"Translated {crawl.done} dishes, “0 errors”")
    return crawl.out.script()
