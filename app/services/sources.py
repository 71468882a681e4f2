"""Sources: what they are read from, and what they can be asked."""

from app.models import Kind, Source
from app.schemas.records import SourceSchema
from app.services.collections import Collection, columns_of, sorts_of
from app.services.filters import among, of_records

SOURCES = Collection(
    kind=Kind.SOURCE,
    path="sources",
    model=Source,
    schema=SourceSchema,
    origin=Source.__table__,
    columns={
        **columns_of(Source, "kind", "title", "authors", "publisher", "published_on", "url"),
        **columns_of(Source, "accessed_on", "language", "text_sha256", "note"),
    },
    filters={
        **of_records(Source),
        "kind": among("kind", Source.kind),
        "publisher": among("publisher", Source.publisher),
    },
    sorts=sorts_of(Source, "title", Source.title_key),
    label=Source.title,
)
