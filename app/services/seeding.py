"""The first data set: the records of app/seed, one YAML file a kind."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from sqlalchemy import select

from app.config import PROJECT_FOLDER
from app.db import AtlasSession
from app.models import Alias, Kind
from app.services.importing import Records, Report, import_records
from app.services.registry import COLLECTIONS

SEED_FOLDER = PROJECT_FOLDER / "app" / "seed"


class _PlainLoader(yaml.CSafeLoader):
    """YAML without dates: a date is text here, as it is in JSON."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML's own way to declare it
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def seed(session: AtlasSession) -> Report:
    """Take in what is missing of the first data set; a record that is there is left as it is."""
    return import_records(
        session, {kind: _missing(session, kind, items) for kind, items in first_data_set().items()}
    )


def first_data_set() -> Records:
    """Read the records of the first data set."""
    return {kind: _read(collection.path) for kind, collection in COLLECTIONS.items()}


def _missing(
    session: AtlasSession, kind: Kind, items: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Leave out the records whose slugs are there, also as old ones or aliases."""
    model = COLLECTIONS[kind].model
    slugs = [item["slug"] for item in items]
    there = set(session.scalars(select(model.slug).where(model.slug.in_(slugs))))
    there |= set(session.scalars(select(Alias.key).where(Alias.kind == kind, Alias.key.in_(slugs))))
    return [item for item in items if item["slug"] not in there]


def _read(name: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = yaml.load((SEED_FOLDER / f"{name}.yaml").read_text("utf-8"), _PlainLoader)  # noqa: S506  # a safe loader
    return records
