"""A check of a source's evidence: compared on a snapshot, noted under the lock.

All work on the text is done before the lock is taken. A piece that was changed
in between is left as it is. The text is not kept: not even in what is left of
this once it is done.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from app.db import AtlasSession, Author
from app.landmarks import Landmarks, digest, landmarks_of
from app.models import Check, Evidence, Source, Team, UseCase
from app.services.checking.comparing import Comparison, Finding, Piece
from app.services.dumping import Document
from app.services.lookup import find_id

_MEANWHILE = "It was changed while it was checked."
_CHUNK = 500


class SourceCheck:
    """A check, from the text to its report."""

    def __init__(self, slug: str, text: str, author: Author, *, is_applied: bool = False) -> None:
        """Begin.

        Args:
            slug: of the source.
            text: of the source, in NFC.
            author: who checks; one that is held to teams checks the evidence of their use cases.
            is_applied: write the new places of what has moved.
        """
        self._slug = slug
        self._text = text
        self._author = author
        self._is_applied = is_applied
        self._rows: Sequence[Row[Any]] = ()
        self._source: Any = None
        self._findings: dict[int, Finding] = {}
        self._landmarks: dict[int, Landmarks] = {}
        self._lines: dict[int, int] = {}
        self._sha256 = ""

    def prepare(self, connection: Connection) -> Document | None:
        """Compare all pieces with the text.

        Returns: the report, where nothing is to be written; else None.

        Raises:
            NotFound: there is no such source.
        """
        id_ = find_id(connection, Source, self._slug)
        columns = (Source.id, Source.slug, Source.title, Source.text_sha256)
        self._source = connection.execute(select(*columns).where(Source.id == id_)).one()
        self._rows = connection.execute(_pieces_of(id_, self._author)).all()
        text = self._text
        self._sha256 = digest(text)
        self._findings = Comparison(text).compare([_piece(row) for row in self._rows])
        for at, finding in self._findings.items():
            if finding.start is not None and finding.end is not None:
                self._lines[at] = text.count("\n", 0, finding.start) + 1
                if finding.check in {Check.VERIFIED, Check.MOVED}:
                    self._landmarks[at] = landmarks_of(text, finding.start, finding.end)
        self._text = ""
        return None if self._rows or self._is_applied else self._report()

    def write(self, session: AtlasSession) -> Document:
        """Note what was found, and give the report.

        Args:
            session: that holds the lock.
        """
        rows = {row.id: row for row in self._rows}
        ids = [id_ for id_, finding in self._findings.items() if finding.check is not Check.UNCHECKED]
        for start in range(0, len(ids), _CHUNK):
            chosen = select(Evidence).where(Evidence.id.in_(ids[start : start + _CHUNK]))
            for piece in session.scalars(chosen):
                if (piece.start, piece.end, piece.excerpt_sha256) == _place_of(rows[piece.id]):
                    self._note(session, piece)
                    ids[ids.index(piece.id)] = 0
        for id_ in filter(None, ids):
            self._findings[id_] = Finding(Check.UNCHECKED, reason=_MEANWHILE)
        if self._is_applied and self._author.teams is None:
            session.get_one(Source, self._source.id).text_sha256 = self._sha256
        return self._report()

    def _note(self, session: AtlasSession, piece: Evidence) -> None:
        finding = self._findings[piece.id]
        piece.check, piece.checked_at = finding.check, session.info["clock"]()
        if finding.check is Check.MOVED and self._is_applied:
            piece.check = Check.VERIFIED
            piece.start, piece.end, piece.line = finding.start, finding.end, self._lines[piece.id]
        if piece.check is Check.VERIFIED:
            piece.landmarks = str(self._landmarks[piece.id])

    def _report(self) -> Document:
        items = [self._item(row) for row in self._rows]
        counts = {check.value: 0 for check in Check}
        for item in items:
            counts[item["result"]] += 1
        return {
            "source": {"slug": self._source.slug, "title": self._source.title},
            "text_sha256": self._sha256,
            "is_known_text": self._source.text_sha256 == self._sha256,
            "applied": self._is_applied,
            "counts": counts,
            "items": items,
        }

    def _item(self, row: Any) -> Document:
        finding = self._findings[row.id]
        place = {"line": self._lines.get(row.id), "start": finding.start, "end": finding.end}
        return {
            "use_case": {"slug": row.slug, "title": row.title},
            "id": row.id,
            "line": row.line,
            "before": row.check,
            "result": finding.check,
            "place": None if finding.start is None else place,
            "reason": finding.reason,
        }


def _pieces_of(source_id: int, author: Author) -> Any:
    """Select the evidence of a source, with its use case and its landmarks; of an author's teams alone."""
    columns: tuple[Any, ...] = (
        Evidence.id,
        Evidence.start.label("start"),
        Evidence.end.label("end"),
        Evidence.excerpt_sha256,
        Evidence.check.label("check"),
        Evidence.line,
        UseCase.slug,
        UseCase.title,
        Evidence.landmarks,
    )
    statement = select(*columns).join(UseCase, UseCase.id == Evidence.use_case_id)
    if author.teams is not None:
        teams = select(Team.id).where(Team.slug.in_(author.teams))
        statement = statement.where(UseCase.team_id.in_(teams))
    return statement.where(Evidence.source_id == source_id).order_by(UseCase.slug, Evidence.id)


def _piece(row: Any) -> Piece:
    known = Landmarks.read(row.landmarks) if row.landmarks else None
    return Piece(row.id, row.start, row.end, row.excerpt_sha256, known)


def _place_of(row: Any) -> tuple[Any, ...]:
    return row.start, row.end, row.excerpt_sha256
