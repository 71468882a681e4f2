"""What a manifest says: dependencies, each with its place, and remarks."""

from dataclasses import dataclass, field
from enum import StrEnum

RUNTIME, DEV, BUILD, PEER, OPTIONAL = "runtime", "dev", "build", "peer", "optional"


class Code(StrEnum):
    """Why something was not read as a dependency, or how certain the reading is."""

    NOT_FOLLOWED = "not_followed"  # another file is named, and has to be sent by itself
    NO_NAME = "no_name"  # a path or URL that does not tell which package it is
    NO_RANGE = "no_range"  # a dependency whose version is no range: a URL, a path, too long
    UNREADABLE = "unreadable"  # no declaration of this format
    UNKNOWN_OPTION = "unknown_option"
    DYNAMIC = "dynamic"  # worked out only when the project is built
    UNKNOWN_GROUP = "unknown_group"
    CIRCLE = "circle"
    WRONG_SHAPE = "wrong_shape"  # a member is not what the format wants there
    NO_GRAPH = "no_graph"  # nothing tells direct from indirect, so all count
    INFERRED = "inferred"  # direct is what nobody else needs
    UNKNOWN_REFERENCE = "unknown_reference"
    NOT_READ = "not_read"  # part of the file is left out on purpose
    MORE = "more"  # there are more remarks than are told


@dataclass(frozen=True)
class Occurrence:
    """Where an SBOM says that it saw a component.

    Attributes:
        location: of the file, as the SBOM writes it.
        line: from 1, or None.
        offset: as the SBOM writes it, or None.
    """

    location: str
    line: int | None = None
    offset: int | None = None


@dataclass(frozen=True)
class Dependency:
    """A direct dependency that a manifest declares.

    Attributes:
        name: full, as its makers' ecosystem writes it.
        purl: package URL without version; None where the declaration does not tell.
        version_range: as written; "" when there is none. Locks give the exact version.
        scope: runtime, dev, build, peer, optional, extra:x or group:x.
        line: of the start, from 1.
        start: offset in code points of the text.
        end: the same, exclusive; text[start:end] is the declaration as it stands there.
        mention: the name as it is written there.
        occurrences: where an SBOM says that it saw it.
    """

    name: str
    purl: str | None
    version_range: str
    scope: str
    line: int
    start: int
    end: int
    mention: str
    occurrences: tuple[Occurrence, ...] = field(default=())


@dataclass(frozen=True)
class Remark:
    """What could not be read as a dependency, and why; never a URL, never a secret."""

    line: int
    code: Code
    detail: str


@dataclass(frozen=True)
class Manifest:
    """What a manifest says.

    Attributes:
        format: a key of MANIFEST_FORMATS.
        subject: the name of the project, if the manifest tells it.
        dependencies: in the order of their places, one for each package and scope.
        remarks: in the order of their places.
    """

    format: str
    subject: str | None
    dependencies: tuple[Dependency, ...]
    remarks: tuple[Remark, ...]
