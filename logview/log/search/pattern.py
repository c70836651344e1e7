"""Patterns, as a person types them, on visible text.

A literal is found with `find` on the whole page, in its bytes where it is ASCII
and no colour stands within a match; a regular expression runs line by line with a time limit
(the `regex` module has one, the standard library's `re` has not), so that a
pattern that backtracks cannot freeze the app and a match never crosses a line.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from itertools import pairwise, product
from time import thread_time
from typing import TYPE_CHECKING, Any, AnyStr, Protocol

from logview.log.store.page_traits import EVERYWHERE
from logview.log.store.pages import count_breaks
from logview.text.escapes import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    import regex

    from logview.log.store.page_traits import Seams

MAX_PATTERN = 1000
"""Characters of a pattern at most; compiling is not covered by any time limit."""

MAX_REPEATS = 10_000
"""What nested repeats may multiply to: `(((x{100}){100}){100}){100}` took 22 s and 6 GB."""

PAGE_SECONDS = 0.1
"""Time limit for one page, in seconds of this thread."""

LINE_SECONDS = 0.05
"""Time limit for one line, in seconds; more for long ones (see `_limit`)."""


class PatternError(ValueError):
    """A pattern that is unfinished, wrong or refused; the text explains why."""


class PatternTooSlowError(RuntimeError):
    """A pattern ran into its time limit; `line` is the line's number within the text searched."""

    def __init__(self, line: int) -> None:
        super().__init__(f"this pattern is too slow on line {line + 1:,}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, and how it is to be read."""

    text: str
    regex: bool = False
    case: bool | None = None
    """True: case matters. False: it does not. None, smart case: only if the text has a capital."""

    @property
    def case_sensitive(self) -> bool:
        """Whether case matters, smart case worked out."""
        if self.case is not None:
            return self.case
        text = re.sub(r"\\.", "", self.text) if self.regex else self.text
        return text != text.lower()


class Pattern(Protocol):
    """A compiled query."""

    query: Query

    def spans(self, line: str, start: int = 0) -> list[tuple[int, int]]:
        """Return the matches in one line, in order, as (start, end) in characters.

        Those that begin at `start` or later; what is before is only their context.
        Raises PatternTooSlowError.
        """
        ...

    def can_read(self, data: bytes, seams: Seams | None = None) -> bool:
        """Whether `lines` and `count` find in these UTF-8 bytes what they find in their text.

        `seams` are those of bytes that still have their colours.
        """
        ...

    def lines(self, text: str | bytes) -> list[tuple[int, int]]:
        r"""Return (line within the text, number of matches) for each line that matches.

        `text` is a page's lines joined with `\n`; bytes only where `can_read` is true.
        Raises PatternTooSlowError.
        """
        ...

    def count(self, text: str | bytes) -> int:
        """Return the number of matches in the page. Raises PatternTooSlowError."""
        ...

    def narrows(self, other: Pattern) -> bool:
        """Return whether a line that another pattern does not match is sure not to match this."""
        ...


def compile_query(query: Query) -> Pattern:
    """Compile a query. Raises PatternError, whose text is shown to the person."""
    if not query.text:
        raise PatternError("the pattern is empty")
    if len(query.text) > MAX_PATTERN:
        raise PatternError(
            f"the pattern has {len(query.text):,} characters; at most {MAX_PATTERN:,} are taken"
        )
    if "\n" in query.text:
        raise PatternError("a pattern with a line break: a match never crosses a line")
    return _Regex(query) if query.regex else _Literal(query)


_ASCII_BY_FOLDING = {"k": b"\xe2\x84\xaa", "i": b"\xc4\xb0"}
"""The Kelvin sign and the dotted I: of all other characters only ASCII's become ASCII."""


class _Literal:
    def __init__(self, query: Query) -> None:
        self.query = query
        self._folds = not query.case_sensitive
        self._needle = _fold(query.text) if self._folds else query.text
        self._bytes = self._needle.encode("utf-8", "surrogatepass")
        self._reads_bytes = self._needle.isascii()
        folds_to = _ASCII_BY_FOLDING.items() if self._folds else ()
        self._foreign = [char for letter, char in folds_to if letter in self._needle]
        # What begins within a colour is the end of one, and of text only what follows it.
        self._is_no_colour = _COLOUR_END.match(self._needle) is None
        self._pairs = frozenset(_pairs(self._bytes, both_cases=self._folds))

    def can_read(self, data: bytes, seams: Seams | None = None) -> bool:
        if not self._reads_bytes:
            return False
        if seams is not None and not (
            self._is_no_colour and seams is not EVERYWHERE and self._pairs.isdisjoint(seams)
        ):
            return False  # a colour might stand within a match, or be one
        return not self._foreign or data.isascii() or not any(c in data for c in self._foreign)

    def spans(self, line: str, start: int = 0) -> list[tuple[int, int]]:
        text, needle = _fold(line) if self._folds else line, self._needle
        size = len(needle)
        found = []
        at = text.find(needle, start)
        while at >= 0:
            found.append((at, at + size))
            at = text.find(needle, at + size)
        return found

    def count(self, text: str | bytes) -> int:
        text = self._folded(text)
        return text.count(self._bytes) if isinstance(text, bytes) else text.count(self._needle)

    def narrows(self, other: Pattern) -> bool:
        if not isinstance(other, _Literal) or not (self._reads_bytes and other._reads_bytes):
            return False
        if other._folds:
            return other._needle in self._needle.lower()
        return not self._folds and other._needle in self._needle

    def _folded(self, text: str | bytes) -> str | bytes:
        """Return the text in which the needle is searched."""
        if not self._folds:
            return text
        return _fold(text) if isinstance(text, str) else text.lower()

    def lines(self, text: str | bytes) -> list[tuple[int, int]]:
        text = self._folded(text)
        if isinstance(text, bytes):
            found = _lines_with(text, self._bytes, b"\n")
            return [(line, text.count(self._bytes, start, end)) for line, start, end in found]
        found = _lines_with(text, self._needle, "\n")
        return [(line, text.count(self._needle, start, end)) for line, start, end in found]

    def places(self, text: str | bytes) -> Iterator[tuple[int, int, int]]:
        """Return number, start and end of each line that holds the literal."""
        text = self._folded(text)
        if isinstance(text, bytes):
            return _lines_with(text, self._bytes, b"\n")
        return _lines_with(text, self._needle, "\n")


_COLOUR_END = re.compile(r"[\[0-9;]*m|[\[0-9;]+\Z|.*\x1b", re.DOTALL)
"""Of a text: what could be found within a colour, `ESC [ 0-9 ; m`, or from within it onward."""


def _pairs(needle: bytes, *, both_cases: bool) -> Iterator[tuple[int, int]]:
    """Return the pairs of bytes that follow one another."""
    for pair in pairwise(needle):
        if both_cases:
            cases = [{*bytes([one]).lower(), *bytes([one]).upper()} for one in pair]
            yield from product(*cases)
        else:
            yield pair


def _lines_with(text: AnyStr, needle: AnyStr, line_break: AnyStr) -> Iterator[tuple[int, int, int]]:
    """Return number, start and end of each line that holds the needle."""
    line = seen = 0
    at = text.find(needle)
    while at >= 0:
        if isinstance(text, bytes):
            line += count_breaks(text, seen, at)
        else:
            line += text.count(line_break, seen, at)
        seen = at
        end = text.find(line_break, at)
        end = len(text) if end < 0 else end
        yield line, text.rfind(line_break, 0, at) + 1, end
        at = text.find(needle, end)


def _fold(text: str) -> str:
    """Return the text in lower case, every character at its place."""
    folded = text.lower()
    # "İ" is the one character that becomes two: offsets would not be the text's any more.
    return folded if len(folded) == len(text) else text.replace("İ", "I").lower()


class _Regex:
    def __init__(self, query: Query) -> None:
        self.query = query
        check_repeats(query.text)
        self._pattern = _compile(query)
        self._folds = not query.case_sensitive
        needle = required_literal(query.text)
        if self._folds and not needle.isascii():
            needle = ""  # what it matches, `ſ` for one, may be ASCII
        self._required = _Literal(Query(needle, case=query.case_sensitive)) if needle else None

    def spans(self, line: str, start: int = 0) -> list[tuple[int, int]]:
        try:
            matches = self._pattern.finditer(line, start, timeout=_limit(line))
            found = [match.span() for match in matches]
        except TimeoutError:
            raise PatternTooSlowError(0) from None
        found.sort()
        # A pattern that matches nothing at all (`x*`) marks a line once, not at every character.
        return [span for span in found if span[0] < span[1]] or found[:1]

    def can_read(self, data: bytes, seams: Seams | None = None) -> bool:
        """Whether the lines that may match can be found in the bytes; these are read as text."""
        if self._required is None or (self._folds and not data.isascii()):
            return False
        return self._required.can_read(data, seams)

    def lines(self, text: str | bytes) -> list[tuple[int, int]]:
        search = self._pattern.search
        found: list[tuple[int, int]] = []
        number = -1
        end = thread_time() + PAGE_SECONDS + len(text) / 20e6
        try:
            for searched, (number, line) in enumerate(self._candidates(text)):
                if search(line, timeout=_limit(line)) is not None:
                    found.append((number, len(self.spans(line))))
                if not searched % 16 and thread_time() > end:
                    raise PatternTooSlowError(number)
        except (TimeoutError, PatternTooSlowError):
            raise PatternTooSlowError(number) from None
        return found

    def _candidates(self, text: str | bytes) -> Iterator[tuple[int, str]]:
        """Return the lines that may match: those with the literal that every match has, if any.

        Beyond ASCII an expression has more cases than the lower one.
        """
        if isinstance(text, bytes):
            if self._required is None:
                raise TypeError("an expression without a literal reads text")
            for number, start, end in self._required.places(text):
                yield number, visible(text[start:end])
        elif self._required is None or (self._folds and not text.isascii()):
            yield from enumerate(text.split("\n"))
        else:
            for number, start, end in self._required.places(text):
                yield number, text[start:end]

    def count(self, text: str | bytes) -> int:
        return sum(count for _, count in self.lines(text))

    def narrows(self, other: Pattern) -> bool:
        return False


def _limit(line: str) -> float:
    return LINE_SECONDS + len(line) / 20e6


def _compile(query: Query) -> regex.Pattern[str]:
    import regex  # 20 ms that only somebody who searches by expression pays

    flags: Any = 0 if query.case_sensitive else regex.IGNORECASE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a FutureWarning would be printed over the screen
            return regex.compile(query.text, flags)
    except regex.error as error:
        raise PatternError(str(error)) from None
    except (RecursionError, MemoryError, OverflowError):
        raise PatternError("the pattern is too deep or too large") from None
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise PatternError(f"not a pattern: {error}") from None


_REPEAT = re.compile(r"\{(\d*)(?:,(\d*))?\}")
_OPTIONAL = ("*", "?", "{")


def required_literal(pattern: str) -> str:
    """Return the longest text that every match of an expression is sure to hold; "" where none is.

    Only what stands outside of groups and classes counts, and nothing does
    where an expression has alternatives, flags or anything else with `(?`.
    """
    if "|" in pattern or "(?" in pattern:
        return ""
    runs = [""]
    depth = at = 0
    while at < len(pattern):
        char = pattern[at]
        literal = ""
        size = 1
        if char == "\\":
            size = 2
            following = pattern[at + 1 : at + 2]
            literal = following if following and not following.isalnum() else ""
            if following.isalnum() and following not in "dDsSwWbB":
                return ""  # \x41, \p{Lu}, \Q…: more than one character belongs to it
        elif char == "[":
            size = _class_end(pattern, at) - at
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char not in "^$.*+?{}":
            literal = char
        elif char == "{":
            repeat = _REPEAT.match(pattern, at)
            if repeat is None:
                return ""  # a brace, or how far a match may be from the pattern (`{e<=1}`)
            size = len(repeat[0])
        at += size
        if literal and not depth and pattern[at : at + 1] not in _OPTIONAL:
            runs[-1] += literal
        if not literal or depth or pattern[at : at + 1] in ("+", *_OPTIONAL):
            runs.append("")
    return max(runs, key=len)


def check_repeats(pattern: str) -> None:
    """Refuse nested counted repeats that multiply beyond `MAX_REPEATS`; raises PatternError."""
    # For each open group: the largest product inside it so far, and that of its last atom.
    largest = [1]
    atom = 1
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 2
            atom = 1
            continue
        if char == "[":
            at = _class_end(pattern, at)
            atom = 1
            continue
        if char == "(":
            largest.append(1)
            atom = 1
        elif char == ")":
            inner = largest.pop() if len(largest) > 1 else 1
            atom = inner
            largest[-1] = max(largest[-1], inner)
        elif char == "{" and (repeat := _REPEAT.match(pattern, at)):
            numbers = [int(n[:6]) for n in repeat.groups() if n]
            atom *= max(numbers, default=1)
            largest[-1] = max(largest[-1], atom)
            if atom > MAX_REPEATS:
                raise PatternError(
                    f"its repeats multiply to more than {MAX_REPEATS:,}; use smaller counts"
                )
            at = repeat.end()
            continue
        elif char not in "*+?":
            atom = 1
        at += 1


def _class_end(pattern: str, at: int) -> int:
    """Return where the class that begins at `at` ends; POSIX classes may stand in it."""
    at += 1
    if pattern[at : at + 1] == "^":
        at += 1
    if pattern[at : at + 1] == "]":
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        posix = pattern.find(":]", at + 2) if pattern[at : at + 2] == "[:" else -1
        at = posix + 2 if posix >= 0 else at + (2 if pattern[at] == "\\" else 1)
    return at + 1
