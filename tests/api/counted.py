"""An independent count of facets: from the records as the API gives them, in plain Python.

For each word of each collection `PLACES` gives the rows of a record on which words are
looked up together, as dictionaries of word to set of values: words of one group speak
of the same row.
"""

from collections import Counter


def atlas_of(client):
    """Read the whole atlas: records by path, and by path and slug."""
    paths = ("organizations", "teams", "libraries", "purposes", "use-cases", "sources")
    lists = {path: client.get(f"/{path}?limit=200").get_json()["items"] for path in paths}
    return {path: {item["slug"]: item for item in items} for path, items in lists.items()}


def count(atlas, path, word, asked, *, exclude_self=False):
    """Count the records of a list by a word.

    Args:
        atlas: all records.
        path: of the list.
        word: the facet.
        asked: values by word.
        exclude_self: leave the word's own filter out.

    Returns: counts by value, how many have none, how many were looked at.
    """
    base = {name: values for name, values in asked.items() if not (exclude_self and name == word)}
    others = {name: values for name, values in asked.items() if name != word}
    listed = [groups for groups in _records(atlas, path) if _matches(groups, base)]
    counts, missing = Counter(), 0
    for groups in listed:
        values = {
            value
            for rows in groups
            for row in rows
            if word in row and _row_fits(row, others)
            for value in row[word]
        }
        counts.update(values)
        missing += not values
    return counts, missing, len(listed)


def _matches(groups, asked):
    """Say whether a record is in the list: each group that is asked of has a row that fits all of it."""
    for rows, words in zip(groups, (_words(rows) for rows in groups), strict=True):
        if words & set(asked) and not any(_row_fits(row, asked) for row in rows):
            return False
    known = set().union(*(_words(rows) for rows in groups))
    return set(asked) <= known


def _words(rows):
    return rows.words


def _row_fits(row, asked):
    return all(row[name] & set(values) for name, values in asked.items() if name in row)


class Rows(list):
    """Rows of a record, and the words that speak of one of them."""

    def __init__(self, words, rows):
        super().__init__(rows)
        self.words = set(words)


def _single(**values):
    """Give words that each stand alone."""
    return [Rows([word], [{word: {value} - {None}}]) for word, value in values.items()]


def _records(atlas, path):
    return [_GROUPS[path](atlas, record) for record in atlas[path].values()]


def _slug(reference):
    return reference and reference["slug"]


def _use_case(atlas, record):
    team = atlas["teams"][record["team"]["slug"]]
    usages = [(atlas["libraries"][usage["library"]["slug"]], usage["role"]) for usage in record["usages"]]
    return [
        *_single(
            team=team["slug"],
            organization=team["organization"]["slug"],
            area=team["area"],
            stance=record["stance"],
            status=record["status"],
        ),
        Rows(["purpose"], [{"purpose": {purpose["slug"]}} for purpose in record["purposes"]]),
        Rows(
            ["library", "role", "topic", "lifecycle"],
            [
                {
                    "library": {library["slug"]},
                    "role": {role},
                    "topic": set(library["topics"]),
                    "lifecycle": {library["lifecycle"]},
                }
                for library, role in usages
            ],
        ),
        Rows(
            ["source", "evidence_kind"],
            [
                {"source": {piece["source"]["slug"]}, "evidence_kind": {piece["kind"]}}
                for piece in record["evidence"]
            ],
        ),
    ]


def _in_use(atlas):
    return [
        {
            "team": record["team"]["slug"],
            "libraries": {usage["library"]["slug"] for usage in record["usages"]},
            "purposes": {purpose["slug"] for purpose in record["purposes"]},
        }
        for record in atlas["use-cases"].values()
        if record["stance"] == "uses" and record["status"] != "retired"
    ]


def _library(atlas, record):
    words = {name: record[name] for name in ("kind", "origin", "lifecycle", "license", "language")}
    claims = [claim for claim in _in_use(atlas) if record["slug"] in claim["libraries"]]
    return [
        *_single(**words, maker=_slug(record["maker"])),
        Rows(["topic"], [{"topic": {topic}} for topic in record["topics"]]),
        Rows(
            ["used_by", "purpose"],
            [{"used_by": {claim["team"]}, "purpose": claim["purposes"]} for claim in claims],
        ),
    ]


def _team(atlas, record):
    claims = [claim for claim in _in_use(atlas) if record["slug"] == claim["team"]]
    rows = [{"uses": claim["libraries"], "purpose": claim["purposes"]} for claim in claims]
    return [
        *_single(organization=record["organization"]["slug"], area=record["area"]),
        Rows(["uses", "purpose"], rows),
    ]


def _purpose(atlas, record):
    claims = [claim for claim in _in_use(atlas) if record["slug"] in claim["purposes"]]
    return [
        Rows(
            ["team", "library"],
            [{"team": {claim["team"]}, "library": claim["libraries"]} for claim in claims],
        )
    ]


def _organization(atlas, record):
    teams = [team for team in atlas["teams"].values() if team["organization"]["slug"] == record["slug"]]
    return [Rows(["area"], [{"area": {team["area"]} - {None}} for team in teams])]


def _source(_atlas, record):
    return _single(kind=record["kind"], publisher=record["publisher"])


_GROUPS = {
    "organizations": _organization,
    "teams": _team,
    "libraries": _library,
    "purposes": _purpose,
    "use-cases": _use_case,
    "sources": _source,
}
