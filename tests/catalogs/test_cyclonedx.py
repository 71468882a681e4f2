import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import HealthCheck, given, settings

from app.catalogs.cyclonedx import cyclonedx_losses, write_cyclonedx, write_cyclonedx_archive
from app.errors import NotFound
from tests.catalogs.atlases import atlas, atlases, library, seeded, use_case

STRICT = JsonStrictValidator(SchemaVersion.V1_6)


def bom(records, team="core", **rest):
    text = write_cyclonedx(records, team, **rest)
    assert STRICT.validate_str(text) is None
    return json.loads(text)


def component(item, *use_cases):
    return bom(atlas([item], use_cases or [use_case("api", [item["slug"]])]))["components"][0]


def properties(thing):
    return [(entry["name"].removeprefix("toolatlas:"), entry["value"]) for entry in thing["properties"]]


class TestBom:
    @pytest.mark.parametrize("team", [item["slug"] for item in seeded()["teams"]])
    def test_each_team_of_the_first_data_set_has_a_valid_one(self, team):
        assert bom(seeded(), team)["metadata"]["component"]["bom-ref"] == f"team:{team}"

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(atlases())
    def test_every_atlas_gives_valid_ones(self, records):
        for team in records["teams"]:
            bom(records, team["slug"])

    def test_a_team_that_is_not_there_has_none(self):
        with pytest.raises(NotFound):
            write_cyclonedx(atlas(), "ghosts")

    def test_the_team_is_the_root(self):
        records = atlas(
            teams=[{"slug": "core", "name": "Core", "organization": "acme", "contact_url": "https://c/"}]
        )
        assert bom(records)["metadata"] == {
            "component": {
                "type": "application",
                "bom-ref": "team:core",
                "group": "Acme",
                "name": "Core",
                "externalReferences": [{"type": "support", "url": "https://c/"}],
                "properties": [
                    {"name": "toolatlas:slug", "value": "core"},
                    {"name": "toolatlas:kind", "value": "team"},
                ],
            }
        }

    def test_the_same_records_give_the_same_text(self):
        assert write_cyclonedx(seeded(), "core") == write_cyclonedx(seeded(), "core")

    def test_other_contents_have_another_serial_number(self):
        records = [atlas([library("x", summary=text)], [use_case("a", ["x"])]) for text in "ab"]
        assert len({bom(each)["serialNumber"] for each in records}) == 2

    def test_the_time_is_told_if_it_is_given(self):
        at = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)
        assert bom(atlas(), at=at)["metadata"]["timestamp"] == "2026-11-25T01:02:03Z"

    def test_it_holds_what_is_in_use(self):
        cases = [
            use_case("a", ["now"]),
            use_case("b", ["then"], status="retired"),
            use_case("c", ["not"], stance="does_not_use"),
            use_case("d", ["other"], team="edge"),
        ]
        found = bom(atlas([library(slug) for slug in ("now", "then", "not", "other")], cases))["components"]
        assert [item["bom-ref"] for item in found] == ["library:now"]


class TestComponent:
    @pytest.mark.parametrize(
        ("kind", "type_"),
        [
            ("library", "library"),
            ("framework", "framework"),
            ("application", "application"),
            ("platform", "platform"),
            ("service", "application"),
            ("language", "platform"),
        ],
    )
    def test_the_kind_tells_the_type(self, kind, type_):
        found = component(library("x", kind=kind))
        assert found["type"] == type_
        assert ("kind", kind) in properties(found)

    def test_facts_stand_where_cyclonedx_has_a_place(self):
        facts = {
            "homepage_url": "https://h/",
            "repository_url": "https://r/",
            "documentation_url": "https://d/",
        }
        found = component(library("x", purl="pkg:pypi/x", maker="acme", license="MIT", topics=["t"], **facts))
        assert found["purl"] == "pkg:pypi/x"
        assert found["manufacturer"] == {"name": "Acme"}
        assert found["licenses"] == [{"license": {"id": "MIT"}}]
        assert found["tags"] == ["t"]
        assert [link["type"] for link in found["externalReferences"]] == ["website", "vcs", "documentation"]

    def test_the_rest_stands_in_properties(self):
        item = library("x", language="C", aliases=["Ex"], replaced_by="y", lifecycle="archived")
        case = use_case(
            "api", [], purposes=["p"], usages=[{"library": "x", "role": "builds", "version_range": ">1"}]
        )
        assert properties(component(item, case)) == [
            ("slug", "x"),
            ("kind", "library"),
            ("origin", "open_source"),
            ("lifecycle", "archived"),
            ("language", "C"),
            ("replaced-by", "y"),
            ("alias", "Ex"),
            ("role", "builds"),
            ("version-range", ">1"),
            ("purpose", "p"),
            ("use-case", "api"),
        ]

    @pytest.mark.parametrize(
        ("url", "uri"),
        [
            ("https://x/a|b?<c>#d#e", "https://x/a%7Cb?%3Cc%3E#d%23e"),
            ("https://x/%41%4", "https://x/%41%254"),
            ("https://x/#", "https://x/#"),
        ],
    )
    def test_addresses_are_what_the_schema_takes(self, url, uri):
        assert component(library("x", homepage_url=url))["externalReferences"][0]["url"] == uri


class TestOccurrences:
    def found(self, piece, **source):
        case = use_case("api", ["x"], evidence=[{"source": "paper", **piece}] * 2)
        sources = [{"slug": "paper", "kind": "article", "title": "Paper", **source}]
        records = atlas([library("x", name="Ex", aliases=["Iks"])], [case], sources=sources)
        return bom(records)["components"][0]["evidence"]["occurrences"]

    def test_each_points_at_its_source(self):
        piece = {"line": 3, "start": 7, "section": "Tools", "mentions": ["Other", "IKS"]}
        assert self.found(piece, url="https://p/") == [
            {
                "location": "https://p/",
                "line": 3,
                "offset": 7,
                "symbol": "IKS",
                "additionalContext": "Section: Tools\nMentions: Other, IKS",
            }
        ]

    def test_a_source_without_address_is_told_by_its_slug(self):
        assert self.found({}) == [{"location": "source:paper"}]

    def test_the_first_character_is_a_place_too(self):
        assert self.found({"start": 0}) == [{"location": "source:paper", "offset": 0}]


class TestDependencies:
    def test_the_team_depends_on_what_it_uses(self):
        records = atlas([library("x"), library("y")], [use_case("a", ["y", "x"])])
        assert bom(records)["dependencies"] == [{"ref": "team:core", "dependsOn": ["library:x", "library:y"]}]

    def test_what_it_builds_depends_on_what_it_uses_there(self):
        usages = [{"library": "x", "role": "builds"}, {"library": "y", "role": "extends"}]
        usages += [{"library": "z", "role": "integrates"}, {"library": "x", "role": "uses"}]
        records = atlas([library(slug) for slug in "xyz"], [use_case("a", [], usages=usages)])
        assert bom(records)["dependencies"][1:] == [{"ref": "library:x", "dependsOn": ["library:y"]}]

    def test_what_stands_on_nothing_is_not_said_to(self):
        records = atlas([library("x")], [use_case("a", [], usages=[{"library": "x", "role": "builds"}])])
        assert len(bom(records)["dependencies"]) == 1


class TestArchive:
    def test_it_holds_one_bom_a_team_that_uses_something(self):
        records = atlas([library("x")], [use_case("a", ["x"])])
        with zipfile.ZipFile(io.BytesIO(write_cyclonedx_archive(records))) as archive:
            assert archive.namelist() == ["core.cdx.json"]
            assert archive.read("core.cdx.json").decode() == write_cyclonedx(records, "core")

    def test_the_same_records_give_the_same_bytes(self):
        assert write_cyclonedx_archive(seeded()) == write_cyclonedx_archive(seeded())


class TestLosses:
    def test_it_counts_what_is_left_out(self):
        cases = [use_case("a", ["x"], description="D"), use_case("b", ["y"], status="retired")]
        cases[0]["evidence"][0]["note"] = "N"
        purposes = [{"slug": "p", "name": "P", "description": "D"}]
        assert cyclonedx_losses(atlas([library("x"), library("y")], cases, purposes=purposes)) == [
            "use cases that are retired, or say that something is not used: 1",
            "libraries that no team uses: 1",
            "descriptions of use cases: 1",
            "notes: 1",
            "descriptions of purposes: 1",
        ]
