"""The graph of the model: what is tied to a record, level by level."""

from collections import Counter
from itertools import product

from tests.checker.lists import is_in_use
from tests.checker.shapes import LABELS, POINTERS
from tests.checker.states import fold
from tests.checker.views import is_on

DEFAULT_KINDS = ("organization", "team", "library", "purpose")
_EDGES = {"organization": "belongs_to", "maker": "made_by", "replaced_by": "replaced_by"}


def graph(state, root, kinds, depth, limit, day):
    """Give the graph around a record, without URLs."""
    ties = set(_ties(state, root, kinds or DEFAULT_KINDS, day))
    distances, left_out = {root["id"]: 0}, 0
    shown = set(kinds or DEFAULT_KINDS)
    for distance in range(1, depth + 1):
        level = {id_ for id_, at in distances.items() if at == distance - 1}
        weights = Counter(
            far
            for tail, _word, head, _use_case in ties
            for near, far in ((tail, head), (head, tail))
            if near in level and far not in distances and state.records[far]["_kind"] in shown
        )
        found = sorted(weights, key=lambda id_: (-weights[id_], *_named(state.records[id_])))
        taken = found[: limit - len(distances)]
        distances.update(dict.fromkeys(taken, distance))
        if len(taken) < len(found):
            left_out = len(found) - len(taken) if distance == depth else None
            break
    return {
        "around": _name(root),
        "nodes": [_node(state.records[id_], distance) for id_, distance in distances.items()],
        "edges": _edges(state, ties, distances),
        "truncated": left_out != 0,
        "left_out": left_out,
    }


def _ties(state, root, kinds, day):
    """Give what ties records that are shown: tail, word, head, and the use case that says so."""
    shown = {*kinds, root["_kind"]}
    found = []
    for record in state.records.values():
        members = [name for name in POINTERS.get(record["_kind"], ()) if name in _EDGES and record[name]]
        found += [(record["id"], _EDGES[name], record[name], None) for name in members]
        if record["_kind"] == "use_case":
            is_used = is_in_use(record) and is_on(record, day)
            if record is root or ("use_case" in kinds and is_used):
                found += _own(record, is_used)
            if "use_case" not in kinds and is_used:
                found += _straight(record)
    for tie in found:
        if {state.records[tie[0]]["_kind"], state.records[tie[2]]["_kind"]} <= shown:
            yield tie


def _own(one, is_used):
    """Tie a use case to its parts."""
    id_ = one["id"]
    yield id_, "belongs_to", one["team"], None
    for piece in one["evidence"]:
        yield piece["source"], "says", id_, id_
    if is_used:
        for usage in one["usages"]:
            yield id_, usage["role"], usage["library"], id_
        for purpose in one["purposes"]:
            yield id_, "serves", purpose, id_


def _straight(one):
    """Tie the parts of a use case to one another."""
    id_, usages = one["id"], one["usages"]
    users = {one["team"], *(usage["library"] for usage in usages)}
    for usage in usages:
        yield one["team"], usage["role"], usage["library"], id_
    for tail, purpose in product(users, one["purposes"]):
        yield tail, "serves", purpose, id_
    for piece, head in product(one["evidence"], {*users, *one["purposes"]}):
        yield piece["source"], "says", head, id_
    for made, base in product(usages, usages):
        is_built = made["role"] == "builds" and base["role"] in {"uses", "extends"}
        if is_built and made["library"] != base["library"]:
            yield made["library"], "built_on", base["library"], id_


def _edges(state, ties, distances):
    counts = Counter(
        (tail, word, head, use_case is None)
        for tail, word, head, use_case in ties
        if tail in distances and head in distances
    )
    edges = []
    for (tail, word, head, is_in_record), count in counts.items():
        reach = sorted((distances[tail], distances[head]), reverse=True)
        names = [_name(state.records[tail]), _name(state.records[head])]
        number = None if is_in_record else count
        edge = {"from": names[0], "to": names[1], "kind": word, "use_cases": number}
        edges.append(((reach, -count, names, word), edge))
    return [edge for _key, edge in sorted(edges, key=lambda pair: pair[0])]


def _node(record, distance):
    kind, label = record["_kind"], record[LABELS[record["_kind"]]]
    about = {"id": _name(record), "kind": kind, "slug": record["slug"], "label": label}
    return {**about, "distance": distance}


def _name(record):
    return f"{record['_kind']}:{record['slug']}"


def _named(record):
    return fold(record[LABELS[record["_kind"]]]), record["slug"], record["_kind"]
