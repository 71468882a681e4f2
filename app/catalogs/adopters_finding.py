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
from app.catalogs.catalog import Drafts
from app.catalogs.cleaning import clean_line
from app.catalogs.markdown_blocks import Block, Inline, read_blocks

_LONGEST_NAME = 60
_MOST_WORDS = 7
_MOST_ABBREVIATED = 4
_ENOUGH_SECTIONS = 2
_ENOUGH_LINES = 5
# Sections that tell how to get onto the page, or what its words mean.
_ABOUT_THE_PAGE = re.compile(
    r"\b(?:how|add(?:ing)? (?:your|yourself|an?|new|to)|contribut\w+|instructions?|templates?|format|guidelines?"
    r"|criteria|join\w*|types?|tiers?|levels?|phases?|categories|legend|definitions?|questions?|optional)\b",
    re.IGNORECASE,
)
# Sections whose lists name adopters, also where no item is a link.
_OF_ADOPTERS = re.compile(
    r"\b(?:adopters?|users?|compan(?:y|ies)|organi[sz]ations?|projects?|production|evaluat\w+|vendors?"
    r"|integrations?|customers?|institut\w+|list|using|uses)\b",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s[-–—|]\s|\s?\(")
_ADDRESS = re.compile(r"https?://\S+|[\w-]+(?:\.[\w-]+)+(?:/\S*)?")
_LABEL = re.compile(r"[\w /-]{1,40}:")


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


@dataclass(frozen=True)
class _Section:
    heading: Block | None
    blocks: list[Block]

    @property
    def title(self) -> str:
        return self.heading.first.text if self.heading else ""


def find_adopters(drafts: Drafts) -> Iterator[Adopter]:
    """Give the adopters of a page in their order; the rest that could be one gets a remark.

    Raises:
        Invalid: the page is too long.
    """
    sections = _sections(read_blocks(drafts.excerpts))
    # One heading with facts below it may tell of anything; several are a list.
    are_told = sum(map(_is_told, sections)) >= _ENOUGH_SECTIONS
    for section in sections:
        is_name = _is_link(section) or (are_told and _is_told(section))
        for adopter in _of_section(drafts, section, is_name=is_name):
            if is_placeholder(adopter.name):
                drafts.remark(adopter.start, "placeholder", "A place that is kept free is no adopter.")
            else:
                yield replace(adopter, section=section.title)


def _sections(blocks: list[Block]) -> list[_Section]:
    sections = [_Section(None, [])]
    for block in blocks:
        if block.kind == "heading":
            sections.append(_Section(block, []))
        else:
            sections[-1].blocks.append(block)
    return sections


def _of_section(drafts: Drafts, section: _Section, *, is_name: bool) -> Iterator[Adopter]:
    if _ABOUT_THE_PAGE.search(section.title):
        for block in section.blocks:
            if block.kind in {"row", "item"}:
                drafts.remark(block.start, "about_the_page", "This tells of the page, it seems.")
    elif section.heading and is_name:
        yield _of_heading(section.heading, section.blocks)
    else:
        yield from _of_blocks(drafts, section)


def _of_blocks(drafts: Drafts, section: _Section) -> Iterator[Adopter]:
    has_names = _has_names(section)
    for block in section.blocks:
        found: list[Adopter] = []
        if block.kind == "row":
            found = _of_row(drafts, block)
        elif block.kind == "item":
            found = _of_item(block) if has_names else []
            if not found:
                drafts.remark(block.start, "no_name", "This item does not begin with the name of an adopter.")
        elif block.kind == "paragraph":
            found = _of_paragraph(drafts, block)
        if block.kind == "other" or block.first.has_html:
            drafts.remark(block.start, "html", "HTML is not read; there may be adopters in it.")
        for adopter in found:
            yield adopter if adopter.end else replace(adopter, start=block.start, end=block.end)


def _has_names(section: _Section) -> bool:
    """Tell whether the lists of a section name adopters.

    They do where half of the items begin with a link or in bold type; where
    none does, in a section that says so, without a table or bold paragraphs.
    """
    items = [block for block in section.blocks if block.kind == "item"]
    led = [block for block in items if block.first.lead]
    others = [block for block in section.blocks if block.kind == "row" or _is_bold(block)]
    is_said = not section.title or bool(_OF_ADOPTERS.search(section.title))
    return 2 * len(led) >= len(items) if led else is_said and not others


def _is_link(section: _Section) -> bool:
    """Tell whether a heading is a link, and nothing else."""
    inline = section.heading.first if section.heading else Inline("")
    return bool(inline.links) and inline.links[0][0] == inline.text != ""


def _is_told(section: _Section) -> bool:
    """Tell whether facts on one adopter follow a heading: its address, or a list such as `Since: 2020`."""
    if not section.blocks or not section.title or _OF_ADOPTERS.search(section.title):
        return False
    first = section.blocks[0]
    return _is_address(first) or (first.kind == "item" and _is_labelled(first))


def _is_address(block: Block) -> bool:
    """Tell whether a paragraph is an address, and nothing else."""
    inline = block.first
    is_link = bool(inline.links) and inline.links[0][0] == inline.text
    return block.kind == "paragraph" and (is_link or bool(_ADDRESS.fullmatch(inline.text)))


def _is_labelled(block: Block) -> bool:
    return bool(_LABEL.match(block.first.text)) and not block.first.lead


def _of_heading(heading: Block, blocks: list[Block]) -> Adopter:
    inlines = [inline for block in blocks for inline in block.inlines]
    link = next((url for _text, url in heading.first.links), None)
    if link is None and _is_address(blocks[0]):
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
    is_name = block.first.lead or _could_be_name(name)
    return [_named(name, block.first, block.inlines[1:])] if is_name else []


def _could_be_name(text: str) -> bool:
    words = len(text.split())
    is_abbreviated = text.endswith(".") and words <= _MOST_ABBREVIATED  # Example Inc.
    is_sentence = text.endswith((":", "!", "?")) or (text.endswith(".") and not is_abbreviated) or ": " in text
    return 0 < len(text) <= _LONGEST_NAME and 0 < words <= _MOST_WORDS and not is_sentence


def _is_bold(block: Block) -> bool:
    """Tell whether a paragraph is like `**Example Inc.:** uses it`."""
    inline = block.first
    if block.kind != "paragraph" or not _could_be_name(inline.lead.rstrip(":")) or inline.lead == inline.text:
        return False
    rest = inline.text.removeprefix(inline.lead).lstrip()
    return inline.lead.endswith(":") or rest.startswith((":", "-", "–", "—"))


def _of_paragraph(drafts: Drafts, block: Block) -> list[Adopter]:
    if _is_bold(block):
        return [_named(block.first.lead, block.first, [])]
    lines, at = [], block.start
    for line in drafts.excerpts.text[block.start : block.end].splitlines(keepends=True):
        lines.append(Adopter(line.strip(), start=at, end=at + len(line)))
        at += len(line)
    is_list = len(lines) >= _ENOUGH_LINES and all(_could_be_name(line.name) for line in lines)
    return lines if is_list and not block.first.links else []


def _named(name: str, first: Inline, others: list[Inline]) -> Adopter:
    """Make the adopter of a piece of text that begins with its name."""
    url = next((url for text, url in first.links if name.endswith(text)), None)
    rest = with_addresses(replace(first, links=tuple(one for one in first.links if one[1] != url)))
    parts = [rest.removeprefix(name).lstrip(" -–—|:,."), *map(with_addresses, others)]
    return Adopter(name.rstrip(" :-–—"), url=url, description="\n".join(filter(None, parts)) or None)
