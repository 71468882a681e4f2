"""Narrow indexes of use cases, for lists with several filters.

Revision: 0016, after 0015; 2026-11-28
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_use_case_id_status_stance_team_id": ["id", "status", "stance", "team_id"],
    "ix_use_case_status_stance": ["status", "stance"],
}


def upgrade() -> None:
    for name, columns in _INDEXES.items():
        op.create_index(op.f(name), "use_case", columns)


def downgrade() -> None:
    for name in reversed(_INDEXES):
        op.drop_index(op.f(name), table_name="use_case")
