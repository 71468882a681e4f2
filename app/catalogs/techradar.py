"""Our records as technology radars: those of Backstage, of Thoughtworks (BYOR) and of Zalando.

Source: decision 0017; @backstage-community/plugin-tech-radar-common,
thoughtworks/build-your-own-radar and zalando/tech-radar.
"""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.catalogs.catalog import Records
from app.catalogs.cells import guard_cell
from app.catalogs.holdings import FlatRecord, Holdings, counted, evidence_of
from app.catalogs.rings import HOLD, QUADRANTS, RINGS, cases_of, quadrant_of, ring_of
from app.text import slugify

BYOR_COLUMNS = ("name", "ring", "quadrant", "isNew", "description", "status")

_COLORS = ("#5ba300", "#009eb0", "#c7ba00", "#e09b96")  # those of Zalando's own radar


@dataclass(frozen=True)
class Radar:
    """What a radar is made from.

    Attributes:
        records: flat, by the path of their collection.
        on: the day that the radar is dated.
        team: slug of the team whose radar it is; None: everybody's.
        new_since: what is in use since this day or later is new; None: nothing is.
    """

    records: Records
    on: date
    team: str | None = None
    new_since: date | None = None


@dataclass(frozen=True)
class _Entry:
    library: FlatRecord
    ring: str
    quadrant: str
    description: str
    is_new: bool
    links: list[dict[str, str]]


def write_backstage_radar(radar: Radar) -> str:
    """Write the JSON that Backstage's tech-radar plugin loads; each entry has one step in its timeline."""
    document = {
        "title": _title(radar),
        "quadrants": [{"id": slugify(name), "name": name} for name in QUADRANTS],
        "rings": [_ring(name, color) for name, color in zip(RINGS, _COLORS, strict=True)],
        "entries": [_backstage_entry(radar, entry) for entry in _entries(radar)],
    }
    return _json(document)


def write_byor_json(radar: Radar) -> str:
    """Write the JSON that Build Your Own Radar loads."""
    return _json([_byor_row(entry) for entry in _entries(radar)])


def write_byor_csv(radar: Radar) -> str:
    """Write the CSV that Build Your Own Radar loads; no cell is one that a spreadsheet would run."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, BYOR_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for entry in _entries(radar):
        writer.writerow({name: guard_cell(cell) for name, cell in _byor_row(entry).items()})
    return buffer.getvalue()


def write_zalando(radar: Radar) -> str:
    """Write the config.json of Zalando's radar, with the names that its indices stand for."""
    document = {
        "date": f"{radar.on:%Y.%m}",
        "quadrants": [{"name": name} for name in QUADRANTS],
        "rings": [{"name": name.upper(), "color": color} for name, color in zip(RINGS, _COLORS, strict=True)],
        "entries": [_zalando_entry(entry) for entry in _entries(radar)],
    }
    return _json(document)


def techradar_losses(radar: Radar) -> list[str]:
    """Say what a radar cannot carry of these records; roles and purposes stand in prose only."""
    holdings = Holdings(radar.records)
    shown = {entry.library["slug"] for entry in _entries(radar)}
    cases = holdings.all_of("use-cases")
    left = (item for item in holdings.all_of("libraries") if item["slug"] not in shown)
    return [
        *counted(left, "libraries that are not in use here"),
        *counted(cases, "use cases: a radar has a ring for each library, and no more"),
        *counted((piece for case in cases for piece in evidence_of(case)), "pieces of evidence"),
    ]


def _entries(radar: Radar) -> list[_Entry]:
    holdings = Holdings(radar.records)
    found = ((item, ring_of(holdings, item, radar.team)) for item in holdings.all_of("libraries"))
    return [_entry(holdings, item, ring, radar) for item, ring in found if ring]


def _entry(holdings: Holdings, item: FlatRecord, ring: str, radar: Radar) -> _Entry:
    cases = cases_of(holdings, item["slug"], radar.team)
    days = sorted(case["since"] for case in cases if case.get("since"))
    is_new = bool(radar.new_since and days and days[0] >= radar.new_since.isoformat())
    return _Entry(
        item,
        ring,
        quadrant_of(item),
        _description(holdings, item, cases),
        is_new,
        _links(holdings, item, cases),
    )


def _description(holdings: Holdings, item: FlatRecord, cases: list[FlatRecord]) -> str:
    """Say who uses a library for what, and what comes after it."""
    teams = sorted({holdings.name_of("teams", case["team"]) for case in cases})
    purposes = sorted(
        {holdings.name_of("purposes", slug) for case in cases for slug in case.get("purposes") or ()}
    )
    successor = item.get("replaced_by")
    sentences = [
        f"Used by {', '.join(teams)}." if teams else "Not in use yet.",
        f"For: {', '.join(purposes)}." if purposes else "",
        f"Replaced by {holdings.name_of('libraries', successor)}." if successor else "",
    ]
    return " ".join(filter(None, sentences))


def _links(holdings: Holdings, item: FlatRecord, cases: list[FlatRecord]) -> list[dict[str, str]]:
    slugs = sorted({piece["source"] for case in cases for piece in evidence_of(case)})
    sources = [source for source in (holdings.find("sources", slug) for slug in slugs) if source.get("url")]
    own = [
        ("homepage_url", "Homepage"),
        ("repository_url", "Repository"),
        ("documentation_url", "Documentation"),
    ]
    return [
        *({"url": item[name], "title": title} for name, title in own if item.get(name)),
        *({"url": source["url"], "title": source["title"]} for source in sources),
    ]


def _title(radar: Radar) -> str:
    return Holdings(radar.records).name_of("teams", radar.team) if radar.team else "Tool Atlas"


def _ring(name: str, color: str) -> dict[str, str]:
    return {"id": name.lower(), "name": name.upper(), "color": color}


def _backstage_entry(radar: Radar, entry: _Entry) -> dict[str, Any]:
    item = entry.library
    # Why a library is held is dated; when it came into another ring is not known.
    since = item.get("lifecycle_on") if entry.ring == HOLD else None
    step = {"date": since or radar.on.isoformat(), "ringId": entry.ring.lower(), "moved": int(entry.is_new)}
    return {
        "id": item["slug"],
        "key": item["slug"],
        "title": item["name"],
        "quadrant": slugify(entry.quadrant),
        "description": entry.description,
        "links": entry.links,
        "timeline": [{**step, "description": entry.description}],
    }


def _byor_row(entry: _Entry) -> dict[str, str]:
    return {
        "name": entry.library["name"],
        "ring": entry.ring,
        "quadrant": entry.quadrant,
        "isNew": str(entry.is_new).upper(),
        "description": entry.description,
        "status": "new" if entry.is_new else "no change",
    }


def _zalando_entry(entry: _Entry) -> dict[str, Any]:
    link = next((link["url"] for link in entry.links), None)
    return {
        "label": entry.library["name"],
        "quadrant": QUADRANTS.index(entry.quadrant),
        "ring": RINGS.index(entry.ring),
        "moved": int(entry.is_new),
        "active": bool(link),
        **({"link": link} if link else {}),
    }


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
