"""File names: what a saved log is called. Light: imports no screen, no HTTP, no log."""

from __future__ import annotations

import os
import re
from itertools import count
from pathlib import Path

from logview.saving.atomic_file import SaveError

LONGEST = 100
"""Characters of a name of ours; file systems take 255 bytes, copy tools often less."""

LONGEST_HEADER = 2_000
"""Characters of a `Content-Disposition` that are parsed."""

_UNUSUAL = re.compile(r"[^A-Za-z0-9._-]+")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def default_name(ident: str, suffix: str = "") -> str:
    """Return a file name for a log: `<id>.log`, or with a suffix `<id>-errors.log`.

    `ident` is an ID or the name of a file. The name has letters and digits of
    ASCII, `.`, `_` and `-`, begins with none of `.` and `-`, has at most
    `LONGEST` characters, and is no device of Windows.
    """
    stem = ident[:-4] if ident.lower().endswith(".log") else ident
    ending = f"{_safe_characters(suffix)}.log"[-LONGEST // 2 :]
    stem = _safe_characters(stem).lstrip(".-")[: LONGEST - len(ending)].rstrip(".")
    return _avoid_device(f"{stem or 'logview'}{ending}")


def name_from_header(content_disposition: str | None, ident: str) -> str:
    """Return the name in a `Content-Disposition`, made harmless, else `default_name(ident)`.

    `filename*` goes before `filename` (RFC 6266, 4.3; RFC 8187). Of a path only
    what follows the last separator of either kind is used.
    """
    name = _header_name(content_disposition[:LONGEST_HEADER]) if content_disposition else ""
    name = _safe_characters(re.split(r"[/\\]", name)[-1].strip())
    name = name.lstrip(".-")[:LONGEST].rstrip(".-")
    return _avoid_device(name) if name else default_name(ident)


def _header_name(header: str) -> str:
    from email.message import Message  # a quarter of this module's weight, and seldom needed
    from email.utils import collapse_rfc2231_value

    message = Message()
    message["Content-Disposition"] = header
    try:
        found = message.get_params([], "content-disposition")
    except (ValueError, IndexError, LookupError):  # too broken to name a file
        return ""
    values = [value for name, value in found if name.lower() == "filename"]
    extended = [value for value in values if isinstance(value, tuple)]
    return collapse_rfc2231_value(extended[0] if extended else values[0]) if values else ""


def _safe_characters(text: str) -> str:
    return _UNUSUAL.sub("-", text)


def _avoid_device(name: str) -> str:
    return f"log-{name}"[:LONGEST] if _DEVICE.match(name) else name


def free_name(folder: Path, name: str) -> Path:
    """Return a path in `folder` that does not exist: `x.log`, else `x-2.log`, `x-3.log`, …

    A hint: it may exist a moment later, and saving checks again.
    """
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    for number in count(2):
        path = folder / name
        if not os.path.lexists(path):
            return path
        rest = f"-{number}{dot}{ending}"
        name = f"{stem[: max(LONGEST - len(rest), 1)]}{rest}"
    raise AssertionError("there is always another number")


def resolve_path(text: str, name: str) -> Path:
    """Return the path that a text means: `~` is expanded, and a folder means `name` in it.

    Raises SaveError where it can mean none. Of what exists there, only whether
    it is a folder is checked.
    """
    if not text.strip():
        raise SaveError("Nothing is named", "name a file to save to")
    if "\0" in text:
        raise SaveError("Not a name for a file", "it has a character that no name may have")
    path = Path(text)
    if text.startswith("~"):
        try:
            path = path.expanduser()
        except RuntimeError:
            raise SaveError(
                "There is no such user", f"{text}: for a file of that name write ./{text}"
            ) from None
    try:
        is_folder = path.is_dir()
    except (OSError, ValueError):
        is_folder = False
    if is_folder:
        return path / name
    if text.endswith(("/", os.sep)):
        raise SaveError("There is no such folder", f"{text}: make it first, or name a file")
    return path
