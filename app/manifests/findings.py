"""What a reader has found so far: merged, held to the limits, and given its lines at the end."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.manifests.places import Node, not_readable
from app.manifests.records import Code, Dependency, Manifest, Occurrence, Remark
from app.text import LINE_PATTERN, to_nfc

MOST_DEPENDENCIES = 50_000
MOST_REMARKS = 1_000
MOST_DECLARATIONS = 200_000  # read at all: also those that say the same again, or cannot be read
# What the columns of the atlas hold; a test holds these equal to the models' limits.
LONGEST_NAME = 200
LONGEST_RANGE = 200
LONGEST_PURL = 500
LONGEST_SCOPE = 80

_LINE = re.compile(LINE_PATTERN)
_PLACE = re.compile("://|@")  # a URL or an address, which may hold a password


@dataclass(frozen=True)
class Declared:
    """A package as a declaration names it.

    Attributes:
        name: full, as its ecosystem writes it.
        purl: without version, or None.
        version_range: as written, or "".
        mention: as written; "" when it is the name.
        is_conditional: it holds in some environments only.
        occurrences: where an SBOM says that it saw it.
    """

    name: str
    purl: str | None = None
    version_range: str = ""
    mention: str = ""
    is_conditional: bool = False
    occurrences: tuple[Occurrence, ...] = ()


@dataclass
class _Entry:
    """One dependency to be, and every range that was declared for it."""

    declared: Declared
    scope: str
    start: int
    end: int
    always: dict[str, None] = field(default_factory=dict)
    sometimes: dict[str, None] = field(default_factory=dict)

    def version_range(self) -> str:
        """Join what holds always by commas, and what holds somewhere by ` || `."""
        together = ", ".join(self.always)
        return " || ".join(dict.fromkeys([*([together] if together else []), *self.sometimes]))


class Findings:
    """The text and what was found in it."""

    def __init__(self, text: str) -> None:
        """Begin with nothing."""
        self.text = text
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._remarks: list[tuple[int, Code, str]] = []
        self._count = 0

    def add(self, declared: Declared, scope: str, start: int, end: int) -> None:
        """Add a declaration; the same package and scope a second time only adds its range.

        Raises:
            Invalid: there are too many.
        """
        self.step(start)
        if not (self._is_fit(declared.name) and self._is_fit(declared.mention or declared.name)):
            self.remark(start, Code.UNREADABLE, "The name is empty, too long, or holds control characters.")
            return
        if len(scope) > LONGEST_SCOPE or not _LINE.search(scope):
            self.remark(start, Code.UNREADABLE, "The name of the group is empty, too long, or unfit.")
            return
        key = (declared.purl or f"name:{declared.name}", scope)
        entry = self._entries.get(key)
        if entry is None:
            if len(self._entries) >= MOST_DEPENDENCIES:
                raise not_readable(
                    self.text, start, f"There are more than {MOST_DEPENDENCIES:,} dependencies."
                )
            entry = self._entries[key] = _Entry(declared, scope, start, end)
        version_range = self._fit_range(declared, start)
        if version_range:
            ranges = entry.sometimes if declared.is_conditional else entry.always
            ranges[version_range] = None

    def remark(self, offset: int, code: Code, detail: str) -> None:
        """Remark on what is not a dependency; `detail` never holds a URL or a value."""
        self.step(offset)
        if len(self._remarks) < MOST_REMARKS:
            self._remarks.append((offset, code, detail))
        elif len(self._remarks) == MOST_REMARKS:
            self._remarks.append((offset, Code.MORE, "More was not read; only the first remarks are given."))

    def step(self, offset: int) -> None:
        """Count what is read; a reader that gathers before it adds calls this itself.

        Raises:
            Invalid: it is too much.
        """
        self._count += 1
        if self._count > MOST_DECLARATIONS:
            detail = f"There are more than {MOST_DECLARATIONS:,} declarations."
            raise not_readable(self.text, offset, detail)

    def members(self, node: Node, *path: str) -> Mapping[str, Node]:
        """Give the members of the object at a path, or none; remark if it is no object."""
        inner = node.get(*path)
        if inner.value is not None and not isinstance(inner.value, dict):
            self.remark(inner.start, Code.WRONG_SHAPE, f"`{path[-1]}` is not an object or table.")
        return inner.members()

    def items(self, node: Node, *path: str) -> Sequence[Node]:
        """Give the items of the array at a path, or none; remark if it is no array."""
        inner = node.get(*path) if path else node
        if inner.value is not None and not isinstance(inner.value, list):
            name = f"`{path[-1]}`" if path else "This"
            self.remark(inner.start, Code.WRONG_SHAPE, f"{name} is not an array.")
        return inner.items()

    def manifest(self, format_: str, subject: str) -> Manifest:
        """Give everything, in the order of places."""
        entries = sorted(self._entries.values(), key=lambda entry: entry.start)
        lines = self._lines([entry.start for entry in entries] + [at for at, _code, _detail in self._remarks])
        remarks = [
            Remark(lines[at], code, detail)
            for at, code, detail in sorted(self._remarks, key=lambda remark: remark[0])
        ]
        dependencies = tuple(self._dependency(entry, lines[entry.start]) for entry in entries)
        name = to_nfc(subject).strip()
        return Manifest(format_, name if self._is_fit(name) else None, dependencies, tuple(remarks))

    def _dependency(self, entry: _Entry, line: int) -> Dependency:
        declared = entry.declared
        ranges = entry.version_range()
        return Dependency(
            name=declared.name,
            purl=declared.purl if len(declared.purl or "") <= LONGEST_PURL else None,
            version_range=ranges if len(ranges) <= LONGEST_RANGE else "",
            scope=entry.scope,
            line=line,
            start=entry.start,
            end=entry.end,
            mention=declared.mention or declared.name,
            occurrences=declared.occurrences,
        )

    def _fit_range(self, declared: Declared, start: int) -> str:
        version_range = declared.version_range
        is_fit = len(version_range) <= LONGEST_RANGE and _LINE.search(version_range)
        if not version_range or (is_fit and not _PLACE.search(version_range)):
            return version_range
        self.remark(start, Code.NO_RANGE, "What stands for the version is too long, a URL, or unfit.")
        return ""

    @staticmethod
    def _is_fit(name: str) -> bool:
        return 0 < len(name) <= LONGEST_NAME and bool(_LINE.search(name)) and "://" not in name

    def _lines(self, offsets: Iterable[int]) -> dict[int, int]:
        """Count the lines of all offsets in one pass over the text."""
        lines: dict[int, int] = {}
        line, before = 1, 0
        for offset in sorted(set(offsets)):
            line += self.text.count("\n", before, offset)
            lines[offset], before = line, offset
        return lines
