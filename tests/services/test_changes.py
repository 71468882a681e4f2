"""Every write leaves one row for each record that it touched, and nothing else does."""

from contextlib import suppress

import pytest
import sqlalchemy as sa

from app.db import Author
from app.errors import Conflict
from app.models import Atlas, Change, Kind, Team
from app.services import evidence, writing
from app.services.importing import import_records
from app.services.registry import COLLECTIONS

AUTHOR = Author("somebody", "request-7")
STAMPS = {"revision", "created_at", "updated_at"}


class Desk:
    """Writes through the services, and reads the log."""

    def __init__(self, database):
        self.database = database

    def create(self, kind, /, **body):
        with self.database.writing(AUTHOR) as session:
            return writing.create(session, COLLECTIONS[kind], body)

    def patch(self, kind, record, /, **body):
        with self.database.writing(AUTHOR) as session:
            return writing.patch(session, COLLECTIONS[kind], record, body)

    def delete(self, kind, slug, **options):
        with self.database.writing(AUTHOR) as session:
            writing.delete(session, COLLECTIONS[kind], slug, **options)

    def log(self, since=0):
        with self.database.reading() as connection:
            rows = connection.execute(sa.select(Change).where(Change.seq > since).order_by(Change.seq))
            return rows.all()

    def version(self):
        with self.database.reading() as connection:
            return connection.scalar(sa.select(Atlas.version))


@pytest.fixture
def desk(database):
    return Desk(database)


@pytest.fixture
def claim(desk):
    """A use case with all around it, and the version that it stands at."""
    desk.create(Kind.ORGANIZATION, name="Netflix")
    desk.create(Kind.TEAM, name="CORE", organization="netflix", aliases=["Core team"])
    desk.create(Kind.LIBRARY, name="NumPy", topics=["science"])
    desk.create(Kind.PURPOSE, name="Analysis")
    desk.create(Kind.SOURCE, title="How", kind="article")
    desk.create(
        Kind.USE_CASE,
        slug="alerts",
        title="Alerts",
        team="core",
        purposes=["analysis"],
        usages=[{"library": "numpy"}],
        evidence=[{"source": "how", "line": 1}, {"source": "how", "line": 2}],
    )
    return desk.version()


def only(rows):
    (row,) = rows
    return row


class TestCreate:
    def test_it_leaves_the_whole_record(self, desk):
        desk.create(Kind.PURPOSE, name="Analysis")
        row = only(desk.log())
        assert (row.seq, row.action, row.kind, row.slug, row.revision) == (
            1,
            "create",
            "purpose",
            "analysis",
            1,
        )
        assert row.before is None
        assert {name: row.after[name] for name in row.after if name not in STAMPS} == {
            "slug": "analysis",
            "name": "Analysis",
            "description": None,
        }

    def test_it_says_who_when_and_in_which_request(self, desk):
        made = desk.create(Kind.PURPOSE, name="Analysis")
        row = only(desk.log())
        assert (row.actor, row.request_id) == ("somebody", "request-7")
        assert row.at >= made["created_at"]

    def test_a_use_case_is_one_row_with_its_parts(self, desk, claim):
        row = desk.log()[-1]
        assert row.kind == "use_case"
        assert row.after["usages"] == [
            {"library": "numpy", "role": "uses", "version_range": None, "scope": None}
        ]
        assert row.after["purposes"] == ["analysis"]
        assert [item["line"] for item in row.after["evidence"]] == [1, 2]

    def test_the_version_of_the_atlas_is_the_last_row(self, desk, claim):
        assert claim == desk.log()[-1].seq == 6


class TestUpdate:
    @pytest.mark.parametrize(
        ("kind", "slug", "member", "value", "before"),
        [
            (Kind.ORGANIZATION, "netflix", "description", "Films.", None),
            (Kind.TEAM, "core", "area", "Statistics", None),
            (Kind.TEAM, "core", "aliases", ["Another name"], ["Core team"]),
            (Kind.LIBRARY, "numpy", "topics", ["arrays", "science"], ["science"]),
            (Kind.LIBRARY, "numpy", "aliases", ["Numerical Python"], []),
            (Kind.LIBRARY, "numpy", "lifecycle", "active", "unknown"),
            (Kind.LIBRARY, "numpy", "maker", "netflix", None),
            (Kind.SOURCE, "how", "published_on", "2019-04-30", None),
            (Kind.USE_CASE, "alerts", "purposes", [], ["analysis"]),
            (
                Kind.USE_CASE,
                "alerts",
                "usages",
                [{"library": "numpy", "role": "extends", "version_range": None, "scope": None}],
                [{"library": "numpy", "role": "uses", "version_range": None, "scope": None}],
            ),
            (
                Kind.USE_CASE,
                "alerts",
                "usages",
                [{"library": "numpy", "role": "uses", "version_range": ">=2", "scope": None}],
                [{"library": "numpy", "role": "uses", "version_range": None, "scope": None}],
            ),
        ],
    )
    def test_it_leaves_one_row_with_before_and_after(self, desk, claim, kind, slug, member, value, before):
        desk.patch(kind, slug, **{member: value})
        row = only(desk.log(claim))
        assert (row.action, row.kind, row.slug, row.revision) == ("update", kind, slug, 2)
        assert (row.before[member], row.after[member]) == (before, value)
        changed = {name for name in row.after if row.after[name] != row.before[name]}
        assert changed <= {member, "revision", "updated_at", "fresh_at"}

    def test_the_next_row_begins_where_the_last_one_ended(self, desk, claim):
        desk.patch(Kind.LIBRARY, "numpy", summary="Arrays.")
        desk.patch(Kind.LIBRARY, "numpy", summary="Arrays for all.")
        first, second = desk.log(claim)
        assert second.before == first.after

    def test_what_changes_nothing_leaves_none(self, desk, claim):
        desk.patch(Kind.LIBRARY, "numpy", topics=["science", "science"], name="NumPy")
        assert (desk.log(claim), desk.version()) == ([], claim)

    def test_a_rename_is_one_row_under_the_new_slug(self, desk, claim):
        desk.patch(Kind.LIBRARY, "numpy", slug="numeric")
        row = only(desk.log(claim))
        assert (row.slug, row.before["slug"], row.after["slug"], row.revision) == (
            "numeric",
            "numpy",
            "numeric",
            2,
        )

    def test_a_rename_back_is_one_row_too(self, desk, claim):
        desk.patch(Kind.LIBRARY, "numpy", slug="numeric")
        desk.patch(Kind.LIBRARY, "numeric", slug="numpy")
        assert [row.after["slug"] for row in desk.log(claim)] == ["numeric", "numpy"]


class TestEvidence:
    def test_adding_it_is_an_update_of_the_use_case(self, desk, claim):
        values = writing.load(evidence.USE_CASES.parts["evidence"].schema, {"source": "how", "line": 3})
        with desk.database.writing(AUTHOR) as session:
            evidence.add(session, "alerts", values, writing.NO_CONDITION)
        row = only(desk.log(claim))
        assert (row.action, row.kind, row.revision) == ("update", "use_case", 2)
        assert len(row.after["evidence"]) == len(row.before["evidence"]) + 1 == 3

    def test_adding_what_is_there_leaves_none(self, desk, claim):
        values = writing.load(evidence.USE_CASES.parts["evidence"].schema, {"source": "how", "line": 2})
        with suppress(Conflict), desk.database.writing(AUTHOR) as session:
            evidence.add(session, "alerts", values, writing.NO_CONDITION)
        assert (desk.log(claim), desk.version()) == ([], claim)

    def test_removing_it_is_an_update_of_the_use_case(self, desk, claim):
        id_ = desk.log()[-1].after["evidence"][0]["id"]
        with desk.database.writing(AUTHOR) as session:
            evidence.remove(session, "alerts", id_, writing.NO_CONDITION)
        row = only(desk.log(claim))
        assert (row.action, row.revision) == ("update", 2)
        assert [item["line"] for item in row.after["evidence"]] == [2]


class TestDelete:
    def test_it_leaves_what_was_there(self, desk, claim):
        desk.delete(Kind.USE_CASE, "alerts")
        row = only(desk.log(claim))
        assert (row.action, row.slug, row.revision, row.after) == ("delete", "alerts", 1, None)
        assert row.before == desk.log()[claim - 1].after

    def test_a_cascade_leaves_a_row_for_each(self, desk, claim):
        desk.delete(Kind.TEAM, "core", cascade=True)
        assert [(row.action, row.kind) for row in desk.log(claim)] == [
            ("delete", "use_case"),
            ("delete", "team"),
        ]

    def test_what_is_made_and_deleted_at_once_leaves_none(self, desk):
        with desk.database.writing(AUTHOR) as session:
            writing.create(session, COLLECTIONS[Kind.PURPOSE], {"name": "Analysis"})
            writing.delete(session, COLLECTIONS[Kind.PURPOSE], "analysis")
        assert (desk.log(), desk.version()) == ([], 0)


class TestTransactions:
    def test_what_is_rolled_back_leaves_none(self, desk, claim):
        with pytest.raises(Conflict):
            desk.delete(Kind.LIBRARY, "numpy")
        with suppress(ZeroDivisionError), desk.database.writing(AUTHOR) as session:
            writing.patch(session, COLLECTIONS[Kind.LIBRARY], "numpy", {"summary": "Arrays."})
            raise ZeroDivisionError
        assert (desk.log(claim), desk.version()) == ([], claim)

    def test_two_changes_of_a_record_in_one_leave_one_row(self, desk, claim):
        with desk.database.writing(AUTHOR) as session:
            for summary in ("Arrays.", "Arrays for all."):
                writing.patch(session, COLLECTIONS[Kind.LIBRARY], "numpy", {"summary": summary})
        row = only(desk.log(claim))
        assert (row.before["summary"], row.after["summary"], row.revision) == (None, "Arrays for all.", 3)

    def test_one_that_writes_nothing_leaves_none(self, desk):
        with desk.database.writing(AUTHOR) as session:
            session.scalars(sa.select(Team)).all()
        assert desk.version() == 0

    def test_it_tells_the_version_that_it_made(self, desk):
        with desk.database.writing(AUTHOR) as session:
            writing.create(session, COLLECTIONS[Kind.PURPOSE], {"name": "Analysis"})
        assert session.info["version"] == desk.version() == 1

    def test_an_import_leaves_a_row_for_each_record_in_order(self, desk):
        records = {
            Kind.ORGANIZATION: [{"slug": "netflix", "name": "Netflix"}],
            Kind.TEAM: [{"slug": "core", "name": "CORE", "organization": "netflix"}],
            Kind.PURPOSE: [{"slug": f"p{number}", "name": f"P{number}"} for number in range(3)],
        }
        with desk.database.writing(AUTHOR) as session:
            import_records(session, records)
        assert [row.slug for row in desk.log()] == ["netflix", "core", "p0", "p1", "p2"]
        assert [row.seq for row in desk.log()] == [1, 2, 3, 4, 5]
