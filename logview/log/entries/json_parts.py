"""Find JSON within a text, and lay it out with every token as it was written.

Loggers print JSON behind a message, between two texts, or over several lines.
Only whole JSON (RFC 8259) is a part; what is cut off, or only looks like JSON,
stays text. Nothing is parsed into values: a number of a hundred digits, a key
that comes twice and an escape come out as they went in.

Two things go beyond the RFC. `NaN` and `Infinity` count, because Python's `json`
writes them. And a string may hold a line break where the platform cut one
printed line into several: the layout joins it again.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import NamedTuple


class TokenKind(IntEnum):
    """What a token of JSON is, as far as it is drawn differently."""

    MARK = 0
    """A bracket, a colon or a comma."""
    KEY = 1
    STRING = 2
    NUMBER = 3
    LITERAL = 4
    """`true`, `false`, `null`, and what Python writes for numbers that are none."""


class JsonToken(NamedTuple):
    """A stretch of the text that JSON was found in."""

    start: int
    end: int
    kind: TokenKind


class JsonPart(NamedTuple):
    """A JSON object or array in a text; what is between its tokens is white space."""

    start: int
    end: int
    tokens: tuple[JsonToken, ...]


class JsonSearch(NamedTuple):
    """The parts of a text, in order."""

    parts: tuple[JsonPart, ...]
    unread: int | None
    """From which character on nothing was looked for, because it was too much; else None."""


class LaidToken(NamedTuple):
    """A token in a line of a layout: where it stands there, and where it came from."""

    start: int
    end: int
    token: JsonToken


class LaidLine(NamedTuple):
    """One line of a layout."""

    text: str
    pieces: tuple[LaidToken, ...]


MAX_WORK = 40_000
"""Tokens that are looked at, a hundred characters of one counting as a further one."""

MAX_SIZE = 1_000_000
"""Characters of a text that JSON is looked for in."""

SHORT = 72
"""Characters up to which a list or object stays on one line, if it holds no other."""

MAX_HANG = 24
"""Cells that the further lines of a string are indented at most."""

INDENT = 2
MAX_INDENT = 20
"""Levels that are indented; what is deeper stands below them."""

_TOKEN = re.compile(
    r"[ \t\n\r]*(?:"
    r"([\[\]{},:])"
    r'|("[^"\\\x00-\x1f]*(?:(?:\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}|\n)[^"\\\x00-\x1f]*)*")'
    r"|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![\w.+-])"
    r"|(true|false|null|NaN|-?Infinity)(?!\w)"
    r")"
)
_KINDS = (*(TokenKind.MARK,) * 2, TokenKind.STRING, TokenKind.NUMBER, TokenKind.LITERAL)
_ESCAPED_BREAK = re.compile(r"((?:\\r)?\\n)|\\.", re.DOTALL)
_SPACE = re.compile(r"[ \t\n\r]*")
_OPENING = re.compile(r"[\[{]")
_INDEXED = re.compile(r"[\w)\]\"'`?.]")
"""What stands before a bracket that is no list: `data["key"]`, `f()[0]`."""


# What may come next: plain numbers, because an IntEnum would double what a token costs.
_VALUE, _VALUE_OR_END, _KEY, _KEY_OR_END, _COLON, _COMMA_OR_END = range(6)
_OPENED = {"[": _VALUE_OR_END, "{": _KEY_OR_END}
_ENDS = (_VALUE_OR_END, _KEY_OR_END, _COMMA_OR_END)
_PAIRS = {"[": "]", "{": "}"}


def find_json(text: str, *, max_work: int = MAX_WORK, max_size: int = MAX_SIZE) -> JsonSearch:
    r"""Find the JSON in a text, its lines joined with `\n`; about 1 µs for a token.

    Reads every character once where lines hold whole JSON or none; where they
    hold beginnings only, `max_work` ends it. Of the text `max_size` characters
    are looked at.
    """
    beyond = _OPENING.search(text, max_size)
    unread = None if beyond is None else beyond.start()
    text = text[:max_size]
    parts: list[JsonPart] = []
    at = line_end = 0
    while opening := _OPENING.search(text, at):
        start = opening.start()
        if text[start] == "[" and start and _INDEXED.match(text, start - 1):
            at = start + 1
            continue
        read = _read(text, start, max_work)
        max_work -= read.work
        if max_work <= 0 or (unread is not None and read.part is None and read.at >= len(text)):
            return JsonSearch(tuple(parts), start)
        if read.part is not None:
            if _is_worth_it(read.part):
                parts.append(read.part)
            at = read.at
            continue
        if start >= line_end:
            line_end = text.find("\n", start)
            line_end = len(text) if line_end < 0 else line_end
        # What stops within a string, or beyond its own line, was cut off: the rest of the
        # line belongs to it.
        cut = read.at >= line_end or text[read.at] == '"'
        at = line_end if cut else max(read.at, start + 1)
    return JsonSearch(tuple(parts), unread)


class _Read(NamedTuple):
    part: JsonPart | None
    at: int
    """Where the part ends, or where it stopped being JSON."""
    work: int


def _read(text: str, start: int, max_work: int) -> _Read:
    """Read one object or array that opens at `start`; no part where it is none."""
    tokens: list[JsonToken] = []
    open_: list[str] = []
    state = _VALUE
    at, work = start, 0
    match = _TOKEN.match
    while work < max_work and (found := match(text, at)) is not None:
        group = found.lastindex or 0
        begin, end = found.span(group)
        work += 1 + (end - at) // 100
        kind = _KINDS[group]
        after = -1
        if group == 1:
            after = _after_mark(text[begin], state, open_)
        elif state <= _VALUE_OR_END:
            after = _COMMA_OR_END
        elif group == 2 and state <= _KEY_OR_END:
            kind, after = TokenKind.KEY, _COLON
        if after < 0:
            return _Read(None, begin, work)
        tokens.append(JsonToken(begin, end, kind))
        state, at = after, end
        if not open_:
            return _Read(JsonPart(start, end, tuple(tokens)), end, work)
    stopped = _SPACE.match(text, at)
    at = at if stopped is None else stopped.end()
    if text.startswith('"', at):  # looked through to its end, or to what no string may hold
        work += (max(text.find('"', at + 1), at) - at) // 100
    return _Read(None, at, work + 1)


def _after_mark(mark: str, state: int, open_: list[str]) -> int:
    """Return what may come behind a bracket, colon or comma; -1 where it may not stand there."""
    if mark in _PAIRS:
        if state > _VALUE_OR_END:
            return -1
        open_.append(_PAIRS[mark])
        return _OPENED[mark]
    if mark == ",":
        if state != _COMMA_OR_END:
            return -1
        return _VALUE if open_[-1] == "]" else _KEY
    if mark == ":":
        return _VALUE if state == _COLON else -1
    if state not in _ENDS or open_[-1] != mark:
        return -1
    open_.pop()
    return _COMMA_OR_END


def _is_worth_it(part: JsonPart) -> bool:
    """Return whether a part is more than `{}`, `[]` or `[7]`, which all kinds of texts hold."""
    tokens = part.tokens
    return len(tokens) > 3 or any(t.kind == TokenKind.STRING for t in tokens)


def lay_out(
    text: str, part: JsonPart, *, indent: str = "", break_strings: bool = False
) -> list[LaidLine]:
    r"""Lay a part out, a member to a line; the lines but the first begin with `indent`.

    The tokens are those of the text, in their order and as they were written;
    only white space between them is new, and a line break within a string goes.
    With `break_strings` a string with `\n` in it is broken there, its lines one below
    the other: a stack can be read so, but is no JSON any more.
    """
    flat = _flat_ends(text, part.tokens)
    page = _LayoutWriter(indent)
    write, flat_to = page.write, -1
    for number, token in enumerate(part.tokens):
        start, end, kind = token
        if kind is not TokenKind.MARK:
            word = text[start:end]
            if break_strings and kind is TokenKind.STRING and "\\n" in word:
                page.write_lines(text, token)
            else:
                write(word if "\n" not in word else word.replace("\n", ""), token)
            continue
        mark = text[start]
        if number > flat_to:
            flat_to = flat.get(number, flat_to)
        if number <= flat_to:
            write(mark, token, " " if mark in ":," else "")
        elif mark in _PAIRS:
            write(mark, token)
            page.new_line(1)
        elif mark == ":":
            write(mark, token, " ")
        elif mark == ",":
            write(mark, token)
            page.new_line(0)
        else:
            page.new_line(-1)
            write(mark, token)
    return page.finish()


def laid_text(text: str, part: JsonPart) -> str:
    """Return a part laid out, as one text."""
    return "\n".join(line.text for line in lay_out(text, part))


class _LayoutWriter:
    """Builds the lines of a layout."""

    __slots__ = ("_depth", "_indent", "_length", "_lines", "_pieces", "_words")

    def __init__(self, indent: str) -> None:
        self._indent, self._depth, self._length = indent, 0, 0
        self._words: list[str] = []
        self._pieces: list[LaidToken] = []
        self._lines: list[LaidLine] = []

    def write(self, word: str, token: JsonToken, space: str = "") -> None:
        """Write a token, and a space behind it or none."""
        end = self._length + len(word)
        self._pieces.append(LaidToken(self._length, end, token))
        self._words.append(word + space)
        self._length = end + len(space)

    def write_lines(self, text: str, token: JsonToken) -> None:
        r"""Write the lines of a string that has `\n` in it, below where it begins."""
        lead = " " * (min(self._length, MAX_HANG) + 1)
        at = token.start
        for found in _ESCAPED_BREAK.finditer(text, token.start, token.end - 1):
            if found[1] is None:
                continue  # another escape
            end = found.end() if found.end() < token.end - 1 else token.end
            self._write_part(text, JsonToken(at, found.start(), token.kind))
            at = found.end()
            if end == token.end:
                break
            self.finish()
            self._words, self._pieces, self._length = [lead], [], len(lead)
        self._write_part(text, JsonToken(at, token.end, token.kind))

    def _write_part(self, text: str, token: JsonToken) -> None:
        if token.start < token.end:
            self.write(text[token.start : token.end].replace("\n", ""), token)

    def new_line(self, deeper: int) -> None:
        """Begin a line, indented by `deeper` more levels than the last."""
        self.finish()
        self._depth += deeper
        lead = self._indent + " " * (INDENT * min(self._depth, MAX_INDENT))
        self._words, self._pieces, self._length = [lead], [], len(lead)

    def finish(self) -> list[LaidLine]:
        """End the last line, and return all lines."""
        self._lines.append(LaidLine("".join(self._words), tuple(self._pieces)))
        return self._lines


def _flat_ends(text: str, tokens: tuple[JsonToken, ...]) -> dict[int, int]:
    """Give, for each list or object that stays on one line, which token ends which."""
    flat: dict[int, int] = {}
    open_: list[tuple[int, int]] = []  # what is open: its token, and what was written before it
    length = 0
    broken = -1  # the last token that ends a list or object which does not stay on one line
    for number, (start, end, kind) in enumerate(tokens):
        if kind is not TokenKind.MARK:
            length += end - start
            continue
        mark = text[start]
        if mark in _PAIRS:
            open_.append((number, length))
        length += 2 if mark in ":," else 1
        if mark in "]}":
            begin, before = open_.pop()
            empty = number == begin + 1
            if empty or (broken < begin and length - before <= SHORT):
                flat[begin] = number
            if not empty:
                broken = number
    return flat
