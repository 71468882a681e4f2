import pytest

from app.db import Author
from app.errors import NotFound, Renamed
from app.models import Kind, Library, Team
from app.services import lookup, writing
from app.services.lookup import find_id, ids_named, near_slugs
from app.services.registry import COLLECTIONS

AUTHOR = Author("tests", "1")


@pytest.fixture
def connection(database):
    """A connection to an atlas of a few libraries, one of which was called otherwise."""
    with database.writing(AUTHOR) as session:
        libraries = COLLECTIONS[Kind.LIBRARY]
        writing.create(session, libraries, {"name": "scikit-learn", "aliases": ["sklearn", "Scikit Learn"]})
        writing.create(session, libraries, {"name": "SciPy"})
        writing.create(session, libraries, {"name": "Numeric", "slug": "numeric"})
        writing.patch(session, libraries, "numeric", {"slug": "numpy", "name": "NumPy"})
    with database.reading() as connection:
        yield connection


class TestFindId:
    def test_it_finds_by_slug(self, connection):
        assert find_id(connection, Library, "scipy") == ids_named(connection, Library, ["scipy"])[0]

    @pytest.mark.parametrize(("old", "new"), [("numeric", "numpy"), ("sklearn", "scikit-learn")])
    def test_it_leads_from_an_old_slug_and_from_an_alias(self, connection, old, new):
        with pytest.raises(Renamed) as caught:
            find_id(connection, Library, old)
        assert (caught.value.old, caught.value.new) == (old, new)

    def test_it_tells_near_ones(self, connection):
        with pytest.raises(NotFound, match="Near: numpy") as caught:
            find_id(connection, Library, "nunpy")
        assert caught.value.members == {"near": ["numpy"]}

    def test_it_tells_of_none_where_none_is_near(self, connection):
        with pytest.raises(NotFound, match=r"^There is no team of that slug\.$"):
            find_id(connection, Team, "core")

    def test_a_slug_is_not_looked_for_among_other_kinds(self, connection):
        with pytest.raises(NotFound):
            find_id(connection, Team, "numpy")


class TestNearSlugs:
    def test_the_best_comes_first(self, connection):
        assert near_slugs(connection, Library, "scipi")[0] == "scipy"

    def test_there_are_at_most_three(self, connection):
        assert len(near_slugs(connection, Library, "s")) <= 3

    def test_a_large_table_is_searched_by_first_letters(self, connection, monkeypatch):
        monkeypatch.setattr(lookup, "_NEAR_CANDIDATES", 2)
        assert near_slugs(connection, Library, "scipi")[0] == "scipy"
        assert near_slugs(connection, Library, "xumpy") == []

    @pytest.mark.parametrize("hostile", ["%", "_", "\\", "a" * 5000, "", "'"])
    def test_it_takes_any_text(self, connection, hostile):
        assert near_slugs(connection, Library, hostile) == []


class TestIdsNamed:
    @pytest.mark.parametrize(
        "name",
        ["scikit-learn", "Scikit-Learn", "SKLEARN", " scikit  learn", "\uff53klearn", "s\u0441ikit-learn"],
    )
    def test_it_finds_by_anything_that_people_call_it(self, connection, name):
        assert ids_named(connection, Library, [name]) == [find_id(connection, Library, "scikit-learn")]

    def test_it_finds_by_an_old_slug(self, connection):
        assert ids_named(connection, Library, ["numeric"]) == [find_id(connection, Library, "numpy")]

    def test_it_finds_each_once(self, connection):
        assert len(ids_named(connection, Library, ["numpy", "NumPy", "numeric", "scipy"])) == 2

    def test_it_finds_nothing(self, connection):
        assert ids_named(connection, Library, ["nothing"]) == []

    def test_several_names_mean_what_each_of_them_means(self, database):
        with database.writing(AUTHOR) as session:
            libraries = COLLECTIONS[Kind.LIBRARY]
            writing.create(session, libraries, {"name": "PyTorch", "slug": "torch"})
            writing.create(session, libraries, {"name": "Torch", "slug": "lua-torch"})
        with database.reading() as connection:
            exact, loose = (ids_named(connection, Library, [name]) for name in ("torch", "Torch"))
            assert (len(exact), len(loose)) == (1, 2)
            assert ids_named(connection, Library, ["torch", "Torch"]) == loose
            assert ids_named(connection, Library, ["torch", "scipy"]) == exact
