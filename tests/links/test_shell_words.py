"""Tests: an argument that is pasted into a shell arrives as it was."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.links.shell_words import shell_word
from tests.support.examples import examples

BASH = shutil.which("bash")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("app.log", "app.log"),
        ("my app.log", "'my app.log'"),
        ("it's", """'it'"'"'s'"""),
        ("$HOME `id` !x", "'$HOME `id` !x'"),
        ("", "''"),
        ("a\nb", r"$'a\012b'"),
        ("a\x1b[31m'\\1", r"$'a\033[31m\'\\1'"),
        ("a\u202eb", r"$'a\342\200\256b'"),
        (os.fsdecode(b"a\xff"), r"$'a\377'"),
    ],
)
def test_a_word_is_printable_and_on_one_line(text: str, word: str) -> None:
    assert shell_word(text) == word


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
@examples(50)
@given(st.lists(st.binary(max_size=12).filter(lambda data: b"\0" not in data), max_size=5))
def test_a_shell_reads_it_as_it_was(arguments: list[bytes]) -> None:
    assert BASH is not None
    words = " ".join(shell_word(os.fsdecode(argument)) for argument in arguments)
    assert words.isprintable()
    script = f"for word in {words}; do printf '%s\\0' \"$word\"; done"
    read = subprocess.check_output([BASH, "-c", script], env={"LC_ALL": "C.UTF-8"})
    assert read.split(b"\0")[:-1] == arguments
