"""app/services/past.py"""

import re
import secrets

import pytest
import sqlalchemy as sa

from tests.client import Client, assert_problem
from tests.conftest import bound
from tests.databases import patient
from tests.documents import read


def granting():
    """Give what docs/operations.md grants a role that only serves."""
    (text,) = re.findall(
        r"^GRANT USAGE ON SCHEMA public.*?(?=^```)", read("docs/operations.md"), re.MULTILINE | re.DOTALL
    )
    return text


class TestRights:
    @pytest.fixture
    def serving(self, postgresql_farm, session_app):
        """Serves a seeded atlas with a role that is granted what a text says: `serving(text)`."""
        url, role, secret = (
            postgresql_farm.fresh("seeded"),
            f"atlas_{secrets.token_hex(6)}",
            secrets.token_hex(),
        )
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)

        def serve(text):
            with engine.connect() as connection:
                connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN PASSWORD '{secret}'")
                for statement in text.replace("TO atlas", f"TO {role}").strip().removesuffix(";").split(";"):
                    connection.exec_driver_sql(statement)
            theirs = sa.make_url(url).set(username=role, password=secret)
            return bound(session_app, patient(theirs.render_as_string(hide_password=False)))

        yield serve
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {role}")
            connection.exec_driver_sql(f"DROP ROLE {role}")
        engine.dispose()
        postgresql_farm.drop(url)

    def test_a_role_that_only_serves_reads_the_past(self, serving, session_app):
        with serving(granting()):
            client = Client(session_app, None)
            assert client.get("/teams?as_of=0").get_json()["total"] == 0
            assert client.get("/teams").get_json()["total"] > 0

    def test_without_the_right_the_present_is_not_taken_for_the_past(self, serving, session_app):
        text = re.sub(
            r", public_as_of|^.*(?:SCHEMA public_as_of|ON SCHEMAS).*\n", "", granting(), flags=re.MULTILINE
        )
        with serving(text):
            client = Client(session_app, None)
            assert_problem(client.get("/teams?as_of=0"), 500)
            assert client.get("/teams").status_code == 200
