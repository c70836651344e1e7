"""Logs of Actors in pairs: good runs and a bad one, made by a seeded generator.

Each Actor has a shape of its own. Runs of one differ in input, titles, language,
order, retries, ports and numbers. A bad run knows the line of its cause and what
it never came to.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LANGUAGES = (
    "the of blue kettle garden chair wooden table lamp classic modern small large red set outdoor "
    "kitchen steel cotton summer winter premium light heavy soft travel bottle bag",
    "der die blaue Gießkanne Gartenstuhl Holztisch Lampe klassisch modern klein groß rot Satz "
    "Küche Stahl Baumwolle Sommer Winter leicht schwer weich Reise Flasche Tasche",
    "modrá konvice zahradní židle dřevěný stůl lampa klasický moderní malý velký červený sada "
    "kuchyň ocel bavlna léto zima lehký těžký měkký cestovní láhev taška",
    "青い やかん 庭の 椅子 木製 テーブル ランプ 古典的 現代 小さい 大きい 赤い セット 台所 鋼",
)
_NOUNS = "report market failure growth error river model plan team summary answer city"
_VERBS = "shows suggests means explains compares ignores follows describes lists"
_RECLAIMING = "Reclaiming failed request back to the list or queue."
_HOSTS = "shop.example.com", "www.example.org", "store.example.net", "m.example.com"


@dataclass
class Run:
    """A log, and what is right about it."""

    lines: list[str] = field(default_factory=list)
    cause: int | None = None
    """The line that says why it failed, from 1."""
    missing: list[str] = field(default_factory=list)
    """Beginnings of lines that good runs have and this one lacks."""

    @property
    def data(self) -> bytes:
        return "\n".join([*self.lines, ""]).encode()


class Writer:
    """Writes the lines of a run, each with its stamp."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.run = Run()
        self._now = datetime(2026, 11, 1, tzinfo=timezone.utc) + timedelta(
            seconds=self.random.randrange(2_000_000)
        )
        self.words = self.random.choice(_LANGUAGES).split()

    def put(self, *lines: str, wait: float = 0.4) -> int:
        """Write lines of one entry; return the number of the first."""
        self._now += timedelta(seconds=self.random.uniform(0.01, 2 * wait))
        first = len(self.run.lines) + 1
        for line in lines:
            stamp = self._now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            self.run.lines.append(f"{stamp} {line}")
        return first

    def fail(self, *lines: str) -> None:
        """Write the lines that say why the run fails."""
        self.run.cause = self.put(*lines)

    def title(self) -> str:
        return " ".join(self.random.choices(self.words, k=self.random.randint(2, 7))).capitalize()

    def url(self, path: str = "p") -> str:
        host = self.random.choice(_HOSTS)
        return (
            f"https://{host}/{path}/{self.random.randrange(10**6)}?ref={self.random.random():.4f}"
        )

    def id(self, size: int = 15) -> str:
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
        return "".join(self.random.choices(letters, k=size))

    def number(self, most: int) -> int:
        return self.random.randrange(1, most)

    def start(self) -> None:
        self.put(f"ACTOR: Pulling container image of build {self.id(17)} from registry.")
        self.put("ACTOR: Creating container.")
        self.put("ACTOR: Starting container.", wait=2)


def _request(w: Writer, url: str, retries: int) -> str:
    return json.dumps({"id": w.id(), "url": url, "retryCount": retries}, separators=(",", ":"))


def crawlee_js(seed: int, bad: bool, pages: int = 120) -> Run:
    """Crawlee in JavaScript: JSON tails, retries, statistics; it ends blocked by the proxy."""
    w = Writer(seed)
    w.start()
    w.put(
        f'INFO  System info {{"apifyVersion":"3.4.{w.number(9)}","crawleeVersion":"3.13.0",'
        f'"osType":"Linux","nodeVersion":"v22.{w.number(20)}.0"}}'
    )
    w.put(f"INFO  Input loaded: {w.number(50)} start URLs, language {w.random.choice('abcdef')}x")
    w.put("INFO  CheerioCrawler: Starting the crawler.")
    stop = w.random.randint(pages // 2, pages) if bad else pages + w.number(40)
    for at in range(stop):
        url = w.url()
        kind = w.random.random()
        if kind < 0.7:
            w.put(f'INFO  CheerioCrawler: Saved {w.title()} {{"url":"{url}","statusCode":200}}')
        elif kind < 0.85:
            w.put(f"DEBUG CheerioCrawler: Enqueued {w.number(40)} links from {url}")
        elif kind < 0.93:
            w.put(
                f"WARN  CheerioCrawler: {_RECLAIMING} Request "
                f"blocked - received 429 status code. {_request(w, url, w.number(3))}"
            )
        elif kind < 0.95:
            w.put(
                "WARN  CheerioCrawler: Reclaiming failed request back to the list or queue. "
                f"Navigation timed out after {w.number(60)} seconds. {_request(w, url, 1)}"
            )
        if at % 25 == 24:
            w.put(
                "INFO  Statistics: CheerioCrawler request statistics: "
                f'{{"requestAvgFinishedDurationMillis":{w.number(900)},"requestsFinished":{at},'
                f'"requestsFailed":0,"retryHistogram":[{at},{w.number(9)}]}}'
            )
            w.put(
                'INFO  CheerioCrawler:AutoscaledPool: state {"currentConcurrency":'
                f'{w.number(20)},"desiredConcurrency":{w.number(20)}}}'
            )
    if bad:
        url = w.url()
        w.fail(
            "ERROR CheerioCrawler: Request failed and reached maximum retries. Error: Proxy "
            "responded with 407: Proxy Authentication Required",
            "    at ProxyAgent.onConnect (/usr/src/app/node_modules/got/dist/agent.js:12:9)",
            f"    at main (/usr/src/app/src/main.js:{w.number(90)}:5) {_request(w, url, 3)}",
        )
        w.put("INFO  CheerioCrawler: Shutting down after a fatal request.")
        w.run.missing = ["INFO  CheerioCrawler: All requests", "INFO  Exported the results"]
        return w.run
    w.put(
        "INFO  CheerioCrawler: All requests from the queue have been processed, the crawler will "
        "shut down."
    )
    w.put(f"INFO  Exported the results to key-value store record OUTPUT-{w.number(900)}.csv")
    return w.run


def crawlee_py(seed: int, bad: bool) -> Run:
    """Crawlee in Python: tables, tracebacks; a field of the page is gone."""
    w = Writer(seed)
    w.start()
    w.put("[apify] INFO  Initializing Actor...")
    w.put(
        f'[apify] INFO  System info ({{"apify_sdk_version": "2.{w.number(9)}.0", "os": "linux"}})'
    )
    w.put("[BeautifulSoupCrawler] INFO  Crawler started")
    for at in range(60 + w.number(40)):
        w.put(f"[apify] INFO  Scraping {w.url()} ...")
        if w.random.random() < 0.5:
            w.put(f"[apify] INFO  Found product: {w.title()} for {w.number(300)}.99 EUR")
        if w.random.random() < 0.06:
            w.put(
                f"[BeautifulSoupCrawler] WARN  Retrying request to {w.url()} due to: Timed out "
                f'after {w.number(60)} s. File "handler.py", line {w.number(90)}, in fetch'
            )
        if at % 20 == 19:
            w.put(
                "[BeautifulSoupCrawler] INFO  Current request statistics:",
                "┌───────────────────┬──────┐",
                f"│ requests_finished │ {at:4} │",
                f"│ requests_failed   │ {w.number(3):4} │",
                "└───────────────────┴──────┘",
            )
        if bad and at == 50:
            w.fail(
                f"[BeautifulSoupCrawler] ERROR Request to {w.url()} failed and reached maximum "
                "retries",
                " Traceback (most recent call last):",
                f'  File "/usr/src/app/src/main.py", line {w.number(99)}, in handler',
                "    price = soup.select_one('.price').text",
                "AttributeError: 'NoneType' object has no attribute 'text'",
            )
    if bad:
        w.put("[apify] ERROR Actor failed: more than 10 requests failed")
        w.run.missing = ["[apify] INFO  Dataset pushed"]
        return w.run
    w.put(f"[apify] INFO  Dataset pushed: {w.number(300)} items")
    w.put('[apify] INFO  Exiting Actor ({"exit_code": 0})')
    return w.run


def scrapy(seed: int, bad: bool) -> Run:
    """Scrapy with its own stamps: logger and level in brackets; the login stops working."""
    w = Writer(seed)
    w.start()

    def log(text: str, *rest: str) -> int:
        clock = f"2026-11-{w.number(28):02} 06:{w.number(59):02}:{w.number(59):02}"
        return w.put(f"{clock} {text}", *rest)

    log(f"[scrapy.utils.log] INFO: Scrapy 2.{w.number(12)}.0 started (bot: shop)")
    log("[scrapy.core.engine] INFO: Spider opened")
    log(f"[scrapy.extensions.telnet] INFO: Telnet console listening on 127.0.0.1:{w.number(9000)}")
    log("[shop.login] INFO: Logged in")
    for at in range(80 + w.number(60)):
        status = 404 if w.random.random() < 0.03 else 200
        log(f"[scrapy.core.engine] DEBUG: Crawled ({status}) <GET {w.url()}> (referer: None)")
        if w.random.random() < 0.6:
            log(
                f"[scrapy.core.scraper] DEBUG: Scraped from <200 {w.url()}>",
                f"{{'name': '{w.title()}', 'price': {w.number(90)}.5}}",
            )
        if at % 30 == 29:
            log(
                f"[scrapy.extensions.logstats] INFO: Crawled {at} pages (at {w.number(60)} "
                f"pages/min), scraped {at} items (at {w.number(60)} items/min)"
            )
        if bad and at == 40:
            w.run.cause = log(
                "[shop.login] WARNING: Session cookie rejected, the account needs a new captcha"
            )
        if bad and at > 40:
            log(f"[scrapy.core.engine] DEBUG: Crawled (403) <GET {w.url()}> (referer: None)")
        if bad and at == 70:
            break
    if bad:
        log(
            "[scrapy.core.scraper] ERROR: Spider error processing <GET https://shop.example.com/>",
            "Traceback (most recent call last):",
            '  File "/usr/src/app/spiders/shop.py", line 9, in parse',
            "    yield self.items[0]",
            "IndexError: list index out of range",
        )
        log("[scrapy.core.engine] INFO: Spider closed (shutdown)")
        w.run.missing = ["2026-11"]
        return w.run
    log("[shop.export] INFO: Feed stored in feed.json")
    log("[scrapy.core.engine] INFO: Spider closed (finished)")
    return w.run


def prints(seed: int, bad: bool) -> Run:
    """Prints without levels; an uncaught error of Python at the end."""
    w = Writer(seed)
    w.start()
    w.put("Starting...")
    w.put(f"Loaded {w.number(90)} keywords")
    for at in range(50 + w.number(50)):
        w.put(f"Fetching {w.url()}")
        w.put(f"{w.title()} - {w.number(500)} reviews")
        if w.random.random() < 0.2:
            w.put(f"   retry {w.number(4)} in {w.number(9)}s")
        if bad and at == 45:
            w.fail(
                "Traceback (most recent call last):",
                f'  File "/usr/src/app/main.py", line {w.number(99)}, in <module>',
                "    main()",
                f'  File "/usr/src/app/main.py", line {w.number(99)}, in main',
                "    rows = client.query(sql)",
                "psycopg2.OperationalError: FATAL: remaining connection slots are reserved",
            )
            w.run.missing = ["Done, "]
            return w.run
    w.put(f"Done, {w.number(900)} rows written to the dataset")
    return w.run


def prose(seed: int, bad: bool) -> Run:
    """An agent that prints what a language model answers; the model refuses."""
    w = Writer(seed)
    w.start()
    w.put("Agent ready")
    nouns, verbs = _NOUNS.split(), _VERBS.split()

    def sentence() -> str:
        words = [w.random.choice(nouns + w.words) for _ in range(w.random.randint(5, 16))]
        words.insert(w.random.randint(1, 3), w.random.choice(verbs))
        return " ".join(words).capitalize() + w.random.choice(".!:?")

    for at in range(25 + w.number(10)):
        w.put(f"> User: {sentence()}")
        for _ in range(w.random.randint(2, 6)):
            w.put(w.random.choice(["", "- ", "## ", "1. "]) + sentence())
        w.put(f"Tokens used: {w.number(4000)} (total {w.number(90000)})")
        if bad and at == 22:
            w.fail(
                "openai.BadRequestError: Error code: 400 - {'error': {'message': \"This model's "
                "maximum context length is 128000 tokens\", 'code': 'context_length_exceeded'}}"
            )
            w.run.missing = ["Answer saved"]
            return w.run
    w.put("Answer saved to the key-value store")
    return w.run


def build(seed: int, bad: bool) -> Run:
    """A build by BuildKit; the compiler finds an error."""
    w = Writer(seed)
    w.put("ACTOR: Building container image (cache enabled).")
    w.put('#0 building with "default" instance using docker driver')
    w.put("#1 [internal] load build definition from Dockerfile")
    w.put(f"#1 transferring dockerfile: {w.number(900)}B done")
    w.put("#1 DONE 0.0s")
    w.put("#2 [internal] load metadata for docker.io/apify/actor-node:22")
    w.put(f"#2 DONE {w.number(9)}.{w.number(9)}s")
    w.put(
        "#5 [1/5] FROM docker.io/apify/actor-node:22@sha256:" + f"{w.random.getrandbits(256):064x}"
    )
    w.put("#5 CACHED")
    w.put("#7 [3/5] RUN npm ci")
    for _ in range(w.number(4)):
        w.put(
            f"#7 {w.number(20)}.3 npm warn deprecated glob@{w.number(8)}.2.3: no longer supported"
        )
    w.put(f"#7 {w.number(20)}.9 added {w.number(600)} packages in {w.number(30)}s")
    w.put(f"#7 DONE {w.number(40)}.1s")
    w.put("#9 [5/5] RUN npm run build")
    w.put("#9 1.2 > tsc")
    command = '"/bin/sh -c npm run build"'
    if bad:
        w.fail(
            f"#9 8.1 src/main.ts({w.number(90)},{w.number(40)}): error TS2345: Argument of type "
            "'string' is not assignable to parameter of type 'number'."
        )
        w.put(f"#9 ERROR: process {command} did not complete successfully: exit code: 2")
        w.put("------")
        w.put(" > [5/5] RUN npm run build:")
        w.put("------")
        w.put(f"ERROR: failed to solve: process {command} did not complete: exit code: 2")
        w.put("ACTOR: ERROR: Build failed")
        w.run.missing = ["ACTOR: Build finished"]
        return w.run
    w.put(f"#9 DONE {w.number(30)}.4s")
    w.put("#10 exporting to image")
    w.put(f"#10 exporting layers {w.number(9)}.1s done")
    w.put("ACTOR: Pushing container image to repository.")
    w.put("ACTOR: Build finished.")
    return w.run


def children(seed: int, bad: bool) -> Run:
    """A parent whose child runs' logs are redirected into its own; a child runs out of memory."""
    w = Writer(seed)
    w.start()
    w.put("[apify] INFO  Starting child runs")
    ids = [w.id(17) for _ in range(w.random.randint(2, 4))]
    for one in ids:
        w.put(f"[apify] INFO  Called Actor apify/web-scraper, run {one}")
    for at in range(90 + w.number(60)):
        one = w.random.choice(ids)
        lead = f"[apify.web-scraper runId:{one}] -> 2026-11-20T06:00:{at % 60:02}.123Z "
        w.put(lead + f"INFO  PuppeteerCrawler: Page opened {w.url()}")
        if w.random.random() < 0.1:
            w.put(
                lead
                + "WARN  PuppeteerCrawler: Reclaiming failed request back to the list or queue. "
                f"net::ERR_TIMED_OUT at {w.url()} {_request(w, w.url(), 1)}"
            )
        if bad and at == 60:
            w.fail(lead + "ERROR PuppeteerCrawler: Browser crashed: Page crashed! Out of memory")
            w.put(lead + "ACTOR: The run was killed: it used more memory than it has")
            w.put(f"[apify] WARN  Child run {one} ended with status FAILED")
            w.run.missing = ["[apify] INFO  All child runs"]
            return w.run
    w.put("[apify] INFO  All child runs finished")
    return w.run


def json_lines(seed: int, bad: bool) -> Run:
    """A service that logs JSON; its queue refuses it."""
    w = Writer(seed)
    w.start()

    def log(level: int, message: str, **fields: object) -> int:
        row = {"level": level, "time": 1_790_000_000_000 + w.number(10**9), "pid": w.number(90)}
        return w.put(json.dumps({**row, **fields, "msg": message}))

    log(30, "service started", port=w.number(9000))
    log(30, "connected to queue", host="10.0.0.1")
    for at in range(80 + w.number(80)):
        log(30, "job received", job=w.id(), url=w.url())
        log(20, "page parsed", job=w.id(), items=w.number(90), title=w.title())
        if w.random.random() < 0.05:
            log(40, "slow page", ms=w.number(9000), url=w.url())
        if bad and at == 60:
            w.run.cause = log(
                50,
                "queue connection lost",
                err={"type": "ConnectionError", "message": "connect ECONNREFUSED 10.0.0.1:5672"},
            )
            log(60, "giving up", code=1)
            return w.run
    log(30, "service stopped", jobs=w.number(900))
    return w.run


def java(seed: int, bad: bool) -> Run:
    """A program in Java by Spring; the schema of its database is another."""
    w = Writer(seed)
    w.start()

    def log(level: str, name: str, text: str, *rest: str) -> int:
        clock = f"2026-11-20T06:{w.number(59):02}:{w.number(59):02}.{w.number(999):03}Z"
        return w.put(f"{clock} {level:>5} {w.number(9)} --- [main] {name} : {text}", *rest)

    log("INFO", "com.example.App", f"Starting App using Java 21 with PID {w.number(400)}")
    log("INFO", "o.s.b.w.e.tomcat.TomcatWebServer", f"Tomcat started on port {w.number(9000)}")
    for at in range(60 + w.number(40)):
        log("INFO", "com.example.Crawl", f"Fetched {w.url()} in {w.number(900)} ms")
        if w.random.random() < 0.1:
            log("WARN", "com.example.Crawl", f"Slow answer of {w.url()}: {w.number(9000)} ms")
        if bad and at == 40:
            w.run.cause = log(
                "ERROR",
                "com.example.Store",
                "Could not save a row",
                'org.postgresql.util.PSQLException: ERROR: column "price" does not exist',
                f"\tat org.postgresql.core.v3.Executor.receive(Executor.java:{w.number(900)})",
                "\tat com.example.Store.save(Store.java:41)",
                'Caused by: java.sql.SQLException: relation "items" has another schema',
                "\t... 9 more",
            )
            w.run.missing = ["2026-11"]
            return w.run
    log("INFO", "com.example.App", f"Finished after {w.number(90)} s")
    return w.run


def long_run(seed: int, bad: bool, lines: int = 100_000) -> Run:
    """A long log, most of it of free text; in the middle of it the address is banned."""
    w = Writer(seed)
    w.start()
    w.put("INFO  PlaywrightCrawler: Starting the crawler.")
    while len(w.run.lines) < lines:
        kind = w.random.random()
        if kind < 0.4:
            w.put(f"INFO  PlaywrightCrawler: Saved {w.title()}", wait=0.01)
        elif kind < 0.9:
            w.put(
                f'INFO  PlaywrightCrawler: Request finished {{"url":"{w.url()}","statusCode":200}}',
                wait=0.01,
            )
        else:
            w.put(
                "WARN  PlaywrightCrawler: Reclaiming failed request back to the list or queue. "
                f"page.goto: Timeout 30000ms exceeded. {_request(w, w.url(), 1)}",
                wait=0.01,
            )
        if bad and w.run.cause is None and len(w.run.lines) > 0.6 * lines:
            w.fail("WARN  Session pool: every session is banned, no usable proxy is left")
    if bad:
        w.put(
            "ERROR PlaywrightCrawler: Request failed and reached maximum retries. "
            f"page.goto: net::ERR_PROXY_CONNECTION_FAILED {_request(w, w.url(), 3)}"
        )
    else:
        w.put("INFO  PlaywrightCrawler: Finished! Total 90 requests: 90 succeeded, 0 failed.")
    return w.run


ACTORS: dict[str, Callable[[int, bool], Run]] = {
    maker.__name__: maker
    for maker in (
        *(crawlee_js, crawlee_py, scrapy, prints, prose, build, children, json_lines, java),
        long_run,
    )
}
