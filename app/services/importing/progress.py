"""How far a file was taken in: written with each part, so that the next run goes on behind it."""

from dataclasses import dataclass, fields

from sqlalchemy import Connection, delete, select

from app.db import AtlasSession
from app.models import ImportProgress
from app.services.importing.items import Counts


@dataclass
class Progress(Counts):
    """What became of a file so far.

    Attributes:
        done: records that were looked at, in the order of the import.
    """

    done: int = 0

    def add(self, report: Counts) -> "Progress":
        """Give the progress after one more part."""
        counts = {part.name: getattr(self, part.name) + getattr(report, part.name) for part in fields(Counts)}
        return Progress(**counts, done=self.done + sum(getattr(report, part.name) for part in fields(Counts)))


def read_progress(connection: Connection, sha256: str) -> Progress:
    """Read how far a file was taken in; nothing where it is not known."""
    row = connection.execute(select(ImportProgress.__table__).where(ImportProgress.sha256 == sha256)).first()
    names = [part.name for part in fields(Progress)]
    return Progress(**{name: getattr(row, name) for name in names}) if row else Progress()


def note_progress(session: AtlasSession, sha256: str, progress: Progress) -> None:
    """Remember how far a file was taken in, in the transaction of the part."""
    counts = {part.name: getattr(progress, part.name) for part in fields(Progress)}
    session.merge(ImportProgress(sha256=sha256, updated_at=session.info["clock"](), **counts))


def forget_progress(session: AtlasSession, sha256: str) -> None:
    """Forget a file that was taken in to its end, or is begun anew."""
    session.execute(delete(ImportProgress).where(ImportProgress.sha256 == sha256))
