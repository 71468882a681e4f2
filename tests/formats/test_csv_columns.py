import pytest

from app.formats.csv_columns import columns_of
from app.schemas.records import LibrarySchema, OrganizationSchema, TeamSchema, UseCaseSchema
from app.schemas.search import HitSchema
from app.schemas.views import TeamLibrarySchema

TEAM = {"slug": "core", "name": "CORE", "organization": {"slug": "netflix", "name": "Netflix"}, "area": None}
USE_CASE = {
    "slug": "alerts",
    "team": {"slug": "core", "name": "CORE"},
    "usages": [
        {"library": {"slug": "flask", "name": "Flask"}, "role": "builds", "version_range": None},
        {"library": {"slug": "numpy", "name": "a|b"}, "role": "uses", "version_range": ">=1"},
    ],
    "evidence": [{"mentions": ["x", "y"]}, {"mentions": []}],
}


def names(*arguments, **options):
    return [column.name for column in columns_of(*arguments, **options)]


def cells(document, *arguments, wanted, **options):
    found = {column.name: column.cell for column in columns_of(*arguments, **options)}
    return [found[name](document) for name in wanted]


class TestColumnsOf:
    def test_a_reference_is_its_slug_and_its_name(self):
        assert names(TeamSchema)[:4] == ["slug", "name", "organization", "organization.name"]
        assert cells(TEAM, TeamSchema, wanted=["organization", "organization.name"]) == ["netflix", "Netflix"]

    def test_a_reference_that_leads_nowhere_is_empty(self):
        assert cells({"maker": None}, LibrarySchema, wanted=["maker", "maker.name"]) == ["", ""]

    def test_objects_of_a_list_stand_side_by_side(self):
        wanted = ["usages.library", "usages.library.name", "usages.role", "usages.version_range"]
        assert cells(USE_CASE, UseCaseSchema, wanted=wanted) == [
            "flask|numpy",
            "Flask|a\\|b",
            "builds|uses",
            "|>=1",
        ]

    def test_lists_within_lists_are_joined_twice(self):
        assert cells(USE_CASE, UseCaseSchema, wanted=["evidence.mentions"]) == ["x\\|y|"]

    def test_only_the_members_that_are_wanted_are_there(self):
        assert names(UseCaseSchema, ["team"]) == ["slug", "team", "team.name"]

    def test_flat_records_have_what_can_be_written_alone(self):
        flat = names(TeamSchema, is_flat=True)
        assert flat == ["slug", "name", "organization", "area", "description", "contact_url", "aliases"]

    def test_flat_references_are_slugs(self):
        assert cells({"organization": "netflix"}, TeamSchema, wanted=["organization"], is_flat=True) == [
            "netflix"
        ]

    def test_an_expanded_reference_has_all_its_members(self):
        expanded = names(TeamSchema, expanded={"organization": OrganizationSchema})
        assert "organization" in expanded
        assert "organization.homepage_url" in expanded
        assert "organization.slug" not in expanded

    def test_expansions_reach_into_lists(self):
        assert "usages.library.topics" in names(UseCaseSchema, expanded={"usages.library": LibrarySchema})

    @pytest.mark.parametrize("schema", [TeamLibrarySchema, HitSchema])
    def test_views_have_columns_too(self, schema):
        found = names(schema)
        assert len(found) == len(set(found)) > 4
