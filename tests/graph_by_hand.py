"""The graph of an atlas, worked out in plain Python from the records as data (`after` of the change log)."""

from collections import Counter, defaultdict
from itertools import product

from sqlalchemy import select

from app.models import Change

NAMES = ("name", "title")


def records_of(database):
    """Give every record of an atlas to which records were only added, by node id."""
    with database.reading() as connection:
        rows = connection.execute(select(Change.kind, Change.slug, Change.after))
        return {f"{kind}:{slug}": after for kind, slug, after in rows}


def edges_among(records, kinds, root):
    """Count the edges among some kinds and the record in the middle: {(from, kind, to): use cases}."""
    counts = Counter()
    for id_, record in records.items():
        if id_.startswith("team:"):
            counts[id_, "belongs_to", f"organization:{record['organization']}"] = None
        if id_.startswith("library:"):
            for member, word, kind in (
                ("maker", "made_by", "organization"),
                ("replaced_by",) * 2 + ("library",),
            ):
                if record[member]:
                    counts[id_, word, f"{kind}:{record[member]}"] = None
        if id_.startswith("use_case:") and ("use_case" in kinds or id_ == root):
            count_own(counts, id_, record, is_root=id_ == root)
        if id_.startswith("use_case:") and "use_case" not in kinds and is_in_use(record):
            count_straight(counts, record)
    shown = kinds | {root.partition(":")[0]}
    return {
        edge: count
        for edge, count in counts.items()
        if {edge[0].partition(":")[0], edge[2].partition(":")[0]} <= shown
    }


def count_own(counts, id_, record, *, is_root):
    """Count the edges of a use case that is shown."""
    if is_in_use(record) or is_root:
        counts[id_, "belongs_to", f"team:{record['team']}"] = None
        for source in {evidence["source"] for evidence in record["evidence"]}:
            counts[f"source:{source}", "says", id_] = 1
    if is_in_use(record):
        for usage in record["usages"]:
            counts[id_, usage["role"], f"library:{usage['library']}"] = 1
        for purpose in record["purposes"]:
            counts[id_, "serves", f"purpose:{purpose}"] = 1


def count_straight(counts, record):
    """Count the edges that a use case makes between others."""
    team = f"team:{record['team']}"
    libraries = {f"library:{usage['library']}" for usage in record["usages"]}
    purposes = {f"purpose:{purpose}" for purpose in record["purposes"]}
    sources = {f"source:{evidence['source']}" for evidence in record["evidence"]}
    counts.update((team, usage["role"], f"library:{usage['library']}") for usage in record["usages"])
    counts.update((tail, "serves", purpose) for tail, purpose in product({team} | libraries, purposes))
    counts.update((source, "says", head) for source, head in product(sources, {team} | libraries | purposes))
    counts.update(
        {
            (f"library:{made['library']}", "built_on", f"library:{base['library']}")
            for made, base in product(record["usages"], repeat=2)
            if made["role"] == "builds" and base["role"] in {"uses", "extends"}
            if made["library"] != base["library"]
        }
    )


def is_in_use(record):
    return record["stance"] == "uses" and record["status"] != "retired"


def distances(edges, kinds, root, depth):
    """Give how far each record is from the one in the middle, up to a depth."""
    tied = defaultdict(set)
    for tail, _word, head in edges:
        tied[tail].add(head)
        tied[head].add(tail)
    found = {root: 0}
    level = {root}
    for distance in range(1, depth + 1):
        around = {far for near in level for far in tied[near]}
        level = {far for far in around if far not in found and far.partition(":")[0] in kinds}
        found.update(dict.fromkeys(level, distance))
    return found
