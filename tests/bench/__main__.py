"""Bench: how fast logview is, beside lnav, less and toolong, on this machine.

    python -m tests.bench                                  everything, about half an hour
    python -m tests.bench --only start,stream              some parts
    python -m tests.bench --sizes 10MB,147MB --runs 5
    python -m tests.bench --cache ~/bench --json out.json --write
    python -m tests.bench --peer toolong=~/venv/bin/tl --peer lnav=/opt/lnav/bin/lnav
    python -m tests.bench --from out.json --write          the tables again, nothing is measured

The parts:

    start    time to the first text: a bare Textual app, a file of each size, the demo over HTTP
    open     a file: first line, last line, whole index; memory and CPU time then
    search   a file: all matches of a literal, also asked for right after opening, and of a
             regular expression; memory and CPU time
    filter   a file: the view that a literal filters
    stream   from a server in another process: 10 MB at once; 100,000 lines a second for 10 s
    typing   key to paint: search as one types on 10 MB; sideways in a line of 8 MB
    digest   --digest: a bad run against two good ones, and a million lines
    idle     CPU of an open, quiet log over 30 s

Programs are run as a person runs them, in a pseudo-terminal of 120×40, with an
empty home folder, in turn (A B A B), and medians are given. Peers that are not
installed are left out. A measure that fails prints `—` and why, and does not
stop the rest. Only processes that were started here are ended.

Linux only (memory and CPU time come from /proc). Let nothing else run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import textual

from tests.bench import corpus, digests, report, start
from tests.bench.files import FILTER, OPEN, SEARCH, Files, say
from tests.bench.home import COLS, ROOT, ROWS, Home
from tests.bench.keys import Typing
from tests.bench.results import Results
from tests.bench.stream import Streams
from tests.bench.viewers import Logview, Viewer, find
from tests.support import process

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = ("start", OPEN, SEARCH, FILTER, "stream", "typing", "digest", "idle")
RESULTS = Path(__file__).with_name("RESULTS.md")
SIZES = ("10MB", "147MB", "147MB-colour", "1.47GB", "8MB-line")


def main() -> int:
    """Measure, print, write."""
    options = _options()
    results = Results()
    for path in options.earlier:
        results.take(json.loads(path.read_text(encoding="utf-8")))
    if options.only or not options.earlier:
        with ExitStack() as stack:
            folder = options.cache
            if folder is None:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
            folder.mkdir(parents=True, exist_ok=True)
            try:
                _measure(options, folder, results)
            except KeyboardInterrupt:
                say("interrupted; this is what there is")
    print(report.text(results))
    if options.json:
        options.json.write_text(json.dumps(results.as_json(), ensure_ascii=False, indent=1))
    if options.write:
        try:
            report.into_file(RESULTS, report.markdown(results))
            report.into_file(ROOT / "README.md", report.summary(results))
        except ValueError as error:
            say(str(error))
            return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )

    def among(known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
        def names(text: str) -> tuple[str, ...]:
            chosen = tuple(text.split(","))
            wrong = set(chosen) - set(known)
            if wrong:
                raise argparse.ArgumentTypeError(f"{wrong}: choose from {', '.join(known)}")
            return chosen

        return names

    parser.add_argument("--only", type=among(PARTS), help=f"parts: {','.join(PARTS)}")
    parser.add_argument(
        "--sizes", type=among(tuple(corpus.SHAPES)), default=SIZES,
        help=f"logs: {','.join(corpus.SHAPES)}",
    )  # fmt: skip
    parser.add_argument("--runs", type=int, default=3, help="rounds; medians are of at least 3")
    parser.add_argument(
        "--peer", action="append", default=[], metavar="NAME=PATH",
        help="where a program is: logview, lnav, less or toolong",
    )  # fmt: skip
    parser.add_argument("--without", type=lambda text: text.split(","), default=[], metavar="NAMES",
                        help="programs to leave out")  # fmt: skip
    parser.add_argument("--cache", type=Path, help="a folder to keep the logs in (3.4 GB)")
    parser.add_argument("--json", type=Path, help="write all values to a file")
    parser.add_argument(
        "--from", type=Path, action="append", default=[], dest="earlier", metavar="FILE",
        help="begin with the values of such a file",
    )  # fmt: skip
    parser.add_argument(
        "--write", action="store_true",
        help=f"write all tables into {RESULTS.name} and the short one into README.md, "
        f"between {report.BEGIN} and {report.END}",
    )  # fmt: skip
    return parser.parse_args()


def _measure(options: argparse.Namespace, folder: Path, results: Results) -> None:
    parts = frozenset(options.only or PARTS)
    viewers = [
        viewer
        for viewer in find(dict(peer.split("=", 1) for peer in options.peer))
        if viewer.name not in options.without
    ]
    corpora = {}
    for size in options.sizes:
        say(f"making {size}")
        corpora[size] = corpus.make(corpus.SHAPES[size], folder)
    home = Home(folder / "homes")
    _describe(results, viewers, options.runs)
    logview = next((viewer for viewer in viewers if isinstance(viewer, Logview)), None)
    if logview is not None and "start" in parts:
        start.run(logview, list(corpora.values()), home, results, max(5, options.runs))
    if parts & {OPEN, SEARCH, FILTER}:
        for one in corpora.values():
            Files(viewers, one, home, results, parts).run(options.runs)
    if logview is None:
        return
    streams = Streams(logview, home, results)
    if "stream" in parts:
        streams.burst(options.runs)
        streams.flood(options.runs)
    if "typing" in parts:
        typing = Typing(logview, home, results)
        if "10MB" in corpora:
            typing.search(corpora["10MB"], options.runs)
        if "8MB-line" in corpora:
            typing.sideways(corpora["8MB-line"], options.runs)
    if "digest" in parts:
        million = corpora.get("147MB")
        digests.run(folder, None if million is None else million.path, results, options.runs)
    if "idle" in parts:
        streams.idle()


def _describe(results: Results, viewers: list[Viewer], runs: int) -> None:
    programs = ", ".join(f"{viewer.name} {viewer.version}" for viewer in viewers)
    results.made = {
        "date": date.today().isoformat(),
        "machine": process.machine(),
        "programs": (
            f"{programs}; Python {sys.version.split()[0]}, Textual {textual.__version__}."
        ),
        "how": (
            f"Medians of {runs} runs, the programs in turn, in a pseudo-terminal of {COLS}×{ROWS}, "
            f"the files in the page cache."
        ),
    }
    results.signs = {viewer.name: viewer.signs for viewer in viewers}


if __name__ == "__main__":
    sys.exit(main())
