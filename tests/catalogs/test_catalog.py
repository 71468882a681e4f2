import hashlib

import pytest

from app.catalogs.catalog import MOST_REMARKS, Drafts, with_digest
from app.catalogs.cleaning import (
    clean_day,
    clean_line,
    clean_prose,
    clean_purl,
    clean_topics,
    clean_url,
    clean_word,
)
from app.catalogs.excerpts import Excerpts
from app.errors import AtlasError
from app.landmarks import landmarks_of
from app.models import Role


def drafts(text="a\nb\nc"):
    return Drafts(Excerpts(text, "source"))


class TestSlugs:
    def test_one_thing_has_one_slug(self):
        made = drafts()
        assert made.slug_for("teams", "core", "Core") == made.slug_for("teams", "core", "Other") == "core"

    def test_another_thing_of_that_name_has_another_one(self):
        made = drafts()
        made.slug_for("teams", "a", "Core")
        other = made.slug_for("teams", "b", "Core")
        assert other == f"core-{hashlib.sha256(b'b').hexdigest()[:6]}"

    def test_a_slug_that_clashes_in_spite_of_its_digest_gets_another_one(self):
        made = drafts()
        made.slug_for("teams", "a", "x")
        made.slug_for("teams", "b", with_digest("x", "c"))
        assert made.slug_for("teams", "c", "x") == with_digest("x", "c1")

    def test_a_digest_fits_behind_a_long_slug(self):
        assert len(with_digest("a" * 80, "x")) == 80


class TestNames:
    def test_names_that_fold_to_the_same_are_told_apart(self):
        made = drafts()
        made.add("libraries", {"slug": "x", "name": "Ex"})
        assert made.add("libraries", {"slug": "y", "name": "EX"})["name"] == "EX (y)"

    def test_even_names_that_look_told_apart_are(self):
        made = drafts()
        for slug, name in (("x", "Ex"), ("z", "Ex (y)")):
            made.add("libraries", {"slug": slug, "name": name})
        assert made.add("libraries", {"slug": "y", "name": "Ex"})["name"].startswith("y ")

    def test_teams_of_two_organizations_may_have_one_name(self):
        made = drafts()
        made.add("teams", {"slug": "a", "name": "Core", "organization": "x"})
        assert made.add("teams", {"slug": "b", "name": "Core", "organization": "y"})["name"] == "Core"

    def test_a_record_is_added_once(self):
        made = drafts()
        made.add("teams", {"slug": "a", "name": "A", "area": None})
        assert made.add("teams", {"slug": "a", "name": "B"}) == {"slug": "a", "name": "A"}


class TestCatalog:
    def test_records_stand_by_slug_and_remarks_by_line(self):
        made = drafts()
        for slug in "ba":
            made.add("teams", {"slug": slug, "name": slug})
        made.remark(4, "x", "C.")
        made.remark(0, "x", "A.")
        catalog = made.catalog()
        assert [item["slug"] for item in catalog.records["teams"]] == ["a", "b"]
        assert [(remark.line, remark.detail) for remark in catalog.remarks] == [(1, "A."), (3, "C.")]

    def test_very_many_remarks_are_counted(self):
        made = drafts()
        for _number in range(MOST_REMARKS + 5):
            made.remark(0, "x", "X.")
        remarks = made.catalog().remarks
        assert (len(remarks), remarks[-1].detail) == (MOST_REMARKS + 1, "And 5 more.")


class TestExcerpts:
    def test_lines_are_counted_by_line_feeds(self):
        excerpts = Excerpts("a\r\nb\n\nc", "s")
        assert [excerpts.line_at(place) for place in (0, 2, 3, 5, 6)] == [1, 1, 2, 3, 4]

    def test_offsets_count_in_nfc(self):
        excerpts = Excerpts("e\u0301 x", "s")
        assert excerpts.evidence(0, 4, ["x", "x", "\n"], None) == {
            "source": "s",
            "line": 1,
            "start": 0,
            "end": 3,
            "excerpt_sha256": hashlib.sha256("\u00e9 x".encode()).hexdigest(),
            "landmarks": str(landmarks_of("\u00e9 x", 0, 3)),
            "mentions": ["x"],
            "kind": "declared",
        }

    def test_halves_of_characters_are_refused(self):
        with pytest.raises(AtlasError, match="Line 2: This is not text in UTF-8"):
            Excerpts("a\n\ud800", "s")


class TestCleaning:
    @pytest.mark.parametrize(
        ("value", "line"),
        [
            (" a \n b\x00", "a b"),
            ("\u200b", None),
            (3, None),
            ("x" * 300, "x" * 200),
            ("e\ud800\u0301", "\u00e9"),
        ],
    )
    def test_a_line_is_short_and_visible(self, value, line):
        assert clean_line(value) == line

    @pytest.mark.parametrize(
        ("value", "prose"), [("a \r\n\tb\x07", "a\n\tb"), (" \n", None), (None, None), ("\x0bx", "x")]
    )
    def test_prose_keeps_its_lines(self, value, prose):
        assert clean_prose(value) == prose

    @pytest.mark.parametrize(
        ("value", "url"),
        [
            (" https://x/\u00e9 ", "https://x/%C3%A9"),
            ("ftp://x", None),
            ("localhost", None),
            ("https://x/\ud800", None),
            (3, None),
            (None, None),
        ],
    )
    def test_a_link_is_one_of_the_web(self, value, url):
        assert clean_url(value) == url

    @pytest.mark.parametrize(
        ("value", "day"), [("2026-01-31", "2026-01-31"), ("2026-02-31", None), (None, None)]
    )
    def test_a_day_is_one_of_the_calendar(self, value, day):
        assert clean_day(value) == day

    def test_topics_are_slugs(self):
        assert clean_topics(["Big Data", "big-data", "\u4e2d", None, "tier:1"]) == ["big-data", "tier-1"]

    def test_words_are_those_of_the_enumeration(self):
        assert (clean_word(Role, "builds"), clean_word(Role, "x"), clean_word(Role, None)) == (
            "builds",
            None,
            None,
        )

    def test_a_package_url_is_canonical(self):
        assert (clean_purl("pkg:pypi/Flask"), clean_purl("x")) == ("pkg:pypi/flask", None)
