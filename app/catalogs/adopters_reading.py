"""Pages of adopters as our records: who says that they use a library, and for what.

Source: decision 0017; the ADOPTERS.md of projects of the CNCF.
"""

from app.catalogs.adopters_finding import Adopter, find_adopters
from app.catalogs.catalog import Catalog, Drafts
from app.catalogs.cleaning import clean_line, clean_prose, clean_url
from app.catalogs.excerpts import Excerpts
from app.models import NAME_LENGTH, Role
from app.text import name_key, slugify

_WHOLE = "Stands for the organization as a whole: the page names no team."


def read_adopters(text: str, *, source: str, library: str, name: str | None = None) -> Catalog:
    """Read an ADOPTERS.md.

    Each adopter becomes an organization, a team that stands for it where the
    page names none, and a use case.

    Args:
        text: of the page.
        source: slug of the record that stands for it.
        library: slug of the one whose adopters these are.
        name: of that library, for titles; None: its slug serves.

    Raises:
        Invalid: the page is too long.
    """
    drafts = Drafts(Excerpts(text, source))
    for adopter in find_adopters(drafts):
        _take(drafts, adopter, library, name or library)
    return drafts.catalog()


def _take(drafts: Drafts, adopter: Adopter, library: str, called: str) -> None:
    name = clean_line(adopter.name)
    if name is None:
        drafts.remark(adopter.start, "no_name", "An adopter has no name that can be read.")
        return
    organization = drafts.slug_for("organizations", name_key(name), slugify(name))
    url = clean_url(adopter.url)
    drafts.add("organizations", {"slug": organization, "name": name, "homepage_url": url})
    team = _team(drafts, adopter, organization, name)
    mentions = [mention for mention in (name, clean_line(adopter.team)) if mention]
    evidence = drafts.excerpts.evidence(adopter.start, adopter.end, mentions, adopter.section)
    # The same words in another place are the same claim.
    identity = f"{team} {evidence['excerpt_sha256']}"
    record = {
        "slug": drafts.slug_for("use-cases", identity, f"{team} {library}"),
        "team": team,
        "title": f"{name} uses {called}"[:NAME_LENGTH],
        "description": clean_prose(adopter.description),
        "purposes": [],
        "usages": [{"library": library, "role": Role.USES.value}],
        "evidence": [evidence],
    }
    if drafts.add("use-cases", record)["evidence"][0]["start"] != evidence["start"]:
        drafts.remark(adopter.start, "given_twice", "The same adopter was given in the same words before.")


def _team(drafts: Drafts, adopter: Adopter, organization: str, name: str) -> str:
    """Give the team that the page names, or one that stands for the whole organization."""
    named = clean_line(adopter.team)
    identity = f"{organization}/{name_key(named) if named else ''}"
    record = {
        "slug": drafts.slug_for("teams", identity, slugify(f"{name} {named}") if named else organization),
        "name": named or name,
        "organization": organization,
        "description": None if named else _WHOLE,
        "contact_url": clean_url(adopter.contact),
    }
    return str(drafts.add("teams", record)["slug"])
