"""Atlases as data, to be compared: out of an export's file, or asked for record by record."""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.cli.clients import Client
from app.cli.trouble import Trouble, WrongInput
from app.cli.walking import walk
from app.errors import Invalid
from app.models import Kind
from app.services.flattening import writable
from app.services.registry import COLLECTIONS
from app.services.writing import load

Key = tuple[str, str]
Values = Mapping[str, Any]
Atlas = dict[Key, Values]

_MOST_TRIES = 3
_LINES = {".ndjson", ".jsonl"}


def read_file(path: Path) -> Atlas:
    """Read an export: `.json`, or `.ndjson` with a record a line; `-` is JSON on standard input.

    Returns: the values of each record, by path of its collection and slug.

    Raises:
        WrongInput: it is no export, or a record in it is not right.
    """
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
        found = _of_lines(text) if path.suffix.lower() in _LINES else _of_document(json.loads(text))
        return _loaded(found)
    except OSError as error:
        raise WrongInput(f"{path} cannot be read: {error.strerror}.") from None
    except Invalid as error:
        raise WrongInput(f"{path}: {error.detail}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise WrongInput(f"{path} is no export of an atlas in JSON or NDJSON.") from None


def read_atlas(client: Client) -> Atlas:
    """Read all records of an atlas, in one state of it.

    Returns: as `read_file`.

    Raises:
        Trouble: it changes all the time, or holds what it should not.
    """
    for _try in range(_MOST_TRIES):
        versions, found = set(), []
        for collection in COLLECTIONS.values():
            items = walk(client, f"/{collection.path}")
            versions.add(client.version)
            found += [(collection.path, item) for item in items]
        if len(versions) == 1:
            try:
                return _loaded(found)
            except (Invalid, KeyError, TypeError, AttributeError):
                raise client.strange() from None
    raise Trouble(f"{client.name} changes while it is read. Try again, or compare exports.")


def _of_document(document: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return [(path, item) for path, items in document.items() for item in items]


def _of_lines(text: str) -> Iterable[tuple[str, Any]]:
    lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    return [(COLLECTIONS[Kind(line["kind"])].path, line["record"]) for line in lines]


def _loaded(found: Iterable[tuple[str, Any]]) -> Atlas:
    """Bring records to the values that a PUT of them would set, so that spelling makes no difference."""
    shapes = {collection.path: collection.schema for collection in COLLECTIONS.values()}
    atlas: Atlas = {}
    for path, item in found:
        try:
            values = load(shapes[path], writable(shapes[path], item))
        except Invalid as error:
            raise Invalid(f"{path}/{item.get('slug')}: {error.detail}") from error
        for piece in values.get("evidence", ()):
            del piece["landmarks"]  # a check may have noted them here, and not there
        atlas[path, str(values.pop("slug"))] = values
    return atlas
