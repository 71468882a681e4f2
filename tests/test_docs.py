"""What the documents say is so: every command runs, every name is right, every link leads somewhere."""

import dataclasses
import re
import urllib.request

import pytest

from app.config import DEFAULT_DATABASE_URL, PROJECT_FOLDER, Settings
from app.errors import EXPLANATIONS
from tests import documents
from tests.documents import ORIGIN, ROOT, read, table

RUN = ("README.md", "docs/guide.md", "docs/exchange.md", "docs/cli.md")
COMMANDS = [(name, place) for name in RUN for place in range(len(documents.commands(name)))]
URLS = [(name, url) for name in RUN for url in documents.urls(name)]
DOCUMENTS = [str(path.relative_to(ROOT)) for path in documents.documents()]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
PAGE = 60  # lines
FILE = re.compile(r"(?:app|migrations|tests|docs|\.ci)/[\w./-]*\w|\b\w+\.(?:toml|ini|conf\.py)\b")
APP_FILES = sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / "app").rglob("*.*") if "__pycache__" not in path.parts
)


@pytest.fixture(scope="session")
def ran(sqlite_farm, tmp_path_factory):
    """Runs a document's commands on an atlas of its own, once, and gives what came of them."""
    outcomes = {}

    def outcome(name, place):
        if name not in outcomes:
            url = sqlite_farm.fresh("seeded")
            with documents.live_atlas(url) as origin:
                outcomes[name] = documents.run(name, url, origin, tmp_path_factory.mktemp("shell"))
        return documents.commands(name)[place], outcomes[name][place]

    return outcome


@pytest.fixture(scope="session")
def origin(sqlite_farm):
    """The origin of a live atlas that is only read."""
    with documents.live_atlas(sqlite_farm.fresh("seeded")) as origin:
        yield origin


class TestCommands:
    @pytest.mark.parametrize(("name", "place"), COMMANDS)
    def test_each_does_what_the_document_says(self, ran, name, place):
        command, outcome = ran(name, place)
        assert (outcome.status != 0) == command.fails, f"{command.text}\n{outcome.output}\n{outcome.errors}"
        assert documents.is_as_shown(outcome.output, command.prints or "..."), outcome.output

    @pytest.mark.parametrize(("name", "url"), URLS)
    def test_each_url_answers(self, origin, name, url):
        with urllib.request.urlopen(url.replace(ORIGIN, origin), timeout=60) as response:  # noqa: S310  # ours
            assert response.status == 200

    def test_the_readme_shows_ten_or_more(self):
        assert len(re.findall(r"^curl ", read("README.md"), re.MULTILINE)) >= 10

    def test_other_documents_show_none_that_would_not_be_run(self):
        others = set(DOCUMENTS) - set(RUN)
        assert [name for name in others if re.search(r"^curl ", read(name), re.MULTILINE)] == []

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_every_make_target_is_there(self, name):
        targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
        assert set(re.findall(r"(?:`|^|\S=\S+ )make ([a-z]+)", read(name), re.MULTILINE)) <= targets


class TestApi:
    def test_the_paths_are_those_of_the_document(self, session_app):
        described = {
            (method.upper(), path)
            for path, item in session_app.extensions["documents"].openapi["paths"].items()
            for method in item
            if method != "parameters"
        }
        told = {
            (method, f"/api/v1{path.strip('`')}")
            for path, methods, *_rest in table("docs/api.md", "path")
            for method in methods.split(", ")
        }
        assert told == described

    def test_the_pages_are_those_that_are_served(self, session_app):
        rules = [rule.rule for rule in session_app.url_map.iter_rules() if rule.endpoint.startswith("pages.")]
        told = [page.strip("`") for page, *_rest in table("docs/api.md", "page")]
        assert sorted(told) == sorted(re.sub(r"<(\w+)>", r"{\1}", rule) for rule in rules)

    def test_every_problem_stands_there_with_its_status(self):
        told = {code.strip("`"): int(status) for code, status, *_rest in table("docs/api.md", "code")}
        assert told == {code: status for code, (status, *_texts) in EXPLANATIONS.items()}


class TestOperations:
    def test_every_setting_stands_there_with_its_default(self):
        told = {
            variable.strip("`"): default.strip("`")
            for variable, default, *_rest in table("docs/operations.md", "variable")
        }
        assert told == {field.name.upper(): shown(field.default) for field in dataclasses.fields(Settings)}


class TestArchitecture:
    def test_it_names_every_file_of_the_application(self):
        assert sorted(set(APP_FILES) - named_files("docs/architecture.md")) == []

    def test_every_file_that_it_names_is_there(self):
        missing = [name for name in named_files("docs/architecture.md") if not (ROOT / name).exists()]
        assert missing == []


class TestLinks:
    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_each_leads_somewhere(self, name):
        targets = re.findall(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)", read(name))
        for path, anchor in targets:
            target = (ROOT / name).parent / path if path else ROOT / name
            assert target.exists(), path
            assert not anchor or anchor in anchors(target), anchor


class TestDecisions:
    def test_the_index_links_every_one(self):
        linked = re.findall(r"\]\(([0-9][^)]+)\)", read("docs/decisions/README.md"))
        assert linked == [path.name for path in DECISIONS]

    def test_each_has_context_decision_and_consequences(self):
        for path in DECISIONS:
            headings = re.findall(r"^## (.+)$", path.read_text("utf-8"), re.MULTILINE)
            assert headings == ["Context", "Decision", "Consequences"], path.name

    def test_each_stays_under_a_page(self):
        assert [path.name for path in DECISIONS if len(path.read_text("utf-8").splitlines()) > PAGE] == []

    def test_every_one_that_the_code_names_is_there(self):
        code = "".join(read(name) for name in APP_FILES if name.endswith(".py"))
        there = {path.name[:4] for path in DECISIONS}
        assert set(re.findall(r"[dD]ecisions?[ /](\d{4})", code)) <= there

    def test_each_package_with_a_reason_is_a_dependency(self):
        told = table("docs/decisions/0011-dependencies.md", "package")
        packages = {name.lower() for names, _reason in told for name in names.split(", ")}
        assert packages <= set(re.findall(r"^[a-z0-9-]+", read("requirements.in").lower(), re.MULTILINE))


def shown(default):
    """Give a default as operations.md shows it."""
    if default == DEFAULT_DATABASE_URL:
        return default.replace(f"{PROJECT_FOLDER}/", "")
    words = {"": "", (): "", True: "true", False: "false"}
    return words[default] if isinstance(default, (bool, str, tuple)) and default in words else f"{default:}"


def named_files(name):
    """Find the files that a document names: paths from the root of the project."""
    return set(FILE.findall(read(name)))


def anchors(path):
    """Give the anchors that GitHub makes of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
