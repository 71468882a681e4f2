# ruff: noqa: RUF001  # letters that look like others are the point
import unicodedata

import pytest

from tests.client import assert_problem, slugs

# Two spellings that a reader takes for one name: at most one of each pair can be in the atlas.
PAIRS = [
    # Case, width, blanks, what cannot be seen.
    ("NumPy", "numpy"),
    ("NumPy", "NUMPY"),
    ("NumPy", "ＮｕｍＰｙ"),
    ("NumPy", "NumPy\u200b"),
    ("NumPy", "Num\u200cPy"),
    ("NumPy", "Num\u200dPy"),
    ("NumPy", "Num\u00adPy"),
    ("NumPy", "\ufeffNumPy"),
    ("NumPy", "Num\u2060Py"),
    ("NumPy", "\u202eNumPy"),
    ("Amazon S3", "Amazon  S3"),
    ("Amazon S3", "Amazon\u00a0S3"),
    ("Amazon S3", "Amazon\u3000S3"),
    ("Amazon S3", "Amazon\u2009S3"),
    ("Amazon S3", " Amazon S3 "),
    # One letter in several codings.
    ("Café", "Cafe\u0301"),
    ("Ångström", "\u212bngstro\u0308m"),
    ("Ohm", "Ｏhm"),
    ("Straße", "STRASSE"),
    ("office", "o\ufb03ce"),
    ("files", "\ufb01les"),
    ("Flask", "Fla\u017fk"),
    ("Kafka", "\u212aafka"),
    ("numpy", "𝐧𝐮𝐦𝐩𝐲"),
    ("numpy", "𝚗𝚞𝚖𝚙𝚢"),
    ("numpy", "ⓝⓤⓜⓟⓨ"),
    ("x2", "x²"),
    ("Δelta", "δelta"),
    # Cyrillic.
    ("pandas", "p\u0430ndas"),
    ("pandas", "\u0440andas"),
    ("pandas", "panda\u0455"),
    ("requests", "r\u0435quests"),
    ("scipy", "s\u0441ipy"),
    ("scipy", "sc\u0456py"),
    ("boto", "b\u043eto"),
    ("xarray", "\u0445array"),
    ("numpy", "nump\u0443"),
    ("jupyter", "\u0458upyter"),
    ("hug", "\u04bbug"),
    ("PANDAS", "P\u0410ND\u0410S"),
    ("BOTO", "\u0412OTO"),
    ("MATPLOTLIB", "\u041cATPLOTLIB"),
    ("TORCH", "\u0422ORCH"),
    ("KERAS", "\u041aERAS"),
    ("SCIPY", "\u0405CIPY"),
    # Greek.
    ("boto", "b\u03bfto"),
    ("vega", "\u03bdega"),
    ("vaex", "v\u03b1ex"),
    ("NUMPY", "\u039dUMPY"),
    ("BOTO", "\u0392OTO"),
    ("ZEPPELIN", "\u0396EPPELIN"),
    ("HADOOP", "\u0397ADOOP"),
    ("KAFKA", "\u039aAFKA"),
    # Armenian, small capitals, dotless i.
    ("solr", "s\u0585lr"),
    ("hive", "\u0570ive"),
    ("celery", "\u1d04elery"),
    ("vector", "\u1d20ector"),
    ("zarr", "\u1d22arr"),
    ("pip", "p\u0131p"),
]


class TestLookAlikes:
    @pytest.mark.parametrize(("first", "second"), PAIRS, ids=ascii)
    def test_one_of_a_pair_keeps_the_other_one_out(self, client, make, first, second):
        assert first != second
        make.library(name=first, slug="first")
        response = client.post("/libraries", {"name": second, "slug": "second"})
        problem = assert_problem(response, 409, "conflict", pointer="/name")
        assert problem["conflict"] == "http://localhost/api/v1/libraries/first"

    @pytest.mark.parametrize(("first", "second"), PAIRS[::6], ids=ascii)
    def test_it_does_not_matter_which_comes_first(self, client, make, first, second):
        make.library(name=second, slug="first")
        response = client.post("/libraries", {"name": first, "slug": "second"})
        assert_problem(response, 409, "conflict", pointer="/name")

    @pytest.mark.parametrize(("first", "second"), PAIRS[::6], ids=ascii)
    def test_a_filter_takes_one_for_the_other(self, client, make, first, second):
        make.use_case(slug="in", library=make.library(name=first, slug="first")["slug"])
        make.use_case(slug="out")
        assert slugs(client.get("/use-cases", query_string={"library": second.strip()})) == ["in"]

    @pytest.mark.parametrize("path", ["organizations", "teams", "purposes"])
    def test_other_kinds_are_guarded_too(self, client, make, path):
        made = make.any(path, name="pandas", slug="first")
        body = {"name": "p\u0430ndas", "slug": "second"}
        if path == "teams":
            body["organization"] = made["organization"]["slug"]
        assert_problem(client.post(f"/{path}", body), 409, "conflict", pointer="/name")

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("C", "C++"),
            ("C#", "C"),
            (".NET", "NET"),
            ("Go", "Go2"),
            ("Vue", "Vue.js"),
            ("é", "e"),
            ("R", "Я"),
        ],
        ids=ascii,
    )
    def test_names_that_differ_to_a_reader_live_side_by_side(self, make, first, second):
        make.library(name=first, slug="first")
        assert make.library(name=second, slug="second")["slug"] == "second"


class TestNormalForm:
    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_a_name_is_kept_composed(self, make, form):
        name = unicodedata.normalize(form, "Ångström é 한글")
        assert make.library(name=name)["name"] == unicodedata.normalize("NFC", name)

    def test_a_name_keeps_its_spelling(self, make):
        assert make.library(name="ＮｕｍＰｙ ﬁ²")["name"] == "ＮｕｍＰｙ ﬁ²"

    def test_blanks_around_it_are_taken_off(self, make):
        assert make.library(name=" \u00a0NumPy\u3000")["name"] == "NumPy"

    def test_a_search_finds_either_form(self, client, make):
        make.library(name="Ångström", slug="angstrom")
        assert slugs(client.get("/libraries", query_string={"q": "a\u030angstro\u0308m"})) == ["angstrom"]
