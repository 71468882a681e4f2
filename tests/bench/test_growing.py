"""bench/growing.py"""

import pytest
from click.testing import CliRunner

from bench import growing, report
from bench.growing import QUESTIONS, Growth, main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(growing, "_DATA", tmp_path)
    monkeypatch.setattr(report, "RESULTS", tmp_path / "RESULTS.md")
    return tmp_path


class TestGrowth:
    def test_it_tells_how_much_each_question_grew(self):
        growth = Growth(
            "SQLite", [1000, 100_000], {"page 1": {1000: 2.0, 100_000: 3.0}}, {1000: 80, 100_000: 90}
        )
        assert growth.heading == "## Growth, SQLite"
        assert "| use cases | 1,000 | 100,000 | times |" in growth.text()
        assert "| page 1 | 2.00 | 3.00 | 1.5 |" in growth.text()
        assert "| MB that the process held | 80 | 90 | |" in growth.text()


class TestMain:
    def test_every_question_has_an_answer_in_atlases_of_each_size(self, folder):
        told = CliRunner().invoke(
            main, ["--rows", "60,120", "--times", "1", "--write"], catch_exceptions=False
        )
        assert told.exit_code == 0, told.output
        assert [name for name in QUESTIONS if f"| {name} |" not in told.output] == []
        assert "python -m bench.growing" in (folder / "RESULTS.md").read_text()

    def test_what_is_no_good_answer_ends_it(self, folder, monkeypatch):
        monkeypatch.setattr(growing, "QUESTIONS", {"nothing": "/nothing"})
        told = CliRunner().invoke(main, ["--rows", "60", "--times", "1"])
        assert told.exit_code == 1
        assert "/nothing: 404" in told.output
