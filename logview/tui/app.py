"""TUI: the app. It opens screens, keeps the app's state, and ends without a traceback."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.events import Event, InputEvent, Key, Paste, Resize
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widgets import Input

from logview.config import state as remembered
from logview.log.store.document import LogDocument
from logview.opening import ReadOptions, make_origin, make_source
from logview.pending_reads import PendingReadError
from logview.process.terminal import ExitSignal, handle_exit_signals
from logview.process.threads import DaemonExecutor
from logview.secrets.token import strip_url_token
from logview.target import JobTarget
from logview.text.sanitize import clean, label
from logview.tui import no_color, palettes, textual_internals, themes
from logview.tui.attention import Attention
from logview.tui.commands import Command, app_commands
from logview.tui.content import CleanFilter
from logview.tui.copying import Copier
from logview.tui.host import HasOpenParts, HasSelection, OffersCommands, OffersHelp, ShowsNotes
from logview.tui.input_order import InputOrder
from logview.tui.keys import APP_KEYS, bindings, is_key, known_ids
from logview.tui.screens.log.screen import LogScreen
from logview.tui.screens.log.session import LogSession
from logview.tui.style_files import FOR_LOG, FOR_OPEN, style_files
from logview.tui.widgets.key_gate import KeyGate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.actions import ActionParseResult
    from textual.binding import BindingType
    from textual.dom import DOMNode
    from textual.filter import LineFilter
    from textual.screen import Screen

    from logview.apify.models import Job
    from logview.config.settings import Settings
    from logview.opening import Origin
    from logview.run_details import RunDetails
    from logview.sources.events import Problem
    from logview.target import Target
    from logview.tui.widgets.key_bar import KeyHint


_ANSWER_SECONDS = 0.1
"""How long after the first frame the terminal may say what its background is, in seconds."""


class LogviewApp(App[int]):
    """The program on a terminal; the `Host` of its screens."""

    TITLE = "logview"
    ENABLE_COMMAND_PALETTE = False  # Textual's own; ours has groups, and keys at the right
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(tuple(key for key in APP_KEYS if key.action in ("help", "command_palette"))),
        # With priority: they work over help and palette, which hide an app's other keys.
        *bindings(
            tuple(key for key in APP_KEYS if key.action not in ("help", "command_palette")),
            priority=True,
        ),
    ]
    ENABLE_SELECT_AUTO_SCROLL = False
    ansi_theme_dark = Reactive(themes.ANSI_DARK, init=False)
    ansi_theme_light = Reactive(themes.ANSI_LIGHT, init=False)

    def __init__(
        self,
        settings: Settings,
        target: Target | None,
        *,
        raw: bool | None = None,
        follow: bool = True,
        demo: bool = False,
        stdin_fd: int | None = None,
        notices: tuple[str, ...] = (),
        redact: bool = True,
        at: str | None = None,
        start_demo: Callable[[], Settings] | None = None,
        against: Sequence[Target] | None = None,
        watch: bool = False,
    ) -> None:
        first = FOR_LOG if target is not None else FOR_OPEN
        super().__init__(
            css_path=[*style_files("app", *first)], driver_class=textual_internals.driver_class()
        )
        textual_internals.suppress_error_report(self)
        textual_internals.ignore_what_is_not_mounted_at_the_end(self)
        textual_internals.leave_pointer_shape(self)
        textual_internals.skip_frames_of_a_stalled_terminal(self)
        self.settings = settings
        self.demo = demo
        self.redact = redact
        self.at = at
        """The moment at which the log that was named opens, None for its end."""
        self.against = against
        self.watch_runs = watch
        self.clock = time.monotonic
        self._places: dict[str, str | None] = {}
        """The moments at which runs were left, by their IDs; None for their ends."""
        self.state, problem = remembered.load()
        self.copier = Copier(
            settings.token,
            redact=redact,
            run=partial(self.run_worker, exit_on_error=False, group="copy"),
            write_terminal=partial(textual_internals.write_terminal, self),
            set_local=partial(textual_internals.set_local_clipboard, self),
            notify=self.note,
        )
        self.attention = Attention(
            settings.notify,
            os.environ,
            write=partial(textual_internals.write_terminal, self),
            set_title=partial(textual_internals.set_title, self),
            is_focused=lambda: self.app_focus,
        )
        self.input_order = InputOrder(self)
        self._start_demo = start_demo
        self._target = target
        self._raw = raw
        self._follow = follow
        self._stdin_fd = stdin_fd
        self._notices = (*notices, *((problem,) if problem else ()), *self._unknown_keys())
        self._mouse_released = False
        self._is_drawn = False
        self._follows_background = False
        """Whether the theme is that of the terminal's background: none was chosen."""
        self._may_be_answered = True
        """Whether the terminal's answer still counts: no theme changes under a reader's eyes."""
        self._set_first_theme()
        self.set_keymap(self.keymap)
        self.animation_level = "none"
        self.no_color = no_color.is_no_color_set(os.environ)
        # Lines keep what a filter made of them as long as it is the same object.
        self._clean, self._no_color = CleanFilter(), no_color.NoColor()
        self._indexed_colors: tuple[str, LineFilter] | None = None
        """The filter of a theme, by name, on a terminal of 256 or 16 colours."""

    def get_line_filters(self) -> list[LineFilter]:
        """Return the filters of what is drawn: the last cleaning, and those of colours."""
        if self.no_color:
            return [self._clean, self._no_color]
        depth = palettes.color_depth(self)
        if depth == "truecolor":
            return [self._clean, *super().get_line_filters()]
        theme = self.current_theme
        if self._indexed_colors is None or self._indexed_colors[0] != theme.name:
            self._indexed_colors = theme.name, palettes.IndexedColors(theme, depth)
        return [self._clean, self._indexed_colors[1]]

    @property
    def keymap(self) -> dict[str, str]:
        """The keys of the settings file that are keys, by the names of their actions."""
        return {
            name: keys
            for name, keys in self.settings.keys.items()
            if name in known_ids() and all(is_key(key) for key in keys.split(","))
        }

    def _unknown_keys(self) -> tuple[str, ...]:
        names = known_ids()
        wrong = [
            f"config.toml: [keys] has no action {name!r}; --help-keys lists all"
            for name in self.settings.keys
            if name not in names
        ]
        wrong += [
            f"config.toml: [keys] {name} = {keys!r} is ignored: no such key"
            for name, keys in self.settings.keys.items()
            if name in names and name not in self.keymap
        ]
        return tuple(wrong)

    def _set_first_theme(self) -> None:
        """Set the theme before the styles are parsed: set later, they are parsed twice."""
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        chosen = self.state.theme or self.settings.theme
        self._follows_background = chosen is None
        light = self._follows_background and self.state.light_terminal
        name = chosen or (themes.LIGHT.name if light else themes.DEFAULT)
        if name not in self.available_themes:
            self._notices += (f"there is no theme {name!r}; ^P lists them",)
            name = themes.DEFAULT
        self.set_reactive(LogviewApp.theme, name)
        self.stylesheet.set_variables(self.get_css_variables())

    # -- start ----------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        """Begin with the log that was named, else with the open screen."""
        if self._target is not None:
            return self._log_screen(self._target, named=True)
        return self._open_screen()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the variables of our styles that a theme may lack."""
        return themes.theme_variables(self.current_theme)

    def on_mount(self) -> None:
        """Install signal handlers and show the notices of the start."""
        # A name that a dead DNS server never resolves must not hold the exit.
        loop = asyncio.get_running_loop()
        loop.set_default_executor(DaemonExecutor())
        if not self.is_headless:
            with contextlib.suppress(NotImplementedError):  # Windows
                handle_exit_signals(
                    loop, self._leave, partial(textual_internals.restore_terminal, self)
                )
        if self._follows_background and not self.no_color:
            textual_internals.follow_background(self)
        self.set_timer(1.0, _collect_garbage)
        if self._notices:
            self.note("  ".join(self._notices))

    def _leave(self, number: int) -> None:
        """Exit because of a signal."""
        self.exit(ExitSignal.record(number))

    def on_terminal_background(self, message: textual_internals.TerminalBackground) -> None:
        """Set the theme that fits the terminal's background, unless one was chosen."""
        if not self._follows_background or (message.asked and not self._may_be_answered):
            return
        self.theme = themes.DARK.name if message.dark else themes.LIGHT.name
        if self.state.light_terminal is message.dark:
            self.state.light_terminal = not message.dark
            self._save()

    def remember_times(self, name: str) -> None:
        """Remember the format in which times are shown."""
        if name != self.state.times:
            self.state.times = name
            self._save()

    def _save(self) -> None:
        problem = remembered.save(self.state)
        if problem:
            self.note(problem)

    def need_styles(self, *names: str) -> None:
        """Read style files that have not been read; all at once would delay the first screen."""
        missing = [
            path for path in style_files(*names) if not self.stylesheet.has_source(str(path), "")
        ]
        if missing:
            self.stylesheet.read_all(missing)
            self.stylesheet.reparse()
            self.stylesheet.update(self)

    # -- screens --------------------------------------------------------------------------

    def _log_screen(
        self, target: Target, *, named: bool, title: str = "", at: str | None = None
    ) -> LogScreen:
        if not named:
            self.need_styles(*FOR_LOG)
        document = LogDocument()
        options = ReadOptions(
            raw=self._raw is not False,
            follow=self._follow,
            received=document,
            stdin_fd=self._stdin_fd or 0,
        )
        origin = make_origin(target, self.settings)
        return LogScreen(
            LogSession(
                origin, document, title=title, demo=self.demo, api_url=self.settings.api_url
            ),
            make_source(target, self.settings, options),
            self,
            named=named,
            at=self.at if named else at,
        )

    def _open_screen(self, text: str = "", problem: Problem | None = None) -> Screen[None]:
        from logview.tui.screens.open import OpenScreen

        if problem is not None:
            self.need_styles(*FOR_OPEN)
        return OpenScreen(self, text, problem)

    def open(self, target: Target, title: str = "") -> None:
        """Open a log over the open screen; `title` is its Actor's name, where it is known."""
        self.push_screen(self._log_screen(target, named=False, title=title))
        if target.notice:
            self.note(target.notice)

    def open_run_from(
        self, screen: Screen[None], job: Job, title: str, *, replace: bool = False
    ) -> None:
        """Open another run over a log screen, at the place that was left, or go back to it."""
        assert isinstance(screen, LogScreen)
        below = self.screen_stack[-2] if len(self.screen_stack) > 1 else None
        is_below = isinstance(below, LogScreen) and below.session.job_id == job.id
        if (is_below or replace) and not screen.named:
            self.leave_log(screen)
            if is_below:
                return
        else:
            self._remember_place(screen)
        opened = self._log_screen(
            JobTarget(job.id, "run"), named=False, title=title, at=self._places.get(job.id)
        )
        self.push_screen(opened)

    def _remember_place(self, screen: LogScreen) -> None:
        job_id = screen.session.job_id
        if job_id is not None:
            self._places[job_id] = screen.place

    def open_details(self, details: RunDetails) -> None:
        """Show the details of a run or build, which are asked for then."""
        from logview.tui.screens.details import DetailsScreen

        self.need_styles("row_list", "details")
        self.push_screen(DetailsScreen(self, details))

    @property
    def can_open_demo(self) -> bool:
        """Whether the demo can be opened from here."""
        return self._start_demo is not None and not self.demo

    def open_demo(self) -> None:
        """Start the demo, and show its runs; there is no way back but to quit."""
        if self._start_demo is None:
            return
        try:
            self.settings = self._start_demo()
        except OSError as error:
            self.note(f"the demo can't be started: {error.strerror or error}")
            return
        self.demo = True
        self.push_screen(self._open_screen())

    def remember_log(self, origin: Origin) -> None:
        """Remember a log as opened, now that it is known to exist."""
        if self.demo or origin.recent is None:
            return  # the demo's runs are gone with the program
        kind, value = origin.recent
        name = f"{origin.name}: {origin.description}" if origin.parts else origin.name
        self.state.remember(remembered.RecentTarget(kind, value, name, time.time()))
        remembered.save(self.state)

    def remember_name(self, job_id: str, kind: remembered.RecentKind, name: str) -> None:
        """Remember by what name a job is called, now that it is known."""
        if not self.demo:
            self.state.remember(remembered.RecentTarget(kind, job_id, name, time.time()))
            remembered.save(self.state)

    def leave_log(self, screen: Screen[None], *, refused: Problem | None = None) -> None:
        """Close a log screen; with `refused` its ID is given back to the open screen."""
        if screen not in self.screen_stack:
            return
        assert isinstance(screen, LogScreen)
        self._remember_place(screen)
        if refused is None and screen.named:
            self.exit(0)
            return
        while not screen.is_active:
            self.pop_screen()  # help, the palette, or details
        if refused is None:
            self.pop_screen()
            self.attention.show(None)
            return
        from logview.tui.screens.open import OpenScreen

        screen.is_left = True
        self.attention.show(None)
        text, named = screen.session.origin.argument, screen.named
        if named:
            # Textual (8.2) can't switch away from an app's first screen: it stays below, silent.
            self.workers.cancel_node(screen)
            self.push_screen(self._open_screen(text, refused))
            return
        self.pop_screen()
        below = self.screen
        if isinstance(below, OpenScreen):
            below.show_refused(text, refused)

    # -- what comes in --------------------------------------------------------------------

    def on_ready(self) -> None:
        """Note that the screen has been drawn."""
        self._is_drawn = True
        self.set_timer(_ANSWER_SECONDS, self._ignore_answers)
        if self._target is None:
            self.attention.show(None)

    def _ignore_answers(self) -> None:
        self._may_be_answered = False

    def on_resize(self, event: Resize) -> None:
        """Draw all anew, whatever the layout says has changed.

        A terminal that became smaller and large again between two frames has
        lost rows, and for the layout its size is what it was.
        """
        if self._is_drawn:
            self.screen.refresh(layout=True)

    async def on_event(self, event: Event) -> None:
        """Deliver input in its order, and sanitize what is pasted."""
        if not isinstance(event, InputEvent | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        if self.input_order.keeps(event):
            return
        if isinstance(event, Paste):  # an input would draw its control characters
            lines = clean(event.text).replace("\t", " ").split("\n")
            line, removed = strip_url_token(next((line for line in lines if line.strip()), ""))
            if removed:
                self.note("the token in the link was removed; it is not used")
            event = Paste(line)
        gate = self._gate_of(event)
        await super().on_event(event)
        self.input_order.delivered(event, gate)

    def _gate_of(self, event: Event) -> KeyGate | None:
        """Return the widget that an event may close, and that holds the input behind it."""
        if not isinstance(event, Key) or not self.screen_stack:
            return None
        focused = self.focused
        return focused if isinstance(focused, KeyGate) and focused.holds(event) else None

    def note(self, text: str) -> None:
        """Show a receipt or a notice on the screen that is on top."""
        screen = self.screen
        if isinstance(screen, ShowsNotes):
            screen.call_later(screen.note, text)  # a screen that was just pushed is still empty
        else:
            self.notify(label(text, 400), markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text; Textual's own copy actions call this, too."""
        self.copier.copy(text)

    # -- actions --------------------------------------------------------------------------

    def action_help(self) -> None:
        """Show every key."""
        from logview.tui.screens.help import HelpScreen
        from logview.tui.widgets.key_bar import OffersHints

        self._close_modals()
        screen, focused = self.screen, self.focused
        hints: tuple[KeyHint, ...] = focused.hints if isinstance(focused, OffersHints) else ()
        topic, place = "", []
        if isinstance(screen, OffersHelp):
            topic, place = screen.help_topic, screen.help_rows()
        here = [(hint.key, hint.word) for hint in hints if topic == "log"]
        self.need_styles("help")
        self.push_screen(HelpScreen(self.keymap, topic=topic, here=here, place=place))

    def _close_modals(self) -> None:
        """Close help and palette, of which one may be opened over the other."""
        while isinstance(self.screen, ModalScreen):
            self.pop_screen()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action; one that needs more of a file than is there is run again once it is."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except PendingReadError:
            again = partial(self.run_action, action, default_namespace, namespaces)
            for screen in reversed(self.screen_stack):
                if isinstance(screen, LogScreen):
                    screen.reading.hold(again)
                    break
            return True

    async def action_quit(self) -> None:
        """Quit at once."""
        self.exit(0)

    async def action_copy_or_close(self) -> None:
        """Copy a selection, else close what is open, else note how to quit."""
        field = self.focused
        selected = field.selected_text if isinstance(field, Input) else ""
        if selected:
            self.copy_to_clipboard(selected)
            return
        selected = self.screen.get_selected_text() or ""
        if selected:
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()
            return
        screen = self.screen
        if isinstance(screen, HasSelection) and screen.copy_selection():
            return
        if isinstance(screen, ModalScreen):
            screen.dismiss()
        elif not (isinstance(screen, HasOpenParts) and screen.close_open()):
            self.note("^Q quits; esc closes what is open")

    def action_command_palette(self) -> None:
        """List every action by its name."""
        self._close_modals()
        screen = self.screen
        own = screen.palette_commands() if isinstance(screen, OffersCommands) else ()
        self._open_palette("Commands", [*own, *app_commands(self.keymap, self.run_action)])

    def action_change_theme(self) -> None:
        """List the themes, each shown while it is chosen."""
        before = self.theme
        own = (themes.DARK.name, themes.LIGHT.name)
        names = [*own, *sorted(set(self.available_themes) - set(own))]
        commands = [
            Command(
                "Themes",
                name,
                partial(self._choose_theme, name),
                "in use" if name == before else "",
            )
            for name in names
        ]

        def preview(command: Command) -> None:
            self.theme = command.words

        def restore() -> None:
            self.theme = before

        self._open_palette(
            "Theme", commands, current=names.index(before), preview=preview, restore=restore
        )

    def _choose_theme(self, name: str) -> None:
        """Set a theme that was chosen, and remember it."""
        self._follows_background = False
        self.theme = name
        if name != self.state.theme:
            self.state.theme = name
            self._save()

    def _open_palette(
        self,
        title: str,
        commands: list[Command],
        *,
        current: int = 0,
        preview: Callable[[Command], None] | None = None,
        restore: Callable[[], None] | None = None,
    ) -> None:
        """Open a palette, and do what is chosen there; `restore` undoes previews."""
        from logview.tui.screens.palette import PaletteScreen

        async def run(command: Command | None) -> None:
            if restore is not None:
                restore()
            done = command.run() if command is not None else None
            if done is not None:
                await done

        self.need_styles("palette")
        self.push_screen(PaletteScreen(title, commands, current=current, preview=preview), run)

    def action_release_mouse(self) -> None:
        """Toggle mouse capture: released, the terminal itself selects."""
        self._mouse_released = not self._mouse_released
        # The modes that Textual sets (xterm's control sequences: any-event tracking, SGR).
        switch = "l" if self._mouse_released else "h"
        textual_internals.write_terminal(
            self, "".join(f"\x1b[?{mode}{switch}" for mode in (1000, 1003, 1015, 1006))
        )
        self.note(
            "the mouse is the terminal's now; F2 takes it back"
            if self._mouse_released
            else "the mouse is logview's again"
        )

    def action_redraw(self) -> None:
        """Redraw the whole screen."""
        textual_internals.write_terminal(self, "\x1b[2J")
        self.screen.refresh(layout=True)

    def deliver_screenshot(
        self,
        filename: str | None = None,
        path: str | None = None,
        time_format: str | None = None,
    ) -> str | None:
        """Refuse: a picture of a log would be saved without masking its secrets."""
        self.note("logview takes no pictures; the terminal can")
        return None


def _collect_garbage() -> None:
    """Enable the garbage collector after the start; what start-up allocated is frozen."""
    gc.freeze()
    gc.enable()


def run_tui(
    settings: Settings,
    target: Target | None,
    *,
    raw: bool | None,
    follow: bool,
    demo: bool,
    stdin_fd: int | None,
    notices: tuple[str, ...] = (),
    redact: bool = True,
    at: str | None = None,
    start_demo: Callable[[], Settings] | None = None,
    against: Sequence[Target] | None = None,
    watch: bool = False,
) -> int:
    """Run the program on the terminal and return its exit code.

    `start_demo` starts the demo's server and returns the settings that lead to it.
    Raises the exception that ended the app where it was a defect of ours.
    """
    app = LogviewApp(
        settings,
        target,
        raw=raw,
        follow=follow,
        demo=demo,
        stdin_fd=stdin_fd,
        notices=notices,
        redact=redact,
        at=at,
        start_demo=start_demo,
        against=against,
        watch=watch,
    )
    code = app.run()
    error = textual_internals.error_of(app)
    if error is not None:
        raise error
    return code or app.return_code or 0
