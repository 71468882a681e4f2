"""What GET gives PUT takes, and changes nothing by it."""

import unicodedata
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models import LibraryKind, Lifecycle, Origin, Role, Stance, Status
from tests.factories import MAKERS

COLLECTIONS = pytest.mark.parametrize("path", MAKERS)
BOUNDED = settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

SEEN = st.characters(exclude_categories=("C", "Z"))
ANY = st.characters(exclude_categories=("Cc", "Cs"))
LINES = st.builds(
    lambda before, seen, after: before + seen + after,
    st.text(ANY, max_size=20),
    SEEN,
    st.text(ANY, max_size=20),
)
PROSE = st.builds("{}\n\t{}".format, LINES, LINES)
DAYS = st.dates().map(date.isoformat)
SLUGS = st.from_regex("[a-z0-9]{1,10}(-[a-z0-9]{1,10}){0,3}", fullmatch=True)


def or_null(strategy):
    return st.none() | strategy


LIBRARIES = st.fixed_dictionaries(
    {"name": LINES},
    optional={
        "kind": st.sampled_from([*LibraryKind]),
        "origin": st.sampled_from([*Origin]),
        "summary": or_null(LINES),
        "language": or_null(LINES),
        "topics": st.lists(SLUGS, max_size=5),
        "lifecycle": st.sampled_from([*Lifecycle]),
        "lifecycle_on": or_null(DAYS),
        "lifecycle_note": or_null(PROSE),
        "aliases": st.lists(LINES, max_size=4),
    },
)
EVIDENCE = st.fixed_dictionaries(
    {"source": st.sampled_from(["s-1", "s-2"])},
    optional={
        "section": or_null(LINES),
        "line": or_null(st.integers(1, 2**31 - 1)),
        "mentions": st.lists(LINES, max_size=4),
        "note": or_null(PROSE),
    },
)
USE_CASES = st.fixed_dictionaries(
    {"team": st.just("core"), "title": LINES, "evidence": st.lists(EVIDENCE, min_size=1, max_size=3)},
    optional={
        "description": or_null(PROSE),
        "stance": st.sampled_from([*Stance]),
        "status": st.sampled_from([*Status]),
        "since": or_null(st.dates(max_value=date(2000, 1, 1)).map(date.isoformat)),
        "until": or_null(st.dates(min_value=date(2000, 1, 1)).map(date.isoformat)),
        "purposes": st.lists(st.sampled_from(["p-1", "p-2"]), max_size=3),
        "usages": st.lists(
            st.builds(dict, library=st.sampled_from(["l-1", "l-2"]), role=st.sampled_from([*Role])),
            max_size=4,
        ),
    },
)


def composed(text):
    return unicodedata.normalize("NFC", text).strip()


def assert_put_changes_nothing(client, url):
    before = client.get(url)
    after = client.put(url, before.get_json())
    assert (after.status_code, after.get_json()) == (200, before.get_json())
    assert after.headers["Atlas-Version"] == before.headers["Atlas-Version"]


class TestPutOfWhatGetGives:
    @COLLECTIONS
    @pytest.mark.parametrize("maker", ["any", "whole"])
    def test_it_writes_nothing(self, client, make, path, maker):
        made = getattr(make, maker)(path)
        assert_put_changes_nothing(client, f"/{path}/{made['slug']}")

    @COLLECTIONS
    def test_it_writes_nothing_for_the_first_data_set(self, own_seeded, path):
        for record in own_seeded.get(f"/{path}?limit=200").get_json()["items"]:
            assert_put_changes_nothing(own_seeded, f"/{path}/{record['slug']}")

    def test_it_writes_nothing_for_old_slugs_in_references(self, client, make):
        made = make.team(organization=make.organization(name="Old")["slug"])
        client.patch("/organizations/old", {"slug": "new"})
        client.put(f"/teams/{made['slug']}", made)
        assert client.get(f"/teams/{made['slug']}").get_json()["revision"] == 1

    @COLLECTIONS
    def test_it_makes_a_deleted_record_again(self, client, make, path):
        made = make.whole(path)
        client.delete(f"/{path}/{made['slug']}")
        again = client.put(f"/{path}/{made['slug']}", made).get_json()
        assert _lasting(again) == _lasting(made)

    @BOUNDED
    @given(body=LIBRARIES)
    def test_it_writes_nothing_for_any_library(self, client, body):
        assert client.put("/libraries/some", body).status_code in {200, 201}
        assert_put_changes_nothing(client, "/libraries/some")

    @BOUNDED
    @given(body=USE_CASES)
    def test_it_writes_nothing_for_any_use_case(self, client, around, body):
        client.delete("/use-cases/some")  # its status would bind the next one's
        response = client.put("/use-cases/some", body)
        assert response.status_code == 201, response.get_json()
        assert_put_changes_nothing(client, "/use-cases/some")

    @pytest.fixture
    def around(self, make):
        """Make what use cases point at."""
        make.team(name="core")
        for number in (1, 2):
            make.library(name=f"l {number}")
            make.purpose(name=f"p {number}")
            make.source(title=f"s {number}")


class TestText:
    @BOUNDED
    @given(name=LINES, description=PROSE)
    def test_it_comes_back_composed(self, client, name, description):
        client.put("/purposes/some", {"name": name, "description": description})
        given_back = client.get("/purposes/some").get_json()
        assert (given_back["name"], given_back["description"]) == (composed(name), composed(description))

    @BOUNDED
    @given(authors=st.lists(LINES, max_size=5))
    def test_a_list_comes_back_in_its_order(self, client, authors):
        body = {"kind": "article", "title": "Some", "authors": authors}
        given_back = client.put("/sources/some", body).get_json()
        assert given_back["authors"] == [composed(author) for author in authors]


class TestPatchThatChangesNothing:
    @COLLECTIONS
    def test_an_empty_one_writes_nothing(self, client, make, path):
        made = make.whole(path)
        before = client.get(f"/{path}").headers["Atlas-Version"]
        after = client.patch(f"/{path}/{made['slug']}", {})
        assert (after.get_json(), after.headers["Atlas-Version"]) == (made, before)

    @COLLECTIONS
    def test_one_that_says_what_is_so_writes_nothing(self, client, make, path):
        made = make.whole(path)
        label = "title" if path in {"use-cases", "sources"} else "name"
        before = client.get(f"/{path}").headers["Atlas-Version"]
        after = client.patch(f"/{path}/{made['slug']}", {label: made[label], "slug": made["slug"]})
        assert (after.get_json(), after.headers["Atlas-Version"]) == (made, before)

    def test_the_order_of_a_bag_means_nothing(self, client, make):
        made = make.library(name="Flask", topics=["a", "b"], aliases=["x", "y"])
        sent = {"topics": ["b", "a", "b"], "aliases": ["y", "x"]}
        assert client.patch("/libraries/flask", sent).get_json() == made

    def test_the_order_of_usages_means_nothing(self, client, make):
        made = make.whole("use-cases", slug="serving")
        assert client.patch("/use-cases/serving", {"usages": made["usages"][::-1]}).get_json() == made

    def test_the_form_of_a_text_means_nothing(self, client, make):
        made = make.library(name="Caf\u00e9")
        assert client.patch("/libraries/cafe", {"name": " Cafe\u0301"}).get_json() == made


def _lasting(record):
    """Leave out what a record that is made again has anew."""
    kept = {
        name: value for name, value in record.items() if name not in {"created_at", "updated_at", "fresh_at"}
    }
    rows = [{name: value for name, value in row.items() if name != "id"} for row in kept.get("evidence", ())]
    return {**kept, "evidence": rows}
