"""What the atlas makes of a write: refuses it, and why, or what the records become.

Each rule gives the flaws that it finds, as pairs of status and code: an answer may name any of them. What
only the server can know (stamps, ids of evidence) is None until it says so.
"""

from tests.checker.shapes import IDENTITY, JUDGED, LABELS, MEMBERS, PIECE, POINTERS, REQUIRED, TRANSITIONS
from tests.checker.states import fold, names_of, slugify

INVALID, CONFLICT = (422, "invalid"), (409, "conflict")
DANGLING, HELD = (409, "unknown_reference"), (409, "still_referenced")
TRANSITION = (409, "status_transition")


def loaded(kind, body):
    """Give a body with its defaults, references as slugs, or None where it is not right in itself."""
    values = {**MEMBERS[kind], **{name: value for name, value in body.items() if value is not None}}
    if any(values[name] in (None, (), []) for name in REQUIRED[kind]):
        return None
    for name in POINTERS.get(kind, ()):
        values[name] = _slug(values[name])
    for name in ("topics", "aliases"):
        if name in values:
            values[name] = tuple(sorted(set(values[name])))
    if kind == "source":
        values["authors"] = tuple(values["authors"])
    if kind == "use_case":
        values["purposes"] = sorted({_slug(one) for one in values["purposes"]})
        rest = {"role": "uses", "version_range": None, "scope": None}
        values["usages"] = [{**rest, **one, "library": _slug(one["library"])} for one in values["usages"]]
        values["evidence"] = [piece_of(one) for one in values["evidence"]]
    return values


def contradicts_itself(kind, values):
    """Say whether the members of a body go together."""
    if kind != "use_case":
        return False
    terms = {}
    for one in values["usages"]:
        own = one["version_range"], one["scope"]
        if terms.setdefault((one["library"], one["role"]), own) != own:
            return True
    return bool(values["since"] and values["until"] and values["until"] < values["since"])


def piece_of(body):
    """Give a piece of evidence with its defaults."""
    known = {name: value for name, value in body.items() if name in PIECE and value is not None}
    piece = {**PIECE, **known, "source": _slug(body["source"])}
    return {**piece, "mentions": tuple(piece["mentions"])}


def put(state, kind, slug, values, record, number):
    """Give the flaws of writing a record whole, and what it becomes.

    Args:
        state: that it is written in.
        kind: of the record.
        slug: that it is to have; None: made of its name.
        values: as `loaded` gives them, or None.
        record: that is there, or None.
        number: of a new record.
    """
    if values is None:
        return {INVALID}, None
    label = LABELS[kind]
    if slug is None:
        slug = slugify(f"{values['team']} {values[label]}" if kind == "use_case" else values[label])
    resolved, flaws = _resolve(state, kind, values, record)
    if resolved is not None:
        new = {**(record or _fresh(kind, number)), **resolved, "slug": slug}
        if record is not None and _said(new) == _said(record):
            return set(), record
        flaws |= _name_flaws(state, kind, new, record)
        if new.get("replaced_by") is not None and new["replaced_by"] == new["id"]:
            flaws |= {INVALID}
        if record is not None and slug != record["slug"]:
            new["old_slugs"] = _redirects(record, slug)
        new["old_slugs"] = frozenset(new["old_slugs"] - set(map(fold, new.get("aliases", ()))))
    else:
        new = None
    if contradicts_itself(kind, values) or (kind == "library" and values["replaced_by"] == slug):
        flaws |= {INVALID}
    if record is not None and kind == "use_case" and values["status"] != record["status"]:
        flaws |= set() if values["status"] in TRANSITIONS[record["status"]] else {TRANSITION}
    if record is None or slug != record["slug"]:
        flaws |= _slug_flaws(state, kind, slug, record)
    return flaws, new


def remove(state, record, *, is_cascading):
    """Give the flaws of a deletion, and the numbers of what goes."""
    pointing = state.referrers(record)
    if is_cascading and record["_kind"] == "team":
        return set(), [*(one["id"] for one in pointing), record["id"]]
    return ({HELD} if [one for one in pointing if one is not record] else set()), [record["id"]]


def add_piece(state, record, body):
    """Give the flaws of adding a piece of evidence, and what the use case becomes."""
    piece = piece_of(body)
    source = state.pointed_at("source", piece["source"])
    if source is None:
        return {DANGLING}, None
    new = _new_piece({**piece, "source": source["id"]})
    if identity(new) in map(identity, record["evidence"]):
        return {CONFLICT}, None
    return set(), {**record, "evidence": [*record["evidence"], new]}


def identity(piece):
    return tuple(piece[name] for name in IDENTITY)


def is_said_anew(before, after):
    """Say whether a write says a use case anew: whether it changes more than what judges it."""
    passed = {
        *JUDGED,
        "status",
        "status_note",
        "revision",
        "created_at",
        "updated_at",
        "evidence",
        "old_slugs",
    }
    names = [name for name in after if name not in passed]
    kept = [[identity(piece) for piece in one["evidence"]] for one in (before, after)]
    return any(_plain(before[name]) != _plain(after[name]) for name in names) or kept[0] != kept[1]


def _slug(value):
    return value["slug"] if isinstance(value, dict) else value


def _fresh(kind, number):
    judged = dict.fromkeys(JUDGED) if kind == "use_case" else {}
    stamps = {"revision": 0, "created_at": None, "updated_at": None}
    return {"id": number, "_kind": kind, "old_slugs": frozenset(), **judged, **stamps}


def _resolve(state, kind, values, record):
    """Put numbers where slugs stand; None where one leads nowhere."""
    resolved, is_dangling = dict(values), False

    def find(target, slug):
        nonlocal is_dangling
        found = state.pointed_at(target, slug)
        is_dangling = is_dangling or found is None
        return found and found["id"]

    for name, target in POINTERS.get(kind, {}).items():
        if values[name] is not None:
            resolved[name] = find(target, values[name])
    if kind == "use_case":
        resolved["purposes"] = frozenset(find("purpose", slug) for slug in values["purposes"])
        usages = {}
        for one in values["usages"]:
            usage = {**one, "library": find("library", one["library"])}
            usages.setdefault((usage["library"], usage["role"]), usage)
        resolved["usages"] = list(usages.values())
        kept = {identity(piece): piece for piece in record["evidence"]} if record else {}
        pieces = {}
        for one in values["evidence"]:
            piece = _new_piece({**one, "source": find("source", one["source"])})
            pieces.setdefault(identity(piece), kept.get(identity(piece), piece))
        old = sorted((piece for piece in pieces.values() if piece["id"]), key=lambda piece: piece["id"])
        resolved["evidence"] = [*old, *(piece for piece in pieces.values() if not piece["id"])]
    return (None, {DANGLING}) if is_dangling else (resolved, set())


def _new_piece(piece):
    return {"id": None, **piece, "check": "unchecked", "checked_at": None}


def _said(record):
    members = {name: _plain(record[name]) for name in (*MEMBERS[record["_kind"]], "slug")}
    if record["_kind"] == "use_case":
        members["evidence"] = [identity(piece) for piece in record["evidence"]]
    return members


def _plain(value):
    """Give a value in which the order of usages means nothing."""
    if isinstance(value, list) and value and "library" in value[0]:
        return sorted(tuple(map(str, usage.values())) for usage in value)
    return tuple(value) if isinstance(value, list) else value


def _slug_flaws(state, kind, slug, record):
    if slug in {"batch", "facets"}:
        return {CONFLICT}
    others = [one for one in state.of(kind) if record is None or one["id"] != record["id"]]
    return {CONFLICT} if any(slug == one["slug"] or slug in names_of(one) for one in others) else set()


def _name_flaws(state, kind, new, record):
    others = [one for one in state.of(kind) if record is None or one["id"] != record["id"]]
    aliases = set(map(fold, new.get("aliases", ())))
    if any({one["slug"], fold(one["name"]), *names_of(one)} & aliases for one in others if aliases):
        return {CONFLICT}
    if LABELS[kind] != "name":
        return set()
    key = fold(new["name"])
    for one in others:
        is_near = kind != "team" or one["organization"] == new["organization"]
        is_led_to = kind in {"team", "library"} and key in names_of(one)
        if (is_near and fold(one["name"]) == key) or is_led_to:
            return {CONFLICT}
    if new.get("purl") and any(one["purl"] == new["purl"] for one in others):
        return {CONFLICT}
    return set()


def _redirects(record, slug):
    """Give the old slugs of a record that is renamed."""
    aliases = set(map(fold, record.get("aliases", ())))
    return frozenset((record["old_slugs"] - {slug}) | ({record["slug"]} - aliases))
