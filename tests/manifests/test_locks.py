import pytest

from app.manifests.reading import read_manifest
from tests.manifests.samples import declarations, purls, read_sample, refusal, remarks, rows, sample

PACKAGE = '[[package]]\nname = "{}"\nversion = "1"\nsource = {{ {} }}\n'


class TestUvLock:
    def test_what_the_project_needs_has_the_version_that_was_taken(self):
        assert rows(read_sample("uv.lock")) == [
            ("httpx", "==0.27.0", "runtime"),
            ("numpy", "==1.26.4 || ==2.1.0", "runtime"),
            ("forecast-model", "==0.1", "runtime"),
            ("rich", "==13.7.1", "extra:plots"),
            ("pytest", "==8.2.2", "group:dev"),
        ]

    def test_what_is_local_has_no_purl(self):
        assert purls(read_sample("uv.lock"))["forecast-model"] is None

    def test_what_is_not_in_it_is_remarked_on(self):
        assert remarks(read_sample("uv.lock")) == [(14, "unknown_reference")]

    def test_a_declaration_is_the_table_in_the_list(self):
        assert declarations(read_sample("uv.lock"), sample("uv.lock"))[0] == '{ name = "httpx" }'

    def test_members_of_a_workspace_are_all_read(self):
        text = 'version = 1\n[manifest]\nmembers = ["a", "b"]\n'
        text += PACKAGE.format("a", 'virtual = "."') + 'dependencies = [{ name = "b" }]\n'
        text += PACKAGE.format("b", 'editable = "b"') + 'dependencies = [{ name = "c" }]\n'
        manifest = read_manifest("uv-lock", text + PACKAGE.format("c", 'registry = "x"'))
        assert (rows(manifest), manifest.subject) == ([("c", "==1", "runtime")], None)

    def test_a_script_has_its_requirements_beside_the_packages(self):
        text = 'version = 1\n[manifest]\nrequirements = [{ name = "a" }]\n'
        text += '[manifest.dependency-groups]\ndev = [{ name = "b" }]\n'
        text += PACKAGE.format("a", 'registry = "x"') + PACKAGE.format("b", 'registry = "x"')
        manifest = read_manifest("uv-lock", text)
        assert rows(manifest) == [("a", "==1", "runtime"), ("b", "==1", "group:dev")]
        assert remarks(manifest) == []

    def test_without_a_project_nothing_is_direct(self):
        manifest = read_manifest("uv-lock", "version = 1\n" + PACKAGE.format("a", 'registry = "x"'))
        assert (rows(manifest), remarks(manifest)) == ([], [(1, "no_graph")])

    @pytest.mark.parametrize("version", ["2", "true", "'1'"])
    def test_other_versions_are_refused(self, version):
        text = f"revision = 1\nversion = {version}"
        assert refusal("uv-lock", text) == ("This is no lock of uv of version 1. (line 2)", 2)


class TestPoetryLock:
    def test_direct_is_what_nobody_else_of_the_group_needs(self):
        manifest = read_sample("poetry.lock")
        assert rows(manifest) == [
            ("forecast-model", "==0.1", "runtime"),
            ("httpx", "==0.27.0", "group:docs"),
            ("httpx", "==0.27.0", "runtime"),
            ("matplotlib", "==3.9.0", "optional"),
            ("Sphinx", "==7.3.7", "group:docs"),
        ]
        assert remarks(manifest) == [(1, "inferred")]

    def test_what_is_local_has_no_purl(self):
        assert purls(read_sample("poetry.lock"))["forecast-model"] is None

    def test_a_declaration_is_the_table_with_its_inner_ones(self):
        declared = declarations(read_sample("poetry.lock"), sample("poetry.lock"))
        assert declared[0] == (
            '[[package]]\nname = "forecast-model"\nversion = "0.1"\n'
            'optional = false\ngroups = ["main"]\nfiles = []\n\n'
            '[package.source]\ntype = "directory"\nurl = "../model"'
        )

    def test_older_locks_have_categories(self):
        text = '[[package]]\nname = "a"\nversion = "1"\ncategory = "dev"\n[metadata]\ncontent-hash = "x"'
        assert rows(read_manifest("poetry-lock", text)) == [("a", "==1", "group:dev")]

    def test_an_empty_one_says_nothing(self):
        manifest = read_manifest("poetry-lock", '[metadata]\ncontent-hash = "x"')
        assert (manifest.dependencies, manifest.remarks) == ((), ())

    def test_other_toml_is_refused(self):
        detail, line = refusal("poetry-lock", "a = 1")
        assert (detail[:27], line) == ("This is no lock of Poetry: ", 1)
