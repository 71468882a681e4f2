from app.schemas.records import LibrarySchema, UseCaseSchema
from app.services.flattening import flatten, writable

USE_CASE = {
    "slug": "alerts",
    "team": {"slug": "core", "name": "CORE"},
    "purposes": [{"slug": "analysis", "name": "Analysis"}],
    "usages": [{"library": {"slug": "numpy", "name": "NumPy"}, "role": "uses"}],
    "evidence": [{"id": 7, "source": {"slug": "how", "title": "How"}, "check": "unchecked", "line": 1}],
    "revision": 1,
}


class TestFlatten:
    def test_it_puts_slugs_where_references_stand(self):
        assert flatten(UseCaseSchema, USE_CASE) == {
            "slug": "alerts",
            "team": "core",
            "purposes": ["analysis"],
            "usages": [{"library": "numpy", "role": "uses"}],
            "evidence": [{"id": 7, "source": "how", "check": "unchecked", "line": 1}],
            "revision": 1,
        }

    def test_it_leaves_a_missing_reference_missing(self):
        assert flatten(LibrarySchema, {"maker": None, "topics": ["a"]}) == {"maker": None, "topics": ["a"]}


class TestWritable:
    def test_it_leaves_out_what_the_server_sets_at_every_level(self):
        kept = writable(UseCaseSchema, USE_CASE)
        assert "revision" not in kept
        assert kept["evidence"] == [{"source": {"slug": "how", "title": "How"}, "line": 1}]

    def test_it_leaves_what_is_not_of_the_shape(self):
        body = {"nonsense": 1, "evidence": [1, {"line": 2}], "usages": {"a": 1}, "team": 5}
        assert writable(UseCaseSchema, body) == body

    def test_it_takes_nothing_of_a_reference_away(self):
        body = {"maker": {"slug": "netflix", "revision": 1}}
        assert writable(LibrarySchema, body) == body
