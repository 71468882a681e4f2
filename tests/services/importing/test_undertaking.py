"""Rules of an import that no single PUT has, or that random files meet too seldom."""

import pytest
import sqlalchemy as sa

from app.db import Author, Database
from app.errors import Invalid
from app.models import ImportMode, Kind
from app.services.importing import undertaking
from app.services.importing.checking import check
from app.services.importing.items import Item
from app.services.importing.undertaking import Import
from app.services.reading import get
from app.services.registry import COLLECTIONS
from tests.databases import patient

AUTHOR = Author("tests", "1")
SOURCE = (Kind.SOURCE, {"slug": "how", "title": "How", "kind": "article"})
TEAM = (Kind.TEAM, {"slug": "core", "name": "CORE", "organization": "netflix"})
ORGANIZATION = (Kind.ORGANIZATION, {"slug": "netflix", "name": "Netflix"})


def library(slug, **members):
    return Kind.LIBRARY, {"slug": slug, "name": slug, **members}


def use_case(**members):
    return Kind.USE_CASE, {
        "slug": "alerts",
        "title": "Alerts",
        "team": "core",
        "evidence": [{"source": "how"}],
        **members,
    }


@pytest.fixture
def take(database):
    """Imports items and gives each one's outcome and codes: `take(library("a"), mode=...)`."""

    def run(*items, mode=ImportMode.PARTIAL, between=lambda: None):
        checked = check([Item(kind, data, f"/{place}") for place, (kind, data) in enumerate(items)])
        work = Import(checked, AUTHOR, database.clock, mode)
        with database.reading() as connection:
            report = work.prepare(connection)
        between()
        if report is None:
            with database.writing(AUTHOR) as session:
                report = work.write(session)
        return [(item["result"], [flaw["code"] for flaw in item["errors"]]) for item in report["items"]]

    return run


@pytest.fixture
def read(database):
    """Reads a record: `read(Kind.LIBRARY, "a")`."""

    def run(kind, slug):
        with database.reading() as connection:
            return get(connection, COLLECTIONS[kind], slug)

    return run


class TestPlanning:
    def test_it_may_take_long_between_two_statements(self, postgresql_farm):
        """PostgreSQL ends a transaction that says nothing for ten seconds; an import judges its items."""
        url = postgresql_farm.fresh("empty")
        database = Database(patient(url))
        setting = sa.text("SELECT current_setting('idle_in_transaction_session_timeout')")
        work = Import(check([Item(*library("a"), "/0")]), AUTHOR, database.clock)
        with database.reading() as connection:
            before = connection.scalar(setting)
            work.prepare(connection)
            assert [before, connection.scalar(setting)] == ["10s", "1min"]
        database.dispose()
        postgresql_farm.drop(url)


class TestReferences:
    def test_a_circle_of_new_libraries_is_refused(self, take):
        circle = library("a", replaced_by="b"), library("b", replaced_by="a")
        assert take(*circle) == [("rejected", ["rejected_reference"]), ("rejected", ["circle"])]

    def test_what_points_at_a_rejected_item_is_rejected(self, take):
        assert take(library("a", odd=1), library("b", replaced_by="a")) == [
            ("rejected", ["unknown_member"]),
            ("rejected", ["rejected_reference"]),
        ]

    def test_a_library_that_is_there_may_get_a_new_successor(self, take, read):
        take(library("a"))
        assert take(library("a", replaced_by="b"), library("b")) == [("updated", []), ("created", [])]
        assert read(Kind.LIBRARY, "a")["replaced_by"]["slug"] == "b"

    def test_a_library_does_not_replace_itself_by_any_name(self, take):
        take(library("a", aliases=["other"]))
        replaced = take(library("a", aliases=["other"], replaced_by="other"), library("b", replaced_by="b"))
        assert replaced == [("rejected", ["invalid"])] * 2

    def test_a_new_alias_leads_to_its_record(self, take, read):
        items = (ORGANIZATION, SOURCE, TEAM, library("numpy", aliases=["np"]))
        assert take(*items, use_case(usages=[{"library": "np"}]))[-1] == ("created", [])
        assert read(Kind.USE_CASE, "alerts")["usages"][0]["library"]["slug"] == "numpy"

    def test_near_names_are_looked_up_for_the_first_ones_only(self, take, monkeypatch):
        monkeypatch.setattr(undertaking, "_MOST_SUGGESTIONS", 1)
        take(library("numpy"))
        items = [library("a", replaced_by="numpi"), library("b", replaced_by="nunpy")]
        with pytest.raises(Invalid) as caught:
            take(*items, mode=ImportMode.ATOMIC)
        assert [flaw.detail.endswith("Near: numpy.") for flaw in caught.value.flaws] == [True, False]


class TestNames:
    def test_a_name_that_is_given_up_may_be_taken_after_it(self, take):
        take(library("a", purl="pkg:pypi/a", aliases=["first"]))
        new = library("b", name="a", purl="pkg:pypi/a", aliases=["first"])
        assert take(library("a", name="z"), new) == [("updated", []), ("created", [])]

    def test_but_not_before(self, take):
        take(library("a"))
        assert take(library("b", name="a"), library("a", name="z")) == [
            ("rejected", ["conflict"]),
            ("updated", []),
        ]

    def test_a_name_may_be_spelt_otherwise(self, take, read):
        take(library("a", aliases=["One", "Two"]))
        assert take(library("a", aliases=["ONE", "Three"])) == [("updated", [])]
        assert read(Kind.LIBRARY, "a")["aliases"] == ["ONE", "Three"]

    def test_the_second_of_one_slug_is_rejected(self, take):
        assert take(library("a"), library("a", name="b")) == [("created", []), ("rejected", ["repeated"])]

    def test_what_is_no_object_is_rejected(self, take):
        assert take((Kind.LIBRARY, "numpy")) == [("rejected", ["invalid"])]


class TestParts:
    def test_lists_are_brought_to_what_is_sent(self, take, read):
        take(ORGANIZATION, SOURCE, TEAM, library("a", topics=["x", "y"]), library("b"))
        take(use_case(usages=[{"library": "a"}], evidence=[{"source": "how"}, {"source": "how", "line": 2}]))
        kept = read(Kind.USE_CASE, "alerts")["evidence"][1]
        new = {"source": "how", "line": 1}
        usages = [{"library": "b", "role": "builds"}, {"library": "a", "version_range": ">=1"}]
        take(
            use_case(usages=usages, evidence=[new, new, {"source": "how", "line": 2}]),
            library("a", topics=["y"]),
        )
        found = read(Kind.USE_CASE, "alerts")
        assert [usage["version_range"] for usage in found["usages"]] == [">=1", None]
        assert [piece["line"] for piece in found["evidence"]] == [2, 1]
        assert found["evidence"][0] == kept
        assert read(Kind.LIBRARY, "a")["topics"] == ["y"]

    def test_the_same_library_by_two_names_is_one_usage(self, take, read):
        take(ORGANIZATION, SOURCE, TEAM, library("a", aliases=["other"]))
        usages = [{"library": "a"}, {"library": "other", "version_range": ">=1"}]
        take(use_case(usages=usages))
        assert [usage["version_range"] for usage in read(Kind.USE_CASE, "alerts")["usages"]] == [None]
        take(use_case(usages=usages))
        assert [usage["version_range"] for usage in read(Kind.USE_CASE, "alerts")["usages"]] == [">=1"]


class TestMeanwhile:
    """What happens between the plan and the lock."""

    def test_an_atlas_that_has_moved_on_is_looked_at_anew(self, take, read):
        def other():
            take(library("other", name="a"))

        assert take(library("a"), library("b"), between=other) == [
            ("rejected", ["conflict"]),
            ("created", []),
        ]

    def test_all_or_nothing_holds_then_too(self, take):
        with pytest.raises(Invalid):
            take(library("a"), mode=ImportMode.ATOMIC, between=lambda: take(library("other", name="a")))

    def test_what_another_one_has_written_is_unchanged(self, take):
        assert take(library("a"), between=lambda: take(library("a"))) == [("unchanged", [])]
