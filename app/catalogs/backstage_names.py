"""Names of Backstage's entities, and what is common to writing and reading them.

Source: decision 0017; Backstage's descriptor format of catalog entities.
"""

import hashlib

from app.text import slugify

MARK = "toolatlas"  # prefix of our annotations
TEAMS, ORGANIZATIONS, LIBRARIES = "default", "organizations", "default"
STACK, ORGANIZATION = "stack", "organization"
UNKNOWN_OWNER = "unknown"
LONGEST_NAME = 63

_DIGEST_LENGTH = 8


def mark(name: str) -> str:
    """Give the key of one of our annotations."""
    return f"{MARK}/{name}"


class EntityNames:
    """Names of entities: slugs where they fit, shortened by a digest where they do not."""

    def __init__(self) -> None:
        self._taken: set[tuple[str, str]] = set()

    def take(self, kind: str, slug: str) -> str:
        """Give a name of at most 63 characters that no other entity of this kind has."""
        name, attempt = slug, 0
        while len(name) > LONGEST_NAME or (kind, name) in self._taken:
            digest = hashlib.sha256(f"{kind}:{slug}:{attempt}".encode()).hexdigest()[:_DIGEST_LENGTH]
            name = f"{slug[: LONGEST_NAME - _DIGEST_LENGTH - 1].rstrip('-')}-{digest}"
            attempt += 1
        self._taken.add((kind, name))
        return name


def reference(kind: str, namespace: str, name: str) -> str:
    """Give the full reference of an entity, in the one form in which they are compared."""
    return f"{kind}:{namespace}/{name}".lower()


def parse_reference(text: str, kind: str, namespace: str = "default") -> str:
    """Give a reference in full: `[kind:][namespace/]name`.

    Args:
        text: as written.
        kind: where none is written.
        namespace: where none is written.
    """
    before, has_kind, rest = text.strip().partition(":")
    kind, rest = (before, rest) if has_kind else (kind, before)
    first, has_namespace, name = rest.partition("/")
    return reference(kind, first, name) if has_namespace else reference(kind, namespace, first)


def name_in(full: str) -> str:
    """Give the name alone of a full reference."""
    return full.partition("/")[2]


def kind_in(full: str) -> str:
    """Give the kind alone of a full reference."""
    return full.partition(":")[0]


def slug_in(full: str) -> str:
    """Derive a slug from the name of a full reference."""
    return slugify(name_in(full) or full)
