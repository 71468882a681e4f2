"""Values that somebody may send in the place of a good one, by the type of the member."""

import marshmallow as ma

from app.schemas.fields import Reference
from app.schemas.records import (
    EvidenceSchema,
    LibrarySchema,
    OrganizationSchema,
    PurposeSchema,
    SourceSchema,
    TeamSchema,
    UseCaseSchema,
    shape_of,
)

SCHEMAS = {
    "organizations": OrganizationSchema,
    "teams": TeamSchema,
    "libraries": LibrarySchema,
    "purposes": PurposeSchema,
    "sources": SourceSchema,
    "use-cases": UseCaseSchema,
    "use-cases/idle/evidence": EvidenceSchema,
}

# What no text may hold, in JSON, since some of it can be written in no other way.
BAD_TEXTS = [
    r'"a\u0000b"',
    r'"\u0000"',
    r'"\ud800"',
    r'"a\udfff"',
    r'"\udc00\ud800"',
    r'"\u0001"',
    r'"a\u001bb"',
    r'"\u007f"',
    r'"\u0085"',
    r'"a\u009fb"',
    r'"a\rb"',
    r'""',
    r'" "',
    r'"\u00a0\u3000"',
    r'"\u200a"',
    '"' + "a" * 10_001 + '"',
    "1",
    "1.5",
    "true",
    "[]",
    "{}",
    '["a"]',
]
BAD_NUMBERS = [
    "0",
    "-1",
    "2147483648",
    "9223372036854775808",
    "-9223372036854775809",
    "1" + "0" * 400,
    "1.5",
    "1e300",
    "true",
    '"1"',
    '"NaN"',
    "[1]",
    "{}",
]
BAD_DAYS = [
    '"2026-02-30"',
    '"0000-00-00"',
    '"2026-1-1"',
    '"20260101"',
    '"2026-W01-1"',
    '"a"',
    "20260101",
    "[]",
]
BAD_WORDS = ['"Library"', '"library "', '""', '"\\u0000"', "1", "[]", "null"]
BAD_LISTS = ['"a"', "1", "{}", "[null]", "[[]]", "[" + ",".join(["0"] * 201) + "]"]


def members_of(path):
    """Give the members of a record that a client writes: (place in the body, its field)."""
    return list(_members(SCHEMAS[path], ()))


def _members(schema, at):
    for name, field in shape_of(schema).fields.items():
        if not field.dump_only:
            yield from _inside(field, (*at, name))


def _inside(field, at):
    yield at, field
    if isinstance(field, ma.fields.List):
        yield from _inside(field.inner, (*at, 0))
    elif isinstance(field, ma.fields.Nested) and not isinstance(field, Reference):
        yield from _members(type(field.schema), at)


def bad_values_for(field):
    """Give values, as JSON, that a member must refuse."""
    if isinstance(field, ma.fields.Integer):
        return [value for value in BAD_NUMBERS if value != "0" or field.lowest > 0]
    if isinstance(field, ma.fields.Nested) and not isinstance(field, Reference):
        return ["1", '"a"', "[]", "null"]
    lists = {ma.fields.List: BAD_LISTS, ma.fields.Enum: BAD_WORDS, ma.fields.Date: BAD_DAYS}
    return next((values for kind, values in lists.items() if isinstance(field, kind)), BAD_TEXTS)
