import csv
import io
import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from app.catalogs.cells import guard_cell, unguard_cell
from app.catalogs.rings import is_technique, is_understood, kind_in, meaning_of
from app.catalogs.techradar import (
    Radar,
    techradar_losses,
    write_backstage_radar,
    write_byor_csv,
    write_byor_json,
    write_zalando,
)
from app.catalogs.techradar_reading import read_techradar
from tests.catalogs.atlases import atlas, atlases, check_catalog, library, seeded, use_case

DAY = date(2026, 11, 25)
WRITERS = [write_backstage_radar, write_byor_json, write_byor_csv, write_zalando]


def byor(records, **rest):
    return json.loads(write_byor_json(Radar(records, DAY, **rest)))


def ring(item, *cases, team=None, others=()):
    return [
        row["ring"] for row in byor(atlas([item, *others], cases), team=team) if row["name"] == item["name"]
    ]


class TestRings:
    def test_two_teams_adopt(self):
        assert ring(library("x"), use_case("a", ["x"]), use_case("b", ["x"], team="edge")) == ["Adopt"]

    def test_two_use_cases_of_one_team_are_one_trial(self):
        assert ring(library("x"), use_case("a", ["x"]), use_case("b", ["x"])) == ["Trial"]

    def test_two_use_cases_adopt_in_the_radar_of_the_team(self):
        assert ring(library("x"), use_case("a", ["x"]), use_case("b", ["x"]), team="core") == ["Adopt"]

    @pytest.mark.parametrize(
        "facts", [{"lifecycle": "deprecated"}, {"lifecycle": "archived"}, {"replaced_by": "y"}]
    )
    def test_what_is_to_be_left_is_on_hold(self, facts):
        assert ring(library("x", **facts), use_case("a", ["x"])) == ["Hold"]

    def test_a_successor_is_assessed(self):
        old = library("old", replaced_by="x")
        assert ring(library("x"), use_case("a", ["old"]), others=[old]) == ["Assess"]

    @pytest.mark.parametrize("case", [use_case("a", ["x"], status="retired"), use_case("a", ["y"])])
    def test_what_nobody_uses_is_on_no_radar(self, case):
        assert ring(library("x"), case) == []

    @pytest.mark.parametrize(
        ("kind", "quadrant"),
        [("language", "Languages & Frameworks"), ("service", "Platforms"), ("application", "Tools")],
    )
    def test_the_kind_tells_the_quadrant(self, kind, quadrant):
        (row,) = byor(atlas([library("x", kind=kind)], [use_case("a", ["x"])]))
        assert row["quadrant"] == quadrant


class TestWords:
    @pytest.mark.parametrize(
        ("name", "meaning"),
        [
            ("Adopt", ("uses", "documented")),
            ("in production", ("uses", "documented")),
            ("ON HOLD", ("uses", "disputed")),
            ("Caution", ("uses", "disputed")),
            ("End-of-Life", ("uses", "retired")),
            ("Don't use", ("does_not_use", "documented")),
            ("Assess", None),
            ("Explore", None),
            ("Рекомендуется", ("uses", "disputed")),
            ("", ("uses", "disputed")),
        ],
    )
    def test_the_name_of_a_ring_tells_what_it_claims(self, name, meaning):
        assert meaning_of(name) == meaning

    def test_a_ring_of_another_language_is_not_understood(self):
        assert (is_understood("Рекомендуется"), is_understood("adoptar")) == (False, True)

    @pytest.mark.parametrize("name", ["Techniques", "Process", "Methods & Patterns"])
    def test_ways_of_working_are_techniques(self, name):
        assert is_technique(name)

    @pytest.mark.parametrize("name", ["Tools", "Techniques & Tools", ""])
    def test_tools_are_no_techniques(self, name):
        assert not is_technique(name)

    @pytest.mark.parametrize(
        ("quadrant", "kind"),
        [
            ("Languages & Frameworks", "library"),
            ("languages-and-frameworks", "library"),
            ("Languages", "language"),
            ("Frameworks", "framework"),
            ("platforms & infrastructure", "platform"),
            ("Services", "service"),
            ("Tools", "application"),
            ("v", "library"),
        ],
    )
    def test_the_quadrant_tells_the_kind(self, quadrant, kind):
        assert kind_in(quadrant) == kind


class TestBackstage:
    def entry(self, item, *cases, **rest):
        records = atlas([item], cases or [use_case("a", [item["slug"]], purposes=["p"])])
        records["purposes"] = [{"slug": "p", "name": "Queues"}]
        document = json.loads(write_backstage_radar(Radar(records, DAY, **rest)))
        return document["entries"][0]

    def test_an_entry_has_one_step_in_its_timeline(self):
        text = "Used by Core. For: Queues."
        assert self.entry(library("x")) == {
            "id": "x",
            "key": "x",
            "title": "X",
            "quadrant": "languages-frameworks",
            "description": text,
            "links": [],
            "timeline": [{"date": "2026-11-25", "ringId": "trial", "moved": 0, "description": text}],
        }

    def test_the_day_of_a_hold_is_told(self):
        item = library("x", lifecycle="archived", lifecycle_on="2020-08-24")
        assert self.entry(item)["timeline"][0]["date"] == "2020-08-24"

    def test_links_lead_to_the_tool_and_to_who_says_so(self):
        records = atlas([library("x", homepage_url="https://x/")], [use_case("a", ["x"])])
        records["sources"][0]["url"] = "https://paper/"
        document = json.loads(write_backstage_radar(Radar(records, DAY)))
        assert document["entries"][0]["links"] == [
            {"url": "https://x/", "title": "Homepage"},
            {"url": "https://paper/", "title": "Paper"},
        ]

    def test_the_radar_of_a_team_has_its_name(self):
        records = atlas([library("x")], [use_case("a", ["x"])])
        assert json.loads(write_backstage_radar(Radar(records, DAY, "core")))["title"] == "Core"

    @pytest.mark.parametrize(("since", "moved"), [("2026-06-01", 1), ("2026-05-31", 0), (None, 0)])
    def test_what_began_lately_is_new(self, since, moved):
        case = use_case("a", ["x"], since=since)
        assert self.entry(library("x"), case, new_since=date(2026, 6, 1))["timeline"][0]["moved"] == moved


class TestByor:
    def test_a_row_has_the_columns_of_byor(self):
        item = library("x", replaced_by="y")
        (row, successor) = byor(atlas([item, library("y")], [use_case("a", ["x"], since="2026-01-01")]))
        assert row == {
            "name": "X",
            "ring": "Hold",
            "quadrant": "Languages & Frameworks",
            "isNew": "FALSE",
            "description": "Used by Core. Replaced by Y.",
            "status": "no change",
        }
        assert successor["description"] == "Not in use yet."

    def test_csv_says_the_same(self):
        rows = list(csv.DictReader(io.StringIO(write_byor_csv(Radar(seeded(), DAY)))))
        assert rows == byor(seeded())

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(atlases())
    def test_no_cell_is_one_that_a_spreadsheet_runs(self, records):
        rows = list(csv.reader(io.StringIO(write_byor_csv(Radar(records, DAY)))))
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]

    @pytest.mark.parametrize("cell", ["=a", "'=a", "''", "'", "-1", "@x", "plain", "", "'plain"])
    def test_a_guarded_cell_comes_back(self, cell):
        assert unguard_cell(guard_cell(cell)) == cell


class TestZalando:
    def test_an_entry_points_at_ring_and_quadrant_by_number(self):
        records = atlas([library("x", homepage_url="https://x/", kind="application")], [use_case("a", ["x"])])
        document = json.loads(write_zalando(Radar(records, DAY)))
        assert document["date"] == "2026.11"
        assert document["entries"] == [
            {"label": "X", "quadrant": 2, "ring": 1, "moved": 0, "active": True, "link": "https://x/"}
        ]

    def test_rings_and_quadrants_have_their_names(self):
        document = json.loads(write_zalando(Radar(atlas(), DAY)))
        assert [item["name"] for item in document["rings"]] == ["ADOPT", "TRIAL", "ASSESS", "HOLD"]
        assert len(document["quadrants"]) == 4


class TestRoundTrip:
    @pytest.mark.parametrize("write", WRITERS)
    @pytest.mark.parametrize("team", [None, "demand-engineering"])
    def test_what_is_in_use_comes_back(self, write, team):
        text = write(Radar(seeded(), DAY, team))
        catalog = read_techradar(text, source="radar", team="us")
        check_catalog(catalog, text)
        assert names_in_use(catalog.records) == names_in_use(seeded(), team)

    @pytest.mark.parametrize("write", WRITERS)
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(records=atlases())
    def test_any_names_come_back(self, write, records):
        text = write(Radar(records, DAY))
        catalog = read_techradar(text, source="radar", team="us")
        check_catalog(catalog, text)
        assert names_in_use(catalog.records) == names_in_use(records)

    @pytest.mark.parametrize("write", WRITERS)
    def test_the_same_records_give_the_same_text(self, write):
        assert write(Radar(seeded(), DAY)) == write(Radar(seeded(), DAY))


def names_in_use(records, team=None):
    found = {item["slug"]: item["name"] for item in records.get("libraries", ())}
    return {
        found[usage["library"]]
        for case in records.get("use-cases", ())
        if case.get("stance", "uses") == "uses" and case.get("status") != "retired"
        if team in {None, case["team"]}
        for usage in case["usages"]
    }


class TestLosses:
    def test_it_counts_what_is_left_out(self):
        radar = Radar(atlas([library("x"), library("y")], [use_case("a", ["x"])]), DAY)
        assert techradar_losses(radar) == [
            "libraries that are not in use here: 1",
            "use cases: a radar has a ring for each library, and no more: 1",
            "pieces of evidence: 1",
        ]
