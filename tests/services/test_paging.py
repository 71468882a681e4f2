import base64
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.errors import Invalid
from app.models import Purpose
from app.services.paging import Question, SortKey, turn_page

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
# Names repeat, so that the slug has to decide; two are made at the same moment.
ROWS = [
    {
        "slug": f"p{number}",
        "name": "x",
        "name_key": f"{number:02}",
        "description": "ab"[number % 2],
        "search_text": "",
        "revision": 1,
        "created_at": BEGINNING + timedelta(microseconds=number // 2),
        "updated_at": BEGINNING,
    }
    for number in range(7)
]
WORDS, MOMENT, SLUG = Purpose.description, Purpose.created_at, Purpose.slug
ORDERS = {
    "up": [SortKey(WORDS), SortKey(SLUG)],
    "down": [SortKey(WORDS, is_descending=True), SortKey(SLUG, is_descending=True)],
    "mixed": [SortKey(WORDS, is_descending=True), SortKey(MOMENT), SortKey(SLUG, is_descending=True)],
    "moments": [SortKey(MOMENT, is_descending=True), SortKey(SLUG)],
}


@pytest.fixture
def connection(database):
    with database.writer.begin() as connection:
        connection.execute(sa.insert(Purpose), ROWS)
    with database.reading() as connection:
        yield connection


def question(sorts, scope=None):
    count = sa.select(sa.func.count()).select_from(Purpose)
    return Question(sa.select(Purpose.slug), count, sorts, scope or {"of": "purposes"})


def turn(connection, asked, limit, cursor=None, *, total=True):
    return turn_page(connection, asked, {"limit": limit, "cursor": cursor, "total": total})


def walk(connection, asked, limit):
    page = turn(connection, asked, limit)
    slugs = [row.slug for row in page.rows]
    while page.next:
        page = turn(connection, asked, limit, page.next)
        slugs += [row.slug for row in page.rows]
    return slugs


class TestTurnPage:
    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
    @pytest.mark.parametrize("order", ORDERS)
    def test_pages_put_together_are_the_list(self, connection, order, limit):
        asked = question(ORDERS[order])
        columns = [key.column.desc() if key.is_descending else key.column for key in asked.sorts]
        expected = connection.scalars(sa.select(Purpose.slug).order_by(*columns)).all()
        assert walk(connection, asked, limit) == expected

    def test_a_full_last_page_has_no_next(self, connection):
        assert turn(connection, question(ORDERS["up"]), 7).next is None

    def test_it_counts_everything(self, connection):
        assert turn(connection, question(ORDERS["up"]), 2).total == 7

    def test_it_does_not_count_unless_asked(self, connection):
        assert turn(connection, question(ORDERS["up"]), 2, total=False).total is None

    def test_a_row_that_came_meanwhile_shifts_nothing(self, connection, database):
        asked = question(ORDERS["up"])
        first = turn(connection, asked, 3)
        with database.writer.begin() as writer:
            writer.execute(sa.insert(Purpose), [{**ROWS[0], "slug": "a", "name_key": "new"}])
        with database.reading() as later:
            second = turn(later, asked, 200, first.next)
        assert [row.slug for row in [*first.rows, *second.rows]] == ["p0", "p2", "p4", "p6", "p1", "p3", "p5"]


class TestCursors:
    @pytest.fixture
    def cursor(self, connection):
        return turn(connection, question(ORDERS["up"]), 3).next

    def assert_refused(self, connection, asked, cursor):
        with pytest.raises(Invalid) as caught:
            turn(connection, asked, 3, cursor)
        assert caught.value.flaws[0].parameter == "cursor"

    def test_one_of_another_question_is_refused(self, connection, cursor):
        self.assert_refused(connection, question(ORDERS["up"], {"of": "purposes", "q": "a"}), cursor)

    @pytest.mark.parametrize("bad", ["x", "=", "!!!!", "AAAA", "a" * 4000, "\u00e9", "AA\n", " "])
    def test_nonsense_is_refused(self, connection, bad):
        self.assert_refused(connection, question(ORDERS["up"]), bad)

    def test_any_changed_letter_is_refused(self, connection, cursor):
        for place, letter in enumerate(cursor):
            changed = cursor[:place] + ("A" if letter != "A" else "B") + cursor[place + 1 :]
            self.assert_refused(connection, question(ORDERS["up"]), changed)

    def test_it_has_one_spelling(self, connection, cursor):
        padded = cursor + "=" * (-len(cursor) % 4 or 4)
        self.assert_refused(connection, question(ORDERS["up"]), padded)

    def test_it_holds_no_more_than_the_sort_values(self, cursor):
        opened = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        assert opened[12:] == b'["a","p4"]'
