"""Examples for the documents: real answers of the seeded atlas, kept in examples.json (`make examples`)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("examples.json")


def example_of(operation_id: str, part: str) -> Any:
    """Give the example of an operation's `request` or `response`, or None."""
    return _examples().get(operation_id, {}).get(part)


@cache
def _examples() -> dict[str, dict[str, Any]]:
    examples: dict[str, dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
    return examples
