"""The names of formats and their media types."""

JSON, NDJSON, YAML, CSV = "json", "ndjson", "yaml", "csv"

# The first one of a format is the one that is given; the others are taken for it.
_NAMES: dict[str, tuple[str, ...]] = {
    JSON: ("application/json",),
    NDJSON: ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"),
    YAML: ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"),
    CSV: ("text/csv", "application/csv"),
}

MEDIA_TYPES: dict[str, str] = {format_: names[0] for format_, names in _NAMES.items()}
FORMATS: dict[str, str] = {name: format_ for format_, names in _NAMES.items() for name in names}
