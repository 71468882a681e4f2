"""Licences as CycloneDX wants them: an id of SPDX, an expression, or just a name.

Source: the list of ids that the schema of CycloneDX 1.6 allows (spdx_ids.txt, SPDX 3.28).
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

_IDS = Path(__file__).with_name("spdx_ids.txt")
_OPERATORS = frozenset({"and", "or", "with"})
_SPLIT = re.compile(r"[\s()]+")
_OF_ONES_OWN = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")


def license_choice(expression: str) -> list[dict[str, Any]]:
    """Give a licence as the member `licenses` of a component.

    Args:
        expression: as a library holds it: in the syntax of SPDX, of whichever names.
    """
    known = _ids().get(expression.lower())
    if known:
        return [{"license": {"id": known}}]
    words = [word for word in _SPLIT.split(expression) if word]
    if all(_is_of_spdx(word) for word in words):
        return [{"expression": expression}]
    return [{"license": {"name": expression}}]


def _is_of_spdx(word: str) -> bool:
    plain = word.lower().removesuffix("+")
    return plain in _OPERATORS or plain in _ids() or bool(_OF_ONES_OWN.fullmatch(word))


@cache
def _ids() -> dict[str, str]:
    """Give the ids by their small letters: case makes no difference in SPDX, but does in the schema."""
    return {line.lower(): line for line in _IDS.read_text("utf-8").splitlines()}
