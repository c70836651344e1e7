"""A failure is one entry, with its reason, whoever printed it: each kind in fixtures of our own."""

from __future__ import annotations

from itertools import accumulate, cycle
from pathlib import Path

import pytest

from logview.log.entries.grouping import BEGIN, Entries, PageEntries, group_text, merge_end
from logview.log.entries.level import Level
from logview.text.sanitize import visible

CASES = Path(__file__).parents[4] / "shared" / "cases"

FAILURES = {
    "crawlee-python-shifted": (
        "E6 I1",
        """\
[crawlee.crawlers._http] ERROR Request to https://a.example/ failed and reached maximum retries
 Traceback (most recent call last):
  File "/app/main.py", line 3, in handler
    await go()
  File "/app/go.py", line 9, in go
RuntimeError: no proxy
[apify] INFO  next""",
    ),
    "crawlee-python-shifted-chained": (
        "E9 I1",
        """\
[crawlee.crawlers._http] ERROR Request to https://a.example/ failed and reached maximum retries
 Traceback (most recent call last):
  File "/app/main.py", line 3, in handler
KeyError: 'price'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
ValueError: no price
[apify] INFO  next""",
    ),
    "crawlee-python-reduced-timeout": (
        "E4 I1",
        """\
[crawlee.crawlers._http] ERROR Request to https://a.example/ failed and reached maximum retries
   File "/app/main.py", line 3, in handler
    await asyncio.sleep(9)
asyncio.exceptions.TimeoutError: Timed out after 5 seconds
[apify] INFO  next""",
    ),
    "crawlee-js-blocked": (
        "W3 I1",
        """\
WARN  PlaywrightCrawler: Reclaiming failed request back to the list or queue. Detected a session
Request blocked - received 429 status code.
 {"id":"x","url":"https://a.example/","retryCount":2}
INFO  next""",
    ),
    "crawlee-js-json-behind-text": (
        "E3 I1",
        """\
ERROR CheerioCrawler: Request failed and reached maximum retries. first line
second line
third line {"id":"x","url":"https://a.example/"}
INFO  next""",
    ),
    "crawlee-js-launch": (
        "E9 I1",
        """\
ERROR PlaywrightCrawler: Request failed. BrowserLaunchError: Failed to launch browser. Please check:
- Check whether the provided executable path "/x" is correct.
- Try installing the required dependencies.

The original error is available in the `cause` property. Below is the error received:
browserType.launch: Executable doesn't exist at /x
╔══════════════╗
╚══════════════╝
    at launch (/app/x.js:1:2) {"id":"x","url":"https://a.example/"}
INFO  next""",
    ),
    "crawlee-js-chromium-and-warnings-inside": (
        "W6 I1",
        """\
WARN  PuppeteerCrawler: Reclaiming failed request. Failed to launch the browser process!
[7:7:1120/060000.123456:ERROR:zygote_host_impl_linux.cc(90)] Running as root
error: XDG_RUNTIME_DIR is invalid or not set in the environment.
TROUBLESHOOTING: https://pptr.dev/troubleshooting

 {"id":"x","url":"https://a.example/","retryCount":1}
INFO  next""",
    ),
    "crawlee-js-unclosed": ("W1 -1 -1 I1", "WARN  Crawler: slow\nhello\nworld\nINFO  next"),
    "crawlee-js-complete": (
        "W1 -1 E2 I1",
        """\
WARN  Crawler: slow {"id":"x"}
hello
Scrape failed: Error: x
    at main (file:///app/main.js:1:1)
INFO  next""",
    ),
    "box-below-information": (
        "I4 -1 I1",
        "INFO  Stats\n┌───┐\n│ 1 │\n└───┘\nhello\nINFO  next",
    ),
    "box-in-python": (
        "E6 I1",
        """\
[apify] ERROR failed
╔═════╗
║ try ║
╚═════╝
what follows the box
and more of it
[apify] INFO  next""",
    ),
    "typescript-pretty": (
        "E3 E1 I1",
        """\
src/main.ts:12:7 - error TS2345: Argument of type 'string' is not assignable.

12   foo(x);
src/b.ts(1,2): error TS1005: ';' expected.
INFO  next""",
    ),
    "rustc": (
        "E5 W1",
        """\
error[E0425]: cannot find value `x` in this scope
 --> src/main.rs:2:5
  |
2 |     x
  |     ^ not found in this scope
warning: unused variable: `y`""",
    ),
    "rustc-warning": (
        "W5 E6 E1",
        """\
warning: unused import: `x`
 --> src/main.rs:1:5
  |
1 | use x;
  |     ^
error[E0308]: mismatched types
  --> src/main.rs:3:9
   |
3  |     let x: i32 = "a";
   |            ---   ^^^ expected `i32`
   |            |
error: could not compile `x` (bin "x") due to 1 previous error""",
    ),
    "next": (
        "E2 I1",
        """\
 ⨯ TypeError: x is not a function
    at main (/app/page.js:1:2)
INFO  next""",
    ),
    "selenium": (
        "E7 I1",
        """\
Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
selenium.common.exceptions.NoSuchElementException: Message: no such element: x
  (Session info: chrome=138.0.0.0)
Stacktrace:
#0 0x55d1 <unknown>
#1 0x55d2 <unknown>
[apify] INFO  next""",
    ),
    "go-nil": (
        "C8",
        """\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48f0c5]

goroutine 1 [running]:
main.(*Crawler).run(0x0, {0xc0, 0x1})
	/app/main.go:12 +0x1d
created by main.main in goroutine 1
exit status 2""",
    ),
    "go-deadlock": (
        "C4 I1",
        """\
fatal error: all goroutines are asleep - deadlock!

goroutine 1 [chan receive]:
main.main()
2026/11/20 06:00:00 INFO restarted""",
    ),
    "rust-backtrace": (
        "C6 I1",
        """\
thread 'tokio-runtime-worker' (12) panicked at src/main.rs:2:52:
called `Option::unwrap()` on a `None` value
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:665:5
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
2026-11-20T06:00:00.123456Z  INFO my_actor: restarted""",
    ),
    "java-warning": (
        "W4 I1",
        """\
06:00:00.123 [main] WARN  com.example.Scraper - retrying
java.net.SocketTimeoutException: Read timed out
	at java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)
	at com.example.Scraper.main(Scraper.java:5)
06:00:01.123 [main] INFO  com.example.Scraper - next""",
    ),
    "java-uncaught": (
        "E4 I1",
        """\
Exception in thread "main" java.lang.IllegalStateException: bad price
	at com.example.Scraper.main(Scraper.java:5)
Caused by: java.lang.NumberFormatException: For input string: "x"
	... 1 more
06:00:01.123 [main] INFO  com.example.Scraper - next""",
    ),
    "uvicorn": (
        "E3 E1 I1",
        """\
ERROR:    Traceback (most recent call last):
  File "/app/a.py", line 6, in lifespan
RuntimeError: no token
ERROR:    Application startup failed. Exiting.
INFO:     next""",
    ),
    "exception-group": (
        "E7 I1",
        """\
  + Exception Group Traceback (most recent call last):
  |   File "/app/a.py", line 7, in f
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: a
    +---------------- 2 ----------------
    | TypeError: b
[apify] INFO  next""",
    ),
    "console-error": (
        "I1 E5 E3 -1 I1",
        """\
INFO  start
Scraping failed TypeError: Cannot read properties of undefined (reading 'x')
    at Object.handler (file:///app/main.js:2:8)
    at async file:///app/main.js:5:7 {
  code: 'X'
}
[TypeError: fetch failed] {
  code: 'UND_ERR'
}
done
INFO  next""",
    ),
    "console-error-list": (
        "E4 I1",
        """\
Failed: Error: Invalid input:
- a is required
- b is required
    at validate (file:///app/input.js:1:2)
INFO  next""",
    ),
    "nest": (
        "E3 I1",
        """\
[Nest] 1  - 11/20/2026, 6:00:00 AM   ERROR [ExceptionsHandler] Cannot read properties of undefined
TypeError: Cannot read properties of undefined (reading 'x')
    at AppService.get (/app/dist/app.service.js:9:15)
[Nest] 1  - 11/20/2026, 6:00:01 AM     LOG [X] next""",
    ),
    "puppeteer-printed": (
        "E6 I1",
        """\
Error: Failed to launch the browser process! undefined
[0105/211450.698414:ERROR:ozone_platform_x11.cc(240)] Missing X server or $DISPLAY

TROUBLESHOOTING: https://pptr.dev/troubleshooting

    at ChildProcess.onClose (/app/node_modules/x.js:310:20)
INFO  next""",
    ),
    "puppeteer-uncaught": (
        "E9",
        """\
node:internal/process/promises:288
            triggerUncaughtException(err, true /* fromPromise */);
            ^

Error: Failed to launch the browser process! undefined
[0105/211450.698414:ERROR:ozone_platform_x11.cc(240)] Missing X server or $DISPLAY

    at ChildProcess.onClose (/app/node_modules/x.js:310:20)
Node.js v22.1.0""",
    ),
    "php": (
        "C5 I1",
        """\
PHP Fatal error:  Uncaught Exception: boom in /app/a.php:3
Stack trace:
#0 /app/a.php(7): foo()
#1 {main}
  thrown in /app/a.php on line 3
INFO  next""",
    ),
    "java-without-a-message": (
        "E3 W4 I1",
        """\
2026-11-20 06:00:00.220 ERROR 7 --- [main] c.e.Scraper : failed
java.lang.NullPointerException
\tat com.example.Scraper.get(Scraper.java:12)
2026-11-20 06:00:00.220  WARN 7 --- [main] c.e.Scraper : failed
java.lang.NullPointerException: null
\tat com.example.Scraper.get(Scraper.java:12)
\tat com.example.Main.main(Main.java:3)
2026-11-20 06:00:00.220  INFO 7 --- [main] c.e.Scraper : next""",
    ),
    "java-named-otherwise": (
        "E3 E1 -1 I1",
        """\
06:00:00.123 [main] ERROR com.example.Main - failed
com.example.ScrapeFailure: no proxy
\tat com.example.Main.main(Main.java:3)
06:00:00.123 [main] ERROR com.example.Main - failed
Result: none
06:00:00.123 [main] INFO  com.example.Main - next""",
    ),
    "go-http": (
        "C5 I1",
        """\
2026/11/20 06:00:00 http: panic serving 127.0.0.1:5000: boom
goroutine 19 [running]:
net/http.(*conn).serve.func1()
\t/usr/local/go/src/net/http/server.go:1868 +0xb9
panic({0x1, 0x2})
2026/11/20 06:00:00 INFO next""",
    ),
    "rust-stack-overflow": (
        "C3 I1",
        """\
thread 'main' has overflowed its stack
fatal runtime error: stack overflow
Aborted (core dumped)
INFO  next""",
    ),
    "java-message-of-several-lines": (
        "E5 I1",
        """\
Exception in thread "main" org.openqa.selenium.SessionNotCreatedException: session not created
Host info: host: 'x', ip: '1.2.3.4'
Driver info: driver.version: ChromeDriver
\tat org.openqa.selenium.remote.ProtocolHandshake.create(ProtocolHandshake.java:126)
\tat com.example.Main.main(Main.java:3)
INFO  next""",
    ),
    "elixir": (
        "E6 I1 E2 E2",
        """\
06:00:00.123 [error] GenServer #PID<0.123.0> terminating
** (RuntimeError) no proxy left
    (app 0.1.0) lib/app/worker.ex:12: App.Worker.handle_info/2
    (stdlib 4.0) proc_lib.erl:240: :proc_lib.init_p_do_apply/3
Last message: :tick
State: %{urls: []}
06:00:00.124 [info] next
** (ArgumentError) argument error
    lib/app.ex:3: App.run/1
** (Mix) Could not compile
    x""",
    ),
    "swift": (
        "C5 C5 I1",
        """\
Fatal error: Unexpectedly found nil while unwrapping an Optional value: file main.swift, line 3
Current stack trace:
0    libswiftCore.so                    0x00007f1a _swift_stdlib_reportFatalErrorInFile + 109
1    app                                0x00005555 main + 12
Illegal instruction (core dumped)
main.swift:3: Fatal error: Index out of range

💣 Program crashed: Illegal instruction at 0x00007f1a

Thread 0 crashed:
INFO  next""",
    ),
    "laravel": (
        "E5 I1",
        """\
[2026-11-20 06:00:00] prod.ERROR: no proxy {"exception":"[object] (RuntimeException(code: 0): x
[stacktrace]
#0 /app/vendor/x/src/Dispatcher.php(30): fetch()
#1 {main}
"}
INFO  next""",
    ),
    "ruby-with-source": (
        "E5 I1",
        """\
main.rb:1:in `<main>': undefined method `foo' for nil:NilClass (NoMethodError)

nil.foo
   ^^^^
\tfrom /usr/lib/ruby/run.rb:3:in `run'
INFO  next""",
    ),
    "webpack": (
        "E3 I1",
        """\
ERROR in ./src/main.js 1:0-20
Module not found: Error: Can't resolve './x' in '/app/src'
 @ ./src/index.js 1:0-20
INFO  next""",
    ),
    "rustc-explained": (
        "E5 E1",
        """\
error[E0308]: mismatched types
 --> src/main.rs:2:18
2 |     let x: i32 = "a";

For more information about this error, try `rustc --explain E0308`.
error: could not compile `app` (bin "app") due to 1 previous error""",
    ),
    "tracing-for-people": (
        "E3 I2",
        """\
  2026-11-20T06:00:00.123456Z ERROR app::fetch: failed
    at src/main.rs:12
    in app::run with id: 1
  2026-11-20T06:00:00.123456Z  INFO app::fetch: ok
    at src/main.rs:12""",
    ),
    "python-process-pool": (
        "-2 E10 I1",
        """\
concurrent.futures.process._RemoteTraceback:
\"\"\"
Traceback (most recent call last):
  File "/app/main.py", line 3, in work
ValueError: x
\"\"\"

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/main.py", line 9, in <module>
ValueError: x
INFO  next""",
    ),
    "sqlalchemy-unstamped": (
        "E6 I1",
        """\
Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection refused
[SQL: SELECT 1]
[parameters: {'a': 1}]
(Background on this error at: https://sqlalche.me/e/20/e3q8)
INFO  next""",
    ),
    "pydantic-types": (
        "E5 I1",
        """\
pydantic_core._pydantic_core.ValidationError: 2 validation errors for Input
url.function-after[check(), str]
  Value error
items.`list[str]`
  Input should be a valid list
INFO  next""",
    ),
    "ruby": (
        "E2 I1",
        """\
main.rb:3:in `foo': boom (RuntimeError)
	from main.rb:7:in `<main>'
INFO  next""",
    ),
    "dotnet": (
        "E4 E3",
        """\
Unhandled exception. System.InvalidOperationException: bad
 ---> System.Exception: inner
   at App.Main() in /app/Program.cs:line 5
   --- End of inner exception stack trace ---
fail: Microsoft.AspNetCore.Server.Kestrel[13]
      An unhandled exception was thrown by the application.
      System.Exception: x""",
    ),
    "anyhow": (
        "E5 I1",
        """\
Error: failed to fetch

Caused by:
    0: connection refused
    1: os error 111
INFO  next""",
    ),
    "python-fatal": (
        "C5 I1",
        """\
Fatal Python error: Segmentation fault

Current thread 0x00007f (most recent call first):
  File "/app/a.py", line 3 in f
Segmentation fault (core dumped)
INFO  next""",
    ),
    "terminate": (
        "C3 I1",
        """\
terminate called after throwing an instance of 'std::bad_alloc'
  what():  std::bad_alloc
Aborted (core dumped)
INFO  next""",
    ),
    "winston": (
        "E4 I1",
        """\
error: Scrape failed
Error: Invalid input
- a is required
    at validate (/app/input.js:1:2)
info: next""",
    ),
    "scrapy": (
        "E4 I1",
        """\
2026-11-20 06:00:00 [scrapy.core.scraper] ERROR: Spider error processing <GET https://a.example/>
Traceback (most recent call last):
  File "/app/a.py", line 3, in parse
KeyError: 'price'
2026-11-20 06:00:00 [scrapy.core.engine] INFO: next""",
    ),
    "sqlalchemy": (
        "E4 I1",
        """\
Traceback (most recent call last):
  File "/app/a.py", line 3, in f
sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection failed
(Background on this error at: https://sqlalche.me/e/20/e3q8)
INFO  next""",
    ),
    "heap": (
        "C8",
        """\
<--- Last few GCs --->
[1:0x5f3a1d0]    41523 ms: Mark-sweep 4061.4 (4126.5) -> 4060.9 MB
<--- JS stacktrace --->
FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0xb7c2a1 node::Abort() [node]
Aborted (core dumped)""",
    ),
    "pydantic-nested": (
        "E7 I1",
        """\
Traceback (most recent call last):
  File "/app/main.py", line 3, in main
pydantic_core._pydantic_core.ValidationError: 2 validation errors for ActorInput
startUrls.0.url
  Field required [type=missing, input_value={}, input_type=dict]
maxItems
  Input should be a valid integer [type=int_parsing, input_value='x', input_type=str]
[apify] INFO  next""",
    ),
    "zap, for development": (
        "W1 -1 E7 I1",
        """\
2026-11-20T06:00:00.100+0100\tWARN\tapp/main.go:9\tslow
main.main
2026-11-20T06:00:00.123+0100\tERROR\tapp/main.go:12\tfailed\t{"url": "https://a.example"}
github.com/foo/bar.(*Server).Serve
\t/app/bar/server.go:88
net/http.HandlerFunc.ServeHTTP
\t/usr/local/go/src/net/http/server.go:2166 +0x1b
main.main
\tC:/app/main.go:12
2026-11-20T06:00:00.124+0100\tINFO\tapp/main.go:13\tnext""",
    ),
    "npm": (
        "E3 W1",
        """\
npm error code E404
npm error 404 Not Found - GET https://registry.npmjs.org/x
npm error A complete log of this run can be found in: /root/x.log
npm warn deprecated x@1""",
    ),
}


def counted(found: Entries, lines: list[str]) -> str:
    """Return level and number of lines of each entry, blank ones at its end left out."""
    starts = [line for line in range(len(lines)) if found.starts >> line & 1]
    entries_found = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        levels = [level.letter for level, mask in found.levels.items() if mask >> start & 1]
        size = end - start
        while size > 1 and not lines[start + size - 1][25:].strip():
            size -= 1
        entries_found.append(f"{''.join(levels) or '-'}{size}")
    return " ".join(entries_found)


def stamped(text: str) -> list[str]:
    """Stamp lines as the platform does lines that were printed at one go."""
    times = accumulate(cycle((0, 1, 0, 1, 2, 1)))
    return [
        f"2026-11-20T06:00:00.{ms:03}Z {line}"
        for ms, line in zip(times, text.split("\n"), strict=False)
    ]


def in_two(lines: list[str], cut: int) -> Entries:
    above = PageEntries("\n".join(lines[:cut])).join(BEGIN)
    below = PageEntries("\n".join(lines[cut:])).join(above.after)
    starts, levels = above.starts, above.levels
    if below.merged is not None:
        starts, levels = merge_end(starts, levels, cut, below.merged)
    for level, mask in below.levels.items():
        levels[level] = levels.get(level, 0) | mask << cut
    return Entries(starts | below.starts << cut, levels, below.after)


@pytest.mark.parametrize("name", FAILURES)
def test_lines_read_once_are_grouped_as_pages_are(name: str) -> None:
    lines = stamped(FAILURES[name][1])
    for cut in range(1, len(lines), 3):
        above, below = "\n".join(lines[:cut]), "\n".join(lines[cut:])
        found = group_text(above, BEGIN)
        assert found == PageEntries(above).join(BEGIN)
        assert group_text(below, found.after) == PageEntries(below).join(found.after)


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_one_entry(name: str) -> None:
    right, text = FAILURES[name]
    lines = stamped(text)
    assert counted(PageEntries("\n".join(lines)).join(BEGIN), lines) == right
    assert {counted(in_two(lines, cut), lines) for cut in range(1, len(lines))} == {right}
    child = [f"{line[:25]}[apify.actor runId:HG7ML7M8z78YcAPEB] -> {line}" for line in lines]
    assert counted(PageEntries("\n".join(child)).join(BEGIN), child) == right.replace(
        "E7 I1", "E7 I1"
    )


@pytest.mark.parametrize("name", FAILURES)
def test_it_is_in_logs_without_stamps_too(name: str) -> None:
    right, text = FAILURES[name]
    lines = text.split("\n")
    bare = [" " * 25 + line for line in lines]  # as wide as a stamp, for counting
    assert counted(PageEntries(text).join(BEGIN), bare) == right


def test_what_follows_a_traceback_within_three_milliseconds_belongs_to_it() -> None:
    text = 'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: x'
    lines = [*stamped(text), "2026-11-20T06:00:00.004Z and this", "2026-11-20T06:00:00.008Z not"]
    assert counted(PageEntries("\n".join(lines)).join(BEGIN), lines) == "E4 -1"
    bare = [" " * 25 + line for line in (*text.split("\n"), "not", "this")]
    plain = "\n".join(line[25:] for line in bare)
    assert counted(PageEntries(plain).join(BEGIN), bare) == "E3 -1 -1"
    many = [*stamped(text), *(f"2026-11-20T06:00:00.002Z line {n}" for n in range(30))]
    assert counted(PageEntries("\n".join(many)).join(BEGIN), many).startswith("E23 -1 -1")


def test_a_message_that_nothing_closes_stays_apart() -> None:
    closing = '    at main (/app/x.js:1:2) {"id":"x"}'
    for between, right in [(150, "E152"), (250, "E1")]:
        lines = stamped("\n".join(["ERROR Crawler: x", *["text"] * between, closing]))
        assert counted(PageEntries("\n".join(lines)).join(BEGIN), lines).split()[0] == right
    late = ["2026-11-20T06:00:00.000Z ERROR Crawler: x", "2026-11-20T06:00:05.000Z text"]
    late.append('2026-11-20T06:00:05.000Z  {"id":"x","url":"y"}')
    assert counted(PageEntries("\n".join(late)).join(BEGIN), late) == "E1 -2"


def test_what_a_page_settles_of_the_pages_above() -> None:
    above = PageEntries("ERROR Crawler: x\nreason").join(BEGIN)
    middle = PageEntries("more\nand more").join(above.after)
    assert middle.merged is None
    below = PageEntries('    at main (/app/x.js:1:2) {"id":"x"}\nINFO  next').join(middle.after)
    assert below.merged is not None
    assert below.merged.lines == 4
    assert below.merged.level == Level.ERROR
    assert merge_end(0b11, {}, 2, below.merged) == (0, {Level.ERROR: 0b11})


RIGHT = {
    "a-crawlee-py": "E5 I1",
    "b-crawlee-js-session": "W3 E4 I1",
    "c-box-node": "E6 I1",
    "d-box-py": "E7 I1",
    "e-tsc": "E2 E1 E1",
    "f-selenium": "E8 I1",
    "g-go": "W1 E1 C6",
    "h-rust": "W1 I1 E1 E1 W1 C3",
    "i-structlog": "E1 W1 E1",
    "j-json-later": "E1 E1 E1 E1",
    "k-rich": "I1 E1 W1 I1",
    "l-java": "E6 I1",
    "m-uvicorn": "E4 E1",
    "n-excgroup-chained": "E14 I1",
    "o-console-error": "I1 E6 E6 I1",
    "p-gyp": "E3 W1",
    "q-pptr": "W7 I1",
    "r-v8": "C5 C1 C1 C1",
    "s-fold-py": "E11 I1",
    "t-npmfold": "E14",
    "u-httpx": "E13 I1 E7",
    "v-pydantic": "E12 I1",
    "w-js-list": "E5 I1",
    "x-multiline-logger": "E1 -1 -1 I1",
}


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not on this machine")
@pytest.mark.parametrize("name", RIGHT)
def test_the_cases(name: str) -> None:
    lines = visible((CASES / f"{name}.log").read_bytes()).removesuffix("\n").split("\n")
    assert counted(PageEntries("\n".join(lines)).join(BEGIN), lines) == RIGHT[name]
    assert {counted(in_two(lines, cut), lines) for cut in range(1, len(lines))} == {RIGHT[name]}
