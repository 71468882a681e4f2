import pytest
from sqlalchemy import select, text

from app.db import Author
from app.models import SearchEntry, SearchWord
from app.services.registry import COLLECTIONS
from app.services.search import indexing
from app.services.search.indexing import rebuild
from app.services.search.searching import search

AUTHOR = Author("tests", "tests")


def found(database, question):
    with database.reading() as connection:
        return [item["slug"] for item in search(connection, question, [], 20, 0)["items"]]


def contents(database):
    columns = (SearchEntry.kind, SearchEntry.slug, SearchEntry.names, SearchEntry.body, SearchEntry.terms)
    with database.reading() as connection:
        entries = sorted(connection.execute(select(*columns)).all())
        return entries, sorted(connection.execute(select(SearchWord.__table__)).all())


class TestIndex:
    def test_a_new_record_is_found_at_once(self, database, make):
        make.library(name="Quokka")
        assert found(database, "quokka") == ["quokka"]

    def test_a_changed_record_is_found_by_its_new_text_alone(self, database, client, make):
        make.library(name="Quokka", summary="Smiles.")
        client.patch("/libraries/quokka", {"summary": "Frowns."})
        assert found(database, "frown") == ["quokka"]
        assert found(database, "smile") == []

    def test_a_deleted_record_is_not_found(self, database, client, make):
        make.library(name="Quokka")
        client.delete("/libraries/quokka")
        assert found(database, "quokka") == []

    def test_an_alias_is_a_name(self, database, make):
        make.library(name="Quokka", aliases=["Setonix"])
        assert found(database, "setonix") == ["quokka"]

    def test_what_is_rolled_back_leaves_nothing(self, database, client, make):
        make.library(name="Quokka")
        before = contents(database)
        assert client.post("/libraries", {"name": "QUOKKA", "slug": "other"}).status_code == 409
        assert contents(database) == before

    def test_step_by_step_gives_what_a_rebuild_gives(self, database, client, make):
        library = make.library(name="Quokka", topics=["animals"], aliases=["Setonix"])["slug"]
        make.use_case(library=library, purpose=make.purpose(name="Smiling")["slug"], title="Smiles all day")
        client.patch(f"/libraries/{library}", {"name": "Numbat", "aliases": []})
        before = contents(database)
        with database.writing(AUTHOR) as session:
            rebuild(session.connection(), COLLECTIONS.values())
        assert contents(database) == before
        assert found(database, "numbat") == [library]

    def test_many_that_change_at_once_are_indexed_as_a_rebuild_does(self, database, client):
        for word in ("Quokka", "Numbat"):
            purposes = [{"slug": f"p-{number}", "name": f"{word} {number}"} for number in range(25)]
            assert client.post("/import", {"purposes": purposes}).status_code == 200
        before = contents(database)
        with database.writing(AUTHOR) as session:
            rebuild(session.connection(), COLLECTIONS.values())
        assert contents(database) == before
        assert len(found(database, "numbat")) == 20

    @pytest.mark.parametrize(("many", "is_one"), [(20, True), (30, False)])
    def test_it_is_brought_into_one_piece_after_many_new_records(
        self, database, client, monkeypatch, many, is_one
    ):
        if not database.is_sqlite:
            pytest.skip("PostgreSQL's index is in one piece")
        monkeypatch.setattr(indexing, "MANY", many)
        for word in ("Quokka", "Numbat"):
            purposes = [{"name": f"{word} {number}"} for number in range(25)]
            assert client.post("/import", {"purposes": purposes}).status_code == 200
        with database.reading() as connection:
            pieces = connection.scalar(text("SELECT count(DISTINCT segid) FROM search_index_idx"))
        assert (pieces == 1) is is_one
        assert len(found(database, "numbat")) == 20

    def test_the_vocabulary_forgets_words_that_nothing_holds(self, database, client, make):
        make.library(name="Quokka")
        client.delete("/libraries/quokka")
        assert "quokka" not in [row.word for row in contents(database)[1]]


class TestThroughUseCases:
    def test_what_a_team_does_not_use_is_no_answer(self, database, make):
        library = make.library(name="Quokka")["slug"]
        make.use_case(library=library, title="Zebra herding", stance="does_not_use")
        assert "quokka" not in found(database, "zebra herding")

    def test_what_a_team_uses_is_an_answer(self, database, make):
        make.use_case(library=make.library(name="Quokka")["slug"], title="Zebra herding")
        assert "quokka" in found(database, "zebra herding")
