"""Use cases as an index has them that holds little of each.

SQLite would take the key of the table for a use case that is known by its id,
and so read the whole of it; a row of the index is a twentieth of that. It has
to be told, for which SQLAlchemy has no words of its own.

Source: https://www.sqlite.org/lang_indexedby.html, decision 0039.
"""

from typing import Any

from sqlalchemy import Integer, TableClause, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from app.models import UseCase

_HELD = ("id", "status", "stance", "team_id")
_INDEX = "_".join(["ix", UseCase.__tablename__, *_HELD])


class NarrowUseCase(TableClause):
    """The table of use cases with the columns of that index: `id`, `status`, `stance`, `team_id`."""

    inherit_cache = True

    def __init__(self, name: str) -> None:
        """Name it; each time that it stands in a statement it has another name."""
        super().__init__(name, column("id", Integer), *(column(key) for key in _HELD[1:]))


@compiles(NarrowUseCase)
def _write(table: NarrowUseCase, _compiler: SQLCompiler, **_words: Any) -> str:
    return f"{UseCase.__tablename__} AS {table.name}"


@compiles(NarrowUseCase, "sqlite")
def _write_for_sqlite(table: NarrowUseCase, compiler: SQLCompiler, **words: Any) -> str:
    return f"{_write(table, compiler, **words)} INDEXED BY {_INDEX}"
