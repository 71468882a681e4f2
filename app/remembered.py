"""Answers about states of the past, remembered from one request to the next: what was does not change."""

import threading
from collections import OrderedDict

_MOST_BYTES = 4_000_000
_OVERHEAD_BYTES = 200  # of an entry, beside its bytes


class Remembered:
    """Answers by what was asked; the one that was not asked for the longest time goes first."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        """Begin with none.

        Args:
            most_bytes: that questions and answers may take together.
        """
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, question: bytes) -> bytes | None:
        """Give the answer to a question, or None."""
        with self._lock:
            if question in self._answers:
                self._answers.move_to_end(question)
            return self._answers.get(question)

    def keep(self, question: bytes, answer: bytes) -> None:
        """Remember an answer."""
        with self._lock:
            self._drop(question)
            self._answers[question] = answer
            self._bytes += _size(question, answer)
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._answers)))

    def _drop(self, question: bytes) -> None:
        answer = self._answers.pop(question, None)
        if answer is not None:
            self._bytes -= _size(question, answer)


def _size(question: bytes, answer: bytes) -> int:
    return len(question) + len(answer) + _OVERHEAD_BYTES
