"""What tests stand on: an application, a fresh database of either system, a client, factories."""

import dataclasses
import io
import logging
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import event

from app import create_app
from app.config import Settings
from app.db import Author, Database
from app.logs import JsonFormatter
from app.models import Scope
from app.services import tokens
from bench.generate import generate
from bench.world import Size
from tests.client import Client
from tests.databases import SYSTEMS, PostgresqlFarm, SqliteFarm, memory, patient, start_postgresql
from tests.factories import Factory
from tests.receiver import Receiver

# No test is timed, and the suite draws the same examples each time; `make soak` draws new ones.
settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", parent=settings.get_profile("suite"), derandomize=False)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def sqlite_farm():
    with TemporaryDirectory(prefix="atlas-sqlite-", dir=memory()) as folder:
        yield SqliteFarm(Path(folder))


@pytest.fixture(scope="session")
def postgresql_farm():
    url, stop = start_postgresql()
    farm = PostgresqlFarm(url)
    yield farm
    farm.close()
    stop()


@pytest.fixture(params=SYSTEMS, scope="session")
def farm(request):
    """The maker of databases; whatever uses it runs once on each system."""
    return request.getfixturevalue(f"{request.param}_farm")


@pytest.fixture
def database_url(farm):
    """The URL of an empty, migrated database of the test's own."""
    url = farm.fresh("empty")
    yield url
    farm.drop(url)


@pytest.fixture(scope="session")
def seeded_url(farm):
    """The URL of a seeded database that tests only read."""
    url = farm.fresh("seeded")
    yield url
    farm.drop(url)


@pytest.fixture(scope="session")
def session_app(tmp_path_factory):
    """The one application of the session: flask-restx keeps every one that is ever made."""
    url = f"sqlite:///{tmp_path_factory.mktemp('app')}/unused.db"
    app = create_app(Settings(database_url=url))
    app.extensions["database"].dispose()
    return app


@contextmanager
def bound(app, settings):
    """Let the application serve from a database for a while."""
    database = Database(settings)
    app.extensions["database"] = database
    app.config["ATLAS_SETTINGS"] = settings
    try:
        yield database
    finally:
        database.dispose()


@pytest.fixture(scope="session")
def filled(farm, session_app):
    """Gives the URL of a copy of a database that is filled once, through the API: `filled(fill)`."""
    originals = {}

    def copy(fill):
        if fill not in originals:
            originals[fill] = farm.fresh("empty")
            with bound(session_app, patient(originals[fill])) as database:
                fill(Factory(Client(session_app, make_token(database, "filler", *Scope))))
        return farm.copy(originals[fill])

    yield copy
    for url in originals.values():
        farm.drop(url)


@pytest.fixture
def settings(database_url):
    """The settings of the test's application; override it for other ones."""
    return patient(database_url)


@pytest.fixture
def database(session_app, settings):
    """The engines of the test's own, empty database."""
    with bound(session_app, settings) as database:
        yield database


@pytest.fixture
def app(session_app, database):
    """The application on the test's own, empty database."""
    return session_app


@pytest.fixture
def secret(database):
    """The secret of a token that may do everything."""
    return make_token(database, "tester", *Scope)


@pytest.fixture
def client(app, secret):
    """A client of the test's own atlas, which writes with a good token."""
    return Client(app, secret)


@pytest.fixture
def anonymous(app):
    """A client of the test's own atlas without a token."""
    return Client(app, None)


@pytest.fixture
def make(client):
    """Makes records through the API."""
    return Factory(client)


@pytest.fixture
def seeded(session_app, seeded_url):
    """A client, without a token, of a seeded atlas that the test only reads."""
    with bound(session_app, patient(seeded_url)):
        yield Client(session_app, None)


@pytest.fixture
def own_seeded_url(farm):
    """The URL of a seeded database of the test's own."""
    url = farm.fresh("seeded")
    yield url
    farm.drop(url)


@pytest.fixture
def own_seeded(session_app, own_seeded_url):
    """A client, with a good token, of a seeded atlas of the test's own."""
    with bound(session_app, patient(own_seeded_url)) as database:
        yield Client(session_app, make_token(database, "tester", *Scope))


@pytest.fixture(scope="session")
def generated_url(farm):
    """The URL of a database of 300 made-up use cases that tests only read."""
    url = farm.fresh("empty")
    generate(patient(url), Size(300), seed=1)
    yield url
    farm.drop(url)


@pytest.fixture
def generated(session_app, generated_url):
    """A client, without a token, of an atlas of 300 made-up use cases that the test only reads."""
    with bound(session_app, patient(generated_url)):
        yield Client(session_app, None)


@pytest.fixture
def statements(session_app):
    """Counts SQL statements: `with statements() as seen: ...; len(seen)`."""

    @contextmanager
    def count():
        database = session_app.extensions["database"]
        seen = []

        def note(_connection, _cursor, statement, *_rest):
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        engines = {database.reader, database.writer, database.past}
        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)

    return count


@pytest.fixture
def with_settings(session_app, database, settings):
    """Changes settings of the test's application: `with_settings(require_if_match=True)`."""

    def change(**changes):
        session_app.config["ATLAS_SETTINGS"] = dataclasses.replace(settings, **changes)

    return change


@pytest.fixture
def at(database):
    """Sets the clock of the test's atlas: `at("2026-01-31T12:00:00Z")`."""

    def set_clock(moment):
        database.clock = lambda: datetime.fromisoformat(moment)

    return set_clock


def make_token(database, name, *scopes, teams=(), days=90):
    """Make a token and give its secret."""
    with database.writing(Author("tests", "tests")) as session:
        return tokens.create(session, name, scopes, teams, days)


@pytest.fixture
def token(database):
    """Makes tokens: `token("reader", Scope.WRITE, teams=["core"])` gives the secret."""

    def create(name, *scopes, **options):
        return make_token(database, name, *scopes, **options)

    return create


@pytest.fixture
def log_lines():
    """Gives what the application has logged during the test, as text: `log_lines()`."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    log = logging.getLogger("atlas")
    level = log.level  # that of the application made last, which may have been a quiet one
    log.setLevel("INFO")
    log.addHandler(handler)
    yield stream.getvalue
    log.removeHandler(handler)
    log.setLevel(level)


@pytest.fixture
def receiver():
    """A server that webhooks are sent to."""
    receiver = Receiver()
    yield receiver
    receiver.stop()
