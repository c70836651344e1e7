"""Tests: the names of saved logs are harmless, whatever they are made of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.saving.atomic_file import SaveError
from logview.saving.file_names import (
    LONGEST,
    default_name,
    free_name,
    name_from_header,
    resolve_path,
)

HARMLESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*", re.ASCII)
DEVICES = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(10))}


def assert_harmless(name: str) -> None:
    assert HARMLESS.fullmatch(name)
    assert len(name) <= LONGEST
    assert name.partition(".")[0].lower() not in DEVICES
    assert not name.endswith(".")


@pytest.mark.parametrize(
    ("ident", "suffix", "name"),
    [
        ("HG7ML7M8z78YcAPEB", "", "HG7ML7M8z78YcAPEB.log"),
        ("HG7ML7M8z78YcAPEB", "-errors", "HG7ML7M8z78YcAPEB-errors.log"),
        ("app.log", "", "app.log"),
        ("app.LOG", "-errors", "app-errors.log"),
        ("app.log.1", "", "app.log.1.log"),
        ("stdin", "", "stdin.log"),
        ("", "", "logview.log"),
        ("-", "-errors", "logview-errors.log"),
        ("...", "", "logview.log"),
        (".hidden", "", "hidden.log"),
        ("--output", "", "output.log"),
        ("../../etc/passwd", "", "etc-passwd.log"),
        ("con", "", "log-con.log"),
        ("NUL.log", "", "log-NUL.log"),
        ("aux.x", "", "log-aux.x.log"),
        ("console", "", "console.log"),
        ("é\x1b]0;x\x07", "", "0-x-.log"),
        ("x" * 500, "-errors", "x" * 89 + "-errors.log"),
    ],
)
def test_the_name_of_a_log(ident: str, suffix: str, name: str) -> None:
    assert default_name(ident, suffix) == name
    assert_harmless(name)


@given(st.text(max_size=150), st.text(max_size=150))
def test_the_name_of_any_log_is_harmless(ident: str, suffix: str) -> None:
    assert_harmless(default_name(ident, suffix))
    assert default_name(ident, suffix).endswith(".log")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (None, "ID.log"),
        ("", "ID.log"),
        ("attachment", "ID.log"),
        ('attachment; filename="run.log"', "run.log"),
        ("attachment; filename=run.log", "run.log"),
        ('ATTACHMENT; FILENAME="run.log"', "run.log"),
        ('attachment; filename="my run (2).log"', "my-run-2-.log"),
        ('attachment; filename="say \\"hi\\".log"', "say-hi-.log"),
        ("attachment; filename*=UTF-8''a%20b.log", "a-b.log"),
        ("attachment; filename=\"old.log\"; filename*=UTF-8''new.log", "new.log"),
        ("attachment; filename*=UTF-8''new.log; filename=\"old.log\"", "new.log"),
        ("attachment; filename*=no-such-charset''x%ff.log", "x-.log"),
        ("attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("attachment; filename*=UTF-8''%00%1b.log", "log"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="..\\\\..\\\\boot.ini"', "boot.ini"),
        ('attachment; filename="C:\\\\x\\\\run.log"', "run.log"),
        ('attachment; filename="/"', "ID.log"),
        ('attachment; filename=".."', "ID.log"),
        ('attachment; filename=".bashrc"', "bashrc"),
        ('attachment; filename="-rf.log"', "rf.log"),
        ('attachment; filename="nul.log"', "log-nul.log"),
        ('attachment; filename="COM1"', "log-COM1"),
        ('attachment; filename="x.log."', "x.log"),
        ('attachment; filename=""', "ID.log"),
        ("filename=x.log", "x.log"),
        (f'attachment; filename="{"x" * 1000}.log"', "x" * LONGEST),
        ("attachment; filename*0=long; filename*1=-name.log", "long-name.log"),
        ('attachment; filename="a\r\nb.log"', "a-b.log"),
    ],
)
def test_the_name_that_the_api_sends(header: str | None, name: str) -> None:
    assert name_from_header(header, "ID") == name
    assert_harmless(name)


@given(
    st.one_of(
        st.text(max_size=100),
        st.text(max_size=100).map(lambda text: f"attachment; filename={text}"),
        st.text(max_size=100).map(lambda text: f'attachment; filename="{text}"'),
        st.text(max_size=100).map(lambda text: f"attachment; filename*={text}"),
        st.text(max_size=100).map(lambda text: f"attachment; filename*=utf-8''{text}"),
        st.text(alphabet="filenam*=0123;'%\"\\ \n", max_size=60).map(lambda t: f"a; filename{t}"),
    )
)
def test_whatever_the_api_sends_the_name_is_harmless(header: str) -> None:
    assert_harmless(name_from_header(header, "ID"))


def test_a_long_header_is_no_work() -> None:
    assert_harmless(name_from_header("attachment; " + "filename*0=x; " * 100_000, "ID"))


def test_a_free_name_is_the_next_that_is_not_taken(tmp_path: Path) -> None:
    for name in ("x.log", "x-2.log", "x-3.log", "x-4.log", "plain", "plain-2", "y-2.log"):
        assert free_name(tmp_path, name) == tmp_path / name
        (tmp_path / name).touch()
    assert free_name(tmp_path, "x.log") == tmp_path / "x-5.log"
    assert free_name(tmp_path, "plain") == tmp_path / "plain-3"
    assert free_name(tmp_path, "y.log") == tmp_path / "y.log"
    (tmp_path / "z.log").symlink_to("nowhere")
    assert free_name(tmp_path, "z.log") == tmp_path / "z-2.log"
    long = default_name("x" * 200)
    (tmp_path / long).touch()
    assert_harmless(free_name(tmp_path, long).name)


def test_a_path_is_what_a_shell_would_make_of_it(
    tmp_path: Path, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logs").mkdir()
    assert resolve_path("x.txt", "id.log") == Path("x.txt")
    assert resolve_path("logs", "id.log") == Path("logs/id.log")
    assert resolve_path("logs/", "id.log") == Path("logs/id.log")
    assert resolve_path(".", "id.log") == Path("id.log")
    assert resolve_path("~", "id.log") == isolated / "id.log"
    assert resolve_path("~/x.log", "id.log") == isolated / "x.log"
    assert resolve_path("./~", "id.log") == Path("~")
    assert resolve_path("missing/x.log", "id.log") == Path("missing/x.log")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Nothing is named"),
        ("  ", "Nothing is named"),
        ("missing/", "no such folder"),
        ("~nobody-of-this-name/x", "no such user"),
        ("x\0y", "no name may have"),
    ],
)
def test_a_path_that_is_none_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SaveError, match=says):
        resolve_path(text, "id.log")
