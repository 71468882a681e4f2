"""Files of records in our own shapes, read: which kinds, and each record with its place.

    json, yaml  {"teams": [...], "use-cases": [...]}, as the export gives it
    ndjson      {"kind": "team", "record": {...}} a line, as the export gives it
    csv         records of one kind, which has to be said

When the kind is said, json, ndjson and yaml hold records of that kind alone,
as lists give them: an array (or a page of one), or a record a line.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from app.errors import LONGEST_POINTER, BadRequest, Flaw, Invalid, did_you_mean, pointer_step
from app.formats.cleaning import clean, decode, is_clean
from app.formats.csv_reading import read_csv
from app.formats.media_types import CSV, JSON, NDJSON
from app.formats.places import Place, Placed, refuse
from app.formats.strict_json import parse_json
from app.models import Kind
from app.schemas.records import Schema

LARGEST_FILE_BYTES = 16 * 1024 * 1024
_WRAPPED = {"kind", "record"}


class Shaped(Protocol):
    """What is to be known of a kind of record; a collection knows it."""

    @property
    def kind(self) -> Kind:
        """Give the kind."""

    @property
    def path(self) -> str:
        """Give the name of its collection in files and URLs."""

    @property
    def schema(self) -> type[Schema]:
        """Give its shape."""


def read_records(
    format_: str, data: bytes, shapes: Iterable[Shaped], kind: Kind | None = None
) -> dict[Kind, list[Placed]]:
    """Read the records of a file, not loaded by their schemas yet.

    Args:
        format_: `json`, `ndjson`, `yaml` or `csv`.
        data: the file, at most 16 MiB.
        shapes: the kinds of records that there are.
        kind: of all its records; None: the file says it.

    Returns: for each kind that occurs, its records in the order of the file.

    Raises:
        BadRequest: the file cannot be parsed.
        Invalid: it holds something else than records, or text that is refused; or the kind has to be said.
    """
    if len(data) > LARGEST_FILE_BYTES:
        raise Invalid(f"A file has at most {LARGEST_FILE_BYTES:,} bytes. Send it in parts.")
    by_kind = {shape.kind: shape for shape in shapes}
    if format_ == CSV:
        if kind is None:
            detail = "A CSV file holds records of one kind: say which one, such as kind=team."
            raise Invalid(detail, flaws=[Flaw(detail, parameter="kind")])
        return {kind: read_csv(data, by_kind[kind].schema)}
    if format_ == NDJSON:
        found = _of_lines(decode(data), by_kind, kind)
    else:
        document, lines = _whole(format_, data)
        found = _of_one_kind(document, lines, kind) if kind else _of_kinds(document, lines, by_kind)
    if format_ in {JSON, NDJSON} and is_clean(data):
        return found
    return {name: clean(records) for name, records in found.items()}


def _whole(format_: str, data: bytes) -> tuple[Any, Mapping[int, int]]:
    """Parse a file that is one document, and find the lines of its objects."""
    if format_ == JSON:
        return parse_json(data), {}
    from app.formats.yaml_reading import load_all  # noqa: PLC0415  # no request but one of YAML needs it

    loaded = load_all(decode(data))
    if len(loaded.documents) != 1:
        raise Invalid("The file must be one YAML document.")
    return loaded.documents[0], loaded.lines


def _of_kinds(
    document: Any, lines: Mapping[int, int], shapes: Mapping[Kind, Shaped]
) -> dict[Kind, list[Placed]]:
    if not isinstance(document, dict):
        raise Invalid("The file must be an object with a list for each kind, such as teams.")
    kinds = {shape.path: kind for kind, shape in shapes.items()}
    flaws = [
        Flaw(f"There is no such kind of record.{did_you_mean(path, kinds)}", "unknown_member", _pointer(path))
        for path in document
        if path not in kinds
    ]
    refuse(flaws)
    return {kinds[path]: _placed(items, lines, f"/{path}") for path, items in document.items()}


def _pointer(name: str) -> str:
    """Point at a member, whatever it is called, also by half a surrogate pair."""
    return f"/{pointer_step(name)}"[:LONGEST_POINTER].encode("utf-8", "replace").decode()


def _of_one_kind(document: Any, lines: Mapping[int, int], kind: Kind) -> dict[Kind, list[Placed]]:
    is_page = isinstance(document, dict) and "items" in document
    return {kind: _placed(document["items"], lines, "/items") if is_page else _placed(document, lines, "")}


def _placed(items: Any, lines: Mapping[int, int], at: str) -> list[Placed]:
    if not isinstance(items, list):
        raise Invalid("Records stand in a list.", flaws=[Flaw("Must be a list.", pointer=at)])
    placed = [(Place(f"{at}/{number}", lines.get(id(item))), item) for number, item in enumerate(items)]
    refuse([place.flaw("Must be an object.") for place, item in placed if not isinstance(item, dict)])
    return placed


def _of_lines(text: str, shapes: Mapping[Kind, Shaped], kind: Kind | None) -> dict[Kind, list[Placed]]:
    found: dict[Kind, list[Placed]] = {}
    flaws = []
    for place, document in _parsed_lines(text):
        if not isinstance(document, dict):
            flaws.append(place.flaw("Must be an object."))
        elif kind:
            found.setdefault(kind, []).append((place, document))
        elif set(document) != _WRAPPED or not isinstance(document["record"], dict):
            flaws.append(place.flaw('Must be {"kind": "team", "record": {...}}, or say kind= for all lines.'))
        elif document["kind"] not in list(shapes):
            flaws.append(place.flaw(f"Must be one of: {', '.join(shapes)}.", inner="/kind"))
        else:
            found.setdefault(Kind(document["kind"]), []).append((place, document["record"]))
    refuse(flaws)
    return found


def _parsed_lines(text: str) -> Iterator[tuple[Place, Any]]:
    number = 0
    for line, content in enumerate(text.split("\n"), 1):
        if content.strip():
            try:
                yield Place(f"/{number}", line), parse_json(content.encode())
            except BadRequest as error:
                raise BadRequest(f"Line {line}: {error.detail}", error.code) from None
            number += 1
