"""Shapes of the graph: what is drawn around a record, nodes and edges."""

from enum import StrEnum

import marshmallow as ma

from app.models import Kind
from app.schemas.fields import Text, Url, Word
from app.schemas.queries import Choices, DayQuerySchema, Number
from app.schemas.records import Schema
from app.text import SLUG_LENGTH, SLUG_PATTERN

DEEPEST = 5
MOST_NODES = 500
DEFAULT_KINDS = (Kind.ORGANIZATION, Kind.TEAM, Kind.LIBRARY, Kind.PURPOSE)

_KINDS = "|".join(Kind)
_LONGEST_KIND = max(map(len, Kind))


class GraphFormat(StrEnum):
    """What a graph can be had in."""

    JSON = "json"
    DOT = "dot"
    MERMAID = "mermaid"
    GRAPHML = "graphml"


class GraphQuerySchema(DayQuerySchema):
    """What to draw."""

    around = Text(
        _LONGEST_KIND + 1 + SLUG_LENGTH,
        required=True,
        pattern=rf"^(?:{_KINDS}):{SLUG_PATTERN[1:]}",
        hint="Must be a kind and a slug with a colon between, such as library:flask.",
        metadata={
            "description": "The record in the middle: its kind and its slug, old slug or alias.",
            "example": "library:flask",
        },
    )
    depth = Number(
        1, DEEPEST, load_default=2, metadata={"description": "Most edges between it and what is shown."}
    )
    kinds = Choices(
        *Kind, metadata={"description": f"Kinds of records to show; {', '.join(DEFAULT_KINDS)} unless said."}
    )
    limit = Number(1, MOST_NODES, load_default=200, metadata={"description": "Most nodes."})
    format = Word(GraphFormat, metadata={"description": "What to answer in; else Accept says."})


class NodeSchema(Schema):
    """A record in a graph."""

    id = ma.fields.String(metadata={"description": "Kind and slug.", "example": "library:flask"})
    kind = Word(Kind)
    slug = ma.fields.String()
    label = ma.fields.String(metadata={"description": "Name or title."})
    url = Url()
    distance = ma.fields.Integer(metadata={"description": "Edges between it and the record in the middle."})


EdgeSchema = Schema.from_dict(
    {
        "from": ma.fields.String(metadata={"description": "Id of a node."}),
        "to": ma.fields.String(metadata={"description": "Id of a node."}),
        "kind": ma.fields.String(
            metadata={
                "description": "What the one does with the other: belongs_to, uses, extends, integrates, "
                "builds, serves, built_on, replaced_by, made_by, says."
            }
        ),
        "use_cases": ma.fields.Integer(
            allow_none=True,
            metadata={"description": "How many use cases say so; null where a record itself does."},
        ),
    },
    name="EdgeSchema",
)


class GraphSchema(Schema):
    """What is around a record, nearest first."""

    around = ma.fields.String(metadata={"description": "Id of the node in the middle."})
    nodes = ma.fields.List(ma.fields.Nested(NodeSchema))
    edges = ma.fields.List(ma.fields.Nested(EdgeSchema))
    truncated = ma.fields.Boolean(metadata={"description": "Whether nodes or edges were left out."})
    left_out = ma.fields.Integer(
        allow_none=True,
        metadata={
            "description": "How many nodes within `depth` were left out; null where they were not counted."
        },
    )
