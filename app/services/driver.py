"""Text and values for the driver itself, within SQLAlchemy's transaction.

SQLAlchemy wraps each execution and its cursor, which for a short statement
takes several times as long as the database. Its listeners hear of what goes
this way all the same, and its errors come of it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from sqlalchemy import Connection


def fetch(connection: Connection, sql: str, values: Any) -> list[tuple[Any, ...]]:
    """Execute a statement, and give its rows as the driver gives them.

    Raises:
        DBAPIError: as SQLAlchemy's own ways to execute.
    """
    if not connection.in_transaction():  # SQLAlchemy begins one with the first statement
        return [tuple(row) for row in connection.exec_driver_sql(sql, values)]
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


@contextmanager
def in_few_rounds(connection: Connection) -> Iterator[None]:
    """Let statements that give no rows wait for the next one that does, on PostgreSQL: they travel together.

    An error of one of them comes with that next one, or at the end. Within, rows are had by `fetch` alone.

    Source: https://www.psycopg.org/psycopg3/docs/advanced/pipeline.html.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    try:
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        _judge(connection, error, None, None)


def _executed(cursor: Any, sql: str, values: Any) -> Any:
    cursor.execute(sql, values)
    return cursor.fetchall()


def _with_cursor(
    connection: Connection, sql: str, values: Any, use: Callable[[Any], Any], *, is_many: bool = False
) -> None:
    if not connection.in_transaction():
        connection.exec_driver_sql(sql, values)
        return
    cursor = connection.connection.cursor()
    try:
        for hear in connection.dispatch.before_cursor_execute:
            hear(connection, cursor, sql, values, None, is_many)
        use(cursor)
        for hear in connection.dispatch.after_cursor_execute:
            hear(connection, cursor, sql, values, None, is_many)
    except connection.dialect.loaded_dbapi.Error as error:
        _judge(connection, error, sql, values, cursor)
    cursor.close()


def _judge(
    connection: Connection, error: Exception, sql: str | None, values: Any, cursor: Any = None
) -> NoReturn:
    """Raise an error of the driver as one of SQLAlchemy's, and give the connection up where it is lost."""
    connection._handle_dbapi_exception(error, sql, values, cursor, None)  # noqa: SLF001  # no public way has it judged
    raise error
