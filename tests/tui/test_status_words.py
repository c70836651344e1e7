"""Words of what is not read to its end: a filter and a search tell how far they are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from logview.log.entries.level import Level
from logview.log.search.line_filter import LineFilter
from logview.log.search.passes import SearchPass
from logview.log.search.pattern import Query, compile_query
from logview.log.store.document import LogDocument
from logview.log.view.view import View
from logview.tui.screens.log import status
from logview.tui.screens.log.filters import Filters
from logview.tui.screens.log.navigation import PendingJump
from logview.tui.screens.log.search import Search
from logview.tui.viewport import Viewport

PATTERN = compile_query(Query("last"))


@pytest.fixture
def document() -> LogDocument:
    """Return a log of ten lines, each a page of its own; only the last one matches."""
    document = LogDocument()
    for word in [*["line"] * 9, "last"]:
        document.append(f"{word} {'x' * 65_000}\n".encode())
        document.append(b"")
    document.add_row("a gap", "missing")
    document.own_rows.clear()
    assert document.sealed_end == 10
    return document


def test_while_a_filter_reads_no_line_is_no_news(document: LogDocument) -> None:
    view = View(document)
    view.filters = [LineFilter(PATTERN)]
    view.refilter(0)
    viewport = Viewport(view, lambda _row: 1)
    connection = SimpleNamespace(seconds_in_state=lambda _now: 0, job=None)
    session: Any = SimpleNamespace(document=document, view=view, connection=connection)

    def words() -> tuple[str, str, str, tuple[str, ...]]:
        empty = status.empty_state(session, 0, lambda name: name, can_go_back=True)
        assert empty is not None
        return (*status.place_words(session, viewport), empty.title, tuple(empty.details))

    assert words() == ("filtering…", "0 % read", "Filtering…", ("0 % read · 10 lines so far",))
    for _ in range(4):
        view.step()
    assert words() == ("filtering…", "40 % read", "Filtering…", ("40 % read · 10 lines so far",))
    while view.step():
        pass
    viewport.update()
    assert status.place_words(session, viewport) == ("1 of 1", "100 %")
    view.filters = [LineFilter(compile_query(Query("nowhere")))]
    view.refilter(0)
    while view.step():
        pass
    assert words()[::2] == ("no lines", "No line matches the filters")


def test_while_a_search_or_a_filter_that_is_typed_has_found_nothing_it_tells_how_far_it_is(
    document: LogDocument,
) -> None:
    view = View(document)
    pane: Any = SimpleNamespace(current_match=None)
    pending: Any = SimpleNamespace(jump=None)
    search = Search(view, pane, pending, print)
    nothing: Any = None
    filters = Filters(view, pane, search, changed=nothing, refolded=nothing, note=nothing)
    search.matches = SearchPass(PATTERN, view, 0)
    filters.preview = SearchPass(PATTERN, view, 0, LineFilter(PATTERN))
    for _ in range(3):
        search.matches.step()
        filters.preview.step()
    assert search.counter == "searching… 30 % read"
    assert filters.counter == "searching… 30 % read"
    while search.matches.step() and filters.preview.step():
        pass
    filters.preview.step()
    assert search.counter == "1 match"
    assert filters.counter == "shows 1 line"


@pytest.mark.parametrize(("forward", "words"), [(True, "next error"), (False, "previous error")])
def test_a_jump_to_an_error_that_takes_long_tells_what_it_searches_for(
    document: LogDocument, forward: bool, words: str
) -> None:
    pane: Any = SimpleNamespace(
        current_match=None, viewport=Viewport(View(document), lambda _row: 1)
    )
    pane.viewport.cursor = 5
    pending = PendingJump(pane.viewport)
    search = Search(pane.viewport.view, pane, pending, print)
    search.next_level(Level.ERROR, forward=forward)
    assert search.step_hunt()
    assert search.counter == f"searching… {words}"
    while search.hunt is not None:
        search.step_hunt()
    assert search.counter == ""
