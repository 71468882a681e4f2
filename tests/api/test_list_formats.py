"""Lists in NDJSON, YAML and CSV: whole, as JSON gives them, and cut off visibly when something fails."""

import csv
import dataclasses
import io
import json
import time

import pytest
import yaml
from sqlalchemy import event

from app.api.contract import operations_of
from app.api.site import NAMESPACES
from app.errors import Unavailable
from app.formats import writing
from app.formats.media_types import MEDIA_TYPES
from app.formats.record_files import read_records
from app.models import Kind
from app.schemas.queries import has_list_formats
from app.services import paging
from app.services.flattening import flatten, writable
from app.services.registry import COLLECTIONS
from tests.client import Client, assert_problem, walk
from tests.conftest import bound
from tests.databases import patient

STREAMED = ["ndjson", "yaml", "csv"]
PATHS = {kind: collection.path for kind, collection in COLLECTIONS.items()}
SUBLISTS = [
    "/teams/demand-engineering/use-cases",
    "/teams/demand-engineering/libraries",
    "/teams/demand-engineering/worklist",
    "/libraries/python/teams",
    "/libraries/python/use-cases",
    "/libraries/python/related",
    "/purposes/model-training/use-cases",
    "/purposes/model-training/libraries",
    "/sources/techrepublic-netflix-python-2019/use-cases",
    "/use-cases/netflix-python-across-the-business/evidence",
    "/search?q=python",
]


def with_format(path, format_, **more):
    query = "&".join(f"{name}={value}" for name, value in {"format": format_, **more}.items())
    return f"{path}{'&' if '?' in path else '?'}{query}"


def in_json(client, path):
    return [item for page in walk(client, path) for item in page["items"]]


def parse(format_, data):
    if format_ == "ndjson":
        return [json.loads(line) for line in data.splitlines()]
    if format_ == "yaml":
        return yaml.load(data, Loader=yaml.CSafeLoader)
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def rows(response, format_):
    assert response.status_code == 200, response.get_json()
    return parse(format_, response.data)


class TestWholeLists:
    @pytest.mark.parametrize("format_", ["ndjson", "yaml"])
    @pytest.mark.parametrize("path", [*(f"/{path}" for path in PATHS.values()), *SUBLISTS])
    def test_they_hold_what_all_pages_hold(self, seeded, path, format_, monkeypatch):
        monkeypatch.setattr(paging, "BATCH", 7)
        assert rows(seeded.get(with_format(path, format_)), format_) == in_json(seeded, path)

    @pytest.mark.parametrize("kind", Kind)
    def test_csv_holds_what_can_be_written(self, seeded, kind):
        collection = COLLECTIONS[kind]
        data = seeded.get(f"/{collection.path}?format=csv&bom=true").data
        read = [record for _place, record in read_records("csv", data, COLLECTIONS.values(), kind)[kind]]
        expected = in_json(seeded, f"/{collection.path}?limit=200")
        assert read == [writable(collection.schema, flatten(collection.schema, item)) for item in expected]

    @pytest.mark.parametrize("path", SUBLISTS)
    def test_csv_has_a_row_for_each_item(self, seeded, path):
        assert len(rows(seeded.get(with_format(path, "csv")), "csv")) == len(in_json(seeded, path))

    @pytest.mark.parametrize("format_", STREAMED)
    def test_filter_and_order_apply(self, seeded, format_):
        found = rows(seeded.get(f"/libraries?kind=framework&sort=-name&format={format_}"), format_)
        expected = in_json(seeded, "/libraries?kind=framework&sort=-name")
        assert [item["slug"] for item in found] == [item["slug"] for item in expected]

    @pytest.mark.parametrize("format_", ["ndjson", "yaml"])
    def test_fields_and_expansions_apply(self, seeded, format_):
        path = "/use-cases?fields=team,usages&expand=team,libraries"
        assert rows(seeded.get(with_format(path, format_)), format_) == in_json(seeded, path)

    def test_fields_choose_columns(self, seeded):
        row = rows(seeded.get("/use-cases?fields=team,title&format=csv"), "csv")[0]
        assert list(row) == ["slug", "team", "team.name", "title"]

    def test_expansions_add_columns(self, seeded):
        row = rows(seeded.get("/use-cases?team=core&expand=team,libraries&format=csv"), "csv")[0]
        assert row["team.organization.name"] == "Netflix"
        assert row["usages.library.origin"].split("|")[0] == "open_source"

    @pytest.mark.parametrize(("format_", "content"), [("ndjson", b""), ("yaml", b"[]\n")])
    def test_an_empty_list_is_empty(self, seeded, format_, content):
        assert seeded.get(f"/teams?q=nobody&format={format_}").data == content

    def test_an_empty_table_has_its_header(self, seeded):
        assert seeded.get("/purposes?q=nothing&format=csv&fields=name").data == b"slug,name\r\n"


class TestStatements:
    @pytest.mark.parametrize(
        ("path", "fixed", "each"), [("/use-cases", 2, 4), ("/teams", 2, 2), ("/sources", 2, 1)]
    )
    def test_their_number_is_that_of_the_batches(self, seeded, statements, monkeypatch, path, fixed, each):
        total = seeded.get(path).get_json()["total"]
        for size in (1, 4, 1_000):
            monkeypatch.setattr(paging, "BATCH", size)
            with statements() as seen:
                assert seeded.get(f"{path}?format=ndjson").status_code == 200
            asked = [statement for statement in seen if "set_config" not in statement]
            assert len(asked) == fixed + each * -(-total // size)


class TestPages:
    @pytest.mark.parametrize("format_", STREAMED)
    def test_with_a_limit_there_are_pages(self, seeded, format_):
        found, path = [], f"/libraries?limit=40&format={format_}&fields=name"
        while path:
            response = seeded.get(path)
            found += rows(response, format_)
            path = response.headers.get("Link", "").removeprefix("<").partition(">")[0]
        assert [item["slug"] for item in found] == [item["slug"] for item in in_json(seeded, "/libraries")]

    def test_a_cursor_alone_goes_on_with_pages(self, seeded):
        following = seeded.get("/libraries").get_json()["next"]
        assert rows(seeded.get(f"{following}&format=ndjson"), "ndjson") == in_json(seeded, following)


class TestAnswers:
    @pytest.mark.parametrize("format_", STREAMED)
    def test_accept_chooses_the_format(self, seeded, format_):
        response = seeded.get("/teams", headers={"Accept": MEDIA_TYPES[format_]})
        assert response.mimetype == MEDIA_TYPES[format_]
        assert response.data == seeded.get(f"/teams?format={format_}").data

    @pytest.mark.parametrize("accept", ["application/jsonl", "text/yaml", "text/html, text/x-yaml;q=0.5"])
    def test_other_names_of_a_format_will_do(self, seeded, accept):
        response = seeded.get("/teams", headers={"Accept": accept})
        assert response.mimetype in {MEDIA_TYPES["ndjson"], MEDIA_TYPES["yaml"]}

    @pytest.mark.parametrize(
        "accept", ["*/*", "application/*", "text/html, */*;q=0.1", "application/json,text/csv"]
    )
    def test_json_comes_first(self, seeded, accept):
        assert seeded.get("/teams", headers={"Accept": accept}).mimetype == "application/json"

    def test_what_cannot_be_had_is_told(self, seeded):
        problem = assert_problem(seeded.get("/teams", headers={"Accept": "text/html"}), 406, "not_acceptable")
        assert problem["available"] == list(MEDIA_TYPES.values())

    def test_an_unknown_format_is_refused(self, seeded):
        assert_problem(seeded.get("/teams?format=xml"), 422, "invalid", parameter="format")

    @pytest.mark.parametrize("format_", STREAMED)
    def test_headers_are_those_of_a_list(self, seeded, format_):
        headers = seeded.get(f"/teams?format={format_}").headers
        assert headers["Atlas-Version"] == seeded.get("/teams").headers["Atlas-Version"]
        assert {"Accept", "Authorization"} <= set(headers["Vary"].split(", "))
        assert headers["Cache-Control"] == "no-cache"

    def test_each_format_has_its_etag(self, seeded):
        tags = {seeded.get(f"/teams?format={format_}").headers["ETag"] for format_ in MEDIA_TYPES}
        assert len(tags) == 4

    def test_nothing_is_sent_twice(self, seeded):
        tag = seeded.get("/teams?format=csv").headers["ETag"]
        response = seeded.get("/teams?format=csv", headers={"If-None-Match": tag})
        assert (response.status_code, response.data) == (304, b"")

    @pytest.mark.parametrize(
        ("path", "name"), [("/teams", "teams"), ("/teams/core/libraries", "teams-core-libraries")]
    )
    def test_a_table_has_a_file_name(self, seeded, path, name):
        headers = seeded.get(f"{path}?format=csv").headers
        assert headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'

    @pytest.mark.parametrize("format_", STREAMED)
    def test_head_reads_no_row(self, seeded, statements, format_):
        with statements() as seen:
            response = seeded.open("HEAD", f"/use-cases?format={format_}")
        assert (response.status_code, response.mimetype, response.data) == (200, MEDIA_TYPES[format_], b"")
        assert len([statement for statement in seen if "set_config" not in statement]) == 1

    def test_a_bad_filter_is_a_problem(self, seeded):
        assert_problem(seeded.get("/teams/nobody/libraries?format=csv"), 404, "not_found")

    def test_every_list_has_every_format(self):
        lists = [each for each in operations_of(NAMESPACES).values() if has_list_formats(each.query)]
        elsewhere = len(PATHS) + 1  # histories and /diff, which have tests of their own
        assert len(lists) == len(PATHS) + len(SUBLISTS) + elsewhere
        assert all(dict(each.formats) == MEDIA_TYPES for each in lists)


class TestTime:
    def test_a_client_that_takes_its_time_gets_it_all(self, session_app, seeded_url, monkeypatch):
        monkeypatch.setattr(paging, "BATCH", 20)
        monkeypatch.setattr(writing, "PIECE_BYTES", 10_000)
        hasty = dataclasses.replace(patient(seeded_url), read_timeout_seconds=1.0)
        with bound(session_app, hasty):
            response = Client(session_app, None).http.open("/api/v1/use-cases?format=ndjson")
            sent = [piece for piece in response.response if not time.sleep(0.4)]
        assert len(sent) > 4
        assert b"error" not in sent[-1].splitlines()[-1][:10]


_SECRET = RuntimeError("a secret")


class TestFailures:
    @pytest.fixture
    def failing(self, seeded, monkeypatch):
        """Makes the statement of that number fail, and pieces and batches small."""
        engine = seeded.app.extensions["database"].reader
        monkeypatch.setattr(paging, "BATCH", 5)
        monkeypatch.setattr(writing, "PIECE_BYTES", 1)
        left = []

        def fail(*_of_the_statement):
            if left and (error := left.pop()):
                raise error

        event.listen(engine, "before_cursor_execute", fail)
        yield lambda number, error=_SECRET: left.extend([error, *[None] * (number - 1)])
        event.remove(engine, "before_cursor_execute", fail)

    def drain(self, client, path):
        """Give what is sent before the connection is closed."""
        response = client.http.open(f"/api/v1{path}")
        sent = []
        with pytest.raises(ConnectionResetError):
            sent.extend(sent.append(piece) for piece in response.response)
        response.close()
        return b"".join(piece for piece in sent if piece)

    @pytest.mark.parametrize("format_", STREAMED)
    def test_a_list_that_is_cut_off_says_so_in_its_last_line(self, seeded, failing, log_lines, format_):
        failing(5)
        lines = self.drain(seeded, f"/libraries?format={format_}&fields=name").splitlines()
        shown = lines[-1].removeprefix(b"# error: ")
        error = json.loads(shown)["error"] if format_ == "ndjson" else json.loads(shown)
        assert len(lines) > 5
        assert (error["status"], error["code"]) == (500, "internal_error")
        assert error["request_id"] in log_lines()
        assert b"secret" not in lines[-1]

    def test_what_a_client_can_be_told_of_is_told(self, seeded, failing):
        failing(5, Unavailable("Come again."))
        *_, last = self.drain(seeded, "/libraries?format=ndjson&fields=name").splitlines()
        assert json.loads(last)["error"]["detail"] == "Come again."

    def test_a_list_that_fails_at_once_is_a_problem(self, seeded, failing):
        failing(3)
        assert_problem(seeded.get("/libraries?format=csv"), 500, "internal_error")

    def test_the_connection_goes_back_when_the_client_goes_away(self, seeded):
        pool = seeded.app.extensions["database"].reader.pool
        response = seeded.http.open("/api/v1/libraries?format=ndjson")
        assert pool.checkedout() == 1
        response.close()
        assert pool.checkedout() == 0

    def test_a_connection_goes_back_after_every_answer(self, seeded, failing):
        pool = seeded.app.extensions["database"].reader.pool
        failing(3)
        for path in ("/teams", "/teams", "/teams/nobody/libraries"):
            seeded.get(f"{path}?format=csv")
        seeded.open("HEAD", "/teams?format=csv")
        assert pool.checkedout() == 0
