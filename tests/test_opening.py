"""Opening: a source of a new kind needs an entry in two tables, and no change to its readers."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from logview import opening, target
from logview.cli.main import _parse
from logview.cli.options import UsageError, check_origin
from logview.config.settings import Settings
from logview.opening import Opener, Origin, OriginWords, ReadOptions, make_origin
from logview.plain.reader import print_log, save_log
from logview.sources import events
from logview.target import Target, TargetError, parse
from logview.tui.app import LogviewApp
from logview.tui.textual_internals import error_of
from tests.tui.picture import rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

API = "https://api.apify.com"
SETTINGS = Settings(API, "default")


@dataclass(frozen=True, slots=True)
class ToyTarget(Target):
    """A target that no part of the program has heard of."""

    word: str


class ToySource:
    """Emits its word, and ends; with the word `nothing` or `silence` without a byte."""

    def __init__(self, word: str) -> None:
        self._word = word

    async def events(self) -> AsyncIterator[events.Event]:
        """Emit it."""
        if self._word == "silence":
            return
        yield events.Connected()
        if self._word != "nothing":
            yield events.Received(f"the toy says {self._word}\n".encode())
        yield events.Ended()

    def retry(self) -> None:
        """Do nothing."""

    def stats(self) -> list[tuple[str, str]]:
        """There is nothing to know."""
        return []


def _target(text: str) -> Target:
    return parse(text, api_url=API)


def _parse_toy(text: str, context: target.ParseContext) -> Target | None:
    return ToyTarget(text[4:]) if text.startswith("toy:") else None


def _toy_origin(toy: ToyTarget, settings: Settings) -> Origin:
    return Origin(
        words=OriginWords("a toy"),
        name="My toy",
        description=f"toy {toy.word}",
        argument=f"toy:{toy.word}",
        reopen_argument=f"toy:{toy.word}",
        save_name=f"toy-{toy.word}",
    )


def _toy_source(toy: ToyTarget, settings: Settings, options: ReadOptions) -> ToySource:
    return ToySource(toy.word)


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(target, "PARSERS", (_parse_toy, *target.PARSERS))
    monkeypatch.setitem(opening.OPENERS, ToyTarget, Opener(_toy_origin, _toy_source))


def test_plain_mode_reads_a_toy(capfd: pytest.CaptureFixture[str]) -> None:
    code = print_log(SETTINGS, _target("toy:hi"), raw=None, follow=True, exit_status=False)
    assert code == 0
    assert capfd.readouterr().out == "the toy says hi\n"


def test_plain_mode_saves_a_toy(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    options = {"raw": None, "follow": True, "exit_status": False}
    code = save_log(SETTINGS, _target("toy:hi"), path, **options, overwrite=False, redact=True)  # type: ignore[arg-type]
    assert code == 0
    assert path.read_bytes() == b"the toy says hi\n"


def test_a_toy_has_no_result() -> None:
    with pytest.raises(UsageError, match="a toy has none"):
        check_origin(_parse(["--exit-status", "toy:hi"]), make_origin(_target("toy:hi"), SETTINGS))


async def _shown(app: LogviewApp, words: str) -> None:
    deadline = time.monotonic() + 20
    while words not in "\n".join(rows(app)):
        assert time.monotonic() < deadline, rows(app)
        await asyncio.sleep(0)


async def test_the_screen_shows_a_toy() -> None:
    app = LogviewApp(SETTINGS, _target("toy:hi"))
    async with app.run_test(size=(80, 24)):
        await _shown(app, "the toy says hi")
        await _shown(app, "My toy")


@pytest.mark.parametrize("word", ["nothing", "silence"])
async def test_a_source_that_ends_without_bytes_is_an_empty_log(word: str) -> None:
    app = LogviewApp(SETTINGS, _target(f"toy:{word}"))
    async with app.run_test(size=(80, 24)) as pilot:
        await _shown(app, "My toy")
        await _shown(app, "The log is empty")
        await pilot.press("q")
    assert app.return_code == 0
    assert error_of(app) is None


async def test_the_open_screen_opens_a_toy() -> None:
    app = LogviewApp(SETTINGS, None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"toy:hi", "enter")
        await _shown(app, "the toy says hi")


@pytest.mark.parametrize("argument", ["-", "HG7ML7M8z78YcAPEB", "app.log"])
def test_an_origin_knows_how_to_open_itself_again(argument: str, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_bytes(b"x\n")
    origin = make_origin(parse(argument, api_url=API), SETTINGS)
    assert origin.argument == argument
    if argument == "-":
        assert origin.reopen_argument is None
        return
    again = parse(origin.reopen_argument or "", api_url=API, cwd=tmp_path.parent)
    assert make_origin(again, SETTINGS).recent == origin.recent


def test_several_at_once_are_remembered_as_what_opens_them_again(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).touch()
    job = target.JobTarget("HG7ML7M8z78YcAPEB", "run")
    files = [parse(str(tmp_path / name), api_url=API) for name in "ab"]
    several = target.combine([job, *files])
    recent = make_origin(several, SETTINGS).recent
    assert recent is not None
    again = opening.target_of_recent(*recent, api_url=API)
    assert again == several
    assert target.combine([again, files[0]]) == several  # marked with one of them
    (tmp_path / "b").unlink()
    with pytest.raises(TargetError):
        opening.target_of_recent(*recent, api_url=API)


def test_what_nobody_parses_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "PARSERS", (_parse_toy,))
    with pytest.raises(TargetError):
        parse("HG7ML7M8z78YcAPEB", api_url=API)


async def test_what_can_not_be_read_again_reports_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def origin(toy: ToyTarget, settings: Settings) -> Origin:
        return replace(_toy_origin(toy, settings), can_retry=False)

    monkeypatch.setitem(opening.OPENERS, ToyTarget, Opener(origin, _toy_source))
    app = LogviewApp(SETTINGS, _target("toy:hi"))
    async with app.run_test(size=(80, 24)) as pilot:
        await _shown(app, "the toy says hi")
        await pilot.press("r")
        await _shown(app, "a toy can't be reopened")
