"""The README: what it says of keys, options and files is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from logview import exit_codes
from logview.tui.keys import APP_KEYS, ENTRY_KEYS, PROMPT_HELP, all_log_keys
from tests.support.program import run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
KEYS = {key for action in (*APP_KEYS, *all_log_keys(), *ENTRY_KEYS) for key in action.shown.split()}


def test_it_can_be_read_in_one_go() -> None:
    assert len(README.splitlines()) < 220


def test_the_keys_of_its_table_are_keys() -> None:
    table = README[README.index("## Keys") : README.index("## Tokens")]
    first_cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert len(first_cells) == 10
    for key in re.findall(r"`(.+?)`", " ".join(first_cells)):
        assert key in KEYS


def test_the_keys_of_prompts_are_keys() -> None:
    assert ("^R", "toggle regex") in PROMPT_HELP


def test_every_option_that_it_names_is_one() -> None:
    usage = run("--help").stdout.decode()
    named = set(re.findall(r"logview[^`\n]*? (--[a-z-]+)|`(--[a-z-]+)", README))
    for option in {one or other for one, other in named}:
        assert f" {option}" in usage


def test_every_exit_code_is_in_the_table() -> None:
    table = README[README.index("| exit code") : README.index("## Settings")]
    numbers = {int(number) for number in re.findall(r"\d+", table)}
    codes = {
        value for name, value in vars(exit_codes).items() if name.isupper() and name != "RESULTS"
    }
    assert codes - {exit_codes.SIGNALLED} <= numbers


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"(?:\]\(|srcset=\"|src=\")([^)\"#]+)", README)))
)
def test_what_it_links_to_is_there(path: str) -> None:
    assert "://" in path or (ROOT / path).exists()


def test_every_file_that_it_names_in_the_tree_is_there() -> None:
    part = README[README.index("## How it is built") : README.index("## Developing")]
    names = re.findall(r"`(?:[a-z_]+/)*[a-z_]+\.py`|`(?:[a-z_]+/)+`", part)
    assert len(names) > 10
    for name in (name.strip("`").removeprefix("logview/") for name in names):
        assert list((ROOT / "logview").glob(f"**/{name or '.'}")), name
