"""What is asked of the atlas and of its peers, and by how much the atlas should be ahead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

WRITING = Path(__file__).parent / "writing.lua"


@dataclass(frozen=True)
class Goal:
    """By how much the first of a scenario should be ahead of one other.

    Attributes:
        peer: the other.
        times: the first one's rate over the other's, at least.
        on_postgresql: the same with PostgreSQL; None: no other.
    """

    peer: str
    times: float
    on_postgresql: float | None = None


@dataclass(frozen=True)
class Scenario:
    """A question, as each of several servers takes it.

    Attributes:
        name: in the tables.
        paths: what is asked of whom; the first is the atlas. `{team}`, `{library}`, `{deep}`, ... are put in.
        goals: to reach.
        connections: at once.
        is_conditional: with the ETag of a first answer.
        script: for wrk.
        needs_sqlite: a peer knows no other database.
    """

    name: str
    paths: Mapping[str, str]
    goals: tuple[Goal, ...] = ()
    connections: int = 16
    is_conditional: bool = False
    script: Path | None = None
    needs_sqlite: bool = field(default=False)


_API = "/api/v1"
_SAME = "/use-cases"
_PAGE = f"{_API}/use-cases"
_BARE = dict.fromkeys(("bare Flask", "bare flask-restx", "raw WSGI", "raw ASGI"), _SAME)
_FRAMEWORKS = ("FastAPI", "Django REST framework")


def _first(name: str, asked: str, theirs: str, *, more: Mapping[str, str] | None = None) -> Scenario:
    paths = {"atlas, no cache": f"{_PAGE}?{asked}"} | dict.fromkeys(_FRAMEWORKS, f"{_SAME}?{theirs}")
    return Scenario(f"first read: {name}", {**paths, **(more or {})}, (Goal("FastAPI", 12),))


SCENARIOS = [
    Scenario(
        "repeated read: page 1",
        {"atlas": _PAGE, **_BARE},
        (Goal("bare Flask", 4, on_postgresql=2), Goal("raw ASGI", 0.75)),
    ),
    Scenario("repeated read: page 1, 64 connections", {"atlas": _PAGE, "raw ASGI": _SAME}, connections=64),
    Scenario(
        "304 by ETag", {"atlas": _PAGE, "bare Flask": _SAME}, (Goal("bare Flask", 4),), is_conditional=True
    ),
    Scenario(
        "first read: page 1",
        {
            "atlas, no cache": _PAGE,
            "bare flask-restx": _SAME,
            "FastAPI": _SAME,
            "Django REST framework": _SAME,
            "flask-restx + ORM": _SAME,
        },
        (Goal("FastAPI", 12), Goal("bare flask-restx", 0.4)),
    ),
    _first("one team", "team={team}", "team={team}"),
    _first("one library", "library={library}", "library={library}"),
    _first("team and status", "team={team}&status=confirmed", "team={team}&status=confirmed"),
    _first("a deep page", "cursor={cursor}", "offset={deep}"),
    # Of Datasette twice: a bare full-text table, whose rows are the terms of the index, and what most would
    # ask: the table of records, with its count. Both look for the word as the index holds it.
    Scenario(
        "first search",
        {
            "atlas, no cache": f"{_API}/search?q={{word}}",
            "Datasette": "/{database}/search_index.json?_search={term}&_size=20&_nocount=1",
            "FastAPI": "/use-cases?q={word}",
        },
        (Goal("Datasette", 5),),
        needs_sqlite=True,
    ),
    Scenario(
        "first search: a table",
        {
            "atlas, no cache": f"{_API}/search?q={{word}}",
            "Datasette": "/{database}/search_entry.json?_search={term}"
            "&_fts_table=search_index&_fts_pk=id&_size=20",
        },
        (Goal("Datasette", 5),),
        needs_sqlite=True,
    ),
    Scenario(
        "first facets",
        {
            "atlas, no cache": f"{_PAGE}/facets?by=team,library,status",
            "Datasette": "/{database}/use_case.json?_facet=team_id&_facet=status&_size=0",
            "FastAPI": "/use-cases/facets",
        },
        (Goal("Datasette", 60),),
        needs_sqlite=True,
    ),
    Scenario(
        "write: one use case",
        {"atlas": _PAGE, "FastAPI": _SAME, "flask-restx + ORM": _SAME},
        (Goal("FastAPI", 3),),
        script=WRITING,
    ),
]
