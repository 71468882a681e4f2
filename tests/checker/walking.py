"""The walk: writes and questions at random, each answer compared with the model's."""

import json
from collections import deque
from datetime import timedelta
from itertools import islice
from random import Random

from tests.checker.asking import Asker
from tests.checker.documents import flat, whole
from tests.checker.inventing import Inventor
from tests.checker.lists import moment
from tests.checker.log import Change, Log
from tests.checker.ruling import is_said_anew
from tests.checker.serving import NAME, prune
from tests.checker.shapes import UNKNOWN
from tests.checker.writing import Writer, as_text

_TOLD = 12  # steps that a difference is told with
_WITHIN = timedelta(hours=20)  # answers to retries are kept for 24


class Difference(AssertionError):
    """The atlas and the model do not say the same."""


class Walk:
    """A walk through one atlas, which is empty at its beginning.

    Args:
        server: where requests are sent.
        seed: of its chance.
    """

    def __init__(self, server, seed):
        self.server, self.seed = server, seed
        self.chance = Random(seed)  # noqa: S311  # the same for the same seed
        self.log, self.etags, self.answered = Log(), {}, deque(maxlen=20)
        invent = Inventor(self.chance)
        today = lambda: server.clock().date()  # noqa: E731
        self.writer = Writer(self.chance, invent, self.log, self.etags, NAME, today)
        self.asker = Asker(self.chance, invent, self.log, server)
        self.steps, self.told = 0, deque(maxlen=_TOLD)
        self.counts = {}

    def run(self, steps, *, restarts=0.002, prunes=0.001):
        """Take so many steps; the first difference ends it."""
        while self.steps < steps:
            self.steps += 1
            drawn = self.chance.random()
            try:
                if self.steps == 1:
                    self._send(self.writer.begin())
                elif drawn < prunes:
                    self._prune()
                elif drawn < prunes + restarts:
                    self._restart()
                elif drawn < 0.4:
                    self._write()
                else:
                    self._ask()
            except Difference as difference:
                steps_before = "\n".join(self.told)
                raise Difference(
                    f"seed {self.seed}, step {self.steps}:\n{steps_before}\n{difference}"
                ) from None

    def note_etag(self, record, etag):
        """Remember the ETag that a record was read with."""
        seen = self.etags.setdefault(record["id"], [])
        if not seen or seen[-1][0] != record["revision"]:
            seen.append((record["revision"], etag))

    def expect(self, what, found, wanted):
        """Compare what was answered with what the model says."""
        if found != wanted:
            raise Difference("\n".join([what, *islice(_apart(wanted, found, ""), _TOLD)]))

    def _count(self, word):
        self.counts[word] = self.counts.get(word, 0) + 1

    def _restart(self):
        self.told.append("restart")
        self._count("restart")
        self.server.restart()

    def _prune(self):
        if self.log.version - self.log.oldest < 50:
            return
        seq = self.chance.randint(self.log.oldest + 1, self.log.version - 20)
        self.told.append(f"prune before {seq}")
        self._count("prune")
        prune(self.server.url, seq)
        self.log.oldest = max(self.log.oldest, seq - 1)

    def _ask(self):
        question = self.asker.question()
        self.told.append(f"GET {question.path}")
        self._count(question.word)
        self.asker.ask(question, self.expect)

    def _write(self):
        if self.answered and self.chance.random() < 0.06:
            self._retry()
            return
        if self.chance.random() < 0.05:
            self.server.pass_time(self.chance.choice((60, 3_600, 86_400)))
        self._send(self.writer.attempt())

    def _send(self, attempt):
        kind = "text/plain" if attempt.is_text else "application/json"
        headers = {"Content-Type": kind, **attempt.headers}
        has_key = attempt.method == "POST" and self.chance.random() < 0.3
        if has_key:
            headers["Idempotency-Key"] = f"{self.seed}-{self.steps}"
        text = as_text(attempt) if attempt.body is not None else None
        self.told.append(f"{attempt.method} {attempt.path} {text} {headers}")
        answer = self.server.send(attempt.method, attempt.path, text, headers)
        self.told.append(f"  -> {answer.status} {answer.text[:600]}")
        if answer.status >= 400 or answer.status == 308:
            self._refused(attempt, answer)
            self._settle({}, judges=False)
            return
        self._count(f"{attempt.method} {answer.status}")
        self.expect("flaws", sorted(attempt.flaws), [])
        self.expect("status", answer.status, attempt.status)
        self._settle(attempt.became, judges=attempt.judges)
        self.expect("Atlas-Version", answer.headers["Atlas-Version"], str(self.log.version))
        if attempt.shows:
            record = self.log.now.records[attempt.shows]
            self.expect("the record", answer.document, whole(self.log.now, record))
            self.note_etag(record, answer.headers["ETag"])
        if attempt.check:
            self.expect(
                "the report", (attempt.check(answer.document), answer.document), (True, answer.document)
            )
        if has_key:
            self.answered.append((self.server.clock(), attempt, text, headers, answer))

    def _refused(self, attempt, answer):
        code = "renamed" if answer.status == 308 else answer.document["code"]
        self._count(f"{answer.status} {code}")
        if (answer.status, code) not in attempt.flaws:
            raise Difference(f"refused with {answer.status} {code}; flaws: {sorted(attempt.flaws)}")
        if answer.status == 308:
            leads = answer.headers["Location"].partition("?")[0]
            if f"/{attempt.leads_to}" not in leads:
                raise Difference(f"leads to {leads}, not to {attempt.leads_to}")

    def _retry(self):
        """Send a request again that was answered before: the same, or another one with its key."""
        at, attempt, text, headers, answer = self.chance.choice(self.answered)
        if self.server.clock() - at > _WITHIN:
            return
        self._count("retry")
        self.told.append(f"again {attempt.path} {headers['Idempotency-Key']}")
        if self.chance.random() < 0.3:
            other = self.server.send("POST", attempt.path, text + " ", headers)
            self.expect(
                "another request", (other.status, other.document["code"]), (422, "idempotency_key_reused")
            )
        else:
            again = self.server.send("POST", attempt.path, text, headers)
            self.expect("the answer again", (again.status, again.text), (answer.status, answer.text))
            self.expect("Idempotent-Replayed", again.headers.get("Idempotent-Replayed"), "true")
        self._settle({}, judges=False)

    def _settle(self, became, *, judges):
        """Read the changes that a write made, compare them, and take what only the server knows from them."""
        before = self.log.now
        changed = {id_: new for id_, new in became.items() if new is None or new != before.records.get(id_)}
        since = self.log.version
        page = self.server.send("GET", f"/changes?since={since}&expand=before,after&limit=1000").document
        entries = page["items"]
        self.expect("how many changes", len(entries), len(changed))
        slugs = {
            (one["_kind"], one["slug"]): id_
            for id_, new in changed.items()
            for one in [new or before.records[id_]]
        }
        for seq, entry in enumerate(entries, since + 1):
            id_ = slugs.pop((entry["kind"], entry["slug"]), None)
            if id_ is None:
                raise Difference(f"a change of nothing that was written: {entry}")
            self._take(seq, entry, id_, before.records.get(id_), changed[id_], before, judges=judges)

    def _take(self, seq, entry, id_, old, new, before, *, judges):  # both sides of a change
        if new is not None:
            new = self._stamped(old, new, entry["after"], judges=judges)
        was = old and flat(before, old)
        is_ = new and flat(self.log.now.after(id_, new), new)
        shown = new or old
        wanted = {
            "seq": seq,
            "at": entry["at"],
            "actor": NAME,
            "request_id": entry["request_id"],
            "action": "create" if old is None else "delete" if new is None else "update",
            "kind": shown["_kind"],
            "slug": shown["slug"],
            "revision": shown["revision"],
        }
        told = {
            **wanted,
            "old_slug": old["slug"] if old and old["slug"] != shown["slug"] else None,
            "before": was,
            "after": is_,
        }
        self.expect("the change", {name: value for name, value in entry.items() if name != "url"}, told)
        teams = {id_} if shown["_kind"] == "team" else set()
        if shown["_kind"] == "use_case":
            teams = {one["team"] for one in (old, new) if one}
        self.log.add(Change(wanted, moment(entry["at"]), id_, new, was, is_, frozenset(teams)))

    def _stamped(self, old, new, told, *, judges):
        """Put into a record what the server set: as it says, where that can be."""
        record = {**new, "revision": (old["revision"] if old else 0) + 1, "updated_at": told["updated_at"]}
        record["created_at"] = old["created_at"] if old else told["updated_at"]
        if old and moment(told["updated_at"]) < moment(old["updated_at"]):
            raise Difference(f"updated_at goes back: {told}")
        if record["_kind"] != "use_case":
            return record
        for name in ("confirmed_at", "disputed_at"):
            record[name] = told[name] if record[name] == UNKNOWN else record[name]
        if old is None or (not judges and is_said_anew(old, record)):
            record["fresh_at"] = told["updated_at"]
        elif record["confirmed_at"] and record["confirmed_at"] != old["confirmed_at"]:
            record["fresh_at"] = max(old["fresh_at"], record["confirmed_at"], key=moment)
        pieces = zip(record["evidence"], told["evidence"], strict=False)
        record["evidence"] = [self._piece(piece, said) for piece, said in pieces]
        return record

    def _piece(self, piece, said):
        piece = dict(piece)
        if piece["id"] is None:
            piece["id"] = said["id"]
        if piece["checked_at"] == UNKNOWN:
            piece["checked_at"] = said["checked_at"]
            if piece["check"] == "lost" and said["check"] in {"altered", "gone"}:
                piece["check"] = said["check"]
            if piece["check"] == "verified":
                piece["landmarks"] = said["landmarks"]
        return piece


def _apart(wanted, found, at):
    """Say where two documents differ."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in {**wanted, **found}:
            yield from _apart(wanted.get(name, "(nothing)"), found.get(name, "(nothing)"), f"{at}/{name}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for place, pair in enumerate(zip(wanted, found, strict=True)):
            yield from _apart(*pair, f"{at}/{place}")
    elif wanted != found:
        told = [json.dumps(value, default=str)[:800] for value in (wanted, found)]
        yield f"{at}: wanted {told[0]}, found {told[1]}"


def summary(walk):
    """Say what a walk did."""
    counted = ", ".join(f"{word} {number}" for word, number in sorted(walk.counts.items()))
    return f"seed {walk.seed}: {walk.steps} steps, {walk.log.version} changes; {counted}"
