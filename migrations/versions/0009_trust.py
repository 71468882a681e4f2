"""How fresh a claim is, who disputes it and why; what an excerpt stands between.

Revision: 0009, after 0008; 2026-11-27
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_HASHES = ("head_sha256", "before_sha256", "after_sha256")


def upgrade() -> None:
    op.create_table(
        "landmark",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(length=64), nullable=False) for name in _HASHES),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_landmark_evidence_id_evidence"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_landmark")),
    )
    for table in ("use_case", "use_case_version"):
        op.add_column(table, sa.Column("disputed_at", _MOMENT, nullable=True))
        _add_disputed_by(table, op.get_bind().dialect.name)
        op.add_column(table, sa.Column("status_note", sa.Text(), nullable=True))
        # Nobody knows: that counts as stale.
        never = sa.text("'1970-01-01 00:00:00'")
        op.add_column(table, sa.Column("fresh_at", _MOMENT, server_default=never, nullable=False))
        op.execute(f"UPDATE {table} SET fresh_at = coalesce(confirmed_at, updated_at)")  # noqa: S608  # ours
    for table, columns in _INDEXES:
        names = [column for column in columns if not column.endswith("_seq")]
        op.create_index(op.f("_".join(["ix", table, *names])), table, columns)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # Views of the past stand on what goes; see app/versions.py.
        schema = op.get_bind().execute(sa.select(sa.func.current_schema())).scalar_one()
        op.execute(sa.schema.DropSchema(f"{schema}_as_of", cascade=True, if_exists=True))
    for table, columns in _INDEXES:
        names = [column for column in columns if not column.endswith("_seq")]
        op.drop_index(op.f("_".join(["ix", table, *names])), table_name=table)
    # SQLite drops a column together with its own check only: the one with the check goes first.
    for table in ("use_case_version", "use_case"):
        for name in ("fresh_at", "status_note", "disputed_by", "disputed_at"):
            op.drop_column(table, name)
    op.drop_table("landmark")


_INDEXES = [
    ("use_case", ["fresh_at", "slug"]),
    ("use_case", ["team_id", "fresh_at"]),
    ("use_case_version", ["fresh_at", "slug", "to_seq", "from_seq"]),
    ("use_case_version", ["team_id", "fresh_at", "to_seq", "from_seq"]),
]


def _add_disputed_by(table: str, dialect: str) -> None:
    """Add the column with its check; SQLite would make the table anew for a check, and lose what points at it."""
    name, check = op.f("ck_use_case_disputed_by_somebody"), "(disputed_at IS NULL) = (disputed_by IS NULL)"
    if table == "use_case" and dialect == "sqlite":
        op.execute(
            f"ALTER TABLE use_case ADD COLUMN disputed_by VARCHAR(200) CONSTRAINT {name} CHECK ({check})"
        )
        return
    op.add_column(table, sa.Column("disputed_by", sa.String(length=200), nullable=True))
    if table == "use_case":
        op.create_check_constraint(name, table, check)
