import pytest

from tests.client import assert_problem


@pytest.fixture
def log(make, client):
    """A log of four changes: one record made, changed twice, and another one."""
    make.library(name="NumPy")
    for text in ("Arrays.", "More arrays."):
        client.patch("/libraries/numpy", {"summary": text})
    make.library(name="Other")


class TestPrune:
    def test_it_says_what_it_would_do(self, run, log, client):
        result = run("history", "prune", "--before", "3")
        assert "would delete 2 changes" in result.stdout
        assert len(client.get("/changes").get_json()["items"]) == 4

    def test_it_deletes_what_lies_before(self, run, log, client):
        record = client.get("/libraries/numpy").get_json()
        result = run("history", "prune", "--before", "3", "--yes")
        assert "Deleted 2 changes; the oldest version to be asked for is 2." in result.stdout
        assert [item["seq"] for item in client.get("/changes?since=2").get_json()["items"]] == [3, 4]
        assert [one["seq"] for one in client.get("/libraries/numpy/history").get_json()["items"]] == [3]
        assert client.get("/libraries/numpy").get_json() == record

    @pytest.mark.parametrize(
        "path", ["/changes?since=1", "/diff?from=1", "/libraries/numpy/history/2", "/libraries?as_of=1"]
    )
    def test_who_asks_for_what_is_gone_is_told_the_oldest(self, run, log, client, path):
        run("history", "prune", "--before", "3", "--yes")
        assert assert_problem(client.get(path), 410, "history_pruned")["oldest"] == 2

    @pytest.mark.parametrize(
        ("path", "status"),
        [("/changes?since=1", 410), ("/diff?from=1", 410), ("/libraries/numpy/history", 200)],
    )
    def test_who_has_the_old_answer_is_given_the_new_one(self, run, log, client, path, status):
        tag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        run("history", "prune", "--before", "3", "--yes")
        answer = client.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == status

    def test_the_chain_goes_on(self, run, log, client):
        run("history", "prune", "--before", "3", "--yes")
        client.patch("/libraries/numpy", {"summary": "Later."})
        assert run("audit", "verify").exit_code == 0
        assert "history.prune" in run("audit", "list", "--last", "1").stdout

    def test_the_last_change_stays(self, run, log, client):
        run("history", "prune", "--before", "2999-01-01", "--yes")
        assert [item["seq"] for item in client.get("/changes?since=3").get_json()["items"]] == [4]
        assert run("audit", "verify").exit_code == 0

    @pytest.mark.parametrize("before", ["1", "2000-01-01T00:00:00Z"])
    def test_there_may_be_nothing_to_delete(self, run, log, before):
        assert "nothing to delete" in run("history", "prune", "--before", before, "--yes").stdout

    def test_it_may_be_done_again(self, run, log, client):
        run("history", "prune", "--before", "2", "--yes")
        assert "Deleted 1 changes" in run("history", "prune", "--before", "3", "--yes").stdout

    def test_it_refuses_what_is_neither(self, run, log):
        assert "Must be the seq" in run("history", "prune", "--before", "soon").stderr
