"""One statement, asked of a PostgreSQL again and again from the event loop.

Through libpq itself: with cursors, waiting and rows of psycopg around it, an
answer that takes the server 20 microseconds takes ten times as long.
"""

import asyncio
from collections.abc import Callable

import psycopg
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

Row = tuple[int, ...]

_NAME = b"toolatlas_question"
_CONNECT_SECONDS = 2
_ANSWER_SECONDS = 2.0


class Question:
    """A statement without parameters, whose first row is whole numbers; one answer is awaited at a time."""

    def __init__(self, connection: "psycopg.AsyncConnection[object]") -> None:
        """Begin; `prepare` makes the connection."""
        self._connection = connection
        self._link = connection.pgconn
        self._socket = self._link.socket
        self._result: PGresult | None = None
        self._then: Callable[[PGresult | None], None] | None = None
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._on_readable)

    @classmethod
    async def prepare(cls, url: str, statement: str) -> "Question":
        """Connect, and let the server make its plan.

        Args:
            url: of the database, in libpq's words.
            statement: what will be asked.

        Raises:
            psycopg.Error: it cannot be asked.
        """
        connection = await psycopg.AsyncConnection.connect(
            url,
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            options="-c statement_timeout=1000 -c default_transaction_read_only=on",
            tcp_user_timeout=5000,
            application_name="toolatlas-front",
        )
        question = cls(connection)
        prepared: asyncio.Future[PGresult | None] = asyncio.get_running_loop().create_future()
        question._send(lambda: question._link.send_prepare(_NAME, statement.encode()), prepared.set_result)
        result = await prepared
        if result is None or result.status != ExecStatus.COMMAND_OK:
            question.close()
            raise psycopg.OperationalError(result.get_error_message() if result else "no answer")
        return question

    def ask(self, answered: Callable[[Row | None], None]) -> None:
        """Ask.

        Args:
            answered: gets the row; None: there is none.
        """
        self._send(
            lambda: self._link.send_query_prepared(_NAME, [], result_format=Format.BINARY),
            lambda result: answered(_row(result)),
        )

    def close(self) -> None:
        """End; who waits for an answer gets none."""
        self._loop.remove_reader(self._socket)
        self._link.finish()
        self._end(None)

    def _send(self, send: Callable[[], None], then: Callable[[PGresult | None], None]) -> None:
        """Send something to the server; `then` gets its result, or None where none comes in time."""
        self._then = then
        self._timer = self._loop.call_later(_ANSWER_SECONDS, self.close)
        try:
            send()
            self._link.flush()  # what libpq has not sent yet
        except psycopg.Error:
            self.close()

    def _on_readable(self) -> None:
        """Take what the server sends: a result, and behind it that there is no more."""
        try:
            self._link.consume_input()
            while not self._link.is_busy():
                result = self._link.get_result()
                if result is None:
                    self._end(self._result)
                    return
                self._result = result
        except psycopg.Error:
            self.close()

    def _end(self, result: PGresult | None) -> None:
        then, self._then, self._result = self._then, None, None
        if then is not None:
            self._timer.cancel()
            then(result)


def _row(result: PGresult | None) -> Row | None:
    """Read the first row; a whole number comes as its bytes, the highest first."""
    if result is None or result.status != ExecStatus.TUPLES_OK or not result.ntuples:
        return None
    values = (result.get_value(0, column) for column in range(result.nfields))
    return tuple(int.from_bytes(value or b"", signed=True) for value in values)
