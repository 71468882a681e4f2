import pytest
import sqlalchemy as sa

from app.api.pages import _SWAGGER_UI_FILES, _WEB_FILES
from app.config import SCHEMA_REVISION, Settings
from app.errors import EXPLANATIONS
from tests.client import Client, assert_problem
from tests.conftest import bound

PAGE_POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


class TestMap:
    def test_every_url_of_it_answers(self, seeded):
        urls = list(_urls(seeded.get("//").get_json()))
        assert len(urls) > 10
        for url in urls:
            assert seeded.get(url).status_code == 200, url

    def test_it_uses_the_public_address(self, anonymous, with_settings):
        with_settings(public_url="https://atlas.example")
        urls = set(_urls(anonymous.get("//").get_json()))
        assert all(url.startswith("https://atlas.example/") for url in urls)


def _urls(part):
    if isinstance(part, dict):
        for inner in part.values():
            yield from _urls(inner)
    elif isinstance(part, str) and part.startswith("http"):
        yield part


class TestDocs:
    def test_they_run_only_what_comes_from_here(self, anonymous):
        answer = anonymous.get("//docs")
        assert answer.mimetype == "text/html"
        assert set(answer.headers["Content-Security-Policy"].split("; ")) >= PAGE_POLICY

    def test_they_hold_no_script_of_their_own(self, anonymous):
        page = anonymous.get("//docs").get_data(as_text=True)
        assert page.count("<script") == page.count("<script src=") > 0
        assert "onclick" not in page
        assert "http://" not in page.replace("http://www.w3.org", "")

    @pytest.mark.parametrize("name", sorted(_WEB_FILES))
    def test_their_own_files_are_there(self, anonymous, name):
        assert anonymous.get(f"//docs/{name}").status_code == 200

    @pytest.mark.parametrize("name", sorted(_SWAGGER_UI_FILES))
    def test_the_files_of_swagger_ui_are_there(self, anonymous, name):
        assert anonymous.get(f"//docs/assets/{name}").status_code == 200

    @pytest.mark.parametrize(
        "name",
        ["swagger.html", "x.js", "..", "%2e%2e%2fconfig.py", "assets/index.html", "assets/..%2f__init__.py"],
    )
    def test_no_other_file_is(self, anonymous, name):
        assert_problem(anonymous.get(f"//docs/{name}"), 404)


class TestProblems:
    @pytest.mark.parametrize("code", sorted(EXPLANATIONS))
    def test_each_kind_is_explained(self, anonymous, code):
        shown = anonymous.get(f"//problems/{code}").get_json()
        assert (shown["status"], shown["title"], shown["explanation"]) == EXPLANATIONS[code]
        assert shown["type"] == f"http://localhost/problems/{code}"

    def test_all_are_listed(self, anonymous):
        listed = anonymous.get("//problems").get_json()["problems"]
        assert [item["code"] for item in listed] == list(EXPLANATIONS)

    def test_the_type_of_a_problem_leads_to_its_explanation(self, anonymous):
        problem = assert_problem(anonymous.get("/teams/none"), 404)
        assert anonymous.get(problem["type"]).get_json()["code"] == problem["code"]

    def test_another_one_is_not_found(self, anonymous):
        assert_problem(anonymous.get("//problems/none"), 404)


class TestHealth:
    def test_it_is_alive_and_ready(self, anonymous):
        assert anonymous.get("//livez").get_json() == {"status": "alive"}
        ready = anonymous.get("//readyz")
        assert (ready.status_code, ready.get_json()["schema"]) == (200, SCHEMA_REVISION)

    def test_it_says_which_database_serves(self, anonymous, database):
        state = anonymous.get("//readyz").get_json()["database"]
        assert state["name"] == ("sqlite" if database.is_sqlite else "postgresql")
        assert state["version"][0].isdigit()

    def test_it_is_not_ready_on_another_schema(self, anonymous, database):
        with database.writer.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
        answer = anonymous.get("//readyz")
        assert answer.status_code == 503
        assert "flask atlas migrate" in answer.get_json()["reason"]


class TestWithoutDatabase:
    @pytest.fixture(params=["unmigrated", "unreachable"])
    def lost(self, request, session_app, tmp_path):
        urls = {
            "unmigrated": f"sqlite:///{tmp_path}/empty.db",
            "unreachable": f"postgresql+psycopg://nobody@/none?host={tmp_path}",
        }
        with bound(session_app, Settings(database_url=urls[request.param])):
            yield Client(session_app, None)

    def test_it_is_alive_and_not_ready(self, lost):
        assert lost.get("//livez").status_code == 200
        answer = lost.get("//readyz")
        assert (answer.status_code, answer.get_json()["status"]) == (503, "not ready")

    def test_its_pages_answer_without_a_version(self, lost):
        for path in ("//", "//docs", "//openapi.json", "/swagger.json", "//problems"):
            answer = lost.get(path)
            assert answer.status_code == 200
            assert "Atlas-Version" not in answer.headers

    def test_it_answers_an_unknown_path_as_ever(self, lost):
        assert_problem(lost.get("/nowhere"), 404)


class TestUnknownPaths:
    @pytest.mark.parametrize(
        "path",
        [
            "//nowhere",
            "//swaggerui/swagger-ui.css",
            "//docs/assets/a/b",
            "/",
            "/nowhere",
            "/teams/a/b/c",
            "//.env",
        ],
    )
    def test_they_are_problem_documents(self, anonymous, path):
        assert_problem(anonymous.get(path), 404, "not_found")

    def test_a_slash_at_the_end_makes_no_difference(self, seeded):
        for path in ("//docs", "//openapi.json", "/teams", "/libraries/numpy"):
            assert seeded.get(f"{path}/").status_code == 200
