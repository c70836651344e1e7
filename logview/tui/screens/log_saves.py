"""TUI: saving the log to a file, and downloading a fresh copy, from the log screen."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.worker import get_current_worker

from logview.log.entries.level import Level
from logview.log.view.excerpt import Excerpt, selected, whole_lines
from logview.phrases import count, size
from logview.text.sanitize import clean
from logview.tui.screens.log_copies import LogCopies
from logview.tui.screens.log_prompts import LogPrompts
from logview.tui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from textual.worker import Worker

    from logview.saving.atomic_file import SavedFile, SaveError
    from logview.saving.masked_lines import MaskedLines
    from logview.secrets.masker import Masker
    from logview.tui.widgets.save_prompt import SavePrompt, Scope

TOLD_SECONDS = 0.2
"""How often the progress of a large file is told, in seconds."""


class LogSaves(LogCopies):
    """The part of the log screen that writes files."""

    _save_prompt: SavePrompt | None = None
    _saving: Worker[None] | None = None
    _marked_off: Excerpt | None = None
    """What was selected when the prompt was opened."""
    _progress_told = 0.0

    # -- asking ---------------------------------------------------------------------------

    async def action_save(self) -> None:
        """Ask for a file to save to."""
        scopes: list[Scope] = ["all"]
        if self.view.is_filtered:
            scopes.insert(0, "shown")
        self._marked_off = None
        if self.pane.selection is not None:
            self._marked_off = selected(self.pane.selection, self.view.copy())
            scopes.insert(0, "selection")
        await self._ask_where({scope: self._file_name(scope) for scope in scopes})

    async def ask_download(self) -> None:
        """Ask for a file to download a fresh copy to."""
        if not self.opened.is_job:
            self.note("this is no run and no build: there is nothing to download")
            return
        from logview.saving.file_names import default_name

        await self._ask_where({"download": default_name(self._ident())})

    async def _ask_where(self, names: dict[Scope, str]) -> None:
        if self._saving is not None:
            self.note("a file is being saved: esc stops that")
            return
        from logview.tui.save_place import offered

        self.close_prompts()
        self.note_over()  # what was said of the file before is not said of this one
        if self._save_prompt is None:
            from logview.tui.widgets.save_prompt import SavePrompt

            self.app.need_styles("save_prompt")
            self._save_prompt = SavePrompt(id="save")
            await self.query_one(Overlay).mount(self._save_prompt, before=0)
        self._save_prompt.open(await offered(names), masked=self.app.redact)
        self.set_focus(self._save_prompt.input)

    def _ident(self) -> str:
        job = self.connection.job
        if job is not None:
            return job.id
        if self.opened.is_job:
            return self.opened.text
        return "stdin" if self.opened.text == "-" else self.opened.name

    def _file_name(self, scope: Scope) -> str:
        from logview.saving.file_names import default_name

        suffix = ""
        if scope == "selection":
            suffix = "-part"
        elif scope == "shown":
            only_errors = not self.view.active and (self.view.level or 0) >= Level.ERROR
            suffix = "-errors" if only_errors else "-filtered"
        return default_name(self._ident(), suffix)

    # -- closing --------------------------------------------------------------------------

    def close_prompts(self) -> None:
        """Close what is open over the log, but not the selection, and let a save go on."""
        while self._close_save() or self._close_links() or self._close_levels():
            pass
        super().close_prompts()

    def close_open(self) -> bool:
        """Close the innermost thing that is open; False where nothing was."""
        return (
            self._close_save()
            or self._close_links()
            or self._close_levels()
            or LogPrompts.close_open(self)
            or self._stop_saving()
            or self._end_selection()
        )

    def _close_save(self) -> bool:
        if self._save_prompt is None or not self._save_prompt.display:
            return False
        self._save_prompt.display = False
        self.set_focus(self.pane)
        return True

    def _stop_saving(self) -> bool:
        if self._saving is None:
            return False
        self._saving.cancel()
        self._saving = None
        self.note("stopped: nothing was saved")
        return True

    def _ended(self) -> None:
        """Take note that a worker is done; one that was stopped is not the one that counts."""
        if self._saving is get_current_worker():
            self._saving = None

    def on_save_prompt_cancelled(self) -> None:
        """Leave the prompt."""
        self._close_save()
        if self._save_prompt is not None:
            self._save_prompt.input.answered()

    # -- saving ---------------------------------------------------------------------------

    def on_save_prompt_accepted(self, message: SavePrompt.Accepted) -> None:
        """Save to what is named, or say why that can't be."""
        self._accept_save(message.prompt)

    @work(exclusive=True, exit_on_error=False, group="place")
    async def _accept_save(self, prompt: SavePrompt) -> None:
        """Look at the place; the keys that are typed meanwhile wait for what comes of it."""
        from logview.tui.save_place import find

        text = prompt.input.value
        overwrite = bool(prompt.overwrite) and prompt.overwrite == text
        is_file = not self.opened.is_job and self.opened.text != "-"
        shown = self.opened.text if is_file else None
        place = await find(text, prompt.name_offered, overwrite=overwrite, shown=shown)
        if prompt.display:  # nobody has closed it meanwhile
            if place.path is not None:
                self._begin_saving(prompt, place.path, overwrite=overwrite)
            else:
                if place.is_there:
                    prompt.overwrite = text
                prompt.error(place.problem)
        prompt.input.answered()

    def _begin_saving(self, prompt: SavePrompt, path: Path, *, overwrite: bool) -> None:
        if prompt.scope == "download":
            # The API names the file, unless somebody else does; a folder is no name for it.
            text = prompt.input.value
            named = text != prompt.name_offered and Path(text).name == path.name
            begin = partial(self._download, path, named=named)
        else:
            begin = partial(self._save, path, self._excerpt(prompt.scope), self.document.size)
        self._close_save()
        self._saving = begin(raw=prompt.raw, masked=prompt.masked, overwrite=overwrite)

    def _excerpt(self, scope: Scope) -> Excerpt | None:
        """Give what is to be saved, as it is now; None for everything."""
        if scope == "selection":
            return self._marked_off
        return None if scope == "all" else self._shown()

    def _shown(self) -> Excerpt | None:
        document = self.document
        if not document.line_count:
            return None
        # Lines before those that are known of a file belong to it, once they are found.
        first = document.first_line - document.unindexed
        return whole_lines(document, range(first, document.end_line), self.view.copy())

    @work(exit_on_error=False, group="save")
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

        masker = self._masker(masked=masked)
        lines = MaskedLines(masker, clean=not raw)
        lost = self.document.pages_lost
        pieces = (
            export_pages(self.document, end) if excerpt is None else export_excerpt(excerpt, masker)
        )
        # Without colours, and with masks, the file is another size than the log.
        whole = f" of about {size(end)}" if excerpt is None else ""
        try:
            await self._indexed()
            saved = await save(
                path,
                lines.mask_pieces(pieces),
                overwrite=overwrite,
                progress=partial(self._tell_progress, "saving", whole=whole),
            )
        except SaveError as error:
            self._save_failed(error)
        except OSError as error:
            self.note(clean(f"Nothing was saved: the log could not be read ({error.strerror})"))
        else:
            document = self.document
            beginless = document.number(document.first_line) is None and document.line_count
            rewritten = document.pages_lost > lost or beginless
            lack = "; parts are missing, as its file was rewritten" if rewritten else ""
            self._tell_saved(saved, lines, masker, lack)
        finally:
            self._ended()

    async def _indexed(self) -> None:
        """Wait until all lines of a file are found."""
        while self.document.unindexed:
            self.finding.slice()
            self._tell_progress("saving: the file is still being read", 0)
            await asyncio.sleep(0)

    @work(exit_on_error=False, group="save")
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
        self.note("asking for the log…")
        try:
            client = partial(make_client, self.app.settings)
            async with download(client, self._ident(), raw=raw) as log:
                if not named:
                    path = await run_in_daemon_thread(
                        partial(free_name, path.parent, log.name), timeout=None
                    )
                whole = f" of {size(log.size)}" if log.size else ""
                saved = await save(
                    path,
                    lines.mask_pieces(log.pieces()),
                    overwrite=overwrite,
                    progress=partial(self._tell_progress, "downloading", whole=whole),
                )
        except SaveError as error:
            self._save_failed(error)
        except DownloadError as error:
            problem = error.problem
            words = (problem.cause, problem.meaning, problem.remedy)
            told = (word if word.endswith(".") else f"{word}." for word in words if word)
            self.note(f"Not downloaded: {' '.join(told)}")
        else:
            self._tell_saved(saved, lines, masker)
        finally:
            self._ended()

    def _masker(self, *, masked: bool) -> Masker:
        from logview.secrets.masker import Masker

        return Masker(self.app.settings.token, enabled=masked)

    def _tell_progress(self, doing: str, written: int, *, whole: str = "") -> None:
        if self._saving is not None and time.monotonic() > self._progress_told + TOLD_SECONDS:
            self._progress_told = time.monotonic()
            amount = f": {size(written)}{whole}" if written else ""
            self.note(f"{doing}{amount}; esc stops it")

    def _save_failed(self, error: SaveError) -> None:
        self.note(clean(f"{error.title}: {error.msg}"))

    def _tell_saved(
        self, saved: SavedFile, lines: MaskedLines, masker: Masker, lack: str = ""
    ) -> None:
        secrets = f", {masker.summary()}" if masker.count else ""
        what = f"{count(lines.lines, 'line')} ({size(saved.size)})"
        self.note(clean(f"Saved {what} to {saved.path}{secrets}{lack}"))
