"""The search index: what search sees of each record, its vocabulary, and the index of either database.

Revision: 0002, after 0001; 2026-11-23
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "organization",
                "team",
                "library",
                "purpose",
                "use_case",
                "source",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column(
            "slug",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("kind", "record_id", name=op.f("uq_search_entry_kind_record_id")),
    )
    op.create_table(
        "search_word",
        sa.Column(
            "word",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column(
            "stem",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("names", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_word_length_word"), ["length", "word"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_word_stem"), ["stem"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5(terms, content='search_entry', content_rowid='id')"
        )
    else:
        op.create_table(
            "search_index",
            sa.Column("id", sa.Integer(), sa.ForeignKey("search_entry.id"), primary_key=True),
            sa.Column("terms", postgresql.TSVECTOR(), nullable=False),
            sa.Index("ix_search_index_terms", "terms", postgresql_using="gin"),
        )


def downgrade() -> None:
    op.drop_table("search_index")
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_word_stem"))
        batch_op.drop_index(batch_op.f("ix_search_word_length_word"))

    op.drop_table("search_word")
    op.drop_table("search_entry")
