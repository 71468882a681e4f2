"""flask-restx with SQLAlchemy's ORM and marshmallow as most would write it: lazy loading, OFFSET, a count."""

import os
from datetime import UTC, datetime
from typing import Any

import flask_restx
from flask import Flask, request
from sqlalchemy import create_engine, event, func, select
from sqlalchemy.orm import sessionmaker

from app.models import Evidence, Library, Purpose, Source, Team, Usage, UseCase
from app.schemas.records import UseCaseSchema, shape_of
from app.text import fold, name_key, slugify

_DATABASE_URL = os.environ["DATABASE_URL"]
_IS_SQLITE = _DATABASE_URL.startswith("sqlite")
engine = create_engine(_DATABASE_URL, pool_size=8)
new_session = sessionmaker(engine)
app = Flask(__name__)
api = flask_restx.Api(app, doc=False)


@event.listens_for(engine, "connect")
def _be_durable(connection: Any, _record: Any) -> None:
    """Write as durably as the atlas does."""
    if _IS_SQLITE:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")


@api.route("/use-cases")
class UseCaseList(flask_restx.Resource):  # type: ignore[misc]  # flask-restx has no types
    """All use cases."""

    def get(self) -> Any:
        """List use cases."""
        with new_session() as session:
            found = select(UseCase)
            if team := request.args.get("team"):
                found = found.where(UseCase.team.has(slug=team))
            total = session.scalar(select(func.count()).select_from(found.subquery()))
            limit, offset = int(request.args.get("limit", 50)), int(request.args.get("offset", 0))
            page = found.order_by(UseCase.title_key, UseCase.slug).limit(limit).offset(offset)
            items = shape_of(UseCaseSchema).dump(session.scalars(page).all(), many=True)
            return {"items": items, "total": total}

    def post(self) -> Any:
        """Add a use case."""
        new, now = request.get_json(), datetime.now(UTC)
        with new_session() as session:

            def one(model: Any, slug: str) -> Any:
                return session.scalars(select(model).where(model.slug == slug)).one()

            made = UseCase(
                slug=slugify(f"{new['team']} {new['title']}"),
                title=new["title"],
                title_key=name_key(new["title"]),
                search_text=fold(new["title"]),
                stance="uses",
                status="documented",
                revision=1,
                created_at=now,
                updated_at=now,
                team=one(Team, new["team"]),
                purposes=[one(Purpose, slug) for slug in new["purposes"]],
                usages=[
                    Usage(library=one(Library, item["library"]), role=item["role"]) for item in new["usages"]
                ],
                evidence=[
                    Evidence(
                        source=one(Source, item["source"]), mentions=[], kind="documented", check="unchecked"
                    )
                    for item in new["evidence"]
                ],
            )
            session.add(made)
            session.commit()
            return shape_of(UseCaseSchema).dump(made), 201
