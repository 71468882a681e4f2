"""The piece of a record's text that shows why it is a hit: plain text, and where in it the words stand."""

import re
import unicodedata
from typing import Any

from app.services.search.ranking import IN_NAME, IN_TEXT, Hit
from app.services.search.words import LONGEST_WORD, stem_of, stems_of, words_of

LONGEST = 200
_BEFORE = 60
_RUNS = re.compile(r"[^\W_]+")


def snippet_of(hit: Hit) -> dict[str, Any]:
    """Cut the piece around the first word that was found.

    Returns: `text`, at most about 200 characters, which is text and no markup, and `highlights`: for each
        word found the first character and the one behind the last (code points of `text`, from 0).
    """
    own = [reason for reason in hit.reasons if reason.field in {IN_NAME, IN_TEXT}]
    wanted = {stem for reason in own for stem in stems_of(reason.found)}
    text = " ".join((hit.row.body or hit.row.label).split())
    places = _places(text, wanted)
    if not places and _places(hit.row.label, wanted):
        text = hit.row.label if not text or text == hit.row.label else f"{hit.row.label}: {text}"
        places = _places(text, wanted)
    start = max(0, places[0][0] - _BEFORE) if places else 0
    if start:
        start = text.rfind(" ", 0, start) + 1
    end = len(text) if len(text) <= start + LONGEST else text.rfind(" ", start, start + LONGEST)
    end = end if end > start else start + LONGEST
    lead, trail = "… " if start else "", " …" if end < len(text) else ""
    shift = len(lead) - start
    shown = [
        {"start": first + shift, "end": last + shift}
        for first, last in places
        if start <= first and last <= end
    ]
    return {"text": f"{lead}{text[start:end]}{trail}", "highlights": shown}


def _places(text: str, wanted: set[str]) -> list[tuple[int, int]]:
    """Find where words of these stems stand."""
    if text.isascii():  # the same, faster
        runs = _RUNS.finditer(text.lower())
        return [run.span() for run in runs if stem_of(run.group()[:LONGEST_WORD]) in wanted]
    runs = _RUNS.finditer(unicodedata.normalize("NFC", text))
    return [run.span() for run in runs if not wanted.isdisjoint(map(stem_of, words_of(run.group())))]
