"""go.mod: what `require` names, without what is `// indirect`.

What is replaced keeps its name: it is what the code imports.

Source: the Go Modules Reference, "go.mod files".
"""

import re
from collections.abc import Iterator

from app.manifests.findings import Declared, Findings
from app.manifests.places import check_lines, not_readable
from app.manifests.purls import golang_purl
from app.manifests.records import RUNTIME, Code

_LINE = re.compile(r"[^\n]++")
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*+"|`[^`\n]*+`|[()]|[^\s()"`]++')
_IGNORED = {"go", "toolchain", "godebug", "exclude", "replace", "retract", "tool", "ignore"}
_REQUIREMENT = 2  # a path and a version


class _Line:
    """A line without its comment: words, and whether the comment says that it is indirect."""

    def __init__(self, text: str, start: int) -> None:
        code, _, comment = text.partition("//")
        self.start = start
        self.words = list(_TOKEN.finditer(code))
        first, _, _more = comment.strip().partition(" ")
        self.is_indirect = comment.strip() == "indirect" or first == "indirect;"
        self.is_broken = bool(_TOKEN.sub("", code).strip())

    def word(self, place: int) -> str:
        """Give a word without its quotes; "" where there is none."""
        word = self.words[place][0] if place < len(self.words) else ""
        return word[1:-1] if word[:1] in {'"', "`"} else word

    def require(self, first: int, findings: Findings) -> None:
        """Add what `path version` requires, from the word at `first` on."""
        words = self.words[first:]
        if len(words) != _REQUIREMENT or self.is_broken:
            findings.remark(self.start, Code.UNREADABLE, "A module path and a version are wanted here.")
        elif not self.is_indirect:
            path, version = self.word(first), self.word(first + 1)
            start, end = self.start + words[0].start(), self.start + words[-1].end()
            findings.add(Declared(path, golang_purl(path), version), RUNTIME, start, end)


def read_go_mod(findings: Findings) -> str:
    """Read a go.mod and give the path of the module."""
    check_lines(findings.text)
    subject = ""
    block = ""
    for line in _lines(findings.text):
        directive = block or line.word(0)
        if block and line.word(0) == ")":
            block = ""
        elif not block and line.word(1) == "(":
            block = directive
        elif directive == "require":
            line.require(0 if block else 1, findings)
        elif directive == "module":
            subject = line.word(0 if block else 1)
        elif directive not in _IGNORED:
            findings.remark(line.start, Code.UNREADABLE, "This is no directive of go.mod.")
    if not subject:
        raise not_readable(findings.text, 0, "This is no go.mod: no line names the module.")
    return subject


def _lines(text: str) -> Iterator[_Line]:
    """Give the lines that hold more than a comment."""
    for match in _LINE.finditer(text):
        line = _Line(match[0], match.start())
        if line.words or line.is_broken:
            yield line
