"""The import of a file of others: proposed on a snapshot, taken in like any other import."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.db import AtlasSession, Author
from app.manifests.reading import MANIFEST_FORMATS
from app.models import ImportMode, Kind
from app.services.claiming.files import Asked, propose
from app.services.claiming.proposal import Proposal
from app.services.claiming.sources import owners_of
from app.services.importing.checking import check
from app.services.importing.items import Item
from app.services.importing.undertaking import Import
from app.services.registry import COLLECTIONS
from app.services.standing import version_of


class FileImport:
    """An import whose items are worked out from the file and from what the atlas holds."""

    def __init__(
        self,
        file: tuple[str, bytes],
        asked: Asked,
        author: Author,
        clock: Callable[[], datetime],
    ) -> None:
        """Begin.

        Args:
            file: its format and its bytes.
            asked: the query string: whose file it is, `mode`, `dry_run`.
            author: who imports.
            clock: gives the time.
        """
        self._file = file
        self._asked = asked
        self._author = author
        self._clock = clock
        self._version = -1
        self._proposal = Proposal()
        self._import: Import

    def prepare(self, connection: Connection) -> dict[str, Any] | None:
        """Work out what is to be written.

        Returns: the report, where nothing is to be written; else None.

        Raises:
            AtlasError: as `files.propose` and `Import.prepare` say.
        """
        self._propose(connection)
        return self._told(self._import.prepare(connection))

    def write(self, session: AtlasSession) -> dict[str, Any]:
        """Write it; worked out anew where the atlas has moved on, so that no other's change is undone."""
        if version_of(session.connection())[1] != self._version:
            self._propose(session.connection())
        return self._told(self._import.write(session)) or {}

    def _propose(self, connection: Connection) -> None:
        self._version = version_of(connection)[1]
        self._proposal = propose(connection, *self._file, self._asked, self._clock().date())
        checked = check(
            Item(kind, record, f"/{collection.path}/{place}")
            for kind, collection in COLLECTIONS.items()
            for place, record in enumerate(self._proposal.records.get(kind, ()))
        )
        mode = ImportMode(self._asked["mode"])
        author = self._own_author(connection)
        self._import = Import(checked, author, self._clock, mode, is_dry_run=self._asked["dry_run"])

    def _own_author(self, connection: Connection) -> Author:
        """Let a token that is held to teams bring its teams' manifests up to date.

        Sources are shared, and such a token changes nothing that is shared; but
        a manifest that speaks of its teams alone is theirs.
        """
        held = self._author.teams
        source = self._proposal.records[Kind.SOURCE][-1]["slug"]
        if held is None or self._file[0] not in MANIFEST_FORMATS or not owners_of(connection, source) <= held:
            return self._author
        teams = {record["team"] for record in self._proposal.records[Kind.USE_CASE]}
        return replace(self._author, teams=None) if teams <= held else self._author

    def _told(self, report: dict[str, Any] | None) -> dict[str, Any] | None:
        """Put into the report what the file means for claims that were there."""
        if report is None:
            return None
        remarks = [asdict(remark) for remark in self._proposal.remarks]
        proposal = self._proposal
        return {**report, "ended": proposal.ended, "detached": proposal.detached, "remarks": remarks}
