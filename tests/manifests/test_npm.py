import json

import pytest

from app.manifests.npm_ranges import npm_declared
from app.manifests.reading import read_manifest
from tests.manifests.samples import declarations, purls, read_sample, refusal, remarks, rows, sample


class TestPackageJson:
    def test_its_four_maps_are_read(self):
        assert rows(read_sample("package.json")) == [
            ("@babel/code-frame", "^7.24.0", "runtime"),
            ("react", "18.x || >=19.0.0-rc || ^17", "runtime"),
            ("cli", "^10.1", "runtime"),
            ("charts", "", "runtime"),
            ("forecast-core", "^1.2.0", "runtime"),
            ("tides", "", "runtime"),
            ("tarball", "", "runtime"),
            ("typescript", "~5.5.0", "dev"),
            ("react-dom", ">=18", "peer"),
            ("fsevents", "^2.3.3", "optional"),
        ]

    def test_no_password_comes_through(self):
        assert "hunter2" not in repr(read_sample("package.json"))

    def test_a_scope_is_encoded_in_the_purl(self):
        assert purls(read_sample("package.json"))["@babel/code-frame"] == "pkg:npm/%40babel/code-frame"

    def test_a_declaration_is_key_and_value(self):
        declared = declarations(read_sample("package.json"), sample("package.json"))
        assert declared[:2] == ['"@babel/code-frame": "^7.24.0"', '"react": "18.x || >=19.0.0-rc"']

    def test_an_alias_is_the_mention_of_the_real_name(self):
        text = json.dumps({"dependencies": {"alias": "npm:@a/real@^2"}})
        (one,) = read_manifest("package-json", text).dependencies
        assert (one.name, one.mention, one.version_range) == ("@a/real", "alias", "^2")

    def test_what_is_no_string_is_remarked_on(self):
        text = '{"dependencies": {"a": 1},\n"devDependencies": []}'
        assert remarks(read_manifest("package-json", text)) == [(1, "unreadable"), (2, "wrong_shape")]

    def test_an_empty_name_is_remarked_on(self):
        assert remarks(read_manifest("package-json", '{"dependencies": {"": "1"}}')) == [(1, "unreadable")]

    def test_an_array_is_refused(self):
        assert refusal("package-json", "[]") == ("A package.json is one JSON object. (line 1)", 1)


class TestNpmDeclared:
    @pytest.mark.parametrize(
        ("spec", "purl", "version_range"),
        [
            ("^1.0", "pkg:npm/key", "^1.0"),
            (" 1 || 2 ", "pkg:npm/key", "1 || 2"),
            ("latest", "pkg:npm/key", "latest"),
            ("npm:real", "pkg:npm/real", ""),
            ("workspace:*", None, ""),
            ("workspace:../x", None, ""),
            ("workspace:~1.2", None, "~1.2"),
            ("catalog:", "pkg:npm/key", ""),
            ("link:../x", None, ""),
            ("./x", None, ""),
            ("user/repo#main", "pkg:github/user/repo", ""),
            ("gitlab:user/repo", "pkg:gitlab/user/repo", ""),
            ("git@github.com:npm/cli.git", "pkg:github/npm/cli", ""),
            ("git+ssh://git@github.com:npm/cli.git#v1", "pkg:github/npm/cli", ""),
            ("git+https://me:secret@github.com/npm/cli.git", "pkg:github/npm/cli", ""),
            ("https://codeload.github.com/a/b/tar.gz/x", None, ""),
            ("git+https://git.example.org/a/b.git", None, ""),
            ("gist:11081aaa281", None, ""),
            ("me:secret@example.org", None, ""),
            ("git+https://github.com/" + "x" * 4000, None, ""),
        ],
    )
    def test_it_tells_ranges_from_places(self, spec, purl, version_range):
        declared = npm_declared("key", spec)
        assert (declared.purl, declared.version_range) == (purl, version_range)


class TestPackageLock:
    def test_what_the_root_declares_has_the_version_that_was_taken(self):
        assert rows(read_sample("package-lock.json")) == [
            ("express", "4.19.2", "runtime"),
            ("forecast-core", "*", "runtime"),
            ("react", "17.0.2", "runtime"),
            ("typescript", "5.5.4", "dev"),
        ]

    def test_what_is_linked_has_no_purl(self):
        assert purls(read_sample("package-lock.json"))["forecast-core"] is None

    def test_workspaces_are_remarked_on(self):
        assert remarks(read_sample("package-lock.json")) == [(9, "not_read")]

    def test_without_a_root_nothing_is_direct(self):
        manifest = read_manifest("package-lock", '{"lockfileVersion": 2, "packages": {}}')
        assert (rows(manifest), remarks(manifest)) == ([], [(1, "no_graph")])

    def test_of_version_1_counts_what_nobody_requires(self):
        manifest = read_sample("package-lock-v1.json")
        assert rows(manifest) == [
            ("express", "4.19.2", "runtime"),
            ("debug", "4.3.5", "dev"),
            ("fsevents", "2.3.3", "optional"),
            ("react", "17.0.2", "runtime"),
        ]
        assert remarks(manifest) == [(1, "inferred")]

    def test_an_empty_one_says_nothing(self):
        manifest = read_manifest("package-lock", '{"lockfileVersion": 1}')
        assert (manifest.dependencies, manifest.remarks, manifest.subject) == ((), (), None)

    @pytest.mark.parametrize("text", ["{}", "[]", '{"lockfileVersion": true}', '{"lockfileVersion": {}}'])
    def test_other_json_is_refused(self, text):
        assert refusal("package-lock", text) == ("This is no lock of npm of version 1 to 3. (line 1)", 1)

    def test_it_may_be_nested_as_node_modules_were(self):
        text = '{"lockfileVersion": 1, "dependencies": {"a": ' + '{"dependencies": {"a": ' * 60
        assert rows(read_manifest("package-lock", text + "{}" + "}}" * 60 + "}}")) == [("a", "", "runtime")]
