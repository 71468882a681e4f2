"""An atlas in plain Python says what the real one has to answer, through any life."""

import os

import pytest

from tests.checker.serving import Local, Remote
from tests.checker.walking import Walk, summary

SOAK_STEPS = int(os.environ.get("SOAK_STEPS", "100000"))
SOAK_SEED = int(os.environ.get("SOAK_SEED", "1"))
STEPS_A_LIFE = 5_000


class TestChecker:
    def test_the_atlas_says_what_the_model_says(self, session_app, database_url):
        server = Local(session_app, database_url)
        try:
            Walk(server, 1).run(250, restarts=0.01, prunes=0)
        finally:
            server.close()

    @pytest.mark.soak
    @pytest.mark.parametrize("place", ["in this process", "served"])
    def test_it_says_so_through_long_lives(self, session_app, farm, tmp_path, place, capsys):
        """Through SOAK_STEPS steps, from SOAK_SEED on: half in this process, half by the real server."""
        for seed in range(SOAK_SEED, SOAK_SEED + max(1, SOAK_STEPS // 2 // STEPS_A_LIFE)):
            url = farm.fresh("empty")
            server = Local(session_app, url) if place != "served" else Remote(session_app, url, tmp_path)
            walk = Walk(server, seed)
            try:
                walk.run(min(STEPS_A_LIFE, SOAK_STEPS))
            finally:
                server.close()
                with capsys.disabled():
                    print(summary(walk), flush=True)  # noqa: T201  # what a long test did
            farm.drop(url)
