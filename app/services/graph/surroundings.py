"""The graph around a record: what is tied to it, level by level, and the edges between all that is shown."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from app.errors import Renamed
from app.models import Kind
from app.schemas.graphs import DEFAULT_KINDS
from app.services.dumping import Document
from app.services.graph.ties import Place, Ties
from app.services.lookup import find_id
from app.services.registry import COLLECTIONS

MOST_EDGES = 5_000

UrlOf = Callable[[Kind, str], str]


@dataclass(frozen=True)
class Node:
    """A record that is shown.

    Attributes:
        place: its kind and primary key.
        slug: its slug.
        label: its name or title.
        distance: edges between it and the record in the middle.
    """

    place: Place
    slug: str
    label: str
    distance: int

    @property
    def name(self) -> str:
        """Name it in the whole graph."""
        return f"{self.place[0]}:{self.slug}"


Shown = dict[Place, Node]


def graph(connection: Connection, query: Mapping[str, Any], url_of: UrlOf) -> Document:
    """Give the graph around a record.

    Nodes come by distance, then by weight (how many things tie them to the
    level before), then by name. Each level costs a fixed number of statements.

    Args:
        connection: in a snapshot.
        query: loaded by `GraphQuerySchema`.
        url_of: gives the URL of a record.

    Raises:
        NotFound: there is no such record.
    """
    root = _root(connection, query["around"])
    kinds = [Kind(kind) for kind in query["kinds"] or DEFAULT_KINDS]
    ties = Ties(connection, kinds, root.place, query["used_on"])
    shown = {root.place: root}
    left_out = _walk(connection, ties, kinds, shown, query["depth"], query["limit"])
    edges = _edges(ties, shown)
    return {
        "around": root.name,
        "nodes": [_node(node, url_of) for node in shown.values()],
        "edges": edges[:MOST_EDGES],
        "truncated": left_out != 0 or ties.is_cut or len(edges) > MOST_EDGES,
        "left_out": left_out,
    }


def _root(connection: Connection, around: str) -> Node:
    word, _, slug = around.partition(":")
    kind = Kind(word)
    try:
        found = find_id(connection, COLLECTIONS[kind].model, slug)
    except Renamed as renamed:
        found = find_id(connection, COLLECTIONS[kind].model, renamed.new)
    return _ranked(connection, kind, {(kind, found): 0}, 0)[0][1]


def _walk(
    connection: Connection, ties: Ties, kinds: Collection[Kind], shown: Shown, depth: int, limit: int
) -> int | None:
    """Show what is tied to the root, level by level, and learn the ties of all that is shown.

    Returns: how many nodes were left out; None where they were not counted.
    """
    level: Collection[Place] = list(shown)
    left_out: int | None = 0
    for distance in range(1, depth + 1):
        ties.learn(level)
        found = _next(connection, ties, kinds, shown, set(level), distance)
        taken = found[: limit - len(shown)]
        shown.update((node.place, node) for node in taken)
        level = [node.place for node in taken]
        if len(taken) < len(found):
            left_out = len(found) - len(taken) if distance == depth else None
            break
    left_out = None if ties.is_cut else left_out
    ties.learn(level)
    return left_out


def _next(
    connection: Connection,
    ties: Ties,
    kinds: Collection[Kind],
    shown: Shown,
    level: Collection[Place],
    distance: int,
) -> list[Node]:
    """Find what is tied to a level and not shown yet."""
    weights: Counter[Place] = Counter()
    for tie in ties.known:
        for near, far in ((tie.tail, tie.head), (tie.head, tie.tail)):
            if near in level and far not in shown and far[0] in kinds:
                weights[far] += 1
    found = [pair for kind in kinds for pair in _ranked(connection, kind, weights, distance)]
    return [node for _rank, node in sorted(found, key=lambda pair: pair[0])]


def _ranked(
    connection: Connection, kind: Kind, weights: Mapping[Place, int], distance: int
) -> Sequence[tuple[Any, Node]]:
    """Read the nodes of a kind, each with what it is sorted by: weight, name, slug."""
    ids = [id_ for place, id_ in weights if place is kind]
    collection = COLLECTIONS[kind]
    key = next(iter(collection.sorts.values()))
    columns = (collection.model.id, collection.model.slug, collection.label, key)
    rows = connection.execute(select(*columns).where(collection.model.id.in_(ids))) if ids else ()
    return [
        ((-weights[kind, id_], key, slug, kind), Node((kind, id_), slug, label, distance))
        for id_, slug, label, key in rows
    ]


def _edges(ties: Ties, shown: Shown) -> list[Document]:
    """Count the ties between all that is shown; the edges nearest to the middle come first."""
    counts = Counter(
        (tie.tail, tie.word, tie.head, tie.use_case is None)
        for tie in ties.known
        if tie.tail in shown and tie.head in shown
    )
    ranked = sorted(_ranked_edges(counts, shown), key=lambda pair: pair[0])
    return [edge for _rank, edge in ranked]


def _ranked_edges(
    counts: Mapping[tuple[Place, str, Place, bool], int], shown: Shown
) -> Iterable[tuple[Any, Document]]:
    for (tail, word, head, is_in_record), count in counts.items():
        ends = (shown[tail], shown[head])
        reach = sorted((end.distance for end in ends), reverse=True)
        names = [end.name for end in ends]
        edge = {
            "from": names[0],
            "to": names[1],
            "kind": word,
            "use_cases": None if is_in_record else count,
        }
        yield (reach, -count, names, word), edge


def _node(node: Node, url_of: UrlOf) -> Document:
    kind, _id = node.place
    return {
        "id": node.name,
        "kind": kind,
        "slug": node.slug,
        "label": node.label,
        "url": url_of(kind, node.slug),
        "distance": node.distance,
    }
