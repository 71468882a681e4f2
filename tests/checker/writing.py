"""Writes at random, each with what it has to come to."""

import json
from dataclasses import dataclass, field
from hashlib import sha256

from tests.checker.documents import flat
from tests.checker.inventing import FEW, text_of_source
from tests.checker.ruling import CONFLICT, INVALID, add_piece, loaded, put, remove
from tests.checker.shapes import KINDS, PATHS, TRANSITIONS, UNKNOWN

MISSING, STALE = (404, "not_found"), (412, "precondition_failed")


@dataclass
class Attempt:
    """A write, and what it has to come to.

    Attributes:
        flaws: pairs of status and code: one of them has to be the answer; none: it has to be done.
        became: by number what each record that it touches becomes; None: it goes.
        shows: number of the record that the answer shows.
        leads_to: slug that the answer leads to, because the URL's is an old one.
        check: says whether the answer's document is right, where it shows no record.
        is_text: the body is text, not JSON.
        judges: it says nothing anew, so that nothing becomes fresh by it.
    """

    method: str
    path: str
    body: object = None
    headers: dict = field(default_factory=dict)
    flaws: set = field(default_factory=set)
    became: dict = field(default_factory=dict)
    status: int = 200
    shows: int | None = None
    leads_to: str | None = None
    check: object = None
    is_text: bool = False
    judges: bool = False


class Writer:
    """Makes attempts.

    Args:
        chance, inventor: what is made up.
        log: of the model.
        etags: by number of a record the ETags that were seen, each with its revision.
        name: of the token that writes.
        today: gives the day in UTC.
    """

    def __init__(self, chance, inventor, log, etags, name, today):
        self.chance, self.invent, self.log, self.etags = chance, inventor, log, etags
        self.name, self.today = name, today
        self.number = 0
        self._ways = {
            self.create: 10,
            self.replace: 16,
            self.patch: 12,
            self.rename: 5,
            self.delete: 6,
            self.add_evidence: 6,
            self.remove_evidence: 3,
            self.confirm: 4,
            self.dispute: 3,
            self.check_source: 3,
            self.take_in: 5,
        }

    @property
    def state(self):
        return self.log.now

    def attempt(self):
        (way,) = self.chance.choices(list(self._ways), list(self._ways.values()))
        return way()

    def create(self):
        kind = self.invent.kind()
        body = self._spoiled(self.invent.body(self.state, kind))
        slug = self.invent.slug(kind) if self.chance.random() < 0.8 else None
        flaws, new = put(self.state, kind, slug, loaded(kind, body), None, self._next())
        sent = body if slug is None else {**body, "slug": slug}
        return self._written("POST", f"/{PATHS[kind]}", sent, flaws, new, status=201)

    def replace(self):
        kind, slug = self._place()
        body = self._spoiled(self.invent.body(self.state, kind))
        record = self.state.with_slug(kind, slug)
        if record and self.chance.random() < 0.15:  # what is there already
            body = flat(self.state, record)
        path = f"/{PATHS[kind]}/{slug}"
        if record is None and self.state.led_to(kind, slug):
            leads = self.state.led_to(kind, slug)["slug"]
            invalid = {INVALID} if loaded(kind, body) is None else set()
            return Attempt("PUT", path, body, flaws=invalid or {(308, "renamed")}, leads_to=leads)
        flaws, new = put(self.state, kind, slug, loaded(kind, body), record, self._next())
        made = self._written("PUT", path, body, flaws, new, status=200 if record else 201)
        if self.chance.random() < 0.1:
            made.headers["If-None-Match"] = "*"
            made.flaws |= {STALE} if record else set()
        elif record is None and self.chance.random() < 0.05:
            made.headers["If-Match"] = '"1.0-0"'
            made.flaws |= {STALE}
        elif record:
            self._match(made, record)
        return made

    def patch(self):
        kind, slug = self._place()
        return self._patched(kind, slug, self.invent.some(self.state, kind))

    def rename(self):
        kind, slug = self._place()
        old = [name for one in self.state.of(kind) for name in sorted(one["old_slugs"])]
        new = self.chance.choice(old) if old and self.chance.random() < 0.3 else self.invent.slug(kind)
        return self._patched(kind, slug, {"slug": new})

    def delete(self):
        kind, slug = self._place()
        is_cascading = kind == "team" and self.chance.random() < 0.4
        path = f"/{PATHS[kind]}/{slug}" + ("?cascade=true" if is_cascading else "")
        record, missing = self._seek("DELETE", path, kind, slug)
        if missing:
            return missing
        flaws, gone = remove(self.state, record, is_cascading=is_cascading)
        made = Attempt("DELETE", path, flaws=flaws, became=dict.fromkeys(gone), status=204)
        return self._match(made, record)

    def add_evidence(self):
        _kind, slug = self._place("use_case")
        path, body = f"/use-cases/{slug}/evidence", self.invent.piece(self.state)
        record, missing = self._seek("POST", path, "use_case", slug, body)
        if missing:
            return missing
        if self.chance.random() < 0.1:
            same = self.chance.choice(flat(self.state, record)["evidence"])
            body = {name: same[name] for name in same if name not in {"id", "check", "checked_at"}}
        flaws, new = add_piece(self.state, record, body)
        return self._match(Attempt("POST", path, body, flaws=flaws, became=_of(new), status=201), record)

    def remove_evidence(self):
        _kind, slug = self._place("use_case")
        record, missing = self._seek("DELETE", f"/use-cases/{slug}/evidence/1", "use_case", slug)
        if missing:
            return missing
        ids = [piece["id"] for piece in record["evidence"]]
        id_ = self.chance.choice([*ids, 999_999_999])
        left = [piece for piece in record["evidence"] if piece["id"] != id_]
        flaws = set() if id_ in ids else {MISSING}
        flaws |= set() if left else {CONFLICT}
        new = {**record, "evidence": left}
        path = f"/use-cases/{slug}/evidence/{id_}"
        return self._match(Attempt("DELETE", path, flaws=flaws, became=_of(new), status=204), record)

    def confirm(self):
        _kind, slug = self._place("use_case")
        on = self.chance.choice((None, None, "2020-01-01", self.today().isoformat(), "2999-01-01"))
        note = self.chance.choice((None, "seen"))
        path, body = f"/use-cases/{slug}/confirm", {"on": on, "note": note}
        record, missing = self._seek("POST", path, "use_case", slug, body)
        if missing:
            return missing
        at, flaws = self._moment_of(on, record["confirmed_at"])
        flaws |= self._turns(record, "confirmed")
        told = {"confirmed_at": at, "confirmed_by": self.name, "disputed_at": None, "disputed_by": None}
        new = {**record, "status": "confirmed", "status_note": note, **told}
        made = Attempt("POST", path, body, flaws=flaws, became=_of(new), shows=record["id"], judges=True)
        return self._match(made, record)

    def dispute(self):
        _kind, slug = self._place("use_case")
        path, body = f"/use-cases/{slug}/dispute", {"reason": self.chance.choice(("no", "never"))}
        record, missing = self._seek("POST", path, "use_case", slug, body)
        if missing:
            return missing
        told = {"disputed_at": UNKNOWN, "disputed_by": self.name, "status_note": body["reason"]}
        new = {**record, "status": "disputed", **told}
        flaws = self._turns(record, "disputed")
        made = Attempt("POST", path, body, flaws=flaws, became=_of(new), shows=record["id"], judges=True)
        return self._match(made, record)

    def check_source(self):
        """Check the evidence of a source against its text, as it was, moved on, or with lines left out."""
        _kind, slug = self._place("source")
        applies = self.chance.random() < 0.4
        path = f"/sources/{slug}/check" + ("?apply=true" if applies else "")
        record, missing = self._seek("POST", path, "source", slug, "x")
        if missing:
            missing.is_text = True
            return missing
        above, without = self.chance.choice((0, 0, 1, 3)), self.chance.choice(((), (), (2, 5)))
        text = text_of_source(f"text {record['id']}", above, without)
        became = _checked(self.state, record, text, applies=applies)
        return Attempt("POST", path, text, became=became, is_text=True, judges=True)

    def take_in(self):
        """Import a file: what is there, what is new, and sometimes what cannot be taken."""
        return self._taken_in(lambda _kind: self.chance.choice((0, 0, 1, 2)))

    def begin(self):
        """Import a small atlas."""
        return self._taken_in(lambda kind: 2 * FEW[kind], "partial")

    def _taken_in(self, how_many, mode=None):
        files, expected, working, became = {}, {}, self.state, {}
        for kind in KINDS:
            slugs = {self._place(kind)[1] for _ in range(how_many(kind))}
            for slug in sorted(slugs):
                body = self.invent.body(working, kind)
                body.pop("replaced_by", None)  # these make an order of their own
                record = working.with_slug(kind, slug)
                flaws, new = put(working, kind, slug, loaded(kind, body), record, self._next())
                items = files.setdefault(PATHS[kind], [])
                word = "rejected" if flaws else "created" if record is None else "updated"
                expected[f"/{PATHS[kind]}/{len(items)}"] = (
                    slug,
                    "unchanged" if new is record and not flaws else word,
                )
                items.append({**body, "slug": slug})
                if not flaws and new is not record:
                    became[new["id"]] = new
                    working = working.after(new["id"], new)
        is_dry = mode is None and self.chance.random() < 0.2
        mode = mode or self.chance.choice(("atomic", "partial"))
        path = f"/import?mode={mode}" + ("&dry_run=true" if is_dry else "")
        is_whole = all(word != "rejected" for _slug, word in expected.values())

        def told(document):
            return {one["pointer"]: (one["slug"], one["result"]) for one in document["items"]} == expected

        made = Attempt("POST", path, files, check=told, became={} if is_dry else became)
        made.status = 200 if is_whole else 207
        if not is_whole and mode == "atomic":
            made.flaws = {INVALID, CONFLICT}
        return made

    def _patched(self, kind, slug, change):
        path = f"/{PATHS[kind]}/{slug}"
        record, missing = self._seek("PATCH", path, kind, slug, change)
        if missing:
            return missing
        merged = {**flat(self.state, record), **change}
        new_slug = change.get("slug") or record["slug"]
        flaws, new = put(self.state, kind, new_slug, loaded(kind, merged), record, None)
        return self._match(self._written("PATCH", path, change, flaws, new), record)

    def _written(self, method, path, body, flaws, new, status=200):
        made = Attempt(method, path, body, flaws=flaws, became=_of(new), status=status)
        made.shows = new and new["id"]
        return made

    def _place(self, kind=None):
        kind = kind or self.invent.kind()
        records = self.state.of(kind)
        if not records or self.chance.random() < 0.25:
            return kind, self.invent.slug(kind)
        record = self.chance.choice(records)
        old = sorted(record["old_slugs"])
        return kind, self.chance.choice(old) if old and self.chance.random() < 0.15 else record["slug"]

    def _seek(self, method, path, kind, slug, body=None):
        record = self.state.with_slug(kind, slug)
        if record is not None:
            return record, None
        led = self.state.led_to(kind, slug)
        if led is not None:
            return None, Attempt(method, path, body, flaws={(308, "renamed")}, leads_to=led["slug"])
        return None, Attempt(method, path, body, flaws={MISSING})

    def _match(self, made, record):
        """Send an ETag that was seen, of this revision or of an older one."""
        seen = self.etags.get(record["id"])
        if seen and self.chance.random() < 0.3:
            revision, etag = self.chance.choice(seen[-3:])
            made.headers["If-Match"] = etag
            made.flaws |= set() if revision == record["revision"] else {STALE}
        return made

    def _spoiled(self, body):
        """Leave out a member now and then, whether the record can do without it or not."""
        if self.chance.random() < 0.06:
            body.pop(self.chance.choice(sorted(body)))
        return body

    def _turns(self, record, status):
        is_allowed = status == record["status"] or status in TRANSITIONS[record["status"]]
        return set() if is_allowed else {(409, "status_transition")}

    def _moment_of(self, day, last):
        """Give when a confirmation is of, and its flaws; now is what only the server knows."""
        if day is None:
            return UNKNOWN, set()
        begins = f"{day}T00:00:00Z"
        if day > self.today().isoformat() or (last and day < last[:10]):
            return begins, {INVALID}
        return (last if last and last > begins else begins), set()

    def _next(self):
        self.number += 1
        return self.number


def _of(record):
    return {} if record is None else {record["id"]: record}


def _checked(state, source, text, *, applies):
    """Give what use cases become by a check: what stands in the text is found, the rest is lost."""
    became = {}
    for one in state.of("use_case"):
        pieces = [_check(piece, source, text, applies=applies) for piece in one["evidence"]]
        if pieces != one["evidence"]:
            became[one["id"]] = {**one, "evidence": pieces}
    if applies:
        became[source["id"]] = {**source, "text_sha256": _digest(text)}
    return became


def _check(piece, source, text, *, applies):
    if piece["source"] != source["id"] or piece["excerpt_sha256"] is None:
        return piece
    excerpts = {_digest(line): line for line in text.split("\n")}
    line = excerpts.get(piece["excerpt_sha256"])
    if line is None:
        return {**piece, "check": "lost", "checked_at": UNKNOWN}
    start = text.index(line)
    if piece["start"] == start:
        return {**piece, "check": "verified", "checked_at": UNKNOWN}
    if not applies:
        return {**piece, "check": "moved", "checked_at": UNKNOWN}
    place = {"start": start, "end": start + len(line), "line": text[:start].count("\n") + 1}
    return {**piece, **place, "check": "verified", "checked_at": UNKNOWN}


def _digest(text):
    return sha256(text.encode()).hexdigest()


def as_text(attempt):
    """Give what is sent."""
    return attempt.body if attempt.is_text else json.dumps(attempt.body)
