import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadRequest
from app.formats.strict_json import parse_json
from app.formats.writing import to_json
from tests.formats.hostile import any_text, attempt


class TestParseJson:
    @given(st.dictionaries(any_text, st.lists(any_text)))
    def test_it_reads_what_is_written(self, document):
        assert parse_json(to_json(document)) == document

    def test_a_number_of_thousands_of_digits_is_refused(self):
        with pytest.raises(BadRequest, match="too many digits"):
            parse_json(b"9" * 5_000)

    @given(st.text('{}[]",:\\u0d8 1e.-tn', max_size=40))
    def test_whatever_comes_is_read_or_refused(self, text):
        assert getattr(attempt(lambda: parse_json(text.encode())), "status", 400) == 400
