import inspect
import sqlite3

import psycopg
import pytest
import sqlalchemy.exc

from app import errors
from app.errors import (
    EXPLANATIONS,
    AtlasError,
    Conflict,
    Flaw,
    NotFound,
    Renamed,
    Unavailable,
    did_you_mean,
    flaws_of,
    from_database,
    from_http,
    invalid_body,
    problem_of,
)

CLASSES = [
    thing for thing in vars(errors).values() if inspect.isclass(thing) and issubclass(thing, AtlasError)
]


def make(error_class):
    return Renamed("old", "new") if error_class is Renamed else error_class("It is so.")


class TestAtlasError:
    @pytest.mark.parametrize("error_class", CLASSES)
    def test_the_default_code_is_explained_with_the_same_status(self, error_class):
        error = make(error_class)
        assert EXPLANATIONS[error.code][0] == error.status

    @pytest.mark.parametrize("error_class", CLASSES)
    def test_each_stands_in_the_tree_of_the_module_with_its_status(self, error_class):
        drawn = next(line for line in errors.__doc__.splitlines() if f" {error_class.__name__}" in line)
        assert error_class is AtlasError or str(error_class.status) in drawn

    def test_a_code_of_ones_own_wins(self):
        assert Conflict("It is so.", "unknown_reference").code == "unknown_reference"

    def test_it_says_its_detail(self):
        assert str(NotFound("There is none.")) == "There is none."

    def test_it_says_when_to_come_back(self):
        assert Unavailable("Not now.").headers == {"Retry-After": "1"}
        assert Unavailable("Not now.", headers={"Retry-After": "9"}).headers == {"Retry-After": "9"}


class TestExplanations:
    @pytest.mark.parametrize("code", EXPLANATIONS)
    def test_each_is_a_title_and_a_sentence(self, code):
        status, title, text = EXPLANATIONS[code]
        assert 300 <= status <= 599
        assert not title.endswith(".")
        assert text.endswith((".", "`"))


class TestFlaw:
    def test_it_names_its_place(self):
        flaw = Flaw("No.", pointer="", parameter=None)
        assert flaw.document() == {"pointer": "", "detail": "No.", "code": "invalid"}

    def test_it_names_a_parameter(self):
        assert Flaw("No.", "bad", parameter="q").document() == {
            "parameter": "q",
            "detail": "No.",
            "code": "bad",
        }


class TestProblemOf:
    def test_it_has_the_members_of_rfc_9457(self):
        problem = problem_of(404, "not_found", "There is none.", [Flaw("No.")])
        assert problem == {
            "title": "There is no such thing",
            "status": 404,
            "detail": "There is none.",
            "code": "not_found",
            "errors": [{"detail": "No.", "code": "invalid"}],
        }


class TestFlawsOf:
    def test_it_points_at_nested_members(self):
        flaws = flaws_of({"usages": {1: {"role": ["No."]}}})
        assert flaws == [Flaw("No.", "invalid", "/usages/1/role")]

    def test_it_points_at_the_whole_for_what_belongs_to_no_member(self):
        assert flaws_of({"_schema": ["No."]}, at="/a") == [Flaw("No.", "invalid", "/a")]

    def test_it_escapes_names(self):
        assert flaws_of({"a/b~c": ["No."]})[0].pointer == "/a~1b~0c"

    def test_it_offers_the_member_that_was_meant(self):
        flaws = flaws_of({"nmae": ["Unknown field."]}, known=["name"])
        assert flaws == [Flaw("There is no such member. Did you mean name?", "unknown_member", "/nmae")]

    def test_it_gives_every_sentence(self):
        assert len(flaws_of({"name": ["No.", "Not so."]})) == 2

    def test_it_cuts_a_pointer_that_a_client_made_long(self):
        assert len(flaws_of({"x" * 5000: ["Unknown field."]})[0].pointer) == 200


class TestDidYouMean:
    def test_it_offers_a_near_word(self):
        assert did_you_mean("limt", ["limit", "sort"]) == " Did you mean limit?"

    def test_it_offers_nothing_where_nothing_is_near(self):
        assert did_you_mean("zzz", ["limit"]) == ""


class TestInvalidBody:
    def test_it_begins_with_the_first_and_counts_the_others(self):
        error = invalid_body([Flaw("No.", pointer="/a"), Flaw("Not so.", pointer="/b")])
        assert error.detail == "No. (/a) And 1 more, see `errors`."

    def test_it_says_one_without_a_place(self):
        assert invalid_body([Flaw("No.")]).detail == "No."


class TestFromHttp:
    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (400, "bad_request"),
            (404, "not_found"),
            (413, "content_too_large"),
            (418, "bad_request"),
            (500, "internal_error"),
            (501, "not_implemented"),
            (502, "internal_error"),
        ],
    )
    def test_it_has_a_code_and_keeps_the_status(self, status, code):
        error = from_http(status)
        assert (error.status, error.code) == (status, code)

    def test_it_says_what_it_is_told(self):
        assert from_http(405, "This URL takes GET.").detail == "This URL takes GET."


class SqliteError(sqlite3.OperationalError):
    def __init__(self, code):
        super().__init__("said by the driver")
        self.sqlite_errorcode = code


def postgresql_error(state, base=psycopg.OperationalError):
    return type("Error", (base,), {"sqlstate": state, "__module__": "psycopg.errors"})("said by the driver")


def wrapped(original, *, is_invalidated=False, kind=sqlalchemy.exc.OperationalError):
    return kind("SELECT 1", {}, original, connection_invalidated=is_invalidated)


class TestFromDatabase:
    @pytest.mark.parametrize(
        ("original", "code"),
        [
            (SqliteError(5), "busy"),
            (SqliteError(5 | 2 << 8), "busy"),
            (SqliteError(6), "busy"),
            (SqliteError(9), "query_timeout"),
            (SqliteError(13), "storage_full"),
            (postgresql_error("40001"), "busy"),
            (postgresql_error("40P01"), "busy"),
            (postgresql_error("55P03"), "busy"),
            (postgresql_error("57014"), "query_timeout"),
            (postgresql_error("53100"), "storage_full"),
            (postgresql_error("53300"), "unavailable"),
            (postgresql_error("57P01"), "unavailable"),
            (postgresql_error("08006"), "unavailable"),
            (postgresql_error(None), "unavailable"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_it_says_come_back_by_the_code_of_the_driver(self, original, code):
        error = from_database(wrapped(original))
        assert isinstance(error, Unavailable)
        assert error.code == code
        assert "driver" not in error.detail

    def test_it_says_come_back_when_the_connection_broke(self):
        assert from_database(wrapped(SqliteError(1), is_invalidated=True)).code == "unavailable"

    def test_it_says_come_back_when_no_connection_was_free(self):
        assert from_database(sqlalchemy.exc.TimeoutError()).code == "busy"

    @pytest.mark.parametrize(
        "original", [SqliteError(1), SqliteError(11), postgresql_error("42601"), postgresql_error("XX000")]
    )
    def test_it_leaves_what_is_our_fault(self, original):
        assert from_database(wrapped(original)) is None

    def test_it_leaves_a_refused_value_alone(self):
        refused = postgresql_error(None, psycopg.DataError)
        assert from_database(wrapped(refused, kind=sqlalchemy.exc.DataError)) is None

    def test_it_leaves_what_did_not_come_from_a_driver(self):
        assert from_database(sqlalchemy.exc.InvalidRequestError()) is None
