"""Made-up atlases: what the generator promises, on both databases."""

import hashlib

import orjson
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from app.db import Author, Base, Database
from app.models import Atlas, Change, Kind, Library, UseCase
from app.services.importing import import_records
from app.services.registry import COLLECTIONS
from bench.generate import generate, main
from bench.world import Size
from tests.databases import patient
from tests.graph_by_hand import records_of

SIZE = Size(300)
LISTS = [collection.path for collection in COLLECTIONS.values()]
VIEWS = [
    ("teams", "libraries"),
    ("teams", "use-cases"),
    ("libraries", "teams"),
    ("libraries", "use-cases"),
    ("purposes", "use-cases"),
    ("sources", "use-cases"),
]


def digest(url):
    """Digest every row of an atlas, but for which atlas it is and how search keeps it."""
    database = Database(patient(url))
    whole = hashlib.sha256()
    with database.reading() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name == "atlas" or table.name.startswith("search"):
                continue
            for row in connection.execute(sa.select(table).order_by(*table.primary_key)):
                whole.update(orjson.dumps(list(row), option=orjson.OPT_SORT_KEYS))
    database.dispose()
    return whole.hexdigest()


def digest_of_new(farm, seed):
    url = farm.fresh("empty")
    generate(patient(url), SIZE, seed)
    found = digest(url)
    farm.drop(url)
    return found


@pytest.fixture
def atlas(generated):
    """The database of the made-up atlas."""
    return generated.app.extensions["database"]


@pytest.fixture
def own_generated(session_app, client, database_url):
    """A client with a good token, of a made-up atlas of the test's own."""
    generate(patient(database_url), SIZE, seed=1)
    return client


class TestSeed:
    def test_the_same_one_makes_the_same_rows(self, farm, generated_url):
        assert digest_of_new(farm, 1) == digest(generated_url)

    def test_another_one_makes_others(self, farm, generated_url):
        assert digest_of_new(farm, 2) != digest(generated_url)

    def test_both_databases_have_the_same_rows(self, sqlite_farm, postgresql_farm):
        assert digest_of_new(sqlite_farm, 1) == digest_of_new(postgresql_farm, 1)


class TestRecords:
    @pytest.mark.parametrize(("path", "kind"), [(c.path, kind) for kind, c in COLLECTIONS.items()])
    def test_there_are_as_many_as_the_size_says(self, generated, path, kind):
        expected = SIZE.use_cases if kind is Kind.USE_CASE else getattr(SIZE, path)
        assert generated.get(f"/{path}?limit=1").get_json()["total"] == expected

    def test_each_is_as_a_client_could_have_sent_it(self, farm, atlas):
        url = farm.fresh("empty")
        database = Database(patient(url))
        made = {kind: [] for kind in COLLECTIONS}
        for id_, record in records_of(atlas).items():
            made[Kind(id_.partition(":")[0])].append(record)
        with database.writing(Author("tests", "tests")) as session:
            report = import_records(session, made)
        written = records_of(database)
        database.dispose()
        farm.drop(url)
        assert len(report.created) == SIZE.records
        assert shown(written) == shown(records_of(atlas))

    def test_each_has_a_row_in_the_log_and_none_is_without(self, atlas):
        with atlas.reading() as connection:
            seqs = connection.scalars(sa.select(Change.seq).order_by(Change.seq)).all()
            version = connection.scalar(sa.select(Atlas.version))
        assert seqs == list(range(1, SIZE.records + 1))
        assert version == SIZE.records

    def test_every_reference_leads_somewhere(self, atlas):
        with atlas.reading() as connection:
            if connection.dialect.name == "sqlite":
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            for key in {key for table in Base.metadata.tables.values() for key in table.foreign_keys}:
                target = key.column.table.alias("target")
                leads = sa.exists().where(target.c[key.column.name] == key.parent)
                astray = sa.select(key.parent).where(key.parent.is_not(None), ~leads)
                assert connection.execute(astray).all() == []

    def test_some_libraries_are_built_on_one_another_in_a_ring(self, atlas):
        built = {
            (made["library"], base["library"])
            for record in records_of(atlas).values()
            for made in record.get("usages", ())
            for base in record["usages"]
            if made["role"] == "builds" != base["role"]
        }
        reached = set(built)
        while more := {(a, d) for a, b in reached for c, d in built if b == c} - reached:
            reached |= more
        assert any(a == b for a, b in reached)

    def test_a_few_libraries_are_used_by_many(self, atlas):
        with atlas.reading() as connection:
            counts = connection.execute(
                sa.text("SELECT count(*) FROM usage GROUP BY library_id ORDER BY 1 DESC")
            )
            (first, *_rest), many = (column := [row[0] for row in counts]), len(column)
        assert first > 10 * column[many // 2]

    @pytest.mark.parametrize("kind", ["stance", "status", "lifecycle", "role", "check", "origin"])
    def test_every_word_occurs(self, atlas, kind):
        rows = list(records_of(atlas).values())
        inner = [part for row in rows for part in (*row.get("usages", ()), *row.get("evidence", ()))]
        words = {row[kind] for row in [*rows, *inner] if kind in row}
        columns = {"stance": UseCase.stance, "status": UseCase.status, "lifecycle": Library.lifecycle}
        assert len(words) >= (len(columns[kind].type.enums) if kind in columns else 3)


class TestAtlas:
    @pytest.mark.parametrize("path", LISTS)
    def test_every_list_answers(self, generated, path):
        assert generated.get(f"/{path}?limit=200").status_code == 200

    @pytest.mark.parametrize(("path", "view"), VIEWS)
    def test_every_view_answers(self, generated, path, view):
        slug = generated.get(f"/{path}?limit=1").get_json()["items"][0]["slug"]
        assert generated.get(f"/{path}/{slug}/{view}?limit=200").status_code == 200

    def test_other_names_and_old_slugs_lead_to_records(self, generated):
        team = next(item for item in generated.get("/teams").get_json()["items"] if item["aliases"])
        found = generated.get("/teams", query_string={"uses": "nothing", "q": team["aliases"][0]})
        assert found.status_code == 200
        old = generated.get("/libraries?limit=200").get_json()["items"]
        answers = {generated.get(f"/libraries/old-{item['slug']}").status_code for item in old}
        assert answers == {308, 404}

    @pytest.mark.parametrize("path", ["organizations", "purposes"])
    def test_records_can_be_added_behind_them(self, own_generated, path):
        assert own_generated.post(f"/{path}", {"name": "New"}).status_code == 201


class TestMain:
    def run(self, *arguments):
        return CliRunner().invoke(main, arguments)

    def test_it_makes_a_new_database(self, tmp_path):
        ran = self.run("--use-cases", "20", "--database-url", f"sqlite:///{tmp_path}/new.db")
        assert ran.exit_code == 0, ran.output
        assert f"{Size(20).records} records with seed 1" in ran.output

    def test_it_leaves_an_atlas_alone_that_is_not_empty(self, tmp_path):
        url = f"sqlite:///{tmp_path}/new.db"
        self.run("--use-cases", "20", "--database-url", url)
        ran = self.run("--use-cases", "20", "--database-url", url)
        assert (ran.exit_code, "not empty" in ran.output) == (1, True)

    def test_it_refuses_a_url_that_it_cannot_use(self):
        assert self.run("--database-url", "mysql://localhost/atlas").exit_code == 2

    def test_it_has_to_be_told_where(self):
        assert self.run().exit_code == 2


def shown(records):
    """Leave out what depends on when a record was written."""
    stamps = {
        "created_at",
        "updated_at",
        "confirmed_at",
        "confirmed_by",
        "fresh_at",
        "disputed_at",
        "disputed_by",
    }
    return {
        id_: {
            **{name: value for name, value in record.items() if name not in stamps},
            "evidence": [
                {name: value for name, value in piece.items() if name not in {"id", "check", "checked_at"}}
                for piece in record.get("evidence", ())
            ],
        }
        for id_, record in records.items()
    }
