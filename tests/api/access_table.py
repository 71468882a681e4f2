"""Who may do what: every route and method of the application, with the answer to a good token.

The addresses stand for the records that `test_access.py` makes: one idle record of each
kind, and one use case of a team that the held token is not held to.
"""

PAGE, READ, WRITE, ADD, IMPORT = "page", "read", "write", "add", "import"
# ADMIN: for tokens that may look after others. OPEN: for everybody, with or without a token.
ADMIN, OPEN = "admin", "open"
# Of a token and an endpoint that `test_access.py` makes.
PUBLIC = "0123456789"

_API = "/api/v1"
_NO_HOLD = {
    "organizations": {"name": "{name}"},
    "teams": {"name": "{name}", "organization": "idle"},
    "use-cases": {"title": "{name}", "team": "idle", "evidence": [{"source": "idle"}]},
}
_ADDABLE = {
    "libraries": {"name": "{name}"},
    "purposes": {"name": "{name}"},
    "sources": {"title": "{name}", "kind": "article"},
}
_BODIES = {**_NO_HOLD, **_ADDABLE}
_FACETS = {
    "organizations": "area",
    "teams": "area",
    "libraries": "kind",
    "purposes": "team",
    "use-cases": "role",
    "sources": "kind",
}

# `seq` of the change that made the idle record of each kind.
_CREATED = {
    "organizations": 1,
    "libraries": 2,
    "purposes": 3,
    "sources": 4,
    "teams": 5,
    "use-cases": 7,  # behind the library that it uses
}

# (rule, method): (kind of access, address to ask, status for a good token, body)
TABLE = {
    ("/", "GET"): (PAGE, "/", 200, None),
    ("/openapi.json", "GET"): (PAGE, "/openapi.json", 200, None),
    ("/docs", "GET"): (PAGE, "/docs", 200, None),
    ("/docs/<name>", "GET"): (PAGE, "/docs/init.js", 200, None),
    ("/docs/assets/<name>", "GET"): (PAGE, "/docs/assets/swagger-ui.css", 200, None),
    ("/problems", "GET"): (PAGE, "/problems", 200, None),
    ("/problems/<code>", "GET"): (PAGE, "/problems/busy", 200, None),
    ("/livez", "GET"): (PAGE, "/livez", 200, None),
    ("/readyz", "GET"): (PAGE, "/readyz", 200, None),
    (f"{_API}", "GET"): (PAGE, f"{_API}", 404, None),
    (f"{_API}/swagger.json", "GET"): (PAGE, f"{_API}/swagger.json", 200, None),
    (f"{_API}/teams/<slug>/libraries", "GET"): (READ, f"{_API}/teams/idle/libraries", 200, None),
    (f"{_API}/teams/<slug>/worklist", "GET"): (READ, f"{_API}/teams/idle/worklist", 200, None),
    (f"{_API}/libraries/<slug>/teams", "GET"): (READ, f"{_API}/libraries/idle/teams", 200, None),
    **{
        (f"{_API}/{path}/<slug>/use-cases", "GET"): (READ, f"{_API}/{path}/idle/use-cases", 200, None)
        for path in ("teams", "libraries", "purposes", "sources")
    },
    (f"{_API}/libraries/<slug>/related", "GET"): (READ, f"{_API}/libraries/idle/related", 200, None),
    (f"{_API}/libraries/<slug>/impact", "GET"): (READ, f"{_API}/libraries/idle/impact", 200, None),
    (f"{_API}/purposes/<slug>/libraries", "GET"): (READ, f"{_API}/purposes/idle/libraries", 200, None),
    (f"{_API}/search", "GET"): (READ, f"{_API}/search?q=idle", 200, None),
    (f"{_API}/search/facets", "GET"): (READ, f"{_API}/search/facets?q=idle&by=kind", 200, None),
    (f"{_API}/suggest", "GET"): (READ, f"{_API}/suggest?q=idle", 200, None),
    (f"{_API}/lookup", "GET"): (READ, f"{_API}/lookup?name=idle", 200, None),
    (f"{_API}/compare", "GET"): (READ, f"{_API}/compare?library=idle&library=unused", 200, None),
    (f"{_API}/sources/<slug>/check", "POST"): (ADD, f"{_API}/sources/idle/check", 200, "The text."),
    (f"{_API}/conflicts", "GET"): (READ, f"{_API}/conflicts", 200, None),
    **{
        (f"{_API}/use-cases/<slug>/{word}", "POST"): (WRITE, f"{_API}/use-cases/idle/{word}", 200, body)
        for word, body in (("confirm", {}), ("dispute", {"reason": "It went."}))
    },
    (f"{_API}/coverage", "GET"): (READ, f"{_API}/coverage", 200, None),
    (f"{_API}/export", "GET"): (READ, f"{_API}/export", 200, None),
    (f"{_API}/import", "POST"): (IMPORT, f"{_API}/import", 200, {"purposes": []}),
    (f"{_API}/changes", "GET"): (READ, f"{_API}/changes", 200, None),
    (f"{_API}/diff", "GET"): (READ, f"{_API}/diff?from=0", 200, None),
    (f"{_API}/graph", "GET"): (READ, f"{_API}/graph?around=library:idle", 200, None),
    (f"{_API}/tokens", "GET"): (ADMIN, f"{_API}/tokens", 200, None),
    (f"{_API}/tokens", "POST"): (ADMIN, f"{_API}/tokens", 201, {"name": "{name}", "scopes": ["write"]}),
    (f"{_API}/tokens/<public>", "GET"): (ADMIN, f"{_API}/tokens/{PUBLIC}", 200, None),
    (f"{_API}/tokens/<public>", "DELETE"): (ADMIN, f"{_API}/tokens/{PUBLIC}", 204, None),
    (f"{_API}/tokens/<public>/rotate", "POST"): (ADMIN, f"{_API}/tokens/{PUBLIC}/rotate", 201, {}),
    (f"{_API}/tokens/leaked", "POST"): (OPEN, f"{_API}/tokens/leaked", 202, {"token": "ta_x"}),
    (f"{_API}/webhooks", "GET"): (ADMIN, f"{_API}/webhooks", 200, None),
    (f"{_API}/webhooks", "POST"): (ADMIN, f"{_API}/webhooks", 201, {"url": "https://hooks.example.com/"}),
    (f"{_API}/webhooks/<public>", "GET"): (ADMIN, f"{_API}/webhooks/{PUBLIC}", 200, None),
    (f"{_API}/webhooks/<public>", "PATCH"): (ADMIN, f"{_API}/webhooks/{PUBLIC}", 200, {}),
    (f"{_API}/webhooks/<public>", "DELETE"): (ADMIN, f"{_API}/webhooks/{PUBLIC}", 204, None),
    (f"{_API}/webhooks/<public>/rotate-secret", "POST"): (
        ADMIN,
        f"{_API}/webhooks/{PUBLIC}/rotate-secret",
        200,
        {},
    ),
    (f"{_API}/webhooks/<public>/test", "POST"): (ADMIN, f"{_API}/webhooks/{PUBLIC}/test", 200, None),
    (f"{_API}/webhooks/<public>/deliveries", "GET"): (
        ADMIN,
        f"{_API}/webhooks/{PUBLIC}/deliveries",
        200,
        None,
    ),
    **{
        (f"{_API}/{path}/facets", "GET"): (READ, f"{_API}/{path}/facets?by={word}", 200, None)
        for path, word in _FACETS.items()
    },
    **{
        (f"{_API}/{path}/batch", "POST"): (READ, f"{_API}/{path}/batch", 200, {"slugs": ["idle"]})
        for path in _BODIES
    },
    (f"{_API}/use-cases/<slug>/evidence/<int:id>", "GET"): (
        READ,
        f"{_API}/use-cases/idle/evidence/2",
        200,
        None,
    ),
    **{
        (f"{_API}/{path}/<slug>/history", "GET"): (READ, f"{_API}/{path}/idle/history", 200, None)
        for path in _BODIES
    },
    **{
        (f"{_API}/{path}/<slug>/history/<seq>", "GET"): (
            READ,
            f"{_API}/{path}/idle/history/{_CREATED[path]}",
            200,
            None,
        )
        for path in _BODIES
    },
    **{(f"{_API}/{path}", "GET"): (READ, f"{_API}/{path}", 200, None) for path in _BODIES},
    **{(f"{_API}/{path}", "POST"): (WRITE, f"{_API}/{path}", 201, body) for path, body in _NO_HOLD.items()},
    **{(f"{_API}/{path}", "POST"): (ADD, f"{_API}/{path}", 201, body) for path, body in _ADDABLE.items()},
    **{(f"{_API}/{path}/<slug>", "GET"): (READ, f"{_API}/{path}/idle", 200, None) for path in _BODIES},
    **{
        (f"{_API}/{path}/<slug>", "PUT"): (WRITE, f"{_API}/{path}/idle", 200, body)
        for path, body in _BODIES.items()
    },
    **{
        (f"{_API}/{path}/<slug>", "PATCH"): (WRITE, f"{_API}/{path}/idle", 200, {"slug": "idle"})
        for path in _BODIES
    },
    **{(f"{_API}/{path}/<slug>", "DELETE"): (WRITE, f"{_API}/{path}/unused", 204, None) for path in _BODIES},
    (f"{_API}/use-cases/<slug>/evidence", "GET"): (READ, f"{_API}/use-cases/idle/evidence", 200, None),
    (f"{_API}/use-cases/<slug>/evidence", "POST"): (
        WRITE,
        f"{_API}/use-cases/idle/evidence",
        201,
        {"source": "idle", "section": "{name}"},
    ),
    (f"{_API}/use-cases/<slug>/evidence/<int:id>", "DELETE"): (
        WRITE,
        f"{_API}/use-cases/idle/evidence/1",
        204,
        None,
    ),
}


def body_of(row, name):
    """Give the body of a row, with a name of its own."""
    body = TABLE[row][3]
    return (
        body
        if isinstance(body, str)
        else body and {key: name if value == "{name}" else value for key, value in body.items()}
    )
