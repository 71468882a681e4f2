"""Files of others, whatever their format: whose they are, how they are read, what they come to."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from app.catalogs.backstage_reading import read_backstage
from app.catalogs.catalog import Catalog
from app.catalogs.techradar_reading import read_techradar
from app.errors import BadRequest, Flaw, Invalid, NotFound
from app.manifests.reading import MANIFEST_FORMATS, read_manifest
from app.models import Kind, Library, Organization, SourceKind, Team
from app.services.claiming import manifests
from app.services.claiming.merging import merge
from app.services.claiming.proposal import Named, Origin, Proposal, Remark
from app.services.claiming.sources import default_source, source_record
from app.services.lookup import ids_named, near_slugs, suggestion
from app.services.registry import COLLECTIONS
from app.text import slugify

Asked = Mapping[str, Any]


@dataclass(frozen=True)
class FileFormat:
    """A format of others.

    Attributes:
        owner: parameter that says whose file it is.
        file_name: what such files are called.
        propose: works out what the text comes to.
    """

    owner: str
    file_name: str
    propose: Callable[[Connection, str, Origin], Proposal]


def propose(connection: Connection, format_: str, data: bytes, asked: Asked, today: date) -> Proposal:
    """Work out what a file comes to.

    Args:
        connection: in a snapshot.
        format_: a key of FILE_FORMATS.
        data: the file.
        asked: `team`, `organization` or `library`, whose file it is; `source`, `file`, `url` or None.
        today: the day on which it came.

    Raises:
        BadRequest: it is no text in UTF-8.
        Invalid: it is not of that format, or it is not said whose it is.
        NotFound: there is no such team, organization or library; with near names.
    """
    known = FILE_FORMATS[format_]
    owner = _owner(connection, known.owner, asked[known.owner])
    file = asked["file"] or known.file_name
    source = asked["source"] or default_source(owner.slug, file)
    return known.propose(connection, format_, Origin(owner, source, file, asked["url"], _text(data), today))


def _text(data: bytes) -> str:
    try:
        return unicodedata.normalize("NFC", data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadRequest(f"Line {line} is not UTF-8.", "bad_text") from error


def _owner(connection: Connection, parameter: str, name: str | None) -> Named:
    """Find whose file it is, by slug, name or alias."""
    model = _OWNERS[parameter]
    if not name:
        detail = f"Say whose file it is: {parameter}=..."
        raise Invalid(detail, flaws=[Flaw(detail, "required", parameter=parameter)])
    ids = ids_named(connection, model, [name])
    if len(ids) == 1:
        row = connection.execute(select(model.slug, model.name).where(model.id == ids[0])).one()
        return Named(row.slug, row.name)
    if ids:
        detail = f"Several are called so; say which {parameter} by its slug."
        raise Invalid(detail, flaws=[Flaw(detail, "ambiguous", parameter=parameter)])
    near = near_slugs(connection, model, slugify(name))
    detail = f"There is no such {parameter}.{suggestion(near)}"
    raise NotFound(detail, flaws=[Flaw(detail, "not_found", parameter=parameter)], members={"near": near})


def _manifest(connection: Connection, format_: str, origin: Origin) -> Proposal:
    return manifests.propose(connection, read_manifest(format_, origin.text), origin)


def _backstage(connection: Connection, _format: str, origin: Origin) -> Proposal:
    catalog = read_backstage(origin.text, source=origin.source, organization=origin.owner.slug)
    return _catalog(connection, catalog, origin)


def _techradar(connection: Connection, _format: str, origin: Origin) -> Proposal:
    catalog = read_techradar(origin.text, source=origin.source, team=origin.owner.slug)
    return _catalog(connection, catalog, origin)


def _adopters(connection: Connection, _format: str, origin: Origin) -> Proposal:
    from app.catalogs.adopters_reading import read_adopters  # noqa: PLC0415  # Markdown is slow to import

    owner = origin.owner
    catalog = read_adopters(origin.text, source=origin.source, library=owner.slug, name=owner.name)
    return _catalog(connection, catalog, origin)


def _catalog(connection: Connection, catalog: Catalog, origin: Origin) -> Proposal:
    records = {kind: catalog.records.get(collection.path, []) for kind, collection in COLLECTIONS.items()}
    merged = merge(connection, records, origin.source)
    title = f"{origin.file} of {origin.owner.name}"
    merged[Kind.SOURCE].append(source_record(connection, SourceKind.CATALOG, title, origin))
    remarks = [Remark(remark.line, remark.code, remark.detail) for remark in catalog.remarks]
    return Proposal(merged, remarks=remarks)


_OWNERS: Mapping[str, type[Team | Organization | Library]] = {
    "team": Team,
    "organization": Organization,
    "library": Library,
}
FILE_FORMATS: Mapping[str, FileFormat] = {
    **{name: FileFormat("team", known.file_name, _manifest) for name, known in MANIFEST_FORMATS.items()},
    "backstage": FileFormat("organization", "catalog-info.yaml", _backstage),
    "techradar": FileFormat("team", "radar.json", _techradar),
    "adopters": FileFormat("library", "ADOPTERS.md", _adopters),
}
