"""What every answer is made of: references, names in order, the newest evidence."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from app.models import Kind
from bench.counting import Document
from bench.facts import Case, Facts
from bench.world import Row

FIRST_TEAMS = 5


class Teller:
    """Tells facts in the shapes of the API."""

    def __init__(self, facts: Facts) -> None:
        """Tell of these facts."""
        self.facts = facts

    def newest(self, cases: Iterable[Case]) -> Document:
        """Give the newest evidence of use cases."""
        pieces = ((piece, case) for case in cases for piece in case.evidence)
        piece, case = min(pieces, key=lambda pair: _age(self.facts.seen_on(pair[0].source), pair[0].id))
        day = self.facts.seen_on(piece.source)
        return {
            "source": self.reference(Kind.SOURCE, piece.source),
            "on": day and day.isoformat(),
            "section": piece.section,
            "line": piece.line,
            "use_case": {"slug": case.slug, "title": case.title},
        }

    def head(self, team: str) -> Document:
        """Give the beginning of what is said of a team."""
        row = self.row(Kind.TEAM, team)
        organization = self.facts.slug(Kind.ORGANIZATION, row["organization_id"])
        return {
            "team": self.reference(Kind.TEAM, team),
            "organization": self.reference(Kind.ORGANIZATION, str(organization)),
            "contact_url": row["contact_url"],
        }

    def purposes(self, cases: Iterable[Case]) -> list[Document]:
        """Give references to the purposes of use cases."""
        return self.references(Kind.PURPOSE, sorted({slug for case in cases for slug in case.purposes}))

    def teams_by_name(self, teams: Iterable[str]) -> list[str]:
        """Sort teams by name."""
        return sorted(teams, key=lambda slug: self.key(Kind.TEAM, slug))

    def references(self, kind: Kind, slugs: Iterable[str]) -> list[Document]:
        """Give references to records."""
        return [self.reference(kind, slug) for slug in slugs]

    def reference(self, kind: Kind, slug: str) -> Document:
        """Give a reference to a record."""
        row = self.row(kind, slug)
        label = "title" if "title" in row else "name"
        return {"slug": slug, label: row[label]}

    def row(self, kind: Kind, slug: str) -> Row:
        """Give the row of a record."""
        return self.facts.records[kind][slug]

    def key(self, kind: Kind, slug: str) -> tuple[str, str]:
        """Give what a record is sorted by."""
        return self.row(kind, slug)["name_key"], slug


def sorted_by(cases: Iterable[Case], keys: Callable[[Case], Iterable[str]]) -> dict[str, list[Case]]:
    """Sort use cases by what each of them has one or several of."""
    by_key: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        for key in keys(case):
            by_key[key].append(case)
    return by_key


def roles(cases: Iterable[Case], libraries: set[str]) -> list[str]:
    """Give the roles that use cases give to libraries."""
    return sorted({role.value for case in cases for library, role in case.usages if library in libraries})


def _age(day: date | None, id_: int) -> tuple[bool, int, int]:
    return day is None, -day.toordinal() if day else 0, id_
