import json

import pytest
from hypothesis import HealthCheck, given, settings

from app.catalogs.backstage import write_backstage
from app.catalogs.backstage_reading import read_backstage
from app.errors import AtlasError
from tests.catalogs.atlases import atlas, atlases, check_catalog, library, seeded, use_case

PAYMENTS = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  title: Payments Service
  description: Takes money.
  tags: [java, tier-1]
  links:
    - {url: https://wiki.example/payments, title: Docs}
    - {url: https://payments.example/}
spec:
  type: service
  lifecycle: production
  owner: team-a
  dependsOn: ['resource:orders-db', component:default/ledger]
  consumesApis: [rates]
"""


def entity(kind="Component", name="x", metadata="", spec=""):
    head = f"apiVersion: backstage.io/v1\nkind: {kind}\nmetadata:\n  name: {name}{metadata}\n"
    return f"{head}spec:{spec or ' {}'}\n"


def owned(spec="", **rest):
    return entity(spec=f"\n  owner: team-a{spec}", **rest)


def read(*documents):
    text = "---\n".join(documents)
    catalog = read_backstage(text, source="catalog", organization="acme")
    check_catalog(catalog, text)
    return catalog


def codes(catalog):
    return [remark.code for remark in catalog.remarks]


def only(catalog, path):
    (record,) = catalog.records[path]
    return record


class TestComponents:
    def test_each_is_a_library(self):
        found = {item["slug"]: item for item in read(PAYMENTS).records["libraries"]}
        assert sorted(found) == ["ledger", "orders-db", "payments", "rates"]
        assert found["payments"] == {
            "slug": "payments",
            "name": "Payments Service",
            "kind": "service",
            "origin": "in_house",
            "summary": "Takes money.",
            "documentation_url": "https://wiki.example/payments",
            "homepage_url": "https://payments.example/",
            "topics": ["java", "tier-1"],
            "lifecycle": "active",
            "aliases": [],
        }

    def test_its_team_builds_it_on_what_it_depends_on(self):
        case = only(read(PAYMENTS), "use-cases")
        assert (case["team"], case["title"]) == ("team-a", "Builds Payments Service")
        assert [(usage["library"], usage["role"]) for usage in case["usages"]] == [
            ("payments", "builds"),
            ("orders-db", "uses"),
            ("ledger", "uses"),
            ("rates", "uses"),
        ]

    def test_evidence_points_at_its_spec(self):
        (piece,) = only(read(PAYMENTS), "use-cases")["evidence"]
        assert PAYMENTS[piece["start"] : piece["end"]] == PAYMENTS[PAYMENTS.index("spec:") :].rstrip()
        assert piece["mentions"] == ["payments", "orders-db", "ledger", "rates"]
        assert (piece["line"], piece["section"], piece["kind"]) == (11, "Component payments", "declared")

    def test_its_team_is_known_by_its_name_alone(self):
        assert only(read(PAYMENTS), "teams") == {"slug": "team-a", "name": "team-a", "organization": "acme"}

    @pytest.mark.parametrize(
        ("kind", "type_", "expected"),
        [
            ("Component", "library", "library"),
            ("Component", "website", "application"),
            ("Component", "odd", "application"),
            ("API", "openapi", "service"),
            ("Resource", "database", "platform"),
        ],
    )
    def test_the_type_tells_the_kind(self, kind, type_, expected):
        found = only(read(owned(f"\n  type: {type_}", kind=kind)), "libraries")
        assert found["kind"] == expected

    def test_a_type_that_is_no_kind_of_ours_is_a_topic(self):
        assert only(read(owned("\n  type: openapi")), "libraries")["topics"] == ["openapi"]

    @pytest.mark.parametrize(
        ("written", "lifecycle"),
        [("production", "active"), ("deprecated", "deprecated"), ("retired", "archived"), ("odd", "unknown")],
    )
    def test_the_lifecycle_is_taken_as_far_as_it_is_known(self, written, lifecycle):
        assert only(read(owned(f"\n  lifecycle: {written}")), "libraries")["lifecycle"] == lifecycle

    def test_a_resource_is_run_not_built(self):
        case = only(read(owned(kind="Resource")), "use-cases")
        assert (case["title"], case["usages"]) == ("Runs x", [{"library": "x", "role": "uses"}])

    def test_two_kinds_of_one_name_are_two_libraries(self):
        found = read(entity(), entity("API")).records["libraries"]
        assert found[0]["slug"] == "x"
        assert found[1]["slug"].startswith("x-")
        assert found[1]["name"] == f"x ({found[1]['slug']})"

    def test_the_repository_is_where_its_annotation_says(self):
        metadata = "\n  annotations: {github.com/project-slug: a/b}"
        assert (
            only(read(entity(metadata=metadata)), "libraries")["repository_url"] == "https://github.com/a/b"
        )

    def test_a_link_to_a_repository_is_one(self):
        metadata = "\n  links: [{url: 'https://x/', title: Source Code}]"
        assert only(read(entity(metadata=metadata)), "libraries")["repository_url"] == "https://x/"

    def test_a_link_that_has_no_place_gets_a_remark(self):
        metadata = "\n  links: [{url: 'https://x/'}, {url: 'https://y/'}, {url: 'ftp://z'}]"
        assert codes(read(entity(metadata=metadata))).count("link_not_carried") == 2

    def test_a_long_description_is_cut_with_a_remark(self):
        catalog = read(entity(metadata=f"\n  description: {'x' * 501}"))
        assert len(only(catalog, "libraries")["summary"]) == 500
        assert "cut" in codes(catalog)

    def test_it_depends_on_no_system(self):
        catalog = read(owned("\n  dependsOn: ['system:s', 'component:x']"))
        assert len(only(catalog, "use-cases")["usages"]) == 1
        assert codes(catalog) == ["not_carried"]

    def test_a_reference_that_is_no_text_gets_a_remark(self):
        assert codes(read(owned("\n  dependsOn:\n    - component: auth"))) == ["bad_reference"]


class TestOwners:
    @pytest.mark.parametrize("owner", ["user:default/jane", "jane@example.com"])
    def test_a_person_is_no_team(self, owner):
        catalog = read(entity(spec=f"\n  owner: {owner}"))
        assert codes(catalog) == ["owner_not_a_team"]
        assert set(catalog.records) == {"libraries"}

    def test_nobody_is_no_team(self):
        assert codes(read(entity())) == ["no_owner"]

    def test_an_organization_is_no_team(self):
        group = entity("Group", "acme", spec="\n  type: organization")
        assert codes(read(entity(spec="\n  owner: acme"), group)) == ["owner_not_a_team"]

    def test_a_group_of_the_file_is_the_team(self):
        group = entity("Group", "team-a", spec="\n  profile: {displayName: The A Team}")
        assert only(read(owned(), group), "teams")["name"] == "The A Team"


class TestGroups:
    def test_an_organization_is_one(self):
        metadata = "\n  links: [{url: 'https://acme.example/'}]"
        group = entity("Group", "Acme", metadata, "\n  type: organization")
        assert only(read(group), "organizations") == {
            "slug": "acme",
            "name": "Acme",
            "homepage_url": "https://acme.example/",
        }

    def test_a_team_belongs_to_the_organization_above_it(self):
        top = entity("Group", "top", spec="\n  type: company\n  children: [middle]")
        catalog = read(top, entity("Group", "middle"), entity("Group", "low", spec="\n  parent: middle"))
        assert [team["organization"] for team in catalog.records["teams"]] == ["top", "top"]

    def test_a_team_in_a_circle_belongs_to_the_one_that_was_given(self):
        circle = entity("Group", "a", spec="\n  parent: b"), entity("Group", "b", spec="\n  parent: a")
        assert [team["organization"] for team in read(*circle).records["teams"]] == ["acme", "acme"]


class TestRemarks:
    @pytest.mark.parametrize("kind", ["System", "Domain", "User", "Location", "Template"])
    def test_other_kinds_are_left_out(self, kind):
        catalog = read(entity(kind))
        assert (codes(catalog), catalog.records) == (["kind_not_carried"], {})

    def test_members_without_a_place_are_named(self):
        metadata = "\n  labels: {a: b}\n  annotations: {pagerduty.com/id: x}"
        spec = "\n  owner: team-a\n  system: s\n  profile: {email: a@b.c}"
        (remark,) = read(entity(metadata=metadata, spec=spec)).remarks
        assert remark.detail == (
            "Not carried: metadata.labels, spec.system, metadata.annotations, spec.profile.email."
        )

    def test_only_some_of_very_many_members_are_named(self):
        spec = "\n  owner: team-a" + "".join(f"\n  m{number}: 1" for number in range(12))
        (remark,) = read(entity(spec=spec)).remarks
        assert remark.detail.endswith("spec.m9 and 2 more.")

    def test_a_second_entity_of_one_reference_is_left_out(self):
        assert codes(read(owned(), owned())) == ["given_twice"]

    def test_what_is_no_entity_is_left_out(self):
        assert codes(read(owned(), "apiVersion: v1\nkind: Pod\n")) == ["not_an_entity"]

    def test_empty_documents_are_passed_over(self):
        assert codes(read(owned(), "", "# nothing\n")) == []

    def test_a_list_of_entities_is_read(self):
        listed = "- apiVersion: backstage.io/v1\n  kind: Domain\n  metadata: {name: x}\n"
        assert codes(read(listed)) == ["kind_not_carried"]

    @pytest.mark.parametrize("text", ["", "[]", "x", "apiVersion: v1\nkind: Pod\n"])
    def test_a_file_without_entities_is_refused(self, text):
        with pytest.raises(AtlasError) as caught:
            read(text)
        assert (caught.value.code, caught.value.members) == ("bad_catalog", {"line": 1})


PLACES = ("organizations", "teams", "libraries", "purposes", "use-cases")
# Addresses that browsers refuse are left out too; the first data set has none.
LEFT_OUT = {"evidence", "lifecycle_source", "replaced_by_source", "confirmed_at", "confirmed_by"}
DEFAULTS = {
    "libraries": {"kind": "library", "origin": "open_source", "lifecycle": "unknown"},
    "use-cases": {"stance": "uses", "status": "documented"},
}


def carried(records, left_out=frozenset()):
    """Give what an export carries of records: what has a place, and of purposes those that are served."""
    served = {slug for case in records["use-cases"] for slug in case.get("purposes", ())}
    return {
        (path, item["slug"]): DEFAULTS.get(path, {}) | plain(item, LEFT_OUT | left_out)
        for path in PLACES
        for item in records.get(path, ())
        if path != "purposes" or item["slug"] in served
    }


def plain(item, left_out):
    short = {name: value for name, value in item.items() if name not in left_out and value not in (None, [])}
    lists = {name: sorted(short[name]) for name in ("topics", "aliases", "purposes") if name in short}
    if "topics" in lists:
        lists["topics"] = [topic for topic in lists["topics"] if len(topic) <= 63]
    return {**short, **lists}


class TestRoundTrip:
    def test_the_first_data_set_comes_back(self):
        catalog = read(write_backstage(seeded()))
        assert carried(catalog.records) == carried(seeded())
        assert catalog.remarks == ()

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(atlases())
    def test_any_atlas_comes_back(self, records):
        catalog = read(write_backstage(records))
        addresses = {"homepage_url", "repository_url"}
        assert carried({"use-cases": [], **catalog.records}, addresses) == carried(records, addresses)

    def test_a_name_that_was_shortened_comes_back_whole(self):
        slug = "a" * 80
        assert only(read(write_backstage(atlas([library(slug)]))), "libraries")["slug"] == slug

    def test_other_names_come_back(self):
        records = atlas([library("x", aliases=["Ex", "Iks"])])
        assert only(read(write_backstage(records)), "libraries")["aliases"] == ["Ex", "Iks"]


def stack(use_cases, purposes="[]"):
    item = entity(metadata="\n  annotations: {toolatlas/slug: rq}")
    notes = f"    toolatlas/use-cases: {json.dumps(use_cases)}\n    toolatlas/purposes: '{purposes}'"
    return item, owned("\n  type: stack", name="core-stack", metadata=f"\n  annotations:\n{notes}")


class TestNotesOfOurOwn:
    def test_what_is_wrong_with_them_is_told(self):
        cases = [{"slug": "A B"}, {"slug": "b", "title": "B", "usages": [{"library": "ghost"}, 3]}, 4]
        catalog = read(*stack(json.dumps(cases)))
        assert codes(catalog) == ["no_owner", "bad_annotation", "bad_annotation", "bad_annotation"]
        assert only(catalog, "use-cases")["usages"] == []

    def test_what_is_not_right_is_replaced(self):
        case = {
            "slug": "b",
            "title": "B",
            "since": "2020-01-02",
            "until": "2019-01-01",
            "stance": "x",
            "purposes": 3,
        }
        case["usages"] = [{"library": "rq", "role": "x", "version_range": ">=1"}] * 2
        found = only(read(*stack(json.dumps([case]))), "use-cases")
        assert (found["since"], found.get("until"), found["stance"], found["purposes"]) == (
            "2020-01-02",
            None,
            "uses",
            [],
        )
        assert found["usages"] == [{"library": "rq", "role": "uses", "version_range": ">=1"}]

    @pytest.mark.parametrize("notes", ["{", "{}", "[" * 40])
    def test_what_is_no_list_is_told(self, notes):
        assert codes(read(*stack(notes, notes))).count("bad_annotation") == 2

    def test_purposes_come_with_their_names(self):
        purposes = json.dumps([{"slug": "p", "name": "P"}, {"slug": "q"}, {"slug": "R R"}])
        found = read(*stack("[]", purposes)).records["purposes"]
        assert found == [{"slug": "p", "name": "P"}, {"slug": "q", "name": "q"}]

    @pytest.mark.parametrize("notes", ["{", "{}"])
    def test_other_names_that_are_no_list_are_left_out(self, notes):
        metadata = f"\n  annotations: {{toolatlas/slug: rq, toolatlas/aliases: '{notes}'}}"
        assert only(read(entity(metadata=metadata)), "libraries")["aliases"] == []

    def test_a_stack_without_notes_is_a_component(self):
        assert only(read(owned("\n  type: stack")), "libraries")["slug"] == "x"

    def test_a_library_of_our_own_is_owned_without_being_built(self):
        item = owned(metadata="\n  annotations: {toolatlas/slug: rq}")
        assert "use-cases" not in read(item).records

    def test_use_cases_of_an_owner_that_is_no_team_are_left_out(self):
        item, noted = stack(json.dumps([{"slug": "b", "title": "B"}]))
        catalog = read(item, noted.replace("owner: team-a", "owner: user:jane"))
        assert "use-cases" not in catalog.records


class TestSameAgain:
    def test_a_use_case_of_a_seeded_team_is_the_same(self):
        records = atlas([library("rq")], [use_case("jobs", ["rq"], description="Jobs.")])
        (case,) = read(write_backstage(records)).records["use-cases"]
        assert (case["slug"], case["team"], case["description"]) == ("jobs", "core", "Jobs.")
