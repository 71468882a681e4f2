import itertools

import pytest

from app.errors import Conflict
from app.models import Status
from app.services.transitions import ALLOWED, check_transition, transition_flaws

FORBIDDEN = {("disputed", "documented"), ("retired", "confirmed"), ("retired", "disputed")}


class TestTransitions:
    @pytest.mark.parametrize(("before", "after"), [*itertools.product(Status, repeat=2)])
    def test_they_are_those_of_the_table(self, before, after):
        assert bool(transition_flaws(before, after)) == ((before, after) in FORBIDDEN)

    def test_every_status_can_be_left(self):
        assert all(ALLOWED[status] for status in Status)

    def test_a_refusal_names_what_is_allowed(self):
        with pytest.raises(Conflict, match="can become confirmed or retired, not documented"):
            check_transition("disputed", "documented")
