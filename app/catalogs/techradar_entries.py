"""Entries of technology radars as they stand in their files, whichever of four notations they are in."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.catalogs.catalog import Drafts
from app.catalogs.cells import unguard_cell
from app.catalogs.cleaning import clean_line, clean_slug, clean_url
from app.catalogs.excerpts import unreadable
from app.catalogs.json_nodes import read_json
from app.catalogs.nodes import Node

MOST_ENTRIES = 10_000
# Those of Zalando's own page, which its config.json may leave out.
_ZALANDO_RINGS = ("Adopt", "Trial", "Assess", "Hold")
_DELIMITERS = (",", ";", "\t")
_NEEDED = {"name", "ring"}


@dataclass(frozen=True)
class Entry:
    """An entry of a radar.

    Attributes:
        name: of the tool, as written.
        ring: its name, as written; "" where it is not told.
        quadrant: likewise.
        description: as written.
        urls: links on it.
        key: a slug that the radar has for it, or None.
        start: of the entry in the text.
        end: exclusive.
    """

    name: str
    ring: str
    quadrant: str
    description: str | None
    start: int
    end: int
    urls: list[str] = field(default_factory=list)
    key: str | None = None


def read_entries(drafts: Drafts) -> list[Entry]:
    """Read the entries of a radar; what has no name gets a remark.

    Raises:
        BadRequest: the JSON is nested too deeply.
        Invalid: it is no radar.
    """
    text = drafts.excerpts.text.lstrip("\ufeff \t\r\n")
    read = _read_json if text[:1] in {"{", "["} else _read_csv
    entries: list[Entry] = []
    for entry in read(drafts):
        if len(entries) == MOST_ENTRIES:
            detail = f"There are more than {MOST_ENTRIES:,} entries."
            raise unreadable(detail, drafts.excerpts.line_at(entry.start))
        if clean_line(entry.name):
            entries.append(entry)
        else:
            drafts.remark(entry.start, "no_name", "An entry has no name.")
    return entries


def _read_json(drafts: Drafts) -> Iterator[Entry]:
    document = read_json(drafts.excerpts)
    listed = document.get("entries") if isinstance(document.value, dict) else document
    if not isinstance(listed.value, list):
        raise unreadable("This is no radar: there is no list of entries.", 1)
    quadrants = _names(document.get("quadrants"), ())
    rings = _names(document.get("rings"), _ZALANDO_RINGS)
    return (_json_entry(node, rings, quadrants) for node in listed.items())


def _names(listed: Node, known: tuple[str, ...]) -> dict[Any, str]:
    """Give the names of rings or quadrants by what entries say: their index, or their id."""
    names: dict[Any, str] = dict(enumerate(known))
    for place, node in enumerate(listed.items()):
        name = node.text("name") or node.text("id") or ""
        names |= {place: name, (node.text("id") or "").lower(): name}
    return names


def _json_entry(node: Node, rings: dict[Any, str], quadrants: dict[Any, str]) -> Entry:
    """Read an entry of Backstage's, BYOR's or Zalando's radar: they differ in what members are called."""
    name = node.text("title") or node.text("name") or node.text("label") or node.text("key")
    step = _latest(node.get("timeline"))
    ring = step.get("ringId") if step.value else node.get("ring")
    links = [node.get("url"), node.get("link"), *(link.get("url") for link in node.get("links").items())]
    urls = [url for url in (clean_url(link.value) for link in links) if url]
    written = [node.text("description"), step.text("description")]
    descriptions = list(dict.fromkeys(text for text in written if text))
    return Entry(
        name=name or "",
        ring=_named(ring, rings),
        quadrant=_named(node.get("quadrant"), quadrants),
        description="\n\n".join(descriptions) or None,
        start=node.start,
        end=node.end,
        urls=list(dict.fromkeys(urls)),
        key=clean_slug(node.text("key")),
    )


def _latest(timeline: Node) -> Node:
    """Give the step of a timeline that counts: that of the last day, of equal ones the first."""
    return max(timeline.items(), key=lambda step: step.text("date") or "", default=Node(None))


def _named(node: Node, names: dict[Any, str]) -> str:
    value = node.value
    if isinstance(value, str):
        return names.get(value.lower(), value)
    is_index = isinstance(value, (int, float)) and not isinstance(value, bool)
    return names.get(value, "") if is_index else ""


def _read_csv(drafts: Drafts) -> Iterator[Entry]:
    rows = _rows(drafts, _delimiter(drafts))
    header: list[str] = []
    for cells, start, end in rows:
        folded = [cell.strip().lower() for cell in cells]
        if not header:
            header = folded
        elif any(folded):
            row = dict(zip(header, map(unguard_cell, map(str.strip, cells)), strict=False))
            yield _csv_entry(row, start, end)


def _csv_entry(row: dict[str, str], start: int, end: int) -> Entry:
    description = row.get("description") or None
    link = clean_url(row.get("link") or row.get("url") or None)
    return Entry(
        row.get("name", ""),
        row.get("ring", ""),
        row.get("quadrant", ""),
        description,
        start,
        end,
        [link] if link else [],
    )


def _delimiter(drafts: Drafts) -> str:
    """Find the delimiter by which the first line names the columns."""
    first = drafts.excerpts.text[drafts.excerpts.body_start :].lstrip().splitlines()[:1]
    for delimiter in _DELIMITERS:
        names = {cell.strip().strip('"').lower() for cell in "".join(first).split(delimiter)}
        if names >= _NEEDED:
            return delimiter
    raise unreadable("This is no radar: neither JSON nor CSV with the columns name and ring.", 1)


def _rows(drafts: Drafts, delimiter: str) -> Iterator[tuple[list[str], int, int]]:
    """Give the rows with their places; a cell may go over several lines."""
    text, lines = drafts.excerpts.text, drafts.excerpts.line_spans()
    reader = csv.reader((text[begin:end] for begin, end in lines), delimiter=delimiter, skipinitialspace=True)
    before = 0
    try:
        for cells in reader:
            if cells:
                yield cells, lines[before][0], lines[reader.line_num - 1][1]
            before = reader.line_num
    except csv.Error:
        line = drafts.excerpts.line_at(lines[min(before, len(lines) - 1)][0])
        raise unreadable("This is not CSV.", line) from None
