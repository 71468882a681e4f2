from app.cli.tables import table
from app.cli.texts import width_of

ROWS = [["NumPy", "x" * 100, "1"], ["日本語", "short", "12"]]


class TestTable:
    def test_columns_are_aligned(self):
        assert table(["NAME", "N"], [["日本語", "1"], ["é", "2"]], None, has_colour=False) == [
            "NAME    N",
            "日本語  1",
            "é       2",
        ]

    def test_nothing_is_cut_where_there_is_no_terminal(self):
        assert "x" * 100 in table(["A", "B", "C"], ROWS, None, has_colour=False)[1]

    def test_the_widest_column_gives_until_all_fit(self):
        lines = table(["A", "B", "C"], ROWS, 40, has_colour=False)
        assert max(map(width_of, lines)) == 40
        assert lines[1].startswith("NumPy   xxx")
        assert lines[1].endswith("…  1")

    def test_no_column_becomes_too_narrow_to_be_read(self):
        lines = table(["A", "B", "C"], [["a" * 20, "b" * 20, "c" * 20]], 10, has_colour=False)
        assert lines[1] == "aaaaaaa…  bbbbbbb…  ccccccc…"

    def test_the_header_is_emphasised_in_colour(self):
        assert table(["A"], [["a"]], 10, has_colour=True) == ["\x1b[1mA\x1b[0m", "a"]

    def test_a_table_without_rows_is_its_header(self):
        assert table(["A", "B"], [], 80, has_colour=False) == ["A  B"]
