"""bench/report.py"""

import pytest

from bench import report
from bench.comparing import Compared
from bench.loading import Measured
from bench.report import Section
from bench.scenarios import Goal, Scenario

SCENARIO = Scenario("reading", {"atlas": "/", "bare Flask": "/"}, (Goal("bare Flask", 4, on_postgresql=2),))


def section(size, atlas=300.0, *, is_sqlite=True):
    runs = {"atlas": [Measured(atlas, 1, 2, 0)], "bare Flask": [Measured(100.0, 2, 4, 0)]}
    return Section(size, is_sqlite=is_sqlite, results=[Compared(SCENARIO, runs)])


@pytest.fixture
def results(tmp_path, monkeypatch):
    path = tmp_path / "RESULTS.md"
    monkeypatch.setattr(report, "RESULTS", path)
    return path


class TestSection:
    @pytest.mark.parametrize(
        ("is_sqlite", "verdict"), [(True, "4 times bare Flask: **not reached** (3.00)"), (False, "2 times")]
    )
    def test_it_says_which_goals_are_reached_on_its_database(self, is_sqlite, verdict):
        assert verdict in section(1000, is_sqlite=is_sqlite).text()

    def test_it_tells_by_how_much_the_first_is_ahead(self):
        assert "| bare Flask | 100 | 100 to 100 | 2.00 | 4.00 | 3.00 |" in section(1000).text()


class TestWrite:
    def test_a_section_takes_the_place_of_an_earlier_one_and_leaves_the_others(self, results):
        report.write(section(1000), "bench.comparing", ["--first"])
        report.write(section(1000, is_sqlite=False), "bench.comparing", ["--second"])
        report.write(section(1000, atlas=500.0), "bench.comparing", ["--third"])
        written = results.read_text()
        assert [line for line in written.splitlines() if line.startswith("## ")] == [
            "## 1,000 use cases, SQLite",
            "## 1,000 use cases, PostgreSQL",
        ]
        assert "--first" not in written
        assert written.index("--third") < written.index("reached (5.00)") < written.index("--second")
