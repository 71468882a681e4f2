"""The client of tests: the werkzeug client, with a token and checks that hold for every answer."""

from flask.testing import FlaskClient

API = "/api/v1"


class Client:
    """Sends requests to the API; paths are relative to /api/v1 unless they begin with `//`."""

    def __init__(self, app, secret):
        self.app = app
        self.secret = secret
        self.http = FlaskClient(app)

    def open(self, method, path, *, token=None, headers=None, **options):
        url = path[1:] if path.startswith("//") else API + path
        if path.startswith("http://localhost"):
            url = path.removeprefix("http://localhost")
        sent = dict(headers or {})
        secret = token if token is not None else self.secret
        if secret and method != "GET":
            sent.setdefault("Authorization", f"Bearer {secret}")
        elif token:
            sent.setdefault("Authorization", f"Bearer {token}")
        # Buffered, so that the file behind an answer is closed even if nobody reads it.
        return self.http.open(url, method=method, headers=sent, buffered=True, **options)

    def get(self, path, **options):
        return self.open("GET", path, **options)

    def post(self, path, json=None, **options):
        return self.open("POST", path, json=json, **options)

    def put(self, path, json=None, **options):
        return self.open("PUT", path, json=json, **options)

    def patch(self, path, json=None, **options):
        return self.open("PATCH", path, json=json, **options)

    def delete(self, path, **options):
        return self.open("DELETE", path, **options)


def assert_problem(response, status, code=None, **place):
    """Check that an answer is a problem document of that kind, and give it.

    Args:
        response: to look at.
        status: expected.
        code: expected, or None.
        place: `pointer=` or `parameter=` that one of the errors must have.
    """
    document = response.get_json()
    assert response.status_code == status, document
    assert response.content_type == "application/problem+json"
    members = ("type", "title", "status", "detail", "instance", "code", "request_id", "errors")
    assert set(members) <= set(document)
    assert document["status"] == status
    assert document["request_id"] == response.headers["X-Request-Id"]
    assert document["type"].endswith(f"/problems/{document['code']}")
    if code is not None:
        assert document["code"] == code
    for name, value in place.items():
        assert value in [error.get(name) for error in document["errors"]], document["errors"]
    return document


def slugs(response):
    """Give the slugs of a list's items, in order."""
    assert response.status_code == 200, response.get_json()
    return [item["slug"] for item in response.get_json()["items"]]


def walk(client, path):
    """Follow `next` from a list's URL on, and give the pages."""
    pages = []
    while path:
        response = client.get(path)
        assert response.status_code == 200, response.get_json()
        pages.append(response.get_json())
        path = pages[-1]["next"]
    return pages
