"""Lay out a line that a logger wrote as one JSON object: `time LEVEL logger message key=value …`.

Loggers of this form are pino, bunyan, winston, structlog, zap, logrus, Apify's
own with `APIFY_LOG_FORMAT=JSON`, and many more. An object is taken for a line of
such a logger where it has two of a message, a level and a time; other JSON that a
program prints stays as it is. Every key is shown, in the order of the log; of
a text with line breaks its first line, and how many there are.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from logview.log.entries.entry_text import read_prefix
from logview.log.entries.json_parts import TokenKind, find_json
from logview.log.entries.level_patterns import json_level
from logview.text.timestamps import detect_stamps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from logview.log.entries.json_parts import JsonToken

MAX_LENGTH = 20_000
"""Characters of a line that is laid out; a longer one stays as it is."""

MESSAGE_KEYS = ("msg", "message", "event", "@m", "@mt", "MessageTemplate", "text")
LOGGER_KEYS = ("logger", "logger_name", "name", "context", "category", "prefix")
_TIME_KEYS = ("time", "timestamp", "ts", "@timestamp", "@t", "t", "datetime", "asctime", "date")
_LEVEL_KEY = re.compile(
    r"(?i:(?:@|log[._]?)?level(?:_?name)?|severity(?:_?text)?|lvl)\Z",
)
_LAST_KEYS = frozenset({"pid", "hostname", "v", "@version", "level_value", "logger_fqcn"})
"""What loggers add to each line: shown behind everything else."""

_DEPTH = 3
_BARE = re.compile(r'[^\s"=\\{}\[\],]{1,4000}\Z')
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\."
)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_PICTURES = {
    **{code: 0x2400 + code for code in range(32)},
    **dict.fromkeys(range(0x7F, 0xA0), 0xFFFD),
    9: 32,
    0x7F: 0x2421,
}
"""What is drawn for control characters that a text has as escapes."""


class PieceKind(IntEnum):
    """What a piece of a laid-out line is, as far as it is drawn differently."""

    TEXT = 0
    TIME = 1
    LEVEL = 2
    LOGGER = 3
    KEY = 4


class JsonPiece(NamedTuple):
    """A piece of a laid-out line, and the characters of the line that it stands for."""

    start: int
    end: int
    source: int
    source_end: int
    kind: PieceKind

    @property
    def is_exact(self) -> bool:
        """Whether each of its characters stands for one of the line."""
        return self.end - self.start == self.source_end - self.source


class JsonLine(NamedTuple):
    """A line as it is laid out; it holds no control characters."""

    text: str
    pieces: tuple[JsonPiece, ...]
    """In the order of `text`; between them are blanks."""


class _Member(NamedTuple):
    """A member of an object: a key, and the tokens of its value."""

    key: str
    at: JsonToken
    value: Sequence[JsonToken]

    @property
    def start(self) -> int:
        return self.value[0].start

    @property
    def end(self) -> int:
        return self.value[-1].end


def lay_out_json_line(text: str, *, with_time: bool = True) -> JsonLine | None:
    """Lay out the visible text of a line; None where no logger wrote it as JSON.

    A stamp and child runs before the JSON stay before it. Without `with_time`
    the JSON's own time is left out, because it is shown elsewhere.
    """
    if len(text) > MAX_LENGTH or not text.rstrip().endswith("}"):
        return None
    prefix = read_prefix(text[:1000], None)
    begin = prefix.end
    if not text.startswith('{"', begin) and not text.startswith("{ ", begin):
        return None
    body = text[begin:].rstrip()
    found = find_json(body).parts
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(body)):
        return None
    members = list(_members(body, found[0].tokens))
    by_key = {member.key: member for member in members}
    message = _first(by_key, MESSAGE_KEYS, least=2)
    logger = _first(by_key, LOGGER_KEYS, least=3)
    level = next((one for one in members if _LEVEL_KEY.match(one.key)), None)
    severity = None
    if level is not None:
        severity = json_level(f"{{{body[level.at.start : level.end]}}}")
        level = level if severity is not None else None
    time = _first(by_key, _TIME_KEYS)
    stamp = None
    if time is not None:
        data = f"{{{body[time.at.start : time.end]}}}".encode("utf-8", "replace")
        stamp = detect_stamps(data).read(data)
        time = time if stamp is not None else None
    if (message is not None) + (level is not None) + (time is not None) < 2:
        return None
    writer = _Writer(text, begin)
    if begin:
        writer.copy(-begin, 0)
        writer.close(text[:begin].endswith(" "))
    if time is not None and with_time and stamp is not None and prefix.stamp is None:
        writer.write(stamp.decode(), time.start, time.end, PieceKind.TIME)
        writer.blank()
    if level is not None and severity is not None:
        writer.write(f"{severity.name:<5}", level.start, level.end, PieceKind.LEVEL)
        writer.blank()
    if logger is not None:
        writer.string(logger.start, logger.end, PieceKind.LOGGER)
        writer.blank()
    if message is not None:
        writer.string(message.start, message.end, PieceKind.TEXT)
        writer.blank()
    shown = {one.at.start for one in (time, level, logger, message) if one is not None}
    rest = [member for member in members if member.at.start not in shown]
    rest.sort(key=lambda member: member.key in _LAST_KEYS)
    for member in rest:
        _write_member(writer, body, member, (), _DEPTH)
    return writer.finish()


def _first(members: dict[str, _Member], keys: Sequence[str], least: int = 0) -> _Member | None:
    """Return the first member of some keys; only a string of `least` characters, where asked."""
    for key in keys:
        member = members.get(key)
        if member is None:
            continue
        is_text = member.value[0].kind is TokenKind.STRING
        if not least or (is_text and member.end - member.start >= least):
            return member
    return None


def _members(body: str, tokens: Sequence[JsonToken]) -> Iterator[_Member]:
    """Yield the members of the object that the tokens are."""
    depth, key, first = 0, None, 0
    for number, token in enumerate(tokens):
        mark = body[token.start] if token.kind is TokenKind.MARK else ""
        if mark in ("{", "["):
            depth += 1
        elif mark in ("}", "]"):
            depth -= 1
        if token.kind is TokenKind.KEY and depth == 1:
            key, first = token, number + 2  # behind the colon
        elif key is not None and ((mark == "," and depth == 1) or depth == 0):
            yield _Member(body[key.start + 1 : key.end - 1], key, tokens[first:number])
            key = None


def _write_member(
    writer: _Writer, body: str, member: _Member, above: tuple[JsonToken, ...], depth: int
) -> None:
    start, end = member.start, member.end
    is_object = body[start] == "{" and len(member.value) > 2
    if is_object and depth > 1 and "\\n" in body[start:end]:
        # An error with its stack, which would hide what comes behind it.
        for inner in _members(body, member.value):
            _write_member(writer, body, inner, (*above, member.at), depth - 1)
        return
    for key in (*above, member.at):
        if key is not (above or (member.at,))[0]:
            writer.write(".", key.start, key.start + 1, PieceKind.KEY)
        writer.copy(key.start + 1, key.end - 1, PieceKind.KEY)
    writer.write("=", member.at.end, start, PieceKind.KEY)
    if member.value[0].kind is TokenKind.STRING:
        inner_text = body[start + 1 : end - 1]
        if _BARE.match(inner_text) is not None:
            writer.copy(start + 1, end - 1)
        elif "\\n" in inner_text:
            writer.write('"', start, start + 1)
            writer.string(start, end, PieceKind.TEXT, closing='"')
        else:
            writer.copy(start, end)
    else:
        writer.copy(start, end)
    writer.blank()


class _Writer:
    """Builds a laid-out line; offsets are those of the JSON, which begins at `begin`."""

    def __init__(self, text: str, begin: int) -> None:
        self._source = text
        self._begin = begin
        self._words: list[str] = []
        self._pieces: list[JsonPiece] = []
        self._length = 0

    def write(self, word: str, start: int, end: int, kind: PieceKind = PieceKind.TEXT) -> None:
        """Write a word that stands for some characters of the JSON."""
        if not word:
            return
        at, self._length = self._length, self._length + len(word)
        self._words.append(word.translate(_PICTURES))
        begin = self._begin
        self._pieces.append(JsonPiece(at, self._length, begin + start, begin + end, kind))

    def copy(self, start: int, end: int, kind: PieceKind = PieceKind.TEXT) -> None:
        """Write some characters of the JSON as they are."""
        self.write(self._source[self._begin + start : self._begin + end], start, end, kind)

    def string(self, start: int, end: int, kind: PieceKind, closing: str = "") -> None:
        """Write the first line of a string without its quotes, and how many lines there are."""
        at, stop = start + 1, end - 1
        text = self._source[self._begin + at : self._begin + stop]
        done = 0
        for found in _ESCAPE.finditer(text):
            self.copy(at + done, at + found.start(), kind)
            done = found.end()
            if found[0] == "\\r" and text.startswith("\\n", done):
                continue
            if found[0] == "\\n" and done < len(text):
                self.write(closing, at + found.start(), at + done, kind)
                lines = len(_LINE_BREAK.findall(text.rstrip()))
                self.write(f" … {lines + 1:,} lines", at + done, stop, PieceKind.KEY)
                return
            if found[0] != "\\n":
                self.write(_unescape(found[0]), at + found.start(), at + done, kind)
        self.copy(at + done, stop, kind)
        self.write(closing, stop, end, kind)

    def blank(self) -> None:
        """Write a blank before what comes next."""
        self.close(False)

    def close(self, has_blank: bool) -> None:
        """Write a blank, unless there is one."""
        if self._length and not has_blank and self._words[-1] != " ":
            self._words.append(" ")
            self._length += 1

    def finish(self) -> JsonLine:
        """Return the line."""
        if self._words and self._words[-1] == " ":
            self._words.pop()
        return JsonLine("".join(self._words), tuple(self._pieces))


_LINE_BREAK = re.compile(r"\\n")


def _unescape(escape: str) -> str:
    if escape[1] != "u":
        return _PLAIN_ESCAPES.get(escape[1], escape[1])
    high = int(escape[2:6], 16)
    if len(escape) > 6:
        low = int(escape[8:12], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    return "�" if 0xD800 <= high < 0xE000 else chr(high)
