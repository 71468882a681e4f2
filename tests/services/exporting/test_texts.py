import json

import yaml

from app.services.exporting.texts import json_parts, ndjson_parts, yaml_parts
from app.services.libraries import LIBRARIES
from app.services.teams import TEAMS

NUMPY, FLASK = {"slug": "numpy", "kind": "library"}, {"slug": "flask", "kind": "framework"}


def records(*libraries):
    return [(LIBRARIES, list(libraries)), (TEAMS, [])]


def written(parts, *libraries):
    return b"".join(parts(records(*libraries))).decode()


class TestJson:
    def test_each_record_has_its_line(self):
        assert written(json_parts, NUMPY, FLASK) == (
            '{\n"libraries": [\n{"slug":"numpy","kind":"library"},\n{"slug":"flask","kind":"framework"}\n],'
            '\n"teams": []\n}\n'
        )

    def test_it_is_one_document(self):
        assert json.loads(written(json_parts, NUMPY)) == {"libraries": [NUMPY], "teams": []}


class TestNdjson:
    def test_each_line_says_its_kind(self):
        assert (
            written(ndjson_parts, NUMPY) == '{"kind":"library","record":{"slug":"numpy","kind":"library"}}\n'
        )


class TestYaml:
    def test_each_kind_is_a_list(self):
        text = written(yaml_parts, NUMPY, FLASK)
        assert text.startswith("libraries:\n- slug: numpy\n")
        assert yaml.load(text, Loader=yaml.CSafeLoader) == {"libraries": [NUMPY, FLASK], "teams": []}
