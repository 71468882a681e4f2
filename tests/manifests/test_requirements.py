import pytest

from app.manifests.reading import read_manifest
from tests.manifests.samples import declarations, purls, read_sample, refusal, remarks, rows, sample


def read(text):
    return read_manifest("requirements", text)


class TestRequirements:
    def test_they_are_read_with_their_ranges(self):
        assert rows(read_sample("requirements.txt")) == [
            ("Flask", ">=3.0,<4", "runtime"),
            ("numpy", "==1.26.4 || ==2.1.0", "runtime"),
            ("zope.interface", ">=5,<7", "runtime"),
            ("forecast-model", "", "runtime"),
            ("torch", "", "runtime"),
            ("tide_tables", "", "runtime"),
        ]

    def test_names_are_normal_in_purls(self):
        assert purls(read_sample("requirements.txt"))["zope.interface"] == "pkg:pypi/zope-interface"

    def test_what_is_no_requirement_is_remarked_on(self):
        assert remarks(read_sample("requirements.txt")) == [
            (3, "not_followed"),
            (4, "not_followed"),
            (12, "no_name"),
            (15, "no_name"),
            (16, "unreadable"),
            (17, "unreadable"),
            (18, "unknown_option"),
        ]

    def test_no_remark_tells_a_password(self):
        assert "hunter2" not in repr(read_sample("requirements.txt"))

    def test_a_declaration_is_the_whole_logical_line(self):
        text = sample("requirements.txt")
        declared = declarations(read_sample("requirements.txt"), text)
        assert declared[0] == "Flask[async] >= 3.0, < 4"
        assert declared[1].startswith("numpy==1.26.4 ; ")
        assert declared[1].endswith("4912010")

    def test_lines_may_end_with_carriage_returns(self):
        assert [(one.line, one.start) for one in read("a\r\nb \\\r\n  >=1\r\n").dependencies] == [
            (1, 0),
            (2, 3),
        ]

    @pytest.mark.parametrize("text", ["a # x \\\nb", "a \\", "a;", "# x \\\na", "\ufeffa", "a\\\n  # x"])
    def test_comments_and_folds_are_read_as_pip_reads_them(self, text):
        assert [one.name for one in read(text).dependencies] == ["a"][: 0 if text == "a;" else 1]

    def test_a_comment_ends_a_folded_line(self):
        assert [one.name for one in read("a \\\n# x\nb").dependencies] == ["a", "b"]

    @pytest.mark.parametrize(
        "line",
        ["-e .", "-e .[dev]", "../x", "file:///x/y", "C:\\x", "a/b", "--editable=./x", "https://h/x-1.whl"],
    )
    def test_a_place_without_a_name_is_told(self, line):
        assert remarks(read(line)) == [(1, "no_name")]

    def test_a_local_file_has_no_purl(self):
        assert purls(read("a @ file:///x\n./b-1.0-py3-none-any.whl")) == {"a": None, "b": None}

    def test_long_and_deep_requirements_are_not_read(self):
        text = f"a{'x' * 4000}\nhttp://h/{'x' * 4000}#egg=a\na; {'(' * 60}"
        assert remarks(read(text)) == [(1, "unreadable"), (2, "no_name"), (3, "unreadable")]

    def test_a_lone_dash_is_no_option(self):
        assert remarks(read("-\n-1")) == [(1, "unknown_option"), (2, "unknown_option")]

    def test_too_many_lines_are_refused(self):
        assert refusal("requirements", "\n" * 1_000_001) == (
            "There are more than 1,000,000 lines. (line 1)",
            1,
        )


class TestCompiledRequirements:
    def test_only_those_count_that_a_file_wants(self):
        names = [one.name for one in read_sample("compiled.txt").dependencies]
        assert names == ["alembic", "flask", "sqlalchemy", "uvicorn"]

    def test_how_many_are_left_out_is_told(self):
        (remark,) = read_sample("compiled.txt").remarks
        assert remark.detail == "2 requirements are there only because others want them (`# via`)."
