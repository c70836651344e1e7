"""The README: what it says of keys and actions is so."""

from __future__ import annotations

import re
from pathlib import Path

from logview.tui.keys import APP_KEYS, all_log_keys, known_ids

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_names_of_the_actions_are_all_there_and_no_others() -> None:
    paragraph = re.search(r"The names of the actions are (.*?)\.\n\n", README, re.DOTALL)
    assert paragraph is not None
    assert set(re.findall(r"`([a-z-]+)`", paragraph[1])) == known_ids()


def test_every_key_of_the_log_is_in_the_table() -> None:
    table = README[README.index("## Keys") : README.index("## Tokens")]
    shown = {key for action in (*APP_KEYS, *all_log_keys()) for key in action.shown.split()}
    missing = {key for key in shown if f"`{key}`" not in table} - {"0–9"}
    assert not missing
