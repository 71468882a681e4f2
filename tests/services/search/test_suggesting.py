import pytest

from app.config import Settings
from app.db import Database
from app.models import Kind
from app.services.search.suggesting import suggest


@pytest.fixture(scope="module")
def complete(seeded_url):
    database = Database(Settings(database_url=seeded_url))

    def complete(typed, *kinds, limit=10):
        with database.reading() as connection:
            return suggest(connection, typed, kinds, limit)

    yield complete
    database.dispose()


def completions(items):
    return [item["completion"] for item in items]


class TestSuggest:
    def test_a_beginning_is_completed(self, complete):
        assert completions(complete("matp")) == ["Matplotlib"]

    def test_any_word_of_a_name_may_begin_so(self, complete):
        assert "scikit-learn" in completions(complete("lear"))

    def test_words_before_the_last_one_are_whole(self, complete):
        assert completions(complete("flask re")) == ["Flask-RESTPlus", "Flask-RESTX"]

    def test_an_alias_is_completed_and_leads_to_the_record(self, complete):
        item = complete("sklea")[0]
        assert (item["completion"], item["slug"]) == ("sklearn", "scikit-learn")

    def test_the_most_used_comes_first(self, complete):
        uses = [item["use_cases"] for item in complete("p", Kind.LIBRARY)]
        assert uses[0] == max(uses)

    def test_a_kind_narrows(self, complete):
        assert {item["kind"] for item in complete("n", Kind.TEAM)} == {Kind.TEAM}

    def test_there_are_at_most_as_many_as_asked_for(self, complete):
        assert len(complete("p", limit=3)) == 3

    @pytest.mark.parametrize("typed", ["", "-", "zzzz", '"', "%"])
    def test_what_nothing_begins_with_gives_nothing(self, complete, typed):
        assert complete(typed) == []

    def test_words_of_two_names_are_no_name(self, complete):
        assert completions(complete("sklearn scik")) == []

    def test_kinds_that_are_not_completed_give_nothing(self, complete):
        assert complete("python", Kind.USE_CASE) == []

    def test_many_of_one_kind_do_not_keep_out_another(self, client, make):
        libraries = [{"name": f"Crowd {number}"} for number in range(120)]
        assert client.post("/import", {"libraries": libraries}).status_code == 200
        make.use_case(team=make.team(name="Crowd keepers")["slug"])
        assert client.get("/suggest?q=crowd").get_json()["items"][0]["slug"] == "crowd-keepers"
