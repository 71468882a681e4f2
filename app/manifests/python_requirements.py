"""Requirements of Python packages, one at a time: PEP 508, and what pip takes besides.

Source: the version specifier standard of packaging.python.org (PEP 440, PEP 508).
"""

import re

from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

from app.manifests.findings import Declared, Findings
from app.manifests.places import Node
from app.manifests.purls import pypi_purl
from app.manifests.records import Code
from app.text import to_nfc

LONGEST = 4_000  # more is no requirement that anybody writes, and markers take memory
_MOST_BRACKETS = 50  # packaging reads markers by recursion

_HEAD = re.compile(r"\s*+(?P<name>[A-Za-z0-9._-]++)\s*+(?:\[[^\]]*+\])?\s*+")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*+)")
_BEHIND_PATH = re.compile(r"[?#]")


def declared_in(requirement: str) -> Declared | None:
    """Read a requirement that has a name.

    Returns: None when it is no requirement, or has none.
    """
    if len(requirement) > LONGEST or requirement.count("(") > _MOST_BRACKETS:
        return None
    try:
        parsed = Requirement(requirement)
    except ValueError:
        return None
    head = _HEAD.match(requirement)
    behind = requirement[head.end() :] if head else ""
    return Declared(
        name=to_nfc(parsed.name),
        purl=None if (parsed.url or "").lower().startswith("file:") else pypi_purl(parsed.name),
        version_range="" if parsed.url else _as_written(behind),
        is_conditional=parsed.marker is not None,
    )


def declared_at(url: str) -> Declared | None:
    """Read the name out of a path or URL that stands alone: `#egg=name`, or the name of a wheel.

    Returns: None when it does not tell a name.
    """
    if len(url) > LONGEST:
        return None
    egg = _EGG.search(url)
    file_name = re.split(r"[/\\]", _BEHIND_PATH.split(url, maxsplit=1)[0])[-1]
    if egg:
        name = egg[1]
    elif file_name.lower().endswith(".whl"):
        name = _name_of_wheel(file_name)
    else:
        name = ""
    is_distant = "://" in url and "file:" not in url.lower()
    return Declared(name, pypi_purl(name) if is_distant else None) if name else None


def declared_by(node: Node, findings: Findings) -> Declared | None:
    """Read a string that has to be a requirement; None, and a remark, if it is not."""
    declared = declared_in(node.value) if isinstance(node.value, str) else None
    if declared is None:
        findings.remark(node.start, Code.UNREADABLE, "This is no requirement (PEP 508).")
    return declared


def _name_of_wheel(file_name: str) -> str:
    """Give the name as the file has it, if it is the name of a wheel."""
    try:
        parse_wheel_filename(file_name.replace("%2B", "+"))
    except ValueError:
        return ""
    return file_name.partition("-")[0]


def _as_written(behind: str) -> str:
    """Give the version specifiers in their order, without blanks and brackets."""
    specifiers = "".join(behind.partition(";")[0].split())
    return specifiers.removeprefix("(").removesuffix(")")
