import pytest

from app.services.search.words import LONGEST_WORD, stem_of, words_of


class TestWordsOf:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("scikit-learn", ["scikit", "learn"]),
            ("Flask_RESTPlus", ["flask", "restplus"]),
            ("Caf\u00e9 CR\u00c8ME", ["cafe", "creme"]),
            ("it's S3!", ["it", "s", "s3"]),
            ("\uff2e\uff55\uff4d\uff30\uff59", ["numpy"]),
            ("", []),
        ],
    )
    def test_it_folds_and_splits(self, text, words):
        assert words_of(text) == words

    def test_a_long_word_is_cut(self):
        assert words_of("x" * 100) == ["x" * LONGEST_WORD]


class TestStemOf:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("notebooks", "notebook"),
            ("mounting", "mounts"),
            ("optimisation", "optimization"),
            ("analyse", "analyze"),
        ],
    )
    def test_forms_of_a_word_have_one_stem(self, one, other):
        assert stem_of(one) == stem_of(other)

    def test_a_stem_is_ascii_letters_and_digits(self):
        assert stem_of("\u0434\u0430\u043d\u043d\u044b\u0435").isascii()
        assert stem_of("\u0434\u0430\u043d\u043d\u044b\u0435").isalnum()
