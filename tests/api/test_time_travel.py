import pytest
import sqlalchemy as sa

from app.api.contract import operations_of
from app.api.site import NAMESPACES
from app.db import Author, Database
from app.models import Atlas, Library, Usage, UseCase
from app.remembered import Remembered
from app.schemas.records import shape_of
from app.services.exporting.formats import FORMATS
from app.services.past import Past, find_past, past_of, prune_versions
from app.services.registry import COLLECTIONS
from app.versions import VERSIONED
from bench.generate import generate
from bench.world import Size
from tests.api.test_statement_counts import LISTS, count_statements
from tests.client import assert_problem, slugs, walk
from tests.databases import patient
from tests.versions import looking_back

# What speaks of now alone: words are looked up in the index, which has one state.
OF_NOW = {"search", "count_hits", "suggest"}
# What speaks of all times, and what reads no record.
OTHERS = {"diff", "list_changes", "report_leaked_token"}
OF_ALL_TIMES = ("_history", "_revision")


def version(client):
    return int(client.get("/teams?limit=1").headers["Atlas-Version"])


@pytest.fixture
def told(make, client):
    """An atlas with one library at its first version, which is called otherwise at its second."""
    make.library(slug="flask", name="Flask")
    client.patch("/libraries/flask", {"name": "Flask 2"})
    return client


class TestWhichState:
    @pytest.mark.parametrize(("seq", "name"), [(1, "Flask"), (2, "Flask 2")])
    def test_a_version_names_it(self, told, seq, name):
        assert told.get(f"/libraries/flask?as_of={seq}").get_json()["name"] == name

    @pytest.mark.parametrize(
        ("moment", "name"),
        [
            ("09:00:00Z", "Flask"),
            ("09:59:59.999999Z", "Flask"),
            ("10:00:00Z", "Flask 2"),
            ("11:00:00%2B00:30", "Flask 2"),
        ],
    )
    def test_a_time_names_the_last_change_until_then(self, make, client, at, moment, name):
        at("2026-01-31T09:00:00+00:00")
        make.library(slug="flask", name="Flask")
        at("2026-01-31T10:00:00+00:00")
        client.patch("/libraries/flask", {"name": "Flask 2"})
        at("2026-01-31T12:00:00+00:00")
        assert client.get(f"/libraries/flask?as_of=2026-01-31T{moment}").get_json()["name"] == name

    def test_at_first_the_atlas_was_empty(self, told):
        assert told.get("/libraries?as_of=0").get_json()["total"] == 0
        assert told.get("/libraries?as_of=2001-01-01T00:00:00Z").get_json()["items"] == []

    def test_the_answer_says_which_it_is(self, told):
        response = told.get("/libraries?as_of=1", headers={"Origin": "https://else.example"})
        assert (response.headers["Atlas-As-Of"], response.headers["Atlas-Version"]) == ("1", "2")
        assert "Atlas-As-Of" in response.headers["Access-Control-Expose-Headers"]

    def test_the_answer_of_now_says_nothing_of_it(self, told):
        assert "Atlas-As-Of" not in told.get("/libraries").headers

    @pytest.mark.parametrize("asked", ["3", "999999999999999999", "2999-01-01T00:00:00Z"])
    def test_what_is_still_to_come_is_refused(self, told, asked):
        assert_problem(told.get(f"/libraries?as_of={asked}"), 422, parameter="as_of")

    @pytest.mark.parametrize(
        "asked", ["", "-1", "1.0", "yesterday", "2026-01-31", "1" * 19, "2026-02-31T00:00:00Z"]
    )
    def test_what_is_neither_version_nor_time_is_refused(self, told, asked):
        assert_problem(told.get(f"/libraries?as_of={asked}"), 422, parameter="as_of")

    def test_one_connection_shows_it_and_the_next_one_does_not(self, told, database):
        assert told.get("/libraries?as_of=0").get_json()["total"] == 0
        with database.reading(may_look_back=True) as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(Library)) == 1
            assert past_of(connection) is None

    def test_two_are_seen_at_once(self, told, database):
        names = sa.select(Library.name)
        with looking_back(database, 1) as first, looking_back(database, 2) as second:
            assert (first.scalar(names), second.scalar(names), first.scalar(names)) == (
                "Flask",
                "Flask 2",
                "Flask",
            )
            assert past_of(first).seq == 1

    def test_nothing_can_be_written_there(self, told, database):
        with looking_back(database, 1) as connection, pytest.raises(sa.exc.DatabaseError):
            connection.execute(sa.delete(VERSIONED[0].versions))


class TestRecords:
    def test_one_that_was_not_there_is_not_found(self, told, make):
        make.team(slug="core", name="Core")
        problem = assert_problem(told.get("/teams/core?as_of=2"), 404, "not_found")
        assert problem["detail"].startswith("There was no team of that slug then.")

    def test_one_that_is_gone_is_found(self, told):
        told.delete("/libraries/flask")
        assert told.get("/libraries/flask").status_code == 410
        assert told.get("/libraries/flask?as_of=2").get_json()["name"] == "Flask 2"

    def test_it_has_the_slug_that_it_had(self, told):
        told.patch("/libraries/flask", {"slug": "quart"})
        assert told.get("/libraries/flask?as_of=2").get_json()["slug"] == "flask"
        assert told.get("/libraries/quart?as_of=2").status_code == 404
        response = told.get("/libraries/flask?as_of=3")
        assert (response.status_code, response.headers["Location"]) == (
            308,
            "http://localhost/api/v1/libraries/quart?as_of=3",
        )

    def test_it_has_the_etag_that_it_had(self, told):
        etag = told.get("/libraries/flask").headers["ETag"]
        told.patch("/libraries/flask", {"name": "Flask 3"})
        assert told.get("/libraries/flask?as_of=2").headers["ETag"] == etag

    def test_references_are_called_as_they_were(self, told, make):
        make.use_case(library="flask")
        then = version(told)
        told.patch("/libraries/flask", {"slug": "quart", "name": "Quart"})
        item = told.get(f"/use-cases?as_of={then}").get_json()["items"][0]
        assert item["usages"][0]["library"] == {"slug": "flask", "name": "Flask 2"}


class TestLists:
    @pytest.fixture
    def three(self, client, make):
        for name in ("A", "B", "C"):
            make.purpose(slug=name.lower(), name=name)
        then = version(client)
        make.purpose(slug="aa", name="Aa")
        client.delete("/purposes/c")
        return client, then

    def test_their_pages_belong_together(self, three):
        client, then = three
        pages = walk(client, f"/purposes?limit=1&as_of={then}")
        assert [item["slug"] for page in pages for item in page["items"]] == ["a", "b", "c"]
        assert [page["total"] for page in pages] == [3, 3, 3]

    def test_a_cursor_belongs_to_its_state(self, three):
        client, then = three
        following = client.get(f"/purposes?limit=1&as_of={then}").get_json()["next"]
        other = client.get("/purposes?limit=1").get_json()["next"]
        assert f"as_of={then}&" in following
        assert_problem(client.get(following.replace(f"as_of={then}&", "")), 422, parameter="cursor")
        assert_problem(client.get(f"{other}&as_of={then}"), 422, parameter="cursor")

    def test_their_etag_outlives_what_is_written(self, three):
        client, then = three
        path = f"/purposes?as_of={then}"
        headers = {"If-None-Match": client.get(path).headers["ETag"]}
        client.delete("/purposes/a")
        assert client.get(path, headers=headers).status_code == 304
        assert client.get(f"/purposes?as_of={then + 1}", headers=headers).status_code == 200

    def test_other_formats_show_it_whole(self, three):
        client, then = three
        lines = client.get(f"/purposes?fields=slug&format=csv&as_of={then}").get_data(as_text=True)
        assert lines.split() == ["slug", "a", "b", "c"]

    def test_batches_show_it(self, three):
        client, then = three
        items = client.post(f"/purposes/batch?as_of={then}", {"slugs": ["c", "aa"]}).get_json()["items"]
        assert [item and item["slug"] for item in items] == ["c", None]

    def test_facets_lead_on_in_it(self, client, make):
        make.library(slug="flask", topics=["web"])
        client.patch("/libraries/flask", {"topics": ["http"]})
        value = client.get("/libraries/facets?by=topic&as_of=1").get_json()["facets"][0]["values"][0]
        assert (value["value"], value["count"]) == ("web", 1)
        assert slugs(client.get(value["url"])) == ["flask"]

    def test_age_is_counted_from_then(self, client, make, at):
        at("2026-01-01T00:00:00+00:00")
        make.use_case(slug="old")
        at("2026-01-20T00:00:00+00:00")
        make.purpose()
        at("2026-01-21T00:00:00+00:00")
        assert slugs(client.get("/use-cases?stale=10&as_of=2026-01-05T00:00:00Z")) == []
        assert slugs(client.get("/use-cases?stale=10&as_of=2026-01-15T00:00:00Z")) == ["old"]
        assert slugs(client.get(f"/use-cases?stale=10&as_of={version(client)}")) == ["old"]


class TestTwoClocks:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("used_on=2019-06-01", []),
            ("used_on=2021-06-01", ["alerts"]),
            ("used_on=2019-06-01&as_of={then}", ["alerts"]),
            ("used_on=2021-06-01&as_of={then}", ["alerts"]),
            ("used_on=2018-06-01&as_of={then}", []),
        ],
    )
    def test_what_was_true_and_what_was_known(self, client, make, asked, found):
        make.use_case(slug="alerts", since="2019-01-01")
        then = version(client)
        client.patch("/use-cases/alerts", {"since": "2020-01-01"})
        assert slugs(client.get(f"/use-cases?{asked.format(then=then)}")) == found


class TestExport:
    @pytest.mark.parametrize("format_", sorted(set(FORMATS) - {"sqlite"}))
    def test_it_is_the_file_of_then(self, own_seeded, format_):
        then = version(own_seeded)
        before = own_seeded.get(f"/export?format={format_}")
        assert own_seeded.delete("/teams/core?cascade=true").status_code == 204
        after = own_seeded.get(f"/export?format={format_}&as_of={then}")
        assert after.data == before.data
        assert after.headers["Content-Disposition"] == before.headers["Content-Disposition"]
        assert own_seeded.get(f"/export?format={format_}").data != before.data


class TestWhatTakesIt:
    def test_every_read_of_records_does(self):
        reads = [operation for operation in operations_of(NAMESPACES).values() if operation.scope is None]
        without = {operation.id for operation in reads if "as_of" not in shape_of(operation.query).fields}
        assert {id_ for id_ in without if not id_.endswith(OF_ALL_TIMES)} == OF_NOW | OTHERS

    def test_nothing_else_does(self):
        others = [operation for operation in operations_of(NAMESPACES).values() if operation.scope]
        assert [operation.id for operation in others if "as_of" in shape_of(operation.query).fields] == []

    @pytest.mark.parametrize("path", ["/search?q=a&as_of=0", "/suggest?q=a&as_of=0"])
    def test_what_speaks_of_now_does_not(self, client, path):
        assert_problem(client.get(path), 422, parameter="as_of")


class TestStatements:
    @pytest.mark.parametrize(
        ("path", "expected"), [item for item in LISTS.items() if not item[0].endswith("/history")]
    )
    def test_a_list_takes_no_more_than_to_find_the_state(self, seeded, statements, path, expected):
        database = seeded.app.extensions["database"]
        more = {"sqlite": 2, "postgresql": 3}[database.reader.dialect.name]
        then, counts = version(seeded), []
        for limit in (5, 50):
            database.past_records = Remembered()
            counts.append(count_statements(seeded, statements, f"{path}?limit={limit}&as_of={then}"))
        assert counts == [expected + more, expected + more]


class TestPruning:
    def prune(self, database, seq):
        with database.writing(Author("tests", "tests")) as session:
            prune_versions(session.connection(), seq)

    def test_what_is_kept_is_as_it_was(self, told, database):
        told.patch("/libraries/flask", {"name": "Flask 3"})
        self.prune(database, 2)
        assert [told.get(f"/libraries/flask?as_of={seq}").get_json()["name"] for seq in (2, 3)] == [
            "Flask 2",
            "Flask 3",
        ]

    @pytest.mark.parametrize("asked", ["0", "1", "2001-01-01T00:00:00Z"])
    def test_what_is_not_is_gone(self, told, database, asked):
        self.prune(database, 2)
        problem = assert_problem(told.get(f"/libraries/flask?as_of={asked}"), 410, "history_pruned")
        assert problem["oldest"] == 2

    def test_only_what_no_state_needs_is_deleted(self, told, database):
        self.prune(database, 2)
        versions = next(one.versions for one in VERSIONED if one.table.name == "library")
        with database.reading() as connection:
            assert connection.scalars(sa.select(versions.c.from_seq)).all() == [2]

    def test_history_never_grows_back(self, told, database):
        self.prune(database, 2)
        self.prune(database, 1)
        with database.reading() as connection:
            assert connection.scalar(sa.select(Atlas.history_from)) == 2

    def test_the_time_of_a_change_that_the_log_lacks_is_that_of_the_next(self, told, database):
        with database.reading() as connection:
            first, now = find_past(connection, 0, database.clock()), database.clock()
            assert first == Past(0, find_past(connection, 1, now).at)


class TestPlansOfSqlite:
    @pytest.fixture
    def plan_of(self, sqlite_farm):
        """Tells how a statement as of half the log of a made-up atlas is answered: `plan_of(statement)`."""
        url = sqlite_farm.fresh("empty")
        generate(patient(url), Size(300), seed=1)
        database = Database(patient(url))
        with looking_back(database, 200) as connection:
            yield lambda statement: _plan(connection, statement)
        database.dispose()
        sqlite_farm.drop(url)

    def test_a_page_in_the_order_of_the_list_is_read_from_an_index(self, plan_of):
        for collection in COLLECTIONS.values():
            key, slug = next(iter(collection.sorts.values())), collection.model.slug
            plan = plan_of(sa.select(collection.model.id).order_by(key, slug).limit(51))
            assert "TEMP B-TREE" not in plan
            assert f"ix_{collection.kind}_version_{key.key}_slug" in plan

    def test_what_there_was_is_counted_in_a_narrow_index(self, plan_of):
        for collection in COLLECTIONS.values():
            plan = plan_of(sa.select(sa.func.count()).select_from(collection.model))
            assert f"COVERING INDEX ix_{collection.kind}_version_from_seq_to_seq" in plan

    @pytest.mark.parametrize(
        ("condition", "index"),
        [
            (UseCase.team_id == 1, "ix_use_case_version_team_id_"),
            (UseCase.slug == "a", "ix_use_case_version_slug"),
            (UseCase.id.in_([1, 2]), "sqlite_autoindex_use_case_version_1"),
        ],
    )
    def test_what_is_asked_for_is_found_by_its_index(self, plan_of, condition, index):
        plan = plan_of(sa.select(UseCase.title).where(condition))
        assert index in plan
        assert "SCAN" not in plan

    def test_the_use_cases_of_a_library_are_found_by_its_usages(self, plan_of):
        taking = sa.select(Usage.use_case_id).where(Usage.library_id == 1)
        plan = plan_of(sa.select(UseCase.title).where(UseCase.id.in_(taking)))
        assert "ix_usage_version_library_id_use_case_id_role" in plan
        assert "SCAN" not in plan


def _plan(connection, statement):
    compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
    return "\n".join(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}"))
