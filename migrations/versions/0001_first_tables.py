"""The first tables, and the one row that says which atlas this is and at which version.

Revision: 0001, after none; 2026-11-23
"""

import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "atlas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance", sa.String(length=32), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_atlas_one_row")),
        sa.CheckConstraint("version >= 0", name=op.f("ck_atlas_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_atlas")),
    )
    op.create_table(
        "change",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("request_id", sa.String(length=200), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "create",
                "update",
                "delete",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
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
        sa.Column(
            "slug",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "before",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "after",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.CheckConstraint("(after IS NULL) = (action = 'delete')", name=op.f("ck_change_after")),
        sa.CheckConstraint("(before IS NULL) = (action = 'create')", name=op.f("ck_change_before")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_kind_slug_seq"), ["kind", "slug", "seq"], unique=False)

    op.create_table(
        "organization",
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
        sa.CheckConstraint(
            "length(slug) BETWEEN 1 AND 80 AND slug = lower(slug) AND slug NOT LIKE '-%' AND slug NOT LIKE '%-' AND slug NOT LIKE '%--%'",
            name=op.f("ck_organization_slug"),
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_organization_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("name_key", name=op.f("uq_organization_name_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_organization_slug")),
    )
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organization_name_key_slug"), ["name_key", "slug"], unique=False)

    op.create_table(
        "purpose",
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
        sa.CheckConstraint(
            "length(slug) BETWEEN 1 AND 80 AND slug = lower(slug) AND slug NOT LIKE '-%' AND slug NOT LIKE '%-' AND slug NOT LIKE '%--%'",
            name=op.f("ck_purpose_slug"),
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_purpose_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purpose")),
        sa.UniqueConstraint("name_key", name=op.f("uq_purpose_name_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_purpose_slug")),
    )
    with op.batch_alter_table("purpose", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purpose_name_key_slug"), ["name_key", "slug"], unique=False)

    op.create_table(
        "source",
        sa.Column(
            "kind",
            sa.Enum(
                "article",
                "documentation",
                "manifest",
                "sbom",
                "catalog",
                "code",
                "interview",
                name="sourcekind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
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
        sa.CheckConstraint(
            "length(slug) BETWEEN 1 AND 80 AND slug = lower(slug) AND slug NOT LIKE '-%' AND slug NOT LIKE '%-' AND slug NOT LIKE '%--%'",
            name=op.f("ck_source_slug"),
        ),
        sa.CheckConstraint("length(text_sha256) = 64", name=op.f("ck_source_text_sha256_length")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 200", name=op.f("ck_source_title_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("slug", name=op.f("uq_source_slug")),
    )
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_source_title_key_slug"), ["title_key", "slug"], unique=False)

    op.create_table(
        "token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "name",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "prefix",
            sa.String(length=10).with_variant(sa.String(length=10, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "scopes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_token_expires_after_creation")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_token_name_length")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_token_sha256_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("name", name=op.f("uq_token_name")),
        sa.UniqueConstraint("prefix", name=op.f("uq_token_prefix")),
    )
    op.create_table(
        "library",
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
        sa.Column(
            "kind",
            sa.Enum(
                "library",
                "framework",
                "application",
                "platform",
                "service",
                "language",
                name="librarykind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "open_source",
                "in_house",
                "commercial",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("maker_id", sa.Integer(), nullable=True),
        sa.Column("summary", sa.String(length=500), nullable=True),
        sa.Column("homepage_url", sa.String(length=2048), nullable=True),
        sa.Column("repository_url", sa.String(length=2048), nullable=True),
        sa.Column("documentation_url", sa.String(length=2048), nullable=True),
        sa.Column(
            "purl",
            sa.String(length=500).with_variant(sa.String(length=500, collation="C"), "postgresql"),
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
        sa.Column(
            "lifecycle",
            sa.Enum(
                "active",
                "maintenance",
                "deprecated",
                "archived",
                "unknown",
                name="lifecycle",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
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
        sa.CheckConstraint(
            "length(slug) BETWEEN 1 AND 80 AND slug = lower(slug) AND slug NOT LIKE '-%' AND slug NOT LIKE '%-' AND slug NOT LIKE '%--%'",
            name=op.f("ck_library_slug"),
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_library_name_length")),
        sa.CheckConstraint("length(summary) BETWEEN 1 AND 500", name=op.f("ck_library_summary_length")),
        sa.CheckConstraint(
            "replaced_by_id IS NULL OR replaced_by_id <> id", name=op.f("ck_library_not_replaced_by_itself")
        ),
        sa.ForeignKeyConstraint(
            ["lifecycle_source_id"],
            ["source.id"],
            name=op.f("fk_library_lifecycle_source_id_source"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["maker_id"],
            ["organization.id"],
            name=op.f("fk_library_maker_id_organization"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"],
            ["library.id"],
            name=op.f("fk_library_replaced_by_id_library"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_source_id"],
            ["source.id"],
            name=op.f("fk_library_replaced_by_source_id_source"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library")),
        sa.UniqueConstraint("name_key", name=op.f("uq_library_name_key")),
        sa.UniqueConstraint("purl", name=op.f("uq_library_purl")),
        sa.UniqueConstraint("slug", name=op.f("uq_library_slug")),
    )
    with op.batch_alter_table("library", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_library_kind_name_key_slug"), ["kind", "name_key", "slug"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_library_lifecycle_name_key_slug"), ["lifecycle", "name_key", "slug"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_library_lifecycle_source_id"), ["lifecycle_source_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_library_maker_id"), ["maker_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_library_name_key_slug"), ["name_key", "slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_library_replaced_by_id"), ["replaced_by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_library_replaced_by_source_id"), ["replaced_by_source_id"], unique=False
        )

    op.create_table(
        "team",
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
        sa.CheckConstraint(
            "length(slug) BETWEEN 1 AND 80 AND slug = lower(slug) AND slug NOT LIKE '-%' AND slug NOT LIKE '%-' AND slug NOT LIKE '%--%'",
            name=op.f("ck_team_slug"),
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_team_name_length")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_team_organization_id_organization"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("organization_id", "name_key", name=op.f("uq_team_organization_id_name_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_team_slug")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_team_area_name_key_slug"), ["area", "name_key", "slug"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_team_name_key_slug"), ["name_key", "slug"], unique=False)

    op.create_table(
        "library_topic",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column(
            "topic",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["library_id"],
            ["library.id"],
            name=op.f("fk_library_topic_library_id_library"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("library_id", "topic", name=op.f("pk_library_topic")),
    )
    with op.batch_alter_table("library_topic", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_library_topic_topic_library_id"), ["topic", "library_id"], unique=False
        )

    op.create_table(
        "token_team",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_token_team_team_id_team"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["token_id"], ["token.id"], name=op.f("fk_token_team_token_id_token"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_id", "team_id", name=op.f("pk_token_team")),
    )
    with op.batch_alter_table("token_team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_team_team_id"), ["team_id"], unique=False)

    op.create_table(
        "use_case",
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
        sa.Column(
            "stance",
            sa.Enum(
                "uses", "does_not_use", name="stance", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "documented",
                "confirmed",
                "disputed",
                "retired",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
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
        sa.CheckConstraint(
            "length(slug) BETWEEN 1 AND 80 AND slug = lower(slug) AND slug NOT LIKE '-%' AND slug NOT LIKE '%-' AND slug NOT LIKE '%--%'",
            name=op.f("ck_use_case_slug"),
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_use_case_confirmed_by_somebody")
        ),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 200", name=op.f("ck_use_case_title_length")),
        sa.CheckConstraint(
            "since IS NULL OR until IS NULL OR since <= until", name=op.f("ck_use_case_since_before_until")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_use_case_team_id_team"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_case")),
        sa.UniqueConstraint("slug", name=op.f("uq_use_case_slug")),
    )
    with op.batch_alter_table("use_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_use_case_status_slug"), ["status", "slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_use_case_team_id_slug"), ["team_id", "slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_use_case_title_key_slug"), ["title_key", "slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_use_case_updated_at_slug"), ["updated_at", "slug"], unique=False)

    op.create_table(
        "alias",
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
        sa.CheckConstraint(
            "is_slug OR kind IN ('team', 'library')", name=op.f("ck_alias_names_of_teams_and_libraries")
        ),
        sa.CheckConstraint(
            "(CASE WHEN organization_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN team_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN library_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN purpose_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN use_case_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN source_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_alias_one_target"),
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_alias_name_length")),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_alias_library_id_library"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_alias_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["purpose_id"], ["purpose.id"], name=op.f("fk_alias_purpose_id_purpose"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_alias_source_id_source"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_alias_team_id_team"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["use_case_id"], ["use_case.id"], name=op.f("fk_alias_use_case_id_use_case"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_alias_kind_key")),
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_library_id"), ["library_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_purpose_id"), ["purpose_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_use_case_id"), ["use_case_id"], unique=False)

    op.create_table(
        "evidence",
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
        sa.Column(
            "kind",
            sa.Enum(
                "documented",
                "declared",
                "manifest",
                "observed",
                name="evidencekind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "check_result",
            sa.Enum(
                "unchecked",
                "verified",
                "moved",
                "altered",
                "gone",
                name="check",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(span_start IS NULL) = (span_end IS NULL)", name=op.f("ck_evidence_whole_span")),
        sa.CheckConstraint("length(excerpt_sha256) = 64", name=op.f("ck_evidence_excerpt_sha256_length")),
        sa.CheckConstraint("line >= 1", name=op.f("ck_evidence_line_from_1")),
        sa.CheckConstraint("span_start >= 0 AND span_start < span_end", name=op.f("ck_evidence_span_order")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_evidence_source_id_source"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["use_case_id"],
            ["use_case.id"],
            name=op.f("fk_evidence_use_case_id_use_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_evidence_source_id_use_case_id"), ["source_id", "use_case_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_evidence_use_case_id"), ["use_case_id"], unique=False)

    op.create_table(
        "usage",
        sa.Column("use_case_id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "uses",
                "extends",
                "integrates",
                "builds",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("version_range", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.id"], name=op.f("fk_usage_library_id_library"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["use_case_id"], ["use_case.id"], name=op.f("fk_usage_use_case_id_use_case"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("use_case_id", "library_id", "role", name=op.f("pk_usage")),
    )
    with op.batch_alter_table("usage", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_usage_library_id_use_case_id"), ["library_id", "use_case_id"], unique=False
        )

    op.create_table(
        "use_case_purpose",
        sa.Column("use_case_id", sa.Integer(), nullable=False),
        sa.Column("purpose_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["purpose_id"],
            ["purpose.id"],
            name=op.f("fk_use_case_purpose_purpose_id_purpose"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["use_case_id"],
            ["use_case.id"],
            name=op.f("fk_use_case_purpose_use_case_id_use_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("use_case_id", "purpose_id", name=op.f("pk_use_case_purpose")),
    )
    with op.batch_alter_table("use_case_purpose", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_use_case_purpose_purpose_id_use_case_id"),
            ["purpose_id", "use_case_id"],
            unique=False,
        )

    row = {"id": 1, "instance": uuid.uuid4().hex, "version": 0}
    op.bulk_insert(sa.table("atlas", *(sa.column(name) for name in row)), [row])


def downgrade() -> None:
    with op.batch_alter_table("use_case_purpose", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_use_case_purpose_purpose_id_use_case_id"))

    op.drop_table("use_case_purpose")
    with op.batch_alter_table("usage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_usage_library_id_use_case_id"))

    op.drop_table("usage")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_use_case_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_source_id_use_case_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alias_use_case_id"))
        batch_op.drop_index(batch_op.f("ix_alias_team_id"))
        batch_op.drop_index(batch_op.f("ix_alias_source_id"))
        batch_op.drop_index(batch_op.f("ix_alias_purpose_id"))
        batch_op.drop_index(batch_op.f("ix_alias_organization_id"))
        batch_op.drop_index(batch_op.f("ix_alias_library_id"))

    op.drop_table("alias")
    with op.batch_alter_table("use_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_use_case_updated_at_slug"))
        batch_op.drop_index(batch_op.f("ix_use_case_title_key_slug"))
        batch_op.drop_index(batch_op.f("ix_use_case_team_id_slug"))
        batch_op.drop_index(batch_op.f("ix_use_case_status_slug"))

    op.drop_table("use_case")
    with op.batch_alter_table("token_team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_token_team_team_id"))

    op.drop_table("token_team")
    with op.batch_alter_table("library_topic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_library_topic_topic_library_id"))

    op.drop_table("library_topic")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_name_key_slug"))
        batch_op.drop_index(batch_op.f("ix_team_area_name_key_slug"))

    op.drop_table("team")
    with op.batch_alter_table("library", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_library_replaced_by_source_id"))
        batch_op.drop_index(batch_op.f("ix_library_replaced_by_id"))
        batch_op.drop_index(batch_op.f("ix_library_name_key_slug"))
        batch_op.drop_index(batch_op.f("ix_library_maker_id"))
        batch_op.drop_index(batch_op.f("ix_library_lifecycle_source_id"))
        batch_op.drop_index(batch_op.f("ix_library_lifecycle_name_key_slug"))
        batch_op.drop_index(batch_op.f("ix_library_kind_name_key_slug"))

    op.drop_table("library")
    op.drop_table("token")
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_title_key_slug"))

    op.drop_table("source")
    with op.batch_alter_table("purpose", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purpose_name_key_slug"))

    op.drop_table("purpose")
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_name_key_slug"))

    op.drop_table("organization")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_kind_slug_seq"))

    op.drop_table("change")
    op.drop_table("atlas")
