"""What lists and facets of the model hold: filters, orders, counts."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

from tests.checker.shapes import LABELS
from tests.checker.states import fold

# Filters of use cases that speak of one and the same usage, or piece of evidence.
OF_USAGES = ("library", "role", "topic", "lifecycle")
OF_EVIDENCE = ("source", "evidence_kind")


def moment(text):
    return datetime.fromisoformat(text)


def is_in_use(use_case):
    return use_case["stance"] == "uses" and use_case["status"] != "retired"


def horizon(days, now):
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    return tomorrow - timedelta(days=days)


def text_of(record):
    """Give what `q` looks through in a record itself."""
    members = {
        "organization": ("slug", "name", "description"),
        "source": ("slug", "title", "publisher", "note"),
        "team": ("slug", "name", "area", "description"),
        "library": ("slug", "name", "summary", "purl"),
        "purpose": ("slug", "name", "description"),
        "use_case": ("slug", "title", "description"),
    }[record["_kind"]]
    texts = [record[name] for name in members]
    texts += [*record.get("aliases", ()), *record.get("topics", ()), *record.get("authors", ())]
    return fold("\n".join(text for text in texts if text))


class Lists:
    """What can be asked of a state.

    Args:
        state: of the model.
        now: the moment that `stale` counts back from.
    """

    def __init__(self, state, now):
        self.state, self.now = state, now
        self.used = [one for one in state.of("use_case") if is_in_use(one)]

    def select(self, kind, asked):
        """Give the records that fit all filters: each name with its values, any of which will do."""
        return [one for one in self.state.of(kind) if self.fits(one, asked)]

    def page(self, kind, asked, sort):
        """Give the numbers of the records of a list, in order."""
        words = list(dict.fromkeys(sort or [LABELS[kind]]))
        if not {"slug", "-slug"} & set(words):
            words.append("-slug" if all(word[0] == "-" for word in words) else "slug")
        found = self.select(kind, asked)
        for word in reversed(words):
            name = word.removeprefix("-")
            found.sort(key=lambda one, name=name: _sort_key(one, name), reverse=word[0] == "-")
        return found

    def fits(self, record, asked):
        kind = record["_kind"]
        return all(self._fits(kind, record, name, values, asked) for name, values in asked.items())

    def facet(self, kind, word, asked, *, excludes_self, limit):
        """Count a list by the values of one filter."""
        others = {name: values for name, values in asked.items() if name != word}
        looked_at = self.select(kind, others if excludes_self else asked)
        had = [self.values(kind, record, word, others) for record in looked_at]
        counts = Counter(value for values in had for value in values)
        rows = [(-count, *self._named(kind, word, value), count) for value, count in counts.items()]
        rows.sort(key=lambda row: row[:3])
        shown = [
            {"value": value, "label": label, "count": count} for _, _key, value, label, count in rows[:limit]
        ]
        rest = rows[limit:]
        return {
            "by": word,
            "values": shown,
            "rest": {"values": len(rest), "count": sum(row[-1] for row in rest)},
            "missing": sum(not values for values in had),
            "counted": len(looked_at),
        }

    def values(self, kind, record, word, others):
        """Give the values of a filter with which a record is found beside the other filters."""
        return getattr(self, f"_values_of_{kind}")(record, word, others)

    def _named(self, kind, word, value):
        """Give what a value is sorted by and called, and its label."""
        record = self.state.records.get(value) if isinstance(value, int) else None
        if record is None:
            return value, value, value
        label = record[LABELS[record["_kind"]]]
        return fold(label), record["slug"], label

    def _fits(self, kind, record, name, values, asked):  # one line a filter
        if name == "q":
            return all(self._holds(record, word) for word in fold(values[0]).split())
        if name in {"created_after", "created_before", "updated_after", "updated_before"}:
            stamp, limit = moment(record[name.partition("_")[0] + "_at"]), moment(values[0])
            return stamp > limit if name.endswith("after") else stamp < limit
        if name == "unused":
            is_taken = any(
                record["id"] == usage["library"]
                for one in self.state.of("use_case")
                for usage in one["usages"]
            )
            return is_taken == (values[0] == "false")
        if name == "used_on":
            since, until = record["since"], record["until"]
            day = date.fromisoformat(values[0])
            begun = not since or date.fromisoformat(since) <= day
            return begun and (not until or date.fromisoformat(until) >= day)
        if name == "stale":
            return moment(record["fresh_at"]) < horizon(int(values[0]), self.now)
        others = {other: wanted for other, wanted in asked.items() if other != name}
        wanted = set(values)
        target = _TARGETS.get((kind, name))
        if target is not None:
            wanted = self.state.meant(target, values)
        return bool(set(self.values(kind, record, name, others)) & wanted)

    def _holds(self, record, word):
        texts = [text_of(record)]
        if record["_kind"] == "use_case":
            around = {record["team"], *record["purposes"], *(one["library"] for one in record["usages"])}
            texts += [text_of(self.state.records[id_]) for id_ in around]
        return any(word in text for text in texts)

    def _values_of_organization(self, record, _word, _others):
        teams = [one for one in self.state.of("team") if one["organization"] == record["id"]]
        return {one["area"] for one in teams} - {None}

    def _values_of_source(self, record, word, _others):
        return {record[word]} - {None}

    def _values_of_team(self, record, word, others):
        if word in {"organization", "area"}:
            return {record[word]} - {None}
        found = set()
        for one in self.used:
            if one["team"] != record["id"]:
                continue
            libraries = {usage["library"] for usage in one["usages"]}
            if word == "uses" and self._any("purpose", one["purposes"], others, "purpose"):
                found |= libraries
            if word == "purpose" and self._any("library", libraries, others, "uses"):
                found |= one["purposes"]
        return found

    def _values_of_library(self, record, word, others):
        if word in {"kind", "origin", "lifecycle", "maker", "license", "language"}:
            return {record[word]} - {None}
        if word == "topic":
            return set(record["topics"])
        found = set()
        for one in self.used:
            if record["id"] not in {usage["library"] for usage in one["usages"]}:
                continue
            if word == "used_by" and self._any("purpose", one["purposes"], others, "purpose"):
                found.add(one["team"])
            if word == "purpose" and self._any("team", {one["team"]}, others, "used_by"):
                found |= one["purposes"]
        return found

    def _values_of_purpose(self, record, word, others):
        found = set()
        for one in self.used:
            if record["id"] not in one["purposes"]:
                continue
            libraries = {usage["library"] for usage in one["usages"]}
            if word == "team" and self._any("library", libraries, others, "library"):
                found.add(one["team"])
            if word == "library" and self._any("team", {one["team"]}, others, "team"):
                found |= libraries
        return found

    def _values_of_use_case(self, record, word, others):
        team = self.state.records[record["team"]]
        if word in {"stance", "status", "team"}:
            return {record[word]}
        if word in {"organization", "area"}:
            return {team[word]} - {None}
        if word == "purpose":
            return set(record["purposes"])
        if word in OF_EVIDENCE:
            beside = {name: others[name] for name in OF_EVIDENCE if name in others and name != word}
            pieces = [piece for piece in record["evidence"] if self._piece_fits(piece, beside)]
            return {piece["source" if word == "source" else "kind"] for piece in pieces}
        beside = {name: others[name] for name in OF_USAGES if name in others and name != word}
        usages = [usage for usage in record["usages"] if self._usage_fits(usage, beside)]
        return {value for usage in usages for value in self._values_of_usage(usage, word)}

    def _usage_fits(self, usage, asked):
        for name, values in asked.items():
            wanted = self.state.meant("library", values) if name == "library" else set(values)
            if not set(self._values_of_usage(usage, name)) & wanted:
                return False
        return True

    def _values_of_usage(self, usage, word):
        library = self.state.records[usage["library"]]
        return {
            "library": [library["id"]],
            "role": [usage["role"]],
            "topic": library["topics"],
            "lifecycle": [library["lifecycle"]],
        }[word]

    def _piece_fits(self, piece, asked):
        if "source" in asked and piece["source"] not in self.state.meant("source", asked["source"]):
            return False
        return "evidence_kind" not in asked or piece["kind"] in asked["evidence_kind"]

    def _any(self, kind, ids, others, name):
        """Say whether one of some records is meant by another filter, where that is set."""
        return name not in others or bool(set(ids) & self.state.meant(kind, others[name]))


def _sort_key(record, name):
    if name in {"name", "title"}:
        return fold(record[name])
    return record[name] if name == "slug" else moment(record[name])


_TARGETS = {
    ("team", "organization"): "organization",
    ("team", "uses"): "library",
    ("team", "purpose"): "purpose",
    ("library", "maker"): "organization",
    ("library", "purpose"): "purpose",
    ("library", "used_by"): "team",
    ("purpose", "team"): "team",
    ("purpose", "library"): "library",
    ("use_case", "team"): "team",
    ("use_case", "organization"): "organization",
    ("use_case", "library"): "library",
    ("use_case", "purpose"): "purpose",
    ("use_case", "source"): "source",
}
