"""Hostile texts and records made of them, for round trips."""

import marshmallow as ma
from hypothesis import strategies as st

from app.errors import AtlasError
from app.schemas.fields import Reference
from app.schemas.records import shape_of
from app.text import to_nfc

# Each stands between blanks; `_` is a blank itself.
_WORDS = (
    "=1+1 + - @SUM ' '' \t \n \" \"\" , ; | \\ \\e \\| # null no ~ 1 1e5 0x1f 2020-01-01 :_ -_ _"
    " [ { &a *a !!str % `"
    " \u2028 \u2029 \ufeff \ufffe \xa0 é e\u0301 ß 日本 😀 \uff1d <b> \u200b a"
)
_BITS = st.sampled_from([word.replace("_", " ") for word in _WORDS.split(" ")])
texts = st.lists(_BITS, max_size=6).map(lambda bits: to_nfc("".join(bits)))
_SAFE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(to_nfc)
any_text = texts | _SAFE


def attempt(act):
    """Give what comes of an action, or the error of ours that it ends in."""
    try:
        return act()
    except AtlasError as error:
        return error


def records(schema):
    """Make records of a shape as PUT takes them, whatever stands in their texts."""
    declared = {name: field for name, field in shape_of(schema).fields.items() if not field.dump_only}
    return st.fixed_dictionaries({name: _values(field) for name, field in declared.items()})


def _values(field):
    if isinstance(field, ma.fields.List):
        fewest = 1 if getattr(field, "fewest", 0) else 0
        return st.lists(_values(field.inner), min_size=fewest, max_size=3)
    if isinstance(field, ma.fields.Nested) and not isinstance(field, Reference):
        return records(type(field.schema))
    plain = st.integers(0, 2**31 - 1) if isinstance(field, ma.fields.Integer) else any_text
    return st.none() | plain if field.allow_none else plain
