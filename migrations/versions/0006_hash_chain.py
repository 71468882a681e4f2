"""Each row of the change log carries a hash of itself and of the row before it, and stays as it is.

Revision: 0006, after 0005; 2026-11-27
"""

import hashlib
from datetime import UTC

import orjson
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ROWS_AT_ONCE = 1_000
_NO_HASH = "0" * 64
_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    op.add_column("atlas", sa.Column("anchor_seq", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(
        "atlas", sa.Column("anchor_hash", sa.String(length=64), server_default=_NO_HASH, nullable=False)
    )
    op.add_column("change", sa.Column("hash", sa.String(length=64), nullable=True))
    _link_all(op.get_bind())
    with op.batch_alter_table("change", copy_from=_change()) as batch:
        batch.alter_column("hash", existing_type=sa.String(length=64), nullable=False)
        batch.create_check_constraint(op.f("ck_change_hash_length"), "length(hash) = 64")
    _close(op.get_bind().dialect.name)


def downgrade() -> None:
    _open(op.get_bind().dialect.name)
    with op.batch_alter_table("change", copy_from=_change()) as batch:
        batch.drop_column("hash")
    op.drop_column("atlas", "anchor_hash")
    op.drop_column("atlas", "anchor_seq")


def _change() -> sa.Table:
    """Describe the table with all its constraints: SQLite makes it anew, and must not lose any."""
    metadata = sa.MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})
    actions = ("create", "update", "delete")
    kinds = ("organization", "team", "library", "purpose", "use_case", "source")
    return sa.Table(
        "change",
        metadata,
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("request_id", sa.String(length=200), nullable=False),
        sa.Column("action", _words("action", *actions), nullable=False),
        sa.Column("kind", _words("kind", *kinds), nullable=False),
        sa.Column(
            "slug",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("before", _JSON, nullable=True),
        sa.Column("after", _JSON, nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(after IS NULL) = (action = 'delete')", name="after"),
        sa.CheckConstraint("(before IS NULL) = (action = 'create')", name="before"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
        sa.Index(op.f("ix_change_kind_slug_seq"), "kind", "slug", "seq"),
    )


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def _link_all(connection: sa.Connection) -> None:
    """Write the hashes of the rows that are there, as app/services/chain.py makes them."""
    change = _change()
    linked = [column for column in change.columns if column.name != "hash"]
    write = sa.update(change).where(change.c.seq == sa.bindparam("at_seq")).values(hash=sa.bindparam("link"))
    previous, seq = _NO_HASH, 0
    while True:
        some = sa.select(*linked).where(change.c.seq > seq).order_by(change.c.seq).limit(_ROWS_AT_ONCE)
        links = []
        for row in connection.execute(some):
            at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
            form = orjson.dumps([row.seq, at, *row[2:]], option=orjson.OPT_SORT_KEYS)
            previous, seq = hashlib.sha256(previous.encode() + form).hexdigest(), row.seq
            links.append({"at_seq": seq, "link": previous})
        if not links:
            return
        connection.execute(write, links)


def _close(dialect: str) -> None:
    """Let nobody change the log; delete only what lies before the anchor."""
    if dialect == "sqlite":
        op.execute(
            "CREATE TRIGGER change_is_never_updated BEFORE UPDATE ON change"
            " BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END"
        )
        op.execute(
            "CREATE TRIGGER change_is_deleted_by_pruning BEFORE DELETE ON change"
            " WHEN OLD.seq > (SELECT anchor_seq FROM atlas)"
            " BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION keep_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'DELETE' THEN"
        "   IF OLD.seq <= (SELECT anchor_seq FROM atlas) THEN RETURN OLD; END IF;"
        " END IF;"
        " RAISE EXCEPTION 'the change log is append-only';"
        " END $$"
    )
    op.execute(
        "CREATE TRIGGER change_is_append_only BEFORE UPDATE OR DELETE ON change"
        " FOR EACH ROW EXECUTE FUNCTION keep_change()"
    )
    op.execute(
        "CREATE TRIGGER change_is_never_truncated BEFORE TRUNCATE ON change"
        " FOR EACH STATEMENT EXECUTE FUNCTION keep_change()"
    )


def _open(dialect: str) -> None:
    if dialect == "sqlite":
        op.execute("DROP TRIGGER change_is_never_updated")
        op.execute("DROP TRIGGER change_is_deleted_by_pruning")
        return
    op.execute("DROP TRIGGER change_is_append_only ON change")
    op.execute("DROP TRIGGER change_is_never_truncated ON change")
    op.execute("DROP FUNCTION keep_change()")
