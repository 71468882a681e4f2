"""Checks the answers of a made-up atlas against plain Python: `python -m bench.checking --help`."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import click
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings
from app.models import Kind
from app.services.registry import COLLECTIONS
from bench.counting import WORDS, Asked, Count, Document
from bench.facts import Facts
from bench.hitting import Impact
from bench.relating import Relations
from bench.world import Size

_PATIENCE_SECONDS = 600.0
_MOST_VALUES = 200
Difference = tuple[str, Any, Any]


@click.command()
@click.option("--database-url", required=True, metavar="URL", help="Filled by bench.generate; only read.")
@click.option("--use-cases", required=True, type=int, help="How many it was filled with.")
@click.option("--seed", default=1, show_default=True, type=int, help="What it was filled with.")
@click.option("--libraries", default=200, show_default=True, type=int, help="How many to ask about.")
@click.option("--filters", default=12, show_default=True, type=int, help="Combinations for each collection.")
def main(database_url: str, use_cases: int, seed: int, libraries: int, filters: int) -> None:
    """Ask for facets, impact, users, relations, coverage and comparisons, and compare every answer."""
    settings = Settings(database_url=database_url, read_timeout_seconds=_PATIENCE_SECONDS)
    client = create_app(settings).test_client()
    started = time.monotonic()
    asked = wrong = 0
    for question, given, expected in differences(client, Facts(Size(use_cases), seed), libraries, filters):
        asked += 1
        if given != expected:
            wrong += 1
            click.echo(
                f"{question}\n  given    {_short(given, expected)}\n  expected {_short(expected, given)}"
            )
    click.echo(f"{asked} answers, {wrong} differences, {time.monotonic() - started:.0f} s", err=True)
    sys.exit(wrong > 0)


def differences(client: FlaskClient, facts: Facts, libraries: int, filters: int) -> Iterator[Difference]:
    """Ask, and give each question with the answer and what it should be.

    Args:
        client: of a service that serves the atlas of these facts.
        facts: what the atlas says.
        libraries: how many to ask about; the most used ones among them.
        filters: combinations of filters for the facets of each collection.
    """
    ask = _Asker(client)
    chance = Random(1)  # the same questions each time
    for kind in COLLECTIONS:
        yield from _facets(ask, facts, kind, chance, filters)
    yield from _relations(ask, facts, chance, libraries)


class _Asker:
    """Asks, and walks all pages."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def one(self, path: str, **query: Any) -> Document:
        url = path if path.startswith("http") else f"/api/v1{path}"
        response = self._client.get(url.removeprefix("http://localhost"), query_string=query or None)
        if response.status_code != 200:  # noqa: PLR2004  # all is well
            raise click.ClickException(f"{path}: {response.status_code} {response.text}")
        document: Document = response.get_json()
        return document

    def all(self, path: str) -> list[Document]:
        items: list[Document] = []
        page = self.one(path, limit=_MOST_VALUES)
        items += page["items"]
        while page["next"]:
            page = self.one(page["next"])
            items += page["items"]
        if page["total"] != len(items):
            raise click.ClickException(f"{path}: says {page['total']}, gives {len(items)}")
        return items


def _facets(ask: _Asker, facts: Facts, kind: Kind, chance: Random, filters: int) -> Iterator[Difference]:
    count = Count(facts, kind)
    path = f"/{COLLECTIONS[kind].path}/facets"
    words = list(WORDS[kind])
    whole = count.answer(words, {}, 10_000, exclude_self=False)
    values = {facet["by"]: [value["value"] for value in facet["values"]] for facet in whole["facets"]}
    for asked in [{}, *(_some_filters(values, chance) for _ in range(filters))]:
        for exclude_self in (False, True) if asked else (False,):
            query = {**asked, "by": ",".join(words), "limit": _MOST_VALUES}
            given = ask.one(path, **query, exclude_self=str(exclude_self).lower())
            for value in (value for facet in given["facets"] for value in facet["values"]):
                del value["url"]
            expected = count.answer(words, asked, _MOST_VALUES, exclude_self=exclude_self)
            yield f"{path} {asked} exclude_self={exclude_self}", given, expected


def _some_filters(values: dict[str, list[str]], chance: Random) -> Asked:
    """Choose one to three filters with one to three values each, common ones more often."""
    words = chance.sample(sorted(values), min(len(values), chance.randint(1, 3)))
    chosen = {}
    for word in words:
        among = values[word][: chance.choice((3, 30, 3_000))]
        if among:
            chosen[word] = chance.sample(among, min(len(among), chance.randint(1, 3)))
    return chosen


def _relations(ask: _Asker, facts: Facts, chance: Random, number: int) -> Iterator[Difference]:
    relations, impact = Relations(facts), Impact(facts)
    libraries = _spread(facts.of_library, number, facts.records[Kind.LIBRARY], chance)
    teams = _spread(facts.of_team, number // 4, facts.records[Kind.TEAM], chance)
    for slug in libraries:
        yield f"/libraries/{slug}/impact", ask.one(f"/libraries/{slug}/impact"), impact.impact(slug)
        yield f"/libraries/{slug}/teams", ask.all(f"/libraries/{slug}/teams"), relations.teams_of(slug)
    for slug in libraries[:: max(1, number // 20)]:
        near = ask.one(f"/libraries/{slug}/impact", depth=1)
        yield f"/libraries/{slug}/impact?depth=1", near, impact.impact(slug, 1)
        yield f"/libraries/{slug}/related", ask.all(f"/libraries/{slug}/related"), relations.related(slug)
    for slug in teams:
        path = f"/teams/{slug}/libraries"
        yield path, ask.all(path), relations.libraries_of(slug)
    for slug in _spread(facts.of_purpose, number // 4, facts.records[Kind.PURPOSE], chance):
        path = f"/purposes/{slug}/libraries"
        yield path, ask.all(path), relations.libraries_for(slug)
    for _ in range(number // 4):
        yield _compared(ask, "team", chance.sample(teams, 3), relations.compare_teams)
        yield _compared(ask, "library", chance.sample(libraries, 4), relations.compare_libraries)
    for _ in range(3):
        yield from _coverage(ask, relations, chance.sample(teams, 5), chance.sample(libraries, 20))


def _spread(used: Any, number: int, records: Any, chance: Random) -> list[str]:
    """Choose what is most used, what is used a little, and what is not used."""
    ranked = sorted(used, key=lambda slug: -len(used[slug]))
    unused = sorted(set(records) - set(used))[: max(1, number // 20)]
    first = ranked[: number // 10]
    rest = ranked[number // 10 :]
    return [*first, *chance.sample(rest, min(len(rest), number - len(first) - len(unused))), *unused]


def _compared(
    ask: _Asker, word: str, slugs: Sequence[str], expect: Callable[[Sequence[str]], Document]
) -> Difference:
    answer = ask.one("/compare", **{word: slugs})
    expected = expect(slugs)
    given = {name: _plain(answer[name]) for name in expected}
    return f"/compare {word} {slugs}", given, expected


def _plain(shares: Document) -> Document:
    """Bring what is shared to sets of slugs."""
    return {
        "shared": {reference["slug"] for reference in shares["shared"]},
        "some": {thing["slug"] for item in shares["some"] for key, thing in item.items() if key != "of"},
        "only": {slug: {thing["slug"] for thing in held} for slug, held in shares["only"].items()},
    }


def _coverage(
    ask: _Asker, relations: Relations, teams: Sequence[str], libraries: Sequence[str]
) -> Iterator[Difference]:
    answer = ask.one("/coverage", team=teams, library=libraries)
    given = {
        f"{item['team']['slug']} {library}": cell
        for item in answer["items"]
        for library, cell in item["cells"].items()
    }
    yield f"/coverage {teams} {libraries}", given, relations.coverage(teams, libraries)
    for item in answer["items"]:
        seen = {found["source"]["slug"]: found["use_cases"] for found in item["sources"]}
        slug = item["team"]["slug"]
        yield f"/coverage sources of {slug}", seen, relations.looked_at(slug)


def _short(value: Any, other: Any) -> str:
    """Show where a value first differs from another one."""
    while type(value) is type(other) and isinstance(value, (dict, list)):
        keys = value if isinstance(value, dict) else range(len(value))
        different = [key for key in keys if not _has(other, key) or value[key] != other[key]]
        if not different or not _has(other, different[0]):
            break
        value, other = value[different[0]], other[different[0]]
    return repr(value)[:300]


def _has(container: Any, key: Any) -> bool:
    return key in container if isinstance(container, dict) else key < len(container)


if __name__ == "__main__":
    main()
