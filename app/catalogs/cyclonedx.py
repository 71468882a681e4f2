"""What a team uses as a CycloneDX 1.6 BOM, and the BOMs of all teams in one archive.

The team is the root, an application that is made of what the team uses. Each
library is a component; what CycloneDX has no place for stands in properties
that begin with `toolatlas:`.

Source: decision 0017; https://cyclonedx.org/docs/1.6/json/.
"""

import io
import json
import zipfile
from datetime import UTC, datetime
from uuid import UUID, uuid5

from app.catalogs.catalog import Records
from app.catalogs.cyclonedx_components import Bom
from app.catalogs.holdings import (
    Holdings,
    counted,
    evidence_of,
    is_in_use,
)
from app.errors import NotFound

_SERIALS = UUID("5b0e7a6e-4a3c-5d0e-9c55-3f6f6d1f6a01")  # a space of our own for serial numbers
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # what a zip takes for no time at all


def write_cyclonedx(records: Records, team: str, *, at: datetime | None = None) -> str:
    """Write the BOM of a team.

    Args:
        records: flat, by the path of their collection.
        team: its slug.
        at: when the records were read; None leaves the time out.

    Raises:
        NotFound: there is no such team among the records.
    """
    return _write(Holdings(records), team, at)


def write_cyclonedx_archive(records: Records, *, at: datetime | None = None) -> bytes:
    """Write the BOMs of all teams that use something: a zip of `<team>.cdx.json`.

    Tools read one BOM a file, and none reads lines of them.
    """
    holdings = Holdings(records)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for team in holdings.all_of("teams"):
            if team["slug"] in holdings.by_team:
                member = zipfile.ZipInfo(f"{team['slug']}.cdx.json", _EARLIEST)
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, _write(holdings, team["slug"], at))
    return buffer.getvalue()


def cyclonedx_losses(records: Records) -> list[str]:
    """Say what the BOMs cannot carry of these records."""
    holdings = Holdings(records)
    left = [case for case in holdings.all_of("use-cases") if not is_in_use(case)]
    used = [case for case in holdings.all_of("use-cases") if is_in_use(case)]
    unused = (item for item in holdings.all_of("libraries") if item["slug"] not in holdings.by_library)
    return [
        *counted(left, "use cases that are retired, or say that something is not used"),
        *counted(unused, "libraries that no team uses"),
        *counted((case for case in used if case.get("description")), "descriptions of use cases"),
        *counted((piece for case in used for piece in evidence_of(case) if piece.get("note")), "notes"),
        *counted(
            (item for item in holdings.all_of("purposes") if item.get("description")),
            "descriptions of purposes",
        ),
    ]


def _write(holdings: Holdings, slug: str, at: datetime | None) -> str:
    if slug not in holdings.by_slug.get("teams", {}):
        raise NotFound("There is no such team.")
    team = holdings.find("teams", slug)
    bom = Bom(holdings, team)
    document = {"components": bom.components(), "dependencies": bom.dependencies()}
    root = bom.root()
    digest = json.dumps([root, document], sort_keys=True)
    moment = (
        {"timestamp": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")} if at else {}
    )
    head = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(_SERIALS, digest)}",
        "version": 1,
        "metadata": {**moment, "component": root},
    }
    return json.dumps(head | document, ensure_ascii=False, indent=2) + "\n"
