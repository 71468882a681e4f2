"""The tables of the atlas, and the limits that stand beside their columns."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, foreign, mapped_column, relationship

from app.db import Base, line, words
from app.landmarks import LANDMARKS_LENGTH
from app.text import NAME_KEY_LENGTH, SLUG_LENGTH

NAME_LENGTH = 200
SUMMARY_LENGTH = 500
DESCRIPTION_LENGTH = 10_000
URL_LENGTH = 2_048
PURL_LENGTH = 500
PACKAGE_KEY_LENGTH = 200
LICENSE_LENGTH = 500
WORD_LENGTH = 80
VERSION_RANGE_LENGTH = 200
SCOPE_LENGTH = 80
NOTE_LENGTH = 2_000
LIST_LENGTH = 200
# What an index says that versions of its table need not have (versions.py).
OF_NOW = "of_now"
SHA256_LENGTH = 64
POSITION_MAXIMUM = 2**31 - 1
ROUTE_LENGTH = 200
IDEMPOTENCY_KEY_LENGTH = 255
PUBLIC_LENGTH = 10
PUBLIC_PATTERN = f"^[0-9A-Za-z]{{{PUBLIC_LENGTH}}}$"
MOST_TOKEN_DAYS = 366
MOST_OVERLAP_SECONDS = 86_400
SECRET_LENGTH = 100
EVENT_LENGTH = 80


class Kind(StrEnum):
    """The kinds of records."""

    ORGANIZATION = "organization"
    TEAM = "team"
    LIBRARY = "library"
    PURPOSE = "purpose"
    USE_CASE = "use_case"
    SOURCE = "source"


class LibraryKind(StrEnum):
    """What sort of tool a library is."""

    LIBRARY = "library"
    FRAMEWORK = "framework"
    APPLICATION = "application"
    PLATFORM = "platform"
    SERVICE = "service"
    LANGUAGE = "language"


class Origin(StrEnum):
    """Where a library comes from."""

    OPEN_SOURCE = "open_source"
    IN_HOUSE = "in_house"
    COMMERCIAL = "commercial"


class Lifecycle(StrEnum):
    """How well a library is kept by its makers."""

    ACTIVE = "active"
    MAINTENANCE = "maintenance"
    DEPRECATED = "deprecated"
    ARCHIVED = "archived"
    UNKNOWN = "unknown"


class Stance(StrEnum):
    """What a use case claims: that the team does, or that it does not."""

    USES = "uses"
    DOES_NOT_USE = "does_not_use"


class Status(StrEnum):
    """How far a use case is trusted."""

    DOCUMENTED = "documented"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    RETIRED = "retired"


class Role(StrEnum):
    """What a team does with a library; `builds`: the team makes it."""

    USES = "uses"
    EXTENDS = "extends"
    INTEGRATES = "integrates"
    BUILDS = "builds"


class SourceKind(StrEnum):
    """What sort of document a source is."""

    ARTICLE = "article"
    DOCUMENTATION = "documentation"
    MANIFEST = "manifest"
    SBOM = "sbom"
    CATALOG = "catalog"
    CODE = "code"
    INTERVIEW = "interview"


class EvidenceKind(StrEnum):
    """How a claim is known."""

    DOCUMENTED = "documented"
    DECLARED = "declared"
    MANIFEST = "manifest"
    OBSERVED = "observed"


class Check(StrEnum):
    """What the last look at the source's text found."""

    UNCHECKED = "unchecked"
    VERIFIED = "verified"
    MOVED = "moved"
    ALTERED = "altered"
    GONE = "gone"


class Action(StrEnum):
    """What a change did."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class ImportMode(StrEnum):
    """What an import does with items that cannot be taken: nothing at all then, or all the others."""

    ATOMIC = "atomic"
    PARTIAL = "partial"


class Outcome(StrEnum):
    """What an import makes of an item."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Scope(StrEnum):
    """What a token may do."""

    WRITE = "write"
    IMPORT = "import"
    ADMIN = "admin"


class TokenState(StrEnum):
    """Whether a token lets anybody in."""

    GOOD = "good"
    ENDED = "ended"
    REVOKED = "revoked"


class WebhookState(StrEnum):
    """Whether an endpoint is told of changes; `disabled`: the atlas gave up."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class DeliveryOutcome(StrEnum):
    """What came of an attempt to deliver an event."""

    DELIVERED = "delivered"
    FAILED = "failed"


def limited(column: str, length: int) -> CheckConstraint:
    """Guard the length of a text; SQLite does not look at VARCHAR's."""
    return CheckConstraint(f"length({column}) BETWEEN 1 AND {length}", f"{column}_length")


def slug_like() -> CheckConstraint:
    """Guard what both databases can say of a slug; its letters are the schema's business."""
    return CheckConstraint(
        f"length(slug) BETWEEN 1 AND {SLUG_LENGTH} AND slug = lower(slug)"
        " AND slug NOT LIKE '-%' AND slug NOT LIKE '%-' AND slug NOT LIKE '%--%'",
        "slug",
    )


class Record(Base):
    """What every kind of record has."""

    __abstract__ = True

    record_kind: ClassVar[Kind]

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(line(SLUG_LENGTH), unique=True)
    search_text: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let a lost update raise instead of happening."""
        return {"version_id_col": cls.revision}

    @property
    def texts(self) -> Iterable[str | None]:
        """Give what `q=` looks through."""
        raise NotImplementedError


class Organization(Record):
    """A company or body that teams belong to."""

    __tablename__ = "organization"
    record_kind = Kind.ORGANIZATION

    name: Mapped[str] = mapped_column(line(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(line(NAME_KEY_LENGTH), unique=True)
    homepage_url: Mapped[str | None] = mapped_column(String(URL_LENGTH))
    description: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (slug_like(), limited("name", NAME_LENGTH), Index(None, "name_key", "slug"))

    @property
    def texts(self) -> Iterable[str | None]:
        """Give what `q=` looks through."""
        return self.slug, self.name, self.description


class Team(Record):
    """The people who use tools."""

    __tablename__ = "team"
    record_kind = Kind.TEAM

    name: Mapped[str] = mapped_column(line(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(line(NAME_KEY_LENGTH))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id", ondelete="RESTRICT"))
    area: Mapped[str | None] = mapped_column(line(NAME_LENGTH))
    description: Mapped[str | None] = mapped_column(Text)
    contact_url: Mapped[str | None] = mapped_column(String(URL_LENGTH))

    organization: Mapped[Organization] = relationship()
    alias_rows: Mapped[list["Alias"]] = relationship(
        primaryjoin=lambda: and_(Team.id == foreign(Alias.team_id), Alias.is_slug.is_(False)),
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    __table_args__ = (
        slug_like(),
        limited("name", NAME_LENGTH),
        UniqueConstraint("organization_id", "name_key"),
        Index(None, "name_key", "slug"),
        Index(None, "area", "name_key", "slug"),
    )

    @property
    def texts(self) -> Iterable[str | None]:
        """Give what `q=` looks through."""
        return self.slug, self.name, self.area, self.description, *(row.name for row in self.alias_rows)


class Library(Record):
    """Any tool that a team uses or makes."""

    __tablename__ = "library"
    record_kind = Kind.LIBRARY

    name: Mapped[str] = mapped_column(line(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(line(NAME_KEY_LENGTH), unique=True)
    kind: Mapped[LibraryKind] = mapped_column(words(LibraryKind))
    origin: Mapped[Origin] = mapped_column(words(Origin))
    maker_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization.id", ondelete="RESTRICT"), index=True
    )
    summary: Mapped[str | None] = mapped_column(String(SUMMARY_LENGTH))
    homepage_url: Mapped[str | None] = mapped_column(String(URL_LENGTH))
    repository_url: Mapped[str | None] = mapped_column(String(URL_LENGTH))
    documentation_url: Mapped[str | None] = mapped_column(String(URL_LENGTH))
    repository_key: Mapped[str | None] = mapped_column(line(PACKAGE_KEY_LENGTH), index=True)
    purl: Mapped[str | None] = mapped_column(line(PURL_LENGTH), unique=True)
    purl_key: Mapped[str | None] = mapped_column(line(PACKAGE_KEY_LENGTH), index=True)
    license: Mapped[str | None] = mapped_column(line(LICENSE_LENGTH))
    language: Mapped[str | None] = mapped_column(line(WORD_LENGTH))
    lifecycle: Mapped[Lifecycle] = mapped_column(words(Lifecycle))
    lifecycle_on: Mapped[date | None]
    lifecycle_note: Mapped[str | None] = mapped_column(Text)
    lifecycle_source_id: Mapped[int | None] = mapped_column(
        ForeignKey("source.id", ondelete="RESTRICT"), index=True
    )
    replaced_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("library.id", ondelete="RESTRICT"), index=True
    )
    replaced_by_source_id: Mapped[int | None] = mapped_column(
        ForeignKey("source.id", ondelete="RESTRICT"), index=True
    )

    maker: Mapped[Organization | None] = relationship()
    lifecycle_source: Mapped["Source | None"] = relationship(foreign_keys=[lifecycle_source_id])
    replaced_by: Mapped["Library | None"] = relationship(
        remote_side="Library.id", foreign_keys=[replaced_by_id]
    )
    replaced_by_source: Mapped["Source | None"] = relationship(foreign_keys=[replaced_by_source_id])
    topic_rows: Mapped[list["LibraryTopic"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True
    )
    alias_rows: Mapped[list["Alias"]] = relationship(
        primaryjoin=lambda: and_(Library.id == foreign(Alias.library_id), Alias.is_slug.is_(False)),
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    __table_args__ = (
        slug_like(),
        limited("name", NAME_LENGTH),
        limited("summary", SUMMARY_LENGTH),
        CheckConstraint("replaced_by_id IS NULL OR replaced_by_id <> id", "not_replaced_by_itself"),
        Index(None, "name_key", "slug"),
        Index(None, "kind", "name_key", "slug"),
        Index(None, "lifecycle", "name_key", "slug"),
    )

    @property
    def texts(self) -> Iterable[str | None]:
        """Give what `q=` looks through."""
        names = (row.name for row in self.alias_rows)
        topics = (row.topic for row in self.topic_rows)
        return self.slug, self.name, self.summary, self.purl, *names, *topics


class LibraryTopic(Base):
    """A word that a library is filed under."""

    __tablename__ = "library_topic"

    library_id: Mapped[int] = mapped_column(ForeignKey("library.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(line(WORD_LENGTH), primary_key=True)

    __table_args__ = (Index(None, "topic", "library_id"),)


class Purpose(Record):
    """A job to be done, from a controlled vocabulary."""

    __tablename__ = "purpose"
    record_kind = Kind.PURPOSE

    name: Mapped[str] = mapped_column(line(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(line(NAME_KEY_LENGTH), unique=True)
    description: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (slug_like(), limited("name", NAME_LENGTH), Index(None, "name_key", "slug"))

    @property
    def texts(self) -> Iterable[str | None]:
        """Give what `q=` looks through."""
        return self.slug, self.name, self.description


class UseCase(Record):
    """The claim that a team uses libraries for purposes."""

    __tablename__ = "use_case"
    record_kind = Kind.USE_CASE

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="RESTRICT"))
    title: Mapped[str] = mapped_column(line(NAME_LENGTH))
    title_key: Mapped[str] = mapped_column(line(NAME_KEY_LENGTH))
    description: Mapped[str | None] = mapped_column(Text)
    stance: Mapped[Stance] = mapped_column(words(Stance))
    since: Mapped[date | None]
    until: Mapped[date | None]
    status: Mapped[Status] = mapped_column(words(Status))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    disputed_at: Mapped[datetime | None]
    disputed_by: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    status_note: Mapped[str | None] = mapped_column(Text)
    # Nobody knows: that counts as stale.
    fresh_at: Mapped[datetime] = mapped_column(server_default=text("'1970-01-01 00:00:00'"))

    team: Mapped[Team] = relationship()
    purposes: Mapped[list[Purpose]] = relationship(secondary="use_case_purpose")
    usages: Mapped[list["Usage"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    evidence: Mapped[list["Evidence"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    __table_args__ = (
        slug_like(),
        limited("title", NAME_LENGTH),
        CheckConstraint("since IS NULL OR until IS NULL OR since <= until", "since_before_until"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", "confirmed_by_somebody"),
        CheckConstraint("(disputed_at IS NULL) = (disputed_by IS NULL)", "disputed_by_somebody"),
        Index(None, "team_id", "title_key", "slug"),
        Index(None, "team_id", "fresh_at"),
        Index(None, "team_id", "stance", "status"),
        Index(None, "title_key", "slug"),
        Index(None, "updated_at", "slug"),
        Index(None, "fresh_at", "slug"),
        Index(None, "status", "title_key", "slug"),
        Index(None, "stance", "title_key", "slug"),
        # Of several filters: what a use case has is asked, and two of them are counted, without reading it.
        Index(None, "id", "status", "stance", "team_id", info={OF_NOW: True}),
        Index(None, "status", "stance", info={OF_NOW: True}),
    )

    @property
    def texts(self) -> Iterable[str | None]:
        """Give what `q=` looks through."""
        return self.slug, self.title, self.description


class UseCasePurpose(Base):
    """That a use case serves a purpose."""

    __tablename__ = "use_case_purpose"

    use_case_id: Mapped[int] = mapped_column(ForeignKey("use_case.id", ondelete="CASCADE"), primary_key=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id", ondelete="RESTRICT"), primary_key=True)

    __table_args__ = (Index(None, "purpose_id", "use_case_id"),)


class Usage(Base):
    """That a use case takes a library, and what the team does with it."""

    __tablename__ = "usage"

    use_case_id: Mapped[int] = mapped_column(ForeignKey("use_case.id", ondelete="CASCADE"), primary_key=True)
    library_id: Mapped[int] = mapped_column(ForeignKey("library.id", ondelete="RESTRICT"), primary_key=True)
    role: Mapped[Role] = mapped_column(words(Role), primary_key=True)
    version_range: Mapped[str | None] = mapped_column(String(VERSION_RANGE_LENGTH))
    scope: Mapped[str | None] = mapped_column(String(SCOPE_LENGTH))

    library: Mapped[Library] = relationship()

    __table_args__ = (
        Index(None, "library_id", "use_case_id", "role"),
        Index(None, "role", "use_case_id"),
    )


class Claim(Base):
    """That a team uses a library, in a use case that counts, and how; see services/claims.py."""

    __tablename__ = "claim"

    library_id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(primary_key=True)
    use_case_id: Mapped[int] = mapped_column(ForeignKey("use_case.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(words(Role), primary_key=True)

    __table_args__ = (
        Index(None, "team_id", "library_id", "use_case_id", "role"),
        Index(None, "use_case_id", "library_id", "team_id", "role"),
        {"sqlite_with_rowid": False},
    )


class PurposeClaim(Base):
    """That a team uses a library for a purpose, in a use case that counts, and how."""

    __tablename__ = "purpose_claim"

    purpose_id: Mapped[int] = mapped_column(primary_key=True)
    library_id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(primary_key=True)
    use_case_id: Mapped[int] = mapped_column(ForeignKey("use_case.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(words(Role), primary_key=True)

    __table_args__ = (
        Index(None, "library_id", "purpose_id", "team_id", "use_case_id"),
        Index(None, "use_case_id"),
        {"sqlite_with_rowid": False},
    )


class Source(Record):
    """A document that says so."""

    __tablename__ = "source"
    record_kind = Kind.SOURCE

    kind: Mapped[SourceKind] = mapped_column(words(SourceKind))
    title: Mapped[str] = mapped_column(line(NAME_LENGTH))
    title_key: Mapped[str] = mapped_column(line(NAME_KEY_LENGTH))
    authors: Mapped[list[str]]
    publisher: Mapped[str | None] = mapped_column(line(NAME_LENGTH))
    published_on: Mapped[date | None]
    url: Mapped[str | None] = mapped_column(String(URL_LENGTH))
    accessed_on: Mapped[date | None]
    language: Mapped[str | None] = mapped_column(line(WORD_LENGTH))
    text_sha256: Mapped[str | None] = mapped_column(String(SHA256_LENGTH))
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        slug_like(),
        limited("title", NAME_LENGTH),
        CheckConstraint(f"length(text_sha256) = {SHA256_LENGTH}", "text_sha256_length"),
        Index(None, "title_key", "slug"),
    )

    @property
    def texts(self) -> Iterable[str | None]:
        """Give what `q=` looks through."""
        return self.slug, self.title, self.publisher, self.note, *self.authors


class Evidence(Base):
    """Where a source says what a use case claims."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_case_id: Mapped[int] = mapped_column(ForeignKey("use_case.id", ondelete="CASCADE"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="RESTRICT"))
    section: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    line: Mapped[int | None] = mapped_column(Integer)
    start: Mapped[int | None] = mapped_column("span_start", Integer)
    end: Mapped[int | None] = mapped_column("span_end", Integer)
    excerpt_sha256: Mapped[str | None] = mapped_column(String(SHA256_LENGTH))
    landmarks: Mapped[str | None] = mapped_column(String(LANDMARKS_LENGTH))
    mentions: Mapped[list[str]]
    kind: Mapped[EvidenceKind] = mapped_column(words(EvidenceKind))
    note: Mapped[str | None] = mapped_column(Text)
    check: Mapped[Check] = mapped_column("check_result", words(Check))
    checked_at: Mapped[datetime | None]

    source: Mapped[Source] = relationship()

    __table_args__ = (
        CheckConstraint("line >= 1", "line_from_1"),
        CheckConstraint("(span_start IS NULL) = (span_end IS NULL)", "whole_span"),
        CheckConstraint("span_start >= 0 AND span_start < span_end", "span_order"),
        CheckConstraint(f"length(excerpt_sha256) = {SHA256_LENGTH}", "excerpt_sha256_length"),
        Index(None, "source_id", "use_case_id", "kind"),
        Index(None, "use_case_id", "source_id", "kind"),
        {"sqlite_autoincrement": True},  # the id of a deleted row is never given again
    )


class Alias(Base):
    """An old slug of a record (it redirects), or another name of a team or library."""

    __tablename__ = "alias"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(words(Kind))
    name: Mapped[str] = mapped_column(line(NAME_LENGTH))
    key: Mapped[str] = mapped_column(line(NAME_KEY_LENGTH))
    is_slug: Mapped[bool]
    organization_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    library_id: Mapped[int | None] = mapped_column(ForeignKey("library.id", ondelete="CASCADE"), index=True)
    purpose_id: Mapped[int | None] = mapped_column(ForeignKey("purpose.id", ondelete="CASCADE"), index=True)
    use_case_id: Mapped[int | None] = mapped_column(ForeignKey("use_case.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)

    __table_args__ = (
        UniqueConstraint("kind", "key"),
        limited("name", NAME_LENGTH),
        CheckConstraint(
            " + ".join(f"(CASE WHEN {kind}_id IS NULL THEN 0 ELSE 1 END)" for kind in Kind) + " = 1",
            "one_target",
        ),
        CheckConstraint("is_slug OR kind IN ('team', 'library')", "names_of_teams_and_libraries"),
    )


class SearchEntry(Base):
    """A record as search sees it; `search_index` (FTS5 or tsvector) is made from `terms`."""

    __tablename__ = "search_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(words(Kind))
    record_id: Mapped[int]
    slug: Mapped[str] = mapped_column(line(SLUG_LENGTH))
    label: Mapped[str] = mapped_column(String(NAME_LENGTH))
    names: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    terms: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("kind", "record_id"),)


def _of_names(name: str, *columns: Any) -> Index:
    """Make an index of the words that are completed while typing."""
    completed = text("names > 0")
    return Index(name, *columns, sqlite_where=completed, postgresql_where=completed)


class SearchWord(Base):
    """A word of the vocabulary.

    `records` hold it anywhere, `names` counts those names that are completed while typing. The commonest
    of these by their first letters stand ready, and words by their middle and ending, for slips.
    """

    __tablename__ = "search_word"

    word: Mapped[str] = mapped_column(line(WORD_LENGTH), primary_key=True)
    length: Mapped[int]
    stem: Mapped[str] = mapped_column(line(WORD_LENGTH), index=True)
    records: Mapped[int]
    names: Mapped[int] = mapped_column()
    first_letter: Mapped[str] = mapped_column(line(WORD_LENGTH), server_default=text("''"))
    first_two: Mapped[str] = mapped_column(line(WORD_LENGTH), server_default=text("''"))
    middle: Mapped[str] = mapped_column(line(WORD_LENGTH), server_default=text("''"))
    ending: Mapped[str] = mapped_column(line(WORD_LENGTH), server_default=text("''"))

    __table_args__ = (
        Index(None, "length", "word"),
        Index(None, "length", "middle"),
        Index(None, "length", "ending"),
        _of_names("ix_search_word_first_letter_names_word", first_letter, names.desc(), word),
        _of_names("ix_search_word_first_two_names_word", first_two, names.desc(), word),
    )


class Tally(Base):
    """How many records there are of a kind, or with a value of a facet; see services/facets/tallies.py."""

    __tablename__ = "tally"

    facet: Mapped[str] = mapped_column(line(WORD_LENGTH), primary_key=True)
    value: Mapped[str] = mapped_column(line(NAME_LENGTH), primary_key=True)
    records: Mapped[int]

    __table_args__ = (Index(None, "facet", "records"), {"sqlite_with_rowid": False})


class ListedUseCase(Base):
    """That a use case is in the list of a value of a facet, at its place; see services/facets/listing.py."""

    __tablename__ = "listed_use_case"

    facet: Mapped[str] = mapped_column(line(WORD_LENGTH), primary_key=True)
    value: Mapped[str] = mapped_column(line(NAME_LENGTH), primary_key=True)
    title_key: Mapped[str] = mapped_column(line(NAME_KEY_LENGTH), primary_key=True)
    slug: Mapped[str] = mapped_column(line(SLUG_LENGTH), primary_key=True)
    use_case_id: Mapped[int]

    __table_args__ = ({"sqlite_with_rowid": False},)


class Atlas(Base):
    """The one row that holds the version of the atlas, and which atlas it is.

    The change log begins behind `anchor_seq`, whose row had the hash `anchor_hash`; see services/chain.py.
    `history_from` is the oldest state that versions of rows are kept of; see versions.py.
    """

    __tablename__ = "atlas"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(BigInteger)
    anchor_seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    anchor_hash: Mapped[str] = mapped_column(String(SHA256_LENGTH), server_default="0" * SHA256_LENGTH)
    audit_seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    history_from: Mapped[int] = mapped_column(BigInteger, server_default="0")

    __table_args__ = (CheckConstraint("id = 1", "one_row"), CheckConstraint("version >= 0", "version"))


class Change(Base):
    """One row of the append-only log of all writes."""

    __tablename__ = "change"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(NAME_LENGTH))
    request_id: Mapped[str] = mapped_column(String(NAME_LENGTH))
    action: Mapped[Action] = mapped_column(words(Action))
    kind: Mapped[Kind] = mapped_column(words(Kind))
    slug: Mapped[str] = mapped_column(line(SLUG_LENGTH))
    revision: Mapped[int]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    hash: Mapped[str] = mapped_column(String(SHA256_LENGTH))

    __table_args__ = (
        CheckConstraint("(before IS NULL) = (action = 'create')", "before"),
        CheckConstraint("(after IS NULL) = (action = 'delete')", "after"),
        CheckConstraint(f"length(hash) = {SHA256_LENGTH}", "hash_length"),
        Index(None, "kind", "slug", "seq"),
        Index(None, "at", "seq"),
        Index(None, "kind", "seq"),
    )


class ChangeRecord(Base):
    """Which record a change is of; the id of one that is gone may come again, behind its deletion."""

    __tablename__ = "change_record"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[Kind] = mapped_column(words(Kind))
    record_id: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index(None, "kind", "record_id", "seq"),)


class ChangeTeam(Base):
    """Which team a change concerns: one of itself, or of a use case that is, or was until then, its own."""

    __tablename__ = "change_team"

    team_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)

    __table_args__ = (Index(None, "seq"),)


class Audit(Base):
    """One row of the append-only log of what is done with tokens and webhooks, and of what is refused."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(NAME_LENGTH))
    request_id: Mapped[str] = mapped_column(String(NAME_LENGTH))
    action: Mapped[str] = mapped_column(String(WORD_LENGTH))
    subject: Mapped[str] = mapped_column(String(NAME_LENGTH))
    detail: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(SHA256_LENGTH))

    __table_args__ = (CheckConstraint(f"length(hash) = {SHA256_LENGTH}", "hash_length"),)


class Token(Base):
    """An API credential; only a hash of its secret is kept."""

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(line(NAME_LENGTH), unique=True)
    prefix: Mapped[str] = mapped_column(line(PUBLIC_LENGTH), unique=True)
    sha256: Mapped[str] = mapped_column(String(SHA256_LENGTH))
    scopes: Mapped[list[str]]
    is_held: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    replaced_by: Mapped[str | None] = mapped_column(line(PUBLIC_LENGTH))

    teams: Mapped[list[Team]] = relationship(secondary="token_team")

    __table_args__ = (
        limited("name", NAME_LENGTH),
        CheckConstraint(f"length(sha256) = {SHA256_LENGTH}", "sha256_length"),
        CheckConstraint("expires_at > created_at", "expires_after_creation"),
    )


class TokenTeam(Base):
    """That a token is held to a team; a held token whose teams are gone may write for none."""

    __tablename__ = "token_team"

    token_id: Mapped[int] = mapped_column(ForeignKey("token.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class KeptAnswer(Base):
    """The answer to a POST with an Idempotency-Key, kept for a day."""

    __tablename__ = "kept_answer"

    token_id: Mapped[int] = mapped_column(ForeignKey("token.id", ondelete="CASCADE"), primary_key=True)
    route: Mapped[str] = mapped_column(line(ROUTE_LENGTH), primary_key=True)
    key: Mapped[str] = mapped_column(line(IDEMPOTENCY_KEY_LENGTH), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(SHA256_LENGTH))
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)


class ImportProgress(Base):
    """How far a file was taken in that goes in part by part; written with each part."""

    __tablename__ = "import_progress"

    sha256: Mapped[str] = mapped_column(String(SHA256_LENGTH), primary_key=True)
    done: Mapped[int]
    created: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    rejected: Mapped[int]
    updated_at: Mapped[datetime]


class Webhook(Base):
    """An endpoint that is told of changes: those behind `cursor`, in their order."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    public: Mapped[str] = mapped_column(line(PUBLIC_LENGTH), unique=True)
    url: Mapped[str] = mapped_column(String(URL_LENGTH))
    description: Mapped[str | None] = mapped_column(String(SUMMARY_LENGTH))
    kinds: Mapped[list[str]]
    teams: Mapped[list[str]]
    events: Mapped[list[str]]
    state: Mapped[WebhookState] = mapped_column(words(WebhookState))
    state_reason: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    secret: Mapped[str] = mapped_column(String(SECRET_LENGTH))
    previous_secret: Mapped[str | None] = mapped_column(String(SECRET_LENGTH))
    previous_ends_at: Mapped[datetime | None]
    cursor: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int]
    retry_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("(previous_secret IS NULL) = (previous_ends_at IS NULL)", "previous_secret_ends"),
    )


class WebhookAttempt(Base):
    """One attempt to deliver an event to an endpoint; the last hundred of each are kept."""

    __tablename__ = "webhook_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event_id: Mapped[str] = mapped_column(String(EVENT_LENGTH))
    type: Mapped[str] = mapped_column(String(EVENT_LENGTH))
    seq: Mapped[int | None] = mapped_column(BigInteger)
    number: Mapped[int]
    at: Mapped[datetime]
    outcome: Mapped[DeliveryOutcome] = mapped_column(words(DeliveryOutcome))
    status: Mapped[int | None]
    detail: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    milliseconds: Mapped[int]

    __table_args__ = (Index(None, "webhook_id", "id"), {"sqlite_autoincrement": True})


class WebhookSender(Base):
    """The one row that says which sender delivers, and until when nobody else may."""

    __tablename__ = "webhook_sender"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(WORD_LENGTH))
    until: Mapped[datetime]

    __table_args__ = (CheckConstraint("id = 1", "one_row"),)
