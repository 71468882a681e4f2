"""Which items can be taken: the rules of a single PUT, for many items in turn.

Each item is judged as if the accepted ones before it were written, so that an
import accepts what one PUT after the other would accept (a property test holds
them equal). An item that points at another one of the file is judged after it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.db import Author
from app.errors import Flaw
from app.models import Action, Kind, Outcome
from app.services.assigning import REPLACES_ITSELF, contradictions
from app.services.dumping import Document
from app.services.holding import may_write, refusal
from app.services.importing.drafting import Draft, draft_of
from app.services.importing.items import Checked, Verdict
from app.services.importing.naming import clashes, go_by, slug_flaws
from app.services.importing.pointing import own_pointing, pointing_back, pointings
from app.services.importing.recording import Recorder
from app.services.importing.shelves import Ref, Shelves
from app.services.registry import COLLECTIONS
from app.services.transitions import transition_flaws

Values = Mapping[str, Any]
Near = Callable[[Kind, str], str]


class Judge:
    """Judges items, and records what is to be written for those that are accepted."""

    def __init__(self, author: Author, shelves: Shelves, recorder: Recorder, near: Near) -> None:
        """Begin.

        Args:
            author: who imports.
            shelves: what the atlas holds; changed with every item that is accepted.
            recorder: takes down what is to be written.
            near: makes the sentence that offers slugs like one of a kind.
        """
        self._author = author
        self._shelves = shelves
        self._recorder = recorder
        self._near = near
        self._is_held = author.teams is not None
        self._pointers: dict[tuple[Kind, str], str] = {}
        self._judged: set[tuple[Kind, str]] = set()

    def judge(self, checked: Sequence[Checked]) -> list[Verdict]:
        """Judge all items.

        Returns: in the order of the items.
        """
        for one in sorted(
            checked, key=lambda one: bool(one.flaws)
        ):  # a wrong one does not stand for a right one
            if one.slug:
                self._pointers.setdefault((one.item.kind, one.slug), one.item.pointer)
        verdicts = {place: self._verdict(checked[place]) for place in in_order(checked)}
        return [verdicts[place] for place in range(len(checked))]

    def _verdict(self, one: Checked) -> Verdict:
        key = one.item.kind, one.slug or ""
        pointer = self._pointers.get(key, "")
        if one.flaws:
            outcome, flaws = Outcome.REJECTED, one.flaws
        elif pointer != one.item.pointer:
            detail = f"The record of this slug stands at {pointer} already."
            outcome, flaws = Outcome.REJECTED, [Flaw(detail, "repeated", "/slug")]
        else:
            outcome, flaws = self._take(one)
        self._judged.add(key)
        return Verdict(one.item, one.slug, Outcome.REJECTED if flaws else outcome, flaws)

    def _take(self, one: Checked) -> tuple[Outcome, Sequence[Flaw]]:
        kind, values = one.item.kind, one.values
        ref = self._shelves[kind].slugs.get(values["slug"])
        if ref is not None:
            return self._take_present(kind, values, ref)
        flaws = slug_flaws(self._shelves[kind], values["slug"])
        draft, dangling = self._draft(kind, values, None)
        flaws += dangling
        flaws += self._contradictions(kind, values, None)
        flaws += clashes(self._shelves, kind, values, None)
        flaws += self._hold(kind, values, Action.CREATE)
        if draft is not None and not flaws:
            draft.ref = self._recorder.new_ref(kind, values["slug"])
            self._shelves[kind].add(draft.ref)
            go_by(self._shelves, draft, self._recorder.parts)
            self._recorder.create(draft)
        return Outcome.CREATED, flaws

    def _take_present(self, kind: Kind, values: Values, ref: Ref) -> tuple[Outcome, Sequence[Flaw]]:
        before = self._shelves[kind].present[ref.id]
        if flaws := self._hold(kind, before, Action.UPDATE):
            return Outcome.REJECTED, flaws
        draft, flaws = self._draft(kind, values, before)
        if draft is not None:
            draft.ref = ref
            if draft.is_unchanged:
                return Outcome.UNCHANGED, ()
        flaws += self._contradictions(kind, values, ref)
        if kind is Kind.USE_CASE:
            flaws += transition_flaws(before["status"], values["status"])
        flaws += clashes(self._shelves, kind, values, ref)
        flaws += self._hold(kind, values, Action.UPDATE)
        if draft is not None and not flaws:
            go_by(self._shelves, draft, self._recorder.parts)
            self._recorder.update(draft)
        return Outcome.UPDATED, flaws

    def _draft(self, kind: Kind, values: Values, before: Document | None) -> tuple[Draft | None, list[Flaw]]:
        """Draft a record, or find the references that point at nothing."""
        try:
            return draft_of(self._shelves, COLLECTIONS[kind], values, before), []
        except KeyError:
            return None, self._dangling(kind, values)

    def _dangling(self, kind: Kind, values: Values) -> list[Flaw]:
        """Find the references that point at nothing."""
        flaws = []
        for pointing in pointings(COLLECTIONS[kind].schema):
            shelf = self._shelves[pointing.kind]
            for place, slug in enumerate(pointing.slugs(values)):
                is_own = pointing.kind is kind and slug == values["slug"]
                if slug not in shelf and not is_own:
                    flaws.append(self._dangle(pointing.kind, slug, pointing.pointer(place)))
        return flaws

    def _dangle(self, kind: Kind, slug: str, pointer: str) -> Flaw:
        at = self._pointers.get((kind, slug))
        word = kind.replace("_", " ")
        if at is None:
            near = self._near(kind, slug)
            return Flaw(f"There is no {word} of that slug.{near}", "unknown_reference", pointer)
        if (kind, slug) in self._judged:
            return Flaw(f"It points at {at}, which cannot be taken.", "rejected_reference", pointer)
        return Flaw(f"It leads back to itself, by way of {at}.", "circle", pointer)

    def _contradictions(self, kind: Kind, values: Values, ref: Ref | None) -> list[Flaw]:
        flaws = contradictions(values, values["slug"])
        successor = values.get("replaced_by")
        if kind is Kind.LIBRARY and ref and successor and successor != ref.slug:
            shelf = self._shelves[kind]
            if successor in shelf and shelf.get(successor).id == ref.id:
                flaws.append(REPLACES_ITSELF)
        return flaws

    def _hold(self, kind: Kind, values: Values, action: Action) -> list[Flaw]:
        """Find what a token that is held to teams may not do."""
        if not self._is_held or may_write(self._author, kind, self._team_of(kind, values), action):
            return []
        return [Flaw(refusal(self._author), "insufficient_scope", "")]

    def _team_of(self, kind: Kind, values: Values) -> str | None:
        """Give the slug of the team that a record belongs to, or is."""
        if kind is not Kind.USE_CASE:
            return values["slug"] if kind is Kind.TEAM else None
        shelf, team = self._shelves[Kind.TEAM], values["team"]
        return shelf.get(team).slug if team in shelf else None


def in_order(checked: Sequence[Checked]) -> Iterator[int]:
    """Give the places of items, such that an item stands behind what it points at, wherever that can be."""
    for kind, collection in COLLECTIONS.items():
        places = [place for place, one in enumerate(checked) if one.item.kind is kind]
        own = own_pointing(kind, collection.schema)
        if own is None:
            yield from places
        else:
            links = [
                (values.get("slug"), values.get(own)) for values in (checked[at].values for at in places)
            ]
            yield from (places[link] for link in pointing_back(links))
