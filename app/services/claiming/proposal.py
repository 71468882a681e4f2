"""What is proposed: records as PUT takes them, and what they mean for the claims that are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.models import Kind

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Named:
    """A record that is there: its slug and its name."""

    slug: str
    name: str


@dataclass(frozen=True)
class Origin:
    """Where a file comes from.

    Attributes:
        owner: whose file it is: a team, an organization, or a library that has adopters.
        source: slug of the source that it is, or is to be.
        file: what it is called.
        url: where it can be read; None: not known.
        text: of the file, decoded and in NFC.
        today: the day on which it came.
    """

    owner: Named
    source: str
    file: str
    url: str | None
    text: str
    today: date


@dataclass(frozen=True)
class Remark:
    """What could not be taken from a file, or is taken with a doubt."""

    line: int | None
    code: str
    detail: str


@dataclass
class Proposal:
    """What a file comes to.

    Attributes:
        records: to be created or changed.
        ended: slugs of use cases that only this file spoke of, and no longer does.
        detached: slugs of use cases that lose this file as evidence, and have other evidence.
        remarks: on the file, in the order of its lines.
    """

    records: dict[Kind, list[Record]] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    detached: list[str] = field(default_factory=list)
    remarks: Sequence[Remark] = ()
