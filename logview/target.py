"""Target: what an ID, a Console or API link, a file or `-` means."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote, urlsplit

from logview.phrases import size
from logview.secrets.token import scrub, strip_url_token

if TYPE_CHECKING:
    from logview.apify.models import JobKind

MAX_ID = 100
"""Characters; the API's own IDs have 16 or 17."""

TOKEN_REMOVED = "The token in the link was removed; it is not used."


class TargetError(ValueError):
    """A text that means nothing that can be opened: a title and what to do about it."""

    def __init__(self, title: str, msg: str) -> None:
        super().__init__(f"{title}: {msg}")
        self.title = title
        self.msg = msg


@dataclass(frozen=True, slots=True)
class JobTarget:
    """A run or a build."""

    id: str
    kind: JobKind | None = None
    """None where the text does not say which of the two."""
    notice: str | None = None
    """Something the person should be told."""


@dataclass(frozen=True, slots=True)
class FileTarget:
    """A file that exists and may be read, or a named pipe."""

    path: Path
    size: int
    """Bytes; 0 for a pipe."""


@dataclass(frozen=True, slots=True)
class StdinTarget:
    """Standard input."""


Target: TypeAlias = JobTarget | FileTarget | StdinTarget

_HOSTS = ("console.apify.com", "api.apify.com", "my.apify.com")
_BUILD_NUMBER = re.compile(r"\d{1,5}\.\d{1,5}\.\d{1,9}", re.ASCII)
_JOBS: dict[str, JobKind | None] = {
    "runs": "run",
    "actor-runs": "run",
    "builds": "build",
    "actor-builds": "build",
    "logs": None,
}
_LINK_HINT = "Open the run or build in Apify Console and copy its link, or its ID."


def parse(text: str, *, api_url: str, cwd: Path | None = None) -> Target:
    """Find out what a text means: `-`, else a link, else a path that exists, else an ID.

    Relative paths are looked up from `cwd`. Looks at the file system, never at
    the network. Raises TargetError, and nothing else, for any text.
    """
    text = text.strip()
    if not text:
        raise TargetError("Nothing to open", "give an ID, a link or the path of a file")
    if text == "-":
        return StdinTarget()
    if _is_link(text):
        return _link(text, api_url)
    file = _file(text, cwd)
    if file is not None:
        return file
    return _job_id(text)


def describe(text: str, *, api_url: str, cwd: Path | None = None) -> str:
    """Say in one line what a text was understood as; raises TargetError as `parse` does."""
    target = parse(text, api_url=api_url, cwd=cwd)
    if isinstance(target, StdinTarget):
        return "standard input"
    if isinstance(target, FileTarget):
        if stat.S_ISFIFO(_mode(target.path)):
            return "pipe"
        return f"file, {size(target.size) if target.size > 0 else 'empty'}"
    if not _is_link(text.strip()):
        return "run or build ID"
    words = f"link to {target.kind or 'run or build'} {target.id}"
    return f"{words}. {target.notice}" if target.notice else words


def _is_link(text: str) -> bool:
    begin = text[:40].lower()
    return begin.startswith(("http://", "https://", *(f"{host}/" for host in _HOSTS)))


def _link(text: str, api_url: str) -> JobTarget:
    link = text if text[:8].lower().startswith(("http://", "https://")) else f"https://{text}"
    link, removed = strip_url_token(link)
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        raise TargetError("Not a link", f"{_shown(link)} is no valid address") from None
    if not (host == "apify.com" or host.endswith(".apify.com") or host == _host_of(api_url)):
        raise TargetError(
            "Not a link to Apify",
            f"it leads to {_shown(host) or 'nowhere'}, and only links of apify.com or of the API "
            "in use are understood. An ID on its own works, too",
        )
    kind, job_id = _job_of(parts.path, parts.fragment)
    return JobTarget(job_id, kind, TOKEN_REMOVED if removed else None)


def _job_of(path: str, fragment: str) -> tuple[JobKind | None, str]:
    """Find the job that a link's path names, or its fragment where that is a path (old Console)."""
    found: tuple[JobKind | None, str] | None = None
    segments = [
        unquote(part) for part in f"{path}/{fragment if '/' in fragment else ''}".split("/")
    ]
    segments = [part for part in segments if part]
    for name, job_id in pairwise(segments):
        if name in _JOBS:
            found = _JOBS[name], job_id
    if found is None:
        raise TargetError(
            "This link names no run or build", f"it is a link to something else. {_LINK_HINT}"
        )
    kind, job_id = found
    if job_id == "last":
        raise TargetError(
            "This link names no run", f"the last run is now one, now another. {_LINK_HINT}"
        )
    if _BUILD_NUMBER.fullmatch(job_id):
        raise _build_number(job_id)
    return kind, _checked_id(job_id)


def _file(text: str, cwd: Path | None) -> FileTarget | None:
    """Look for a file; None if there is none of that name."""
    try:
        path = Path(text).expanduser() if text.startswith("~") else Path(text)
        if cwd is not None:
            path = cwd / path
        about = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError, RuntimeError):
        return None
    except PermissionError:
        raise TargetError("This can't be read", f"{_shown(text)}: permission denied") from None
    except OSError as error:
        if not _looks_like_path(text):
            return None  # too long for a name of a file: then it is judged as an ID
        raise TargetError("This can't be read", f"{_shown(text)}: {error.strerror}") from None
    if stat.S_ISDIR(about.st_mode):
        raise TargetError("This is a folder", f"{_shown(text)}: name a file in it")
    if not (stat.S_ISREG(about.st_mode) or stat.S_ISFIFO(about.st_mode)):
        kind = "a socket" if stat.S_ISSOCK(about.st_mode) else "a device"
        raise TargetError(f"This is {kind}", f"{_shown(text)} is not a file that can be read")
    if not os.access(path, os.R_OK):
        raise TargetError("This can't be read", f"{_shown(text)}: permission denied")
    return FileTarget(path, about.st_size if stat.S_ISREG(about.st_mode) else 0)


def _job_id(text: str) -> JobTarget:
    if _BUILD_NUMBER.fullmatch(text):
        raise _build_number(text)
    if "://" in text:
        raise TargetError("Not a link to Apify", f"{_shown(text)}: a link begins with https://")
    if _looks_like_path(text):
        raise TargetError("There is no such file", _shown(text))
    return JobTarget(_checked_id(text))


def _checked_id(text: str) -> str:
    """Give the ID back if it can be one; lenient, because the client encodes what it sends."""
    title = "Not an ID"
    if scrub(text) != text or text.lower().startswith("apify_api_"):
        # It would be sent in an address, and shown.
        raise TargetError("This is a token", "it belongs in APIFY_TOKEN; name a run or build here")
    if len(text) > MAX_ID:
        raise TargetError(title, f"{len(text):,} characters are too many; IDs have about 17")
    if any(character.isspace() for character in text):
        raise TargetError(title, f"{_shown(text)}: an ID has no spaces, and no such file exists")
    if not (text.isascii() and text.isprintable()):
        raise TargetError(title, f"{_shown(text)}: an ID has letters and digits only")
    return text


def _build_number(number: str) -> TargetError:
    return TargetError(
        "This is a build number, not an ID",
        f"every Actor has a build {number}. Open that build in Apify Console and copy its ID",
    )


def _looks_like_path(text: str) -> bool:
    return any(character in text for character in "./\\")


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0


def _shown(text: str) -> str:
    """Bring a text into a message: without secrets, short, and one that can be encoded."""
    text = scrub(text).encode("utf-8", "replace").decode()
    return text if len(text) <= 80 else f"{text[:60]}…{text[-15:]}"
