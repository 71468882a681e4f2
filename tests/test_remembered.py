from app.remembered import Remembered


class TestRemembered:
    def test_an_answer_is_found_by_its_question(self):
        remembered = Remembered()
        remembered.keep(b"one", b"1")
        assert (remembered.find(b"one"), remembered.find(b"two")) == (b"1", None)

    def test_the_one_that_was_not_asked_for_the_longest_time_goes_first(self):
        remembered = Remembered(most_bytes=700)
        for question in (b"one", b"two", b"three"):
            remembered.keep(question, b"1")
            remembered.find(b"one")
        assert remembered.find(b"two") == b"1"
        remembered.find(b"one")
        remembered.find(b"two")
        remembered.keep(b"four", b"1")
        assert [remembered.find(question) for question in (b"one", b"two", b"three", b"four")] == [
            b"1",
            b"1",
            None,
            b"1",
        ]

    def test_what_has_no_room_is_not_kept(self):
        remembered = Remembered(most_bytes=700)
        remembered.keep(b"large", b"1" * 700)
        remembered.keep(b"small", b"1")
        assert (remembered.find(b"large"), remembered.find(b"small")) == (None, b"1")

    def test_an_answer_that_is_kept_again_takes_its_room_once(self):
        remembered = Remembered(most_bytes=700)
        for _ in range(9):
            remembered.keep(b"one", b"1")
        remembered.keep(b"two", b"1")
        assert remembered.find(b"one") == b"1"
