"""Tallies of what is counted for lists and facets; indexes in which filtered lists are read in order.

Revision: 0010, after 0009; 2026-11-27
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NEW = [
    ["team_id", "title_key", "slug"],
    ["status", "title_key", "slug"],
    ["stance", "title_key", "slug"],
]
_OLD = [["team_id", "slug"], ["status", "slug"]]
_KINDS = ("organization", "team", "library", "purpose", "use_case", "source")
_USAGE_OF_LIBRARY = "usage JOIN library ON library.id = usage.library_id"
_USE_CASE_OF_TEAM = "use_case JOIN team ON team.id = use_case.team_id"
# Each facet: its value, the use case that has it, and where both stand.
_FACETS = {
    "team": ("team_id", "id", "use_case"),
    "organization": ("team.organization_id", "use_case.id", _USE_CASE_OF_TEAM),
    "area": ("team.area", "use_case.id", _USE_CASE_OF_TEAM),
    "stance": ("stance", "id", "use_case"),
    "status": ("status", "id", "use_case"),
    "library": ("library_id", "use_case_id", "usage"),
    "role": ("role", "use_case_id", "usage"),
    "topic": (
        "library_topic.topic",
        "usage.use_case_id",
        "usage JOIN library_topic ON library_topic.library_id = usage.library_id",
    ),
    "lifecycle": ("library.lifecycle", "usage.use_case_id", _USAGE_OF_LIBRARY),
    "purpose": ("purpose_id", "use_case_id", "use_case_purpose"),
    "source": ("source_id", "use_case_id", "evidence"),
    "evidence_kind": ("kind", "use_case_id", "evidence"),
}


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("facet", _line(80), nullable=False),
        sa.Column("value", _line(200), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("facet", "value", name=op.f("pk_tally")),
        sqlite_with_rowid=False,
    )
    _count()
    op.create_index(op.f("ix_tally_facet_records"), "tally", ["facet", "records"])
    _replace(_OLD, _NEW)


def downgrade() -> None:
    _replace(_NEW, _OLD)
    op.drop_table("tally")


def _replace(old: list[list[str]], new: list[list[str]]) -> None:
    """Put indexes in the place of others, on use cases and on their versions."""
    for table, behind in (("use_case", []), ("use_case_version", ["to_seq", "from_seq"])):
        for columns in new:
            op.create_index(op.f(_name(table, columns)), table, [*columns, *behind])
        for columns in old:
            op.drop_index(op.f(_name(table, columns)), table_name=table)


def _count() -> None:
    for kind in _KINDS:
        _tell(f"'{kind}', '', count(*)", kind)  # names from above
    for word, (value, record, origin) in _FACETS.items():
        facet = f"use_case.{word}"
        had = f"(SELECT DISTINCT {record} AS record, CAST({value} AS TEXT) AS value FROM {origin} WHERE {value} IS NOT NULL) AS had"  # noqa: S608  # the same
        _tell(f"'{facet}', value, count(*)", f"{had} GROUP BY value")
        _tell(f"'{facet} having', '', count(DISTINCT record)", had)
        _tell(f"'{facet} places', '', count(*)", had)
        _tell(f"'{facet} values', '', count(DISTINCT value)", had)


def _tell(columns: str, origin: str) -> None:
    op.execute(f"INSERT INTO tally (facet, value, records) SELECT {columns} FROM {origin}")  # noqa: S608  # the same


def _line(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def _name(table: str, columns: list[str]) -> str:
    return "_".join(["ix", table, *columns])
