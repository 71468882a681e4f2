from contextlib import closing

import pytest

from app.db import sqlite_file
from app.models import Kind
from app.services.exporting.records import records_of
from app.services.exporting.sqlite import tables_of, write_sqlite
from app.services.registry import COLLECTIONS
from tests.client import walk


@pytest.fixture
def export(seeded, tmp_path):
    """The export of the seeded atlas, opened."""
    path = tmp_path / "export.sqlite"
    with seeded.app.extensions["database"].reading() as connection:
        write_sqlite(records_of(connection), path)
    with closing(sqlite_file(path)) as database:
        yield database


def column(database, statement, *values):
    return [row[0] for row in database.execute(statement, values)]


class TestTables:
    def test_there_is_one_for_each_kind_and_each_list(self):
        names = {
            kind: [table.name for table in tables_of(collection)] for kind, collection in COLLECTIONS.items()
        }
        assert names[Kind.SOURCE] == ["sources", "source_authors"]
        assert names[Kind.LIBRARY] == ["libraries", "library_topics", "library_aliases"]
        assert names[Kind.USE_CASE] == [
            "use_cases",
            "use_case_purposes",
            "use_case_usages",
            "use_case_evidence",
        ]

    @pytest.mark.parametrize("kind", Kind)
    def test_they_hold_every_record(self, seeded, export, kind):
        path = COLLECTIONS[kind].path
        given = [item["slug"] for page in walk(seeded, f"/{path}?sort=slug") for item in page["items"]]
        table = tables_of(COLLECTIONS[kind])[0].name
        assert column(export, f"SELECT slug FROM {table} ORDER BY slug") == given  # noqa: S608  # our own name

    def test_lists_keep_their_order(self, seeded, export):
        case = seeded.get("/use-cases?library=python").get_json()["items"][0]
        rows = export.execute(
            "SELECT library, role FROM use_case_usages WHERE use_case = ? ORDER BY position", [case["slug"]]
        )
        assert list(rows) == [(usage["library"]["slug"], usage["role"]) for usage in case["usages"]]

    def test_lists_within_lists_are_json(self, export):
        listed = "SELECT count(*) FROM use_case_evidence, json_each(mentions)"
        assert column(export, listed)[0] > 0

    def test_every_reference_leads_somewhere(self, export):
        assert export.execute("PRAGMA foreign_key_check").fetchall() == []
        assert len(export.execute("PRAGMA foreign_key_list(use_case_usages)").fetchall()) == 2

    def test_it_is_whole(self, export):
        assert column(export, "PRAGMA integrity_check") == ["ok"]


class TestViews:
    def test_they_say_who_uses_a_library(self, seeded, export):
        teams = {item["team"]["slug"] for item in seeded.get("/libraries/python/teams").get_json()["items"]}
        found = column(export, "SELECT DISTINCT team FROM who_uses_what WHERE library = ?", "python")
        assert set(found) == teams

    def test_they_count_teams(self, seeded, export):
        library, teams = export.execute("SELECT library, teams FROM most_used_libraries").fetchone()
        assert seeded.get(f"/libraries/{library}/teams").get_json()["total"] == teams

    def test_they_say_who_says_so(self, seeded, export):
        total = seeded.get("/use-cases?team=core").get_json()["total"]
        cases = column(export, "SELECT DISTINCT use_case FROM who_says_so WHERE team = ?", "core")
        assert len(cases) == total > 0

    def test_they_name_what_is_to_be_replaced(self, seeded, export):
        old = [*seeded.get("/libraries?lifecycle=deprecated&lifecycle=archived").get_json()["items"]]
        found = column(export, "SELECT DISTINCT library FROM to_be_replaced")
        assert set(found) >= {library["slug"] for library in old if used(seeded, library)} != set()


def used(client, library):
    return client.get(f"/libraries/{library['slug']}/teams").get_json()["total"] > 0
