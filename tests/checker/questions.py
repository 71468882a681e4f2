"""Questions at random, of now and of the past, each with what the model answers."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from tests.checker.filtering import Filterer


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        word: what sort of question it is.
        path: with its query string.
        wanted: gives the status, and what the answer has to hold; None: its body does not matter.
        is_paged: it is a list, whose pages are to be turned.
        body: what is sent with it.
        is_lasting: it may be asked again later.
    """

    word: str
    path: str
    wanted: Callable[[], tuple]
    is_paged: bool = False
    body: object = None
    is_lasting: bool = False


class Questions(ABC):
    """What all questions are made of.

    Args:
        chance, invent: what is made up.
        log: of the model.
        server: whose clock counts.
    """

    def __init__(self, chance, invent, log, server):
        self.chance, self.invent, self.log, self.server = chance, invent, log, server
        self.filters = Filterer(chance, invent)

    @abstractmethod
    def ways(self):
        """Give what makes a question, each with how often it is taken."""

    def when(self):
        """Choose a state: gives the parameter, its version (None: it is not kept), and its moment."""
        log, now = self.log, self.server.clock()
        drawn = self.chance.random()
        if drawn < 0.5 or not log.version:
            return {}, log.version, now
        if drawn < 0.8:
            seq = self.chance.randint(max(log.oldest - 3, 0), log.version)
            return {"as_of": seq}, (seq if seq >= log.oldest else None), self._moment_behind(seq)
        change = self.chance.choice(log.changes[max(log.oldest - 3, 0) :])
        moment = change.at + timedelta(microseconds=self.chance.choice((-1, 0, 0, 1)))
        seq = log.seq_at(moment)
        is_kept = seq > log.oldest or log.oldest == 0
        return {"as_of": moment.isoformat().replace("+00:00", "Z")}, (seq if is_kept else None), moment

    def _moment_behind(self, seq):
        """Give the time of a change, or of the next one where that is not kept."""
        at = max(seq, self.log.oldest + 1)
        return self.log.changes[at - 1].at if at <= self.log.version else self.server.clock()

    def made(self, word, path, parameters, when, wanted, *, is_paged=False, body=None):
        as_of, seq, now = when
        query = urlencode({**parameters, **as_of}, doseq=True)

        def answer():
            if not as_of:
                return wanted(self.log.now, self.server.clock())
            is_kept = seq is not None and seq >= self.log.oldest
            return wanted(self.log.at(seq), now) if is_kept else (410, None)

        return Question(word, f"{path}?{query}" if query else path, answer, is_paged, body, is_lasting=True)

    def place(self, kind, when):
        """Choose a slug: of a record of that state, or any."""
        records = self.log.at(when[1]).of(kind) if when[1] is not None else []
        if not records or self.chance.random() < 0.15:
            return self.invent.slug(kind)
        record = self.chance.choice(records)
        old = sorted(record["old_slugs"])
        return self.chance.choice(old) if old and self.chance.random() < 0.1 else record["slug"]

    def of_record(self, kind, slug, found):
        """Give what a state answers of one record: what is found, or why nothing is."""

        def wanted(state, now):
            record = state.with_slug(kind, slug)
            if record is None:
                return (308 if state.led_to(kind, slug) else 404), None
            return 200, found(state, record, now)

        return wanted

    def page(self):
        return {"limit": self.chance.choice((1, 2, 3, 7, 50, 200))}
