"""Everything that is made up for one size and seed, in the order in which it is drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from app.models import Kind, Library, Organization, Purpose, Record, Source, Team
from bench import world
from bench.claims import Batch, Claims
from bench.world import Maker, Row, Size

# What use cases point at, in the order in which it is made.
SHARED: tuple[tuple[type[Record], str], ...] = (
    (Organization, "organizations"),
    (Source, "sources"),
    (Team, "teams"),
    (Library, "libraries"),
    (Purpose, "purposes"),
)


@dataclass(frozen=True)
class Atlas:
    """Rows of a whole atlas.

    Attributes:
        rows: by kind, of what use cases point at.
        aliases: other names, and old slugs.
        topics: of libraries.
        batches: of use cases, drawn as they are taken.
    """

    rows: Mapping[Kind, Sequence[Row]]
    aliases: Sequence[Row]
    topics: Sequence[Row]
    batches: Iterator[Batch]


def made_up(size: Size, seed: int) -> Atlas:
    """Draw an atlas; the same size and seed draw the same one."""
    maker = Maker(size, Random(seed))
    rows = {model.record_kind: getattr(world, name)(maker) for model, name in SHARED}
    aliases = list(world.aliases(rows))
    topics = world.library_topics(rows[Kind.LIBRARY])
    claims = Claims(maker, rows[Kind.TEAM], rows[Kind.LIBRARY], rows[Kind.PURPOSE])
    return Atlas(rows, aliases, topics, claims.batches())
