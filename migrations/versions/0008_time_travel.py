"""Versions of rows: each table of records gets one of what its rows said, and in which states of the atlas.

What was there before is kept as it stands now: history begins at the version that the atlas has.

Revision: 0008, after 0007; 2026-11-27
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = 2**63 - 1
_LONGEST_NAME = 63


def upgrade() -> None:
    op.add_column("atlas", sa.Column("history_from", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(op.f("ix_change_at_seq"), "change", ["at", "seq"])
    _create_tables()
    for table, columns in _INDEXES:
        op.create_index(op.f(_name(table, columns)), table, columns)
    _fill()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.DropSchema(_past_schema(), cascade=True, if_exists=True))
    for table, columns in reversed(_INDEXES):
        op.drop_index(op.f(_name(table, columns)), table_name=table)
    for table in _TABLES:
        op.drop_table(f"{table}_version")
    op.drop_index(op.f("ix_change_at_seq"), table_name="change")
    op.drop_column("atlas", "history_from")


def _past_schema() -> str:
    """Name the schema of the views that stand on these tables; see app/versions.py."""
    schema: str = op.get_bind().execute(sa.select(sa.func.current_schema())).scalar_one()
    return f"{schema}_as_of"


_TABLES = (
    "organization",
    "team",
    "library",
    "purpose",
    "use_case",
    "source",
    "library_topic",
    "use_case_purpose",
    "usage",
    "claim",
    "purpose_claim",
    "evidence",
    "alias",
)
_INDEXES = [
    ("organization_version", ["name_key", "slug", "to_seq", "from_seq"]),
    ("organization_version", ["slug", "to_seq", "from_seq"]),
    ("team_version", ["area", "name_key", "slug", "to_seq", "from_seq"]),
    ("team_version", ["name_key", "slug", "to_seq", "from_seq"]),
    ("team_version", ["organization_id", "name_key", "to_seq", "from_seq"]),
    ("team_version", ["slug", "to_seq", "from_seq"]),
    ("library_version", ["kind", "name_key", "slug", "to_seq", "from_seq"]),
    ("library_version", ["lifecycle", "name_key", "slug", "to_seq", "from_seq"]),
    ("library_version", ["lifecycle_source_id", "to_seq", "from_seq"]),
    ("library_version", ["maker_id", "to_seq", "from_seq"]),
    ("library_version", ["name_key", "slug", "to_seq", "from_seq"]),
    ("library_version", ["purl", "to_seq", "from_seq"]),
    ("library_version", ["purl_key", "to_seq", "from_seq"]),
    ("library_version", ["replaced_by_id", "to_seq", "from_seq"]),
    ("library_version", ["replaced_by_source_id", "to_seq", "from_seq"]),
    ("library_version", ["repository_key", "to_seq", "from_seq"]),
    ("library_version", ["slug", "to_seq", "from_seq"]),
    ("purpose_version", ["name_key", "slug", "to_seq", "from_seq"]),
    ("purpose_version", ["slug", "to_seq", "from_seq"]),
    ("use_case_version", ["slug", "to_seq", "from_seq"]),
    ("use_case_version", ["status", "slug", "to_seq", "from_seq"]),
    ("use_case_version", ["team_id", "slug", "to_seq", "from_seq"]),
    ("use_case_version", ["team_id", "stance", "status", "to_seq", "from_seq"]),
    ("use_case_version", ["title_key", "slug", "to_seq", "from_seq"]),
    ("use_case_version", ["updated_at", "slug", "to_seq", "from_seq"]),
    ("source_version", ["slug", "to_seq", "from_seq"]),
    ("source_version", ["title_key", "slug", "to_seq", "from_seq"]),
    ("library_topic_version", ["topic", "library_id", "to_seq", "from_seq"]),
    ("use_case_purpose_version", ["purpose_id", "use_case_id", "to_seq", "from_seq"]),
    ("usage_version", ["library_id", "use_case_id", "role", "to_seq", "from_seq"]),
    ("usage_version", ["role", "use_case_id", "to_seq", "from_seq"]),
    ("claim_version", ["team_id", "library_id", "use_case_id", "role", "to_seq", "from_seq"]),
    ("claim_version", ["use_case_id", "to_seq", "library_id", "team_id", "role", "from_seq"]),
    (
        "purpose_claim_version",
        ["library_id", "purpose_id", "team_id", "use_case_id", "to_seq", "from_seq"],
    ),
    ("purpose_claim_version", ["use_case_id", "to_seq", "from_seq"]),
    ("evidence_version", ["source_id", "use_case_id", "kind", "to_seq", "from_seq"]),
    ("evidence_version", ["use_case_id", "to_seq", "source_id", "kind", "from_seq"]),
    ("alias_version", ["kind", "key", "to_seq", "from_seq"]),
    ("alias_version", ["library_id", "to_seq", "from_seq"]),
    ("alias_version", ["organization_id", "to_seq", "from_seq"]),
    ("alias_version", ["purpose_id", "to_seq", "from_seq"]),
    ("alias_version", ["source_id", "to_seq", "from_seq"]),
    ("alias_version", ["team_id", "to_seq", "from_seq"]),
    ("alias_version", ["use_case_id", "to_seq", "from_seq"]),
]


def _name(table: str, columns: list[str]) -> str:
    """Name an index after what rows are found by, in the 63 letters that PostgreSQL keeps."""
    full = "_".join(["ix", table, *(column for column in columns if not column.endswith("_seq"))])
    return full if len(full) <= _LONGEST_NAME else full.replace("_id", "")


def _fill() -> None:
    """Begin with what is there; nobody knows any more what was before."""
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE atlas SET history_from = version"))
    for name in _TABLES:
        table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
        versions = sa.Table(f"{name}_version", sa.MetaData(), autoload_with=connection)
        since = sa.text("(SELECT version FROM atlas)")
        rows = sa.select(*table.columns, since, sa.literal(_OPEN, sa.BigInteger)).select_from(table)
        names = [*table.columns.keys(), "from_seq", "to_seq"]
        connection.execute(sa.insert(versions).from_select(names, rows))


def _create_tables() -> None:
    op.create_table(
        "organization_version",
        sa.Column(
            "name",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "name_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("homepage_url", sa.String(length=2048), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "slug",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_organization_version_order")),
        sa.PrimaryKeyConstraint("id", "to_seq", name=op.f("pk_organization_version")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "team_version",
        sa.Column(
            "name",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "name_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column(
            "area",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("contact_url", sa.String(length=2048), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "slug",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_team_version_order")),
        sa.PrimaryKeyConstraint("id", "to_seq", name=op.f("pk_team_version")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "library_version",
        sa.Column(
            "name",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "name_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("maker_id", sa.Integer(), nullable=True),
        sa.Column("summary", sa.String(length=500), nullable=True),
        sa.Column("homepage_url", sa.String(length=2048), nullable=True),
        sa.Column("repository_url", sa.String(length=2048), nullable=True),
        sa.Column("documentation_url", sa.String(length=2048), nullable=True),
        sa.Column(
            "repository_key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "purl",
            sa.String(length=500).with_variant(sa.String(length=500, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "purl_key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "license",
            sa.String(length=500).with_variant(sa.String(length=500, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "language",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("lifecycle", sa.String(length=20), nullable=False),
        sa.Column("lifecycle_on", sa.Date(), nullable=True),
        sa.Column("lifecycle_note", sa.Text(), nullable=True),
        sa.Column("lifecycle_source_id", sa.Integer(), nullable=True),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("replaced_by_source_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "slug",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_library_version_order")),
        sa.PrimaryKeyConstraint("id", "to_seq", name=op.f("pk_library_version")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "purpose_version",
        sa.Column(
            "name",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "name_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "slug",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_purpose_version_order")),
        sa.PrimaryKeyConstraint("id", "to_seq", name=op.f("pk_purpose_version")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "use_case_version",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column(
            "title",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "title_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("stance", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "slug",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_use_case_version_order")),
        sa.PrimaryKeyConstraint("id", "to_seq", name=op.f("pk_use_case_version")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "source_version",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "title",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "title_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "authors",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "publisher",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("url", sa.String(length=2048), nullable=True),
        sa.Column("accessed_on", sa.Date(), nullable=True),
        sa.Column(
            "language",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("text_sha256", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "slug",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_source_version_order")),
        sa.PrimaryKeyConstraint("id", "to_seq", name=op.f("pk_source_version")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "library_topic_version",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column(
            "topic",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_library_topic_version_order")),
        sa.PrimaryKeyConstraint("library_id", "to_seq", "topic", name=op.f("pk_library_topic_version")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "use_case_purpose_version",
        sa.Column("use_case_id", sa.Integer(), nullable=False),
        sa.Column("purpose_id", sa.Integer(), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_use_case_purpose_version_order")),
        sa.PrimaryKeyConstraint(
            "use_case_id", "to_seq", "purpose_id", name=op.f("pk_use_case_purpose_version")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_version",
        sa.Column("use_case_id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("version_range", sa.String(length=200), nullable=True),
        sa.Column("scope", sa.String(length=80), nullable=True),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_usage_version_order")),
        sa.PrimaryKeyConstraint("use_case_id", "to_seq", "library_id", "role", name=op.f("pk_usage_version")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claim_version",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("use_case_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_claim_version_order")),
        sa.PrimaryKeyConstraint(
            "library_id", "team_id", "use_case_id", "role", "to_seq", name=op.f("pk_claim_version")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "purpose_claim_version",
        sa.Column("purpose_id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("use_case_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_purpose_claim_version_order")),
        sa.PrimaryKeyConstraint(
            *("purpose_id", "library_id", "team_id", "use_case_id", "role", "to_seq"),
            name=op.f("pk_purpose_claim_version"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "evidence_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("use_case_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=200), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("span_start", sa.Integer(), nullable=True),
        sa.Column("span_end", sa.Integer(), nullable=True),
        sa.Column("excerpt_sha256", sa.String(length=64), nullable=True),
        sa.Column(
            "mentions",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("check_result", sa.String(length=20), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_evidence_version_order")),
        sa.PrimaryKeyConstraint("id", "to_seq", name=op.f("pk_evidence_version")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "alias_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "name",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("is_slug", sa.Boolean(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=True),
        sa.Column("purpose_id", sa.Integer(), nullable=True),
        sa.Column("use_case_id", sa.Integer(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_seq < to_seq", name=op.f("ck_alias_version_order")),
        sa.PrimaryKeyConstraint("id", "to_seq", name=op.f("pk_alias_version")),
        sqlite_with_rowid=True,
    )
