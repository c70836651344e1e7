"""Levels are read where loggers write them, and nowhere else."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st

from logview.log.entries.level import Level
from logview.log.entries.level_patterns import (
    LEVEL_OF_WORD,
    LEVEL_PATTERNS,
    LevelPattern,
    level_of,
)
from tests.support.corpus import CORPUS, LETTERS, read

if TYPE_CHECKING:
    from pathlib import Path

if sys.version_info >= (3, 11):
    from re import _parser as parser
else:
    import sre_parse as parser

STAMP = "2026-11-20T06:00:00.000Z "
LINES = [line for path in CORPUS for line in read(path).lines]
pieces = st.sampled_from(
    [
        *(STAMP, " ", "\t", ":", "x", "é", "-", "\u2028", "[a] ", "[apify.x runId:a1] -> "),
        *("#1 0.2 ", "INFO", "ERROR", "npm ERR!", '{"level":"', "TypeError: "),
        "Traceback (most recent call last):",
    ]
)
lines = st.one_of(
    st.sampled_from(LINES), st.lists(pieces, max_size=6).map("".join), st.text(max_size=20)
).map(lambda line: line.replace("\n", ""))


@pytest.mark.parametrize("row", LEVEL_PATTERNS, ids=lambda row: row.name)
def test_each_row_of_the_table_reads_its_example(row: LevelPattern) -> None:
    level = level_of(row.example)
    assert level is not None
    assert row.level in (None, level)
    assert level_of(STAMP + row.example) == level
    assert level_of(f"{STAMP}[apify.x runId:HG7ML7M8z78YcAPEB] -> {STAMP}{row.example}") == level
    assert level_of(f"it said {row.example}") is None
    assert row.source


def words(tree: Any) -> list[str]:
    """Return all texts that a part of an expression matches; one that repeats once and not at all.

    Of a set and of what only looks on nothing.
    """
    found = [""]
    for op, value in tree:
        match str(op):
            case "LITERAL":
                more = [chr(value)]
            case "IN":
                more = [chr(one) for kind, one in value if str(kind) == "LITERAL"]
            case "BRANCH":
                more = [text for branch in value[1] for text in words(branch)]
            case "SUBPATTERN":
                more = words(value[-1])
            case "MAX_REPEAT":
                more = [*words(value[2]), *([""] if value[0] == 0 else [])]
            case _:
                more = [""]
        found = [text + rest for text in found for rest in more]
    return found


@pytest.mark.parametrize("row", LEVEL_PATTERNS, ids=lambda row: row.name)
def test_each_word_of_a_row_has_a_level(row: LevelPattern) -> None:
    for form in re.findall("‹(.*?)›", row.pattern):
        for word in words(parser.parse(form)):
            assert word in LEVEL_OF_WORD


def test_rows_have_names_of_their_own() -> None:
    assert len({row.name for row in LEVEL_PATTERNS}) == len(LEVEL_PATTERNS)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_the_first_line_of_an_entry_states_its_level(path: Path) -> None:
    judged = read(path)
    for line, mark in zip(judged.lines, judged.marks, strict=True):
        if mark[1] == ">":
            assert level_of(line) == LETTERS.get(mark[0]), line


@pytest.mark.parametrize(
    ("word", "level"),
    [
        *[("DEBUG", Level.DEBUG), ("PERF", Level.DEBUG), ("INFO", Level.INFO)],
        *[("WARN", Level.WARN), ("SFAIL", Level.WARN), ("ERROR", Level.ERROR)],
    ],
)
def test_the_words_of_crawlee(word: str, level: Level) -> None:
    for form in (f"{word} x", f"{word}:x", f"{word}: x", word, f"{word}\tx", f"[a.b] {word} x"):
        assert level_of(form) == level
        assert level_of(f"{STAMP}{form}") == level
        assert level_of(f"  {form}") is None
        assert level_of(f"x {form}") is None
    for form in (f"{word}S x", f"{word}_x", f"{word}-1", f"{word}!", f"{word}=1", f"<{word}> x"):
        assert level_of(form) is None


@pytest.mark.parametrize(
    ("word", "level"),
    [
        *[("TRACE", Level.DEBUG), ("NOTICE", Level.INFO), ("WARNING", Level.WARN)],
        *[("SEVERE", Level.ERROR), ("CRITICAL", Level.CRITICAL), ("FATAL", Level.CRITICAL)],
        *[("PANIC", Level.CRITICAL), ("EMERGENCY", Level.CRITICAL)],
    ],
)
def test_words_that_begin_titles_too_are_levels_where_a_logger_marks_them(
    word: str, level: Level
) -> None:
    for form in (f"{word}:x", f"{word}: x", f"{word}[a] x", f"{word} | x", f"{word}  x"):
        assert level_of(form) == level
    for form in (f"[a.b] {word} x", f"2026-11-20 06:00:00 {word} x", f"[06:00:00] {word} x"):
        assert level_of(form) == level
    for form in (f"{word} x", word, f"{word}S: x", f"{word} OF x", f"{word}: none", f"{word}: 0"):
        assert level_of(form) is None


def test_numbers_are_those_of_pino() -> None:
    found = [level_of(f'{{"level":{number},"msg":"x"}}') for number in range(10, 70, 10)]
    assert found == [
        *(Level.DEBUG, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR, Level.CRITICAL)
    ]
    assert level_of('{"level":35,"msg":"x"}') is None


def test_a_form_stands_for_its_word_in_any_case() -> None:
    for form, level in LEVEL_OF_WORD.items():
        assert LEVEL_OF_WORD.get(form.upper(), level) == level


def test_levels_are_in_order_and_have_a_letter_each() -> None:
    assert sorted(Level) == list(Level)
    assert "".join(level.letter for level in Level) == "DIWEC"


def test_only_the_first_line_is_asked() -> None:
    assert level_of("INFO  a\nERROR b") == Level.INFO
    assert level_of("a\nERROR b") is None
    assert level_of("") is None


@pytest.mark.parametrize(
    "unit", ["x", " ", "[", "[a] ", "a.", "A", "{", '"', "=", "^", "0", "/", ":"]
)
def test_a_line_of_a_megabyte_is_read_like_any_other(unit: str) -> None:
    """A pattern that went over the line twice would not come to an end here."""
    size = 1_000_000 // len(unit)
    assert level_of(unit * size) is None
    assert level_of(f"ERROR {unit * size}") == Level.ERROR


LAYOUTS = """\
W [WARN ] x
W 2026-11-20 06:00:00.220  WARN 7 --- [main] x
E [2026-11-20 06:00:00,123: ERROR/MainProcess] x
E fail: A[0]
C crit: A[0]
W warn: A[0]
D dbug: A[0]
E 6:00AM ERR x
C 6:00AM FTL x
E [11:22:33 ERR] x
I [11:22:33 INF] x
E E1120 06:00:00.123456 1 main.go:12] x
W W1120 06:00:00.123456 1 main.go:12] x
E [Nest] 1  - 11/20/2026, 6:00:00 AM   ERROR [X] x
I [Nest] 1  - 11/20/2026, 6:00:00 AM     LOG [X] x
E [2026-11-20 06:00:00] main.ERROR: x [] []
C [2026-11-20 06:00:00] main.EMERGENCY: x [] []
C PHP Fatal error:  x
E SEVERE: x
E error Command failed with exit code 1.
W warning package.json: No license field
E  ERR_PNPM_X  y
W  WARN  deprecated x@1
E ✘ [ERROR] x
W ▲ [WARNING] x
E ts=2026-11-20T06:00:00Z caller=main.go:1 level=error
W lvl=warn msg=x
E {"event":"a","url":"b","level":"error","timestamp":"c"}
E {"timestamp":"a","logLevel":"error","message":"b"}
E {"@timestamp":"a","message":"boom","level":"ERROR","level_value":40000}
E {"message":"a","time":"b","severity":"ERROR"}
E {"name":"a","pid":7,"level":50,"msg":"b"}
W {"name":"a","pid":7,"msg":"b","level":40}
E {"message":"a","log.level":"error"}
E {"message":"a","log":{"level":"error"}}
W {"Timestamp":"a","Level":"Warning","MessageTemplate":"b"}
I {"Timestamp":"a","Level":"Information","MessageTemplate":"b"}
E {"asctime":"a","name":"b","levelname":"ERROR"}
E 2026-11-20T06:00:00.123456Z [error    ] x  [my_actor] url=y
W 2026-11-20 06:00:00 [warning  ] x
E 2026-11-20T06:00:00.123456Z ERROR my_actor::fetch: x
W 2026-11-20T06:00:00.123456Z  WARN my_actor::fetch: x
E [2026-11-20T06:00:00Z ERROR my_actor::proxy] x
W [2026-11-20T06:00:00Z WARN  my_actor::proxy] x
E 2026/11/20 06:00:02 ERROR x err="y"
E 2026/11/20 06:00:00 [error] 7#7: *1 x
E [Fri Nov 20 06:00:00.123456 2026] [core:error] [pid 7] x
C 2026-11-20 06:00:00.123 UTC [7] FATAL:  x
E 06:00:00.123 [main] ERROR com.example.Scraper - x
E 2026-11-20 06:00:00,123 ERROR [c.e.Foo] (main) x
E ERROR [2026-11-20 06:00:00,123] com.foo: x
E ERROR:    x
E [10/28/25 13:06:08] ERROR    x  main.py:88
E                     ERROR    x  main.py:89
W            WARNING  x  main.py:89
E #12 9.1 gyp ERR! x
E node-pre-gyp ERR! x
W prebuild-install warn install x
E src/main.ts(12,7): error TS2345: x
E #16 4.407 src/main.ts(12,7): error TS2345: x
E src/main.ts:12:7 - error TS2345: x
E error TS18003: x
E error[E0425]: x
E main.c:3:5: fatal error: x.h: No such file
W main.c:3:5: warning: x
E Program.cs(12,7): error CS1002: ; expected [/app/x.csproj]
C Segmentation fault (core dumped)
C Killed
C Aborted (core dumped)
C Illegal instruction
C /bin/sh: line 1:     7 Killed                  node main.js
E [AggregateError: x] {
E E, [2026-11-20T06:00:00.123456 #7] ERROR -- : x
E 20-Nov-2026 06:00:00.123 SEVERE [main] x
C 2026-11-20 06:00:00 CRITICAL x
C FATAL ERROR: Reached heap limit
C thread 'main' panicked at src/main.rs:2:52:
C panic: x
E [E 2026-11-20 06:00:00.123 ServerApp] x
E lvl=eror msg=x
D lvl=dbug msg=x
E time=2026-11-20T06:00:00.000Z level=ERROR+2 msg=x
W {"time":"2026-11-20T06:00:00.000Z","level":"WARN-1","msg":"x"}
E ERRO[0003] x                                 proxy=a
C FATA[0003] x
D DEBU[0003] x
E [ERR] x
W [06:00:00 WRN] x
I [INF] x
E 2026-11-20 06:00:00,123 root ERROR x
E 2026-11-20 06:00:00,123 app.proxy ERROR x
W 2026-11-20 06:00:00 app.proxy    WARNING  x
E 2026-11-20T06:00:00.123456Z 7 [ERROR] [MY-010119] [Server] x
W 2026-11-20T06:00:00.123456Z 0 [Warning] [MY-010068] [Server] x
E Fri Nov 20 06:00:00 2026 ERROR x
W Fri Nov 20 06:00:00 2026 app.proxy WARN x
E Nov 20, 2026 6:00:00 AM ERROR x
E Nov 20 06:00:00 box app[7]: ERROR x
E 20/Nov/2026:06:00:00 +0000 ERROR x
E   2026-11-20T06:00:00.123456Z ERROR app::fetch: x
I   2026-11-20T06:00:00.123456Z  INFO app::fetch: x
E clang: error: linker command failed
E main.py: error: unrecognized arguments: --x
E MSBUILD : error MSB1003: x
E CSC : error CS5001: x [/app/x.csproj]
E ./main.go:5:2: undefined: x
E CMake Error at CMakeLists.txt:3 (message):
E e: file:///app/Main.kt:3:5 Unresolved reference: x
W warning a > b > c@1.0.0: x
C start.sh: line 3:     7 Killed                  node main.js
C ==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x60
C free(): invalid pointer
C *** stack smashing detected ***: terminated
E java.lang.NullPointerException: null
E 2026-11-20 06:00:00.1234|ERROR|App.Scraper|x
E prisma:error x
E E: Unable to locate package x
C [1]+  Segmentation fault      (core dumped) node main.js
E  ERROR app::fetch > x
E Nov 20 06:00:00.123 ERRO x, url: a
E docker: Error response from daemon: x
E The command '/bin/sh -c npm ci' returned a non-zero code: 1
E [!] RollupError: x
E [20-Nov-2026 06:00:00 UTC] error: x
C main.swift:3: Fatal error: Index out of range
E \u2009ERR_PNPM_X\u2009 y
W \u2009WARN\u2009 y
E {"message":"x","context":{},"level":400}
C {"message":"x","level":550}
E {"L":"ERROR","T":"2026-11-20T06:00:00Z","M":"x"}
E {"@t":"2026-11-20T06:00:00Z","@mt":"x","@l":"Error"}
E {"text":"x","record":{"elapsed":{"seconds":1},"level":{"icon":"i","name":"ERROR","no":40}}}
W {"msg":"x","level":"40"}
W {"msg":"x","level":40.0}
E {"log-level":"error","msg":"x"}
E {"msg":"a } in a text","level":"error"}
E {"msg":"a { in a text","level":"error"}
E {"level":"\\u001b[31merror\\u001b[39m","message":"x"}"""


@pytest.mark.parametrize("line", LAYOUTS.split("\n"))
@pytest.mark.parametrize("before", ["", STAMP, "\ufeff"])
def test_levels_of_many_layouts(before: str, line: str) -> None:
    level = level_of(before + line[2:])
    assert level is not None
    assert level.letter == line[0]


FRIENDS = """\
Error: none
error: null
error: []
Error: undefined
Errors: 0
ERROR COUNT: 0
ERROR RATE: 0.5%
ERROR = 5
ERROR: none
[Error] none
[error]: 0
FATAL: none
WARN COUNT: 3
INFO SESSION 3: how to apply (title)
ERROR BARS ARE SHOWN
DEBUG MODE: off
DEBUG: false
INFO: true
FATAL accident on highway 5 (title)
WARNING SIGNS of stroke (title)
CRITICAL MASS (title)
Critical Thinking: a book
Error 404 page not found on https://shop.example.com
0 errors
Killed in action (title)
Aborted mission
Panic Room
Fatal Attraction (1987)
Notice: shipping delays
error
warning signs of x
# Title
{"title":"x","data":{"level":"error"}}
{"course":"x","level":"beginner"}
{"l":"en","level":150}
E: coli
{"data":{"msg":"}","level":"error"}}
{"game":{"level":{"name":"ERROR"}}}
Error: none found
❌ Error: none
⚠ warning: 0
- ERROR: a list's item
10:30 INFO SESSION 3
java.lang.NullPointerException is thrown
main.go:5: x
clang: error: none
{"msg":"he said \\"level\\":\\"error\\""}"""


@pytest.mark.parametrize("line", FRIENDS.split("\n"))
@pytest.mark.parametrize("before", ["", STAMP])
def test_what_looks_like_an_error_and_is_none(before: str, line: str) -> None:
    assert level_of(before + line) is None
