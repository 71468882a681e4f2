"""How many records there were in a state is counted in a narrow index.

Revision: 0012, after 0011; 2026-11-27
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLES = ("organization", "team", "library", "purpose", "use_case", "source")


def upgrade() -> None:
    for name in _TABLES:
        table = f"{name}_version"
        op.create_index(op.f(f"ix_{table}_from_seq_to_seq"), table, ["from_seq", "to_seq"])


def downgrade() -> None:
    for name in _TABLES:
        table = f"{name}_version"
        op.drop_index(op.f(f"ix_{table}_from_seq_to_seq"), table_name=table)
