"""Technology radars as our records: what the team whose radar it is uses, and how sure that is.

Source: decision 0017.
"""

from app.catalogs.catalog import Catalog, Drafts
from app.catalogs.cleaning import clean_line, clean_prose
from app.catalogs.excerpts import Excerpts
from app.catalogs.rings import is_technique, is_understood, kind_in, meaning_of
from app.catalogs.techradar_entries import Entry, read_entries
from app.models import NAME_LENGTH, Role
from app.text import name_key, slugify


def read_techradar(text: str, *, source: str, team: str) -> Catalog:
    """Read a radar: BYOR's CSV or JSON, Zalando's config.json, Backstage's JSON, told apart by themselves.

    Each entry becomes a library, and, unless it is only being looked at, a use
    case of the team. Techniques are no tools, and are left out with a remark.

    Args:
        text: of the file.
        source: slug of the record that stands for it.
        team: slug of the team whose radar it is.

    Raises:
        BadRequest: the JSON is nested too deeply.
        Invalid: it is no radar.
    """
    drafts = Drafts(Excerpts(text, source))
    for entry in read_entries(drafts):
        if is_technique(entry.quadrant):
            drafts.remark(entry.start, "technique", "A technique is no tool.")
        else:
            _take(drafts, entry, team)
    return drafts.catalog()


def _take(drafts: Drafts, entry: Entry, team: str) -> None:
    library = _library(drafts, entry)
    meaning = meaning_of(entry.ring)
    if meaning is None:
        drafts.remark(entry.start, "only_assessed", "It is being looked at, which is no use.")
        return
    if not is_understood(entry.ring):
        drafts.remark(entry.start, "unknown_ring", "What its ring says is not known: in use, but disputed.")
    stance, status = meaning
    name = str((drafts.find("libraries", library) or {})["name"])
    wanted = f"{team}-{library}"
    drafts.add(
        "use-cases",
        {
            "slug": drafts.slug_for("use-cases", f"{library} {entry.ring.lower()}", wanted),
            "team": team,
            "title": f"{name} on the radar"[:NAME_LENGTH],
            "description": clean_prose("\n\n".join(filter(None, [_standing(entry), entry.description]))),
            "stance": stance.value,
            "purposes": [],
            "usages": [{"library": library, "role": Role.USES.value}],
            "status": status.value,
            "evidence": [
                drafts.excerpts.evidence(entry.start, entry.end, [entry.name], clean_line(entry.quadrant))
            ],
        },
    )


def _library(drafts: Drafts, entry: Entry) -> str:
    name = clean_line(entry.name) or ""
    slug = drafts.slug_for("libraries", name_key(name), entry.key or slugify(name))
    url = next(iter(entry.urls), None)
    record = {"slug": slug, "name": name, "kind": kind_in(entry.quadrant).value, "homepage_url": url}
    return str(drafts.add("libraries", record)["slug"])


def _standing(entry: Entry) -> str | None:
    """Say where on the radar an entry stands."""
    ring, quadrant = clean_line(entry.ring), clean_line(entry.quadrant)
    parts = [f"ring {ring}" if ring else None, f"quadrant {quadrant}" if quadrant else None]
    told = ", ".join(part for part in parts if part)
    return f"On the radar: {told}." if told else None
