"""Command line: reads the arguments and picks the screen or plain text.

Everything heavy is imported where it is used, so that `--help` and `--version`
answer at once.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import textwrap
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from logview import __version__
from logview import exit_codes as codes
from logview.cli.options import NAME_TARGET, Options, UsageError, check_options, check_origin
from logview.cli.standard_input import WAIT, has_input, wait_for_input
from logview.cli.token_arguments import REFUSAL, environment_token, refuse_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from logview.config.settings import Settings
    from logview.demo.server import DemoServer
    from logview.opening import Origin
    from logview.plain.reader import SavingOptions
    from logview.target import Target


def _exit_codes() -> str:
    results = ", ".join(f"{code} {status}" for status, code in codes.RESULTS.items())
    text = (
        f"Exit codes: {codes.READ} read to the end, {codes.USAGE} wrong usage, "
        f"{codes.REFUSED} refused by the API, {codes.UNREAD} not read or not written to the end, "
        f"{codes.CRASHED} our own crash, {codes.INTERRUPTED} interrupted, "
        f"{codes.CLOSED} the pipe was closed. "
        f"With --exit-status: {results}, {codes.USAGE_WITH_STATUS} wrong usage."
    )
    return textwrap.fill(text, 79)


EPILOG = f"""\
A token is read from --token-file, APIFY_TOKEN, the Apify CLI's login, or the
keyring where the Apify CLI put it there; never from the command line, where
every user of the machine could read it. Many logs need none.

With --output, FILE is there only once the log was read to its end; what was
there before stays until then.

{_exit_codes()}
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="logview",
        description="Show the log of an Apify run or build, of a file or of standard input.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "targets",
        nargs="*",
        metavar="TARGET",
        help="ID of or link to a run or build; user/actor for the newest run of an Actor or a task "
        "(@last-succeeded, @last-failed, @running, @2 for the one before); the folder of an Actor; "
        "a file; - for standard input; several are merged by time; "
        "without one, what is piped into it, else a screen to choose from",
    )
    add("--token-file", metavar="PATH", help="read the API token from this file")
    add(
        "--api-url",
        metavar="URL",
        help="address of the API (APIFY_API_BASE_URL, APIFY_CLIENT_BASE_URL; "
        "else https://api.apify.com)",
    )
    add(
        "--raw",
        action=argparse.BooleanOptionalAction,
        help="keep ANSI colours, or have the API remove them (kept on a terminal, "
        "removed in a pipe)",
    )
    add("-f", "--follow", action="store_true", help="go on while more may come (done anyway)")
    add("--no-follow", action="store_true", help="take what is there and stop")
    add("--plain", action="store_true", help="plain text instead of the screen")
    add(
        "--json",
        action="store_true",
        help="entries instead of text: a JSON object a line, with secrets masked",
    )
    add(
        "--runs",
        action="store_true",
        help="list the newest runs of an Actor or task, with --json an object a line",
    )
    add(
        "--digest",
        action="store_true",
        help="why a run ended as it did instead of its log; with --json as one object",
    )
    add(
        "--against",
        action="append",
        metavar="TARGET",
        help="with --digest: compare with this log (up to three times), or with none; else with "
        "the last good runs of the same task or Actor",
    )
    add(
        "--level",
        metavar="LEVEL",
        help="print only entries of this level or above: debug, info, warn, error, critical; "
        "those without one count as info",
    )
    add("--grep", action="append", metavar="TEXT", help="only lines with this text")
    add("--regex", action="append", metavar="PATTERN", help="only lines that match")
    add(
        "--not",
        action="append",
        metavar="TEXT",
        dest="leave_out",
        help="only lines without this text; --grep, --regex and --not can be given several "
        "times, and with --json entries with such a line are printed",
    )
    add(
        "--since",
        metavar="TIME",
        help="only what was logged then or later: 2026-11-20T06:12:03.5Z, 06:12 (UTC), 5m "
        "(before the last line), +30s (after the first)",
    )
    add("--until", metavar="TIME", help="only what was logged then or before")
    add(
        *("-n", "--tail"),
        type=int,
        metavar="N",
        help="only the last N lines, or entries with --json, of the log that was read to its end",
    )
    add(
        "--max-bytes",
        type=int,
        metavar="N",
        help="print no more than that, and say what was left out; with --json as the last object",
    )
    add("--no-cache", action="store_true", help="keep nothing in the cache folder, and read none")
    add(
        "--exit-status",
        action="store_true",
        help="in plain mode: leave with the run's own result",
    )
    add(
        "--output",
        metavar="FILE",
        help="plain text into a file, or into a folder as ID.log, with secrets masked; "
        "- is standard output",
    )
    add("--overwrite", action="store_true", help="with --output: FILE may be there already")
    add("--no-redact", action="store_true", help="leave secrets in what is saved or copied")
    add(
        "--at",
        metavar="MOMENT",
        help="open the screen at this moment, in UTC: 2026-11-20T06:12:03.512Z, or 06:12",
    )
    add(
        "--watch",
        action="store_true",
        help="on the screen: when the run ends, go on with the next run of its Actor or task",
    )
    add("--demo", action="store_true", help="scripted runs on this machine: no account, no network")
    add(
        "--help-keys",
        action="store_true",
        help="list every key, with the name of its action for [keys] in config.toml, and exit",
    )
    add("--version", action="version", version=f"logview {__version__}")
    return parser


def _parse(argv: Sequence[str]) -> Options:
    options, unknown = _parser().parse_known_args(_joined(argv), namespace=Options())
    names = [word.partition("=")[0] for word in unknown if word.startswith("-") and word != "-"]
    if "--token" in names or any(
        "tok" in word.partition("=")[0] and "=" in word for word in unknown
    ):
        # The value is never repeated: stderr ends up in CI logs.
        raise UsageError(REFUSAL)
    if unknown:
        if names:
            raise UsageError(f"there is no option {names[0]}. See logview --help")
        options.targets += unknown  # behind an option
    options.target = options.targets[0] if options.targets else None
    if options.demo and (options.api_url or options.token_file):
        extra = "--api-url" if options.api_url else "--token-file"
        raise UsageError(
            f"--demo talks to its own server and reads no token: leave {extra} out, or --demo"
        )
    return options


def _joined(argv: Sequence[str]) -> list[str]:
    """Return arguments with what follows `--since` and `--until` joined: `-5m` is no option."""
    words = iter(argv)
    joined: list[str] = []
    for word in words:
        if word == "--":
            return [*joined, word, *words]
        following = next(words, None) if word in ("--since", "--until") else None
        joined.append(word if following is None else f"{word}={following}")
    return joined


def script() -> NoReturn:
    """Run the `logview` command."""
    sys.exit(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code; nothing is raised, and no traceback shown."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        return _run(arguments)
    except UsageError as error:
        from logview.cli.token_arguments import known_tokens
        from logview.process.terminal import print_error
        from logview.secrets.token import scrub

        text = str(error)
        for token in known_tokens(arguments):
            text = scrub(text, token)
        print_error(text)
        return codes.USAGE_WITH_STATUS if "--exit-status" in arguments else codes.USAGE
    except BrokenPipeError:
        from logview.process.terminal import discard_stdout

        discard_stdout()
        return codes.CLOSED
    except KeyboardInterrupt:
        return codes.INTERRUPTED
    except SystemExit as leaving:  # a signal, see terminal.exit_on_signals
        return leaving.code if isinstance(leaving.code, int) else 1
    except Exception as error:  # noqa: BLE001  # the last resort: a crash is reported, never shown
        from logview.process import crash, terminal

        if terminal.ExitSignal.code is not None:
            return terminal.ExitSignal.code
        return crash.report(error)


def _run(arguments: Sequence[str]) -> int:
    try:
        options = _parse(arguments)
    except SystemExit:  # --help and --version have printed
        sys.stdout.flush()
        return 0
    except UsageError:
        refuse_tokens(arguments, environment_token())
        raise
    if options.help_keys:
        from logview.tui.keys import key_list

        sys.stdout.write(key_list())
        sys.stdout.flush()
        return 0
    from logview.process import terminal

    refuse_tokens(arguments, environment_token())
    if not terminal.open_closed_descriptors() and options.file is None:
        raise UsageError("standard output is closed: there is nowhere to write the log to")
    plain = (
        options.plain
        or options.json
        or options.runs
        or options.digest
        or options.filtered
        or options.output is not None
        or not terminal.is_terminal(1)
    )
    if not plain and terminal.is_dumb(os.environ):
        plain = True
        if options.target or options.demo:
            terminal.print_error(f"TERM is {os.environ['TERM']}: plain text instead of the screen")
    if options.target is None and not options.demo and has_input():
        options.target = "-"
        options.targets = ["-"]
        if plain and not terminal.is_terminal(1) and not wait_for_input():
            raise UsageError(f"nothing came on standard input within {WAIT:.0f} s. {NAME_TARGET}")
    check_options(options, plain)
    if options.demo:
        from logview.demo.server import DemoServer

        with DemoServer(speed=_demo_speed()) as demo:
            return _open(options, plain, demo, arguments)
    return _open(options, plain, None, arguments)


def _demo_speed() -> float:
    """Return the demo's speed factor, from LOGVIEW_DEMO_SPEED: a number above 0, by default 1."""
    text = os.environ.get("LOGVIEW_DEMO_SPEED", "").strip()
    if not text:
        return 1.0
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise UsageError(f"LOGVIEW_DEMO_SPEED is {text!r}: it has to be a number above 0, as 2.5")
    return speed


def _open(options: Options, plain: bool, demo: DemoServer | None, arguments: Sequence[str]) -> int:
    from logview import target as targets
    from logview.config import settings
    from logview.opening import make_origin
    from logview.process import crash, terminal
    from logview.process.threads import DaemonExecutor

    try:
        chosen = settings.load(
            token_file=options.token_file,
            api_url=options.api_url,
            demo_url=demo.start() if demo else None,
        )
        crash.install(chosen.token)
        refuse_tokens(arguments, chosen.token)
        texts = options.targets
        if not texts and plain:
            from logview.demo.runs import FINISHED_ID

            texts = [FINISHED_ID]
        # In a thread: a share that does not answer leaves no other way to hear ^C.
        executor = DaemonExecutor()
        parse = partial(targets.parse, api_url=chosen.api_url)
        parsed = [executor.submit(parse, text).result() for text in texts]
        target = targets.combine(parsed) if parsed else None
        against = None
        if options.against is not None:
            named = [] if options.against == ["none"] else options.against
            against = [executor.submit(parse, name).result() for name in named]
    except (settings.SettingsError, targets.TargetError) as error:
        raise UsageError(f"{error.title}: {error.msg}") from error
    if options.no_cache:
        from dataclasses import replace

        chosen = replace(chosen, cache=False)
    origin = None if target is None else make_origin(target, chosen)
    check_origin(options, origin)
    path = _path(options, origin)
    stdin = 0
    if not plain and not terminal.is_terminal(0):
        try:
            stdin = terminal.move_keyboard_to_stdin()
        except OSError:
            if target is None:
                raise UsageError(
                    "there is no terminal to read keys from. Name a run, build or file for plain "
                    "text: logview --plain TARGET"
                ) from None
            terminal.print_error("no terminal to read keys from: plain text instead of the screen")
            plain = True
    notices = [*chosen.notices]
    notices += dict.fromkeys(one.notice for one in parsed if one.notice)
    if plain and against is not None and not options.digest:
        raise UsageError("--against in plain text is for --digest: logview TARGET --digest")
    if plain and target is not None:
        if origin is not None and origin.understood and not options.runs:
            notices.append(origin.understood)
        return _print(options, chosen, target, path, notices, against)
    terminal.exit_on_signals()
    # Start-up makes many objects and no garbage: the app lets the collector in when it shows.
    gc.disable()
    # The longest that a change waits for its frame; Textual's own is 17 ms.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    from logview.tui.app import run_tui

    return run_tui(
        chosen,
        target,
        raw=options.raw,
        follow=not options.no_follow,
        demo=demo is not None,
        stdin_fd=stdin,
        notices=tuple(notices),
        redact=not options.no_redact,
        at=options.at.strip() if options.at else None,
        start_demo=_start_demo,
        against=against,
        watch=options.watch,
    )


def _start_demo() -> Settings:
    """Start the demo's server, which ends with the program; return what leads to it.

    Raises OSError.
    """
    from logview.config import settings
    from logview.demo.server import DemoServer

    server = DemoServer(speed=_demo_speed())
    return settings.load(token_file=None, api_url=None, demo_url=server.start())


def _path(options: Options, origin: Origin | None) -> Path | None:
    """Return where the log is to be saved; raises UsageError before anything is asked for."""
    if options.file is None:
        return None
    from logview.saving.atomic_file import ExistsError, SaveError, check_writable
    from logview.saving.file_names import default_name, resolve_path

    try:
        if origin is not None and origin.parts:
            return resolve_path(options.file, "")
        path = resolve_path(options.file, default_name(origin.save_name if origin else "logview"))
        check_writable(path, overwrite=options.overwrite)
    except ExistsError as error:
        raise UsageError(f"{path} exists already; name another file, or add --overwrite") from error
    except SaveError as error:
        raise UsageError(f"{error.title}: {error.msg}") from error
    return path


def _print_runs(chosen: Settings, target: Target, *, as_json: bool) -> int:
    from logview.opening import run_lister
    from logview.plain.runs import MOST, print_runs

    ask = run_lister(target, chosen, MOST)
    if ask is None:
        raise UsageError("--runs is for an Actor or a task: logview --runs user/actor")
    return print_runs(chosen, ask, as_json=as_json)


def _print(
    options: Options,
    chosen: Settings,
    target: Target,
    path: Path | None,
    notices: list[str],
    against: list[Target] | None,
) -> int:
    from logview.plain import reader as plain
    from logview.process.terminal import print_error

    for notice in notices:
        print_error(notice, chosen.token)
    if options.runs:
        return _print_runs(chosen, target, as_json=options.json)
    follow = not options.no_follow
    if options.digest:
        from logview.plain.digest_output import print_digest

        return print_digest(
            chosen,
            target,
            against=against,
            as_json=options.json,
            follow=follow,
            exit_status=options.exit_status,
            redact=not options.no_redact,
        )
    filters = None
    if options.filtered:
        from logview.plain.filters import FilterError, make_filters

        try:
            filters = make_filters(
                level=options.level,
                grep=options.grep or (),
                regex=options.regex or (),
                leave_out=options.leave_out or (),
                since=options.since,
                until=options.until,
                tail=options.tail,
                max_bytes=options.max_bytes,
            )
        except FilterError as error:
            raise UsageError(str(error)) from error
    if options.json:
        return plain.print_entries(
            chosen,
            target,
            raw=options.raw,
            follow=follow,
            exit_status=options.exit_status,
            redact=not options.no_redact,
            filters=filters,
        )
    if path is None:
        return plain.print_log(
            chosen,
            target,
            raw=options.raw,
            follow=follow,
            exit_status=options.exit_status,
            filters=filters,
        )
    from logview.opening import make_origin
    from logview.saving.atomic_file import ExistsError, SaveError

    how: SavingOptions = {
        "raw": options.raw,
        "follow": follow,
        "exit_status": options.exit_status,
        "overwrite": options.overwrite,
        "redact": not options.no_redact,
    }
    try:
        parts = make_origin(target, chosen).parts
        if parts:
            return plain.save_logs(chosen, parts, path, **how)
        return plain.save_log(chosen, target, path, **how)
    except ExistsError as error:
        raise UsageError(
            f"{path} has such a log already; name another folder, or add --overwrite"
        ) from error
    except SaveError as error:
        raise UsageError(f"{error.title}: {error.msg}") from error
