"""Held bytes: the same whether they are in memory or in a file."""

from __future__ import annotations

import tempfile
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from logview.sources.received_log import ReceivedSpool


@given(st.lists(st.binary(max_size=30)), st.integers(0, 200), st.integers(0, 200))
def test_any_slice_is_what_was_appended(pieces, start, length):
    with closing(ReceivedSpool(memory=40)) as spool:
        for piece in pieces:
            spool.append(piece)
        whole = b"".join(pieces)
        assert spool.size == len(whole)
        assert spool.read(start, length) == whole[start : start + length]


def test_without_a_place_for_files_the_bytes_stay_in_memory(monkeypatch):
    def no_place(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", no_place)
    with closing(ReceivedSpool(memory=4)) as spool:
        spool.append(b"one two ")
        spool.append(b"three")
        assert spool.read(2, 8) == b"e two th"
