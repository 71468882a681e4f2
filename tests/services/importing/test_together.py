"""New records of several writers at once are what each of them alone would have made of its own."""

import pytest
import sqlalchemy as sa

from app.db import Author
from app.errors import AtlasError
from app.models import Change, Kind
from app.services import writing
from app.services.importing.together import create_together, newcomer_of
from app.services.registry import COLLECTIONS
from tests.random_files import random_file
from tests.services.importing.test_like_single_puts import AUTHOR, HELD, pair, state

__all__ = ["pair"]


def create(database, author, kind, data):
    """Add one record alone; None: it is refused."""
    try:
        with database.writing(author) as session:
            return writing.create(session, COLLECTIONS[kind], data)
    except (AtlasError, sa.exc.IntegrityError):
        return None


def together(database, author, items):
    """Add records together; None for those whose writers have to go on alone."""
    newcomers = [newcomer_of(COLLECTIONS[kind], data, author) for kind, data in items]
    with database.writing(author) as session:
        stored = iter(create_together(session, [newcomer for newcomer in newcomers if newcomer]))
        return [next(stored) if newcomer else None for newcomer in newcomers]


class TestCreateTogether:
    @pytest.mark.parametrize("author", [AUTHOR, HELD], ids=["free", "held"])
    @pytest.mark.parametrize("seed", range(3))
    def test_several_make_what_each_makes_alone(self, pair, author, seed):
        one, other = pair
        items = [item for number in range(6) for item in random_file(seed * 100 + number)]
        for start in range(0, len(items), 7):
            some = items[start : start + 7]
            stored = together(one, author, some)
            served = [(*item, document) for item, document in zip(some, stored, strict=True) if document]
            assert [create(other, author, kind, data) for kind, data, _document in served] == [
                document for _kind, _data, document in served
            ]
        assert state(one) == state(other)

    @pytest.mark.parametrize("seed", range(3))
    def test_only_what_is_refused_has_to_be_tried_alone(self, pair, seed):
        one, other = pair
        items = [item for number in range(6) for item in random_file(seed * 100 + number)]
        outcomes = [(together(one, AUTHOR, [item])[0], create(other, AUTHOR, *item)) for item in items]
        assert all(served == alone for served, alone in outcomes)
        assert {served is None for served, _alone in outcomes} == {True, False}

    def test_each_is_judged_and_logged_as_its_own_author(self, database):
        names = [("Ann", None), ("Bob", frozenset({"no-team"}))]
        organizations = COLLECTIONS[Kind.ORGANIZATION]
        newcomers = [
            newcomer_of(organizations, {"name": name}, Author(name, name, teams)) for name, teams in names
        ]
        newcomers.append(newcomer_of(COLLECTIONS[Kind.PURPOSE], {"name": "Tea"}, newcomers[1].author))
        with database.writing(AUTHOR) as session:
            stored = create_together(session, newcomers)
            log = session.execute(
                sa.select(Change.actor, Change.request_id, Change.slug).order_by(Change.seq)
            ).all()
        assert [document and document["slug"] for document in stored] == ["ann", None, "tea"]
        assert log == [("Ann", "Ann", "ann"), ("Bob", "Bob", "tea")]
