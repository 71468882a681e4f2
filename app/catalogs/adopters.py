"""Who uses what, as a page like the ADOPTERS.md of an open source project.

Source: decision 0017; tables of GitHub Flavored Markdown.
"""

import re
from collections.abc import Iterator, Sequence

from app.catalogs.catalog import Records
from app.catalogs.holdings import FlatRecord, Holdings, counted, evidence_of, is_in_use, role_of, usages_of
from app.models import Role

_ALL = ("Organization", "Team", "Tools", "Use case", "Purposes", "Evidence")
_OF_ONE = ("Organization", "Team", "Use case", "Purposes", "Evidence")
# What Markdown, its dialects and HTML could take for more than a letter, within a line.
_SPECIAL = re.compile(r"[\\`*_\[\]<>#!|~&$@]|:(?=\S)|(?<=www)\.", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_ENDS_LINK = re.compile(r"[()<>\s\\|]")


def write_adopters(records: Records, library: str | None = None) -> str:
    """Write a table of teams and of what they use, by organization and team.

    Args:
        records: flat, by the path of their collection.
        library: slug of the one whose adopters are asked for; None: all.
    """
    holdings = Holdings(records)
    columns = _OF_ONE if library else _ALL
    title = f"Adopters of {holdings.name_of('libraries', library)}" if library else "Who uses what"
    lines = [f"# {escape(title)}", "", _row(columns), _row(["---"] * len(columns))]
    lines += [_row(cells) for cells in _rows(holdings, library)]
    return "\n".join(lines) + "\n"


def adopters_losses(records: Records, library: str | None = None) -> list[str]:
    """Say what the page cannot carry of these records."""
    holdings = Holdings(records)
    left = [case for case in holdings.all_of("use-cases") if not is_in_use(case)]
    cases = _cases(holdings, library)
    roles = (usage for case in cases for usage in usages_of(case) if role_of(usage) != Role.USES)
    return [
        *counted(left, "use cases that are retired, or say that something is not used"),
        *counted((case for case in cases if case.get("description")), "descriptions of use cases"),
        *counted(roles, "roles other than `uses`"),
        *counted((piece for case in cases for piece in evidence_of(case)), "spans and digests of evidence"),
        *counted(holdings.all_of("libraries"), "libraries but for their names"),
    ]


def escape(text: str) -> str:
    """Write text so that Markdown shows it as it is, on one line, within a cell."""
    line = _BLANKS.sub(" ", text).strip()
    return _SPECIAL.sub(r"\\\g<0>", line)


def link(text: str, url: str | None) -> str:
    """Write a link; what has no address is written as text."""
    if not url:
        return escape(text)
    target = _ENDS_LINK.sub(lambda match: f"%{ord(match[0]):02X}", url)
    return f"[{escape(text)}](<{target}>)"


def _cases(holdings: Holdings, library: str | None) -> list[FlatRecord]:
    found = holdings.in_use if library is None else holdings.by_library.get(library, [])
    return sorted(found, key=lambda case: _place(holdings, case))


def _place(holdings: Holdings, case: FlatRecord) -> tuple[str, str, str]:
    return _organization(holdings, case), holdings.name_of("teams", case["team"]), str(case["slug"])


def _organization(holdings: Holdings, case: FlatRecord) -> str:
    slug = holdings.find("teams", case["team"]).get("organization")
    return holdings.name_of("organizations", slug) if slug else ""


def _rows(holdings: Holdings, library: str | None) -> Iterator[list[str]]:
    for case in _cases(holdings, library):
        team = holdings.find("teams", case["team"])
        organization = holdings.find("organizations", team.get("organization"))
        tools = [holdings.name_of("libraries", usage["library"]) for usage in usages_of(case)]
        purposes = [holdings.name_of("purposes", slug) for slug in case.get("purposes") or ()]
        cells = {
            "Organization": link(organization["name"] or "", organization.get("homepage_url")),
            "Team": link(team["name"], team.get("contact_url")),
            "Tools": escape(", ".join(dict.fromkeys(tools))),
            "Use case": escape(case["title"]),
            "Purposes": escape(", ".join(sorted(purposes))),
            "Evidence": ", ".join(dict.fromkeys(_cite(holdings, piece) for piece in evidence_of(case))),
        }
        yield [cells[column] for column in (_OF_ONE if library else _ALL)]


def _cite(holdings: Holdings, piece: FlatRecord) -> str:
    source = holdings.find("sources", piece["source"])
    place = f", line {piece['line']}" if piece.get("line") else ""
    return link(source["title"], source.get("url")) + place


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
