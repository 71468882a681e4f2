"""Pages of adopters as our records: who says that they use a library, and for what.

Source: decision 0017; the ADOPTERS.md of projects of the CNCF.
"""

import re
from dataclasses import dataclass, replace

from app.catalogs.adopters_columns import is_placeholder, row_of
from app.catalogs.catalog import Catalog, Drafts, slug_of, with_digest
from app.catalogs.cleaning import clean_line, clean_prose, clean_url
from app.catalogs.excerpts import Excerpts
from app.catalogs.markdown_blocks import Block, Inline, read_blocks
from app.models import NAME_LENGTH, Role
from app.text import name_key, slugify

_LONGEST_NAME = 60
_MOST_WORDS = 7
_SHOWN_AS_TEXT = "Stands for the organization as a whole: the page names no team."
# Sections that tell how to get onto the page, or what its words mean.
_ABOUT_THE_PAGE = re.compile(
    r"\b(?:how|add(?:ing)? (?:your|yourself|an?|a new|to)|contribut\w+|instructions?|templates?|format|guidelines?"
    r"|criteria|join\w*|types?|levels?|categories|legend|definitions?|questions?|why|benefits|contact(?: us)?)\b",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s+[-–—|]+\s+|:\s+|\s[-–—]\s")


@dataclass(frozen=True)
class Adopter:
    """Who says that they use the library.

    Attributes:
        name: of the organization, as written.
        team: as written; "" where none is named.
        url: of the organization, or None.
        contact: a link, or None.
        description: or None.
        start: of the place in the text.
        end: exclusive.
        section: heading that it stands under.
    """

    name: str
    team: str = ""
    url: str | None = None
    contact: str | None = None
    description: str | None = None
    start: int = 0
    end: int = 0
    section: str = ""


def read_adopters(text: str, *, source: str, library: str, name: str | None = None) -> Catalog:
    """Read an ADOPTERS.md: its tables, lists, and paragraphs that begin with a name in bold type.

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
    section = ""
    blocks = read_blocks(drafts.excerpts)
    for place, block in enumerate(blocks):
        if block.kind == "heading":
            section = _text(block)
        adopter = _adopter(drafts, block, section)
        if adopter and block.kind == "heading":
            adopter = _with_paragraphs(adopter, blocks[place + 1 :])
        if adopter:
            _take(drafts, replace(adopter, section=section), library, name or library)
    return drafts.catalog()


def _adopter(drafts: Drafts, block: Block, section: str) -> Adopter | None:
    """Find the adopter that a block names; what names none, but could, gets a remark."""
    found = None
    if block.kind == "row":
        found = _of_row(drafts, block)
    elif block.kind == "other":
        drafts.remark(block.start, "html", "HTML is not read.")
    elif _ABOUT_THE_PAGE.search(section):
        if block.kind == "item":
            drafts.remark(block.start, "about_the_page", "This tells of the page, it seems, not of an adopter.")
    elif block.kind == "item":
        found = _of_item(block)
        if found is None:
            drafts.remark(block.start, "no_name", "This item does not begin with a name.")
    elif block.kind == "paragraph":
        found = _of_paragraph(block)
    elif block.kind == "heading":
        found = _of_heading(block)
    if found and is_placeholder(found.name):
        drafts.remark(block.start, "placeholder", "A place that is kept free is no adopter.")
        return None
    return replace(found, start=block.start, end=block.end) if found else None


def _of_row(drafts: Drafts, block: Block) -> Adopter | None:
    row = row_of(block.header, block.inlines)
    if row is None:
        drafts.remark(block.start, "no_organization", "No column of this table names organizations.")
        return None
    if not clean_line(row.name):
        drafts.remark(block.start, "no_name", "This row names no organization.")
        return None
    return Adopter(row.name, row.team, row.url, row.contact, row.description)


def _of_item(block: Block) -> Adopter | None:
    if not block.inlines:
        return None
    first, *others = block.inlines
    name = first.lead
    if not name:
        name = _SEPARATOR.split(first.text, maxsplit=1)[0]
        is_name = len(name) <= _LONGEST_NAME and len(name.split()) <= _MOST_WORDS and not name.endswith((".", ":"))
        if not is_name or block.is_ordered or not name:
            return None
    return _named(name, first, others)


def _of_paragraph(block: Block) -> Adopter | None:
    """Read a paragraph such as `**Example Inc.:** uses it`."""
    inline = block.inlines[0]
    is_bold = inline.lead and not any(inline.lead.endswith(text) for text, _url in inline.links[:1])
    if not is_bold or inline.lead == inline.text or len(inline.lead) > _LONGEST_NAME:
        return None
    rest = inline.text[len(inline.lead) :].lstrip()
    has_separator = inline.lead.endswith(":") or rest.startswith((":", "-", "–", "—"))
    return _named(inline.lead, inline, []) if has_separator else None


def _of_heading(block: Block) -> Adopter | None:
    """Read a heading that is a link and nothing else."""
    inline = block.inlines[0] if block.inlines else Inline("")
    is_link = bool(inline.links) and inline.links[0][0] == inline.text != ""
    return _named(inline.text, inline, []) if is_link else None


def _with_paragraphs(adopter: Adopter, following: list[Block]) -> Adopter:
    """Take the paragraphs under a heading as the description of whom it names."""
    texts, end = [], adopter.end
    for block in following:
        if block.kind != "paragraph":
            break
        texts.append(with_addresses(block.inlines[0]))
        end = block.end
    return replace(adopter, description="\n".join(texts) or None, end=end)


def _named(name: str, first: Inline, others: list[Inline]) -> Adopter:
    """Make the adopter of a piece of text that begins with its name."""
    url = next((url for text, url in first.links if name.endswith(text)), None)
    rest = with_addresses(replace(first, links=tuple(one for one in first.links if one[1] != url)))
    rest = rest[len(name) :].lstrip(" -–—|:,.")
    parts = [rest, *map(with_addresses, others)]
    return Adopter(name.rstrip(" :-–—"), url=url, description="\n".join(filter(None, parts)) or None)


def with_addresses(inline: Inline) -> str:
    """Give text with the addresses of its links behind it."""
    urls = dict.fromkeys(url for text, url in inline.links if url not in {text, f"mailto:{text}"})
    return f"{inline.text} ({', '.join(urls)})" if urls else inline.text


def _text(block: Block) -> str:
    return block.inlines[0].text if block.inlines else ""


def _take(drafts: Drafts, adopter: Adopter, library: str, called: str) -> None:
    name = clean_line(adopter.name)
    if name is None:
        drafts.remark(adopter.start, "no_name", "An adopter has no name that can be read.")
        return
    organization = drafts.slug_for("organizations", name_key(name), slug_of(name))
    url = clean_url(adopter.url)
    drafts.add("organizations", {"slug": organization, "name": name, "homepage_url": url})
    team = _team(drafts, adopter, organization, name)
    excerpt = drafts.excerpts.text[adopter.start : adopter.end]
    wanted = slugify(f"{team} {library}")
    identity = f"{team} {excerpt}"
    mentions = [mention for mention in (name, clean_line(adopter.team)) if mention]
    evidence = drafts.excerpts.evidence(adopter.start, adopter.end, mentions, adopter.section)
    record = {
        "slug": drafts.slug_for("use-cases", identity, with_digest(wanted, team) if wanted == team else wanted),
        "team": team,
        "title": f"{name} uses {called}"[:NAME_LENGTH],
        "description": clean_prose(adopter.description),
        "purposes": [],
        "usages": [{"library": library, "role": Role.USES.value}],
        "evidence": [evidence],
    }
    there = drafts.add("use-cases", record)
    if there["evidence"][0]["start"] != evidence["start"]:
        drafts.remark(adopter.start, "given_twice", "The same adopter was given in the same words before.")


def _team(drafts: Drafts, adopter: Adopter, organization: str, name: str) -> str:
    """Give the team that the page names, or one that stands for the whole organization."""
    named = clean_line(adopter.team)
    identity = f"{organization}/{name_key(named) if named else ''}"
    slug = drafts.slug_for("teams", identity, slug_of(f"{name} {named}") if named else organization)
    record = {
        "slug": slug,
        "name": named or name,
        "organization": organization,
        "description": None if named else _SHOWN_AS_TEXT,
        "contact_url": clean_url(adopter.contact),
    }
    return str(drafts.add("teams", record)["slug"])
