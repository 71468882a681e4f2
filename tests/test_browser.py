"""The documentation page in a real browser, against a server of the test's own."""

import shutil
import threading
from contextlib import suppress

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.databases import is_everything_required

pytestmark = pytest.mark.browser

METHODS = ("get", "post", "put", "patch", "delete")


class Quiet(WSGIRequestHandler):
    """A server that does not talk about requests."""

    def log_request(self, *_arguments):
        pass


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and not is_everything_required():
        pytest.skip("there is no Chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # its driver is started only if needed

    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def origin(own_seeded):
    """Where the application is served."""
    server = make_server("127.0.0.1", 0, own_seeded.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium, origin):
    """The documentation page, with what it says on the console and asks for in `told` and `asked`."""
    page = chromium.new_page()
    page.told, page.asked = [], []
    page.on("console", lambda message: page.told.append(message.text))
    page.on("pageerror", lambda error: page.told.append(str(error)))
    page.on("request", lambda request: page.asked.append(request))  # noqa: PLW0108  # Playwright marks the function
    page.goto(f"{origin}/docs?url=https://other.example/openapi.json")
    page.wait_for_selector(".opblock")
    yield page
    with suppress(Exception):
        page.close()


def authorize(page, text):
    page.click(".auth-wrapper .authorize")
    page.fill(".auth-container input", text)
    page.click(".auth-btn-wrapper .authorize")
    page.click(".auth-btn-wrapper .btn-done")


def run(page, operation_id, body=None):
    """Try an operation out and give the answer."""
    block = page.locator(f"[id$='-{operation_id}']")
    if "is-open" not in block.get_attribute("class"):
        block.locator(".opblock-summary-control").click()
    if body is not None:
        block.locator("textarea.body-param__text").fill(body)
    with page.expect_response(lambda answer: "/api/v1/" in answer.url) as caught:
        block.locator("button.execute").click()
    block.locator(".live-responses-table").wait_for()
    return caught.value


class TestDocs:
    def test_it_draws_every_operation_of_the_document(self, page, own_seeded):
        paths = own_seeded.get("//openapi.json").get_json()["paths"]
        ids = {item[method]["operationId"] for item in paths.values() for method in METHODS if method in item}
        drawn = page.eval_on_selector_all(".opblock", "blocks => blocks.map(block => block.id)")
        assert {block.rpartition("-")[2] for block in drawn} == ids
        assert len(drawn) == len(ids)

    def test_it_lists_teams(self, page):
        answer = run(page, "list_teams")
        assert answer.status == 200
        assert answer.json()["items"]

    def test_it_writes_with_a_token_that_survives_a_reload(self, page, own_seeded):
        authorize(page, own_seeded.secret)
        page.reload()
        page.wait_for_selector(".opblock")
        answer = run(page, "create_purpose", '{"name": "Made in a browser"}')
        assert answer.status == 201
        assert own_seeded.get("/purposes/made-in-a-browser").status_code == 200

    def test_it_takes_a_token_with_the_word_bearer_in_front(self, page, own_seeded):
        authorize(page, f"Bearer {own_seeded.secret} ")
        assert run(page, "create_purpose", '{"name": "Pasted"}').status == 201

    def test_it_says_nothing_on_the_console_and_asks_nobody_else(self, page, origin):
        run(page, "list_teams")
        assert page.told == []
        assert {request.url[: len(origin)] for request in page.asked if request.url[:5] != "data:"} == {
            origin
        }

    def test_it_leads_to_the_map_of_urls(self, page, origin):
        page.click("a.atlas-home")
        assert page.url == f"{origin}/"
