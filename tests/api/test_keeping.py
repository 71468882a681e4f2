"""Kept records: what an answer says never depends on whether they are kept, only what it costs does."""

import dataclasses

import orjson
import pytest

from app.db import Author, Database
from app.formats.writing import to_json
from app.kept import KeptRecords
from app.models import Scope
from app.services import keeping, pruning
from app.services.collections import Pointer
from app.services.keeping import keeper_of
from app.services.reading import page
from app.services.registry import COLLECTIONS
from app.services.standing import standing_of
from app.services.use_cases import USE_CASES
from tests.api.test_time_travel_model import ACTIONS, PATHS, Writer
from tests.client import Client
from tests.conftest import bound, make_token
from tests.databases import patient
from tests.random_lives import lives

PAGE = "/use-cases?limit=200"
WHOLE = {"members": [], "limit": 200, "cursor": None, "total": False, "sort": []}
QUESTIONS = [
    *(f"/{path}?limit=200" for path in PATHS),
    *(f"/{path}/{path[:-1]}-{place}" for path in PATHS for place in range(2)),
    *(f"/{path}/renamed-0" for path in PATHS),
    "/teams/team-0/use-cases",
    "/libraries/library-0/use-cases?limit=1",
    "/use-cases?purpose=purpose-0&sort=-updated_at",
    "/use-cases?fields=title&expand=team",
    "/use-cases?format=csv",
]


def titles(client, path=PAGE):
    return [item["title"] for item in client.get(path).get_json()["items"]]


def number(statements, client, path):
    with statements() as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.fixture
def use_case(make):
    """A use case that points at every kind of record that one can."""
    return make.use_case(purpose=make.purpose()["slug"])


class TestWhatItCosts:
    @pytest.mark.parametrize(
        ("path", "cold", "warm"),
        [
            # Beside the state of the atlas: the count and the ids, or the id of the slug.
            ("/organizations", 4, 3),
            ("/teams", 5, 3),
            ("/libraries", 6, 3),
            ("/purposes", 4, 3),
            ("/use-cases", 7, 3),
            ("/sources", 4, 3),
            ("/teams/demand-engineering/use-cases", 9, 5),
            ("/use-cases/netflix-python-across-the-business", 6, 2),
            ("/libraries/python", 5, 2),
            ("/organizations/netflix", 3, 2),
        ],
    )
    def test_records_that_were_shown_are_not_read(self, seeded, statements, path, cold, warm):
        assert [number(statements, seeded, path) for _ in range(3)] == [cold, warm, warm]

    @pytest.mark.parametrize("query", ["fields=title", "expand=team"])
    def test_other_shapes_are_read(self, seeded, statements, query):
        seeded.get("/use-cases?limit=200")
        path = f"/use-cases?{query}"
        assert number(statements, seeded, path) == number(statements, seeded, path) > 3

    def test_a_list_and_an_item_share_them(self, seeded, statements):
        seeded.get("/use-cases?limit=200")
        assert number(statements, seeded, "/use-cases/netflix-python-across-the-business") == 2

    def test_what_was_not_touched_is_not_read_after_a_write(self, client, make, statements):
        slugs = [make.use_case()["slug"] for _ in range(3)]
        client.get(PAGE)
        client.patch(f"/use-cases/{slugs[0]}", {"title": "Other"})
        # The changes since, once, and the one record that is missing: its row and three parts.
        assert [number(statements, client, PAGE) for _ in range(2)] == [8, 3]
        assert number(statements, client, f"/use-cases/{slugs[1]}") == 2


# What shows another record: its path, the member that points there, and the path of what is shown.
SHOWN = [
    ("teams", "organization", "organizations"),
    ("libraries", "maker", "organizations"),
    ("libraries", "replaced_by", "libraries"),
    ("libraries", "lifecycle_source", "sources"),
    ("libraries", "replaced_by_source", "sources"),
    ("use-cases", "team", "teams"),
    ("use-cases", "purposes", "purposes"),
    ("use-cases", "usages", "libraries"),
    ("use-cases", "evidence", "sources"),
]
LABELS = {"sources": "title", "use-cases": "title"}


def shown(client, path, slug, member):
    """Give the reference that a record shows, as its list and as itself."""
    listed = next(item for item in client.get(f"/{path}").get_json()["items"] if item["slug"] == slug)
    itself = client.get(f"/{path}/{slug}").get_json()
    assert itself == listed
    found = itself[member][0] if isinstance(itself[member], list) else itself[member]
    inner = {"usages": "library", "evidence": "source"}.get(member)
    return found[inner] if inner else found


class TestWhatIsShown:
    def test_every_reference_stands_here(self):
        pointing = {
            (collection.path, name)
            for collection in COLLECTIONS.values()
            for name, origin in (*collection.columns.items(), *collection.parts.items())
            if isinstance(origin, Pointer) or any(isinstance(one, Pointer) for one in columns_of(origin))
        }
        assert pointing == {(path, member) for path, member, _to in SHOWN}

    def test_nothing_but_slugs_names_and_titles_is_shown(self):
        origins = [
            origin
            for collection in COLLECTIONS.values()
            for columns in (collection.columns, *(part.columns for part in collection.parts.values()))
            for origin in columns.values()
            if isinstance(origin, Pointer)
        ]
        assert {column.key for one in origins for column in (one.slug, one.label)} == set(keeping.SHOWN)

    @pytest.mark.parametrize("change", ["slug", "label"])
    @pytest.mark.parametrize(("path", "member", "to"), SHOWN)
    def test_a_new_name_shows_everywhere(self, client, make, path, member, to, change):
        target = make.any(to)["slug"]
        slug = point_at(make, path, member, target)
        assert shown(client, path, slug, member)["slug"] == target
        name = LABELS.get(to, "name") if change == "label" else "slug"
        client.patch(f"/{to}/{target}", {name: "renamed"})
        assert shown(client, path, slug, member)[name] == "renamed"

    def test_what_other_records_do_not_show_concerns_none_of_them(self, client, use_case, statements):
        client.get(PAGE)
        client.patch(f"/teams/{use_case['team']['slug']}", {"description": "Other"})
        # The changes since are one statement more than that of a list that nothing was done to.
        assert [number(statements, client, PAGE) for _ in range(2)] == [4, 3]


def columns_of(part):
    return getattr(part, "columns", {}).values() if hasattr(part, "owner") else ()


def point_at(make, path, member, target):
    """Make a record that points at another one; gives its slug."""
    values = {
        "purposes": [target],
        "usages": [{"library": target, "role": "uses"}],
        "evidence": [{"source": target}],
    }
    more = {"replaced_by_source": {"replaced_by": make.library()["slug"]}} if path == "libraries" else {}
    return make.any(path, **{member: values.get(member, target), **more.get(member, {})})["slug"]


class TestWhatIsRight:
    def test_a_change_shows(self, client, use_case):
        assert titles(client) == [use_case["title"]]
        client.patch(f"/use-cases/{use_case['slug']}", {"title": "Other"})
        assert titles(client) == ["Other"]
        assert client.get(f"/use-cases/{use_case['slug']}").get_json()["title"] == "Other"

    def test_an_id_that_comes_again_is_another_record(self, client, make, use_case):
        titles(client)
        client.delete(f"/use-cases/{use_case['slug']}")
        make.use_case(title="New")
        assert titles(client) == ["New"]

    def test_a_result_of_a_check_shows(self, client, make):
        source = make.source()["slug"]
        slug = make.use_case(evidence=[{"source": source, "start": 0, "end": 3, "excerpt_sha256": "0" * 64}])[
            "slug"
        ]
        assert client.get(f"/use-cases/{slug}").get_json()["evidence"][0]["check"] == "unchecked"
        text = {"data": b"Some text.", "headers": {"Content-Type": "text/plain"}}
        assert client.post(f"/sources/{source}/check", **text).status_code == 200
        assert client.get(f"/use-cases/{slug}").get_json()["evidence"][0]["check"] != "unchecked"

    def test_of_many_changes_all_is_read(self, client, use_case, monkeypatch):
        monkeypatch.setattr(keeping, "_MOST_CHANGES", 1)
        titles(client)
        client.patch(f"/teams/{use_case['team']['slug']}", {"name": "Other"})
        client.patch(f"/use-cases/{use_case['slug']}", {"title": "Other"})
        item = client.get(PAGE).get_json()["items"][0]
        assert (item["title"], item["team"]["name"]) == ("Other", "Other")

    def test_a_database_that_was_put_back_is_read_anew(self, session_app, farm, filled):
        kept = KeptRecords(1_000_000)
        urls = [filled(fill_with_one) for _ in range(2)]
        # The second is the first as it was before the change; then it takes another one, of the same number.
        for url, title in zip(urls, ("First", "Second"), strict=True):
            with bound(session_app, patient(url)) as database:
                database.kept = kept
                client = Client(session_app, make_token(database, "tester", *Scope))
                client.patch("/use-cases/it", {"title": title})
                assert titles(client) == [title]
                client.post("/organizations", {"name": "Another"})
                assert titles(client) == [title]
            farm.drop(url)

    def test_what_was_pruned_since_is_read_anew(self, client, database, make, use_case):
        titles(client)
        client.patch(f"/use-cases/{use_case['slug']}", {"title": "Other"})
        make.organization()
        version = int(client.get("/teams?total=false&fields=slug").headers["Atlas-Version"])
        with database.writing(Author("tests", "tests")) as session:
            pruning.prune(session, pruning.plan(session.connection(), version), lambda _more: None)
        assert titles(client) == ["Other"]

    def test_the_past_neither_uses_nor_makes_them(self, client, use_case):
        version = client.get(PAGE).headers["Atlas-Version"]
        client.patch(f"/use-cases/{use_case['slug']}", {"title": "Other"})
        assert titles(client) == ["Other"]
        assert titles(client, f"{PAGE}&as_of={version}") == [use_case["title"]]
        assert titles(client) == ["Other"]

    def test_who_reads_an_earlier_state_is_given_that(self, client, database, use_case):
        titles(client)
        with database.reading() as connection:
            keeper = keeper_of(connection, database.kept, standing_of(connection))
            client.patch(f"/use-cases/{use_case['slug']}", {"title": "Other"})
            assert titles(client) == ["Other"]
            assert given_by(connection, keeper) == {use_case["title"]}
            assert titles(client) == ["Other"]


def fill_with_one(make):
    make.use_case(slug="it")


def given_by(connection, keeper):
    listed = page(connection, USE_CASES, WHOLE, keeper)["items"]
    return {orjson.loads(to_json(fragment))["title"] for fragment in listed}


def answers(client, paths):
    """Give what a client is told: status, body, and the headers that speak of it."""
    told = [client.get(path, headers={"X-Request-Id": "twin"}) for path in paths]
    names = ("ETag", "Last-Modified", "Link", "Location", "Content-Length")
    return [(one.status_code, one.data, [one.headers.get(name) for name in names]) for one in told]


class Twins:
    """Two processes that serve one database: one keeps records, the other keeps none."""

    def __init__(self, app, url):
        self.app = app
        self.keeping, self.plain = (
            Database(dataclasses.replace(patient(url), **changes)) for changes in ({}, {"record_bytes": 0})
        )

    def asked(self, paths):
        told = []
        for database in (self.keeping, self.plain):
            self.app.extensions["database"] = database
            told.append(answers(Client(self.app, None), paths))
        return told

    def dispose(self):
        self.keeping.dispose()
        self.plain.dispose()


def live_through(app, farm, seed, actions):
    """Write, and ask both; who began to read before the write is given what was there then."""
    url = farm.fresh("empty")
    with bound(app, patient(url)) as database:
        client = Client(app, make_token(database, "tester", *Scope, days=300))
        twins = Twins(app, url)
        writer = Writer(client, seed)
        for action in ("begin", *actions):
            with twins.keeping.reading() as connection:
                keeper = keeper_of(connection, twins.keeping.kept, standing_of(connection))
                app.extensions["database"] = database
                getattr(writer, action)()
                kept, plain = twins.asked(writer.chance.sample(QUESTIONS, 6))
                assert kept == plain
                for collection in COLLECTIONS.values():
                    early, read = (
                        to_json(page(connection, collection, WHOLE, one)) for one in (keeper, None)
                    )
                    assert early == read
        kept, plain = twins.asked(QUESTIONS)
        assert kept == plain
        twins.dispose()
    farm.drop(url)


class TestWhateverIsWritten:
    @lives(ACTIONS, examples=4, steps=12)
    def test_the_answers_are_the_same(self, session_app, farm, seed, actions):
        live_through(session_app, farm, seed, actions)

    @pytest.mark.soak
    @lives(ACTIONS, examples=60, steps=60)
    def test_the_answers_are_the_same_in_long_lives(self, session_app, farm, seed, actions):
        live_through(session_app, farm, seed, actions)
