import pytest

from app.models import Kind
from app.services.search.question import MOST_WORDS, take_apart


class TestTakeApart:
    def test_words_that_say_nothing_do_not_count(self):
        assert take_apart("which library for gradient boosting").words == ("gradient", "boosting")

    def test_a_word_for_a_kind_asks_for_it(self):
        assert set(take_apart("tools for charts").favours) == {Kind.LIBRARY}

    def test_a_word_for_a_kind_alone_is_a_word(self):
        assert take_apart("library").words == ("library",)
        assert take_apart("library").favours == {}

    def test_a_word_for_a_kind_stays_a_hint_beside_a_phrase(self):
        asked = take_apart('"gradient boosting" library')
        assert (asked.words, asked.hints) == (("gradient", "boosting"), ("library",))

    @pytest.mark.parametrize(
        ("question", "kind"),
        [
            ("who encodes videos", Kind.TEAM),
            ("how do they encode videos", Kind.USE_CASE),
            ("what do they use for videos", Kind.LIBRARY),
            ("who maintains a library of films", Kind.LIBRARY),
        ],
    )
    def test_the_question_word_says_which_kind_answers_best(self, question, kind):
        assert next(iter(take_apart(question).favours)) is kind

    def test_where_all_words_say_nothing_they_count(self):
        assert take_apart("who is it").words == ("who", "is", "it")

    def test_quotes_make_a_phrase(self):
        assert take_apart('"time series" store').phrases == (("time", "series"),)

    def test_a_dash_in_front_excludes(self):
        asked = take_apart("python -netflix scikit-learn")
        assert asked.excluded == ("netflix",)
        assert asked.words == ("python", "scikit", "learn")

    def test_so_many_words_count_and_no_more(self):
        assert len(take_apart(" ".join(f"word{number}" for number in range(50))).words) == MOST_WORDS

    @pytest.mark.parametrize("question", ["", "-", '"', '""', '"" -', "???", "\u200b"])
    def test_a_question_without_words_is_empty(self, question):
        assert take_apart(question).words == ()
