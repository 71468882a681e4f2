"""Claims: who uses what, and for what, in use cases that count; keys of packages; wider indexes.

Revision: 0004, after 0003; 2026-11-25
"""

import hashlib
import re
from urllib.parse import unquote

import sqlalchemy as sa
from alembic import op
from packageurl import PackageURL

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEY_LENGTH = 200


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("use_case_id", sa.Integer(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["use_case_id"],
            ["use_case.id"],
            name=op.f("fk_claim_use_case_id_use_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("library_id", "team_id", "use_case_id", "role", name=op.f("pk_claim")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "purpose_claim",
        sa.Column("purpose_id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("use_case_id", sa.Integer(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["use_case_id"],
            ["use_case.id"],
            name=op.f("fk_purpose_claim_use_case_id_use_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "purpose_id", "library_id", "team_id", "use_case_id", "role", name=op.f("pk_purpose_claim")
        ),
        sqlite_with_rowid=False,
    )
    key = sa.String(length=_KEY_LENGTH).with_variant(
        sa.String(length=_KEY_LENGTH, collation="C"), "postgresql"
    )
    for name in ("repository_key", "purl_key"):
        op.add_column("library", sa.Column(name, key, nullable=True))
    _fill()
    for table, columns in _NEW:
        op.create_index(op.f(_name(table, columns)), table, columns)
    for table, columns in _OLD:
        op.drop_index(op.f(_name(table, columns)), table_name=table)


def downgrade() -> None:
    for table, columns in _OLD:
        op.create_index(op.f(_name(table, columns)), table, columns)
    for table, columns in reversed(_NEW):
        op.drop_index(op.f(_name(table, columns)), table_name=table)
    for name in ("purl_key", "repository_key"):
        op.drop_column("library", name)
    op.drop_table("purpose_claim")
    op.drop_table("claim")


_NEW = [
    ("claim", ["team_id", "library_id", "use_case_id", "role"]),
    ("claim", ["use_case_id", "library_id", "team_id", "role"]),
    ("purpose_claim", ["library_id", "purpose_id", "team_id", "use_case_id"]),
    ("purpose_claim", ["use_case_id"]),
    ("library", ["repository_key"]),
    ("library", ["purl_key"]),
    ("use_case", ["team_id", "stance", "status"]),
    ("usage", ["library_id", "use_case_id", "role"]),
    ("usage", ["role", "use_case_id"]),
    ("evidence", ["source_id", "use_case_id", "kind"]),
    ("evidence", ["use_case_id", "source_id", "kind"]),
]
_OLD = [
    ("usage", ["library_id", "use_case_id"]),
    ("evidence", ["source_id", "use_case_id"]),
    ("evidence", ["use_case_id"]),
]


def _name(table: str, columns: list[str]) -> str:
    return "_".join(["ix", table, *columns])


def _fill() -> None:
    """Derive the claims from the use cases, and the keys from the addresses of libraries."""
    op.execute(
        """
        INSERT INTO claim (library_id, team_id, use_case_id, role)
        SELECT usage.library_id, use_case.team_id, use_case.id, usage.role
        FROM usage JOIN use_case ON use_case.id = usage.use_case_id
        WHERE use_case.stance = 'uses' AND use_case.status <> 'retired'
        ORDER BY 1, 2, 3, 4
        """
    )
    op.execute(
        """
        INSERT INTO purpose_claim (purpose_id, library_id, team_id, use_case_id, role)
        SELECT use_case_purpose.purpose_id, claim.library_id, claim.team_id, claim.use_case_id, claim.role
        FROM claim JOIN use_case_purpose ON use_case_purpose.use_case_id = claim.use_case_id
        ORDER BY 1, 2, 3, 4, 5
        """
    )
    connection = op.get_bind()
    select = sa.text("SELECT id, purl, repository_url FROM library")
    keys = [
        {"id": id_, "purl_key": purl and _purl_key(purl), "repository_key": url and _repository_key(url)}
        for id_, purl, url in connection.execute(select)
    ]
    if keys:
        update = "UPDATE library SET purl_key = :purl_key, repository_key = :repository_key WHERE id = :id"
        connection.execute(sa.text(update), keys)


# What follows is app/packages.py as it was when this was written.
_FORGES = {"github.com", "gitlab.com", "bitbucket.org"}
_TWO_PARTS = {"github.com", "bitbucket.org"}
_SCP_LIKE = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w.-]+\.[\w-]+):(?!//|[0-9]+/)(?P<path>.+)")
_URL_LIKE = re.compile(
    r"(?:[a-z+:]+://)?(?:[^/@]*@)?(?P<host>[\w.-]+\.[\w-]+|(?<=://)[\w-]+)(?::[0-9]+)?/(?P<path>.+)",
    re.IGNORECASE,
)
_BEHIND_REPOSITORY = re.compile(r"/(?:-|tree|blob|src|raw|commits?|issues|pulls?|releases|wiki)(?:/.*)?$")


def _purl_key(purl: str) -> str | None:
    try:
        parsed = PackageURL.from_string(purl)
    except ValueError:
        return None
    is_pypi = parsed.type == "pypi"
    name = re.sub(r"[-_.\s]+", "-", parsed.name).strip("-").lower() if is_pypi else parsed.name
    return _short(PackageURL(parsed.type, parsed.namespace, name).to_string().lower())


def _repository_key(url: str) -> str | None:
    address = re.split(r"[?#]", url.strip().removeprefix("git+").removeprefix("scm:git:"))[0]
    parts = _SCP_LIKE.fullmatch(address) or _URL_LIKE.fullmatch(address)
    if parts is None:
        return None
    host = parts["host"].lower().removeprefix("www.")
    steps = [step for step in unquote(parts["path"]).split("/") if step]
    path = "/".join(steps[:2]) if host in _TWO_PARTS else _BEHIND_REPOSITORY.sub("", "/".join(steps))
    path = path.removesuffix(".git")
    if not path or (host in _TWO_PARTS and "/" not in path):
        return None
    return _short(f"{host}/{path.lower() if host in _FORGES else path}")


def _short(key: str) -> str:
    if len(key) <= _KEY_LENGTH and key.isprintable():
        return key
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"
