"""The patterns of a document: pages read in any order say what reading it line by line says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.log.patterns.index import PatternIndex
from logview.log.patterns.model import Baseline
from logview.log.patterns.news import Judge
from logview.log.patterns.tally import make_model
from logview.log.view.view import View
from tests.log.patterns.reading import tally_of
from tests.support.examples import examples
from tests.support.pairs import ACTORS
from tests.support.piecemeal import open_log, small_pages

NAMES = ["crawlee_js", "crawlee_py", "java", "children"]


def read_all(index: PatternIndex) -> None:
    while index.step():
        pass
    assert index.complete


@given(st.sampled_from(NAMES), st.lists(st.integers(1, 4000), max_size=6), st.booleans())
@examples(12)
def test_pages_in_any_order(name: str, cuts: list[int], as_file: bool) -> None:
    run = ACTORS[name](3, True)
    known = make_model(tally_of(ACTORS[name](1, False).data), "good")
    whole = tally_of(run.data).attempt
    with small_pages(2000, 30):
        view = View(open_log(b"" if not as_file else run.data, as_file=as_file))
        document = view.document
        index = PatternIndex(document, view.entries)
        index.compare(Baseline([known]))
        if not as_file:
            at = 0
            for cut in cuts:
                document.append(run.data[at : at + cut])
                at += cut
                index.step()
                index.new_mask(document.end_page - 1)
            document.append(run.data[at:])
        while document.index_more():
            pass
        while view.entries.step():
            pass
        read_all(index)
        first = document.first_line
        news = Judge(Baseline([known])).judge(whole, whole.templates())
        wanted = {
            one.example.line
            for shape, one in enumerate(whole.counts)
            if shape in news.new_shapes and one.count == 1
        }
        found = set()
        line: int | None = first
        while line is not None and (line := index.next_new(line, 1)) is not None:
            found.add(line - first + 1)
        assert wanted <= found
        assert index.new_count <= len(found)
        back = document.end_line - 1
        steps = 0
        while (line := index.next_new(back, -1)) is not None:
            back, steps = line, steps + 1
        assert steps == len(found) - (document.end_line - first in found)


def test_patterns_have_the_counts_and_lines_of_their_entries() -> None:
    run = ACTORS["crawlee_js"](3, True)
    with small_pages(2000, 30):
        view = View(open_log(run.data + b"INFO  the end\n" * 40, as_file=False))
        index = PatternIndex(view.document, view.entries)
        read_all(index)
        patterns = index.patterns()
        blocked = [one for one in patterns if "429 status code" in one.text]
        lines = [at for at, line in enumerate(run.lines) if "429 status code" in line]
        assert sum(one.entries for one in blocked) == len(lines)
        assert min(one.first_line for one in blocked) == lines[0]
        assert max(one.last_line for one in blocked) == lines[-1]
        assert patterns[0].text.startswith("ERROR CheerioCrawler: Request failed and reached")
        assert not any(one.is_new for one in patterns)
        shapes = patterns[0].shapes
        masks = [index.shape_mask(page, shapes) for page in range(view.document.sealed_end)]
        assert sum(mask.bit_count() for mask in masks) == patterns[0].entries


@pytest.mark.parametrize("more", [b"INFO  Something else altogether happened here\n"])
def test_what_arrives_is_judged_and_what_is_known_is_not(more: bytes) -> None:
    good = ACTORS["crawlee_js"](1, False)
    view = View(open_log(good.data, as_file=False))
    index = PatternIndex(view.document, view.entries)
    index.compare(Baseline([make_model(tally_of(good.data), "good")]))
    read_all(index)
    assert index.next_new(view.document.first_line, 1) is None
    view.document.append(more)
    assert index.next_new(view.document.first_line, 1) == view.document.end_line - 1
    index.compare(None)
    assert index.next_new(view.document.first_line, 1) is None
    assert index.news is None
