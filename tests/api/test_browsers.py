"""app/api/browsers.py"""

import pytest


def test_a_page_of_any_origin_may_read(client):
    response = client.get("/teams", headers={"Origin": "https://page.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_it_sees_the_headers_of_the_contract(client):
    response = client.get("/teams", headers={"Origin": "https://page.example"})
    exposed = set(response.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"ETag", "Link", "Location", "Retry-After", "Atlas-Version", "X-Request-Id"} <= exposed


def test_it_may_ask_before_it_writes(client):
    asked = {
        "Origin": "https://page.example",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "If-Match, Authorization",
    }
    response = client.open("OPTIONS", "/teams/core", token="", headers=asked)
    assert response.status_code == 200
    assert "PATCH" in response.headers["Access-Control-Allow-Methods"]
    allowed = response.headers["Access-Control-Allow-Headers"].lower()
    assert {"if-match", "authorization"} <= set(allowed.split(", "))
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", ["/teams?limit=x", "/teams/nobody", "/nothing", "/teams?cursor=x"])
def test_it_may_read_what_is_wrong(client, path):
    response = client.get(path, headers={"Origin": "https://page.example"})
    assert response.status_code >= 400
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_what_it_is_told_does_not_depend_on_it(client):
    """So an answer may be kept for all of them."""
    told = [client.get("/teams", headers={"Origin": origin}) for origin in ("https://a.example", "null")]
    without = client.get("/teams")
    names = ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Vary")
    assert {tuple(one.headers.getlist(name)[0] for name in names) for one in (*told, without)} == {
        tuple(without.headers[name] for name in names)
    }
