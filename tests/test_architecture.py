"""The house rules that a machine can check: each was once a remark in a review."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import errors
from app.api.contract import Resource, methods_of
from app.api.site import NAMESPACES
from app.config import PROJECT_FOLDER
from app.services.registry import COLLECTIONS

APP = PROJECT_FOLDER / "app"
FILES = sorted(path.relative_to(PROJECT_FOLDER) for path in APP.rglob("*.py"))
IN_ORDER = ("get", "post", "put", "patch", "delete")
RESOURCES = list(dict.fromkeys(route.resource for namespace in NAMESPACES for route in namespace.resources))
RESOURCE_FILES = sorted({Path(*resource.__module__.split(".")).with_suffix(".py") for resource in RESOURCES})
COLLECTION_FILES = [Path("app", "api", f"{c.path.replace('-', '_')}.py") for c in COLLECTIONS.values()]
# What a module may import: modules of its own rank or a lower one.
RANKS = [
    {
        "app.bounded",
        "app.config",
        "app.kept",
        "app.landmarks",
        "app.logs",
        "app.packages",
        "app.remembered",
        "app.text",
    },
    {"app.errors"},
    {"app.manifests"},
    {"app.db"},
    {"app.models", "app.versions"},
    {"app.schemas"},
    {"app.formats"},
    {"app.catalogs"},
    {"app.services"},
    {"app.api"},
    {"app.front"},
    {"app.migrating", "app.sender", "app.watching"},
    {"app", "app.cli", "app.factory", "app.prepare", "app.preparing"},
]
PACKAGES = ("manifests", "catalogs", "schemas", "services", "api")
LONGEST_FILE = 400
LONGER_FOR_A_REASON = {"app/models.py"}  # every table in one place, columns one a line


def source(path):
    return (PROJECT_FOLDER / path).read_text("utf-8")


def tree(path):
    return ast.parse(source(path))


def module_of(path):
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imports_of(path) -> Iterator[str]:
    """Give every module that a file imports, also within functions; `from app import x` imports app.x."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            for item in node.names:
                inner = Path(*f"{node.module}.{item.name}".split("."))
                is_module = any(
                    (PROJECT_FOLDER / place).exists() for place in (inner, inner.with_suffix(".py"))
                )
                yield f"{node.module}.{item.name}" if is_module else node.module


def rank_of(module):
    parts = module.split(".")
    names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next(place for name in names for place, rank in enumerate(RANKS) if name in rank)


def edges(package):
    """Give which module of a package imports which other one of it."""
    return {
        module_of(path): {name for name in imports_of(path) if name.startswith(f"{package}.")}
        for path in FILES
        if module_of(path).startswith(f"{package}.")
    }


def calls(path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def method_names(path):
    return [(call.func.attr, call.lineno) for call in calls(path) if isinstance(call.func, ast.Attribute)]


@pytest.mark.parametrize("path", FILES, ids=str)
class TestEveryFile:
    def test_it_imports_nothing_of_a_higher_rank(self, path):
        own = rank_of(module_of(path))
        higher = [name for name in imports_of(path) if name.split(".")[0] == "app" and rank_of(name) > own]
        assert higher == []

    def test_it_imports_flask_restx_in_one_place(self, path):
        imports = {name.split(".")[0] for name in imports_of(path)}
        assert "flask_restx" not in imports or path.name == "restx.py"

    def test_it_leaves_apispec_to_the_documents(self, path):
        imports = {name.split(".")[0] for name in imports_of(path)}
        assert "apispec" not in imports or path.name == "documents.py"

    def test_it_leaves_markdown_to_the_blocks(self, path):
        imports = {name.split(".")[0] for name in imports_of(path)}
        assert "markdown_it" not in imports or path.name == "markdown_blocks.py"

    def test_it_takes_nothing_of_flask_restx_that_marshmallow_does_here(self, path):
        banned = {"flask_restx.fields", "flask_restx.marshal", "flask_restx.reqparse", "flask_restx.abort"}
        assert not banned & set(imports_of(path))
        assert re.findall(r"flask_restx\.(fields|marshal\w*|reqparse|abort|inputs)\b", source(path)) == []

    def test_a_flush_has_its_reason_beside_it(self, path):
        lines = source(path).splitlines()
        flushes = [lines[number - 1] for name, number in method_names(path) if name == "flush"]
        assert [line for line in flushes if not re.search(r"\.flush\(\)  # \w+", line)] == []

    def test_it_puts_no_value_into_sql(self, path):
        texts = [
            call.lineno
            for call in calls(path)
            for argument in call.args[:1]
            if isinstance(argument, ast.JoinedStr) and name_of(call) in {"text", "execute", "exec_driver_sql"}
        ]
        pragmas = [call.lineno for call in calls(path) if name_of(call) == "execute" and path.name == "db.py"]
        assert set(texts) <= set(pragmas)

    def test_it_leaves_nothing_to_do(self, path):
        assert re.findall(r"\b(TODO|FIXME|XXX|HACK)\b", source(path)) == []

    def test_what_it_silences_has_a_code_and_a_reason(self, path):
        silenced = [
            line for line in source(path).splitlines() if re.search(r"#\s*(noqa|type:\s*ignore)", line)
        ]
        good = re.compile(r"# (noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*|type: ignore\[[a-z-, ]+\])  # \w+")
        assert [line for line in silenced if not good.search(line)] == []

    def test_it_can_be_read_in_one_go(self, path):
        is_excused = path.as_posix() in LONGER_FOR_A_REASON
        assert is_excused or len(source(path).splitlines()) < LONGEST_FILE

    def test_everything_public_says_what_it_does(self, path):
        silent = [node.name for node in public(tree(path)) if not ast.get_docstring(node)]
        assert silent == []
        assert ast.get_docstring(tree(path))

    def test_a_docstring_begins_with_one_sentence(self, path):
        firsts = [(node.name, ast.get_docstring(node).splitlines()[0]) for node in public(tree(path))]
        assert [name for name, first in firsts if not first.endswith(".")] == []


def name_of(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def public(node) -> Iterator[ast.AST]:
    for child in node.body:
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from public(child)


class TestServices:
    def test_they_know_nothing_of_http(self):
        known = {name for path in FILES if "services" in path.parts for name in imports_of(path)}
        assert {name for name in known if name.split(".")[0] in {"flask", "werkzeug", "flask_restx"}} == set()

    @pytest.mark.parametrize("path", [path for path in FILES if "services" in path.parts], ids=str)
    def test_they_never_end_a_transaction(self, path):
        assert [name for name, _line in method_names(path) if name in {"commit", "rollback", "begin"}] == []

    @pytest.mark.parametrize("package", [f"app.{name}" for name in PACKAGES])
    def test_they_import_one_another_in_no_circle(self, package):
        left = edges(package)
        while free := [name for name, needed in left.items() if not needed & left.keys()]:
            left = {name: needed for name, needed in left.items() if name not in free}
        assert left == {}


class TestErrors:
    @pytest.mark.parametrize("path", FILES, ids=str)
    def test_every_code_of_a_problem_is_explained(self, path):
        classes = {name for name, thing in vars(errors).items() if is_error(thing)}
        arguments = [call.args[1] for call in calls(path) if name_of(call) in classes and len(call.args) > 1]
        codes = [item.value for item in arguments if isinstance(item, ast.Constant)]
        assert [code for code in codes if code not in errors.EXPLANATIONS] == []


def is_error(thing):
    return isinstance(thing, type) and issubclass(thing, errors.AtlasError) and thing is not errors.Renamed


class TestResources:
    @pytest.mark.parametrize("resource", RESOURCES)
    def test_each_method_is_declared(self, resource):
        served = {method.lower() for method in resource.methods or ()}
        assert set(methods_of(resource)) == served != set()

    @pytest.mark.parametrize("resource", RESOURCES)
    def test_the_first_line_of_each_method_is_one_sentence(self, resource):
        firsts = [getattr(resource, name).__doc__.splitlines()[0] for name in methods_of(resource)]
        assert [first for first in firsts if not re.fullmatch(r"[A-Z][^.]*\.", first)] == []

    @pytest.mark.parametrize("resource", RESOURCES)
    def test_the_methods_stand_in_the_one_order(self, resource):
        own = [name for name in vars(resource) if name in IN_ORDER]
        assert own == [name for name in IN_ORDER if name in own]
        assert issubclass(resource, Resource)

    @pytest.mark.parametrize("path", COLLECTION_FILES, ids=str)
    def test_a_file_begins_with_namespace_list_and_item(self, path):
        body = [node for node in tree(path).body if isinstance(node, (ast.Assign, ast.ClassDef))]
        names = [node.name if isinstance(node, ast.ClassDef) else node.targets[0].id for node in body]
        assert names[0] == "ns"
        assert re.fullmatch(r"\w+List", names[1])
        assert names[2] == names[1].replace("List", "Item")

    @pytest.mark.parametrize("path", RESOURCE_FILES, ids=str)
    def test_a_method_is_short(self, path):
        methods = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]
        assert [method.name for method in methods if len(method.body) > 9] == []
