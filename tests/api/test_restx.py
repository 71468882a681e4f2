"""app/api/restx.py"""

import subprocess
import sys

from app.config import PROJECT_FOLDER


def printed(script):
    command = [sys.executable, "-c", script]
    done = subprocess.run(  # noqa: S603  # our own command
        command, cwd=PROJECT_FOLDER, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


class TestRestx:
    def test_who_wants_jsonschema_later_gets_the_real_one(self):
        check = "import sys, app.api.restx; print('jsonschema' in sys.modules)"
        later = "from jsonschema import Draft4Validator as d; d.check_schema({}); print(d.__name__)"
        assert printed(f"{check}; {later}") == ["False", "Draft4Validator"]

    def test_where_jsonschema_is_there_already_it_is_used(self):
        check = "import jsonschema, app.api.restx, flask_restx.model as m"
        assert printed(f"{check}; print(m.Draft4Validator is jsonschema.Draft4Validator)") == ["True"]
