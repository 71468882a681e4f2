"""A state of the model: its records, by numbers of its own, which never come again.

A record is a dict that is never changed: `id`, `_kind`, `slug`, the members of its kind, the stamps, and
`old_slugs`. Where it points at others it holds their numbers.
"""

import re

from tests.checker.shapes import LABELS, POINTERS


def fold(text):
    return " ".join(text.lower().split())


def slugify(text):
    return "-".join(re.findall("[a-z0-9]+", text.lower()))[:80].strip("-")


def names_of(record):
    """Give what leads to a record beside its slug: old slugs and aliases."""
    return {*record["old_slugs"], *map(fold, record.get("aliases", ()))}


class State:
    """Records by number."""

    def __init__(self, records):
        self.records = records

    def of(self, kind):
        return [record for record in self.records.values() if record["_kind"] == kind]

    def with_slug(self, kind, slug):
        return next((one for one in self.of(kind) if one["slug"] == slug), None)

    def led_to(self, kind, name):
        """Give the record that an old slug or an alias leads to."""
        return next((one for one in self.of(kind) if name in names_of(one)), None)

    def pointed_at(self, kind, slug):
        return self.with_slug(kind, slug) or self.led_to(kind, slug)

    def meant(self, kind, names):
        """Give the numbers of the records that a filter may mean."""
        found = set()
        for name in names:
            exact = self.with_slug(kind, name)
            if exact:
                found.add(exact["id"])
                continue
            key = fold(name)
            for one in self.of(kind):
                is_named = LABELS[kind] == "name" and fold(one["name"]) == key
                if key == one["slug"] or key in names_of(one) or is_named:
                    found.add(one["id"])
        return found

    def referrers(self, record):
        """Give the records that point at one."""
        return [one for one in self.records.values() if record["id"] in targets_of(one)]

    def after(self, id_, record):
        """Give the state in which a record is so; None: it is gone."""
        records = dict(self.records)
        if record is None:
            del records[id_]
        else:
            records[id_] = record
        return State(records)


def targets_of(record):
    """Give the numbers of what a record points at."""
    found = {record[name] for name in POINTERS.get(record["_kind"], ())}
    if record["_kind"] == "use_case":
        found |= set(record["purposes"])
        found |= {usage["library"] for usage in record["usages"]}
        found |= {piece["source"] for piece in record["evidence"]}
    return found - {None}
