"""What the kinds of records are made of, as docs/api.md and the OpenAPI document say."""

KINDS = ("organization", "source", "team", "library", "purpose", "use_case")
PATHS = {
    "organization": "organizations",
    "source": "sources",
    "team": "teams",
    "library": "libraries",
    "purpose": "purposes",
    "use_case": "use-cases",
}
LABELS = {kind: "title" if kind in {"source", "use_case"} else "name" for kind in KINDS}
STAMPS = ("revision", "created_at", "updated_at")

# The members of each kind that a PUT sets, with their defaults; None stands for no default too.
MEMBERS = {
    "organization": {"name": None, "homepage_url": None, "description": None},
    "source": {
        "kind": None,
        "title": None,
        "authors": (),
        "publisher": None,
        "published_on": None,
        "url": None,
        "accessed_on": None,
        "language": None,
        "text_sha256": None,
        "note": None,
    },
    "team": {
        "name": None,
        "organization": None,
        "area": None,
        "description": None,
        "contact_url": None,
        "aliases": (),
    },
    "library": {
        "name": None,
        "kind": "library",
        "origin": "open_source",
        "maker": None,
        "summary": None,
        "homepage_url": None,
        "repository_url": None,
        "documentation_url": None,
        "purl": None,
        "license": None,
        "language": None,
        "topics": (),
        "lifecycle": "unknown",
        "lifecycle_on": None,
        "lifecycle_note": None,
        "lifecycle_source": None,
        "replaced_by": None,
        "replaced_by_source": None,
        "aliases": (),
    },
    "purpose": {"name": None, "description": None},
    "use_case": {
        "team": None,
        "title": None,
        "description": None,
        "stance": "uses",
        "purposes": (),
        "usages": (),
        "since": None,
        "until": None,
        "status": "documented",
        "status_note": None,
        "evidence": (),
    },
}
REQUIRED = {
    "organization": ("name",),
    "source": ("kind", "title"),
    "team": ("name", "organization"),
    "library": ("name",),
    "purpose": ("name",),
    "use_case": ("team", "title", "evidence"),
}
# Members that point at one record, and the kind of that.
POINTERS = {
    "team": {"organization": "organization"},
    "library": {
        "maker": "organization",
        "lifecycle_source": "source",
        "replaced_by": "library",
        "replaced_by_source": "source",
    },
    "use_case": {"team": "team"},
}
# What the server alone sets, beside the stamps.
JUDGED = ("confirmed_at", "confirmed_by", "disputed_at", "disputed_by", "fresh_at")
PIECE = {
    "source": None,
    "section": None,
    "line": None,
    "start": None,
    "end": None,
    "excerpt_sha256": None,
    "landmarks": None,
    "mentions": (),
    "kind": "documented",
    "note": None,
}
IDENTITY = ("source", "section", "line", "start", "end", "excerpt_sha256", "mentions", "kind", "note")
TRANSITIONS = {
    "documented": {"confirmed", "disputed", "retired"},
    "confirmed": {"documented", "disputed", "retired"},
    "disputed": {"confirmed", "retired"},
    "retired": {"documented"},
}

# Stands for what only the server can know until it says so.
UNKNOWN = "?"
