"""requirements.txt, as pip reads it; nothing that it names is followed, no variable expanded.

A file that pip-compile or uv has written holds indirect requirements too, and
says who wants each (`# via`). What only other requirements of the file want is
not direct.

Source: pip's documentation, "Requirements File Format".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.manifests.findings import Declared, Findings
from app.manifests.places import check_lines
from app.manifests.python_requirements import declared_at, declared_in
from app.manifests.records import RUNTIME, Code
from app.packages import pypi_name_key

_COMMENT = re.compile(r"(?:^|(?<=\s))#")
_COMMENT_LINE = re.compile(r"\s*+#")
_FOLD = re.compile(r"\\\r?\n")
_OPTION = re.compile(r"--[A-Za-z0-9-]++|-[A-Za-z]")
_OPTIONS_BEHIND = re.compile(r"(?<=\s)-(?=-?[A-Za-z])")
_VIA = re.compile(r"#\s*+via\b(?P<names>.*+)", re.DOTALL)
_VIA_MORE = re.compile(r"\s++#\s\s++(?P<names>\S.*+)", re.DOTALL)
_PLACE = re.compile(
    r"[a-z][a-z0-9+.-]++:|\.{0,2}[/\\]|~|\.{1,2}(?:\[[^\]]*+\])?\Z|[^\s\[/\\]*+[/\\]", re.IGNORECASE
)
_FILES = {"-r", "--requirement"}
_CONSTRAINTS = {"-c", "--constraint"}
_EDITABLE = {"-e", "--editable"}
_SETTINGS = set(
    """-i --index-url --pypi-url --extra-index-url --no-index -f --find-links --no-binary --only-binary
    --prefer-binary --require-hashes --pre --trusted-host --use-feature --always-unzip -Z --hash
    --global-option --install-option --config-settings --no-deps --all-releases --only-final
    --uploaded-prior-to""".split()  # noqa: SIM905  # a list of 20 strings is harder to read
)


@dataclass
class _Statement:
    """A logical line: several lines where backslashes hold them together.

    Attributes:
        text: without comments; as long as it is in the file, blanks for folds.
        start: offset of the text.
        via: who wants it, by the comments beside and below it; None if they do not tell.
    """

    text: str
    start: int
    via: list[str] | None = None


def read_requirements(findings: Findings) -> str:
    """Read a requirements file; it tells no name of the project, so "" is given."""
    check_lines(findings.text)
    read = [(statement, _declared(statement, findings)) for statement in _statements(findings)]
    names = {pypi_name_key(declared.name) for _statement, declared in read if declared}
    left = 0
    for statement, declared in read:
        if declared is None:
            continue
        if statement.via and names.issuperset(statement.via):
            left += 1
        else:
            findings.add(declared, RUNTIME, statement.start, statement.start + len(statement.text))
    if left:
        detail = f"{left:,} requirements are there only because others want them (`# via`)."
        findings.remark(0, Code.NOT_READ, detail)
    return ""


def _statements(findings: Findings) -> list[_Statement]:
    """Give the logical lines that are more than comment."""
    statements: list[_Statement] = []
    is_noting = False
    for begin, end in _logical_lines(findings.text):
        line = _FOLD.sub(lambda fold: " " * len(fold[0]), findings.text[begin:end])
        comment = _COMMENT.search(line)
        content = line[: comment.start()] if comment else line
        stripped = content.strip().removesuffix("\\").rstrip()
        if stripped:
            findings.step(begin)
            statements.append(_Statement(stripped, begin + len(content) - len(content.lstrip())))
            is_noting = True
        elif not comment:
            is_noting = False
        if comment and is_noting:
            _note(statements[-1], line[comment.start() :] if stripped else line)
    return statements


def _logical_lines(text: str) -> Iterator[tuple[int, int]]:
    """Give where logical lines begin and end; a line of comment ends one, as for pip."""
    begin = at = 0
    while at <= len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        is_open = text.endswith(("\\", "\\\r"), at, end) and not _COMMENT_LINE.match(text, at, end)
        at = end + 1
        if not is_open or at > len(text):
            yield begin, end
            begin = at


def _note(statement: _Statement, comment: str) -> None:
    """Note who wants a requirement, if the comment tells it; constraints want nothing."""
    is_first = statement.via is None
    match = _VIA.match(comment.strip()) if is_first else _VIA_MORE.match(comment)
    if match is None:
        return
    names = [name.strip() for name in match["names"].split(",")]
    wanting = [pypi_name_key(name.partition("[")[0]) for name in names if name and not name.startswith("-c ")]
    statement.via = [*(statement.via or []), *wanting]


def _declared(statement: _Statement, findings: Findings) -> Declared | None:
    """Read one logical line; None, and a remark where one is due, if it declares nothing."""
    text = statement.text
    if text.startswith("-"):
        return _behind_option(statement, findings)
    options = _OPTIONS_BEHIND.search(text)
    requirement = text[: options.start()].rstrip() if options else text
    declared = declared_in(requirement) or declared_at(requirement)
    if declared is None and _PLACE.match(requirement):
        findings.remark(
            statement.start, Code.NO_NAME, "A path or URL that does not tell which package it is."
        )
    elif declared is None:
        findings.remark(statement.start, Code.UNREADABLE, "This is no requirement (PEP 508).")
    return declared


def _behind_option(statement: _Statement, findings: Findings) -> Declared | None:
    match = _OPTION.match(statement.text)
    option = match[0] if match else ""
    value = statement.text[len(option) :].strip(" \t=\"'")
    if option in _EDITABLE:
        declared = declared_in(value) or declared_at(value)
        if declared is None:
            detail = "An editable path or URL that does not tell which package it is."
            findings.remark(statement.start, Code.NO_NAME, detail)
        return declared
    if option in _FILES or option in _CONSTRAINTS:
        kind = "constraints" if option in _CONSTRAINTS else "requirements"
        findings.remark(statement.start, Code.NOT_FOLLOWED, f"Another file of {kind} is named, and not read.")
    elif option not in _SETTINGS:
        findings.remark(statement.start, Code.UNKNOWN_OPTION, "This option is not known.")
    return None
