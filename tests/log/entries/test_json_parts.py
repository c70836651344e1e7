"""JSON in a text: what is found, and that its layout changes no token."""

from __future__ import annotations

import itertools
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.entries.json_parts import MAX_INDENT, TokenKind, find_json, laid_text, lay_out
from tests.support.examples import examples

STRING = re.compile(r'("(?:[^"\\]|\\.)*")', re.DOTALL)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
NESTED = st.lists(VALUES, min_size=2) | st.dictionaries(st.text(), VALUES, min_size=1)
AROUND = st.text(st.characters(exclude_characters='[{"\n'), max_size=20)
PIECES = st.lists(
    st.sampled_from(
        [
            *("{", "}", "[", "]", ":", ",", '"', "\\", "\n", " ", "a", '"k"', "1", "-1.5e3"),
            *("true", "null", "NaN", '{"a":1}', "[1,2]", '"x\ny"', "0", ".", "\\u00e9", "宽"),
            *("\t", "\x00"),
        ]
    ),
    max_size=40,
).map("".join)


def parts(text: str) -> list[str]:
    return [text[part.start : part.end] for part in find_json(text).parts]


def laid(text: str) -> list[str]:
    return [laid_text(text, part) for part in find_json(text).parts]


def without_space(text: str) -> str:
    """The text without white space outside strings, and without line breaks in them."""
    pieces = STRING.split(text)
    return "".join(
        piece.replace("\n", "") if number % 2 else re.sub(r"[ \t\r\n]", "", piece)
        for number, piece in enumerate(pieces)
    )


@examples(40)
@given(NESTED, AROUND, AROUND, st.sampled_from([None, 1, 4]), st.booleans())
def test_what_a_program_prints_is_found_between_any_texts(value, before, after, indent, ascii_):
    printed = json.dumps(value, indent=indent, ensure_ascii=ascii_)
    if re.search(r"[\w)\]\"'`?.]$", before):
        before += " "
    text = f"{before}{printed}{after}"
    assert parts(text) == [printed]
    assert without_space(laid(text)[0]) == without_space(printed)


@given(PIECES | st.text())
def test_every_part_is_json_and_its_tokens_come_out_as_they_went_in(text):
    found = find_json(text)
    ends = [end for part in found.parts for end in (part.start, part.end)]
    assert ends == sorted(ends)
    for part in found.parts:
        written = text[part.start : part.end]
        assert json.JSONDecoder(strict=False).raw_decode(written)[1] == len(written)
        assert without_space(laid_text(text, part)) == without_space(written)
        lines = lay_out(text, part, indent="  ")
        shown = [piece.token for line in lines for piece in line.pieces]
        assert shown == list(part.tokens)
        for line in lines:
            for start, end, token in line.pieces:
                word = text[token.start : token.end].replace("\n", "")
                assert line.text[start:end] == word or token.kind == TokenKind.MARK


@pytest.mark.parametrize(
    "number",
    ["1e400", "12345678901234567890", "1.10", "-0", "0.0E+00", "1" * 5000, "NaN", "-Infinity"],
)
def test_a_number_stays_as_it_was_written(number):
    assert laid(f'{{"n":{number}}}')[0].replace(" ", "").replace("\n", "") == f'{{"n":{number}}}'


def test_order_double_keys_and_escapes_stay():
    text = r'{"z":1,"a":2,"z":3,"\u00e9\/\ud800":"\\n\n"}'
    assert laid(text) == [r'{"z": 1, "a": 2, "z": 3, "\u00e9\/\ud800": "\\n\n"}']


def test_short_ones_stay_on_a_line_and_others_have_a_line_for_each_member():
    url = "https://shop.example.com/products/1234567890?page=1&sort=price"
    text = f'{{"url":"{url}","none":{{}},"list":[1,2,[]],"deep":{{"a":[{{"b":null}},"{url}"]}}}}'
    assert laid(text)[0].split("\n") == [
        "{",
        f'  "url": "{url}",',
        '  "none": {},',
        '  "list": [1, 2, []],',
        '  "deep": {',
        '    "a": [',
        '      {"b": null},',
        f'      "{url}"',
        "    ]",
        "  }",
        "}",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('INFO  Crawler: msg {"a":1}', ['{"a":1}']),
        ('({"a": "}{]["}) and {"b":[1]}, [1, 2]', ['{"a": "}{]["}', '{"b":[1]}', "[1, 2]"]),
        ('[apify] INFO  System info ({"os": "linux"})', ['{"os": "linux"}']),
        ('{not json} {"a":1}', ['{"a":1}']),
        ('[INFO] [12:30] {"a":1}', ['{"a":1}']),
        ('{"a":\n1,\r\n"b":\t2}', ['{"a":\n1,\r\n"b":\t2}']),
        ('at f (x.js:1:2) {"id":"x"}\nnext {"b":2}', ['{"id":"x"}', '{"b":2}']),
        ('cut {"a":[1,{"b":2},\nwhole {"c":3}', ['{"c":3}']),
        ('cut {"a":"see {\\"b\\":1} [1,2]\nwhole {"c":3}', ['{"c":3}']),
        ('one line in {"two":"pie\nces"}', ['{"two":"pie\nces"}']),
    ],
)
def test_json_is_found(text, expected):
    assert parts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{'a': 1, 'b': None}",
        "{ test: 123 }",
        "{a}",
        "{} [] [7] [ ]",
        "retry [3] of [true]",
        'raise KeyError(data["key"])',
        'x = f()["a"]',
        '{"a":1,}',
        '{"a" 1}',
        "[1,,2]",
        "[1, 2",
        '{"a":1',
        '{"a":01}',
        '{"a":"\t"}',
        '{"a":"\\x"}',
        "[1, 2}",
        "[tru, 1]",
        '{"a":1]',
        "{1:2}",
        '["a":1]',
    ],
)
def test_what_is_no_whole_json_stays_text(text):
    assert parts(text) == []


def test_json_that_was_cut_into_lines_is_joined_again():
    assert laid('{"two":"pie\nces", "b":\n1}') == ['{"two": "pieces", "b": 1}']


def test_deep_nesting_neither_fails_nor_runs_out_of_the_screen():
    depth = 5_000
    text = '{"a":[' * depth + "1" + "]}" * depth
    (part,) = find_json(text).parts
    lines = lay_out(text, part)
    assert max(len(line.text) for line in lines) < 2 * MAX_INDENT + 20
    assert without_space("".join(line.text for line in lines)) == text


@pytest.mark.parametrize(
    "text",
    ["[" * 10**6, '{"a":' * 10**6, "\n".join(["[1,"] * 10**5), '{"' * 10**6, '["' + "\\n" * 10**6],
    ids=lambda text: text[:6].replace("\n", ""),
)
def test_what_never_ends_is_given_up_and_reported(text):
    found = find_json(text + ' {"a":1}')
    assert not found.parts
    assert found.unread is not None


def test_of_too_much_the_first_is_found_and_the_place_given_where_it_ended():
    text = '{"a":1} ' * 1000
    found = find_json(text, max_work=500)
    assert len(found.parts) == 99
    assert found.unread == 99 * 8
    found = find_json(text, max_size=804)
    assert len(found.parts) == 100
    assert found.unread == 800
    assert find_json(text).unread is None
    assert find_json(text + "x" * 2_000_000).unread is None


def test_lines_of_a_layout_hang_where_they_belong():
    text = json.dumps({"key": "x" * 70, "other": 1})
    (part,) = find_json(text).parts
    first, *rest = lay_out(text, part, indent="    ")
    assert first.text == "{"
    assert [line.text[:7] for line in rest] == ['      "', '      "', "    }"]
    kinds = [piece.token.kind for piece in rest[0].pieces]
    assert kinds == [TokenKind.KEY, TokenKind.MARK, TokenKind.STRING, TokenKind.MARK]
    assert all(a.end <= b.start for a, b in itertools.pairwise(rest[0].pieces))


def test_a_string_with_line_breaks_is_laid_out_as_lines_and_copied_as_it_is() -> None:
    text = r'{"level":50,"stack":"Error: \"x\"\r\n    at a (b.js:1)\n    at c\\n","a":"x\n"}'
    (part,) = find_json(text).parts
    lines = lay_out(text, part, break_strings=True)
    assert [line.text for line in lines] == [
        "{",
        '  "level": 50,',
        r'  "stack": "Error: \"x\"',
        r"                at a (b.js:1)",
        r'                at c\\n",',
        '  "a": "x"',
        "}",
    ]
    for line in lines:
        for start, end, token in line.pieces:
            assert line.text[start:end] == text[token.start : token.end]
    assert json.loads(laid_text(text, part)) == json.loads(text)
