import json

import pytest

from app.manifests.reading import read_manifest
from app.manifests.records import Occurrence
from tests.manifests.samples import purls, read_sample, refusal, remarks, rows, sample


def cyclonedx(**members):
    return read_manifest("cyclonedx", json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", **members}))


def spdx(*packages, **members):
    described = [{"SPDXID": name, "name": name} for name in packages]
    document = {"spdxVersion": "SPDX-2.3", "packages": described, **members}
    return read_manifest("spdx", json.dumps(document))


class TestCycloneDx:
    def test_what_the_root_depends_on_is_direct(self):
        assert rows(read_sample("bom.json")) == [
            ("@babel/code-frame", "7.24.7", "runtime"),
            ("Flask", "==3.0.3", "runtime"),
            ("click", "==8.1.7", "optional"),
            ("is-odd", "3.0.1", "dev"),
            ("org.apache.commons:commons-lang3", "[3.14.0]", "dev"),
            ("inhouse/tides", "1.0", "runtime"),
        ]

    def test_purls_have_no_version(self):
        assert purls(read_sample("bom.json")) == {
            "@babel/code-frame": "pkg:npm/%40babel/code-frame",
            "Flask": "pkg:pypi/flask",
            "click": "pkg:pypi/click",
            "is-odd": "pkg:npm/is-odd",
            "org.apache.commons:commons-lang3": "pkg:maven/org.apache.commons/commons-lang3",
            "inhouse/tides": None,
        }

    def test_the_place_is_the_whole_component(self):
        one = read_sample("bom.json").dependencies[0]
        component = json.loads(sample("bom.json")[one.start : one.end])
        assert (one.line, one.mention, component["name"]) == (9, "code-frame", "code-frame")

    def test_where_it_was_seen_is_kept(self):
        assert read_sample("bom.json").dependencies[0].occurrences == (
            Occurrence("package.json", 12, 4),
            Occurrence("yarn.lock"),
        )

    def test_an_unknown_reference_is_remarked_on(self):
        assert remarks(read_sample("bom.json")) == [(42, "unknown_reference")]

    def test_it_tells_the_name_of_the_root(self):
        assert read_sample("bom.json").subject == "org.example/forecast"

    def test_npm_calls_the_root_by_its_folder_so_that_the_purl_counts(self):
        component = {"name": "folder", "purl": "pkg:npm/%40a/real@1"}
        assert cyclonedx(metadata={"component": component}).subject == "@a/real"

    @pytest.mark.parametrize("graph", [{}, {"dependencies": [{"ref": "root"}]}])
    def test_without_a_graph_all_at_the_top_count(self, graph):
        components = [{"name": "a", "version": "1"}, {"type": "file", "name": "b"}]
        root = {"component": {"bom-ref": "root", "name": "r"}}
        manifest = cyclonedx(metadata=root, components=components, **graph)
        assert (rows(manifest), remarks(manifest)) == ([("a", "1", "runtime")], [(1, "no_graph")])

    def test_references_that_are_no_strings_are_remarked_on(self):
        root = {"component": {"bom-ref": "r"}}
        manifest = cyclonedx(metadata=root, dependencies=[{"ref": "r", "dependsOn": [{}]}])
        assert remarks(manifest) == [(1, "unknown_reference")]

    def test_the_version_may_stand_in_the_purl(self):
        assert rows(cyclonedx(components=[{"name": "a", "purl": "pkg:gem/a@1.2"}])) == [
            ("a", "= 1.2", "runtime")
        ]

    def test_a_module_of_go_has_its_whole_path_for_a_name(self):
        (one,) = cyclonedx(components=[{"name": "b", "purl": "pkg:golang/x.org/A/b@v1.0"}]).dependencies
        assert (one.name, one.purl, one.version_range) == ("x.org/A/b", "pkg:golang/x.org/a/b", "v1.0")

    @pytest.mark.parametrize("purl", ["nonsense", "pkg:npm/" + "x" * 4000, "pkg:npm/%20"])
    def test_a_bad_purl_is_none(self, purl):
        assert purls(cyclonedx(components=[{"name": "a", "purl": purl}])) == {"a": None}

    def test_a_component_without_a_name_is_remarked_on(self):
        assert ("unreadable") in [code for _line, code in remarks(cyclonedx(components=[{"version": "1"}]))]

    @pytest.mark.parametrize("text", ["{}", '{"bomFormat": "CycloneDX", "specVersion": "1.3"}', "[]"])
    def test_other_json_is_refused(self, text):
        assert refusal("cyclonedx", text)[1] == 1


class TestSpdx:
    def test_what_the_root_needs_is_direct_in_either_direction(self):
        assert rows(read_sample("sbom.spdx.json")) == [
            ("requests", "==2.32.3", "runtime"),
            ("react", "^18.0", "runtime"),
            ("pytest", "==8.2.2", "dev"),
            ("hatchling", "1.25.0", "build"),
        ]

    def test_purls_are_read_in_either_spelling_of_the_category(self):
        assert purls(read_sample("sbom.spdx.json")) == {
            "requests": "pkg:pypi/requests",
            "react": "pkg:npm/react",
            "pytest": "pkg:pypi/pytest",
            "hatchling": None,
        }

    def test_an_unknown_element_is_remarked_on(self):
        assert remarks(read_sample("sbom.spdx.json")) == [(25, "unknown_reference")]

    def test_it_may_be_wrapped_as_github_does(self):
        text = '{"sbom": ' + sample("sbom.spdx.json") + "}"
        assert rows(read_manifest("spdx", text)) == rows(read_sample("sbom.spdx.json"))

    @pytest.mark.parametrize(
        ("kind", "scope"),
        [
            ("DEPENDENCY_OF", "runtime"),
            ("RUNTIME_DEPENDENCY_OF", "runtime"),
            ("DEV_DEPENDENCY_OF", "dev"),
            ("OPTIONAL_DEPENDENCY_OF", "optional"),
            ("PROVIDED_DEPENDENCY_OF", "peer"),
            ("PREREQUISITE_FOR", "peer"),
            ("BUILD_TOOL_OF", "build"),
        ],
    )
    def test_each_kind_of_relationship_has_its_scope(self, kind, scope):
        edge = {"spdxElementId": "b", "relationshipType": kind, "relatedSpdxElement": "a"}
        manifest = spdx("a", "b", documentDescribes=["a", 1], relationships=[edge])
        assert (rows(manifest), manifest.subject) == ([("b", "", scope)], "a")

    def test_the_root_may_say_itself_that_it_is_described(self):
        edges = [
            {
                "spdxElementId": "a",
                "relationshipType": "DESCRIBED_BY",
                "relatedSpdxElement": "SPDXRef-DOCUMENT",
            },
            {"spdxElementId": "a", "relationshipType": "HAS_PREREQUISITE", "relatedSpdxElement": "b"},
        ]
        assert rows(spdx("a", "b", relationships=edges)) == [("b", "", "peer")]

    def test_without_edges_every_other_package_counts(self):
        manifest = spdx("a", "b", documentDescribes=["a"])
        assert (rows(manifest), remarks(manifest)) == ([("b", "", "runtime")], [(1, "no_graph")])

    def test_without_anything_described_there_is_no_subject(self):
        assert spdx("a").subject is None

    @pytest.mark.parametrize("text", ["{}", '{"spdxVersion": "SPDX-3.0"}', '{"sbom": {}}', "null"])
    def test_other_json_is_refused(self, text):
        assert refusal("spdx", text) == ("This is no SPDX SBOM of version 2.2 or 2.3 in JSON. (line 1)", 1)
