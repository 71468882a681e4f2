"""FastAPI with SQLAlchemy's ORM and pydantic, as its tutorials show it: eager loading, OFFSET, a count."""

import os
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, create_engine, event, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload, sessionmaker

from app.models import Evidence, Library, Purpose, Source, Team, Usage, UseCase
from app.text import fold, name_key, slugify

_DATABASE_URL = os.environ["DATABASE_URL"]
_IS_SQLITE = _DATABASE_URL.startswith("sqlite")
_OPTIONS: dict[str, Any] = {"connect_args": {"check_same_thread": False}} if _IS_SQLITE else {}
engine = create_engine(_DATABASE_URL, pool_size=8, **_OPTIONS)
new_session = sessionmaker(engine)
app = FastAPI()


@event.listens_for(engine, "connect")
def _be_durable(connection: Any, _record: Any) -> None:
    """Write as durably as the atlas does."""
    if _IS_SQLITE:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")


def _session() -> Any:
    with new_session() as session:
        yield session


SessionOfRequest = Annotated[Session, Depends(_session)]


class Shape(BaseModel):
    """What is read from objects."""

    model_config = ConfigDict(from_attributes=True)


class Named(Shape):
    """A reference to what has a name."""

    slug: str
    name: str


class Titled(Shape):
    """A reference to what has a title."""

    slug: str
    title: str


class UsageShape(Shape):
    """A usage."""

    library: Named
    role: str
    version_range: str | None
    scope: str | None


class EvidenceShape(Shape):
    """A piece of evidence."""

    id: int
    source: Titled
    section: str | None
    line: int | None
    start: int | None
    end: int | None
    excerpt_sha256: str | None
    mentions: list[str]
    kind: str
    note: str | None
    check: str
    checked_at: datetime | None


class UseCaseShape(Shape):
    """A use case."""

    slug: str
    team: Named
    title: str
    description: str | None
    stance: str
    purposes: list[Named]
    usages: list[UsageShape]
    since: date | None
    until: date | None
    status: str
    confirmed_at: datetime | None
    confirmed_by: str | None
    evidence: list[EvidenceShape]
    revision: int
    created_at: datetime
    updated_at: datetime


class Page(BaseModel):
    """A page."""

    items: list[UseCaseShape]
    total: int


class NewUsage(BaseModel):
    """A usage to add."""

    library: str
    role: str = "uses"


class NewEvidence(BaseModel):
    """A piece of evidence to add."""

    source: str
    line: int | None = None
    mentions: list[str] = []


class NewUseCase(BaseModel):
    """A use case to add."""

    team: str
    title: str
    purposes: list[str] = []
    usages: list[NewUsage] = []
    evidence: list[NewEvidence]


class Count(BaseModel):
    """How many use cases have a value."""

    value: str
    count: int


_WHOLE = (
    joinedload(UseCase.team),
    selectinload(UseCase.purposes),
    selectinload(UseCase.usages).joinedload(Usage.library),
    selectinload(UseCase.evidence).joinedload(Evidence.source),
)


@app.get("/use-cases")
def list_use_cases(  # a parameter each, as FastAPI wants it
    session: SessionOfRequest,
    team: str | None = None,
    library: str | None = None,
    status: str | None = None,
    q: str | None = None,
    limit: Annotated[int, Query(le=200)] = 50,
    offset: int = 0,
) -> Page:
    """List use cases."""
    found = _found(team, library, status, q)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    page = found.options(*_WHOLE).order_by(UseCase.title_key, UseCase.slug).limit(limit).offset(offset)
    items = [UseCaseShape.model_validate(item) for item in session.scalars(page).unique()]
    return Page(items=items, total=total)


@app.get("/use-cases/facets")
def count_use_cases(session: SessionOfRequest) -> dict[str, list[Count]]:
    """Count use cases by team, library and status."""
    ways: dict[str, Select[Any]] = {
        "team": select(Team.slug, func.count()).join(UseCase).group_by(Team.id),
        "library": select(Library.slug, func.count()).join(Usage).group_by(Library.id),
        "status": select(UseCase.status, func.count()).group_by(UseCase.status),
    }
    return {
        name: [
            Count(value=value, count=count)
            for value, count in session.execute(way.order_by(func.count().desc()).limit(20))
        ]
        for name, way in ways.items()
    }


@app.post("/use-cases", status_code=201)
def add_use_case(session: SessionOfRequest, new: NewUseCase) -> UseCaseShape:
    """Add a use case."""
    now = datetime.now(UTC)
    made = UseCase(
        slug=slugify(f"{new.team} {new.title}"),
        title=new.title,
        title_key=name_key(new.title),
        search_text=fold(new.title),
        stance="uses",
        status="documented",
        revision=1,
        created_at=now,
        updated_at=now,
        team=_one(session, Team, new.team),
        purposes=[_one(session, Purpose, slug) for slug in new.purposes],
        usages=[
            Usage(library=_one(session, Library, usage.library), role=usage.role) for usage in new.usages
        ],
        evidence=[
            Evidence(
                source=_one(session, Source, piece.source),
                line=piece.line,
                mentions=piece.mentions,
                kind="documented",
                check="unchecked",
            )
            for piece in new.evidence
        ],
    )
    session.add(made)
    session.commit()
    session.refresh(made)
    return UseCaseShape.model_validate(made)


def _found(team: str | None, library: str | None, status: str | None, q: str | None) -> Select[Any]:
    found = select(UseCase)
    if team:
        found = found.where(UseCase.team.has(slug=team))
    if library:
        found = found.where(UseCase.usages.any(Usage.library.has(slug=library)))
    if status:
        found = found.where(UseCase.status == status)
    if q:
        found = found.where(or_(UseCase.title.icontains(q), UseCase.description.icontains(q)))
    return found


def _one(session: Session, model: Any, slug: str) -> Any:
    found = session.scalars(select(model).where(model.slug == slug)).first()
    if found is None:
        raise HTTPException(409, f"There is no {slug}.")
    return found
