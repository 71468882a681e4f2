import json
from datetime import UTC, date, datetime

import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.formats.csv_columns import columns_of
from app.formats.writing import PIECE_BYTES, in_pieces, write_csv, write_json, write_ndjson, write_yaml
from app.schemas.records import PurposeSchema
from tests.formats.hostile import records

PURPOSES = st.lists(records(PurposeSchema), max_size=4)


def whole(pieces):
    return b"".join(pieces)


class TestWriters:
    @given(PURPOSES)
    def test_json_is_one_array(self, documents):
        assert json.loads(whole(write_json(documents))) == documents

    @given(PURPOSES)
    def test_ndjson_is_a_document_a_line(self, documents):
        lines = whole(write_ndjson(documents)).split(b"\n")
        assert [json.loads(line) for line in lines[:-1]] == documents
        assert lines[-1] == b""

    @given(PURPOSES)
    def test_yaml_is_one_sequence(self, documents):
        assert yaml.load(whole(write_yaml(documents)), Loader=yaml.CSafeLoader) == documents

    def test_moments_and_days_are_written_alike(self):
        document = {"slug": datetime(2020, 1, 2, 3, tzinfo=UTC), "name": date(2020, 1, 2)}
        assert whole(write_ndjson([document])) == b'{"slug":"2020-01-02T03:00:00Z","name":"2020-01-02"}\n'
        assert whole(write_yaml([document])) == b'- slug: "2020-01-02T03:00:00Z"\n  name: "2020-01-02"\n'
        columns = columns_of(PurposeSchema, ["name"])
        assert whole(write_csv([document], columns)) == b"slug,name\r\n2020-01-02T03:00:00Z,2020-01-02\r\n"

    def test_csv_of_nothing_is_a_header(self):
        assert whole(write_csv([], columns_of(PurposeSchema, is_flat=True))) == b"slug,name,description\r\n"


class TestInPieces:
    def test_small_parts_are_gathered(self):
        pieces = list(in_pieces(b"x" * 1_000 for _ in range(200)))
        assert len(whole(pieces)) == 200_000
        assert all(PIECE_BYTES <= len(piece) < PIECE_BYTES + 1_000 for piece in pieces[:-1])

    def test_nothing_makes_no_piece(self):
        assert list(in_pieces([])) == []

    def test_it_reads_on_only_as_it_is_read(self):
        taken = []
        pieces = in_pieces(taken.append(number) or b"x" * PIECE_BYTES for number in range(5))
        next(pieces)
        assert taken == [0]
