from datetime import date

import pytest
import sqlalchemy as sa

from app.db import NAMING_CONVENTION, Base, Database
from app.models import Evidence, Kind, Record
from app.versions import VERSIONED
from tests.databases import open_log, patient
from tests.rows import NOW, ROWS

# What nobody writes to: the version of the atlas, what is derived from the records, what is kept of requests.
MADE_BY_THE_CODE = {
    *(one.versions.name for one in VERSIONED),
    *("atlas", "claim", "purpose_claim", "search_entry", "search_word", "tally", "listed_use_case"),
    *("import_progress", "kept_answer", "webhook_sender"),
}
LINKS = {"library_topic", "use_case_purpose", "usage", "token_team"}
TABLES = Base.metadata.tables
MODELS = {mapper.local_table.name: mapper for mapper in Base.registry.mappers}


@pytest.fixture(scope="module")
def shared_database(farm):
    """One database for all tests of this file; each rolls back what it does."""
    url = farm.fresh("empty")
    database = Database(patient(url))
    yield database
    database.dispose()
    farm.drop(url)


@pytest.fixture
def filled(shared_database):
    """A connection in a transaction in which every table holds one good row."""
    with shared_database.writer.connect() as connection:
        for table, row in ROWS.items():
            add(connection, table, **row)
        yield connection
        connection.rollback()


def add(connection, table, **values):
    columns = {attribute.key: attribute.columns[0] for attribute in MODELS[table].column_attrs}
    connection.execute(sa.insert(TABLES[table]), {columns[name].key: value for name, value in values.items()})


def other(table, **changes):
    """Give a second good row of a table, changed."""
    row = dict(ROWS[table])
    for name, value in {"id": 2, "slug": "other", "name_key": "other", "seq": 2, "key": "other"}.items():
        if name in row:
            row[name] = value
    if table == "token":
        row |= {"name": "other", "prefix": "other"}
    if table == "webhook":
        row |= {"public": "other"}
    if table == "import_progress":
        row |= {"sha256": "1" * 64}
    return {**row, **changes}


TOO_LONG_SLUG, TOO_LONG_NAME = "a" * 81, "a" * 201
BAD = [
    *(
        (table, {"slug": slug})
        for table in ("team", "library")
        for slug in ("", "A", "-a", "a-", "a--b", TOO_LONG_SLUG)
    ),
    *(
        (table, {"slug": ROWS[table]["slug"]})
        for table in ("organization", "team", "library", "purpose", "use_case")
    ),
    *((table, {"slug": ROWS[table]["slug"]}) for table in ("source",)),
    *(
        (table, {"name_key": ROWS[table]["name_key"]})
        for table in ("organization", "team", "library", "purpose")
    ),
    *(
        (table, {"name": name})
        for table in ("organization", "team", "library", "purpose")
        for name in ("", TOO_LONG_NAME)
    ),
    *((table, {"title": title}) for table in ("use_case", "source") for title in ("", TOO_LONG_NAME)),
    *((table, {"name": None}) for table in ("organization", "team", "library", "purpose", "alias")),
    *((table, {"revision": None}) for table in ("team", "library", "use_case")),
    ("team", {"organization_id": None}),
    ("team", {"organization_id": 9}),
    ("library", {"summary": ""}),
    ("library", {"summary": "a" * 501}),
    ("library", {"maker_id": 9}),
    ("library", {"lifecycle_source_id": 9}),
    ("library", {"replaced_by_id": 9}),
    ("library", {"replaced_by_id": 2}),
    ("library", {"replaced_by_source_id": 9}),
    ("library_topic", {}),
    ("library_topic", {"library_id": 9}),
    ("use_case", {"team_id": 9}),
    ("use_case", {"since": date(2026, 2, 1), "until": date(2026, 1, 1)}),
    ("use_case", {"confirmed_at": NOW}),
    ("use_case", {"confirmed_by": "tester"}),
    ("use_case", {"disputed_at": NOW}),
    ("use_case", {"disputed_by": "tester"}),
    ("use_case_purpose", {}),
    ("use_case_purpose", {"purpose_id": 9}),
    ("use_case_purpose", {"use_case_id": 9}),
    ("usage", {}),
    ("usage", {"library_id": 9}),
    ("source", {"text_sha256": "0" * 63}),
    ("evidence", {"source_id": 9}),
    ("evidence", {"use_case_id": 9}),
    ("evidence", {"line": 0}),
    ("evidence", {"start": 1}),
    ("evidence", {"end": 1}),
    ("evidence", {"start": -1, "end": 1}),
    ("evidence", {"start": 1, "end": 1}),
    ("evidence", {"excerpt_sha256": "0"}),
    ("alias", {"key": "core team"}),
    ("alias", {"team_id": None}),
    ("alias", {"team_id": 9}),
    ("alias", {"library_id": 1}),
    ("alias", {"kind": "purpose", "team_id": None, "purpose_id": 1}),
    ("change", {"seq": 1}),
    ("change", {"before": {}}),
    ("change", {"after": None}),
    ("change", {"action": "update"}),
    ("change", {"action": "delete", "before": {}}),
    ("token", {"name": "tester"}),
    ("token", {"prefix": "0123456789"}),
    ("token", {"sha256": "0"}),
    ("token", {"expires_at": NOW}),
    ("token_team", {}),
    ("token_team", {"team_id": 9}),
]
ENUMERATED = [
    (table.name, column.name)
    for table in TABLES.values()
    for column in table.columns
    if isinstance(column.type, sa.Enum) and table.name in ROWS
]


class TestConstraints:
    @pytest.mark.parametrize(("table", "changes"), BAD)
    def test_they_refuse(self, filled, table, changes):
        values = {**other(table), **changes}
        is_too_long = any(isinstance(value, str) and len(value) > 80 for value in changes.values())
        with pytest.raises(
            sa.exc.DataError if is_too_long and not is_sqlite(filled) else sa.exc.IntegrityError
        ):
            add(filled, table, **values)

    @pytest.mark.parametrize("table", [name for name in ROWS if name not in LINKS])
    def test_they_take_a_second_good_row(self, filled, table):
        add(filled, table, **other(table))
        assert filled.scalar(sa.select(sa.func.count()).select_from(TABLES[table])) == 2

    @pytest.mark.parametrize(("table", "column"), ENUMERATED)
    def test_they_refuse_a_word_that_is_not_in_the_vocabulary(self, filled, table, column):
        open_log(filled)  # its triggers would be the first to refuse
        statement = sa.text(f"UPDATE {table} SET {column} = 'nonsense'")  # noqa: S608  # names from our own tables
        with pytest.raises(sa.exc.IntegrityError):
            filled.execute(statement)

    def test_every_table_has_a_good_row_here(self):
        assert set(TABLES) - set(ROWS) <= MADE_BY_THE_CODE


def is_sqlite(connection):
    return connection.dialect.name == "sqlite"


class TestAtlasRow:
    def test_there_is_one(self, filled):
        row = filled.execute(sa.text("SELECT id, version FROM atlas")).one()
        assert tuple(row) == (1, 0)

    @pytest.mark.parametrize(
        "statement",
        ["INSERT INTO atlas (id, instance, version) VALUES (2, 'x', 0)", "UPDATE atlas SET version = -1"],
    )
    def test_there_is_never_another_kind(self, filled, statement):
        with pytest.raises(sa.exc.IntegrityError):
            filled.execute(sa.text(statement))


class TestForeignKeys:
    @pytest.mark.parametrize("table", ["organization", "team", "library", "purpose", "source"])
    def test_what_is_pointed_at_stays(self, filled, table):
        if table == "organization":
            filled.execute(sa.text("UPDATE library SET maker_id = 1"))
        with pytest.raises(sa.exc.IntegrityError):
            filled.execute(sa.delete(TABLES[table]))

    @pytest.mark.parametrize("part", ["evidence", "usage", "use_case_purpose"])
    def test_the_parts_of_a_use_case_go_with_it(self, filled, part):
        filled.execute(sa.delete(TABLES["use_case"]))
        assert filled.execute(sa.select(TABLES[part])).all() == []

    def test_the_aliases_of_a_team_go_with_it(self, filled):
        filled.execute(sa.delete(TABLES["use_case"]))
        filled.execute(sa.delete(TABLES["team"]))
        assert filled.execute(sa.select(TABLES["alias"])).all() == []

    def test_the_id_of_deleted_evidence_is_never_given_again(self, filled):
        filled.execute(sa.delete(Evidence))
        row = {name: value for name, value in ROWS["evidence"].items() if name != "id"}
        add(filled, "evidence", **(row | ({} if is_sqlite(filled) else {"id": 2})))
        assert filled.scalar(sa.select(Evidence.id)) == 2


class TestNames:
    @pytest.mark.parametrize("table", TABLES.values(), ids=str)
    def test_every_constraint_and_index_has_one(self, table):
        names = [thing.name for thing in [*table.constraints, *table.indexes]]
        assert all(str(name).split("_")[0] in NAMING_CONVENTION for name in names)

    @pytest.mark.parametrize("table", TABLES.values(), ids=str)
    def test_none_is_longer_than_postgresql_keeps(self, table):
        assert [thing.name for thing in table.indexes if len(str(thing.name)) > 63] == []


class TestRecord:
    def test_every_kind_has_a_table(self):
        assert {model.record_kind for model in Record.__subclasses__()} == set(Kind)

    def test_it_leaves_its_texts_to_the_kinds(self):
        with pytest.raises(NotImplementedError):
            Record.texts.fget(None)
