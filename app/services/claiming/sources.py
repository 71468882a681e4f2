"""The source that a file is: made when it first comes, brought up to date when its text has changed."""

import hashlib

from sqlalchemy import Connection, select

from app.models import NAME_LENGTH, Evidence, Source, SourceKind, Team, UseCase
from app.services.claiming.present import records_of
from app.services.claiming.proposal import Origin, Record
from app.text import SLUG_LENGTH, slugify


def source_record(connection: Connection, kind: SourceKind, title: str, origin: Origin) -> Record:
    """Give the record of the source; words that somebody gave it stay.

    Args:
        connection: in a snapshot.
        kind: of a new source.
        title: of a new source.
        origin: where the file comes from.
    """
    digest = hashlib.sha256(origin.text.encode()).hexdigest()
    present = records_of(connection, Source, [origin.source]).get(origin.source)
    if present and present["text_sha256"] == digest:
        return present
    read = {"text_sha256": digest, "accessed_on": origin.today.isoformat()}
    if origin.url:
        read["url"] = origin.url
    return {**(present or {"slug": origin.source, "kind": kind, "title": title[:NAME_LENGTH]}), **read}


def owners_of(connection: Connection, source: str) -> set[str]:
    """Give the slugs of the teams whose claims stand on a source."""
    teams = select(Team.slug).join(UseCase).join(Evidence).join(Source).where(Source.slug == source)
    return set(connection.scalars(teams.distinct()))


def default_source(owner: str, file: str) -> str:
    """Give the slug of the source unless another one is named: whose file it is, and what it is called."""
    return f"{owner[: SLUG_LENGTH // 2]}-{slugify(file)}"[:SLUG_LENGTH].strip("-")
