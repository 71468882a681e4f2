"""An import makes of a file what one PUT after the other makes of its items."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.db import Author, Database
from app.errors import AtlasError, Invalid
from app.models import (
    Alias,
    Atlas,
    Change,
    Claim,
    ImportMode,
    Kind,
    Library,
    Purpose,
    PurposeClaim,
    SearchEntry,
    SearchWord,
    Team,
    UseCase,
)
from app.services import writing
from app.services.importing.checking import check
from app.services.importing.items import Item
from app.services.importing.judging import in_order
from app.services.importing.undertaking import Import
from app.services.reading import documents
from app.services.registry import COLLECTIONS
from app.services.search.engine import Part, Wanted, entries
from tests.databases import patient
from tests.random_files import changed_file, random_file

AUTHOR = Author("tests", "1")
HELD = Author("held", "1", frozenset({"tea-1", "tea-2"}))


@pytest.fixture
def pair(farm):
    """Two atlases that begin alike: one for single PUTs, one for imports."""
    urls = [farm.fresh("empty") for _ in range(2)]
    databases = [Database(patient(url), clock=lambda: datetime(2026, 1, 31, tzinfo=UTC)) for url in urls]
    for database in databases:
        begin(database)
    yield databases
    for database, url in zip(databases, urls, strict=True):
        database.dispose()
        farm.drop(url)


def begin(database):
    """Make some records, one of which had another slug once."""
    with database.writing(AUTHOR) as session:
        libraries = COLLECTIONS[Kind.LIBRARY]
        writing.put(session, libraries, "old-slug", {"name": "Renamed once"})
        writing.patch(session, libraries, "old-slug", {"slug": "lib-new"})
    for kind, data in random_file(7, size=40):
        put(database, AUTHOR, kind, data)


def put(database, author, kind, data):
    """Put one record and give what became of it, with the places of what is wrong."""
    collection = COLLECTIONS[kind]
    try:
        with database.writing(author) as session:
            before = session.connection().scalar(sa.select(Atlas.version))
            _document, is_new = writing.put(session, collection, str(data.get("slug")), data)
        with database.reading() as connection:
            changed = connection.scalar(sa.select(Atlas.version)) > before
    except AtlasError as error:
        return "rejected", {flaw.pointer or "" for flaw in error.flaws}
    except sa.exc.IntegrityError:
        return "rejected", set()
    return ("created" if is_new else "updated" if changed else "unchanged"), set()


def items_of(file):
    return [Item(kind, data, f"/{place}") for place, (kind, data) in enumerate(file)]


def one_by_one(database, author, file):
    """Put the items of a file in the order in which an import takes them; a repeated slug but once."""
    outcomes, seen = {}, set()
    checked = check(items_of(file))
    for place in in_order(checked):
        key = file[place][0], checked[place].values.get("slug", place)
        outcomes[place] = ("rejected", set()) if key in seen else put(database, author, *file[place])
        seen.add(key)
    return outcomes


def take(database, author, file, mode=ImportMode.PARTIAL):
    """Import a file."""
    undertaking = Import(check(items_of(file)), author, database.clock, mode)
    with database.reading() as connection:
        report = undertaking.prepare(connection)
    if report is None:
        with database.writing(author) as session:
            report = undertaking.write(session)
    return report


def state(database):
    """Give everything that the atlas holds, but for ids of rows that nobody sees."""
    with database.reading() as connection:
        records = {}
        for kind, collection in COLLECTIONS.items():
            ids = connection.scalars(sa.select(collection.model.id)).all()
            for document in documents(connection, collection, ids).values():
                records[kind, document["slug"]] = document
        return {
            "records": records,
            "searched": searched(connection),
            "changes": rows(connection, Change),
            "aliases": sorted(rows(connection, Alias, without={"id", *(f"{kind}_id" for kind in Kind)})),
            "entries": sorted(rows(connection, SearchEntry, without={"id", "record_id"})),
            "words": sorted(rows(connection, SearchWord)),
            "found": found(connection),
            "claims": sorted(claims(connection)),
        }


def claims(connection):
    """Give the claims that are derived, by slugs: ids differ where rejected items had one."""
    served = sa.select(PurposeClaim.purpose_id, *named(PurposeClaim)).where(*joined(PurposeClaim))
    plain = sa.select(sa.literal(0), *named(Claim)).where(*joined(Claim))
    purposes = dict(connection.execute(sa.select(Purpose.id, Purpose.slug)).all())
    return [(purposes.get(first, ""), *rest) for first, *rest in connection.execute(plain.union_all(served))]


def named(table):
    return Library.slug, Team.slug, UseCase.slug, table.role


def joined(table):
    return table.library_id == Library.id, table.team_id == Team.id, table.use_case_id == UseCase.id


def rows(connection, model, without=()):
    columns = [column for column in model.__table__.columns if column.name not in without]
    order = list(model.__table__.primary_key.columns)
    return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(*order))]


def searched(connection):
    """Give the text that `q=` looks through and the keys; lists within it have no order."""
    texts = {}
    for kind, collection in COLLECTIONS.items():
        key = getattr(collection.model, "name_key", None) or collection.model.title_key
        for slug, text, folded in connection.execute(
            sa.select(collection.model.slug, collection.model.search_text, key)
        ):
            texts[kind, slug] = sorted(text.split()), folded
    return texts


def found(connection):
    """Give what the index finds for each term."""
    terms = {term for text in connection.scalars(sa.select(SearchEntry.terms)) for term in text.split()}
    return {
        term: sorted(
            (entry.kind, entry.slug)
            for entry in entries(connection, [Part(Wanted((frozenset({(term,)}),)), 1_000)])
        )
        for term in terms
    }


def compare(single, bulk, author, seed):
    """Take in a few files, one after the other, in both ways."""
    file = []
    for number in range(3):
        file = changed_file(file, seed * 100 + number) if file else random_file(seed * 100)
        expected = one_by_one(single, author, file)
        for place, item in enumerate(take(bulk, author, file)["items"]):
            outcome, pointers = expected[place]
            assert item["result"] == outcome, (file[place], item, pointers)
            told = {flaw["pointer"] for flaw in item["errors"]}
            assert {f"/{place}{pointer}" for pointer in pointers} <= told, (file[place], told)
        assert state(bulk) == state(single)


class TestPartial:
    @pytest.mark.parametrize("author", [AUTHOR, HELD], ids=["free", "held"])
    @pytest.mark.parametrize("seed", range(3))
    def test_it_makes_what_single_puts_make(self, pair, author, seed):
        compare(*pair, author, seed)

    @pytest.mark.soak
    @pytest.mark.parametrize("seed", range(3, 300))
    def test_it_makes_what_single_puts_make_of_many_files(self, pair, seed):
        compare(*pair, AUTHOR if seed % 3 else HELD, seed)


class TestAtomic:
    @pytest.mark.parametrize("seed", range(4))
    def test_it_takes_all_or_nothing(self, pair, seed):
        partial, atomic = pair
        file = random_file(seed, size=6)
        before = state(atomic)
        report = take(partial, AUTHOR, file)
        if report["rejected"]:
            with pytest.raises(Invalid) as caught:
                take(atomic, AUTHOR, file, ImportMode.ATOMIC)
            assert caught.value.members["rejected"] == report["rejected"]
            assert state(atomic) == before
        else:
            take(atomic, AUTHOR, file, ImportMode.ATOMIC)
            assert state(atomic) == state(partial)


class TestRandomFiles:
    def test_they_come_to_every_outcome(self, pair):
        """The control: the comparison above sees each way that an item can go."""
        outcomes, codes = set(), set()
        for seed in range(30):
            for item in take(pair[0], AUTHOR, random_file(seed))["items"]:
                outcomes.add(item["result"])
                codes.update(flaw["code"] for flaw in item["errors"])
        assert outcomes == {"created", "updated", "unchanged", "rejected"}
        wanted = {"unknown_reference", "rejected_reference", "conflict", "renamed", "reserved", "repeated"}
        assert codes >= {*wanted, "invalid", "unknown_member"}
