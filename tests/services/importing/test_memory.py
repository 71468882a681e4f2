import gc

import pytest

from app.services.importing.memory import without_collecting


class TestWithoutCollecting:
    def test_it_ends_with_the_last_one(self):
        with without_collecting():
            with without_collecting():
                assert not gc.isenabled()
            assert not gc.isenabled()
        assert gc.isenabled()

    def test_it_ends_also_with_an_error(self):
        with pytest.raises(ZeroDivisionError), without_collecting():
            raise ZeroDivisionError
        assert gc.isenabled()
