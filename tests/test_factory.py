import dataclasses
import subprocess
import sys

import pytest

from app import create_app
from app.config import PROJECT_FOLDER
from tests.client import Client
from tests.databases import patient

FORWARDED = {
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "atlas.example",
}


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory):
    """An application of its own: what stands around it is chosen when it is made."""
    url = f"sqlite:///{tmp_path_factory.mktemp('proxy')}/unused.db"
    app = create_app(dataclasses.replace(patient(url), proxies=1))
    yield app
    app.extensions["database"].dispose()


class TestProxies:
    def test_what_a_known_one_says_is_believed(self, behind_a_proxy):
        shown = Client(behind_a_proxy, None).get("//", headers=FORWARDED).get_json()
        assert shown["documentation"] == "https://atlas.example/docs"

    def test_what_a_stranger_says_is_not(self, client):
        shown = client.get("//", headers=FORWARDED).get_json()
        assert shown["documentation"] == "http://localhost/docs"


class TestImport:
    def test_serving_imports_no_parser_writer_or_document_that_few_requests_need(self, tmp_path):
        heavy = {"apispec", "packaging", "markdown_it"} | {"app.manifests.reading", "app.catalogs.catalog"}
        heavy |= {"jsonschema", "psycopg", "wcwidth", "yaml"}
        done = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-c", f"import sys, wsgi; print({heavy} & sys.modules.keys())"],
            cwd=PROJECT_FOLDER,
            env={"DATABASE_URL": f"sqlite:///{tmp_path}/unused.db"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == "set()"

    def test_the_package_imports_nothing_that_takes_time(self):
        check = "import sys, app.config; print({'flask', 'sqlalchemy', 'marshmallow'} & sys.modules.keys())"
        done = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-c", check], cwd=PROJECT_FOLDER, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "set()"
