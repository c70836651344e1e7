"""Target: what an ID, a name of an Actor or task, a link, a folder, a file or `-` means."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeAlias
from urllib.parse import unquote, urlsplit

from logview.phrases import size
from logview.secrets.token import looks_like_token, scrub, strip_url_token

if TYPE_CHECKING:
    from logview.apify.models import JobKind

MAX_ACTOR_FILE = 1 << 20
"""Bytes of an `actor.json` that are read."""

MOST_LANES = 12
"""Logs that are merged at most."""

MAX_ID = 100
"""Characters; the API's own IDs have 16 or 17."""

TOKEN_REMOVED = "The token in the link was removed; it is not used."


class TargetError(ValueError):
    """A text that means nothing that can be opened: a title and what to do about it."""

    def __init__(self, title: str, msg: str) -> None:
        super().__init__(f"{title}: {msg}")
        self.title = title
        self.msg = msg


class Target:
    """Something that can be opened: what an argument, or a text that was typed, means.

    Each kind is a subclass here and has an entry in `opening.OPENERS`, which
    makes its source. Nobody else asks for the kind.
    """

    __slots__ = ()

    notice: str | None = None
    """Something the person should know, such as that a token in a link was removed."""

    needs_command_line: ClassVar[str] = ""
    """Why it can't be opened from within the screen; empty where it can."""

    @property
    def description(self) -> str:
        """What it was understood as, in a few words for the open screen."""
        return ""

    @property
    def identity(self) -> Hashable:
        """What two targets of one log have in common."""
        return self


@dataclass(frozen=True, slots=True)
class JobTarget(Target):
    """A run or a build."""

    id: str
    kind: JobKind | None = None
    """None where the text does not say which of the two."""
    notice: str | None = None
    is_link: bool = field(default=False, compare=False)
    """Whether it was named by a link."""

    @property
    def identity(self) -> Hashable:
        """The ID: a link to a run and its ID alone are one log."""
        return JobTarget, self.id

    @property
    def description(self) -> str:
        """`run or build ID`, or `link to run HG7ML7M8z78YcAPEB` with its notice."""
        if not self.is_link:
            return "run or build ID"
        words = f"link to {self.kind or 'run or build'} {self.id}"
        return f"{words}. {self.notice}" if self.notice else words


@dataclass(frozen=True, slots=True)
class FileTarget(Target):
    """A file that exists and may be read, or a named pipe."""

    path: Path
    size: int
    """Bytes; 0 for a pipe."""
    is_pipe: bool = field(default=False, compare=False)

    @property
    def description(self) -> str:
        """`file, 1.4 kB` or `pipe`."""
        if self.is_pipe:
            return "pipe"
        return f"file, {size(self.size) if self.size > 0 else 'empty'}"


@dataclass(frozen=True, slots=True)
class StdinTarget(Target):
    """Standard input."""

    needs_command_line: ClassVar[str] = (
        "standard input is opened on the command line: some-command | logview -"
    )

    @property
    def description(self) -> str:
        """`standard input`."""
        return "standard input"


@dataclass(frozen=True, slots=True)
class RunSelector:
    """Which of the runs of an Actor or task: the newest one of a status, or by its number."""

    status: str | None = None
    """The status that it has; None for any."""
    number: int = 1
    """Counted from the newest, which is 1."""
    suffix: str = ""
    """What was written behind the name: empty, or `@` and a word."""

    def describe(self, name: str) -> str:
        """Return `newest run of apify/web-scraper`, `3rd newest run of apify/web-scraper`."""
        place = "" if self.number == 1 else f"{_ordinal(self.number)} "
        return f"{place}newest run of {name}{_STATUS_WORDS.get(self.status or '', '')}"

    @property
    def which(self) -> str:
        """`run`, `run that failed`, `3rd newest run`: what there may be none of."""
        place = "" if self.number == 1 else f"{_ordinal(self.number)} newest "
        return f"{place}run{_STATUS_WORDS.get(self.status or '', '')}"


def _ordinal(number: int) -> str:
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_STATUS_WORDS = {
    "SUCCEEDED": " that succeeded",
    "FAILED": " that failed",
    "RUNNING": " that is running",
}
SELECTORS = {
    "last-succeeded": RunSelector("SUCCEEDED", suffix="@last-succeeded"),
    "last-failed": RunSelector("FAILED", suffix="@last-failed"),
    "running": RunSelector("RUNNING", suffix="@running"),
}
"""Which run of an Actor or task, by the words behind `@`; a number is another way."""


@dataclass(frozen=True, slots=True)
class NamedTarget(Target):
    """A run of an Actor or a task, by its name."""

    owner: str
    """The name of the account that it belongs to; empty: the account of the token."""
    name: str
    selector: RunSelector = RunSelector()
    folder: Path | None = None
    """The Actor's folder, where it was named by that."""

    def full_name(self, username: str | None = None) -> str:
        """Return `owner/name`; `username` is the name of the token's account, if it is known."""
        owner = self.owner or username
        return f"{owner}/{self.name}" if owner else self.name

    @property
    def argument(self) -> str:
        """What names it on a command line, from any folder."""
        text = str(self.folder.absolute()) if self.folder else self.full_name()
        return text + self.selector.suffix

    @property
    def description(self) -> str:
        """`newest run of apify/web-scraper`."""
        return self.selector.describe(self.full_name())


@dataclass(frozen=True, slots=True)
class SeveralTarget(Target):
    """Several logs at once, merged by time."""

    targets: tuple[Target, ...]

    @property
    def description(self) -> str:
        """`3 logs, merged by time`."""
        return f"{len(self.targets)} logs, merged by time"


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What the meaning of a text depends on besides the text."""

    api_url: str
    """Address of the API in use: links to its host are understood."""
    cwd: Path | None = None
    """Folder from which relative paths are looked up; None for the current one."""


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
    """Return what a text means: the answer of the first of `PARSERS` that knows it.

    Relative paths are looked up from `cwd`. Looks at the file system, never at
    the network. Raises TargetError, and nothing else, for any text.
    """
    text = text.strip()
    if not text:
        raise TargetError("Nothing to open", "give an ID, a link or the path of a file")
    context = ParseContext(api_url, cwd)
    for parser in PARSERS:
        target = parser(text, context)
        if target is not None:
            return target
    raise TargetError("Nothing to open", f"{_shown(text)} means nothing that is known")


def combine(targets: Sequence[Target]) -> Target:
    """Return one target for one or several, each of them once; raises TargetError."""
    parts = (
        one
        for target in targets
        for one in (target.targets if isinstance(target, SeveralTarget) else (target,))
    )
    different: dict[Hashable, Target] = {}
    for one in parts:
        different.setdefault(one.identity, one)
    each = tuple(different.values())
    if len(each) > MOST_LANES:
        raise TargetError(
            "Too many at once", f"{len(each)} logs were named, and {MOST_LANES} can be merged"
        )
    return each[0] if len(each) == 1 else SeveralTarget(each)


def _parse_stdin(text: str, context: ParseContext) -> Target | None:
    return StdinTarget() if text == "-" else None


def _parse_link(text: str, context: ParseContext) -> Target | None:
    return _link(text, context.api_url) if _is_link(text) else None


def _parse_folder(text: str, context: ParseContext) -> Target | None:
    return _actor_folder(text, context.cwd)


def _parse_name(text: str, context: ParseContext) -> Target | None:
    return _actor_name(text)


def _parse_file(text: str, context: ParseContext) -> Target | None:
    return _file(text, context.cwd)


def _parse_id(text: str, context: ParseContext) -> Target | None:
    return _job_id(text)


Parser: TypeAlias = Callable[[str, ParseContext], Target | None]
"""Returns what a text means, None where it is no such text; raises TargetError."""

PARSERS: tuple[Parser, ...] = (
    _parse_stdin,
    _parse_link,
    _parse_folder,
    _parse_file,
    _parse_name,
    _parse_id,
)
"""The kinds of targets in the order in which they are tried; the last one takes any text."""


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
    return JobTarget(job_id, kind, TOKEN_REMOVED if removed else None, is_link=True)


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
            "This link names no run or build",
            f"it is a link to something else. {_link_hint(segments)}",
        )
    kind, job_id = found
    if job_id == "last":
        raise TargetError(
            "This link names no run",
            f"the last run is now one, now another. {_link_hint(segments)}",
        )
    if _BUILD_NUMBER.fullmatch(job_id):
        raise _build_number(job_id)
    return kind, _checked_id(job_id)


def _link_hint(segments: Sequence[str]) -> str:
    """Return what to do with a link that names no job; an Actor's name in it leads to its runs."""
    names = (segment.replace("~", "/", 1) for segment in segments)
    name = next((one for one in names if _NAME.fullmatch(one)), None)
    return f"{_LINK_HINT} {name} names the newest run of that Actor." if name else _LINK_HINT


_NAME = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]{0,98})/([a-z0-9][a-z0-9-]{0,98})(?:@([^/\\]{0,98}))?", re.ASCII
)
"""The name of an Actor or task, with its account; then which run."""

_ACTOR_FILE = Path(".actor", "actor.json")
_ACTOR_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,98}", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,5}", re.ASCII)


def _actor_name(text: str) -> NamedTarget | None:
    match = _NAME.fullmatch(text)
    if match is None:
        return None
    _checked_id(text)
    owner, name, which = match.groups()
    return NamedTarget(owner, name, _run_selector(which))


def _run_selector(which: str | None) -> RunSelector:
    """Return which run a word behind `@` names; raises TargetError."""
    if which is None:
        return RunSelector()
    if which in SELECTORS:
        return SELECTORS[which]
    if _NUMBER.fullmatch(which):
        return RunSelector(number=int(which), suffix=f"@{which}")
    known = ", ".join(f"@{word}" for word in SELECTORS)
    raise TargetError(
        "This names no run", f"{_shown('@' + which)} is none of {known}, @2 for the one before …"
    )


def _actor_folder(text: str, cwd: Path | None) -> NamedTarget | None:
    """Return the Actor whose folder this is; None where it is no Actor's folder."""
    folder, at, which = text.rpartition("@")
    for name, suffix in ((text, None), (folder, which)) if at and folder else ((text, None),):
        try:
            path = Path(name).expanduser() if name.startswith("~") else Path(name)
            path = path if cwd is None else cwd / path
            if not path.is_dir():
                continue
            with (path / _ACTOR_FILE).open("rb") as file:
                data = file.read(MAX_ACTOR_FILE + 1)
        except (FileNotFoundError, NotADirectoryError, ValueError, RuntimeError):
            continue
        except PermissionError as error:
            why = f"{_shown(name)}: {error.strerror}"
            raise TargetError("The Actor of this folder can't be read", why) from None
        except OSError:
            continue  # too long for a name, or none that a folder could have
        return NamedTarget("", _name_in(data, path / _ACTOR_FILE), _run_selector(suffix), path)
    return None


def _name_in(data: bytes, path: Path) -> str:
    """Return the name in an `actor.json`; raises TargetError."""
    try:
        actor = json.loads(data) if len(data) <= MAX_ACTOR_FILE else None
    except (ValueError, RecursionError):
        actor = None
    name = actor.get("name") if isinstance(actor, dict) else None
    if not isinstance(name, str) or not _ACTOR_NAME.fullmatch(name):
        why = "is no JSON object" if not isinstance(actor, dict) else "names no Actor (`name`)"
        raise TargetError("The Actor of this folder has no name", f"{_shown(str(path))} {why}")
    return name


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
        if _NAME.fullmatch(text):
            return None  # such as a clone, named as its repository: it may be an Actor's name
        raise TargetError(
            "This is a folder",
            f"{_shown(text)} is no Actor's (it has no {_ACTOR_FILE.as_posix()}): name a file in it",
        )
    if not (stat.S_ISREG(about.st_mode) or stat.S_ISFIFO(about.st_mode)):
        kind = "a socket" if stat.S_ISSOCK(about.st_mode) else "a device"
        raise TargetError(f"This is {kind}", f"{_shown(text)} is not a file that can be read")
    if not os.access(path, os.R_OK):
        raise TargetError("This can't be read", f"{_shown(text)}: permission denied")
    is_file = stat.S_ISREG(about.st_mode)
    return FileTarget(path, about.st_size if is_file else 0, is_pipe=not is_file)


def _job_id(text: str) -> JobTarget:
    if _BUILD_NUMBER.fullmatch(text):
        raise _build_number(text)
    if "://" in text:
        raise TargetError("Not a link to Apify", f"{_shown(text)}: a link begins with https://")
    if _looks_like_path(text):
        raise TargetError("There is no such file", _shown(text))
    return JobTarget(_checked_id(text))


def _checked_id(text: str) -> str:
    """Return the ID if it can be one; lenient, because the client encodes what it sends."""
    title = "Not an ID"
    if scrub(text) != text or looks_like_token(text):
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


def _shown(text: str) -> str:
    """Return a text for a message: without secrets, short, and one that can be encoded."""
    text = scrub(text).encode("utf-8", "replace").decode()
    return text if len(text) <= 80 else f"{text[:60]}…{text[-15:]}"
