"""Log screen: save. The log, what is shown or selected, or a fresh copy, into a file."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from logview.log.view.excerpt import Excerpt, selected, whole_lines
from logview.phrases import count, size
from logview.text.sanitize import clean
from logview.tui.schedule import give_turn

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable

    from textual.dom import DOMNode
    from textual.worker import Worker

    from logview.saving.atomic_file import SavedFile, SaveError
    from logview.saving.masked_lines import MaskedLines
    from logview.secrets.masker import Masker
    from logview.tui.host import Host
    from logview.tui.screens.log.passes import Passes
    from logview.tui.screens.log.session import LogSession
    from logview.tui.widgets.log_pane import LogPane
    from logview.tui.widgets.overlay import Overlay
    from logview.tui.widgets.save_prompt import SavePrompt, Scope

PROGRESS_SECONDS = 0.2
"""The least time between two notices of how far a large file is, in seconds."""


class Saves:
    """Asks where to save to, and saves: one file at a time."""

    def __init__(
        self,
        screen: DOMNode,
        host: Host,
        session: LogSession,
        pane: LogPane,
        passes: Passes,
        overlay: Overlay,
        *,
        note: Callable[[str], None],
        clear_note: Callable[[], None],
    ) -> None:
        self._screen = screen
        self._host = host
        self._session = session
        self._pane = pane
        self._passes = passes
        self._overlay = overlay
        self._note = note
        self._clear_note = clear_note
        self.worker: Worker[None] | None = None
        """Saves a file, while one is saved."""
        self._selection: Excerpt | None = None
        """What was selected when the prompt was opened."""
        self._last_progress = 0.0

    # -- asking ---------------------------------------------------------------------------

    async def ask(self) -> None:
        """Ask for a file to save to."""
        view, selection = self._session.view, self._pane.selection
        scopes: list[Scope] = ["all"]
        if view.is_filtered:
            scopes.insert(0, "shown")
        self._selection = None
        if selection is not None:
            self._selection = selected(selection, view.copy())
            scopes.insert(0, "selection")
        await self._ask({scope: self._session.file_name(scope) for scope in scopes})

    async def ask_download(self) -> None:
        """Ask for a file to download a fresh copy to."""
        if self._session.origin.can_download:
            await self._ask({"download": self._session.file_name("download")})
        else:
            self._note("this is no run and no build: there is nothing to download")

    async def _ask(self, names: dict[Scope, str]) -> None:
        if self.worker is not None:
            self._note("a file is being saved: esc stops that")
            return
        from logview.tui.save_place import free_names
        from logview.tui.widgets.save_prompt import SavePrompt

        self._overlay.close()
        self._clear_note()  # it was about the file before
        prompt = await self._overlay.mounted(
            SavePrompt, lambda: SavePrompt(id="save"), "save_prompt"
        )
        prompt.open(await free_names(names), masked=self._host.redact)
        self._overlay.show(prompt, prompt.input)

    def cancel(self, prompt: SavePrompt) -> None:
        """Leave the prompt."""
        self._overlay.hide()
        prompt.input.release()

    def accept(self, prompt: SavePrompt) -> None:
        """Save to what is named, or show why that can't be."""
        worker = self._accept(prompt)
        self._screen.run_worker(worker, exclusive=True, exit_on_error=False, group="place")

    async def _accept(self, prompt: SavePrompt) -> None:
        """Check the path; keys typed meanwhile wait for the outcome."""
        from logview.tui.save_place import resolve_location

        text = prompt.input.value
        overwrite = bool(prompt.overwrite) and prompt.overwrite == text
        path = self._session.origin.path
        shown = str(path) if path is not None else None
        place = await resolve_location(text, prompt.name_offered, overwrite=overwrite, shown=shown)
        if prompt.display:  # nobody has closed it meanwhile
            if place.path is not None:
                self._begin(prompt, place.path, overwrite=overwrite)
            else:
                if place.is_there:
                    prompt.overwrite = text
                prompt.show_error(place.problem)
        prompt.input.release()

    def _begin(self, prompt: SavePrompt, path: Path, *, overwrite: bool) -> None:
        save: Coroutine[object, object, None]
        raw, masked = prompt.raw, prompt.masked
        if prompt.scope == "download":
            # The API names the file, unless somebody else does; a folder is no name for it.
            text = prompt.input.value
            named = text != prompt.name_offered and Path(text).name == path.name
            save = self._download(path, named=named, raw=raw, masked=masked, overwrite=overwrite)
        else:
            excerpt, end = self._excerpt(prompt.scope), self._session.document.size
            save = self._save(path, excerpt, end, raw=raw, masked=masked, overwrite=overwrite)
        self._overlay.hide()
        self.worker = self._screen.run_worker(save, exit_on_error=False, group="save")

    def stop(self) -> bool:
        """Stop saving; return False where nothing is being saved."""
        if self.worker is None:
            return False
        self.worker.cancel()
        self.worker = None
        self._note("stopped: nothing was saved")
        return True

    def _ended(self) -> None:
        """Forget the worker that ends; one that was stopped is not the one that counts."""
        if self.worker is get_current_worker():
            self.worker = None

    # -- saving ---------------------------------------------------------------------------

    def _excerpt(self, scope: Scope) -> Excerpt | None:
        """Return what is to be saved, as it is now; None for everything."""
        if scope == "selection":
            return self._selection
        return None if scope == "all" else self._shown()

    def _shown(self) -> Excerpt | None:
        document = self._session.document
        if not document.line_count:
            return None
        # Lines before those that are known of a file belong to it, once they are found.
        first = document.first_line - document.unindexed
        return whole_lines(document, range(first, document.end_line), self._session.view.copy())

    async def _save(
        self,
        path: Path,
        excerpt: Excerpt | None,
        end: int,
        *,
        raw: bool,
        masked: bool,
        overwrite: bool,
    ) -> None:
        from logview.saving.atomic_file import SaveError, save
        from logview.saving.export import export_excerpt, export_pages
        from logview.saving.masked_lines import MaskedLines

        document = self._session.document
        masker = self._masker(masked=masked)
        lines = MaskedLines(masker, clean=not raw)
        lost = document.pages_lost
        pieces = export_pages(document, end) if excerpt is None else export_excerpt(excerpt, masker)
        # Without colours, and with masks, the file is another size than the log.
        whole = f" of about {size(end)}" if excerpt is None else ""
        try:
            await self._indexed()
            saved = await save(
                path,
                lines.mask_pieces(self._paced(pieces)),
                overwrite=overwrite,
                progress=partial(self._note_progress, "saving", whole=whole),
            )
        except SaveError as error:
            self._note_failure(error)
        except OSError as error:
            self._note(clean(f"Nothing was saved: the log could not be read ({error.strerror})"))
        else:
            beginless = document.number(document.first_line) is None and document.line_count
            rewritten = document.pages_lost > lost or beginless
            lack = "; parts are missing, as its file was rewritten" if rewritten else ""
            self._note_saved(saved, lines, masker, lack)
        finally:
            self._ended()

    async def _paced(self, pieces: Iterable[bytes]) -> AsyncGenerator[bytes, None]:
        """Yield pieces of the log; while a read is pending nothing is asked for."""
        pending = self._session.document.pending
        for piece in pieces:
            yield piece
            while not piece and pending.any:
                self._note_progress("saving: the file has not answered yet", 0)
                await give_turn(pending)

    async def _indexed(self) -> None:
        """Wait until all lines of a file are found."""
        while self._session.document.unindexed:
            self._passes.work()
            self._note_progress("saving: the file is still being read", 0)
            await give_turn(self._session.document.pending)

    async def _download(
        self, path: Path, *, named: bool, raw: bool, masked: bool, overwrite: bool
    ) -> None:
        from logview.opening import make_client
        from logview.process.threads import run_in_daemon_thread
        from logview.saving.atomic_file import SaveError, save
        from logview.saving.file_names import free_name
        from logview.saving.masked_lines import MaskedLines
        from logview.sources.download import DownloadError, download

        masker = self._masker(masked=masked)
        lines = MaskedLines(masker, clean=False)
        self._note("asking for the log…")
        try:
            client = partial(make_client, self._host.settings)
            async with download(client, self._session.job_id or "", raw=raw) as log:
                if not named:
                    path = await run_in_daemon_thread(
                        partial(free_name, path.parent, log.name), timeout=None
                    )
                whole = f" of {size(log.size)}" if log.size else ""
                saved = await save(
                    path,
                    lines.mask_pieces(log.pieces()),
                    overwrite=overwrite,
                    progress=partial(self._note_progress, "downloading", whole=whole),
                )
        except SaveError as error:
            self._note_failure(error)
        except DownloadError as error:
            problem = error.problem
            words = (problem.cause, problem.meaning, problem.remedy)
            sentences = (word if word.endswith(".") else f"{word}." for word in words if word)
            self._note(f"Not downloaded: {' '.join(sentences)}")
        else:
            self._note_saved(saved, lines, masker)
        finally:
            self._ended()

    def _masker(self, *, masked: bool) -> Masker:
        from logview.secrets.masker import Masker

        return Masker(self._host.settings.current_token, enabled=masked)

    # -- words ----------------------------------------------------------------------------

    def _note_progress(self, doing: str, written: int, *, whole: str = "") -> None:
        now = time.monotonic()
        if self.worker is not None and now > self._last_progress + PROGRESS_SECONDS:
            self._last_progress = now
            amount = f": {size(written)}{whole}" if written else ""
            self._note(f"{doing}{amount}; esc stops it")

    def _note_failure(self, error: SaveError) -> None:
        self._note(clean(f"{error.title}: {error.msg}"))

    def _note_saved(
        self, saved: SavedFile, lines: MaskedLines, masker: Masker, lack: str = ""
    ) -> None:
        secrets = f", {masker.summary()}" if masker.count else ""
        what = f"{count(lines.lines, 'line')} ({size(saved.size)})"
        self._note(clean(f"Saved {what} to {saved.path}{secrets}{lack}"))
