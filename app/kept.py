"""Records as they are written in JSON, kept from one request to the next.

What is kept is right for a span of states of the atlas: from the one that it
was read in to the one that all of it was last compared with. A state is known
by its version and by the hash of its last change, which tells it from every
other one, also where a database was put back to an earlier state.
"""

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import orjson

from app.bounded import Bounded

# What an entry takes beside its bytes: the objects, the key, the place in the order.
_OVERHEAD_BYTES = 800
_MOST_SHARES = 16  # no record takes more than a sixteenth of the room
_STEPS_REMEMBERED = 30

Key = tuple[str, int]


class State(NamedTuple):
    """A state of the atlas.

    Attributes:
        version: the `seq` of its last change.
        head: the hash of that change.
    """

    version: int
    head: str


class Step(NamedTuple):
    """What led from a state to the next one that all was compared with.

    Attributes:
        state: that it began with.
        changed: records that are not what they were.
        kinds: those of which every record may have changed.
    """

    state: State
    changed: AbstractSet[Key]
    kinds: AbstractSet[str]


@dataclass(frozen=True, slots=True)
class Written:
    """A record as an answer has it.

    Attributes:
        json: its bytes.
        fragment: the same, to be put into a longer document as it is.
        mark: what stands for its revision in an ETag.
        modified: when it was changed last.
    """

    json: bytes
    fragment: orjson.Fragment
    mark: str
    modified: datetime


class KeptRecords:
    """The records that a process keeps; the one that was not asked for the longest time goes first."""

    def __init__(self, most_bytes: int) -> None:
        """Begin with none.

        Args:
            most_bytes: that they may take together; 0: none is kept.
        """
        self._state: State | None = None
        self._steps: deque[Step] = deque(maxlen=_STEPS_REMEMBERED)
        self._entries: Bounded[Key, tuple[int, Written]] = Bounded(most_bytes)
        self._lock = threading.Lock()

    @property
    def is_on(self) -> bool:
        """Say whether anything is kept at all."""
        return self._entries.most_bytes > 0

    @property
    def state(self) -> State | None:
        """Give the state that all was last compared with; None: nothing is kept."""
        return self._state if self._entries else None

    def find(self, kind: str, ids: Iterable[int], state: State) -> dict[int, Written]:
        """Give those records of one kind that are kept, as they are in a state."""
        found: dict[int, Written] = {}
        with self._lock:
            if self._step_behind(state) is None:
                return found
            version = state.version
            for id_ in ids:
                entry = self._entries.find((kind, id_))
                if entry is not None and entry[0] <= version:
                    found[id_] = entry[1]
        return found

    def keep(self, kind: str, records: Mapping[int, Written], state: State) -> None:
        """Keep records of one kind that were read in a state; not those that have changed since."""
        with self._lock:
            if not self._entries:
                self._begin(state)
            since = self._step_behind(state)
            if since is None or kind in since.kinds:
                return
            for id_, record in records.items():
                key, size = (kind, id_), len(record.json) + _OVERHEAD_BYTES
                if key not in since.changed and size * _MOST_SHARES <= self._entries.most_bytes:
                    self._entries.keep(key, (state.version, record), size)

    def follow(self, step: Step, state: State) -> None:
        """Go on to a later state: what has changed until then is dropped.

        Args:
            step: what has changed; where all is of another state by now than it begins with, nothing happens.
            state: the later one.
        """
        with self._lock:
            if step.state != self._state:
                return
            for key in step.changed:
                self._entries.drop(key)
            if step.kinds:
                for key in [key for key in self._entries if key[0] in step.kinds]:
                    self._entries.drop(key)
            self._steps.append(step)
            self._state = state

    def forget(self, known: State, state: State) -> None:
        """Drop all and go on with another state, unless all is of another one than is known by now."""
        with self._lock:
            if known == self._state:
                self._entries.clear()
                self._begin(state)

    def _begin(self, state: State) -> None:
        self._steps.clear()
        self._state = state

    def _step_behind(self, state: State) -> Step | None:
        """Put together what has changed since a state; None: it is none of those that are remembered."""
        if state == self._state:
            return Step(state, frozenset(), frozenset())
        changed: set[Key] = set()
        kinds: set[str] = set()
        for step in reversed(self._steps):
            changed |= step.changed
            kinds |= step.kinds
            if step.state == state:
                return Step(state, changed, kinds)
        return None
