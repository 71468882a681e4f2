"""What an excerpt stands between goes with its evidence: into exports, and into states of the past.

Revision: 0013, after 0012; 2026-11-27
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_HASHES = ("head_sha256", "before_sha256", "after_sha256")
_EVIDENCE = sa.table("evidence", sa.column("id", sa.Integer), sa.column("landmarks", sa.String))
_VERSION = sa.table(
    "evidence_version",
    sa.column("id", sa.Integer),
    sa.column("landmarks", sa.String),
    sa.column("to_seq", sa.BigInteger),
)
_OPEN = 2**63 - 1
_LANDMARK = sa.table(
    "landmark", sa.column("evidence_id", sa.Integer), *(sa.column(name, sa.String) for name in _HASHES)
)


def upgrade() -> None:
    marks = [sa.func.substr(_LANDMARK.c[name], 1, 16) for name in _HASHES]
    written = marks[0].concat("-").concat(marks[1]).concat("-").concat(marks[2])
    for table in (_EVIDENCE, _VERSION):
        op.add_column(table.name, sa.Column("landmarks", sa.String(length=50), nullable=True))
        known = sa.select(written).where(_LANDMARK.c.evidence_id == table.c.id).scalar_subquery()
        op.execute(_of_now(table, sa.update(table).values(landmarks=known)))
    op.drop_table("landmark")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # Views of the past stand on what goes; see app/versions.py.
        schema = op.get_bind().execute(sa.select(sa.func.current_schema())).scalar_one()
        op.execute(sa.schema.DropSchema(f"{schema}_as_of", cascade=True, if_exists=True))
    # The hashes stay cut: the next check that verifies a piece notes them anew.
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
    marks = [sa.func.substr(_EVIDENCE.c.landmarks, start, 16) for start in (1, 18, 35)]
    kept = sa.select(_EVIDENCE.c.id, *marks).where(_EVIDENCE.c.landmarks.is_not(None))
    op.execute(sa.insert(_LANDMARK).from_select(["evidence_id", *_HASHES], kept))
    for name in ("evidence_version", "evidence"):
        op.drop_column(name, "landmarks")


def _of_now(table: sa.TableClause, statement: sa.Update) -> sa.Update:
    """Leave out what only earlier states hold: the landmarks are of now."""
    return statement.where(table.c.to_seq == _OPEN) if "to_seq" in table.c else statement
