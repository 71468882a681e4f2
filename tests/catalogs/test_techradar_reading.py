import json

import pytest

from app.catalogs import techradar_entries
from app.catalogs.techradar_reading import read_techradar
from app.errors import AtlasError
from tests.catalogs.atlases import check_catalog

HEADER = "name,ring,quadrant,isNew,description\n"


def read(text):
    catalog = read_techradar(text, source="radar", team="us")
    check_catalog(catalog, text)
    return catalog


def codes(catalog):
    return [remark.code for remark in catalog.remarks]


def only(catalog, path):
    (record,) = catalog.records[path]
    return record


def told(catalog):
    return [
        (case["usages"][0]["library"], case["stance"], case["status"])
        for case in catalog.records["use-cases"]
    ]


class TestCsv:
    def test_an_entry_is_a_library_and_a_use_case(self):
        text = HEADER + 'Kafka,Adopt,Platforms,TRUE,"Events,\nmany of them"\n'
        catalog = read(text)
        assert only(catalog, "libraries") == {"slug": "kafka", "name": "Kafka", "kind": "platform"}
        case = only(catalog, "use-cases")
        assert (case["slug"], case["team"], case["title"]) == ("us-kafka", "us", "Kafka on the radar")
        assert case["description"] == "On the radar: ring Adopt, quadrant Platforms.\n\nEvents,\nmany of them"
        (piece,) = case["evidence"]
        assert text[piece["start"] : piece["end"]] == text.removeprefix(HEADER).rstrip()
        assert (piece["line"], piece["mentions"], piece["section"]) == (2, ["Kafka"], "Platforms")

    def test_rings_tell_stance_and_status(self):
        rows = "a,adopt,tools\nb,hold,tools\nc,retired,tools\nd,do not use,tools\ne,assess,tools\n"
        catalog = read("name,ring,quadrant\n" + rows)
        assert told(catalog) == [
            ("a", "uses", "documented"),
            ("b", "uses", "disputed"),
            ("c", "uses", "retired"),
            ("d", "does_not_use", "documented"),
        ]
        assert codes(catalog) == ["only_assessed"]

    def test_techniques_are_left_out_with_a_remark(self):
        catalog = read(HEADER + "Pairing,adopt,techniques,FALSE,\n")
        assert (codes(catalog), catalog.records) == (["technique"], {})

    def test_a_ring_that_is_not_understood_is_told(self):
        catalog = read(HEADER + "Go,Обкатка,Languages,FALSE,\n")
        assert (codes(catalog), told(catalog)) == (["unknown_ring"], [("go", "uses", "disputed")])

    def test_names_that_look_alike_are_three_languages(self):
        catalog = read(HEADER + "C,adopt,languages,,\nC++,adopt,languages,,\nC#,adopt,languages,,\n")
        assert [item["slug"] for item in catalog.records["libraries"]] == ["c", "c-plus-plus", "c-sharp"]

    def test_one_name_in_two_spellings_is_one_library(self):
        catalog = read(HEADER + "Yarn,adopt,tools,,\nyarn ,adopt,tools,,\n")
        assert only(catalog, "libraries")["name"] == "Yarn"
        assert len(catalog.records["use-cases"]) == 1

    def test_one_library_in_two_rings_is_in_two_use_cases(self):
        catalog = read(HEADER + ".Net,adopt,tools,,\n.Net,hold,tools,,\n")
        assert sorted(status for _name, _stance, status in told(catalog)) == ["disputed", "documented"]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_delimiters_and_line_ends_are_found_out(self, delimiter, end):
        text = f"\ufeffName,Ring,Link{end}{end}Go,Adopt,https://go.dev/{end}".replace(",", delimiter)
        assert only(read(text), "libraries")["homepage_url"] == "https://go.dev/"

    def test_cells_may_be_missing_or_too_many(self):
        catalog = read(HEADER + "Go\nKafka,adopt,tools,FALSE,text,more,more\n , ,\n")
        assert [item["slug"] for item in catalog.records["libraries"]] == ["go", "kafka"]

    def test_a_guarded_cell_is_read_as_it_was(self):
        assert only(read(HEADER + "'=x,adopt,tools,,\n"), "libraries")["name"] == "=x"

    def test_an_entry_without_name_gets_a_remark(self):
        assert codes(read(HEADER + ",adopt,tools,,\n")) == ["no_name"]

    def test_an_empty_radar_is_empty(self):
        assert read(HEADER).records == {}

    def test_a_cell_that_is_too_long_is_refused(self):
        with pytest.raises(AtlasError) as caught:
            read(HEADER + "Go,adopt,tools,,\nx,adopt,tools,," + "x" * 200_000)
        assert caught.value.detail == "Line 3: This is not CSV."

    @pytest.mark.parametrize("text", ["", "\n\n", "a,b\n1,2\n", "name\nx\n"])
    def test_what_has_other_columns_is_refused(self, text):
        with pytest.raises(AtlasError, match="no radar"):
            read(text)

    def test_too_many_entries_are_refused(self, monkeypatch):
        monkeypatch.setattr(techradar_entries, "MOST_ENTRIES", 1)
        with pytest.raises(AtlasError, match="Line 3: There are more than 1 entries"):
            read(HEADER + "a,adopt,tools,,\nb,adopt,tools,,\n")


class TestByorJson:
    def test_an_entry_is_a_library_and_a_use_case(self):
        rows = [
            {"name": "Go", "ring": "trial", "quadrant": "Languages", "isNew": "TRUE", "description": "D"},
            {},
        ]
        catalog = read(json.dumps(rows))
        assert only(catalog, "libraries") == {"slug": "go", "name": "Go", "kind": "language"}
        assert (
            only(catalog, "use-cases")["description"] == "On the radar: ring trial, quadrant Languages.\n\nD"
        )
        assert codes(catalog) == ["no_name"]


class TestZalando:
    def test_numbers_stand_for_rings_and_quadrants(self):
        entries = [{"label": "Go", "ring": 1, "quadrant": 0, "link": "https://go.dev/"}]
        document = {
            "quadrants": [{"name": "Tools"}],
            "rings": [{"name": "USE"}, {"name": "KEEP"}],
            "entries": entries,
        }
        catalog = read(json.dumps(document))
        assert only(catalog, "use-cases")["description"] == "On the radar: ring KEEP, quadrant Tools."
        assert only(catalog, "libraries")["homepage_url"] == "https://go.dev/"

    def test_rings_without_names_are_those_of_zalando(self):
        entries = [{"label": "Go", "ring": 0}, {"label": "C", "ring": 3}, {"label": "D", "ring": 9}]
        catalog = read(json.dumps({"entries": [*entries, {"label": "E", "ring": True}]}))
        assert [status for _name, _stance, status in sorted(told(catalog))] == ["disputed"] * 3 + [
            "documented"
        ]


class TestBackstage:
    def radar(self, **entry):
        document = {
            "quadrants": [{"id": "q", "name": "Tools"}],
            "rings": [{"id": "use", "name": "USE"}, {"id": "hold"}],
            "entries": [{"title": "Go", "key": "golang", "quadrant": "Q", **entry}],
        }
        return read(json.dumps(document))

    def test_the_last_step_counts(self):
        steps = [
            {"ringId": "hold", "date": "2022-01-01", "description": "New"},
            {"ringId": "use", "date": "2020-01-01"},
        ]
        case = only(self.radar(timeline=steps, description="Old"), "use-cases")
        assert (case["status"], case["slug"]) == ("disputed", "us-golang")
        assert case["description"] == "On the radar: ring hold, quadrant Tools.\n\nOld\n\nNew"

    def test_links_are_taken(self):
        links = [{"url": "ftp://x"}, {"url": "https://go.dev/"}]
        catalog = self.radar(url="#", ring="use", links=links)
        assert only(catalog, "libraries")["homepage_url"] == "https://go.dev/"

    def test_an_entry_without_ring_is_told(self):
        assert codes(self.radar()) == ["unknown_ring"]

    @pytest.mark.parametrize("text", ["{}", '{"entries": {}}', '{"entries"', "[1"])
    def test_what_has_no_entries_is_refused(self, text):
        with pytest.raises(AtlasError) as caught:
            read(text)
        assert caught.value.code == "bad_catalog"
