"""What the app remembers: kept private, in one step, and never in the way."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from logview.config import state
from logview.config.state import MAX_RECENTS, AppState, RecentTarget

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "logview"


def recent(value: str, at: float, kind: state.RecentKind = "run") -> RecentTarget:
    return RecentTarget(kind, value, f"label of {value}", at)


def test_nothing_yet() -> None:
    assert state.load() == (AppState(), None)


def test_what_is_saved_is_loaded() -> None:
    held = AppState(theme="nord", times="local")
    held.remember(recent("a", 1))
    held.remember(RecentTarget("file", "/tmp/\udcff.log", "[/red]\x1b", 2.5))
    assert state.save(held) is None
    loaded, notice = state.load()
    assert notice is None
    assert loaded == held
    assert [r.value for r in loaded.recents] == ["/tmp/\udcff.log", "a"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX's modes")
def test_it_is_readable_by_its_owner_only(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    (folder / "state.json").touch(mode=0o644)
    assert state.save(AppState(theme="x")) is None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "state.json").stat().st_mode) == 0o600
    assert list(folder.iterdir()) == [folder / "state.json"]


def test_each_thing_is_there_once_newest_first() -> None:
    held = AppState()
    for at, value in enumerate(["a", "b", "a"]):
        held.remember(recent(value, at))
    held.remember(recent("b", 9, "job"))  # the same thing, before its kind is known
    held.remember(recent("/b", 8, "file"))
    assert [(r.kind, r.value) for r in held.recents] == [("job", "b"), ("file", "/b"), ("run", "a")]


def test_several_at_once_are_one_entry() -> None:
    parts: list[tuple[state.RecentKind, str]] = [("run", "a"), ("file", "/tmp/\udcff b.log")]
    held = AppState()
    held.remember(RecentTarget("several", state.pack_parts(parts), "2 logs", 1))
    assert state.save(held) is None
    (loaded,) = state.load()[0].recents
    assert state.parts_of(loaded.value) == parts


@pytest.mark.parametrize(
    "value",
    [
        *("", "a", "[", "{}", "[1, 2]", "[" * 5000, '[["run", "a"]]', '[["run", "a"], ["run", 1]]'),
        *('[["run", "a"], ["several", "[]"]]', '[["run", "a"], ["file", "b.log"]]'),
        json.dumps([["run", "a"]] * 13),
    ],
)
def test_what_cannot_be_opened_at_once_is_not_remembered(value: str) -> None:
    held = AppState()
    held.remember(RecentTarget("several", value, "", 1))
    assert held.recents == []


def test_only_so_many_are_kept() -> None:
    held = AppState()
    for at in range(MAX_RECENTS + 9):
        held.remember(recent(str(at), at))
    assert len(held.recents) == MAX_RECENTS
    assert held.recents[0].value == str(MAX_RECENTS + 8)


def test_two_at_once_lose_nothing() -> None:
    one, two = AppState(), AppState()
    one.remember(recent("a", 1))
    state.save(one)
    two.remember(recent("b", 2))
    state.save(two)
    assert [r.value for r in state.load()[0].recents] == ["b", "a"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b"[" * 99_999, b" " * 1_100_000, b"9" * 9_999]
)
def test_a_broken_file_is_moved_aside_and_reported(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "state.json").write_bytes(content)
    loaded, notice = state.load()
    assert loaded == AppState()
    assert notice is not None
    assert "state.json.broken" in notice
    assert (folder / "state.json.broken").read_bytes() == content
    assert state.load() == (AppState(), None)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.just("run"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries(
            {}, optional=dict.fromkeys(["theme", "recents", "kind", "value", "opened_at"], inner)
        )
    ),
)


@limits(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries({}, optional={"theme": JSON, "recents": JSON}))
def test_odd_content_never_raises(folder: Path, content: dict[str, object]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "state.json").write_text(json.dumps(content))
    loaded, _ = state.load()
    assert state.save(loaded) is None
    assert state.load()[0] == loaded


def test_a_place_that_cannot_be_written_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    notice = state.save(AppState())
    assert notice is not None
    assert "can't be remembered" in notice
    loaded, _ = state.load()
    assert loaded == AppState()


def test_a_folder_in_its_place(folder: Path) -> None:
    (folder / "state.json").mkdir(parents=True)
    _, notice = state.load()
    assert notice is not None
    assert "can't be read" in notice
    assert state.save(AppState()) is not None
    assert list(folder.iterdir()) == [folder / "state.json"]


OSC_52 = "\x1b]52;c;aGk=\x07"
UNFIT = [
    RecentTarget("run", f"HG7ML7M8{OSC_52}", "x", 1.0),
    RecentTarget("run", "a\u202eb", "x", 1.0),
    RecentTarget("build", "a b", "x", 1.0),
    RecentTarget("job", "", "x", 1.0),
    RecentTarget("run", "x" * 1000, "x", 1.0),
    RecentTarget("file", "relative.log", "x", 1.0),
    RecentTarget("file", "/a\0b", "x", 1.0),
]


@pytest.mark.parametrize("unfit", UNFIT)
def test_what_cannot_be_opened_again_is_neither_stored_nor_loaded(
    folder: Path, unfit: RecentTarget
) -> None:
    remembered = AppState()
    remembered.remember(unfit)
    assert remembered.recents == []
    remembered.recents = [unfit]
    assert state.save(remembered) is None
    assert json.loads((folder / "state.json").read_text())["recents"] == []
    (folder / "state.json").write_text(json.dumps({"recents": [asdict(unfit)]}))
    assert state.load() == (AppState(), None)


def test_names_are_stored_and_loaded_drawable(folder: Path) -> None:
    remembered = AppState()
    remembered.remember(RecentTarget("run", "x1", f"{OSC_52}sh\u202eop\x9b2J", 1.0))
    (found,) = remembered.recents
    assert found.label.isprintable()
    state.save(remembered)
    text = (folder / "state.json").read_text()
    (folder / "state.json").write_text(text.replace(found.label[:2], r"\u001b]0;x\u0007sh"))
    (loaded,) = state.load()[0].recents
    assert loaded.label.isprintable()


def test_a_path_stays_as_it_is(folder: Path) -> None:
    path = "/tmp/a\x1b]0;x\x07\udcff.log"
    remembered = AppState()
    remembered.remember(RecentTarget("file", path, path, 1.0))
    state.save(remembered)
    assert [recent.value for recent in state.load()[0].recents] == [path]
