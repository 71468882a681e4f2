"""Evidence that points into the text of a document, so that it can be checked later.

Offsets count code points of the text in NFC, lines its line feeds; the digest
is that of the characters from start to end, as in every piece of evidence.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from app.catalogs.cleaning import clean_line
from app.errors import Flaw, Invalid
from app.landmarks import digest, landmarks_of
from app.models import LIST_LENGTH, EvidenceKind
from app.text import to_nfc

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


class Excerpts:
    """A document's text, and what can be pointed at in it."""

    def __init__(self, text: str, source: str) -> None:
        """Bring the text to NFC.

        Args:
            text: of the document, decoded; a byte order mark is part of it.
            source: slug of the record that stands for the document.

        Raises:
            Invalid: it holds half a character (a lone surrogate), so it was not decoded from UTF-8.
        """
        self.text = to_nfc(text)
        self.source = source
        self._breaks = [place for place, letter in enumerate(self.text) if letter == "\n"]
        try:
            self.text.encode()
        except UnicodeEncodeError as error:
            raise unreadable("This is not text in UTF-8.", self.line_at(error.start)) from None

    @property
    def body_start(self) -> int:
        """Give the offset behind a byte order mark."""
        return int(self.text.startswith("\ufeff"))

    def line_at(self, offset: int) -> int:
        """Give the line, from 1, that an offset is in."""
        return bisect_right(self._breaks, offset - 1) + 1

    def line_spans(self) -> list[tuple[int, int]]:
        """Give start and end of each line, its end mark included: LF, CR LF or CR; the last one is empty."""
        return [match.span() for match in _LINE.finditer(self.text, self.body_start)]

    def evidence(self, start: int, end: int, mentions: Iterable[str], section: str | None) -> dict[str, Any]:
        """Point at a place in the document.

        Args:
            start: offset of the first character; blanks around the place are left out.
            end: offset after the last one.
            mentions: what the tools are called there.
            section: heading that it stands under.
        """
        excerpt = self.text[start:end]
        start += len(excerpt) - len(excerpt.lstrip())
        excerpt = excerpt.strip()
        cleaned = dict.fromkeys(name for name in map(clean_line, mentions) if name)
        evidence = {
            "source": self.source,
            "section": clean_line(section),
            "line": self.line_at(start),
            "start": start,
            "end": start + len(excerpt),
            "excerpt_sha256": digest(excerpt),
            "landmarks": str(landmarks_of(self.text, start, start + len(excerpt))),
            "mentions": list(cleaned)[:LIST_LENGTH],
            "kind": EvidenceKind.DECLARED.value,
        }
        return {name: value for name, value in evidence.items() if value is not None}


def unreadable(detail: str, line: int) -> Invalid:
    """Make the error for a document that is not of its format.

    Args:
        detail: a sentence; never the text itself.
        line: where reading stopped, from 1.
    """
    sentence = f"Line {line}: {detail}"
    return Invalid(sentence, "bad_catalog", flaws=[Flaw(sentence, "bad_catalog")], members={"line": line})
