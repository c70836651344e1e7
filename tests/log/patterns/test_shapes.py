"""Templates: what is masked, what stays, and what they don't depend on."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.entries.level import Level
from logview.log.patterns.masks import own_text, shape_of
from logview.log.patterns.shapes import OTHER, Shape, ShapeTable, entry_head
from logview.log.patterns.tally import LogTally
from logview.log.patterns.templates import find_templates, matches
from tests.log.patterns.reading import tally_of
from tests.support.examples import examples
from tests.support.pairs import ACTORS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Saved 12 items in 3.5 s", "Saved 7 items in 12 s"),
        ("GET https://a.example.com/x?y=1 done", "GET http://b.example.org/ done"),
        ('Saved "blue kettle" to disk', 'Saved "a chair" to disk'),
        ("run HG7ML7M8z78YcAPEB started", "run aJ4kM2Q8z1YcXPEBc started"),
        ("id 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "id 00aa0000-0000-0000-0000-000000000000"),
        ('INFO x {"url":"a","n":1}', 'INFO x {"url":"other one","n":77}'),
        ("mail to jane@example.com sent", "mail to joe.x@example.org sent"),
        ("wrote /tmp/abc-x/y.png", "wrote /tmp/zzz/k/out.png"),
        ("    at f (/app/main.js:12:7)", "    at f (/app/main.js:99:1)"),
        ("Finished with 404 rows", "Finished with 352 rows"),
        ("got 512 links from the page", "got 8 links from the page"),
        ("page -> 450 results", "page -> 12 results"),
        ("port 10.0.0.1:8080", "port 192.168.1.20:9"),
        ("2026-11-20 06:05:00,122 INFO x", "2025-01-02 23:59:59,001 INFO x"),
    ],
)
def test_values_are_masked(one: str, other: str) -> None:
    assert shape_of(one) == shape_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Request blocked - received 403 status code",
            "Request blocked - received 407 status code",
        ),
        ("GET https://a.example/x -> 407 in 3ms", "GET https://a.example/y -> 200 in 9ms"),
        ("GET https://a.example/x 503", "GET https://a.example/y 200"),
        ("Client error '403 Forbidden' for 'x'", "Client error '429 Too Many Requests' for 'x'"),
        ("Request failed with 502", "Request failed with 429"),
        ('GET "/x" HTTP/1.1" 200', 'GET "/x" HTTP/1.1" 500'),
        ("DEBUG: Crawled (200) <GET https://x/>", "DEBUG: Crawled (404) <GET https://x/>"),
        ("process ended with exit code 1", "process ended with exit code 137"),
        ('INFO  Exiting Actor ({"exit_code": 0})', 'INFO  Exiting Actor ({"exit_code": 91})'),
        ("error TS2345: x", "error TS2322: x"),
        ('WARN x {"code":"ERR_A"}', 'WARN x {"code":"ERR_B"}'),
        ('INFO x {"statusCode":200}', 'INFO x {"statusCode":503}'),
        ("    at f (/app/main.js:1:1)", "    at g (/app/main.js:1:1)"),
        ('INFO x {"started":1}', 'INFO x {"ended":1}'),
        ("502 Bad Gateway", "503 Service Unavailable"),
    ],
)
def test_codes_frames_and_keys_stay(one: str, other: str) -> None:
    assert shape_of(one) != shape_of(other)


def test_a_shape_is_readable() -> None:
    assert shape_of("WARN  Got 429 of https://x.example.com/1, retry 2 of 3") == (
        "WARN Got 429 of <url> retry # of #"
    )


@given(st.lists(st.text(alphabet='aZ09 .":{}/<=-', max_size=40), min_size=1, max_size=20))
@examples(60)
def test_a_table_finds_the_shapes_that_lines_have_alone(lines: list[str]) -> None:
    heads = [own_text(line) for line in lines]
    table = ShapeTable()
    numbers = table.add(heads, [None] * len(heads))
    for head, number in zip(heads, numbers, strict=True):
        assert table.shapes[number] == Shape(None, shape_of(head))
    assert table.add(heads, [None] * len(heads)) == numbers  # by what was seen, this time


@pytest.mark.parametrize("words", [12, 40])
def test_how_many_lines_come_at_once_does_not_matter_where_values_follow(words: int) -> None:
    chosen = random.Random(words)
    vocabulary = [f"{chosen.choice('abcd')}{letter}x" for letter in "efghijklmnopqrstuvwxyz" * 2]
    lines = [
        f"INFO  Shop: Saved {' '.join(chosen.choices(vocabulary[:words], k=5))}"
        for _ in range(3000)
    ]
    lines[2500:] = [
        *(
            "INFO  Shop: Saved",
            "INFO  Shop: Saved aex lost in transit",
            f"INFO  Shop: Saved {vocabulary[0]} new",
        ),
        *(
            "INFO  Shop:  Saved  dex aex",
            'INFO  Shop: Saved {"code":404}',
            "INFO  Shop: Saved 12 aex",
        ),
        *(f"Saved {line[18:]}" for line in lines[:1200]),
        *("Saved aex in level=info", "Saved aex bex", "Saved aex"),
        *lines[2500:],
    ]

    def found(size: int) -> list[Shape]:
        table = ShapeTable()
        numbers: list[int] = []
        for at in range(0, len(lines), size):
            part = lines[at : at + size]
            numbers += table.add(part, [None] * len(part))
        return [table.shapes[number] for number in numbers]

    whole = found(len(lines))
    assert found(3) == whole
    by_line = dict(zip(lines, whole, strict=True))
    assert by_line["INFO  Shop: Saved aex lost in transit"].text.endswith("lost in transit")
    assert by_line[f"INFO  Shop: Saved {vocabulary[0]} new"] == Shape(
        Level.INFO, "INFO Shop: Saved *"
    )
    assert by_line["Saved aex in level=info"].level == Level.INFO
    assert len(set(whole[2400:2500])) == 1


@pytest.mark.parametrize("name", ["crawlee_js", "crawlee_py", "java", "children"])
def test_where_pages_are_cut_colours_and_stamps_do_not_matter(name: str) -> None:
    run = ACTORS[name](3, True)

    def found(data: bytes, cut: int) -> list[tuple[object, str, int]]:
        attempt = tally_of(data, cut).attempt
        templates = attempt.templates()
        shapes = zip(templates.of_shape, attempt.counts, strict=True)
        return sorted(
            (str(templates.templates[number]), templates.templates[number].text, count.count)
            for number, count in shapes
        )

    plain = found(run.data, 400)
    assert found(run.data, 7) == plain
    coloured = [f"{line[:25]}\x1b[32m{line[25:]}\x1b[39m" for line in run.lines]
    assert found("\n".join(coloured).encode(), 50) == plain
    later = [f"2027{line[4:]}" for line in run.lines]
    assert found("\n".join(later).encode(), 31) == plain


def test_an_error_is_known_by_what_was_thrown() -> None:
    def head(last: str) -> Shape:
        lines = ["ERROR Actor failed", "Traceback (most recent call last):", '  File "x", line 1']
        table = ShapeTable()
        table.add([entry_head([*lines, last], Level.ERROR)], [Level.ERROR])
        return table.shapes[0]

    assert head("KeyError: 'a'") == head("KeyError: 'b'")
    assert head("KeyError: 'a'") != head("ValueError: 'a'")


def test_titles_are_values_and_messages_are_not() -> None:
    chosen = random.Random(1)
    words = [f"w{letter}{other}" for letter in "abcdefgh" for other in "ijklmnop"]
    titles = {" ".join(chosen.choices(words, k=4)) for _ in range(300)}
    texts = [f"Saved {title}" for title in sorted(titles)] + ["Starting the crawler.", "Done"]
    shapes = [Shape(None, text) for text in texts]
    found = find_templates(shapes, [1] * len(shapes))
    assert {one.text for one in found.templates} == {"Saved *", "Starting the crawler.", "Done"}


def test_a_template_covers_the_shapes_that_it_was_made_of() -> None:
    for name in ("prose", "prints", "scrapy"):
        attempt = tally_of(ACTORS[name](5, False).data).attempt
        found = attempt.templates()
        for shape, number in zip(attempt.table.shapes, found.of_shape, strict=True):
            template = found.templates[number]
            assert matches(template.text.split(" "), shape.text.split(" "))


def test_a_run_that_was_started_again_counts_from_there() -> None:
    run = ACTORS["prints"](1, False)
    twice = ACTORS["prints"](2, False)
    tally = tally_of(run.data + twice.data)
    assert tally.attempt.number == 2
    assert tally.attempt.line == len(run.lines) + 1
    alone = tally_of(twice.data).attempt
    assert tally.attempt.entries == alone.entries
    assert tally.lines == len(run.lines) + len(twice.lines)


def test_the_longest_silence() -> None:
    lines = [
        "2026-11-20T06:00:00.000Z a",
        "2026-11-20T06:00:00.900Z b",
        "2026-11-20T06:00:40.000Z c",
        "2026-11-20T06:00:41.000Z d",
    ]
    silence = tally_of("\n".join(lines).encode(), cut=1).attempt.silence
    assert silence is not None
    assert (silence.seconds, silence.line) == (39.1, 2)


def test_shapes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logview.log.patterns.shapes.MAX_SHAPES", 100)
    monkeypatch.setattr("logview.log.patterns.shapes.MAX_KEYS", 50)
    tally = LogTally()
    letters = "abcdefghijklmnop"
    lines = [f"{a}{b}x{c}" for a in letters for b in letters for c in letters]
    tally.feed(lines)
    attempt = tally.finish()
    assert len(attempt.table.shapes) == 101
    assert sum(one.count for one in attempt.counts) == len(lines)
    assert attempt.table.find(Shape(None, OTHER)) is not None


def test_titles_beyond_many_are_not_told_apart_but_messages_are() -> None:
    chosen = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"

    def title() -> str:
        return " ".join("".join(chosen.choices(letters, k=6)).title() for _ in range(3))

    lines = [f"INFO  shop: Saved {title()}" for _ in range(3000)]
    lines[2500:2500] = ["INFO  shop: Saved nothing at all", "INFO  shop: Saved Broken item 5"]
    attempt = tally_of("\n".join([*lines, "INFO  shop: Signed out"]).encode()).attempt
    assert len(attempt.table.shapes) < 250
    texts = {shape.text for shape in attempt.table.shapes}
    assert {
        *("INFO shop: Saved *", "INFO shop: Saved nothing at all", "INFO shop: Signed out"),
        "INFO shop: Saved Broken item #",
    } <= texts
    assert sum(one.count for one in attempt.counts) == 3003


def test_titles_of_few_words_are_one_template_but_messages_that_come_again_are_not() -> None:
    chosen = random.Random(1)
    words = ["red", "blue", "old", "new", "chair", "table", "lamp", "vase", "set"]
    lines = [f"INFO  shop: Saved {' '.join(chosen.choices(words, k=6))}" for _ in range(6000)]
    for at in range(0, 6000, 40):
        lines[at] = "INFO  shop: Saved set to disk"
    lines[700] = "INFO  shop: Saved set is broken and lost"
    attempt = tally_of("\n".join(lines).encode()).attempt
    found = {one.text for one in attempt.templates().templates}
    assert {"INFO shop: Saved *", "INFO shop: Saved set to disk"} <= found
    assert "INFO shop: Saved set is broken and lost" in found
    assert len(found) < 10
    assert sum(one.count for one in attempt.counts) == 6000


def test_codes_of_one_key_are_kept_wherever_its_other_numbers_are() -> None:
    lines = [f"page {n} answered: status code {200 + n % 3}, 1.{n} s" for n in range(30)]
    attempt = tally_of("\n".join(lines).encode()).attempt
    counts = {attempt.table.shapes[one.example.shape].text: one.count for one in attempt.counts}
    assert counts == {f"page # answered: status code {code}, # s": 10 for code in (200, 201, 202)}
    firsts = {
        attempt.table.shapes[one.example.shape].text: one.example.line for one in attempt.counts
    }
    assert sorted(firsts.values()) == [1, 2, 3]
