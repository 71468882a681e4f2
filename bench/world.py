"""Made-up organizations, sources, teams, libraries and purposes: one function a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from app.models import (
    Kind,
    Library,
    LibraryKind,
    Lifecycle,
    Organization,
    Origin,
    Purpose,
    Record,
    Source,
    SourceKind,
    Team,
)
from app.text import fold, name_key, slugify
from bench.words import VOCABULARY, Words

Row = dict[str, Any]

_START = datetime(2024, 1, 1, tzinfo=UTC)
_SPAN_DAYS = 1_000
_LANGUAGES = ("Python", "Python", "Python", "C", "C++", "Go", "Java", "JavaScript", "Rust", "Scala")
_LICENSES = ("MIT", "Apache-2.0", "BSD-3-Clause", "MIT OR Apache-2.0", "GPL-3.0-or-later", None)
_ENDED = (Lifecycle.DEPRECATED, Lifecycle.ARCHIVED)


@dataclass(frozen=True)
class Size:
    """How many there are of each kind."""

    use_cases: int

    @property
    def organizations(self) -> int:
        """One for 40 teams."""
        return max(2, self.use_cases // 2_000)

    @property
    def teams(self) -> int:
        """One for 50 use cases."""
        return max(4, self.use_cases // 50)

    @property
    def libraries(self) -> int:
        """One for 5 use cases."""
        return max(20, self.use_cases // 5)

    @property
    def purposes(self) -> int:
        """All there are, but for a small atlas."""
        return min(len(VOCABULARY["jobs"]) * len(VOCABULARY["subjects"]), max(1, self.use_cases // 4))

    @property
    def sources(self) -> int:
        """One for 50 use cases."""
        return max(5, self.use_cases // 50)

    @property
    def in_house(self) -> int:
        """Libraries that teams make: one of 20, at least 5; the first ones."""
        return max(5, self.libraries // 20)

    @property
    def records(self) -> int:
        """All of them."""
        shared = self.organizations + self.sources + self.teams + self.libraries + self.purposes
        return shared + self.use_cases


class Maker:
    """Makes rows of records: each with its moment, keys and the text that is searched."""

    def __init__(self, size: Size, random: Random) -> None:
        """Begin with the first record."""
        self.size = size
        self.random = random
        self.words = Words(random)
        self._made = 0

    def record(self, model: type[Record], id_: int, columns: Row, **parts: Sequence[Any]) -> Row:
        """Complete a row.

        Args:
            model: its table.
            id_: its primary key.
            columns: what it says.
            parts: rows of lists inside it that are searched with it.
        """
        thing = SimpleNamespace(**columns, **parts)
        at = _START + timedelta(seconds=86_400 * _SPAN_DAYS * self._made // self.size.records)
        self._made += 1
        keys = {f"{name}_key": name_key(columns[name]) for name in ("name", "title") if name in columns}
        texts = cast("property", model.texts).__get__(thing)  # without the cost of making a record
        text = fold("\n".join(text for text in texts if text))
        stamps = {"revision": 1, "created_at": at, "updated_at": at}
        return {"id": id_, **columns, **keys, "search_text": text, **stamps}

    def day(self) -> date:
        """Draw a day before the first record was made."""
        return (_START - timedelta(days=self.random.randint(1, 3_000))).date()

    def moment(self, day: date) -> datetime:
        """Give the noon of a day."""
        return datetime.combine(day, time(12), UTC)

    def happens(self, chance: float) -> bool:
        """Say whether something of that chance, 0 to 1, happens."""
        return self.random.random() < chance

    def maybe(self, chance: float, value: Any) -> Any:
        """Give a value, or None."""
        return value if self.happens(chance) else None

    def names(self, count: int, invent: Any) -> list[str]:
        """Invent names that differ, also as slugs."""
        names: dict[str, str] = {}
        while len(names) < count:
            name = invent()
            names.setdefault(slugify(name), name)
        return list(names.values())


def organizations(maker: Maker) -> list[Row]:
    """Make organizations."""
    invent = lambda: f"{maker.words.invented().title()} {maker.words.pick('trades')}"  # noqa: E731  # said once
    return [
        maker.record(
            Organization,
            id_,
            {
                "slug": slugify(name),
                "name": name,
                "homepage_url": f"https://{slugify(name)}.example/",
                "description": maker.maybe(0.8, maker.words.text(name)),
            },
        )
        for id_, name in enumerate(maker.names(maker.size.organizations, invent), 1)
    ]


def sources(maker: Maker) -> list[Row]:
    """Make sources: documents with a day on which they were published or read."""
    kinds = list(SourceKind)
    return [_source(maker, id_, kinds[id_ % len(kinds)]) for id_ in range(1, maker.size.sources + 1)]


def teams(maker: Maker) -> list[Row]:
    """Make teams; names are unique in an organization, so slugs carry a number."""
    combinations = [f"{domain} {craft}" for craft in VOCABULARY["crafts"] for domain in VOCABULARY["domains"]]
    rows = []
    for place in range(maker.size.teams):
        round_, organization = divmod(place, maker.size.organizations)
        name = combinations[round_ % len(combinations)].replace("-", " ")
        name = name if round_ < len(combinations) else f"{name} {round_ // len(combinations) + 1}"
        slug = f"{slugify(name)}-{place + 1}"
        columns = {
            "slug": slug,
            "name": name,
            "organization_id": organization + 1,
            "area": maker.maybe(0.9, name.split(" ", maxsplit=1)[0]),
            "description": maker.maybe(0.7, maker.words.text(name)),
            "contact_url": maker.maybe(0.8, f"https://chat.example/{slug}"),
        }
        rows.append(_named(maker, Team, place + 1, columns, f"{maker.words.invented().upper()} {place + 1}"))
    return rows


def libraries(maker: Maker) -> list[Row]:
    """Make libraries; the first ones are made in-house, and a successor stands before what it replaces."""
    invent = lambda: maker.words.invented() + (maker.words.pick("endings") if maker.happens(0.7) else "")  # noqa: E731  # said once
    names = maker.names(maker.size.libraries, invent)
    rows = []
    for id_, name in enumerate(names, 1):
        shown = name.capitalize() if maker.happens(0.3) else name
        topics = sorted(set(maker.random.choices(VOCABULARY["topics"], k=maker.random.randint(0, 3))))
        columns = {**_tool(maker, id_, shown), **_life(maker, id_)}
        row = _named(maker, Library, id_, columns, f"{shown} {maker.words.invented()} {id_}", topics)
        rows.append({**row, "topics": topics})
    return rows


def library_topics(rows: Sequence[Row]) -> list[Row]:
    """Take the topics out of libraries."""
    return [{"library_id": row["id"], "topic": topic} for row in rows for topic in row.pop("topics")]


def purposes(maker: Maker) -> list[Row]:
    """Make purposes, such as anomaly detection."""
    names = [
        f"{subject.capitalize()} {job}" for job in VOCABULARY["jobs"] for subject in VOCABULARY["subjects"]
    ][: maker.size.purposes]
    return [
        maker.record(
            Purpose,
            id_,
            {"slug": slugify(name), "name": name, "description": maker.words.sentence(f"{name}: it")},
        )
        for id_, name in enumerate(names, 1)
    ]


def aliases(rows: Mapping[Kind, Sequence[Row]]) -> Iterator[Row]:
    """Make other names of teams and libraries, as their rows say, and old slugs of every 30th record."""
    id_ = 0
    for kind, records in rows.items():
        targets: Row = dict.fromkeys(f"{other}_id" for other in Kind)
        for row in records:
            names = [(row.pop("alias", None), False), (f"old-{row['slug']}"[:80].strip("-"), True)]
            for name, is_slug in names:
                if name is None or (is_slug and row["id"] % 30):
                    continue
                id_ += 1
                pointer = {**targets, f"{kind}_id": row["id"]}
                yield {
                    "id": id_,
                    "kind": kind,
                    "name": name,
                    "key": name_key(name),
                    "is_slug": is_slug,
                    **pointer,
                }


def _source(maker: Maker, id_: int, kind: SourceKind) -> Row:
    words = maker.words
    title = f"{words.invented().title()} {words.invented()} {kind} {id_}"
    is_printed = kind in {SourceKind.ARTICLE, SourceKind.DOCUMENTATION}
    columns = {
        "slug": slugify(title),
        "kind": kind,
        "title": title,
        "authors": [f"{words.invented().title()} {words.invented().title()}" for _ in range(id_ % 3)],
        "publisher": maker.maybe(0.5, f"{words.invented().title()} Press"),
        "published_on": maker.day() if is_printed else None,
        "url": maker.maybe(0.9, f"https://docs.example/{slugify(title)}"),
        "accessed_on": maker.day(),
        "language": maker.maybe(0.9, "en"),
        "text_sha256": maker.maybe(0.3, f"{maker.random.getrandbits(256):064x}"),
        "note": maker.maybe(0.2, words.sentence()),
    }
    return maker.record(Source, id_, columns)


def _named(
    maker: Maker, model: type[Record], id_: int, columns: Row, other: str, topics: Sequence[str] = ()
) -> Row:
    """Make the row of a team or library; every fifth has another name."""
    alias = other if id_ % 5 == 0 else None
    parts = {
        "alias_rows": [SimpleNamespace(name=alias)] if alias else [],
        "topic_rows": [SimpleNamespace(topic=topic) for topic in topics],
    }
    return {**maker.record(model, id_, columns, **parts), "alias": alias}


def _tool(maker: Maker, id_: int, name: str) -> Row:
    slug = slugify(name)
    is_ours = id_ <= maker.size.in_house
    origin = (
        Origin.IN_HOUSE if is_ours else maker.random.choice([Origin.OPEN_SOURCE] * 9 + [Origin.COMMERCIAL])
    )
    has_maker = is_ours or maker.happens(0.2)
    has_package = origin is Origin.OPEN_SOURCE and maker.happens(0.8)
    return {
        "slug": slug,
        "name": name,
        "kind": maker.random.choice([LibraryKind.LIBRARY] * 6 + list(LibraryKind)),
        "origin": origin,
        "maker_id": maker.random.randint(1, maker.size.organizations) if has_maker else None,
        "summary": maker.maybe(0.9, maker.words.sentence(name)),
        "homepage_url": maker.maybe(0.6, f"https://{slug}.example/"),
        "repository_url": f"https://git.example/{slug}/{slug}" if has_package else None,
        "repository_key": f"git.example/{slug}/{slug}" if has_package else None,
        "documentation_url": maker.maybe(0.4, f"https://docs.example/{slug}/"),
        "purl": f"pkg:pypi/{slug}" if has_package else None,
        "purl_key": f"pkg:pypi/{slug}" if has_package else None,
        "license": maker.random.choice(_LICENSES) if has_package else None,
        "language": maker.maybe(0.9, maker.random.choice(_LANGUAGES)),
    }


def _life(maker: Maker, id_: int) -> Row:
    """Say how well a library is kept; half of those that are not have a successor."""
    lifecycle = maker.random.choices(list(Lifecycle), (60, 10, 3, 2, 25))[0]
    is_ended = lifecycle in _ENDED
    is_replaced = is_ended and id_ > 1 and maker.happens(0.5)
    source = maker.random.randint(1, maker.size.sources)
    return {
        "lifecycle": lifecycle,
        "lifecycle_on": maker.day() if is_ended else None,
        "lifecycle_note": maker.words.sentence("It is over:") if is_ended else None,
        "lifecycle_source_id": source if is_ended else None,
        "replaced_by_id": maker.random.randint(1, id_ - 1) if is_replaced else None,
        "replaced_by_source_id": source if is_replaced else None,
    }
