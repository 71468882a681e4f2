"""An import in a process of its own, to be killed: `python -m tests.killed_import URL RECORDS`."""

import sys

from app.config import Settings
from app.db import Author, Database
from app.models import Kind
from app.services.importing.checking import check
from app.services.importing.items import Item
from app.services.importing.undertaking import Import

AUTHOR = Author("tests", "1")


def main(url, count):
    database = Database(Settings(database_url=url, read_timeout_seconds=60, write_timeout_seconds=60))
    items = [
        Item(Kind.LIBRARY, {"slug": f"l-{n}", "name": f"Library {n}", "topics": ["a", "b"]}, f"/{n}")
        for n in range(count)
    ]
    work = Import(check(items), AUTHOR, database.clock)
    with database.reading() as connection:
        work.prepare(connection)
    print("ready", flush=True)  # noqa: T201  # whoever kills it waits for this
    with database.writing(AUTHOR) as session:
        work.write(session)
    print("done", flush=True)  # noqa: T201  # the same


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
