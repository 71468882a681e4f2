"""Answers about states of the past, remembered from one request to the next: what was does not change."""

import threading

from app.bounded import Bounded

_MOST_BYTES = 4_000_000
_OVERHEAD_BYTES = 200  # of an entry, beside its bytes


class Remembered:
    """Answers by what was asked; the one that was not asked for the longest time goes first."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        """Begin with none.

        Args:
            most_bytes: that questions and answers may take together.
        """
        self._answers: Bounded[bytes, bytes] = Bounded(most_bytes)
        self._lock = threading.Lock()

    def find(self, question: bytes) -> bytes | None:
        """Give the answer to a question, or None."""
        with self._lock:
            return self._answers.find(question)

    def keep(self, question: bytes, answer: bytes) -> None:
        """Remember an answer."""
        with self._lock:
            self._answers.keep(question, answer, len(question) + len(answer) + _OVERHEAD_BYTES)
