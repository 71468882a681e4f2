import hashlib
import io
import tempfile
import zipfile

import pytest

from app.formats.record_files import read_records
from app.services.exporting import registry, spooling
from app.services.exporting.records import records_of
from app.services.exporting.spooling import spool
from app.services.registry import COLLECTIONS


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def reader(seeded):
    with seeded.app.extensions["database"].reading() as connection:
        yield connection


class TestSpool:
    @pytest.mark.parametrize("format_", registry.WRITERS)
    def test_size_and_digest_are_those_of_the_file(self, reader, folder, format_):
        spooled = spool(reader, format_)
        with spooled.file as file:
            content = file.read()
        assert (spooled.size, spooled.sha256) == (len(content), hashlib.sha256(content).digest())

    @pytest.mark.parametrize("format_", registry.WRITERS)
    def test_the_same_atlas_makes_the_same_bytes(self, reader, folder, format_):
        digests = set()
        for _ in range(2):
            spooled = spool(reader, format_)
            spooled.file.close()
            digests.add(spooled.sha256)
        assert len(digests) == 1

    def test_the_file_has_no_name_any_more(self, reader, folder):
        with spool(reader, "json").file:
            assert list(folder.iterdir()) == []

    def test_nothing_is_left_when_it_fails(self, reader, folder, monkeypatch):
        def fail(_records, _path):
            raise OSError("full")

        monkeypatch.setitem(spooling.WRITERS, "json", fail)
        with pytest.raises(OSError, match="full"):
            spool(reader, "json")
        assert list(folder.iterdir()) == []


class TestCsv:
    def test_it_is_a_table_for_each_kind_that_can_be_read_back(self, reader, folder):
        with spool(reader, "csv").file as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
            for collection, items in records_of(reader):
                data = archive.read(f"{collection.path}.csv")
                read = read_records("csv", data, COLLECTIONS.values(), collection.kind)[collection.kind]
                assert [record["slug"] for _place, record in read] == [item["slug"] for item in items]
