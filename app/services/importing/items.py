"""What is taken in, and what becomes of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import Flaw
from app.models import Kind, Outcome


@dataclass(slots=True)
class Item:
    """A record as it came.

    Attributes:
        kind: of the record.
        data: in the shape that PUT takes.
        pointer: where it stands: `/use-cases/17`.
        line: where it begins in the file, from 1; None: not known.
    """

    kind: Kind
    data: Any
    pointer: str
    line: int | None = None


@dataclass(slots=True)
class Checked:
    """An item whose shape was looked at.

    Attributes:
        item: as it came.
        slug: of its record; None where it has none that is one.
        values: loaded by the record's schema; empty where there are flaws.
        flaws: what is wrong with it, pointers from the item on.
    """

    item: Item
    slug: str | None
    values: Mapping[str, Any]
    flaws: Sequence[Flaw] = ()


@dataclass(slots=True)
class Verdict:
    """What becomes of an item.

    Attributes:
        item: as it came.
        slug: of its record; None where it has none that is one.
        outcome: what is done.
        flaws: why it is rejected.
    """

    item: Item
    slug: str | None
    outcome: Outcome
    flaws: Sequence[Flaw] = ()

    def document(self) -> dict[str, Any]:
        """Give the verdict as a report shows it."""
        return {
            "pointer": self.item.pointer,
            "line": self.item.line,
            "kind": self.item.kind,
            "slug": self.slug,
            "result": self.outcome,
            "errors": [flaw.document() for flaw in self.placed_flaws()] if self.flaws else [],
        }

    def placed_flaws(self) -> list[Flaw]:
        """Give the flaws with pointers from the top of the file on."""
        at = self.item.pointer
        return [Flaw(flaw.detail, flaw.code, at + (flaw.pointer or "")) for flaw in self.flaws]


@dataclass(slots=True)
class Counts:
    """How many items came to what."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


def counted(verdicts: Sequence[Verdict]) -> Counts:
    """Count verdicts."""
    found = Counter([verdict.outcome for verdict in verdicts])
    return Counts(**{outcome.value: found[outcome] for outcome in Outcome})
