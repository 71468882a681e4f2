import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.config import Settings
from app.db import Author, Database
from app.errors import EXPLANATIONS
from app.services import reading
from tests.client import Client, assert_problem
from tests.conftest import bound


@pytest.fixture
def only_sqlite(database):
    if not database.is_sqlite:
        pytest.skip("of SQLite alone")


@pytest.fixture
def only_postgresql(database):
    if database.is_sqlite:
        pytest.skip("of PostgreSQL alone")


@pytest.fixture
def hurried(session_app, database, settings):
    """Lets the application serve with other time limits: `hurried(write_timeout_seconds=0.05)`."""
    made = []

    def bind(**changes):
        made.append(Database(replace(settings, **changes)))
        session_app.extensions["database"] = made[-1]
        return made[-1]

    yield bind
    for other in made:
        other.dispose()
    session_app.extensions["database"] = database


class TestBusy:
    def test_a_writer_that_waits_too_long_is_told_to_come_back(self, client, database, hurried):
        hurried(write_timeout_seconds=0.1)
        with database.writing(Author("tests", "tests")):
            answer = client.post("/organizations", {"name": "Acme"})
        assert_problem(answer, 503, "busy")
        assert answer.headers["Retry-After"] == "1"
        assert client.get("/organizations").get_json()["total"] == 0

    def test_no_free_connection_is_the_same(self, client, database, settings, hurried):
        few = hurried(threads=1)
        with few.reading():
            assert_problem(client.get("/organizations"), 503, "busy")


@pytest.fixture
def instead(monkeypatch):
    """Does something else where a list is read: `instead(lambda connection: ...)`."""
    return lambda do: monkeypatch.setattr(reading, "page", lambda connection, *_rest: do(connection))


class TestTimeLimit:
    def test_a_question_that_takes_too_long_is_stopped(self, client, hurried, instead):
        numbers = "SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000"
        endless = sa.text(f"WITH RECURSIVE n(i) AS ({numbers}) SELECT count(*) FROM n")  # noqa: S608
        hurried(read_timeout_seconds=0.1)
        instead(lambda connection: connection.execute(endless))
        answer = client.get("/libraries")
        assert_problem(answer, 503, "query_timeout")
        assert answer.headers["Retry-After"] == "1"


class TestFaultsThatTheDatabaseFinds:
    """What slips through every check before it is still told as the client's fault, not as ours."""

    @pytest.mark.parametrize(
        ("fault", "status", "code"),
        [(sa.exc.IntegrityError, 409, "conflict"), (sa.exc.DataError, 422, "invalid")],
    )
    def test_it_is_a_problem_of_the_request(self, client, instead, fault, status, code):
        def fail(_connection):
            raise fault("INSERT", {}, ValueError("secret"))

        instead(fail)
        assert "secret" not in assert_problem(client.get("/libraries"), status, code)["detail"]


class TestUnknownPaths:
    @pytest.mark.parametrize("path", ["//api/v1//teams", "//livez/x", "//docs//", "//api//v1/teams/core"])
    def test_nothing_is_guessed_from_a_path(self, client, path):
        assert_problem(client.get(path), 404, "not_found")


class TestStorage:
    def test_a_full_disk_is_told_and_reading_goes_on(self, client, make, database, only_sqlite):
        make.organization(slug="first", name="First")
        _limit_pages(database)
        body = {"name": "Second", "description": "x" * 10_000}
        answers = [client.post("/organizations", {**body, "name": f"Number {n}"}) for n in range(60)]
        full = next(answer for answer in answers if answer.status_code != 201)
        assert_problem(full, 503, "storage_full")
        assert client.get("/organizations/first").status_code == 200
        kept = sum(answer.status_code == 201 for answer in answers)
        assert client.get("/organizations").get_json()["total"] == kept + 1

    def test_writing_works_again_once_there_is_room(self, client, database, only_sqlite):
        _limit_pages(database)
        for number in range(60):
            client.post("/organizations", {"name": f"Number {number}", "description": "x" * 10_000})
        _limit_pages(database, 1_000_000)
        assert client.post("/organizations", {"name": "Room", "description": "x" * 10_000}).status_code == 201


def _limit_pages(database, pages=None):
    """Let SQLite find its disk full after some more pages; a limit holds for a connection."""
    if pages is None:
        with database.reader.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar() + 20

    @sa.event.listens_for(database.writer, "begin")
    def limit(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


class TestLostConnection:
    def test_it_is_told_and_the_next_request_is_served(self, client, database, only_postgresql, monkeypatch):
        with monkeypatch.context() as once:
            once.setattr(reading, "page", lambda connection, *_rest: _lose(database, connection))
            assert_problem(client.get("/organizations"), 503, "unavailable")
        assert client.get("/organizations").status_code == 200

    def test_a_server_that_is_away_is_told(self, session_app, tmp_path):
        gone = Settings(database_url=f"postgresql+psycopg://nobody@/none?host={tmp_path}")
        with bound(session_app, gone):
            answer = Client(session_app, None).get("/organizations")
        assert_problem(answer, 503, "unavailable")
        assert "Retry-After" in answer.headers


def _lose(database, connection):
    """End the server's side of a connection, then ask for something."""
    pid = connection.scalar(sa.text("SELECT pg_backend_pid()"))
    with database.writer.connect() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    connection.execute(sa.text("SELECT 1"))


def _fail(_connection):
    message = "the secret of the house"
    raise RuntimeError(message)


class TestUnexpected:
    def test_it_says_nothing_of_what_went_wrong(self, client, instead):
        instead(_fail)
        problem = assert_problem(client.get("/libraries"), 500, "internal_error")
        assert problem["detail"] == EXPLANATIONS["internal_error"][2]
        assert "secret of the house" not in json.dumps(problem)

    def test_it_is_logged_once_with_the_request_id(self, client, instead, log_lines):
        instead(_fail)
        answer = client.get("/libraries")
        events = [json.loads(line) for line in log_lines().splitlines()]
        assert [event["request_id"] for event in events] == [answer.headers["X-Request-Id"]]
        assert "the secret of the house" in events[0]["exception"]

    def test_a_fault_of_ours_in_sql_is_one(self, client, instead):
        instead(lambda connection: connection.execute(sa.text("SELECT nothing FROM nowhere")))
        problem = assert_problem(client.get("/libraries"), 500, "internal_error")
        assert "nowhere" not in json.dumps(problem)
