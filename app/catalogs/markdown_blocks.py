"""The tables, lists, headings and paragraphs of a Markdown page, each with its place in the text.

The one file that knows markdown-it-py, which reads CommonMark and the tables
of GitHub Flavored Markdown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.catalogs.excerpts import Excerpts, unreadable

LONGEST_PAGE = 300_000  # characters; the largest page of adopters that we know has 83,000

_BREAKS = {"softbreak": " ", "hardbreak": " "}


@dataclass(frozen=True)
class Inline:
    """Text with its links.

    Attributes:
        text: what a reader sees.
        lead: what stands out at the beginning: the text of a link or of bold type, or "".
        links: text and address, in order; the address as Markdown writes it.
        has_html: whether it holds tags of HTML.
    """

    text: str
    lead: str = ""
    links: tuple[tuple[str, str], ...] = ()
    has_html: bool = False


@dataclass(frozen=True)
class Block:
    """A piece of a page.

    Attributes:
        kind: heading, row, item, paragraph, or other: HTML and code.
        level: of a heading, 1 to 6; of an item, how many lists it is in.
        inlines: the cells of a row; the paragraphs of an item, nested ones too; else one.
        header: what the columns of a row's table are called.
        start: offset in the text.
        end: exclusive.
    """

    kind: str
    start: int
    end: int
    inlines: list[Inline] = field(default_factory=list)
    level: int = 0
    header: tuple[str, ...] = ()

    @property
    def first(self) -> Inline:
        """Give the first piece of text; an empty one where there is none."""
        return self.inlines[0] if self.inlines else Inline("")


def read_blocks(excerpts: Excerpts) -> list[Block]:
    """Read a page.

    Raises:
        Invalid: it is longer than 300,000 characters.
    """
    if len(excerpts.text) > LONGEST_PAGE:
        raise unreadable(f"The page is longer than {LONGEST_PAGE:,} characters.", 1)
    start = excerpts.body_start
    parser = MarkdownIt("commonmark").enable("table")
    lines = [begin for begin, _end in excerpts.line_spans()]
    return list(_Blocks(parser.parse(excerpts.text[start:]), lines, len(excerpts.text)).all())


class _Blocks:
    """The tokens of a page, and where its lines begin."""

    def __init__(self, tokens: list[Token], lines: list[int], end: int) -> None:
        self.tokens = tokens
        self.lines = lines
        self.end = end

    def all(self) -> Iterator[Block]:
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            closing = self._closing(at)
            within = self.tokens[at : closing + 1]
            if token.type in {"bullet_list_open", "ordered_list_open", "blockquote_open"}:
                at += 1  # what is inside comes next
                continue
            if token.type == "table_open":
                yield from self._rows(within)
            elif token.type == "list_item_open":
                yield self._block("item", token, within)
            elif token.type == "heading_open":
                yield self._block("heading", token, within)
            elif token.type == "paragraph_open":
                yield self._block("paragraph", token, within)
            elif token.type in {"html_block", "code_block", "fence"} and not _is_comment(token):
                yield self._block("other", token, within)
            at = closing + 1

    def _closing(self, at: int) -> int:
        """Find the token that closes the one at a place; a single one closes itself."""
        depths = accumulate(self.tokens[place].nesting for place in range(at, len(self.tokens)))
        return at + next(steps for steps, depth in enumerate(depths) if depth <= 0)

    def _block(self, kind: str, token: Token, within: Sequence[Token]) -> Block:
        start, end = self._span(token)
        level = int(token.tag[1]) if kind == "heading" else token.level
        inlines = [_inline(item) for item in within if item.type == "inline"]
        return Block(kind, start, end, inlines, level)

    def _rows(self, within: Sequence[Token]) -> Iterator[Block]:
        header: tuple[str, ...] = ()
        opened: Token | None = None
        cells: list[Inline] = []
        for token in within:
            if token.type == "tr_open":
                opened, cells = token, []
            elif token.type == "inline":
                cells.append(_inline(token))
            elif token.type == "tr_close" and opened is not None:
                if header:
                    start, end = self._span(opened)
                    yield Block("row", start, end, cells, header=header)
                header = header or tuple(cell.text for cell in cells)

    def _span(self, token: Token) -> tuple[int, int]:
        first, last = token.map or [0, 0]
        ends = [*self.lines, self.end]
        return ends[min(first, len(ends) - 1)], ends[min(last, len(ends) - 1)]


def _is_comment(token: Token) -> bool:
    return token.type == "html_block" and token.content.lstrip().startswith("<!--")


def _inline(token: Token) -> Inline:
    """Take the text and the links of a piece of text."""
    text, links, lead, has_html = "", [], "", False
    opened: list[tuple[int, str]] = []
    for child in token.children or []:
        if child.type in {"link_open", "strong_open", "em_open"}:
            opened.append((len(text), str(child.attrGet("href") or "")))
        elif child.type in {"link_close", "strong_close", "em_close"} and opened:
            begin, url = opened.pop()
            if url:
                links.append((text[begin:].strip(), url))
            is_first = text[:begin].strip().lower() in {"", "the"}
            lead = text.strip() if is_first and child.type != "em_close" and not opened and not lead else lead
        elif child.type == "html_inline":
            is_break = child.content.lower().startswith("<br")
            has_html = has_html or not is_break
            text += " " if is_break else ""
        else:
            text += _BREAKS.get(child.type, child.content)
    return Inline(" ".join(text.split()), " ".join(lead.split()), tuple(links), has_html)
