"""The sections of a page of adopters, and what their looks say: each page is written in its own way."""

import re
from dataclasses import dataclass

from app.catalogs.markdown_blocks import Block, Inline

_LONGEST_NAME = 60
_MOST_WORDS = 7
_MOST_ABBREVIATED = 4
_SEVERAL = 3
# Sections that tell how to get onto the page, or what its words mean.
_ABOUT_THE_PAGE = re.compile(
    r"\b(?:how|updat\w+|add(?:ing)? (?:your|yourself|an?|new|to)|contribut\w+|instructions?|templates?|format"
    r"|guidelines?|criteria|join\w*|types?|tiers?|levels?|phases?|categories|legend|definitions?|questions?|optional)\b",
    re.IGNORECASE,
)
# Sections whose lists name adopters, also where no item is a link.
_OF_ADOPTERS = re.compile(
    r"\b(?:adopters?|users?|compan(?:y|ies)|organi[sz]ations?|projects?|production|evaluat\w+|vendors?"
    r"|integrations?|customers?|institut\w+|list|using|uses)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://\S+|[\w-]+(?:\.[\w-]+)+(?:/\S*)?")
_LABEL = re.compile(r"[\w /-]{1,40}:")


@dataclass(frozen=True)
class Section:
    """A heading, None at the top of the page, and what stands under it."""

    heading: Block | None
    blocks: list[Block]

    @property
    def title(self) -> str:
        """Give the text of the heading."""
        return self.heading.first.text if self.heading else ""


def sections_of(blocks: list[Block]) -> list[Section]:
    """Cut a page at its headings, of whichever level."""
    sections = [Section(None, [])]
    for block in blocks:
        if block.kind == "heading":
            sections.append(Section(block, []))
        else:
            sections[-1].blocks.append(block)
    return sections


def is_about_the_page(section: Section) -> bool:
    """Tell whether a section explains the page, and names nobody."""
    return bool(_ABOUT_THE_PAGE.search(section.title))


def has_names(section: Section, subject: str) -> bool:
    """Tell whether the lists of a section name adopters.

    They do where half of the items begin with a link or in bold type. Where
    none does, they do in a section that says so, or on a page that does, if
    each of several items could be a name; not beside a table or bold paragraphs.

    Args:
        section: that the lists are in.
        subject: the first heading of the page.
    """
    items = [block for block in section.blocks if block.kind == "item"]
    led = [block for block in items if block.first.lead]
    if led:
        return 2 * len(led) >= len(items)
    if any(block.kind == "row" or is_bold(block) for block in section.blocks):
        return False
    are_names = len(items) >= _SEVERAL and all(could_be_name(block.first.text) for block in items)
    is_said = not section.title or bool(_OF_ADOPTERS.search(section.title))
    return is_said or (are_names and bool(_OF_ADOPTERS.search(subject)))


def is_link(section: Section) -> bool:
    """Tell whether a heading is a link, and nothing else."""
    inline = section.heading.first if section.heading else Inline("")
    return bool(inline.links) and inline.links[0][0] == inline.text != ""


def is_told(section: Section) -> bool:
    """Tell whether facts on one adopter follow a heading: its address, or a list such as `Since: 2020`."""
    if not section.blocks or not section.title or _OF_ADOPTERS.search(section.title):
        return False
    first = section.blocks[0]
    return is_address(first) or (first.kind == "item" and _is_labelled(first))


def is_address(block: Block) -> bool:
    """Tell whether a paragraph is an address, and nothing else."""
    inline = block.first
    has_link = bool(inline.links) and inline.links[0][0] == inline.text
    return block.kind == "paragraph" and (has_link or bool(_ADDRESS.fullmatch(inline.text)))


def _is_labelled(block: Block) -> bool:
    return bool(_LABEL.match(block.first.text)) and not block.first.lead


def could_be_name(text: str) -> bool:
    """Tell whether a text is short enough for a name, and no sentence."""
    words = len(text.split())
    is_abbreviated = text.endswith(".") and words <= _MOST_ABBREVIATED  # Example Inc.
    is_sentence = (
        text.endswith((":", "!", "?")) or (text.endswith(".") and not is_abbreviated) or ": " in text
    )
    return 0 < len(text) <= _LONGEST_NAME and 0 < words <= _MOST_WORDS and not is_sentence


def is_bold(block: Block) -> bool:
    """Tell whether a paragraph is like `**Example Inc.:** uses it`."""
    inline = block.first
    if block.kind != "paragraph" or not could_be_name(inline.lead.rstrip(":")) or inline.lead == inline.text:
        return False
    rest = inline.text.removeprefix(inline.lead).lstrip()
    return inline.lead.endswith(":") or rest.startswith((":", "-", "\u2013", "\u2014"))
