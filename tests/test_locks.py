"""The locks: what pip needs to find in them, so that a fresh machine installs the very same set."""

import re
from importlib.metadata import distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.config import PROJECT_FOLDER

LOCKS = pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])


def pinned(lock):
    """Give the requirements of a lock that hold on this machine."""
    lines = re.findall(r"^[a-z0-9][^\\#]+", (PROJECT_FOLDER / lock).read_text("utf-8"), re.MULTILINE)
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(item.name): item for item in found if not item.marker or item.marker.evaluate()}


def wanted_by(item):
    """Give what a pinned package requires, with the extras that it is pinned with."""
    for text in distribution(item.name).requires or ():
        wanted = Requirement(text)
        extras = item.extras or {""}
        if not wanted.marker or any(wanted.marker.evaluate({"extra": extra}) for extra in extras):
            yield wanted


def extras_of(found, wanted):
    """Give the extras that a requirement is pinned with."""
    return found[canonicalize_name(wanted.name)].extras


class TestLocks:
    @LOCKS
    def test_every_requirement_is_pinned_to_one_version(self, lock):
        assert {str(item.specifier)[:2] for item in pinned(lock).values()} == {"=="}

    @LOCKS
    def test_every_extra_that_a_package_wants_stands_beside_the_pin(self, lock):
        """Older pips otherwise take the newest version for `name[extra]`, which has no hash in the lock."""
        found = pinned(lock)
        wanted = [other for item in found.values() for other in wanted_by(item) if other.extras]
        assert [str(other) for other in wanted if not other.extras <= extras_of(found, other)] == []
