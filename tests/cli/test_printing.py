import csv
import io
import json

import pytest

from app.cli.printing import Column, Form, is_colourful, painted, show
from app.cli.trouble import Trouble

NAME = Column(lambda item: item["name"], title="NAME", name="name")
TAGS = Column(lambda item: item["tags"], title="TAGS", name="tags")
ITEMS = [{"name": "Flask", "tags": ["a", "b"]}, {"name": "=1+1", "tags": []}]


class TestTable:
    def test_lists_are_joined(self, capsys):
        show(ITEMS, [NAME, TAGS], None)
        assert capsys.readouterr().out == "NAME   TAGS\nFlask  a, b\n=1+1\n"

    def test_a_column_without_anything_is_left_out(self, capsys):
        show([{"name": "Flask", "tags": None}], [NAME, TAGS], None)
        assert capsys.readouterr().out == "NAME\nFlask\n"

    def test_columns_of_csv_alone_are_left_out(self, capsys):
        show(ITEMS, [NAME, Column(lambda item: item["tags"], name="tags")], None)
        assert "a" not in capsys.readouterr().out.replace("Flask", "")

    def test_it_fits_the_terminal_and_is_coloured_there(self, terminal):
        screen = terminal()
        show([{"name": "n" * 100, "tags": ["t"]}], [NAME, TAGS], None)
        header, row = screen.getvalue().splitlines()
        assert header.startswith("\x1b[1mNAME ")
        assert len(row) == len("t") + len("  ") + 60 - len("  TAGS")

    @pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
    def test_it_has_no_colour_where_none_is_welcome(self, terminal, monkeypatch, name, value):
        screen = terminal()
        monkeypatch.setenv(name, value)
        show(ITEMS, [NAME], None)
        assert "\x1b" not in screen.getvalue()
        assert painted("text", "red") == "text"

    def test_a_file_is_no_place_for_colour(self, terminal):
        screen = terminal()
        assert not is_colourful(io.StringIO())
        assert is_colourful(screen)
        assert painted("text", "red") == "\x1b[31mtext\x1b[0m"

    @pytest.mark.parametrize("item", [{}, [], None, "text", {"name": "x", "tags": 1, "other": 1}])
    def test_an_item_of_another_shape_is_trouble(self, item, capsys):
        column = Column(lambda item: item["name"]["other"]["tags"], title="NAME")
        with pytest.raises(Trouble, match="not of the shape"):
            show([item], [column], None)
        assert capsys.readouterr().out == ""


class TestJson:
    def test_it_gives_the_items_or_the_document(self, capsys):
        show(ITEMS, [NAME], Form.JSON)
        assert json.loads(capsys.readouterr().out) == ITEMS
        show(ITEMS, [NAME], Form.JSON, {"all": 1})
        assert json.loads(capsys.readouterr().out) == {"all": 1}

    def test_no_name_reaches_the_terminal_raw(self, terminal):
        screen = terminal()
        show([{"name": "\x1b[2J\x9b1m\u202e"}], [NAME], Form.JSON)
        assert screen.getvalue() == '[\n  {\n    "name": "\\u001b[2J\\u009b1m\\u202e"\n  }\n]\n'


FULL_WIDTH_EQUALS = "\uff1d1"


class TestCsv:
    def test_it_has_a_header_and_no_formulas(self, capsys):
        show(ITEMS, [NAME, TAGS], Form.CSV)
        assert capsys.readouterr().out == "name,tags\r\nFlask,a|b\r\n'=1+1,\r\n"

    @pytest.mark.parametrize("name", ["=1", "+1", "-1", "@x", "\t1", FULL_WIDTH_EQUALS, "'x"])
    def test_what_a_spreadsheet_would_run_is_marked(self, name, capsys):
        show([{"name": name}], [NAME], Form.CSV)
        assert list(csv.reader(io.StringIO(capsys.readouterr().out)))[1] == [f"'{name}"]

    def test_no_name_reaches_the_terminal_raw(self, terminal):
        screen = terminal()
        show([{"name": "a\x1b[2J,\nb"}], [NAME], Form.CSV)
        assert screen.getvalue() == 'name\r\n"a\\x1b[2J,\nb"\r\n'

    def test_it_is_never_coloured(self, terminal):
        screen = terminal()
        show(ITEMS, [NAME], Form.CSV)
        assert "\x1b" not in screen.getvalue()
