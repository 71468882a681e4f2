"""Text of files: UTF-8 in Unicode NFC, no control characters but tab and line feed."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from app.errors import BadRequest, pointer_step
from app.formats.places import Placed, bad_line, refuse
from app.text import to_nfc

NO_CONTROLS = "Text holds no control characters but tabs and line feeds, and no half of a surrogate pair."
_BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BAD_IN_A_FILE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
_BAD_IN_UTF8 = re.compile(b"\xc2[\x80-\x9f]")
_BYTE_ORDER_MARK = "\ufeff"


def decode(data: bytes) -> str:
    """Decode a file; a byte order mark at its beginning is passed over.

    Raises:
        BadRequest: it is not UTF-8.
        Invalid: it holds a control character.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadRequest(f"Line {line} is not UTF-8.", "bad_text") from None
    if bad := _BAD_IN_A_FILE.search(text):
        raise bad_line(text.count("\n", 0, bad.start()) + 1, NO_CONTROLS)
    return text.removeprefix(_BYTE_ORDER_MARK)


def decode_as_it_is(data: bytes) -> str:
    """Decode a text whose places count: nothing is taken away, but it is brought to NFC.

    Raises:
        BadRequest: it is not UTF-8.
    """
    try:
        return to_nfc(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadRequest(f"Line {line} is not UTF-8.", "bad_text") from None


def is_clean(data: bytes) -> bool:
    """Say whether JSON holds nothing but clean strings, so that none needs a look of its own."""
    if b"\\u" in data or b"\\b" in data or b"\\f" in data or b"\\r" in data:
        return False
    if b"\x7f" in data or _BAD_IN_UTF8.search(data):
        return False
    return data.isascii() or unicodedata.is_normalized("NFC", data.decode("utf-8"))


def clean(records: Iterable[Placed]) -> list[Placed]:
    """Bring every string of records to NFC.

    Raises:
        Invalid: listing the records that hold what no text of the atlas holds.
    """
    cleaned, flaws = [], []
    for place, record in records:
        try:
            cleaned.append((place, _clean(record)))
        except _BadTextError as error:
            flaws.append(place.flaw(NO_CONTROLS, inner=error.pointer))
    refuse(flaws)
    return cleaned


class _BadTextError(Exception):
    """A string that no text of the atlas may be; `pointer` leads to it."""

    def __init__(self, pointer: str = "") -> None:
        super().__init__(pointer)
        self.pointer = pointer


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, dict):
        return {_clean_text(name): _clean_inner(name, item) for name, item in value.items()}
    if isinstance(value, list):
        return [_clean_inner(str(place), item) for place, item in enumerate(value)]
    return value


def _clean_text(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    if _BAD.search(text):
        raise _BadTextError
    return to_nfc(text)


def _clean_inner(step: str, value: Any) -> Any:
    try:
        return _clean(value)
    except _BadTextError as error:
        raise _BadTextError(f"/{pointer_step(step)}{error.pointer}") from None
