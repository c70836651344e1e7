from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.entries.json_lines import lay_out_json_line
from tests.support.examples import examples

AT = "2026-11-20T06:00:00.000Z "


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (  # APIFY_LOG_FORMAT=JSON
            '{"time":"2026-11-23T06:19:48.681Z","level":"INFO","msg":"json info","a":1}',
            "2026-11-23T06:19:48.681Z INFO  json info a=1",
        ),
        (  # pino, bunyan
            '{"level":50,"time":1795176307122,"pid":7,"hostname":"x","name":"api","msg":"boom",'
            '"url":"https://a.example/b","v":0}',
            "2026-11-20T12:05:07.122Z ERROR api boom url=https://a.example/b pid=7 hostname=x v=0",
        ),
        (  # winston
            '{"message":"it works","level":"warn","service":"a b"}',
            'WARN  it works service="a b"',
        ),
        (  # structlog
            '{"event": "request failed", "n": 3, "level": "error", "timestamp": '
            '"2026-11-20T06:00:00Z"}',
            "2026-11-20T06:00:00.000Z ERROR request failed n=3",
        ),
        (  # zap
            '{"level":"debug","ts":1795176307.122456,"caller":"a/b.go:12","msg":"","ok":true}',
            "2026-11-20T12:05:07.122Z DEBUG caller=a/b.go:12 ok=true",
        ),
        (  # logrus
            '{"level":"fatal","msg":"x","time":"2026-11-20T06:00:00+01:00","o":{"a":[1, 2]}}',
            '2026-11-20T05:00:00.000Z CRITICAL x o={"a":[1, 2]}',
        ),
        (  # an error with its stack is taken apart
            '{"level":"error","msg":"x","err":{"type":"Error","stack":"Error: x\\n  at a\\n  at b"}'
            ',"id":"7"}',
            'ERROR x err.type=Error err.stack="Error: x" … 3 lines id=7',
        ),
        (
            '{"level":"info","msg":"said \\"hi\\" \\u00e9 \\ud83d\\ude00\\tx\\r\\nmore"}',
            'INFO  said "hi" é 😀 x … 2 lines',
        ),
        ('{"level":"info","msg":"\\u001b[31mred\\u0007 \\ud83d"}', "INFO  ␛[31mred␇ �"),
        (
            f'{AT}[apify.a runId:B7] -> {AT}{{"level":"info","time":"{AT[:-1]}","msg":"x"}}',
            f"{AT}[apify.a runId:B7] -> {AT}INFO  x",
        ),
    ],
)
def test_lines_of_loggers(line: str, shown: str) -> None:
    laid = lay_out_json_line(line)
    assert laid is not None
    assert laid.text == shown


@pytest.mark.parametrize(
    "line",
    [
        '{"title":"A book","price":3}',
        '{"message":"printed","price":3}',
        '{"level":"beginner","name":"piano"}',
        '{"level":"info","msg":"cut',
        '{"level":"info","msg":"x"} and more',
        'INFO  CheerioCrawler: Saved {"level":"info","msg":"x"}',
        '[{"level":"info","msg":"x"}]',
        "{",
        "{}",
        "",
        '{"level":"info","msg":"' + "x" * 30_000 + '"}',
    ],
)
def test_other_lines_stay_as_they_are(line: str) -> None:
    assert lay_out_json_line(line) is None


def test_the_time_is_left_out_where_it_is_shown_elsewhere() -> None:
    line = '{"time":"2026-11-23T06:19:48.681Z","level":"INFO","msg":"x"}'
    laid = lay_out_json_line(line, with_time=False)
    assert laid is not None
    assert laid.text == "INFO  x"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@examples(50)
@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=5), st.booleans())
def test_pieces_are_in_order_and_say_what_the_line_says(data: dict[str, object], raw: bool) -> None:
    line = json.dumps({"level": "info", **data, "msg": "hello"}, ensure_ascii=not raw)
    laid = lay_out_json_line(line)
    assert laid is not None
    assert all(ord(character) >= 32 for character in laid.text)
    at = 0
    for piece in laid.pieces:
        assert at <= piece.start < piece.end <= len(laid.text)
        assert 0 <= piece.source < piece.source_end <= len(line)
        at = piece.end
    # The key of an object that is taken apart stands before each of its members.
    covered = sorted({(piece.source, piece.source_end) for piece in laid.pieces})
    assert all(before[1] <= after[0] for before, after in pairwise(covered))
    hello = line.index('"hello"') + 1
    (piece,) = [one for one in laid.pieces if one.source <= hello < one.source_end]
    assert laid.text[piece.start : piece.end] == "hello"
