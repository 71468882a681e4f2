import json
from pathlib import Path

import cyclonedx.schema
import pytest

from app.catalogs import licenses
from app.catalogs.licenses import license_choice

IDS = Path(licenses.__file__).with_name("spdx_ids.txt")


class TestChoice:
    def test_the_ids_are_those_of_the_schema(self):
        folder = Path(cyclonedx.schema.__file__).parent / "_res"
        schema = json.loads((folder / "spdx.SNAPSHOT.schema.json").read_text("utf-8"))
        assert IDS.read_text("utf-8").splitlines() == schema["enum"]

    @pytest.mark.parametrize("expression", ["MIT", "mit"])
    def test_one_licence_of_spdx_is_an_id(self, expression):
        assert license_choice(expression) == [{"license": {"id": "MIT"}}]

    @pytest.mark.parametrize(
        "expression",
        [
            "Apache-2.0 OR MIT",
            "(MIT AND ISC) OR GPL-2.0-or-later WITH Classpath-exception-2.0",
            "ISC+",
            "LicenseRef-ours",
            "DocumentRef-x:LicenseRef-y AND MIT",
        ],
    )
    def test_several_are_an_expression(self, expression):
        assert license_choice(expression) == [{"expression": expression}]

    @pytest.mark.parametrize("expression", ["Our-Own", "MIT OR Our-Own"])
    def test_what_spdx_does_not_know_is_a_name(self, expression):
        assert license_choice(expression) == [{"license": {"name": expression}}]
