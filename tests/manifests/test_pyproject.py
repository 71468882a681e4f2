import pytest

from app.manifests.reading import read_manifest
from tests.manifests.samples import declarations, purls, read_sample, refusal, remarks, rows, sample


def read(text):
    return read_manifest("pyproject", text)


class TestPyproject:
    def test_its_dependencies_are_read_with_their_scopes(self):
        assert rows(read_sample("pyproject.toml")) == [
            ("hatchling", ">=1.21", "build"),
            ("httpx", ">=0.27", "runtime"),
            ("typing_extensions", ">=4", "runtime"),
            ("matplotlib", "", "extra:plots"),
            ("numba", "~=0.59", "extra:fast"),
            ("ruff", "", "group:lint"),
            ("ruff", "", "group:dev"),
            ("pytest", ">=8", "group:dev"),
        ]

    def test_what_is_not_known_is_remarked_on(self):
        assert remarks(read_sample("pyproject.toml")) == [(8, "dynamic"), (20, "unknown_group")]

    def test_a_declaration_is_the_string_with_its_quotes(self):
        declared = declarations(read_sample("pyproject.toml"), sample("pyproject.toml"))
        assert declared[2] == "'typing_extensions >= 4 ; python_version < \"3.12\"'"

    def test_it_tells_the_name_of_the_project(self):
        assert read_sample("pyproject.toml").subject == "forecast"

    def test_without_a_project_there_is_no_name(self):
        assert read("[tool.ruff]\nline-length = 100").subject is None

    def test_ranges_that_hold_together_are_joined_by_commas(self):
        text = '[project]\ndependencies = ["a>=1", "A<2", "a ; python_version < \'3\'"]'
        assert rows(read(text)) == [("a", ">=1, <2", "runtime")]

    def test_groups_that_include_one_another_are_all_read(self):
        text = '[dependency-groups]\na = ["x", {include-group = "B"}]\nb = ["y", {include-group = "a"}]'
        manifest = read(text)
        assert [row[::2] for row in rows(manifest)] == [
            ("x", "group:a"),
            ("x", "group:b"),
            ("y", "group:a"),
            ("y", "group:b"),
        ]
        assert remarks(manifest) == [(2, "circle"), (3, "circle")]

    def test_groups_that_include_too_much_are_refused(self):
        groups = [f'g{n} = [{{include-group = "g{n + 1}"}}]' for n in range(500)]
        text = "[dependency-groups]\n" + "\n".join([*groups, "g500 = []"])
        assert refusal("pyproject", text) == ("The groups of dependencies include too much. (line 1)", 1)

    @pytest.mark.parametrize(
        "text",
        [
            "project = 1",
            "[project]\ndependencies = 1",
            "[project]\noptional-dependencies = []",
            "[project.optional-dependencies]\na = {}",
            "[dependency-groups]\na = 1",
            "[build-system]\nrequires = 'x'",
            "[tool.poetry]\ngroup = 1",
        ],
    )
    def test_members_of_another_shape_are_remarked_on(self, text):
        assert [code for _line, code in remarks(read(text))] == ["wrong_shape"]

    @pytest.mark.parametrize("item", ["1", "'a b'", "{}", "[]", "''"])
    def test_what_is_no_requirement_is_remarked_on(self, item):
        assert remarks(read(f"[project]\ndependencies = [\n{item}]")) == [(3, "unreadable")]

    def test_what_is_no_toml_is_refused_with_the_line(self):
        assert refusal("pyproject", "[project]\nname = ") == ("This is not TOML. (line 2)", 2)


class TestPoetry:
    def test_its_dependencies_are_read_with_their_scopes(self):
        assert rows(read_sample("poetry.toml")) == [
            ("requests", "^2.31", "runtime"),
            ("uvicorn", "^0.30", "runtime"),
            ("numpy", "^1.26 || ^2.1", "runtime"),
            ("matplotlib", "^3.9", "extra:plots"),
            ("rich", "*", "optional"),
            ("forecast-model", "", "runtime"),
            ("pytest", "^8", "group:test"),
            ("pytest", "^8", "group:dev"),
            ("mypy", "^1.10", "group:dev"),
            ("black", "*", "group:dev"),
        ]

    def test_what_comes_from_a_path_has_no_purl(self):
        assert purls(read_sample("poetry.toml"))["forecast-model"] is None

    def test_what_is_no_dependency_is_remarked_on(self):
        assert remarks(read("[tool.poetry.dependencies]\na = 1\nb = [2]")) == [
            (2, "unreadable"),
            (3, "unreadable"),
        ]

    def test_an_extra_that_lists_no_names_is_passed_over(self):
        text = "[tool.poetry.extras]\na = [1]\n[tool.poetry.group.main.dependencies]\nb = '1'"
        assert rows(read(text)) == [("b", "1", "runtime")]
