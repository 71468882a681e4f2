import hashlib
from datetime import date

import pytest

from app.db import Author
from app.manifests.reading import read_manifest
from app.services.claiming.manifests import propose
from app.services.claiming.proposal import Named, Origin
from app.services.importing import import_records

FIRST, SECOND = date(2026, 1, 1), date(2026, 2, 1)

FILE = {
    "owner": Named("core", "Core"),
    "source": "core-requirements-txt",
    "file": "requirements.txt",
    "url": None,
}


@pytest.fixture
def team(make):
    return make.team(name="Core", slug="core")


@pytest.fixture
def take(database, team):
    """Takes a manifest in, and gives what was proposed."""

    def take(text, format_="requirements", today=FIRST, **options):
        manifest = read_manifest(format_, text)
        origin = Origin(**FILE | options, text=text, today=today)
        with database.reading() as connection:
            proposal = propose(connection, manifest, origin)
        with database.writing(Author("tests", "tests")) as session:
            proposal.report = import_records(session, proposal.records)
        return proposal

    return take


def use_cases(client, **filters):
    query = {"limit": 200, "sort": "slug", **filters}
    return client.get("/use-cases", query_string=query).get_json()["items"]


class TestNewLibraries:
    def test_each_becomes_a_library_and_a_use_case(self, client, take):
        take("Flask>=3,<4\nnumpy\n")
        names = [(item["title"], item["usages"][0]["version_range"]) for item in use_cases(client)]
        assert names == [("Core uses Flask", ">=3,<4"), ("Core uses numpy", None)]
        assert client.get("/libraries/flask").get_json()["purl"] == "pkg:pypi/flask"

    def test_nothing_is_said_of_them_that_the_manifest_does_not_say(self, client, take):
        take("Flask\n")
        library = client.get("/libraries/flask").get_json()
        unknown = ("summary", "license", "homepage_url", "language", "lifecycle_on")
        assert {library[name] for name in unknown} == {None}
        assert library["lifecycle"] == "unknown"

    def test_one_that_another_kind_of_package_has_the_name_of_is_called_after_its_kind(
        self, client, make, take
    ):
        make.library(name="flask", purl="pkg:pypi/flask")
        take('{"dependencies": {"flask": "1"}}', "package-json")
        library = client.get("/libraries/flask-npm").get_json()
        assert (library["name"], library["purl"]) == ("flask (npm)", "pkg:npm/flask")


class TestMatching:
    @pytest.mark.parametrize(
        "known",
        [
            {"name": "Scikit Learn", "slug": "sklearn", "purl": "pkg:pypi/scikit-learn"},
            {"name": "scikit-learn"},
            {"name": "The learner", "aliases": ["Scikit-Learn"]},
            {"name": "Learner", "slug": "scikit-learn"},
            {"name": "scikit learn", "purl": "pkg:conda/scikit-learn"},
        ],
    )
    def test_it_is_found_by_package_or_by_any_name(self, client, make, take, known):
        slug = make.library(**known)["slug"]
        take("scikit_learn==1.5\n")
        assert [item["usages"][0]["library"]["slug"] for item in use_cases(client)] == [slug]

    def test_a_name_from_another_language_is_not_it(self, client, make, take):
        make.library(name="requests", purl="pkg:npm/requests")
        take("requests\n")
        assert use_cases(client)[0]["usages"][0]["library"]["slug"] == "requests-pypi"


class TestEvidence:
    def test_it_is_the_line_as_it_stands_in_the_file(self, client, take):
        text = "# what we need\nFlask>=3  # web\n"
        take(text)
        evidence = use_cases(client)[0]["evidence"][0]
        excerpt = text[evidence["start"] : evidence["end"]]
        assert (evidence["line"], evidence["kind"], evidence["mentions"]) == (2, "manifest", ["Flask"])
        assert evidence["excerpt_sha256"] == hashlib.sha256(excerpt.encode()).hexdigest()
        assert excerpt.startswith("Flask>=3")

    def test_the_source_is_the_file(self, client, take):
        text = "Flask\n"
        take(text, url="https://git.example/core/requirements.txt")
        source = client.get("/sources/core-requirements-txt").get_json()
        assert (source["kind"], source["title"]) == ("manifest", "requirements.txt of Core")
        assert source["text_sha256"] == hashlib.sha256(text.encode()).hexdigest()
        assert source["accessed_on"] == "2026-01-01"
        assert source["url"] == "https://git.example/core/requirements.txt"

    def test_an_sbom_says_where_it_saw_a_component(self, client, take):
        seen = '"evidence": {"occurrences": [{"location": "src/app.py", "line": 3}, {"location": "b.py"}]}'
        library = '{"type": "library", "name": "flask", "purl": "pkg:pypi/flask@3.0", ' + seen + "}"
        take(f'{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{library}]}}', "cyclonedx")
        assert use_cases(client)[0]["evidence"][0]["note"] == "Seen in src/app.py:3, b.py."


class TestClaimsThatAreThere:
    @pytest.fixture
    def claimed(self, make, team):
        """The article's claim that the team uses two libraries."""
        usages = [{"library": make.library(name=name)["slug"]} for name in ("NumPy", "SciPy")]
        return make.use_case(slug="analysis", title="Analysis", team="core", usages=usages)

    def test_the_manifest_stands_under_the_same_claim(self, client, take, claimed):
        take("numpy>=2\n")
        (item,) = use_cases(client)
        ranges = {usage["library"]["slug"]: usage["version_range"] for usage in item["usages"]}
        assert ranges == {"numpy": ">=2", "scipy": None}
        assert [piece["source"]["slug"] for piece in item["evidence"]][1:] == ["core-requirements-txt"]
        assert item["usages"][0]["scope"] == "runtime"

    def test_a_claim_of_another_team_is_left_alone(self, client, make, take):
        other = make.use_case(library=make.library(name="NumPy")["slug"])
        take("numpy\n")
        assert client.get(f"/use-cases/{other['slug']}").get_json() == other
        assert len(use_cases(client, team="core")) == 1

    @pytest.mark.parametrize("members", [{"status": "retired"}, {"stance": "does_not_use"}])
    def test_a_claim_that_is_no_use_is_left_alone(self, client, make, take, team, members):
        library = make.library(name="NumPy")["slug"]
        other = make.use_case(library=library, team="core", slug="core-uses-numpy", **members)
        take("numpy\n")
        assert client.get("/use-cases/core-uses-numpy").get_json() == other
        assert len(use_cases(client)) == 2

    def test_making_a_library_is_no_use_of_it(self, client, make, take, team):
        make.use_case(library=make.library(name="NumPy")["slug"], team="core", role="builds")
        take("numpy\n")
        assert len(use_cases(client)) == 2

    def test_the_claim_of_the_fewest_libraries_is_chosen(self, client, make, take, claimed):
        narrow = make.use_case(slug="sums", team="core", library="numpy")
        take("numpy\n")
        assert len(client.get(f"/use-cases/{narrow['slug']}").get_json()["evidence"]) == 2
        assert client.get("/use-cases/analysis").get_json() == claimed

    def test_what_it_no_longer_declares_is_taken_away_as_evidence(self, client, take, claimed):
        take("numpy\n")
        proposal = take("scipy\n", today=SECOND)
        pieces = client.get("/use-cases/analysis").get_json()["evidence"]
        assert [piece["mentions"] for piece in pieces][1:] == [["scipy"]]
        proposal = take("# nothing\n", today=SECOND)
        assert (proposal.detached, proposal.ended) == (["analysis"], [])
        assert client.get("/use-cases/analysis").get_json()["evidence"] == claimed["evidence"]


class TestNextVersion:
    def test_the_same_file_again_changes_nothing(self, client, take):
        take("Flask>=3\nnumpy\n")
        version = client.get("/teams").headers["Atlas-Version"]
        proposal = take("Flask>=3\nnumpy\n", today=SECOND)
        assert (proposal.report.created, proposal.report.updated) == ([], [])
        assert client.get("/teams").headers["Atlas-Version"] == version

    def test_what_is_gone_ends(self, client, take):
        take("Flask\nnumpy\n")
        proposal = take("numpy\n", today=SECOND)
        assert proposal.ended == ["core-uses-flask"]
        assert client.get("/use-cases/core-uses-flask").get_json()["until"] == "2026-02-01"
        assert client.get("/use-cases/core-uses-numpy").get_json()["until"] is None

    def test_what_has_ended_ends_once(self, client, take):
        take("Flask\n")
        take("# nothing\n", today=SECOND)
        proposal = take("# nothing still\n", today=date(2026, 3, 1))
        assert proposal.ended == []
        assert client.get("/use-cases/core-uses-flask").get_json()["until"] == "2026-02-01"

    def test_what_comes_back_goes_on(self, client, take):
        take("Flask\n")
        take("# nothing\n", today=SECOND)
        take("Flask>=3\n", today=date(2026, 3, 1))
        item = client.get("/use-cases/core-uses-flask").get_json()
        assert (item["until"], item["usages"][0]["version_range"]) == (None, ">=3")

    def test_it_does_not_end_before_it_began(self, client, take):
        take("Flask\n")
        client.patch("/use-cases/core-uses-flask", {"since": "2026-05-01"})
        take("# nothing\n", today=SECOND)
        assert client.get("/use-cases/core-uses-flask").get_json()["until"] == "2026-05-01"

    def test_another_file_of_the_team_ends_nothing(self, client, take):
        take("Flask\n")
        proposal = take("numpy\n", source="core-dev-txt", file="dev.txt", today=SECOND)
        assert (proposal.ended, proposal.detached) == ([], [])
        assert len(use_cases(client)) == 2

    def test_a_source_that_was_named_by_hand_keeps_its_words(self, client, take):
        take("Flask\n")
        client.patch("/sources/core-requirements-txt", {"title": "What Core needs", "note": "On main."})
        take("Flask>=3\n", today=SECOND)
        source = client.get("/sources/core-requirements-txt").get_json()
        assert (source["title"], source["note"]) == ("What Core needs", "On main.")
        assert source["accessed_on"] == "2026-02-01"


class TestTerms:
    def test_scopes_and_ranges_of_all_places_are_kept(self, client, take):
        text = (
            '[project]\nname = "x"\ndependencies = ["flask>=3"]\n'
            '[dependency-groups]\ndev = ["flask[async]>=3.1"]\n'
        )
        take(text, "pyproject")
        (item,) = use_cases(client)
        assert item["usages"][0]["scope"] == "runtime, group:dev"
        assert item["usages"][0]["version_range"] == ">=3 || >=3.1"
        assert len(item["evidence"]) == 2

    def test_remarks_are_handed_on(self, take):
        proposal = take("-r other.txt\nFlask\n")
        assert [(remark.line, remark.code) for remark in proposal.remarks] == [(1, "not_followed")]


class TestSlugs:
    def test_they_are_free_however_long_the_names(self, client, make, take):
        make.use_case(slug="core-uses-flask")
        longs = [f"{'a' * 78}-{letter}" for letter in "bc"]
        take("\n".join(["flask", *longs]))
        assert len(use_cases(client, team="core")) == 3

    def test_many_dependencies_take_few_statements(self, database, make, take, statements):
        text = "\n".join(f"package-{number}" for number in range(500))
        take(text)
        origin = Origin(**FILE, text=text, today=FIRST)
        with statements() as seen, database.reading() as connection:
            propose(connection, read_manifest("requirements", text), origin)
        assert len(seen) <= 25
