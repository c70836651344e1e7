"""Remove from outside text what a terminal would obey: the text form of sanitizing.

The rules, from ECMA-48 and from what terminals do:

* A control sequence (`ESC [` or U+009B) is its parameters, intermediates and final character. One
  that is broken ends before the character that does not fit, which stays.
* A control string (OSC `ESC ]`, DCS `ESC P`, SOS `ESC X`, PM `ESC ^`, APC `ESC _`, screen's title
  `ESC k`, and the C1 forms) goes with its content if it is ended properly, by ST or, for OSC, BEL.
  Ended by the line's end or by another sequence, only its introducer goes: a log must not be able
  to hide the rest of a line.
* Every other escape goes with its intermediates and one final character.
* Nothing crosses a newline. 8-bit controls are known in UTF-8; as single bytes they are no UTF-8
  and become U+FFFD.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ESC_OR_C1 = "\x1b\x80-\x9f"
# A string's content holds no ESC and no C1 control. So each character is looked at for one
# introducer only, and a line of a million introducers costs no more than any other.
_CONTROL = r"[0-?]*[ -/]*[@-~]?"
_COMMAND = rf"(?:[^\n\x07\x18\x1a{_ESC_OR_C1}]*(?:\x07|\x1b\\|\x9c))?"
_STRING = rf"(?:[^\n\x18\x1a{_ESC_OR_C1}]*(?:\x1b\\|\x9c))?"
_BEHIND_ESC = rf"(?:\[{_CONTROL}|\]{_COMMAND}|[PX^_k]{_STRING}|[ -/]*[0-~]?)"
_BEHIND_C1 = rf"\x9b{_CONTROL}|\x9d{_COMMAND}|[\x90\x98\x9e\x9f]{_STRING}"
ESCAPE = re.compile(rf"\x1b{_BEHIND_ESC}|{_BEHIND_C1}")
"""One escape sequence, whole or broken, in decoded text. Matches at every ESC."""

_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")

SGR = re.compile(r"\x1b\[([0-9:;]*)m")
"""The sequence for colours and attributes; group 1 is its parameters."""

REMOVED = "\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
"""As a regex set: what no text keeps. Controls but tab and newline, and overrides of direction."""

# Runs of what begins no sequence go at once, and so do those of ESC: a line may be megabytes of
# either.
_RUN = "\x00-\x08\x0b-\x1a\x1c-\x1f\x7f\u202a-\u202e\u2066-\u2069"
_REMOVED = re.compile(rf"\x1b+{_BEHIND_ESC}|{_BEHIND_C1}|[{_RUN}]+|[{REMOVED}]")

_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A})
_NOT_IN_TEXT = bytes({*_CONTROLS} - {*b"\b\f\r\x1b"})

_MANY = 4096
"""Bytes from which on it is faster to search for each control than to translate them."""

_LEADS = 32
"""Bytes that may begin what is searched for and are looked at one by one."""

_NOT_ESC_OR_CR = _CONTROLS.replace(b"\x1b", b"").replace(b"\r", b"")
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_OVERRIDE = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
_WITHIN = re.compile(rb"(?<=\S)\r{1,64}(?![\r\n]|\Z)")
"""Carriage returns between texts on the same line: none at its beginning, where a progress line
may begin with one, and none behind a stamp and its space."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def is_clean(data: bytes) -> bool:
    """Return whether `visible(data)` would only decode `data`: nothing in it that a terminal obeys.

    About 0.4 ms per megabyte; made to be asked of whole pages.
    """
    if len(data) < _MANY:
        has_controls = len(data.translate(None, _CONTROLS)) != len(data)
    else:  # to look for each of them is 2.5 times as fast as to look at each byte
        has_controls = any(map(data.__contains__, _CONTROLS))
    return not has_controls and not _has_wide_controls(data)


def looks_binary(data: bytes) -> bool:
    """Return whether bytes from the beginning of a file are no text.

    That is: a NUL among them, or more than one of ten is a control that text has
    not, or belongs to no character of UTF-8.
    """
    if b"\0" in data:
        return True
    controls = len(data) - len(data.translate(None, _NOT_IN_TEXT))
    text = data.decode("utf-8", "replace")
    unknown = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    return 10 * (controls + unknown) > len(data)


def visible(data: bytes) -> str:
    r"""Return the visible text of a line, or of whole lines.

    Decoded as UTF-8 (what is not becomes U+FFFD), without escape sequences, without controls other
    than tab and newline, without overrides of direction. Nothing is shortened, and every newline
    stays: `visible(page).split("\n") == [visible(line) for line in page.split(b"\n")]`. This is the
    text that search, selection and copy read. It may hold U+2028 and its like: split it on `\n` and
    nothing else.
    """
    if b"\x1b" in data:
        parts = split_colours(data)
        if parts is not None:
            return b"".join(parts).decode("utf-8", "replace")
    elif is_clean(data):
        return data.decode("utf-8", "replace")
    text = data.decode("utf-8", "replace")
    if len(data.translate(None, _NOT_ESC_OR_CR)) == len(data) and not _has_wide_controls(data):
        # Colours and CRLF only, the usual case. An ESC left over belongs to something else.
        uncoloured = SGR.sub("", text)
        if "\x1b" not in uncoloured:
            return uncoloured.replace("\r", "")
    return _REMOVED.sub("", text)


def separate_pieces(data: bytes) -> bytes:
    """Return lines with a space for carriage returns within one, for text that leaves.

    Their pieces overwrite one another on a terminal, and `visible` would join them.
    """
    return _WITHIN.sub(b" ", data) if b"\r" in data else data


def separated_text(line: bytes, start: int = 0, stop: int | None = None) -> str:
    """Return characters `start` to `stop` of a line's visible text, its pieces kept apart.

    Between those that carriage returns part stands a space.
    """
    if b"\r" not in line:
        return visible(line)[start:stop]
    pieces = [visible(piece) for piece in line.split(b"\r")]
    text = visible(line)
    if "".join(pieces) != text:  # a control string goes on behind one
        return text[start:stop]
    parts: list[str] = []
    at, stop = 0, len(text) if stop is None else stop
    for piece in pieces:
        if part := piece[max(0, start - at) : max(0, stop - at)]:
            if parts and not parts[-1][-1].isspace():
                parts.append(" ")
            parts.append(part)
        at += len(piece)
    return "".join(parts)


def split_colours(data: bytes) -> list[bytes] | None:
    """Return the pieces between the colours of `data`; None if `visible` removes anything else.

    On bytes this is twice as fast as on text. What stands at both sides of a colour must not become
    one character: so only of whole, valid UTF-8. What is made of two halves of a sequence is not
    clean.
    """
    parts = _COLOUR.split(data)
    if not is_clean(b"".join(parts)):
        return None
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError:
            return None
    return parts


def clean(text: str) -> str:
    """Return the visible text of a `str`: an API's message, a file's name.

    Lone surrogates, which JSON and file names can hold and no terminal can be sent, become U+FFFD.
    """
    if text.isprintable():
        return text
    return _REMOVED.sub("", _SURROGATE.sub("\ufffd", text))


def boundary(line: bytes, cut: int) -> int:
    """Return the last place up to `cut` that is in no UTF-8 character or escape sequence.

    So `visible(line[:place]) + visible(line[place:]) == visible(line)`.
    """
    if cut >= len(line):
        return len(line)
    cut = _between_characters(line, cut)
    while (start := _last_introducer(line, cut)) >= 0:
        found = ESCAPE.match(line[start:].decode("utf-8", "replace"))
        if found is None or found.end() <= len(line[start:cut].decode("utf-8", "replace")):
            break
        cut = start
    return cut


def _between_characters(line: bytes, cut: int) -> int:
    if line[cut] & 0xC0 != 0x80:
        return cut
    for start in range(cut - 1, max(cut - 4, -1), -1):
        if line[start] >= 0xC0:
            return start
    return cut  # stray bytes, each of which is a character (U+FFFD) of its own


def _last_introducer(line: bytes, end: int) -> int:
    start = line.rfind(b"\x1b", 0, end)
    at = end
    # `\xc2` is always the first byte of a character: what follows need not be decoded to know.
    while (at := line.rfind(b"\xc2", max(start, 0), at)) >= 0:
        if 0x80 <= line[at + 1] <= 0x9F:
            return at
    return start


def _has_wide_controls(data: bytes) -> bool:
    if data.isascii():
        return False
    return _is_found(_C1, b"\xc2", data) or _is_found(_OVERRIDE, b"\xe2", data)


def _is_found(expression: re.Pattern[bytes], lead: bytes, data: bytes) -> bool:
    """Return whether an expression whose matches begin with the byte `lead` matches anywhere.

    To find a single byte takes a tenth of the time of a search by expression.
    """
    at = data.find(lead)
    for _ in range(_LEADS):
        if at < 0 or expression.match(data, at):
            return at >= 0
        at = data.find(lead, at + 1)
    return at >= 0 and expression.search(data, at) is not None


def visible_places(data: bytes) -> tuple[str, Sequence[int]]:
    """Return `visible(data)`, and for each of its characters, and its end, the byte it begins at.

    Meant for parts of a line: other text than ASCII costs about 0.3 ms per kilobyte.
    """
    if data.isascii() and is_clean(data):
        return data.decode(), range(len(data) + 1)
    text = data.decode("utf-8", "replace")
    places = range(len(text) + 1) if data.isascii() else _places(data, text)
    kept: list[str] = []
    kept_places: list[int] = []
    at = 0
    for found in _REMOVED.finditer(text):
        kept.append(text[at : found.start()])
        kept_places += places[at : found.start()]
        at = found.end()
    kept.append(text[at:])
    kept_places += places[at:]
    return "".join(kept), kept_places


def _places(data: bytes, text: str) -> list[int]:
    """Return the byte at which each character of the decoded text begins, and the end."""
    places = []
    at = 0
    for char in text:
        places.append(at)
        if char == "\ufffd" and data[at : at + 3] != b"\xef\xbf\xbd":
            at += _undecodable(data[at : at + 4])
        else:
            at += len(char.encode())
    places.append(at)
    return places


def _undecodable(data: bytes) -> int:
    """Return how many bytes at the start become one U+FFFD."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.end - error.start
    return 1


def whole_part(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where a part of a line begins and ends that cuts no character and no sequence.

    It holds what begins at `start` to before `end`. `data` should have some bytes
    on both sides.
    """
    return _begin_after(data, start), _begin_after(data, end)


def _begin_after(data: bytes, at: int) -> int:
    """Return the first place at or after `at` that is inside no character and no sequence."""
    if not 0 < at < len(data):
        return max(0, min(at, len(data)))
    before = boundary(data, at)
    if before == at:
        return at
    text = data[before : before + 4096].decode("utf-8", "replace")
    found = ESCAPE.match(text)
    size = len(text[: found.end()].encode()) if found is not None else len(text[:1].encode())
    return max(at, min(before + size, len(data)))
