import pytest

from app.cli.trouble import Problem, Refused, Trouble, is_passing


class TestIsPassing:
    @pytest.mark.parametrize(
        ("problem", "expected"),
        [
            (Refused(503, {}), True),
            (Refused(429, {}), True),
            (Refused(404, {}), False),
            (Trouble("It does not answer."), True),
            (Problem("It is nothing."), False),
        ],
    )
    def test_what_may_be_gone_soon_is_tried_again(self, problem, expected):
        assert is_passing(problem) is expected
