"""One POST to an endpoint: no redirects, little time, and of the answer only its status.

The name is resolved once and the connection goes to the address that was
looked at; TLS and the Host header still speak of the name. A library would
resolve again, follow redirects, or read answers without end.
"""

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from app.services.webhooks.targets import Refused, Target, choose_address, read_target

SECONDS = 5.0
MOST_ANSWER_BYTES = 65_536
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")
_LENGTH = re.compile(rb"\ncontent-length: *([0-9]{1,9})\r?\n", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"

Resolve = Callable[[str, int], Iterable[str]]


class Failed(Exception):
    """A POST to which no answer came; its text says why, in a few words of our own."""


def resolved(host: str, port: int) -> list[str]:
    """Give the addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]).partition("%")[0] for *_kind, place in found))


@dataclass(frozen=True)
class Poster:
    """Sends to endpoints.

    Attributes:
        allows_loopback: this machine may be sent to.
        resolve: gives the addresses of a host at a port.
        seconds: for everything behind the name's resolution.
    """

    allows_loopback: bool = False
    resolve: Resolve = resolved
    seconds: float = SECONDS

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send a body, and give the status of the answer.

        Raises:
            Failed: there was no answer in time.
            Refused: nothing is sent to such a place.
        """
        target = read_target(url, allows_loopback=self.allows_loopback)
        try:
            addresses = self.resolve(target.host, target.port)
            address = choose_address(target, addresses, allows_loopback=self.allows_loopback)
            return self._exchange(target, address, _request(target, headers, body))
        except TimeoutError:
            raise Failed(f"no answer within {self.seconds:g} seconds") from None
        except ssl.SSLError:
            raise Failed("no TLS connection with a certificate for that name") from None
        except socket.gaierror:
            raise Failed("the name is not known") from None
        except OSError:
            raise Failed("no connection") from None

    def _exchange(self, target: Target, address: str, request: bytes) -> int:
        deadline = time.monotonic() + self.seconds
        with socket.create_connection((address, target.port), timeout=self.seconds) as plain:
            _limit(plain, deadline)
            if not target.is_tls:
                return _talk(plain, request, deadline)
            with _context().wrap_socket(plain, server_hostname=target.host) as secured:
                return _talk(secured, request, deadline)


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _talk(connection: socket.socket, request: bytes, deadline: float) -> int:
    """Send a request and read the answer, as far as it is worth reading."""
    _limit(connection, deadline)
    connection.sendall(request)
    answer = b""
    while not _is_enough(answer):
        _limit(connection, deadline)
        try:
            piece = connection.recv(min(8192, MOST_ANSWER_BYTES - len(answer)))
        except OSError:
            if _END_OF_HEAD in answer:
                break  # the rest does not matter
            raise
        if not piece:
            break
        answer += piece
    status = _STATUS.match(answer)
    if status is None:
        raise Failed("the answer is not HTTP")
    return int(status[1])


def _is_enough(answer: bytes) -> bool:
    """Say whether all is read that the sender of an answer waits to get rid of."""
    head, end, rest = answer.partition(_END_OF_HEAD)
    length = _LENGTH.search(head + b"\r\n")
    is_whole = bool(end and length and len(rest) >= int(length[1]))
    return is_whole or len(answer) >= MOST_ANSWER_BYTES


def _limit(connection: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)


__all__ = ["Failed", "Poster", "Refused", "resolved"]
