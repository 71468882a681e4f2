from app.manifests.graphs import tops


class TestTops:
    def test_they_are_what_nobody_needs(self):
        assert tops({"a": ["b"], "b": ["c"], "c": [], "d": ["d"]}, {}) == ["a", "d"]

    def test_what_is_needed_with_an_extra_is_needed(self):
        assert tops({"a": [], "b": []}, {"a": ["b"]}) == ["a"]

    def test_an_extra_that_closes_a_circle_does_not_count(self):
        assert tops({"a": ["b"], "b": []}, {"b": ["a"]}) == ["a"]

    def test_of_a_circle_of_equals_there_is_none(self):
        assert tops({"a": ["b"], "b": ["a"]}, {}) == []
