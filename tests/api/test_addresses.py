import pytest

from app.api.addresses import is_loopback, told_apart, written_down


@pytest.mark.parametrize(
    ("address", "apart", "noted"),
    [
        ("203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/64"),
        ("nonsense", "unknown", "unknown"),
        (None, "unknown", "unknown"),
    ],
)
def test_addresses_are_told_apart_and_written_down(address, apart, noted):
    assert (told_apart(address), written_down(address)) == (apart, noted)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.9", True), ("10.0.0.1", False), ("", False)],
)
def test_this_machine_is_known(address, expected):
    assert is_loopback(address) is expected
