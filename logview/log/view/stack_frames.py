"""Read stack traces: which lines are frames of libraries, and where one's own frames point to.

Known are the traces of V8 (Node.js), CPython, the JVM and Go. A frame of a library
lies in `node_modules` or `site-packages`, or in the standard library. A library's
frames that follow each other may be folded; never a line that has more than its
frame (Crawlee writes JSON behind the last one), nor any that is no frame: what
was raised, `Caused by:`, `[cause]:`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from logview.phrases import count
from logview.text.timestamps import SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST = 2
"""A fold stands for at least so many lines."""

SOURCE_LINES = 8
"""Lines below Python's `File "…"` that may show its source."""

NODE = "Node.js"

MARKERS = (b"  at ", b"\tat ", b'File "', b".go:")
"""One of these is in a page that has a frame; looked for one by one, which is far cheaper."""

_V8 = re.compile(
    r"at (?:async )?(?:(?P<name>[^()]{1,400}) \()?"
    r"(?P<place>(?P<path>(?:file://|node:|[A-Za-z]:(?=[\\/]))?[^\s():]{1,1000})"
    r"(?::\d{1,7}){1,2}|native|<anonymous>)(?:\)|(?=\s|$))"
)
_JVM = re.compile(
    r"at (?:[\w.@-]{1,200}/{1,2}){0,2}(?P<class>[\w$.]{1,300})\.[\w$<>]{1,200}"
    r"\((?P<place>[\w$-]{1,200}\.\w{1,10}:\d{1,7}|Native Method|Unknown Source)\)"
)
_PYTHON = re.compile(r'File "(?P<place>(?P<path>[^"]{1,1000})", line \d{1,9})(?:, in [^,]{1,400})?')
_GO = re.compile(r"(?P<place>(?P<path>/[^\s:]{1,1000}\.go):\d{1,7})(?: \+0x[0-9a-f]{1,16})?")
_NODE_MODULE = re.compile(r"node_modules/((?:@[^/]{1,200}/)?[^/]{1,200})")
_PACKAGE = re.compile(r"(?:site|dist)-packages/([^/]{1,200})")
_STDLIB = re.compile(
    r"/(?:lib(?:64)?/python\d(?:\.\d{1,3})?|python\d{2,4}\.zip|[Pp]ython\d{0,4}/Lib)/([^/]{1,200})"
)
_FROZEN = re.compile(r"<frozen (\w{1,100})")
_OLD_NODE = re.compile(r"internal/|[a-z_]{1,40}\.js$")
_GO_MODULE = re.compile(r"/(?:pkg/mod|vendor)/((?:[^/@]{1,200}/){0,2}[^/@]{1,200})")
_GO_ROOT = re.compile(r"/go[^/]{0,40}/src/((?:[a-z0-9]{1,40}/){1,4})")
_JVM_LIBRARY = re.compile(r"(?:(java|javax|jdk|sun)|com\.(sun)|(kotlinx?|scala|groovy|clojure))\.")


class FrameLine(NamedTuple):
    """One line of a stack's frame."""

    library: str | None
    """The library that the frame is of; None for one's own code."""
    begins: bool
    """Whether it is the first line of its frame."""
    foldable: bool
    """Whether nothing but the frame is on it."""
    start: int = 0
    """The first character of the place that it names, `path:line`."""
    end: int = 0
    """The character behind that place; equal to `start` for none."""
    text_start: int = 0
    """The first character of the frame itself, behind the line's stamp."""
    text_end: int = 0
    """The character behind the frame."""


class LibraryRun(NamedTuple):
    """Lines that follow each other, all of frames of one library."""

    lines: range
    library: str
    frames: int

    @property
    def label(self) -> str:
        """The run in words: `6 frames in @crawlee/core`."""
        return f"{count(self.frames, 'frame')} in {self.library}"


def read_frames(lines: Sequence[str]) -> list[FrameLine | None]:
    """Return for each line what it is of a stack's frame; None for a line that is of none.

    `lines` are visible text, of one entry and in a row.
    """
    frames: list[FrameLine | None] = []
    python: tuple[int, FrameLine] | None = None
    below = 0
    for line in lines:
        frame = None
        if python is not None or "at " in line or 'File "' in line or ".go:" in line:
            begin = _text_start(line)
            text = line[begin:]
            indent = len(text) - len(text.lstrip(" \t|"))
            frame = _frame(text, begin, indent)
            if frame is not None and text.startswith('File "', indent):
                python, below = (indent, frame), 0
            elif frame is None and python is not None:
                below += 1
                if indent > python[0] and below <= SOURCE_LINES and len(text) > indent:
                    frame = _plain_line(python[1].library, line, begin, begins=False)
                else:
                    python = None
            else:
                python = None
            if frame is not None and text.startswith("/", indent) and frames and frames[-1] is None:
                frames[-1] = _go_function(lines[len(frames) - 1], frame)
                if frames[-1] is not None:
                    frame = frame._replace(begins=False)
        frames.append(frame)
    return frames


def library_runs(frames: Sequence[FrameLine | None]) -> Iterator[LibraryRun]:
    """Yield the runs of lines that may be folded, of at least `LEAST` lines, but the first line."""
    start = 1
    while start < len(frames):
        stop = start + 1
        library = folded_library(frames[start])
        if library is not None:
            while stop < len(frames) and folded_library(frames[stop]) == library:
                stop += 1
            if stop - start >= LEAST:
                begun = sum(one is not None and one.begins for one in frames[start:stop])
                yield LibraryRun(range(start, stop), library, begun)
        start = stop


def folded_library(frame: FrameLine | None) -> str | None:
    """Return the library in whose fold a line may be."""
    return frame.library if frame is not None and frame.foldable else None


def _text_start(line: str) -> int:
    """Return where a line's text begins, behind its stamp and the child runs that wrote it."""
    if line[SIZE - 1 : SIZE + 1] == "Z " and line.find("-> ", 0, 400) < 0:
        return SIZE + 1
    from logview.log.entries.entry_text import read_prefix  # heavy: see `entries.index`

    return read_prefix(line, None).end


def _frame(text: str, begin: int, indent: int) -> FrameLine | None:
    """Return the frame that begins on a line, whose text begins at character `begin` of it."""
    if text.startswith("at ", indent) and indent:
        found = _V8.match(text, indent)
        if found is not None:
            library = _node_library(found["path"])
        elif (found := _JVM.match(text, indent)) is not None:
            library = _jvm_library(found["class"])
        else:
            return None
    elif text.startswith('File "', indent):
        found = _PYTHON.match(text, indent)
        if found is None:
            return None
        library = _python_library(found["path"].replace("\\", "/"))
    elif text.startswith("/", indent) and indent:
        found = _GO.match(text, indent)
        if found is None:
            return None
        library = _go_library(found["path"])
    else:
        return None
    start, end = found.span("place")
    foldable = not text[found.end() :].strip()
    place = begin + start, begin + end
    return FrameLine(library, True, foldable, *place, begin, begin + found.end())


def _plain_line(library: str | None, line: str, begin: int, *, begins: bool) -> FrameLine:
    """Return a line of a frame that names no place."""
    return FrameLine(library, begins, True, text_start=begin, text_end=len(line))


def _go_function(line: str, frame: FrameLine) -> FrameLine | None:
    """Return the line above a frame of Go, which names its function."""
    begin = _text_start(line)
    text = line[begin:]
    if text[:1] in " \t" or not (text.endswith(")") or text.startswith("created by ")):
        return None
    return _plain_line(frame.library, line, begin, begins=True)


def _node_library(path: str | None) -> str | None:
    if path is None:  # native code
        return NODE
    path = path.replace("\\", "/")
    if found := _NODE_MODULE.match(path, max(0, path.rfind("node_modules/"))):
        return found[1]
    return NODE if path.startswith("node:") or _OLD_NODE.match(path) else None


def _python_library(path: str) -> str | None:
    found = _PACKAGE.search(path) or _STDLIB.search(path) or _FROZEN.match(path)
    return found[1].removesuffix(".py") if found else None


def _go_library(path: str) -> str | None:
    if found := _GO_MODULE.search(path):
        return found[1]
    found = _GO_ROOT.search(path)
    return found[1].rstrip("/") if found else None


def _jvm_library(name: str) -> str | None:
    found = _JVM_LIBRARY.match(name)
    if found is None:
        return None
    return found[3] or "java"
