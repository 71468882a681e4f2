import pytest

from tests.client import assert_problem
from tests.factories import MAKERS

COLLECTIONS = pytest.mark.parametrize("path", MAKERS)
# Collection, word of `expand=`, and where the references stand.
WORDS = [
    ("teams", "organization", "organization"),
    ("libraries", "maker", "maker"),
    ("libraries", "replaced_by", "replaced_by"),
    ("use-cases", "team", "team"),
    ("use-cases", "libraries", "usages.library"),
    ("use-cases", "purposes", "purposes"),
    ("use-cases", "evidence", "evidence.source"),
]
PATHS = {
    "organization": "organizations",
    "maker": "organizations",
    "replaced_by": "libraries",
    "team": "teams",
    "libraries": "libraries",
    "purposes": "purposes",
    "evidence": "sources",
}
EXPANSIONS = pytest.mark.parametrize(("path", "word", "place"), WORDS)


def standing_at(record, place):
    """Give what stands at a place, in order: `usages.library`."""
    name, _, inner = place.partition(".")
    values = record[name] if isinstance(record[name], list) else [record[name]]
    return [value[inner] for value in values] if inner else values


class TestWhole:
    @COLLECTIONS
    def test_a_bare_record_has_every_member_that_a_full_one_has(self, make, path):
        assert list(make.any(path)) == list(make.whole(path))

    @COLLECTIONS
    def test_a_list_holds_what_the_item_gives(self, client, make, path):
        made = make.whole(path)
        assert made in client.get(f"/{path}").get_json()["items"]

    @COLLECTIONS
    def test_a_full_record_has_a_value_for_every_member_that_a_client_can_set(self, make, path):
        empty = {name for name, value in make.whole(path).items() if value in (None, [])}
        assert empty <= {"confirmed_at", "confirmed_by", "disputed_at", "disputed_by"}


class TestFields:
    @COLLECTIONS
    def test_each_can_be_had_alone_and_with_the_slug(self, client, make, path):
        made = make.whole(path)
        for name in made:
            given = client.get(f"/{path}/{made['slug']}?fields={name}").get_json()
            assert given == {"slug": made["slug"], name: made[name]}

    @COLLECTIONS
    def test_a_list_can_hold_some_members_alone(self, client, make, path):
        made = make.whole(path)
        items = client.get(f"/{path}?fields=updated_at,revision").get_json()["items"]
        wanted = {name: made[name] for name in ("slug", "revision", "updated_at")}
        assert wanted in items

    def test_the_order_is_that_of_the_whole(self, client, make):
        make.library(name="Flask")
        given = client.get("/libraries/flask?fields=topics,kind,name,kind").get_json()
        assert list(given) == ["slug", "name", "kind", "topics"]

    @pytest.mark.parametrize("fields", ["nonsense", "name,nonsense", "id", "name_key", "-name", "name name"])
    def test_a_member_that_is_none_is_refused(self, client, make, fields):
        make.library(name="Flask")
        problem = assert_problem(client.get(f"/libraries/flask?fields={fields}"), 422, parameter="fields")
        assert "homepage_url" in problem["detail"]

    def test_empty_is_everything(self, client, make):
        made = make.library(name="Flask")
        assert client.get("/libraries/flask?fields=").get_json() == made

    def test_sorting_and_paging_do_not_need_the_member(self, client, make):
        for name in "ab":
            make.library(name=name)
        page = client.get("/libraries?fields=kind&sort=-name&limit=1").get_json()
        assert page["items"] == [{"slug": "b", "kind": "library"}]
        assert client.get(page["next"]).get_json()["items"] == [{"slug": "a", "kind": "library"}]


class TestExpand:
    @EXPANSIONS
    def test_it_puts_whole_records_where_references_stand(self, client, make, path, word, place):
        made = make.whole(path)
        references = standing_at(made, place)
        whole = [client.get(f"/{PATHS[word]}/{reference['slug']}").get_json() for reference in references]
        given = client.get(f"/{path}/{made['slug']}?expand={word}").get_json()
        assert standing_at(given, place) == whole

    @EXPANSIONS
    def test_it_leaves_the_rest_as_it_is(self, client, make, path, word, place):
        made = make.whole(path)
        given = client.get(f"/{path}/{made['slug']}?expand={word}").get_json()
        top = place.partition(".")[0]
        assert {**given, top: None} == {**made, top: None}

    @EXPANSIONS
    def test_it_works_in_lists(self, client, make, path, word, place):
        made = make.whole(path)
        alone = client.get(f"/{path}/{made['slug']}?expand={word}").get_json()
        assert alone in client.get(f"/{path}?expand={word}").get_json()["items"]

    def test_words_go_together(self, client, make):
        made = make.whole("use-cases", slug="serving")
        given = client.get("/use-cases/serving?expand=team,libraries,purposes,evidence").get_json()
        firsts = [standing_at(given, place)[0] for path, _word, place in WORDS if path == "use-cases"]
        assert all("created_at" in record for record in firsts)
        assert list(given) == list(made)

    def test_records_that_many_point_at_stand_in_each(self, client, make):
        organization = make.organization()
        for _number in range(3):
            make.team(organization=organization["slug"])
        items = client.get("/teams?expand=organization").get_json()["items"]
        assert [item["organization"] for item in items] == [organization] * 3

    def test_what_is_not_there_stays_null(self, client, make):
        make.library(name="Flask")
        given = client.get("/libraries/flask?expand=maker,replaced_by").get_json()
        assert (given["maker"], given["replaced_by"]) == (None, None)

    def test_it_goes_one_level_deep(self, client, make):
        last = make.library(name="Last")["slug"]
        make.library(name="First", replaced_by=make.library(name="Middle", replaced_by=last)["slug"])
        given = client.get("/libraries/first?expand=replaced_by").get_json()
        assert given["replaced_by"]["replaced_by"] == {"slug": "last", "name": "Last"}

    @pytest.mark.parametrize(("fields", "members"), [("title", 2), ("usages", 2)])
    def test_it_adds_no_member_that_is_not_chosen(self, client, make, fields, members):
        make.use_case(slug="serving")
        given = client.get(f"/use-cases/serving?fields={fields}&expand=libraries,team").get_json()
        assert len(given) == members

    @pytest.mark.parametrize(
        ("path", "word"), [("teams", "aliases"), ("use-cases", "sources"), ("libraries", "x")]
    )
    def test_a_word_that_is_none_is_refused(self, client, path, word):
        assert_problem(client.get(f"/{path}?expand={word}"), 422, "invalid", parameter="expand")

    @pytest.mark.parametrize("path", ["organizations", "purposes", "sources"])
    def test_it_is_not_offered_where_there_is_no_reference(self, client, path):
        assert_problem(client.get(f"/{path}?expand=team"), 422, "invalid", parameter="expand")
