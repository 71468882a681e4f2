"""Each change says which record it is of, and which teams it concerns.

Revision: 0011, after 0010; 2026-11-27
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ROWS_AT_ONCE = 1_000
_KINDS = ("organization", "team", "library", "purpose", "use_case", "source")


def upgrade() -> None:
    kind = sa.Enum(*_KINDS, name="kind", native_enum=False, create_constraint=True, length=20)
    op.create_table(
        "change_record",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change_record")),
    )
    op.create_table(
        "change_team",
        sa.Column("team_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "seq", name=op.f("pk_change_team")),
    )
    _Walk(op.get_bind()).fill()
    op.create_index(
        op.f("ix_change_record_kind_record_id_seq"), "change_record", ["kind", "record_id", "seq"]
    )
    op.create_index(op.f("ix_change_team_seq"), "change_team", ["seq"])
    op.create_index(op.f("ix_change_kind_seq"), "change", ["kind", "seq"])


def downgrade() -> None:
    op.drop_index(op.f("ix_change_kind_seq"), "change")
    op.drop_table("change_team")
    op.drop_table("change_record")


class _Walk:
    """Walks the log from its beginning, and follows each record through its slugs.

    A record that is gone has no id any more; it gets one below zero, which none has.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._ids: dict[tuple[str, str], int] = {
            (kind, slug): id_
            for kind in _KINDS
            for id_, slug in connection.execute(
                sa.select(sa.column("id"), sa.column("slug")).select_from(sa.table(kind))
            )
        }
        self._lives: dict[tuple[str, str], int] = {}
        self._record = sa.table("change_record", sa.column("seq"), sa.column("kind"), sa.column("record_id"))
        self._team = sa.table("change_team", sa.column("team_id"), sa.column("seq"))

    def fill(self) -> None:
        """Write a row for each change, then the ids of the records that are still there."""
        seq = 0
        while rows := self._connection.execute(self._some(seq)).all():
            records, teams = [], []
            for row in rows:
                life = self._follow(row)
                records.append({"seq": row.seq, "kind": row.kind, "record_id": life})
                teams += [{"team_id": team, "seq": row.seq} for team in self._teams(row, life)]
            self._connection.execute(sa.insert(self._record), records)
            if teams:
                self._connection.execute(sa.insert(self._team), teams)
            seq = rows[-1].seq
        self._name_the_living()

    def _some(self, seq: int) -> Any:
        document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
        change = sa.table(
            "change",
            *(sa.column(name) for name in ("seq", "action", "kind", "slug")),
            sa.column("before", document),
            sa.column("after", document),
        )
        members = [
            change.c[side][member].as_string().label(f"{side}_{member}")
            for side in ("before", "after")
            for member in ("slug", "team")
        ]
        columns = (change.c.seq, change.c.action, change.c.kind, change.c.slug)
        some = sa.select(*columns, *members).where(change.c.seq > seq)
        return some.order_by(change.c.seq).limit(_ROWS_AT_ONCE)

    def _follow(self, row: Any) -> int:
        if row.action == "create":
            self._lives[row.kind, row.slug] = -row.seq
            return int(-row.seq)
        life = self._lives.pop((row.kind, row.before_slug), -row.seq)
        if row.action == "update":
            self._lives[row.kind, row.slug] = life
        return life

    def _teams(self, row: Any, life: int) -> Iterable[int]:
        if row.kind == "team":
            return {life}
        slugs = {row.before_team, row.after_team} - {None} if row.kind == "use_case" else ()
        return {self._lives[key] for slug in slugs if (key := ("team", slug)) in self._lives}

    def _name_the_living(self) -> None:
        ids = {key: self._ids[key] for key in self._lives if key in self._ids}
        named = [{"life": self._lives[key], "id_": id_} for key, id_ in ids.items()]
        teams = [{"life": self._lives[key], "id_": id_} for key, id_ in ids.items() if key[0] == "team"]
        op.create_index("ix_change_record_life", "change_record", ["record_id"])
        for table, column, lives in (
            (self._record, "record_id", named),
            (self._team, "team_id", teams),
        ):
            named_so = sa.update(table).where(table.c[column] == sa.bindparam("life"))
            if lives:
                self._connection.execute(named_so.values({column: sa.bindparam("id_")}), lives)
        op.drop_index("ix_change_record_life", "change_record")
