"""The first data set is whole: nothing dangles, nothing is without a source, nothing is there for nothing."""

import itertools

import pytest
from license_expression import get_spdx_licensing
from packageurl import PackageURL

from app.models import Kind
from app.schemas.records import shape_of
from app.services.registry import COLLECTIONS
from app.services.seeding import first_data_set
from app.services.writing import load
from app.text import name_key

RECORDS = first_data_set()
BY_SLUG = {kind: {record["slug"]: record for record in items} for kind, items in RECORDS.items()}
ALL = [pytest.param(kind, record, id=record["slug"]) for kind, items in RECORDS.items() for record in items]
LIBRARIES = list(BY_SLUG[Kind.LIBRARY].values())
USE_CASES = list(BY_SLUG[Kind.USE_CASE].values())
EVIDENCE = [item for use_case in USE_CASES for item in use_case["evidence"]]


def slugs(items):
    return [pytest.param(item, id=item["slug"]) for item in items]


def values(items, name):
    return {item[name] for item in items if item.get(name)}


POINTED_AT = {
    Kind.ORGANIZATION: values(RECORDS[Kind.TEAM], "organization") | values(LIBRARIES, "maker"),
    Kind.TEAM: values(USE_CASES, "team"),
    Kind.LIBRARY: {usage["library"] for use_case in USE_CASES for usage in use_case["usages"]}
    | values(LIBRARIES, "replaced_by"),
    Kind.PURPOSE: set(itertools.chain.from_iterable(use_case["purposes"] for use_case in USE_CASES)),
    Kind.SOURCE: values(EVIDENCE, "source")
    | values(LIBRARIES, "lifecycle_source")
    | values(LIBRARIES, "replaced_by_source"),
}


class TestEveryRecord:
    @pytest.mark.parametrize(("kind", "record"), ALL)
    def test_it_is_of_its_shape_and_canonical(self, kind, record):
        loaded = load(COLLECTIONS[kind].schema, record)
        dumped = shape_of(COLLECTIONS[kind].schema).dump({**loaded, "evidence": []})
        plain = {name: value for name, value in record.items() if isinstance(value, str)}
        assert {name: dumped[name] for name in plain if isinstance(dumped[name], str)} == {
            name: plain[name] for name in plain if isinstance(dumped[name], str)
        }

    @pytest.mark.parametrize("kind", RECORDS)
    def test_its_slug_is_the_only_one(self, kind):
        assert len(BY_SLUG[kind]) == len(RECORDS[kind])

    @pytest.mark.parametrize("kind", POINTED_AT)
    def test_nothing_points_at_nothing(self, kind):
        assert POINTED_AT[kind] - BY_SLUG[kind].keys() == set()

    @pytest.mark.parametrize("kind", POINTED_AT)
    def test_everything_is_pointed_at(self, kind):
        assert BY_SLUG[kind].keys() - POINTED_AT[kind] == set()


class TestUseCases:
    @pytest.mark.parametrize("use_case", slugs(USE_CASES))
    def test_each_says_what_for(self, use_case):
        assert use_case["purposes"]
        assert use_case["description"]

    @pytest.mark.parametrize("use_case", slugs(USE_CASES))
    def test_each_piece_of_evidence_says_where_exactly(self, use_case):
        places = ("source", "section", "line", "start", "end", "excerpt_sha256")
        assert [name for item in use_case["evidence"] for name in places if item.get(name) is None] == []

    @pytest.mark.parametrize("use_case", slugs(USE_CASES))
    def test_each_says_what_its_tools_are_called_there(self, use_case):
        assert [item for item in use_case["evidence"] if item.get("mentions")]

    def test_no_two_say_the_same_of_the_same_place(self):
        spans = [
            (item["source"], item["start"], item["end"], use["slug"])
            for use in USE_CASES
            for item in use["evidence"]
        ]
        assert len(set(spans)) == len(spans)


class TestLibraries:
    @pytest.mark.parametrize("library", slugs(LIBRARIES))
    def test_each_is_described(self, library):
        assert library["summary"].endswith(".")
        assert library["topics"]

    @pytest.mark.parametrize("library", slugs(item for item in LIBRARIES if "purl" in item))
    def test_its_purl_is_canonical(self, library):
        purl = PackageURL.from_string(library["purl"])
        assert (purl.to_string(), purl.version) == (library["purl"], None)

    @pytest.mark.parametrize("library", slugs(item for item in LIBRARIES if "license" in item))
    def test_its_license_is_of_spdx(self, library):
        licensing = get_spdx_licensing()
        assert str(licensing.parse(library["license"], validate=True, strict=True)) == library["license"]

    @pytest.mark.parametrize("library", slugs(LIBRARIES))
    def test_somebody_says_so_if_it_is_no_longer_kept(self, library):
        is_kept = library.get("lifecycle", "unknown") in {"unknown", "active"}
        assert is_kept or library["lifecycle_source"]

    @pytest.mark.parametrize("library", slugs(item for item in LIBRARIES if "replaced_by" in item))
    def test_somebody_says_what_replaces_it(self, library):
        assert library["replaced_by_source"]

    def test_no_two_go_by_one_name(self):
        names = [{name_key(name) for name in (item["name"], *item.get("aliases", ()))} for item in LIBRARIES]
        assert sum(map(len, names)) == len(set().union(*names))

    @pytest.mark.parametrize("built", ["winston", "bolt"])
    def test_what_is_built_on_flask_restplus_has_a_way_out(self, built):
        roles = {
            usage["library"]: usage["role"]
            for use_case in USE_CASES
            if built in {usage["library"] for usage in use_case["usages"] if usage["role"] == "builds"}
            for usage in use_case["usages"]
        }
        assert roles["flask-restplus"] == "uses"
        assert BY_SLUG[Kind.LIBRARY]["flask-restplus"]["replaced_by"] == "flask-restx"
