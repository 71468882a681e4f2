"""An import from a file, part by part, each part a transaction of its own."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO

from app.cli.bars import show_bar
from app.db import AtlasSession, Author, Database, give_room
from app.models import ImportMode, Kind, Outcome
from app.services.importing.checking import check
from app.services.importing.files import MOST_ITEMS
from app.services.importing.items import Item, Verdict, counted
from app.services.importing.large_files import Source, digest_of, open_source, parts_of
from app.services.importing.memory import without_collecting
from app.services.importing.progress import Progress, forget_progress, note_progress, read_progress
from app.services.importing.undertaking import Import

MOST_TOLD = 100
_AUTHOR = Author("command line", "import")


class Run:
    """One run over a file."""

    def __init__(
        self, database: Database, mode: ImportMode, tell: Callable[[str], None], *, is_dry_run: bool
    ) -> None:
        """Begin.

        Args:
            database: to import into.
            mode: what to do where some records of a part cannot be taken.
            is_dry_run: change nothing.
            tell: is given lines for people.
        """
        self._database = database
        self._tell_line = tell
        self.progress = Progress()
        self._mode = mode
        self._is_dry_run = is_dry_run
        self._told = 0
        self._started = time.monotonic()

    def go(
        self, file: BinaryIO, format_: str, kind: Kind | None, *, resume: bool, shows: bool | None
    ) -> None:
        """Take in a file, from its beginning or from where it was stopped."""
        source, sha256 = open_source(file, format_, kind), digest_of(file, format_, kind)
        total = sum(len(lengths) for lengths in source.lengths.values())
        if resume:
            with self._database.reading() as connection:
                self.progress = read_progress(connection, sha256)
        skipped = self.progress.done
        with show_bar(total, skipped, shows=shows) as advance, without_collecting():
            if self._is_dry_run and total - skipped > MOST_ITEMS:
                self._rehearse(source, skipped, advance)
                return
            for part in parts_of(source, skip=skipped):
                self._take(part, sha256, total)
                advance(len(part))
                gc.collect(0)  # what little a part leaves behind

    def _take(self, part: Sequence[Item], sha256: str, total: int) -> None:
        """Take in a part, and remember it in the same transaction."""
        undertaking = self._undertake(part)
        with self._database.reading() as connection:
            undertaking.prepare(connection)
        if self._is_dry_run:
            self._count(undertaking)
            return
        with self._writing() as session:
            undertaking.write(session)
            progress = self.progress.add(counted(undertaking.verdicts))
            if progress.done < total:
                note_progress(session, sha256, progress)
            else:
                forget_progress(session, sha256)
        self._count(undertaking)

    def _rehearse(self, source: Source, skipped: int, advance: Callable[[int], None]) -> None:
        """Write all parts in one transaction, so that each finds the ones before it, and take it back."""
        with suppress(_TakenBackError), self._writing() as session:
            for part in parts_of(source, skip=skipped):
                undertaking = self._undertake(part, is_dry_run=False)
                undertaking.write(session)
                self._count(undertaking)
                advance(len(part))
            raise _TakenBackError

    @contextmanager
    def _writing(self) -> Iterator[AtlasSession]:
        with self._database.writing(_AUTHOR) as session:
            give_room(session.connection())
            yield session

    def _undertake(self, part: Sequence[Item], *, is_dry_run: bool | None = None) -> Import:
        is_dry_run = self._is_dry_run if is_dry_run is None else is_dry_run
        return Import(check(part), _AUTHOR, self._database.clock, self._mode, is_dry_run=is_dry_run)

    def _count(self, undertaking: Import) -> None:
        """Count what became of a part, and tell what is rejected."""
        self.progress = self.progress.add(counted(undertaking.verdicts))
        for verdict in undertaking.verdicts:
            if verdict.outcome is Outcome.REJECTED:
                self._tell_rejected(verdict)

    def _tell_rejected(self, verdict: Verdict) -> None:
        self._told += 1
        if self._told > MOST_TOLD:
            return
        line = f"line {verdict.item.line}, " if verdict.item.line else ""
        for flaw in verdict.placed_flaws():
            self._tell_line(f"Rejected: {line}{flaw.pointer}: {flaw.detail}")

    def tell(self) -> None:
        """Tell what became of the file."""
        if self._told > MOST_TOLD:
            self._tell_line(f"And {self._told - MOST_TOLD:,} more.")
        done, seconds = self.progress, time.monotonic() - self._started
        would = "would be " if self._is_dry_run else ""
        self._tell_line(
            f"{done.created:,} {would}created, {done.updated:,} {would}updated, {done.unchanged:,} unchanged,"
            f" {done.rejected:,} rejected, in {seconds:,.1f} s."
        )


class _TakenBackError(Exception):
    """What ends a rehearsal."""
