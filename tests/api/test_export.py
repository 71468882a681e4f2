"""The export: whole, the same each time, and the same again after an import into an empty atlas."""

import base64
import hashlib

import pytest

from app.db import Author
from app.formats.record_files import read_records
from app.services.exporting.formats import FORMATS
from app.services.importing import import_records
from app.services.registry import COLLECTIONS
from tests.client import Client, assert_problem
from tests.conftest import bound
from tests.databases import patient


def take_in(client, format_, data):
    """Import an export."""
    found = read_records(format_, data, COLLECTIONS.values())
    records = {kind: [record for _place, record in placed] for kind, placed in found.items()}
    with client.app.extensions["database"].writing(Author("tests", "tests")) as session:
        import_records(session, records)


@pytest.fixture
def seeded_exports(session_app, seeded_url):
    """The export of the first data set, by format."""
    with bound(session_app, patient(seeded_url)):
        atlas = Client(session_app, None)
        return {
            format_: atlas.get(f"/export?format={format_}").data for format_ in ("json", "ndjson", "yaml")
        }


class TestRoundTrips:
    @pytest.mark.parametrize("format_", ["json", "ndjson", "yaml"])
    def test_an_export_of_an_import_of_an_export_is_the_same(self, seeded_exports, client, format_):
        take_in(client, format_, seeded_exports[format_])
        for each, content in seeded_exports.items():
            assert client.get(f"/export?format={each}").data == content

    def test_a_record_with_every_member_comes_through(self, client, make):
        for path in ("organizations", "sources", "teams", "libraries", "purposes", "use-cases"):
            make.whole(path)
        content = client.get("/export").data
        take_in(client, "json", content)
        assert client.get("/export").data == content


class TestExport:
    def test_json_is_the_default(self, seeded):
        response = seeded.get("/export")
        assert response.mimetype == "application/json"
        assert list(response.get_json()) == [collection.path for collection in COLLECTIONS.values()]

    @pytest.mark.parametrize("format_", FORMATS)
    def test_accept_chooses_the_format(self, seeded, format_):
        media_type = FORMATS[format_].media_type
        response = seeded.get("/export", headers={"Accept": media_type})
        assert response.mimetype == media_type
        assert response.data == seeded.get(f"/export?format={format_}").data

    @pytest.mark.parametrize("format_", FORMATS)
    def test_it_has_a_name_a_length_and_a_digest(self, seeded, format_):
        response = seeded.get(f"/export?format={format_}")
        version = response.headers["Atlas-Version"]
        name = f"tool-atlas-{version}.{FORMATS[format_].ending}"
        digest = base64.b64encode(hashlib.sha256(response.data).digest()).decode()
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response.headers["Content-Length"] == str(len(response.data))
        assert response.headers["Repr-Digest"] == f"sha-256=:{digest}:"

    def test_nothing_is_sent_twice(self, seeded):
        tag = seeded.get("/export").headers["ETag"]
        assert seeded.get("/export", headers={"If-None-Match": tag}).status_code == 304

    def test_head_makes_no_file(self, seeded, statements):
        with statements() as seen:
            response = seeded.open("HEAD", "/export?format=sqlite")
        assert (response.status_code, response.data, len(seen)) == (200, b"", 1)
        assert "Content-Length" not in response.headers
        assert response.headers["ETag"] == seeded.get("/export?format=sqlite").headers["ETag"]

    def test_what_cannot_be_had_is_told(self, seeded):
        problem = assert_problem(
            seeded.get("/export", headers={"Accept": "image/png"}), 406, "not_acceptable"
        )
        assert problem["available"] == [format_.media_type for format_ in FORMATS.values()]

    def test_what_the_server_sets_is_not_in_it(self, client, make):
        make.whole("use-cases")
        record = client.get("/export").get_json()["use-cases"][0]
        assert not {"revision", "created_at", "updated_at", "confirmed_at", "confirmed_by"} & record.keys()
        assert not {"id", "check", "checked_at"} & record["evidence"][0].keys()

    def test_no_connection_is_held_while_it_is_sent(self, seeded):
        response = seeded.http.open("/api/v1/export")
        assert seeded.app.extensions["database"].reader.pool.checkedout() == 0
        response.close()

    def test_every_format_can_be_asked_for(self, seeded):
        operation = seeded.get("//openapi.json").get_json()["paths"]["/api/v1/export"]["get"]
        parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
        assert parameters["format"]["schema"]["enum"] == list(FORMATS)
        assert list(operation["responses"]["200"]["content"]) == [
            each.media_type for each in FORMATS.values()
        ]
