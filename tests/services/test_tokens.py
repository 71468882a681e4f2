import string
from datetime import timedelta

import pytest

from app.db import Author
from app.errors import Conflict, Invalid, NotFound, Unauthorized
from app.models import Scope
from app.services import credentials, tokens
from app.services.token_views import all_tokens

LETTERS = string.ascii_letters + string.digits


@pytest.fixture
def later(database):
    """Moves the clock of the database on: `later(days=1)`."""
    started = database.clock()

    def move(**amount):
        database.clock = lambda: started + timedelta(**amount)

    return move


def check(database, header):
    with database.reading() as connection:
        return tokens.check(connection, header, database.clock())


def change(database, function, *arguments):
    with database.writing(Author("tests", "tests")) as session:
        return function(session, *arguments)


def revoke(database, name="tester", reason="lost"):
    change(database, lambda session: tokens.revoke(session, tokens.find(session, name=name), reason))


class TestCreate:
    def test_it_gives_a_secret_of_the_known_form(self, token):
        assert credentials.FORM.fullmatch(token("deploy", Scope.WRITE))

    def test_it_gives_another_secret_each_time(self, token):
        assert token("one", Scope.WRITE) != token("two", Scope.WRITE)

    def test_it_keeps_scopes_once_and_in_order(self, database, token):
        token("deploy", Scope.WRITE, Scope.ADMIN, Scope.WRITE)
        with database.reading() as connection:
            assert [row["scopes"] for row in all_tokens(connection, database.clock())] == [["admin", "write"]]

    def test_it_refuses_a_taken_name(self, token):
        token("deploy", Scope.WRITE)
        with pytest.raises(Conflict, match="named deploy"):
            token("deploy", Scope.WRITE)

    def test_it_refuses_a_team_that_is_not_there(self, token):
        with pytest.raises(Conflict, match="no team nowhere"):
            token("deploy", Scope.WRITE, teams=["nowhere"])

    @pytest.mark.parametrize("days", [0, -1, 367])
    def test_it_refuses_an_end_that_is_no_time_or_too_far(self, token, days):
        with pytest.raises(Invalid):
            token("deploy", Scope.WRITE, days=days)

    @pytest.mark.parametrize("name", ["", "x" * 201, "a\x1b[2Jb", "a\nb", "a\0b", "\ud800"])
    def test_it_refuses_a_name_that_cannot_be_shown(self, token, name):
        with pytest.raises(Invalid):
            token(name, Scope.WRITE)


class TestCheck:
    def test_it_tells_who_sends_it(self, database, make, token):
        make.team(slug="core", name="Core")
        bearer = check(database, f"Bearer {token('deploy', Scope.WRITE, teams=['core'])}")
        assert (bearer.name, bearer.scopes, bearer.teams) == ("deploy", {"write"}, {"core"})

    def test_it_does_not_hold_a_token_without_teams(self, database, secret):
        assert check(database, f"Bearer {secret}").teams is None

    def test_it_refuses_every_change_of_one_character(self, database, secret):
        let_in = [
            (place, letter)
            for place in range(len(secret))
            for letter in LETTERS + "_"
            if letter != secret[place]
            and _is_good(database, f"{secret[:place]}{letter}{secret[place + 1 :]}")
        ]
        assert let_in == []

    def test_it_looks_at_no_database_for_a_typo(self, database, secret, statements):
        with statements() as seen, pytest.raises(Unauthorized):
            check(database, f"Bearer {secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}")
        assert seen == []

    @pytest.mark.parametrize("change", ["{}x", "x{}", "{}é", "\0{}", "{}\u0661"])
    def test_it_refuses_more_than_the_token(self, database, secret, change):
        with pytest.raises(Unauthorized):
            check(database, f"Bearer {change.format(secret)}")

    def test_it_asks_the_same_of_the_database_whether_or_not_the_public_part_is_known(
        self, database, secret, statements
    ):
        known = credentials.seal(secret[:14] + "x" * 32)
        unknown = credentials.seal(f"ta_{'x' * 10}_{'x' * 32}")
        counts = []
        for token in (known, unknown):
            with statements() as seen, pytest.raises(Unauthorized, match="not a good token"):
                check(database, f"Bearer {token}")
            counts.append(len(seen))
        assert counts == [1, 1]

    def test_it_lets_nobody_in_from_the_moment_of_the_end_on(self, database, token, later):
        secret = token("deploy", Scope.WRITE, days=2)
        later(days=2, seconds=-5)
        assert check(database, f"Bearer {secret}").name == "deploy"
        later(days=2, seconds=5)
        with pytest.raises(Unauthorized, match="has ended"):
            check(database, f"Bearer {secret}")

    def test_it_refuses_a_token_that_was_not_used_for_long(self, database, token, later):
        secret = token("deploy", Scope.WRITE, days=366)
        later(days=181)
        with pytest.raises(Unauthorized, match="not used for 180 days"):
            check(database, f"Bearer {secret}")

    def test_it_passes_over_a_scope_that_this_code_does_not_know(self, database, secret):
        with database.writing(Author("tests", "tests")) as session:
            session.query(tokens.Token).one().scopes = ["write", "everything"]
        assert check(database, f"Bearer {secret}").scopes == {"write"}


class TestNoteUse:
    def test_it_keeps_a_token_alive_that_is_used(self, database, token, later):
        secret = token("deploy", Scope.WRITE, days=366)
        later(days=100)
        change(database, tokens.note_use, check(database, f"Bearer {secret}"))
        later(days=200)
        assert check(database, f"Bearer {secret}").name == "deploy"

    def test_it_writes_once_an_hour_at_most(self, database, secret, later):
        change(database, tokens.note_use, check(database, f"Bearer {secret}"))
        first = _last_use(database)
        later(minutes=50)
        change(database, tokens.note_use, check(database, f"Bearer {secret}"))
        assert _last_use(database) == first
        later(minutes=70)
        change(database, tokens.note_use, check(database, f"Bearer {secret}"))
        assert _last_use(database) > first


class TestRevoke:
    def test_it_lets_nobody_in_any_more(self, database, secret):
        revoke(database)
        with pytest.raises(Unauthorized, match="was revoked"):
            check(database, f"Bearer {secret}")

    def test_it_keeps_the_first_moment(self, database, secret, later):
        revoke(database)
        first = _row(database)["revoked_at"]
        later(days=1)
        revoke(database, "tester", "lost again")
        assert _row(database)["revoked_at"] == first

    def test_it_says_when_there_is_no_such_token(self, database):
        with pytest.raises(NotFound, match="named nobody"):
            revoke(database, "nobody")


class TestAllTokens:
    def test_it_shows_teams_and_no_secret(self, database, make, token):
        make.team(slug="core", name="Core")
        secret = token("deploy", Scope.WRITE, teams=["core"])
        with database.reading() as connection:
            rows = all_tokens(connection, database.clock())
        assert [(row["name"], row["teams"], row["is_held"]) for row in rows] == [
            ("deploy", ["core"], True),
            ("tester", [], False),
        ]
        assert secret[14:46] not in str(rows)


def _is_good(database, secret):
    try:
        check(database, f"Bearer {secret}")
    except Unauthorized:
        return False
    return True


def _row(database):
    with database.reading() as connection:
        return all_tokens(connection, database.clock())[0]


def _last_use(database):
    return _row(database)["last_used_at"]
