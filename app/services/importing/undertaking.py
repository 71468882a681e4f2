"""An import: planned on a snapshot, written under the lock.

    items -> check (shapes) -> prepare (what the atlas holds; what would be written)
          -> write (under the lock; planned anew only if the atlas has moved on)

While everything is checked and prepared nobody waits. Under the lock the rows
go to the database as they are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.db import AtlasSession, Author, hold_open
from app.errors import Flaw, Invalid
from app.models import ImportMode, Kind
from app.services.importing.items import Checked, Verdict, counted
from app.services.importing.judging import Judge
from app.services.importing.numbers import Numbers, Stamp, read_stamp
from app.services.importing.recording import Recorder
from app.services.importing.shelves import read_shelves
from app.services.lookup import near_slugs, suggestion
from app.services.registry import COLLECTIONS

MOST_ERRORS = 1_000
# To look for near names takes milliseconds, and who has so many dangling references has another problem.
_MOST_SUGGESTIONS = 20
_CONSEQUENCE = "rejected_reference"


@dataclass(frozen=True)
class _Plan:
    stamp: Stamp
    verdicts: Sequence[Verdict]
    recorder: Recorder
    report: dict[str, Any]


class Import:
    """An import, from checked items to its report."""

    def __init__(
        self,
        checked: Sequence[Checked],
        author: Author,
        clock: Callable[[], datetime],
        mode: ImportMode = ImportMode.ATOMIC,
        *,
        is_dry_run: bool = False,
    ) -> None:
        """Begin.

        Args:
            checked: items whose shapes were looked at.
            author: who imports.
            clock: gives the time.
            mode: what to do where some items cannot be taken.
            is_dry_run: only report what would be done.
        """
        self._checked = checked
        self._author = author
        self._clock = clock
        self._mode = mode
        self._is_dry_run = is_dry_run
        self._plan: _Plan | None = None

    def prepare(self, connection: Connection) -> dict[str, Any] | None:
        """Plan what is to be written.

        Args:
            connection: in a snapshot.

        Returns: the report, where nothing is to be written; else None.

        Raises:
            Invalid: some items cannot be taken, and all or none are wanted.
        """
        plan = self._plan = self._make_plan(connection)
        self._check(plan)
        return plan.report if self._is_dry_run or not plan.recorder.changes else None

    def write(self, session: AtlasSession) -> dict[str, Any]:
        """Write what is planned, and give the report.

        Args:
            session: that holds the lock.

        Raises:
            Invalid: as `prepare`, where the atlas has changed in between.
        """
        connection = session.connection()
        plan = self._plan
        if plan is None or plan.stamp != read_stamp(connection):
            plan = self._plan = self._make_plan(connection)
            self._check(plan)
        if plan.recorder.changes and not self._is_dry_run:
            plan.recorder.write(session)
            session.expire_all()
        return plan.report

    @property
    def verdicts(self) -> Sequence[Verdict]:
        """Give what becomes of each item, as far as that is planned."""
        return self._plan.verdicts if self._plan else ()

    def _make_plan(self, connection: Connection) -> _Plan:
        hold_open(connection)  # the items are judged between two statements
        stamp = read_stamp(connection)
        shelves = read_shelves(connection, self._checked)
        recorder = Recorder(connection.dialect, Numbers(stamp), self._author, self._clock())
        judge = Judge(self._author, shelves, recorder, _Near(connection))
        verdicts = judge.judge(self._checked)
        return _Plan(stamp, verdicts, recorder, self._report(verdicts))

    def _check(self, plan: _Plan) -> None:
        if self._mode is ImportMode.ATOMIC:
            flaws = [flaw for verdict in plan.verdicts for flaw in verdict.placed_flaws()]
            if flaws:
                raise refusal(flaws, counted(plan.verdicts).rejected)

    def _report(self, verdicts: Sequence[Verdict]) -> dict[str, Any]:
        counts = counted(verdicts)
        return {
            "mode": self._mode,
            "dry_run": self._is_dry_run,
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "rejected": counts.rejected,
            "items": [verdict.document() for verdict in verdicts],
            "ended": [],
            "detached": [],
            "remarks": [],
        }


def refusal(flaws: Sequence[Flaw], rejected: int) -> Invalid:
    """Make the error for items that cannot be taken: 1,000 flaws, what only follows from others last."""
    ordered = sorted(flaws, key=lambda flaw: flaw.code == _CONSEQUENCE)
    first, more = ordered[0], max(0, len(flaws) - MOST_ERRORS)
    detail = (
        f"{rejected} of the items cannot be taken, so none is. The first: {first.detail} ({first.pointer})"
    )
    members = {"rejected": rejected, "more_errors": more}
    return Invalid(detail, flaws=ordered[:MOST_ERRORS], members=members)


class _Near:
    """Makes sentences that offer near slugs: each once, and not without end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._made: dict[tuple[Kind, str], str] = {}

    def __call__(self, kind: Kind, slug: str) -> str:
        key = kind, slug
        if key not in self._made:
            if len(self._made) >= _MOST_SUGGESTIONS:
                return ""
            near = near_slugs(self._connection, COLLECTIONS[kind].model, slug)
            self._made[key] = suggestion(near)
        return self._made[key]
