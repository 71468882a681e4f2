"""Records as the atlas shows them: whole, flat, a few members only, with whole things in them."""

from tests.checker.shapes import JUDGED, LABELS, MEMBERS, POINTERS, STAMPS

EXPANDED = {
    "team": {"organization": "organization"},
    "library": {"maker": "maker", "replaced_by": "replaced_by"},
    "use_case": {"team": "team", "libraries": "usages", "purposes": "purposes", "evidence": "evidence"},
}


def reference(record):
    label = LABELS[record["_kind"]]
    return {"slug": record["slug"], label: record[label]}


def flat(state, record):
    """Give a record as the change log keeps it: slugs where it points at others."""
    return _document(state, record, lambda target: target["slug"])


def whole(state, record, fields=(), expand=()):
    """Give a record as it is read."""
    shown = _document(state, record, reference, set(expand))
    return {name: value for name, value in shown.items() if not fields or name in {*fields, "slug"}}


def _document(state, record, point, expand=frozenset()):
    kind, at = record["_kind"], state.records

    def pointing(id_, word):
        target = at[id_]
        return whole(state, target) if word in expand else point(target)

    shown = {name: record[name] for name in ("slug", *MEMBERS[kind], *STAMPS)}
    for name in POINTERS.get(kind, ()):
        shown[name] = None if record[name] is None else pointing(record[name], name)
    for name in ("topics", "aliases", "authors"):
        if name in shown:
            shown[name] = sorted(shown[name]) if name != "authors" else list(shown[name])
    if kind != "use_case":
        return shown
    shown |= {name: record[name] for name in JUDGED}
    by_slug = sorted(record["purposes"], key=lambda id_: at[id_]["slug"])
    shown["purposes"] = [pointing(id_, "purposes") for id_ in by_slug]
    in_order = sorted(record["usages"], key=lambda usage: (at[usage["library"]]["slug"], usage["role"]))
    shown["usages"] = [{**usage, "library": pointing(usage["library"], "libraries")} for usage in in_order]
    shown["evidence"] = [
        {**piece, "mentions": list(piece["mentions"]), "source": pointing(piece["source"], "evidence")}
        for piece in sorted(record["evidence"], key=lambda piece: piece["id"])
    ]
    return shown


def differences(before, after):
    """Give what differs between two flat documents, member by member."""
    old, new = before or {}, after or {}
    found = []
    for name in sorted({*old, *new} - {*STAMPS, "fresh_at"}):
        was, is_ = old.get(name), new.get(name)
        if was == is_ or not (was or is_):
            continue
        is_list = isinstance(was, list) or isinstance(is_, list)
        found.append(
            {
                "member": name,
                "before": was,
                "after": is_,
                "added": [item for item in is_ or [] if item not in (was or [])] if is_list else None,
                "removed": [item for item in was or [] if item not in (is_ or [])] if is_list else None,
            }
        )
    return found
