from app.bounded import Bounded


class TestBounded:
    def test_what_is_kept_is_found(self):
        bounded = Bounded(10)
        bounded.keep("one", 1, 4)
        assert (bounded.find("one"), bounded.find("two")) == (1, None)
        assert len(bounded) == 1

    def test_the_one_that_was_not_asked_for_the_longest_time_goes_first(self):
        bounded = Bounded(10)
        bounded.keep("one", 1, 4)
        bounded.keep("two", 2, 4)
        bounded.find("one")
        bounded.keep("three", 3, 4)
        assert list(bounded) == ["one", "three"]

    def test_what_has_no_room_is_not_kept_and_takes_none(self):
        bounded = Bounded(10)
        bounded.keep("large", 0, 11)
        bounded.keep("one", 1, 10)
        assert list(bounded) == ["one"]

    def test_another_value_takes_the_room_of_the_first(self):
        bounded = Bounded(10)
        for value in range(9):
            bounded.keep("one", value, 5)
        bounded.keep("two", 2, 5)
        assert (bounded.find("one"), bounded.find("two")) == (8, 2)

    def test_what_is_dropped_leaves_its_room(self):
        bounded = Bounded(10)
        bounded.keep("one", 1, 10)
        bounded.drop("one")
        bounded.drop("one")
        bounded.keep("two", 2, 10)
        bounded.clear()
        bounded.keep("three", 3, 10)
        assert list(bounded) == ["three"]
