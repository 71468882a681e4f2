"""Where a page names adopters: in tables, lists, headings, and paragraphs that begin with a name.

Pages of adopters are written by hand, each in its own way. What looks like an
adopter is taken, the rest gets a remark; a person looks at both before they
count.

Source: decision 0017.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.catalogs.adopters_columns import is_placeholder, row_of, with_addresses
from app.catalogs.adopters_sections import (
    Section,
    could_be_name,
    has_names,
    is_about_the_page,
    is_address,
    is_bold,
    is_link,
    is_told,
    sections_of,
)
from app.catalogs.catalog import Drafts
from app.catalogs.cleaning import clean_line
from app.catalogs.markdown_blocks import Block, Inline, read_blocks

_ENOUGH_SECTIONS = 2
_ENOUGH_LINES = 5
_SEPARATOR = re.compile(r"\s[-\u2013\u2014|]\s|\s?\(")


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


def find_adopters(drafts: Drafts) -> Iterator[Adopter]:
    """Give the adopters of a page in their order; the rest that could be one gets a remark.

    Raises:
        Invalid: the page is too long.
    """
    sections = sections_of(read_blocks(drafts.excerpts))
    # One heading with facts below it may tell of anything; several are a list.
    are_told = sum(map(is_told, sections)) >= _ENOUGH_SECTIONS
    subject = next((section.title for section in sections if section.title), "")
    for section in sections:
        is_name = is_link(section) or (are_told and is_told(section))
        for adopter in _of_section(drafts, section, subject, is_name=is_name):
            if is_placeholder(adopter.name):
                drafts.remark(adopter.start, "placeholder", "A place that is kept free is no adopter.")
            else:
                yield replace(adopter, section=section.title)


def _of_section(drafts: Drafts, section: Section, subject: str, *, is_name: bool) -> Iterator[Adopter]:
    if is_about_the_page(section):
        for block in section.blocks:
            if block.kind in {"row", "item"}:
                drafts.remark(block.start, "about_the_page", "This tells of the page, it seems.")
    elif section.heading and is_name:
        yield _of_heading(section.heading, section.blocks)
    else:
        yield from _of_blocks(drafts, section, subject)


def _of_blocks(drafts: Drafts, section: Section, subject: str) -> Iterator[Adopter]:
    are_names = has_names(section, subject)
    for block in section.blocks:
        found: list[Adopter] = []
        if block.kind == "row":
            found = _of_row(drafts, block)
        elif block.kind == "item":
            found = _of_item(block) if are_names else []
            if not found:
                drafts.remark(block.start, "no_name", "This item does not begin with the name of an adopter.")
        elif block.kind == "paragraph":
            found = _of_paragraph(drafts, block)
        if block.kind == "other" or block.first.has_html:
            drafts.remark(block.start, "not_read", "HTML and code are not read; there may be adopters in it.")
        for adopter in found:
            yield adopter if adopter.end else replace(adopter, start=block.start, end=block.end)


def _of_heading(heading: Block, blocks: list[Block]) -> Adopter:
    inlines = [inline for block in blocks for inline in block.inlines]
    link = next((url for _text, url in heading.first.links), None)
    if link is None and is_address(blocks[0]):
        link = next((url for _text, url in blocks[0].first.links), blocks[0].first.text)
    description = "\n".join(filter(None, map(with_addresses, inlines))) or None
    end = blocks[-1].end if blocks else heading.end
    return Adopter(heading.first.text, url=link, description=description, start=heading.start, end=end)


def _of_row(drafts: Drafts, block: Block) -> list[Adopter]:
    row = row_of(block.header, block.inlines)
    if row is None:
        drafts.remark(block.start, "no_organization", "No column of this table names organizations.")
        return []
    if not clean_line(row.name):
        drafts.remark(block.start, "no_name", "This row names no organization.")
        return []
    return [Adopter(row.name, row.team, row.url, row.contact, row.description)]


def _of_item(block: Block) -> list[Adopter]:
    name = block.first.lead or _SEPARATOR.split(block.first.text, maxsplit=1)[0]
    is_name = block.first.lead or could_be_name(name)
    return [_named(name, block.first, block.inlines[1:])] if is_name else []


def _of_paragraph(drafts: Drafts, block: Block) -> list[Adopter]:
    if is_bold(block):
        return [_named(block.first.lead, block.first, [])]
    lines, at = [], block.start
    for line in drafts.excerpts.text[block.start : block.end].splitlines(keepends=True):
        lines.append(Adopter(line.strip(), start=at, end=at + len(line)))
        at += len(line)
    is_list = len(lines) >= _ENOUGH_LINES and all(could_be_name(line.name) for line in lines)
    return lines if is_list and not block.first.links else []


def _named(name: str, first: Inline, others: list[Inline]) -> Adopter:
    """Make the adopter of a piece of text that begins with its name."""
    url = next((url for text, url in first.links if name.endswith(text)), None)
    rest = with_addresses(replace(first, links=tuple(one for one in first.links if one[1] != url)))
    parts = [rest.removeprefix(name).lstrip(" -\u2013\u2014|:,."), *map(with_addresses, others)]
    return Adopter(
        name.rstrip(" :-\u2013\u2014"), url=url, description="\n".join(filter(None, parts)) or None
    )
