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
    repeats: bool = False
    """Whether it is held down, as it opens and closes nothing."""


APP_KEYS = (
    Key("help", "question_mark,f1", "? F1", "help", "help"),
    Key("command_palette", "ctrl+p", "^P", "command palette"),
    Key("release_mouse", "f2", "F2", "toggle mouse capture"),
    Key("redraw", "ctrl+l", "^L", "redraw"),
    Key("copy_or_close", "ctrl+c", "^C", "copy selection or close"),
    Key("suspend_process", "ctrl+z", "^Z", "suspend"),
    Key("quit", "ctrl+q", "^Q", "quit"),
)

MOVING = "Moving"
"""The group of keys that every reader knows: the palette has it last."""

LOG_KEYS: dict[str, tuple[Key, ...]] = {
    "Finding": (
        Key("search", "slash", "/", "search", "search"),
        Key("match(1)", "n", "n", "next match", repeats=True),
        Key("match(-1)", "N", "N", "previous match", repeats=True),
        Key("filter", "ampersand,i", "& i", "filter lines", "filter"),
        Key("filter_list", "X", "X", "list filters"),
        Key("suspend_filters", "x", "x", "toggle all filters"),
        Key("context(1)", "plus,equals_sign", "+ =", "more context lines"),
        Key("context(-1)", "minus", "-", "fewer context lines"),
    ),
    "Levels": (
        Key("error(1)", "e", "e", "next error", "next error", repeats=True),
        Key("error(-1)", "E", "E", "previous error", repeats=True),
        Key("warning(1)", "right_square_bracket,W", "] W", "next warning or error", repeats=True),
        Key(
            "warning(-1)", "left_square_bracket,B", "[ B", "previous warning or error", repeats=True
        ),
        Key("minimum_level", "L", "L", "minimum level"),
    ),
    "What went wrong": (
        Key("digest", "D", "D", "digest: why it failed", "digest"),
        Key("patterns", "p", "p", "patterns", "patterns"),
        Key("new_entry(1)", "a", "a", "next new entry", repeats=True),
        Key("new_entry(-1)", "A", "A", "previous new entry", repeats=True),
        Key("fold_repeats", "z", "z", "fold repeats"),
    ),
    "Reading": (
        Key("entry", "enter", "enter", "open entry or fold"),
        Key("follow", "f,F", "f", "toggle follow", "follow"),
        Key("wrap", "w", "w", "toggle wrap"),
        Key("times", "t", "t", "change time column"),
        Key("line_numbers", "number_sign,M", "# M", "toggle line numbers"),
        Key("json_lines", "C", "C", "toggle JSON layout"),
        Key("mark", "m", "m", "toggle mark", repeats=True),
        Key("next_mark(1)", "u", "u", "next mark", repeats=True),
        Key("next_mark(-1)", "U", "U", "previous mark", repeats=True),
        Key("marks", "apostrophe,K", "' K", "list marks"),
    ),
    "Copying": (
        Key("copy", "y,c", "y c", "copy selection or entry", "copy"),
        Key("copy_markdown", "Y", "Y", "copy as Markdown"),
        Key("copy_again", "R,exclamation_mark", "R !", "copy again without masking"),
        Key("select", "v,V", "v V", "select lines"),
        Key("save", "s,ctrl+s", "s ^S", "save to file"),
        Key("open_console", "o", "o", "open in Console"),
        Key("links", "O", "O", "list links"),
    ),
    "The log": (
        Key("details", "d", "d", "run details"),
        Key("other_run(-1)", "less_than_sign", "<", "run before", id="run-previous"),
        Key("other_run(1)", "greater_than_sign", ">", "next run", id="run-next"),
        Key("retry", "r", "r", "retry"),
        Key("close", "escape", "esc", "close what is open"),
        Key("back", "q", "q", "back, or quit", "back"),
    ),
    MOVING: (
        Key("go_to", "colon,ctrl+g", ": ^G 0–9", "go to line, %, time"),
        Key("top", "g,home", "g Home", "top", repeats=True),
        Key("bottom", "G,end", "G End", "bottom and follow", repeats=True),
        Key("move(1)", "j,down", "j ↓", "line down", repeats=True),
        Key("move(-1)", "k,up", "k ↑", "line up", repeats=True),
        Key("page(1)", "pagedown,space", "PgDn space", "page down", repeats=True),
        Key("page(-1)", "pageup,b", "PgUp b", "page up", repeats=True),
        Key("half_page(1)", "ctrl+d", "^D", "half page down", repeats=True),
        Key("half_page(-1)", "ctrl+u", "^U", "half page up", repeats=True),
        Key("sideways(-1)", "h,left", "h ←", "scroll left", repeats=True),
        Key("sideways(1)", "l,right", "l →", "scroll right", repeats=True),
    ),
}
"""The keys of the log screen in groups, the most useful first."""

PROMPT_HELP = (
    ("!", "first: exclude (filter)"),
    ("^R", "toggle regex"),
    ("^T", "toggle case"),
    ("↑ ↓", "history"),
    ("Enter", "accept"),
    ("esc", "cancel"),
)

_PAGE_KEYS = (
    Key("page(1)", "pagedown,space", "PgDn space", "page down", repeats=True),
    Key("page(-1)", "pageup,b", "PgUp b", "page up", repeats=True),
    Key("page(0.5)", "ctrl+d", "^D", "half page down", id="half-page-down", repeats=True),
    Key("page(-0.5)", "ctrl+u", "^U", "half page up", id="half-page-up", repeats=True),
    Key("edge(False)", "g,home", "g Home", "top", id="top", repeats=True),
    Key("edge(True)", "G,end", "G End", "bottom", id="bottom", repeats=True),
)

ROW_KEYS = (
    Key("cursor(1)", "j,down", "j ↓", "next row", id="move-down", repeats=True),
    Key("cursor(-1)", "k,up", "k ↑", "previous row", id="move-up", repeats=True),
    *_PAGE_KEYS,
)
"""The keys of a screen of rows: the digest, the patterns, a run's details."""

ENTRY_KEYS = (
    Key("move('next-entry')", "J", "J", "next entry", id="entry-next", repeats=True),
    Key("move('previous-entry')", "K", "K", "previous entry", id="entry-previous", repeats=True),
    Key("move('next-error')", "e", "e", "next error", id="error-next", repeats=True),
    Key("move('previous-error')", "E", "E", "previous error", id="error-previous", repeats=True),
    Key(
        "move('next-warning')",
        "right_square_bracket,W",
        "W ]",
        "next warning or error",
        id="warning-next",
        repeats=True,
    ),
    Key(
        "move('previous-warning')",
        "left_square_bracket,B",
        "B [",
        "previous warning or error",
        id="warning-previous",
        repeats=True,
    ),
    Key("move('next-match')", "n", "n", "next match", id="match-next", repeats=True),
    Key("move('previous-match')", "N", "N", "previous match", id="match-previous", repeats=True),
    Key("move('next-try')", "T", "T", "next failed try", id="try-next", repeats=True),
    Key("copy", "y,c", "y c", "copy entry"),
    Key("copy_json", "C", "C", "copy JSON"),
    Key("wrap", "w", "w", "toggle wrap"),
    Key("scroll(1)", "j,down", "j ↓", "row down", id="move-down", repeats=True),
    Key("scroll(-1)", "k,up", "k ↑", "row up", id="move-up", repeats=True),
    *_PAGE_KEYS,
    Key("sideways(-1)", "h,left", "h ←", "scroll left", repeats=True),
    Key("sideways(1)", "l,right", "l →", "scroll right", repeats=True),
    Key("dismiss", "escape", "esc", "close", id="close"),
    Key("dismiss", "enter", "enter", "close", id="entry"),
    Key("dismiss", "q", "q", "close", id="back"),
)
"""The keys of an entry in full. Where the log has the same action, both have its keys."""

DIGEST_KEYS = (
    Key("select", "enter", "enter", "go to the line", "go to line", id="entry"),
    Key("ask('copy')", "y,c", "y c", "copy digest", "copy", id="copy"),
    Key("ask('copy-markdown')", "Y", "Y", "copy as Markdown", id="copy-markdown"),
    Key("ask('copy-urls')", "u", "u", "copy failed URLs", "copy URLs", id="copy-urls"),
    Key("ask('again')", "r", "r", "read again", "read again", id="retry"),
    *ROW_KEYS,
    Key("dismiss", "escape,D", "esc D", "close", "close", id="close"),
    Key("dismiss", "q", "q", "close", id="back"),
)
"""The keys of the digest. Where the log has the same action, both have its keys."""

DETAIL_KEYS = (
    Key("select", "enter", "enter", "open link or run", "open", id="entry"),
    Key("run(-1)", "h,left", "h ←", "run before", "run before", id="sideways-left"),
    Key("run(1)", "l,right", "l →", "next run", "next run", id="sideways-right"),
    Key("console", "o", "o", "open in Console", "Console", id="open-console"),
    Key("copy", "y,c", "y c", "copy details", "copy", id="copy"),
    Key("again", "r", "r", "ask again", id="retry"),
    *ROW_KEYS,
    Key("dismiss", "escape,d", "esc d", "close", "close", id="close"),
    Key("dismiss", "q", "q", "close", id="back"),
)
"""The keys of a run's details. Where the log has the same action, both have its keys."""

PATTERN_KEYS = (
    Key("select", "enter", "enter", "go to first entry", "go to first", id="entry"),
    Key("go_to(True)", "n", "n", "next entry of it", "next", id="match-next"),
    Key("go_to(False)", "N", "N", "previous entry of it", id="match-previous"),
    Key("filter(True)", "plus,equals_sign", "+ =", "include these", "include", id="context-more"),
    Key("filter(False)", "minus", "-", "exclude these", "exclude", id="context-less"),
    Key("sort", "s", "s", "change order", "order", id="save"),
    Key("narrow", "slash", "/", "narrow", "narrow", id="search"),
    *ROW_KEYS,
    Key("leave", "escape,p", "esc p", "close", "close", id="close"),
    Key("dismiss", "q", "q", "close", id="back"),
)
"""The keys of the patterns. Where the log has the same action, both have its keys."""

_ENTRY_HELP = (
    ("next, previous entry", "entry-next", "entry-previous"),
    ("next, previous error", "error-next", "error-previous"),
    ("next, previous warning", "warning-next", "warning-previous"),
    ("next, previous match", "match-next", "match-previous"),
    ("next failed try", "try-next"),
    ("copy entry, JSON", "copy", "copy-json"),
    ("toggle wrap", "wrap"),
    ("scroll left, right", "sideways-left", "sideways-right"),
    ("close", "close", "back"),
)

OPEN_HELP = (
    ("type", "narrow the list"),
    ("status:…", "narrow by status"),
    ("actor:…", "narrow by Actor"),
    ("run build", "narrow by kind"),
    ("paste", "a link, an ID, a path"),
    ("Enter", "open"),
    ("↓ esc", "go to the list"),
    ("/ i", "back to the input"),
    ("j k g G", "move in the list"),
    ("space", "mark; Enter opens all"),
    ("d", "details of a run"),
    ("r", "reload the list"),
    ("q", "quit"),
)

MOUSE_HELP = (
    ("wheel", "scroll; shift: sideways"),
    ("click", "go to line, open fold"),
    ("drag", "select text"),
    ("2× 3×", "select word, line"),
    ("with shift", "extend selection"),
    ("with ctrl", "list the link"),
    ("timeline", "go to that time"),
    ("chips", "use; pill, footer too"),
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
    name = "new" if name == "new_entry" else name.removeprefix("next_")
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
    map(
        log_key,
        ("search", "filter", "error(1)", "copy", "follow", "patterns", "digest", "back"),
    ),
)
"""The keys that the footer of the log screen shows, the most useful first."""


_ALL_KEYS = (*APP_KEYS, *all_log_keys(), *ENTRY_KEYS, *DIGEST_KEYS, *DETAIL_KEYS, *PATTERN_KEYS)

REPEATING = frozenset(key.action.partition("(")[0] for key in _ALL_KEYS if key.repeats)
"""Actions that open and close nothing, without what they are called with."""


def known_ids() -> frozenset[str]:
    """Return the names that the settings file's `[keys]` may use."""
    return frozenset(map(id_of, _ALL_KEYS))


def key_list() -> str:
    """Return all keys in lines of action name, keys and what they do, for `--help-keys`."""
    groups = {
        **LOG_KEYS,
        "In an entry": ENTRY_KEYS,
        "In the digest": DIGEST_KEYS,
        "In the patterns": PATTERN_KEYS,
        "In a run's details": DETAIL_KEYS,
        "Everywhere": APP_KEYS,
    }
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
