import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import models
from app.errors import Invalid
from app.manifests import findings
from app.manifests.reading import LARGEST, MANIFEST_FORMATS, read_manifest
from tests.manifests.samples import SAMPLES, refusal, remarks, rows, sample

# What breaks readers: structure, escapes, half characters, numbers, places.
BITS = [
    *'"{}[],:\\\n\0#=.@;|()/\r-',
    "\ud800",
    "null",
    "1e999",
    '"""',
    "'''",
    "://",
    "\u0301",
    "\\u0000",
    "\\ud800",
]
BITS += ["{}", "[]", '""', "npm:", "file:", "git+", "name", "\u2028", "\ufeff"]
PIECES = [
    "[",
    "{",
    '{"a":',
    "a.",
    "a = [",
    "[[a]]\n",
    '"',
    "'",
    '"""',
    "\\",
    "a\n",
    "a \\\n",
    "a[",
    "a; ((",
    "a@",
    "/",
]
PIECES += ["a>=1,", "require (\n", "//", "#", "\n", " ", "a={", "# via\n", "-", "${", "a/b", "<a", "0", "~"]
HEADS = {
    "pyproject": '[project]\ndependencies=["',
    "package-json": '{"dependencies":{"a":"',
    "package-lock": '{"lockfileVersion":1,"dependencies":{"a":',
    "cyclonedx": '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[',
    "spdx": '{"spdxVersion":"SPDX-2.3","packages":[',
    "uv-lock": "version = 1\n",
    "go-mod": "module a\nrequire (",
}


def calls_to_read(format_, text):
    """Give how many calls reading a text took, of Python and of C: what grows when work does."""
    count = 0

    def note(*_):
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        read_or_refuse(format_, text)
    finally:
        sys.setprofile(None)
    return count


def mutated(text, chance):
    """Give a text with a few things put in, left out, or moved."""
    for _ in range(chance.choice([1, 1, 2, 5])):
        at, other = chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)
        put_in = chance.choice([chance.choice(BITS), "", text[other : other + 30]])
        text = text[:at] + put_in + text[at + chance.choice([0, 1, 10]) :]
    return text


def read_or_refuse(format_, text):
    """Read a text; None stands for one that is refused as it should be, with a line."""
    try:
        return read_manifest(format_, text)
    except Invalid as error:
        return None if error.members["line"] > 0 else error


def check(format_, text):
    """Check that a text is refused, or that every place in it is right."""
    manifest = read_or_refuse(format_, text)
    dependencies = manifest.dependencies if manifest else ()
    for one in dependencies:
        assert 0 <= one.start < one.end <= len(text)
        assert one.line == text.count("\n", 0, one.start) + 1
        assert one.name
    assert list(dependencies) == sorted(dependencies, key=lambda one: one.start)


class TestReadManifest:
    @pytest.mark.parametrize("name", SAMPLES)
    def test_the_mention_stands_in_the_declaration(self, name):
        text = sample(name)
        manifest = read_manifest(SAMPLES[name], text)
        assert [one for one in manifest.dependencies if one.mention not in text[one.start : one.end]] == []
        assert manifest.format == SAMPLES[name]

    def test_every_format_has_a_sample(self):
        assert set(SAMPLES.values()) == set(MANIFEST_FORMATS)

    def test_an_unknown_format_is_refused_with_the_near_one(self):
        with pytest.raises(Invalid, match="Did you mean poetry-lock"):
            read_manifest("poetry.lock", "")

    @pytest.mark.parametrize("text", ["a\n\0", "a\n\ud800"])
    def test_nul_and_half_characters_are_refused(self, text):
        detail = "The text holds NUL or half a character (a lone surrogate). (line 2)"
        assert refusal("requirements", text) == (detail, 2)

    @pytest.mark.parametrize("text", ["a" * (LARGEST + 1), "é" * (LARGEST // 2 + 1)])
    def test_what_is_too_large_is_refused(self, text):
        assert refusal("requirements", text) == ("The text is larger than 16 MiB. (line 1)", 1)

    def test_a_byte_order_mark_does_not_move_places(self):
        (one,) = read_manifest("package-json", '\ufeff{"dependencies": {"a": "1"}}').dependencies
        assert (one.start, one.end) == (19, 27)


class TestLimits:
    def test_they_are_those_of_the_columns(self):
        assert findings.LONGEST_NAME == models.NAME_LENGTH
        assert findings.LONGEST_RANGE == models.VERSION_RANGE_LENGTH
        assert findings.LONGEST_PURL == models.PURL_LENGTH

    def test_too_many_dependencies_are_refused(self, monkeypatch):
        monkeypatch.setattr(findings, "MOST_DEPENDENCIES", 2)
        assert refusal("requirements", "a\nb\nc") == ("There are more than 2 dependencies. (line 3)", 3)

    def test_too_many_declarations_are_refused(self, monkeypatch):
        monkeypatch.setattr(findings, "MOST_DECLARATIONS", 2)
        assert refusal("requirements", "a\na\na") == ("There are more than 2 declarations. (line 3)", 3)

    def test_only_the_first_remarks_are_given(self, monkeypatch):
        monkeypatch.setattr(findings, "MOST_REMARKS", 2)
        manifest = read_manifest("requirements", "? ?\n" * 5)
        assert remarks(manifest) == [(1, "unreadable"), (2, "unreadable"), (3, "more")]

    @pytest.mark.parametrize("name", ["a" * 201, "\\u0007", "http://me:secret@h"])
    def test_a_name_that_cannot_be_kept_is_remarked_on(self, name):
        manifest = read_manifest("package-json", f'{{"dependencies": {{"{name}": "1"}}}}')
        assert (rows(manifest), remarks(manifest)) == ([], [(1, "unreadable")])

    def test_a_group_that_cannot_be_kept_is_remarked_on(self):
        manifest = read_manifest("pyproject", f'[dependency-groups]\n{"g" * 90} = ["a"]')
        assert (rows(manifest), remarks(manifest)) == ([], [(2, "unreadable")])

    @pytest.mark.parametrize("range_", ["1" * 201, "\\u0007", "https://me:secret@h"])
    def test_a_range_that_cannot_be_kept_is_left_out(self, range_):
        text = f'[tool.poetry.dependencies]\na = "{range_}"'
        manifest = read_manifest("pyproject", text)
        assert (rows(manifest), remarks(manifest)) == ([("a", "", "runtime")], [(2, "no_range")])

    def test_ranges_that_are_too_long_together_are_left_out(self):
        text = "".join(f"a>={number}.{'0' * 90}\n" for number in range(3))
        assert rows(read_manifest("requirements", text)) == [("a", "", "runtime")]

    def test_a_purl_that_cannot_be_kept_is_left_out(self):
        (one,) = read_manifest("package-json", f'{{"dependencies": {{"{"é" * 150}": "1"}}}}').dependencies
        assert one.purl is None


class TestHostileText:
    @pytest.mark.parametrize("name", SAMPLES)
    def test_mutations_are_read_or_refused(self, name):
        chance = random.Random(name)  # noqa: S311  # to repeat, not to keep secret
        for _ in range(150):
            check(SAMPLES[name], mutated(sample(name), chance))

    @settings(max_examples=200, deadline=None)
    @given(st.sampled_from(list(MANIFEST_FORMATS)), st.text())
    def test_any_text_is_read_or_refused(self, format_, text):
        check(format_, text)

    @pytest.mark.parametrize("format_", MANIFEST_FORMATS)
    def test_ten_times_the_text_is_about_ten_times_the_work(self, format_):
        for piece in PIECES:
            for head in {"", HEADS.get(format_, "")}:
                short, long = (
                    calls_to_read(format_, head + (piece * size)[:size]) for size in (2_000, 20_000)
                )
                assert long < 15 * short + 10_000, piece
