"""Text and values for the driver itself, within SQLAlchemy's transaction.

SQLAlchemy wraps each execution and its cursor, which for a short statement
takes several times as long as the database. Its listeners hear of what goes
this way all the same, and its errors come of it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection


def fetch(connection: Connection, sql: str, values: Any) -> list[tuple[Any, ...]]:
    """Execute a statement, and give its rows as the driver gives them.

    Raises:
        DBAPIError: as SQLAlchemy's own ways to execute.
    """
    rows: list[tuple[Any, ...]] = []
    _with_cursor(connection, sql, values, lambda cursor: rows.extend(_executed(cursor, sql, values)))
    return rows


def execute(connection: Connection, sql: str, values: Any) -> None:
    """Execute a statement that gives no rows; raises as `fetch`."""
    _with_cursor(connection, sql, values, lambda cursor: cursor.execute(sql, values))


def execute_many(connection: Connection, sql: str, rows: Sequence[Any]) -> None:
    """Execute a statement once for each row, which is its values; raises as `fetch`."""
    if rows:
        _with_cursor(connection, sql, rows, lambda cursor: cursor.executemany(sql, rows), is_many=True)


def _executed(cursor: Any, sql: str, values: Any) -> Any:
    cursor.execute(sql, values)
    return cursor.fetchall()


def _with_cursor(
    connection: Connection, sql: str, values: Any, use: Callable[[Any], Any], *, is_many: bool = False
) -> None:
    if not connection.in_transaction():
        connection.begin()
    cursor = connection.connection.cursor()
    try:
        for hear in connection.dispatch.before_cursor_execute:
            hear(connection, cursor, sql, values, None, is_many)
        use(cursor)
    except connection.dialect.loaded_dbapi.Error as error:
        # There is no public way to have an error judged: whether the connection is lost, and what it means.
        connection._handle_dbapi_exception(error, sql, values, cursor, None)  # noqa: SLF001
        raise
    finally:
        cursor.close()
