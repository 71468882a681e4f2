"""Lives of an atlas, drawn by hypothesis: what is done to it, one thing after another."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

FEW = 10  # lives that every run goes through; they are always the same


def lives(actions, examples, steps):
    """Make the decorator of a test that takes `seed` and `actions`.

    Args:
        actions: names of what may be done.
        examples: how many lives.
        steps: in each.
    """
    given_ = given(
        seed=st.integers(0, 10_000),
        actions=st.lists(st.sampled_from(actions), min_size=steps, max_size=steps),
    )
    settled = settings(
        max_examples=examples,
        phases=[Phase.generate],  # to shrink such lives would take minutes
        derandomize=examples < FEW,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        database=None,
    )
    return lambda test: settled(given_(test))
