"""TUI: the one table of keys. Bindings, help screen, footer and palette are made of it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from textual.binding import Binding, BindingType
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, format_key

if TYPE_CHECKING:
    from collections.abc import Mapping


class Key(NamedTuple):
    """One action and the keys that do it."""

    action: str
    """The Textual action; unless there is an `id`, it names the key in the settings file, too."""
    keys: str
    """Textual's names of the keys, separated by commas."""
    shown: str
    """The keys as a person reads them."""
    does: str
    """What it does, in a few words."""
    footer: str = ""
    """The word in the footer; empty where the footer does not show it."""
    id: str = ""
    """The name in the settings file's `[keys]`, where it is that of another screen's action."""


APP_KEYS = (
    Key("help", "question_mark,f1", "? F1", "help: every key", "help"),
    Key("command_palette", "ctrl+p", "^P", "command palette: every action by name"),
    Key("release_mouse", "f2", "F2", "give the mouse back to the terminal, and take it again"),
    Key("quit", "ctrl+q", "^Q", "quit at once, from anywhere"),
    Key("copy_or_close", "ctrl+c", "^C", "copy a selection, else close what is open"),
    Key("suspend_process", "ctrl+z", "^Z", "suspend"),
    Key("redraw", "ctrl+l", "^L", "draw the screen anew"),
)

LOG_KEYS: dict[str, tuple[Key, ...]] = {
    "Moving": (
        Key("move(1)", "j,down", "j ↓", "line down"),
        Key("move(-1)", "k,up", "k ↑", "line up"),
        Key("page(1)", "pagedown,space", "PgDn space", "page down"),
        Key("page(-1)", "pageup,b", "PgUp b", "page up"),
        Key("half_page(1)", "ctrl+d", "^D", "half a page down"),
        Key("half_page(-1)", "ctrl+u", "^U", "half a page up"),
        Key("top", "g,home", "g Home", "to the top"),
        Key("bottom", "G,end", "G End", "to the bottom, and follow"),
        Key("follow", "f,F", "f", "follow on or off", "follow"),
        Key("sideways(-1)", "h,left", "h ←", "to the left"),
        Key("sideways(1)", "l,right", "l →", "to the right"),
        Key("wrap", "w", "w", "wrap long lines, or not"),
        Key(
            "go_to",
            "colon,ctrl+g",
            ": ^G 0–9",
            "go to a line, 50%, 06:12 or -5m",
        ),
    ),
    "Finding": (
        Key("search", "slash", "/", "search as you type", "search"),
        Key("match(1)", "n", "n", "next match"),
        Key("match(-1)", "N", "N", "previous match"),
        Key(
            "filter",
            "ampersand,i",
            "& i",
            "filter: only lines that match (! first: that don't)",
            "filter",
        ),
        Key("filter_list", "X", "X", "the list of filters and level"),
        Key("suspend_filters", "x", "x", "all filters and the level off and on again"),
        Key("context(1)", "plus,equals_sign", "+ =", "more lines of context around them"),
        Key("context(-1)", "minus", "-", "fewer lines of context"),
    ),
    "Levels": (
        Key("error(1)", "e", "e", "next error", "next error"),
        Key("error(-1)", "E", "E", "previous error"),
        Key("warning(1)", "right_square_bracket,W", "] W", "next warning or worse"),
        Key("warning(-1)", "left_square_bracket,B", "[ B", "previous warning or worse"),
        Key(
            "least_level",
            "L",
            "L",
            "least level shown, then d i w e c, or a for all",
        ),
    ),
    "Reading": (
        Key("entry", "enter", "enter", "the entry in full; opens a fold"),
        Key("times", "t", "t", "times: full, clock, since start or line before, off"),
        Key("line_numbers", "number_sign,M", "# M", "line numbers"),
        Key("json_lines", "C", "C", "JSON lines laid out, or raw"),
        Key("mark", "m", "m", "mark this line, or not"),
        Key("next_mark(1)", "u", "u", "next mark"),
        Key("next_mark(-1)", "U", "U", "previous mark"),
    ),
    "Copying": (
        Key("select", "v,V", "v", "select whole lines, by moving on; again to end it"),
        Key("copy", "y,c", "y c", "copy the selection, or the current entry", "copy"),
        Key("copy_markdown", "Y", "Y", "copy it as Markdown, with run, lines and link"),
        Key("copy_again", "R,exclamation_mark", "R !", "copy it again, its secrets not masked"),
        Key("save", "s,ctrl+s", "s ^S", "save to a file what is selected, shown, or all"),
        Key("open_console", "o", "o", "open the run or build in Apify Console"),
        Key("links", "O", "O", "list the links of the current entry, to open one"),
    ),
    "The log": (
        Key("retry", "r", "r", "try again now"),
        Key("close", "escape", "esc", "close what is open; never quits"),
        Key("back", "q", "q", "back; quits if the log was named on the command line", "back"),
    ),
}

PROMPT_HELP = (
    ("^R", "read the pattern as a regular expression"),
    ("^T", "upper and lower case matter"),
    ("↑ ↓", "what was typed before"),
    ("Enter", "keep the place, back to the log"),
    ("esc", "back to where the search began"),
)

ENTRY_KEYS = (
    Key("move('next-match')", "n", "n", "next match", id="match-next"),
    Key("move('previous-match')", "N", "N", "previous match", id="match-previous"),
    Key("move('next-error')", "e", "e", "next error", id="error-next"),
    Key("move('previous-error')", "E", "E", "previous error", id="error-previous"),
    Key(
        "move('next-warning')",
        "right_square_bracket,W",
        "W ]",
        "next warning or worse",
        id="warning-next",
    ),
    Key(
        "move('previous-warning')",
        "left_square_bracket,B",
        "B [",
        "previous warning or worse",
        id="warning-previous",
    ),
    Key("move('next-entry')", "J", "J", "next entry", id="entry-next"),
    Key("move('previous-entry')", "K", "K", "previous entry", id="entry-previous"),
    Key("move('next-try')", "T", "T", "next failed try of the same request", id="try-next"),
    Key("copy", "y,c", "y c", "copy the entry"),
    Key("copy_json", "C", "C", "copy its JSON"),
    Key("scroll(1)", "j,down", "j ↓", "row down", id="move-down"),
    Key("scroll(-1)", "k,up", "k ↑", "row up", id="move-up"),
    Key("page(1)", "pagedown,space", "PgDn space", "page down"),
    Key("page(-1)", "pageup,b", "PgUp b", "page up"),
    Key("page(0.5)", "ctrl+d", "^D", "half a page down", id="half-page-down"),
    Key("page(-0.5)", "ctrl+u", "^U", "half a page up", id="half-page-up"),
    Key("edge(False)", "g,home", "g Home", "to the top", id="top"),
    Key("edge(True)", "G,end", "G End", "to the bottom", id="bottom"),
    Key("sideways(-1)", "h,left", "h ←", "to the left"),
    Key("sideways(1)", "l,right", "l →", "to the right"),
    Key("wrap", "w", "w", "wrap long lines, or not"),
    Key("dismiss", "escape", "esc", "back to the log", id="close"),
    Key("dismiss", "enter", "enter", "back to the log", id="entry"),
    Key("dismiss", "q", "q", "back to the log", id="back"),
)
"""The keys of an entry in full. Where the log has the same action, both have its keys."""

_ENTRY_HELP = (
    ("on to other matches", "match-next", "match-previous"),
    ("on to other errors", "error-next", "error-previous"),
    ("on to other warnings", "warning-next", "warning-previous"),
    ("next and previous entry", "entry-next", "entry-previous"),
    ("on to other tries of the request", "try-next"),
    ("copy the entry, its JSON", "copy", "copy-json"),
    ("wrap or not, sideways", "wrap", "sideways-left", "sideways-right"),
    ("back to the log", "close", "entry", "back"),
)

OPEN_HELP = (
    ("type or paste", "an ID, a link, a file"),
    ("↓ or esc", "from the input to the list"),
    ("Enter", "open"),
    ("r", "load the list anew"),
)

MOUSE_HELP = (
    ("wheel", "scroll; with shift sideways"),
    ("click", "make a line the current one; open a fold"),
    ("drag", "select text; twice: words, three times: lines"),
    ("shift and click", "select to here; with ^ list the link here"),
    ("timeline", "click or drag to go to a time"),
    ("pill, chips, footer", "click to do what they say"),
)


def binding_id(action: str) -> str:
    """Return the name of an action in the settings file: `move(-1)` is `move-up` there."""
    name, _, rest = action.partition("(")
    if not rest:
        return name.replace("_", "-")
    back, on = {
        "move": ("up", "down"),
        "page": ("up", "down"),
        "half_page": ("up", "down"),
        "sideways": ("left", "right"),
        "context": ("less", "more"),
    }.get(name, ("previous", "next"))
    name = name.removeprefix("next_")
    return f"{name.replace('_', '-')}-{back if rest.startswith('-') else on}"


def id_of(key: Key) -> str:
    """Return the name of a key in the settings file."""
    return key.id or binding_id(key.action)


def bindings(
    keys: tuple[Key, ...], *, priority: bool = False, namespace: str = ""
) -> list[BindingType]:
    """Return Textual's bindings of a part of the table.

    `namespace` names whose actions they are where it is not the widget's own: `screen.`.
    """
    return [
        Binding(
            key.keys,
            f"{namespace}{key.action}",
            key.does,
            show=bool(key.footer),
            id=id_of(key),
            priority=priority,
        )
        for key in keys
    ]


def shown_key(key: Key, keymap: Mapping[str, str]) -> str:
    """Return the key to show for an action: that of the settings file, else the first of ours."""
    own = keymap.get(id_of(key))
    if own:
        return _readable(own.split(",")[0])
    return key.shown.split(" ")[0]


def shown_keys(key: Key, keymap: Mapping[str, str]) -> str:
    """Return all keys of an action as they are read: those of the settings file, else ours."""
    own = keymap.get(id_of(key), "")
    return " ".join(_readable(one) for one in own.split(",")) if own else key.shown


def _readable(name: str) -> str:
    modifiers, _, last = name.strip().rpartition("+")
    return f"{'^' if modifiers == 'ctrl' else modifiers and modifiers + '+'}{format_key(last)}"


def is_key(name: str) -> bool:
    """Whether Textual knows a key by this name: `ctrl+f`, `f5`, `slash`, `/`, `G`."""
    modifiers, _, last = name.strip().rpartition("+")
    known = {"ctrl", "shift", "alt", "super", "meta", "hyper"}
    if modifiers and not set(modifiers.split("+")) <= known:
        return False
    if len(last) == 1 or last in {key.value for key in Keys}:
        return True
    try:
        unicodedata.lookup(last.replace("_", " ").upper())
    except KeyError:
        return last in KEY_NAME_REPLACEMENTS.values()
    return True


def all_log_keys() -> tuple[Key, ...]:
    """Return the keys of the log screen, in the order of the help screen."""
    return tuple(key for group in LOG_KEYS.values() for key in group)


def log_key(action: str) -> Key:
    """Return the key of an action of the log screen. Raises KeyError."""
    return {key.action: key for key in all_log_keys()}[action]


LOG_FOOTER = tuple(
    map(log_key, ("search", "filter", "error(1)", "copy", "follow", "back")),
)
"""The keys that the footer of the log screen shows, the most useful first."""


def known_ids() -> frozenset[str]:
    """Return the names that the settings file's `[keys]` may use."""
    return frozenset(map(id_of, (*APP_KEYS, *all_log_keys(), *ENTRY_KEYS)))


def key_list() -> str:
    """Return all keys in lines of action name, keys and what they do, for `--help-keys`."""
    groups = {**LOG_KEYS, "In an entry": ENTRY_KEYS, "Everywhere": APP_KEYS}
    width = max(map(len, known_ids()))
    lines = []
    for group, keys in groups.items():
        named = {id_of(key): key for key in keys}
        lines += ["", group]
        lines += [f"  {name:{width}}  {key.shown:12}  {key.does}" for name, key in named.items()]
    return "\n".join(lines[1:]) + "\n"


def entry_keys(keymap: Mapping[str, str], *ids: str) -> str:
    """Return one key for each of some actions on an entry, as they are read."""
    keys = {id_of(key): key for key in ENTRY_KEYS}
    return " ".join(shown_key(keys[one], keymap) for one in ids)


def entry_help(keymap: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the rows of the help screen for an entry in full."""
    return [(entry_keys(keymap, *ids), does) for does, *ids in _ENTRY_HELP]
