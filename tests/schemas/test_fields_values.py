from datetime import UTC, date, datetime

import marshmallow as ma
import pytest

from app.models import LibraryKind
from app.schemas.fields import (
    Bag,
    Day,
    Items,
    Moment,
    Reference,
    Slug,
    Whole,
    Word,
)
from app.schemas.records import LibraryReferenceSchema

NOT_STRINGS = [None, 1, 1.5, True, ["a"], {"a": 1}]


def assert_refused(field, value):
    with pytest.raises(ma.ValidationError) as caught:
        field.deserialize(value)
    return caught.value


class TestWord:
    def test_it_gives_the_member(self):
        assert Word(LibraryKind).deserialize("framework") is LibraryKind.FRAMEWORK

    @pytest.mark.parametrize("value", ["FRAMEWORK", "", 1, None, [], {}])
    def test_it_lists_what_would_be_right(self, value):
        error = assert_refused(Word(LibraryKind), value)
        assert value is None or "library, framework, application" in str(error)


class TestWhole:
    @pytest.mark.parametrize(("given", "kept"), [(1, 1), (9, 9), (2.0, 2)])
    def test_it_takes(self, given, kept):
        kept_as = Whole(1, 9).deserialize(given)
        assert (kept_as, type(kept_as)) == (kept, int)

    @pytest.mark.parametrize("value", [0, 10, 1.5, True, "1", "", [], 10**400, 1e308])
    def test_it_refuses(self, value):
        assert assert_refused(Whole(1, 9), value).messages == ["Must be a whole number from 1 to 9."]


class TestMoment:
    @pytest.mark.parametrize(
        "given",
        [
            "2026-01-31T12:00:00Z",
            "2026-01-31t12:00:00z",
            "2026-01-31T13:00:00+01:00",
            "2026-01-31T12:00:00.000Z",
        ],
    )
    def test_it_is_brought_to_utc(self, given):
        assert Moment().deserialize(given) == datetime(2026, 1, 31, 12, tzinfo=UTC)

    @pytest.mark.parametrize(
        "value",
        [
            "2026-01-31",
            "2026-01-31T12:00:00",
            "2026-02-30T12:00:00Z",
            "2026-01-31T25:00:00Z",
            "2026-01-31T12:00:60Z",
            "2026-01-31T12:00:00+99:00",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "20260131T120000Z",
            " 2026-01-31T12:00:00Z",
            1,
            None,
        ],
    )
    def test_it_refuses(self, value):
        assert_refused(Moment(), value)

    def test_it_is_written_with_z(self):
        schema = ma.Schema.from_dict({"at": Moment()})()
        assert schema.dump({"at": datetime(2026, 1, 31, 12, tzinfo=UTC)}) == {"at": "2026-01-31T12:00:00Z"}
        assert schema.dump({"at": None}) == {"at": None}


class TestDay:
    def test_it_is_a_date(self):
        assert Day().deserialize("2026-01-31") == date(2026, 1, 31)

    @pytest.mark.parametrize(
        "value",
        [
            "2026-1-31",
            "20260131",
            "2026-02-30",
            "2026-W01-1",
            "0000-01-01",
            1,
            "\u0661\u0662\u0663\u0664-\u0660\u0661-\u0660\u0661",
        ],
    )
    def test_it_refuses(self, value):
        assert assert_refused(Day(), value).messages == ["Must be a date, such as 2026-01-31."]


class TestReference:
    @pytest.mark.parametrize("given", ["numpy", {"slug": "numpy"}, {"slug": "numpy", "name": "NumPy"}])
    def test_it_is_loaded_as_a_slug(self, given):
        assert Reference(LibraryReferenceSchema).deserialize(given) == "numpy"

    @pytest.mark.parametrize(
        "value", [1, ["numpy"], {}, {"name": "NumPy"}, {"slug": "A"}, {"slug": "a", "id": 1}, ""]
    )
    def test_it_refuses(self, value):
        assert_refused(Reference(LibraryReferenceSchema), value)


class TestItems:
    def test_it_keeps_order_and_repetition(self):
        assert Items(Slug()).deserialize(["b", "a", "b"]) == ["b", "a", "b"]

    @pytest.mark.parametrize("value", ["ab", {"a": 1}, 1, None])
    def test_it_is_a_list(self, value):
        assert_refused(Items(Slug()), value)

    def test_it_names_the_place_of_a_flaw(self):
        assert list(assert_refused(Items(Slug()), ["a", "B"]).messages) == [1]

    def test_it_holds_no_fewer_than_it_says(self):
        assert assert_refused(Items(Slug(), fewest=1), []).messages == ["Must hold 1 to 200 items."]

    def test_it_holds_at_most_200(self):
        assert_refused(Items(Slug()), ["a"] * 201)
        assert len(Items(Slug()).deserialize(["a"] * 200)) == 200


class TestBag:
    def test_it_is_sorted_and_holds_each_once(self):
        assert Bag(Slug()).deserialize(["b", "a", "b"]) == ["a", "b"]
