import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from referencing import Registry, Resource

from app.catalogs.backstage import backstage_losses, write_backstage
from app.catalogs.backstage_names import EntityNames, parse_reference
from app.catalogs.backstage_shapes import is_url
from tests.catalogs.atlases import atlas, atlases, library, seeded, use_case

FOLDER = Path(__file__).parent / "backstage_schemas"
SCHEMAS = [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]
REGISTRY = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema | {"$schema": "http://json-schema.org/draft-07/schema#"}))
    for schema in SCHEMAS
)
KINDS = {
    kind: jsonschema.Draft7Validator({"$ref": f"{kind}V1alpha1"}, registry=REGISTRY)
    for kind in ("Component", "Group")
}


def entities(records):
    return list(yaml.safe_load_all(write_backstage(records)))


def check(records):
    """Hold entities to the schemas of Backstage, and to the formats that its policies demand beyond."""
    references = set()
    for entity in entities(records):
        KINDS[entity["kind"]].validate(entity)
        meta = entity["metadata"]
        assert re.fullmatch(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", meta["name"])
        assert len(meta["name"]) <= 63
        assert all(re.fullmatch(r"[a-z0-9:+#]+(-[a-z0-9:+#]+)*", tag) for tag in meta.get("tags", []))
        assert all(len(tag) <= 63 for tag in meta.get("tags", []))
        assert all(isinstance(value, str) for value in meta["annotations"].values())
        references.add((entity["kind"], meta["namespace"], meta["name"]))
    assert len(references) == len(entities(records))


class TestWriting:
    def test_the_first_data_set_is_valid(self):
        check(seeded())

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(atlases())
    def test_every_atlas_is_valid(self, records):
        check(records)

    def test_the_same_records_give_the_same_text(self):
        assert write_backstage(seeded()) == write_backstage(seeded())

    def test_an_empty_atlas_gives_nothing(self):
        assert write_backstage({}) == ""

    def test_a_stack_depends_on_what_its_team_uses(self):
        records = atlas([library("flask"), library("rq")], [use_case("api", ["flask"])])
        stack = entities(records)[-1]
        assert stack["metadata"]["name"] == "core-stack"
        assert stack["spec"]["dependsOn"] == ["component:default/flask"]

    def test_a_stack_leaves_out_what_is_no_longer_used(self):
        records = atlas([library("flask")], [use_case("api", ["flask"], status="retired")])
        assert entities(records)[-1]["spec"]["dependsOn"] == []

    def test_a_team_that_builds_a_library_owns_it(self):
        built = use_case("api", [], usages=[{"library": "winston", "role": "builds"}])
        owner = entities(atlas([library("winston", maker="acme")], [built]))[3]["spec"]["owner"]
        assert owner == "group:default/core"

    def test_the_maker_owns_a_library_that_no_team_builds(self):
        owner = entities(atlas([library("flask", maker="acme")]))[3]["spec"]["owner"]
        assert owner == "group:organizations/acme"

    def test_nobody_known_owns_a_library_without_maker(self):
        assert entities(atlas([library("flask")]))[3]["spec"]["owner"] == "group:organizations/unknown"

    def test_a_repository_is_where_plugins_of_backstage_look(self):
        item = library("flask", repository_url="https://github.com/pallets/flask")
        annotations = entities(atlas([item]))[3]["metadata"]["annotations"]
        assert annotations["github.com/project-slug"] == "pallets/flask"
        assert annotations["backstage.io/source-location"] == "url:https://github.com/pallets/flask"

    def test_a_repository_elsewhere_has_no_slug_of_github(self):
        item = library("x", repository_url="https://gitlab.com/a/b")
        assert "github.com/project-slug" not in entities(atlas([item]))[3]["metadata"]["annotations"]

    def test_what_is_no_repository_is_no_location(self):
        item = library("x", repository_url="https://github.com/a")
        assert "backstage.io/source-location" not in entities(atlas([item]))[3]["metadata"]["annotations"]

    def test_a_team_of_an_unknown_organization_has_no_parent(self):
        records = atlas(organizations=[])
        assert "parent" not in entities(records)[0]["spec"]

    @pytest.mark.parametrize("name", ["1e3", "0o17", "1_000", "2024-01-01", "yes", "~", ".5"])
    def test_text_that_looks_like_a_number_is_quoted(self, name):
        line = next(
            line for line in write_backstage(atlas([library("x", name=name)])).splitlines() if name in line
        )
        assert line == f"  title: '{name}'"


class TestLosses:
    def test_it_counts_what_is_left_out(self):
        records = atlas(
            [library("x", topics=["t" * 64], homepage_url="http://a:99999/", lifecycle_source="paper")],
            [use_case("a", ["x"], confirmed_at="2026-01-01T00:00:00Z"), use_case("b", ["x"], "ghosts")],
            purposes=[{"slug": "idle", "name": "Idle"}],
        )
        assert backstage_losses(records) == [
            "pieces of evidence: 2",
            "sources: 1",
            "confirmations: 1",
            "purposes that no use case serves: 1",
            "sources of states of libraries: 1",
            "topics of more than 63 characters: 1",
            "addresses that browsers refuse: 1",
            "teams that are only pointed at: 1",
        ]

    def test_nothing_is_lost_of_nothing(self):
        assert backstage_losses({}) == []


class TestNames:
    def test_a_slug_that_fits_is_the_name(self):
        assert EntityNames().take("component", "flask") == "flask"

    def test_a_long_slug_is_shortened_by_a_digest(self):
        name = EntityNames().take("component", "a" * 80)
        assert re.fullmatch(r"a{54}-[0-9a-f]{8}", name)

    def test_a_name_that_is_taken_gets_a_digest(self):
        names = EntityNames()
        assert names.take("component", "core-stack") != names.take("component", "core-stack")

    @pytest.mark.parametrize(
        ("written", "full"),
        [
            ("x", "group:default/x"),
            ("ns/X", "group:ns/x"),
            ("user:x", "user:default/x"),
            ("Component:ns/x", "component:ns/x"),
        ],
    )
    def test_references_are_given_in_full(self, written, full):
        assert parse_reference(written, "group") == full


class TestAddresses:
    @pytest.mark.parametrize(
        "url", ["https://a.example/", "http://1.2.3.4/", "http://a:80/", "http://localhost"]
    )
    def test_browsers_take_these(self, url):
        assert is_url(url)

    @pytest.mark.parametrize("url", ["http://a:99999/", "http://1.2.3.4.5/", "http://a.0x/", "http://xn--a/"])
    def test_browsers_refuse_these(self, url):
        assert not is_url(url)
