"""Reading CSV: one kind of record a file, each row with its line."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow as ma

from app.errors import Flaw, did_you_mean
from app.formats.cleaning import clean, decode
from app.formats.csv_cells import from_cell, split
from app.formats.csv_columns import columns_of, is_reference
from app.formats.places import MOST_FLAWS, Place, Placed, bad_line, refuse
from app.schemas.records import Schema, shape_of

MOST_COLUMNS = 200
_QUOTED = re.compile(r'(?:\A|(?<=[,\n]))"(?:[^"]|"")*+"(?=[,\r\n]|\Z)')
_WHOLE = re.compile(r"[0-9]{1,18}")


def read_csv(data: bytes, schema: type[Schema]) -> list[Placed]:
    """Read the records of a table; what the server sets, and names of what is pointed at, are passed over.

    Args:
        data: RFC 4180 in UTF-8, the columns in any order.
        schema: shape of the records.

    Raises:
        BadRequest: it is not UTF-8.
        Invalid: naming the lines that are not right.
    """
    text = decode(data)
    _check_quotes(text)
    rows = _rows(text)
    _line, header = next(rows, (1, []))
    _check_header(header, schema)
    records: list[Placed] = []
    flaws: list[Flaw] = []
    for number, (line, cells) in enumerate(rows):
        place = Place(f"/{number}", line)
        try:
            records.append((place, _record(schema, header, cells)))
        except ValueError as error:
            flaws.append(place.flaw(str(error), "bad_line"))
            if len(flaws) == MOST_FLAWS:
                break
    refuse(flaws)
    return clean(records)


def _check_quotes(text: str) -> None:
    """Refuse a quote that does not enclose a whole cell; Python's reader would take it."""
    rest = _QUOTED.sub(lambda cell: "\n" * cell[0].count("\n"), text)
    if '"' in rest:
        line = rest.count("\n", 0, rest.index('"')) + 1
        raise bad_line(
            line,
            'A quote stands within a cell, or is never closed. Enclose the cell in ", and write "" for ".',
        )


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row with the line that it begins on; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, [cell.replace("\r\n", "\n") for cell in cells]
            line = reader.line_num + 1
    except csv.Error:
        detail = f"A cell is longer than {csv.field_size_limit():,} characters."
        raise bad_line(line, detail) from None


def _check_header(header: list[str], schema: type[Schema]) -> None:
    """Check that the header names columns of the shape, each once."""
    if len(header) == 1 and (wrong := next((sign for sign in ";\t" if sign in header[0]), None)):
        sign = "tabs" if wrong == "\t" else "semicolons"
        raise bad_line(1, f"Separate cells by commas, not {sign}.")
    if not header or len(header) > MOST_COLUMNS:
        raise bad_line(1, f"The first line must name the columns, at most {MOST_COLUMNS}.")
    known = [column.name for column in columns_of(schema)]
    references = tuple(_references(schema))
    flaws = [
        Flaw(f"Line 1: There is no column {place}.{did_you_mean(name, known)}", "unknown_member")
        for place, name in enumerate(header, 1)
        if name not in known and not name.startswith(references)
    ]
    if len(set(header)) < len(header):
        flaws.append(Flaw("Line 1: A column is named twice.", "given_twice"))
    refuse(flaws)


def _record(schema: type[Schema], header: list[str], cells: list[str]) -> dict[str, Any]:
    """Make the record of a row; an empty cell is null, or the default where null cannot be.

    Raises:
        ValueError: there are more or fewer cells than columns, or columns of one list do not go together.
    """
    if len(cells) != len(header):
        raise ValueError(f"{len(cells):,} cells stand here, {len(header)} in the header.")
    texts = {name: from_cell(cell) for name, cell in zip(header, cells, strict=True)}
    record = {}
    for name, field in shape_of(schema).fields.items():
        if field.dump_only or not (name in texts or _is_of_objects(field)):
            continue
        value = _value(field, name, texts)
        if value is not None or field.allow_none:
            record[name] = value
    return record


def _value(field: ma.fields.Field[Any], name: str, texts: Mapping[str, str | None]) -> Any:
    if not _is_of_objects(field):
        return _plain(field, texts[name])
    inner = shape_of(_shape_in(field)).load_fields
    columns = {member: split(texts[at]) for member in inner if (at := f"{name}.{member}") in texts}
    if not columns:
        return None
    counts = {f"{name}.{member}": len(values) for member, values in columns.items() if values}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{column} has {count}" for column, count in counts.items())
        raise ValueError(
            f"The n-th members belong together, so each cell must have as many as the others: {told}."
        )
    rows = range(next(iter(counts.values()), 0))
    return [
        _object(inner, {member: values[row] if values else None for member, values in columns.items()})
        for row in rows
    ]


def _object(inner: Mapping[str, ma.fields.Field[Any]], texts: Mapping[str, str | None]) -> dict[str, Any]:
    values = {member: _plain(inner[member], text) for member, text in texts.items()}
    return {
        member: value for member, value in values.items() if value is not None or inner[member].allow_none
    }


def _plain(field: ma.fields.Field[Any], text: str | None) -> Any:
    if isinstance(field, ma.fields.List):
        return [_plain(field.inner, member) for member in split(text) if member is not None]
    if text and isinstance(field, ma.fields.Integer) and _WHOLE.fullmatch(text):
        return int(text)
    return text


def _is_of_objects(field: ma.fields.Field[Any]) -> bool:
    return (
        isinstance(field, ma.fields.List)
        and isinstance(field.inner, ma.fields.Nested)
        and not is_reference(field.inner)
    )


def _shape_in(field: Any) -> type[Schema]:
    shape: type[Schema] = type(field.inner.schema)
    return shape


def _references(schema: type[Schema], prefix: str = "") -> Iterator[str]:
    """Give what the names of columns begin with that belong to a record that is pointed at."""
    for name, field in shape_of(schema).fields.items():
        inner = field.inner if isinstance(field, ma.fields.List) else field
        if is_reference(inner):
            yield f"{prefix}{name}."
        elif _is_of_objects(field):
            yield from _references(_shape_in(field), f"{prefix}{name}.")
