"""Parts of the words of the vocabulary: beginnings for completions, the middle and the end for slips.

Revision: 0015, after 0014; 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_COLUMNS = ("first_letter", "first_two", "middle", "ending")
_INDEXES = {
    "ix_search_word_length_middle": ["length", "middle"],
    "ix_search_word_length_ending": ["length", "ending"],
}
_OF_NAMES = {f"ix_search_word_{column}_names_word": column for column in ("first_letter", "first_two")}
_THIRD = "((length + 1) / 3)"
_FILL = f"""
    UPDATE search_word SET
        first_letter = substr(word, 1, 1),
        first_two = substr(word, 1, 2),
        middle = substr(word, {_THIRD} + 1, length - 2 * {_THIRD}),
        ending = substr(word, length - {_THIRD} + 1)
"""  # noqa: S608  # names from above


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("search_word", sa.Column(name, _line(80), nullable=False, server_default=sa.text("''")))
    op.execute(_FILL)
    for name, columns in _INDEXES.items():
        op.create_index(op.f(name), "search_word", columns)
    for name, column in _OF_NAMES.items():
        is_named = sa.text("names > 0")
        columns = [column, sa.text("names DESC"), "word"]
        op.create_index(op.f(name), "search_word", columns, sqlite_where=is_named, postgresql_where=is_named)


def downgrade() -> None:
    for name in (*_OF_NAMES, *_INDEXES):
        op.drop_index(op.f(name), table_name="search_word")
    for name in reversed(_COLUMNS):
        op.drop_column("search_word", name)


def _line(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")
