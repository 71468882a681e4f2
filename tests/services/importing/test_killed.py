"""A process that is killed in the middle of an import leaves all of it, or nothing."""

import random
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa

from app.config import PROJECT_FOLDER
from app.models import Alias, Atlas, Change, Library, LibraryTopic, SearchEntry

RECORDS = 2_000
LONGEST_SECONDS = 0.6
TABLES = (Library, LibraryTopic, Change, SearchEntry, Alias)


def start(url, count):
    command = [sys.executable, "-m", "tests.killed_import", url, str(count)]
    return subprocess.Popen(command, cwd=PROJECT_FOLDER, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own


def kill_after(url, seconds):
    """Kill an import some time after it began to write, and say whether it had told that it was done."""
    with start(url, RECORDS) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        process.kill()
        return "done" in process.stdout.read()


def wait_until_alone(database):
    """Wait until PostgreSQL has noticed that its client is gone: until then it may still commit."""
    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND application_name = 'toolatlas'"
    )
    for _ in range(600):
        with database.reading() as connection:
            if database.is_sqlite or not connection.scalar(others):
                return
        time.sleep(0.1)
    pytest.fail("The killed client's backend does not go away.")


def counts(database):
    with database.reading() as connection:
        rows = [connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in TABLES]
        return [*rows, connection.scalar(sa.select(Atlas.version))]


WHOLE = [RECORDS, 2 * RECORDS, RECORDS, RECORDS, 0, RECORDS]
NOTHING = [0, 0, 0, 0, 0, 0]


def kill_and_look(database, database_url, seed):
    chance = random.Random(seed)  # noqa: S311  # the same for the same seed
    was_told = kill_after(database_url, chance.random() * LONGEST_SECONDS)
    wait_until_alone(database)
    found = counts(database)
    assert found == WHOLE or (found == NOTHING and not was_told)
    with start(database_url, RECORDS) as process:
        assert process.wait(120) == 0
    assert counts(database) == WHOLE


class TestKilled:
    @pytest.mark.parametrize("seed", range(2))
    def test_it_leaves_all_or_nothing(self, database, database_url, seed):
        kill_and_look(database, database_url, seed)

    @pytest.mark.soak
    @pytest.mark.parametrize("seed", range(2, 42))
    def test_it_leaves_all_or_nothing_whenever_it_is_killed(self, database, database_url, seed):
        kill_and_look(database, database_url, seed)
