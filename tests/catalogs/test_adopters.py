import pytest
from hypothesis import HealthCheck, given, settings
from markdown_it import MarkdownIt

from app.catalogs.adopters import adopters_losses, link, write_adopters
from app.catalogs.adopters_reading import read_adopters
from tests.catalogs.atlases import atlas, atlases, check_catalog, library, seeded, use_case


def cells(page):
    """Give the cells of the tables of a page as a browser would show them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    texts = [shown(token) for token in tokens if token.type == "inline"]
    return texts[1:]


def shown(token):
    assert not any(child.type in {"html_inline", "image", "code_inline"} for child in token.children)
    return "".join(child.content for child in token.children)


class TestWriting:
    def test_it_is_a_table_of_who_uses_what(self):
        records = atlas([library("x"), library("y")], [use_case("a", ["x", "y"], purposes=["p"])])
        records["purposes"] = [{"slug": "p", "name": "Queues"}]
        assert write_adopters(records) == (
            "# Who uses what\n\n"
            "| Organization | Team | Tools | Use case | Purposes | Evidence |\n"
            "| --- | --- | --- | --- | --- | --- |\n"
            "| [Acme](<https://acme.example/>) | Core | X, Y | A | Queues | Paper, line 3 |\n"
        )

    def test_the_page_of_a_library_names_its_adopters(self):
        records = atlas([library("x")], [use_case("a", ["x"]), use_case("b", [], team="edge")])
        records["sources"][0]["url"] = "https://paper/"
        assert write_adopters(records, "x").splitlines()[0::4] == [
            "# Adopters of X",
            "| [Acme](<https://acme.example/>) | Core | A |  | [Paper](<https://paper/>), line 3 |",
        ]

    def test_what_is_no_longer_used_is_left_out(self):
        records = atlas([library("x")], [use_case("a", ["x"], status="retired")])
        assert len(write_adopters(records, "x").splitlines()) == 4

    def test_evidence_may_have_no_line(self):
        case = use_case("a", ["x"], evidence=[{"source": "paper"}])
        assert write_adopters(atlas([library("x")], [case])).endswith("| Paper |\n")

    def test_a_team_may_be_known_by_its_slug_alone(self):
        page = write_adopters(atlas([library("x")], [use_case("a", ["x"], team="ghosts")]))
        assert page.splitlines()[-1].startswith("|  | ghosts |")

    def test_the_same_records_give_the_same_text(self):
        assert write_adopters(seeded()) == write_adopters(seeded())

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(atlases())
    def test_every_name_is_shown_as_it_is(self, records):
        page = write_adopters(records)
        titles = [" ".join(case["title"].split()) for case in records["use-cases"] if is_in_use(case)]
        assert sorted(cells(page)[9::6]) == sorted(titles)

    @pytest.mark.parametrize("url", ["https://x/a)b", "https://x/<a>", "https://x/a|b", "https://x/\\"])
    def test_no_address_breaks_out_of_its_link(self, url):
        (token,) = (token for token in MarkdownIt().parse(link("x", url)) if token.type == "inline")
        assert [child.type for child in token.children] == ["link_open", "text", "link_close"]


def is_in_use(case):
    return case["stance"] == "uses" and case["status"] != "retired"


class TestRoundTrip:
    def test_adopters_of_a_seeded_library_come_back(self):
        page = write_adopters(seeded(), "python")
        catalog = read_adopters(page, source="page", library="python", name="Python")
        check_catalog(catalog, page)
        teams = {item["slug"]: item["name"] for item in seeded()["teams"]}
        cases = [
            case
            for case in seeded()["use-cases"]
            if "python" in [usage["library"] for usage in case["usages"]]
        ]
        assert {team["name"] for team in catalog.records["teams"]} == {teams[case["team"]] for case in cases}
        assert len(catalog.records["use-cases"]) == len(cases)
        assert catalog.remarks == ()


class TestLosses:
    def test_it_counts_what_is_left_out(self):
        cases = [use_case("a", ["x"], description="D"), use_case("b", ["x"], status="retired")]
        cases[0]["usages"][0]["role"] = "builds"
        assert adopters_losses(atlas([library("x")], cases)) == [
            "use cases that are retired, or say that something is not used: 1",
            "descriptions of use cases: 1",
            "roles other than `uses`: 1",
            "spans and digests of evidence: 1",
            "libraries but for their names: 1",
        ]
