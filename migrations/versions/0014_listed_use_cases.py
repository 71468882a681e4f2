"""Lists of the use cases with one value, in their order.

Revision: 0014, after 0013; 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_LIBRARY_OF_USAGE = "usage JOIN library ON library.id = usage.library_id"
_TEAM_OF_USE_CASE = "use_case JOIN team ON team.id = use_case.team_id"
# Each facet: its value, the use case that has it, and where both stand.
_FACETS = {
    "organization": ("team.organization_id", "use_case.id", _TEAM_OF_USE_CASE),
    "area": ("team.area", "use_case.id", _TEAM_OF_USE_CASE),
    "library": ("library_id", "use_case_id", "usage"),
    "topic": (
        "library_topic.topic",
        "usage.use_case_id",
        "usage JOIN library_topic ON library_topic.library_id = usage.library_id",
    ),
    "lifecycle": ("library.lifecycle", "usage.use_case_id", _LIBRARY_OF_USAGE),
    "purpose": ("purpose_id", "use_case_id", "use_case_purpose"),
    "source": ("source_id", "use_case_id", "evidence"),
}


def upgrade() -> None:
    op.create_table(
        "listed_use_case",
        sa.Column("facet", _line(80), nullable=False),
        sa.Column("value", _line(200), nullable=False),
        sa.Column("title_key", _line(400), nullable=False),
        sa.Column("slug", _line(80), nullable=False),
        sa.Column("use_case_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("facet", "value", "title_key", "slug", name=op.f("pk_listed_use_case")),
        sqlite_with_rowid=False,
    )
    for word, (value, record, origin) in _FACETS.items():
        had = f"SELECT DISTINCT {record} AS record, CAST({value} AS TEXT) AS value FROM {origin} WHERE {value} IS NOT NULL"  # noqa: S608  # names from above
        op.execute(
            "INSERT INTO listed_use_case (facet, value, title_key, slug, use_case_id)"  # noqa: S608  # the same
            f" SELECT '{word}', had.value, use_case.title_key, use_case.slug, use_case.id"
            f" FROM ({had}) AS had JOIN use_case ON use_case.id = had.record ORDER BY 2, 3, 4"
        )


def downgrade() -> None:
    op.drop_table("listed_use_case")


def _line(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")
