import csv
import io
import json

import pytest

from app.cli.asking import REASONS
from app.cli.helping import examples
from app.schemas.worklist import STALE_DAYS, Reason


class TestWhoUses:
    def test_it_lists_teams_with_purposes(self, ask):
        result = ask("who-uses", "numpy")
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.splitlines()[:2] == [
            "TEAM                PURPOSES                              ROLES  USE CASES  EVIDENCE",
            "CORE                Alert analysis, Statistical analysis  uses   1          2019-04-30",
        ]

    @pytest.mark.parametrize(
        "name",
        [
            "sklearn",
            "Scikit-Learn",
            "scikit_learn",
            "pkg:pypi/scikit-learn@1.5",
            "https://github.com/scikit-learn/scikit-learn",
            "github.com/scikit-learn/scikit-learn",
            "git@github.com:scikit-learn/scikit-learn.git",
        ],
    )
    def test_it_takes_any_name(self, ask, name):
        assert ask("who-uses", name).stdout.splitlines()[1].startswith("Machine learning")

    def test_json_is_the_items_of_the_api(self, ask, seeded):
        items = seeded.get("/libraries/numpy/teams").get_json()["items"]
        assert json.loads(ask("who-uses", "numpy", "--json").stdout) == items

    def test_csv_has_a_row_a_team(self, ask):
        rows = list(csv.DictReader(io.StringIO(ask("who-uses", "numpy", "--csv").stdout)))
        assert [(row["team"], row["purposes"]) for row in rows[:2]] == [
            ("core", "alert-analysis|statistical-analysis"),
            ("demand-engineering", "numerical-analysis"),
        ]

    def test_limit_prints_no_more(self, ask):
        assert len(ask("who-uses", "numpy", "--limit", "1").stdout.splitlines()) == 2

    def test_a_name_that_is_close_is_offered(self, ask):
        result = ask("who-uses", "nump")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "Error: There is no library called 'nump'. Did you mean numpy?\n"

    def test_several_that_are_close_are_all_offered(self, ask):
        assert "Did you mean r, jupyter-notebook or jupyter-server?" in ask("who-uses", "jupiter").stderr

    def test_nothing_close_is_nothing_offered(self, ask):
        assert ask("who-uses", "zzzzqq").stderr == "Error: There is no library called 'zzzzqq'.\n"

    def test_that_nobody_uses_it_is_an_answer(self, ask):
        result = ask("who-uses", "flask-restx")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "Error: Nobody is known to use Flask-RESTX.\n"

    @pytest.mark.parametrize("words", [[], ["a", "b"], ["a", "--limit", "0"], ["a", "--unknown"]])
    def test_wrong_usage_is_told(self, away, words):
        result = away("who-uses", *words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "Usage: " in result.stderr

    def test_hostile_names_never_reach_the_terminal_raw(self, of_server, server):
        name = "\x1b[2J\x9b31m\u202e\x07"
        reference = {"slug": "x", "name": name, "title": name}
        item = {"team": reference, "organization": reference, "area": name, "purposes": [reference]}
        item |= {"roles": [name], "use_cases": 1, "contact_url": name, "newest_evidence": None}
        server.give("/lookup", reference)
        server.give("/libraries/x/teams", {"items": [item], "next": None})
        for form in ([], ["--json"], ["--csv"]):
            output = of_server("who-uses", "x", *form).output
            assert output
            assert not set(output) & set("\x1b\x9b\u202e\x07")

    def test_a_refusal_other_than_not_found_is_passed_on(self, of_server, server):
        server.refuse("/lookup", 503, {"detail": "Busy."})
        result = of_server("who-uses", "x")
        assert (result.exit_code, result.stderr) == (3, "Error: Busy.\n")


class TestUses:
    @pytest.mark.parametrize("name", ["core", "CORE", "Core"])
    def test_it_lists_libraries_with_purposes(self, ask, name):
        result = ask("uses", name)
        assert result.exit_code == 0
        assert [line.split()[0] for line in result.stdout.splitlines()] == [
            "LIBRARY",
            *("NumPy", "pandas", "Python", "ruptures", "SciPy"),
        ]

    def test_csv_has_a_row_a_library(self, ask):
        rows = list(csv.DictReader(io.StringIO(ask("uses", "core", "--csv").stdout)))
        assert [row["library"] for row in rows] == ["numpy", "pandas", "python", "ruptures", "scipy"]

    def test_a_name_that_is_close_is_offered(self, ask):
        result = ask("uses", "insight-enginering")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.endswith("Did you mean insight-engineering?\n")

    @pytest.mark.parametrize("name", ["zzzzqq", "a/b", "..", "%2e", "?", "#"])
    def test_a_name_of_any_form_is_merely_not_found(self, ask, name):
        result = ask("uses", name)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"Error: There is no team called '{name}'.")

    def test_teams_of_one_name_are_told_apart_by_slug(self, run, make):
        for organization in (make.organization(), make.organization()):
            slug = organization["slug"]
            make.team(name="Core", organization=slug, slug=f"core-{slug}")
        result = run("uses", "CORE")
        assert result.exit_code == 1
        assert (
            "Several teams are called 'CORE'. Did you mean core-organization-1 or core-organization-2?"
            in result.stderr
        )

    def test_that_nothing_is_known_is_an_answer(self, run, make):
        make.team(name="New")
        result = run("uses", "new")
        assert (result.exit_code, result.stderr) == (1, "Error: Nothing is known of what New uses.\n")

    @pytest.mark.parametrize("items", [[{}], [[]], [{"team": {"name": "x"}}]])
    def test_what_is_no_coverage_is_trouble(self, of_server, server, items):
        server.give("/coverage", {"items": items})
        result = of_server("uses", "core")
        assert (result.exit_code, result.stdout) == (3, "")

    def test_a_team_that_only_its_slug_finds_is_not_guessed(self, of_server, server):
        server.give("/coverage", {"items": []})
        server.give("/teams/core", {"slug": "core"})
        assert of_server("uses", "core").stderr == "Error: There is no team called 'core'.\n"


class TestWorklist:
    def test_it_lists_use_cases_with_reasons(self, ask):
        result = ask("worklist", "Insight Engineering")
        assert (result.exit_code, result.stderr) == (0, "")
        lines = result.stdout.splitlines()
        assert lines[0].split() == ["USE", "CASE", "SLUG", "WHY", "SAID", "LIBRARIES"]
        assert "unchecked, deprecated library  2" in lines[2]
        assert lines[2].endswith("Flask-RESTPlus > Flask-RESTX")

    def test_json_is_the_items_of_the_api(self, ask, seeded):
        asked = "reason=deprecated_library&reason=stale&stale=0"
        items = seeded.get(f"/teams/information-security/worklist?{asked}").get_json()["items"]
        words = ("--reason", "deprecated_library", "--reason", "stale", "--stale", "0", "--json")
        told = json.loads(ask("worklist", "information-security", *words).stdout)
        assert [item["use_case"] for item in told] == [item["use_case"] for item in items]

    def test_csv_has_a_row_a_use_case(self, ask):
        rows = list(csv.DictReader(io.StringIO(ask("worklist", "core", "--limit", "2", "--csv").stdout)))
        assert [(row["use_case"], row["reasons"], row["status"]) for row in rows] == [
            ("core-alert-signals", "unchecked", "documented"),
            ("core-analysis-systems", "unchecked", "documented"),
        ]

    def test_a_library_without_successor_is_just_named(self, run, make):
        old = make.library(name="Old", lifecycle="archived")["slug"]
        make.use_case(team=make.team(slug="core")["slug"], library=old)
        assert run("worklist", "core").stdout.splitlines()[1].endswith("  Old")

    def test_that_nothing_wants_attention_is_an_answer(self, ask):
        result = ask("worklist", "core", "--reason", "disputed")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "Error: Nothing of CORE wants attention.\n"

    def test_its_reasons_and_its_days_are_those_of_the_api(self, away):
        assert list(Reason) == list(REASONS)
        assert f"[default: {STALE_DAYS}]" in " ".join(away("worklist", "--help").stdout.split())


class TestSearch:
    def test_it_shows_hits_of_all_kinds(self, ask):
        result = ask("search", "gradient", "boosting")
        assert result.exit_code == 0
        assert result.stdout.startswith("KIND      NAME ")
        assert "\nlibrary   XGBoost " in result.stdout
        assert "\nuse case  Boosted decision trees" in result.stdout

    def test_it_looks_among_some_kinds(self, ask):
        rows = json.loads(ask("search", "--kind", "purpose", "gradient", "--json").stdout)
        assert {row["kind"] for row in rows} == {"purpose"}

    def test_a_slip_is_forgiven_and_told(self, ask):
        result = ask("search", "jupiter", "notebok", "--limit", "1")
        assert result.stderr == "Taken for: jupyter notebook\n"
        assert len(result.stdout.splitlines()) == 2

    def test_that_not_all_words_are_held_is_told(self, ask):
        result = ask("search", "numpy", "kubernetes", "zzzzqq")
        assert "Nothing holds all these words" in result.stderr

    def test_nothing_is_an_answer(self, ask):
        result = ask("search", "zzzzqq")
        assert (result.exit_code, result.stdout, result.stderr) == (1, "", "Error: Nothing is found.\n")

    def test_csv_has_a_row_a_hit(self, ask):
        header, first = ask(
            "search", "numpy", "--kind", "library", "--limit", "1", "--csv"
        ).stdout.splitlines()
        assert header == "kind,name,slug,text,score"
        assert first.startswith("library,NumPy,numpy,")


class TestExamples:
    def test_lines_stay_as_they_are(self):
        assert examples("a b", "c", more="More.") == "\b\nExamples:\n  a b\n  c\n\nMore."
