"""The first data set: the records of app/seed, one YAML file a kind."""

from typing import Any

import yaml

from app.config import PROJECT_FOLDER
from app.db import AtlasSession
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
    """Take in the first data set; what is there already is left as it is."""
    return import_records(session, first_data_set())


def first_data_set() -> Records:
    """Read the records of the first data set."""
    return {kind: _read(collection.path) for kind, collection in COLLECTIONS.items()}


def _read(name: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = yaml.load((SEED_FOLDER / f"{name}.yaml").read_text("utf-8"), _PlainLoader)  # noqa: S506  # a safe loader
    return records
