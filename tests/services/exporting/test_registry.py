import json
from datetime import date

import pytest

from app.errors import Invalid
from app.schemas.exports import ExportFormat
from app.services.exporting import registry
from app.services.exporting.formats import FORMATS
from app.services.exporting.registry import WRITERS, of_all
from app.services.sources import SOURCES
from app.services.teams import TEAMS

RECORDS = [(SOURCES, [{"slug": "how", "published_on": date(2020, 1, 2)}]), (TEAMS, [{"slug": "core"}])]


class TestFormats:
    def test_each_can_be_asked_for(self):
        assert list(FORMATS) == list(WRITERS) == list(ExportFormat)

    def test_each_has_a_media_type_of_its_own(self):
        assert len({format_.media_type for format_ in FORMATS.values()}) == len(FORMATS)


class TestOfAll:
    def test_it_hands_over_all_records_as_json_has_them(self, tmp_path):
        of_all(json.dumps)(RECORDS, tmp_path / "file")
        assert json.loads((tmp_path / "file").read_text("utf-8")) == {
            "sources": [{"slug": "how", "published_on": "2020-01-02"}],
            "teams": [{"slug": "core"}],
        }

    def test_it_refuses_more_than_memory_holds(self, tmp_path, monkeypatch):
        monkeypatch.setattr(registry, "MOST_AT_ONCE", 1)
        with pytest.raises(Invalid, match="at most 1 records"):
            of_all(json.dumps)(RECORDS, tmp_path / "file")
