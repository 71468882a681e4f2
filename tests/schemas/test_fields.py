import marshmallow as ma
import pytest

from app.schemas.fields import (
    License,
    Prose,
    Purl,
    Sha256,
    Slug,
    Text,
    Url,
)

NOT_STRINGS = [None, 1, 1.5, True, ["a"], {"a": 1}]


def assert_refused(field, value):
    with pytest.raises(ma.ValidationError) as caught:
        field.deserialize(value)
    return caught.value


class TestText:
    @pytest.mark.parametrize("value", NOT_STRINGS)
    def test_it_is_a_string(self, value):
        assert_refused(Text(10), value)

    @pytest.mark.parametrize("value", ["", " ", "a\nb", "a\0", "\ud800", "a\udfffb", "\x9b"], ids=ascii)
    def test_it_refuses_what_is_not_a_line(self, value):
        error = assert_refused(Text(10), value)
        assert error.messages == ["Must be text that is not blank, without control characters."]

    def test_it_counts_code_points_of_the_composed_text(self):
        assert Text(3).deserialize("e\u0301" * 3) == "\u00e9" * 3

    def test_it_refuses_one_letter_too_many(self):
        assert assert_refused(Text(3), "abcd").messages == ["Must be at most 3 characters long."]

    def test_it_takes_blanks_around_away(self):
        assert Text(10).deserialize(" a b ") == "a b"

    def test_it_documents_its_limits(self):
        metadata = Text(3, metadata={"description": "x"}).metadata
        assert (metadata["minLength"], metadata["maxLength"], metadata["description"]) == (1, 3, "x")


class TestProse:
    def test_it_may_have_several_lines(self):
        assert Prose(10).deserialize("a\n\tb") == "a\n\tb"

    @pytest.mark.parametrize("value", ["a\rb", "\n", "a\x0cb"], ids=ascii)
    def test_it_refuses_other_control_characters(self, value):
        assert_refused(Prose(10), value)


class TestSlug:
    @pytest.mark.parametrize("value", ["a", "scikit-learn", "a1-2b", "a" * 80])
    def test_it_takes(self, value):
        assert Slug().deserialize(value) == value

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "A",
            "a_b",
            "-a",
            "a-",
            "a--b",
            "a b",
            "a.b",
            "\u0430",
            "a\n",
            "é",
            "a/b",
            "..",
            "a" * 81,
            "\uff41",
            "\uff11",
        ],
        ids=ascii,
    )
    def test_it_refuses(self, value):
        assert_refused(Slug(), value)


class TestUrl:
    @pytest.mark.parametrize(
        "value", ["https://numpy.org", "http://a.b:8080/x?y=1#z", "https://a/%20", "https://127.0.0.1?q"]
    )
    def test_it_takes(self, value):
        assert Url().deserialize(value) == value

    @pytest.mark.parametrize(
        "value",
        [
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "ftp://a.b",
            "//a.b",
            "https://",
            "https://user:secret@a.b",
            "https://a b",
            "https://é.example",
            "https://a.b/\n",
            'https://a.b"',
            "https://a." + "b" * 2048,
        ],
    )
    def test_it_refuses(self, value):
        assert_refused(Url(), value)


class TestSha256:
    def test_it_takes_64_digits(self):
        assert Sha256().deserialize("0a" * 32) == "0a" * 32

    @pytest.mark.parametrize("value", ["0" * 63, "0" * 65, "A" * 64, "g" * 64])
    def test_it_refuses(self, value):
        assert_refused(Sha256(), value)


class TestLicense:
    @pytest.mark.parametrize(
        "value",
        ["MIT", "Apache-2.0 OR MIT", "(MIT AND ISC) OR 0BSD", "GPL-2.0-only WITH Classpath-exception-2.0"],
    )
    def test_it_takes(self, value):
        assert License(100).deserialize(value) == value

    @pytest.mark.parametrize(
        "value", ["MIT or ISC", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT ISC", "MIT, ISC"]
    )
    def test_it_refuses(self, value):
        assert_refused(License(100), value)


class TestPurl:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("pkg:pypi/numpy", "pkg:pypi/numpy"),
            ("pkg:pypi/Scikit_Learn", "pkg:pypi/scikit-learn"),
            ("pkg:github/x/Y", "pkg:github/x/y"),
        ],
    )
    def test_it_keeps_the_canonical_form(self, given, kept):
        assert Purl().deserialize(given) == kept

    @pytest.mark.parametrize(
        "value",
        ["numpy", "pkg:pypi", "pkg:pypi/", "pkg:pypi/numpy@1.0", "pkg:pypi/numpy?a=b", "pkg:pypi/a#b"],
    )
    def test_it_refuses(self, value):
        assert_refused(Purl(), value)

    @pytest.mark.parametrize(
        "value", ["pkg:golang/A/B", "pkg:npm/a.b", "pkg:pypi/A.b", "pkg:generic/a~b", "pkg:pypi/a+b%C3%A9"]
    )
    def test_what_it_takes_it_takes_again_unchanged(self, value):
        kept = Purl().deserialize(value)
        assert Purl().deserialize(kept) == kept

    @pytest.mark.parametrize("value", ["pkg:pypi/%2F", "pkg:pypi/a/%20"])
    def test_it_refuses_what_has_no_name(self, value):
        assert assert_refused(Purl(), value).messages == [Purl().hint]

    def test_it_refuses_what_grows_too_long(self):
        assert "500 characters" in str(assert_refused(Purl(), "pkg:pypi/" + "+" * 400))
