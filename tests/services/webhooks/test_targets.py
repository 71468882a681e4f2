"""Where webhooks may lead, and the many ways to write an address that is not such a place."""

from ipaddress import ip_address

import pytest

from app.services.webhooks.targets import Refused, choose_address, is_open, read_target

GOOD = [
    "https://hooks.example.com/atlas",
    "https://hooks.example.com",
    "https://hooks.example.com:443/a?b=c&d=%20",
    "https://HOOKS.Example.COM/",
    "https://xn--bcher-kva.example.com/",
    "https://93.184.216.34/hook",
    "https://[2606:2800:220:1:248:1893:25c8:1946]/hook",
]
BAD = [
    # Another scheme
    *(
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "gopher://hooks.example.com/",
    ),
    *(
        "javascript:alert(1)",
        "//hooks.example.com/",
        "hooks.example.com",
        "",
        "https:",
        "https://",
        "https:///x",
    ),
    # Another port
    *("https://hooks.example.com:80/", "https://hooks.example.com:8443/", "https://hooks.example.com:0/"),
    *("https://hooks.example.com:/", "https://hooks.example.com:99999/", "https://hooks.example.com:x/"),
    # Somebody's name, escapes, what is read in two ways
    *(
        "https://user@hooks.example.com/",
        "https://user:secret@hooks.example.com/",
        "https://@hooks.example.com/",
    ),
    *(
        "https://hooks.example.com@127.0.0.1/",
        "https://127.0.0.1\\@hooks.example.com/",
        "https://hooks.example.com\\x",
    ),
    *("https://hooks%2eexample.com/", "https://hooks.example.com/#x", "https://hooks.example.com/ x"),
    *("https://hooks.example.com/\r\nX: y", "https://hooks.example.com/\x00", "https://hooks.example.com/\t"),
    *(
        "https://\uff48ooks.example.com/",
        "https://hooks\u3002example.com/",
        "https://[::1/",
        "https://hooks.example.com]/",
    ),
    # This machine and its neighbours, by name
    *("https://localhost/", "https://localhost.localdomain/", "https://atlas/", "https://printer.local/"),
    *(
        "https://metadata.google.internal/",
        "https://x.localhost/",
        "https://nas.lan/",
        "https://x.home.arpa/",
    ),
    *(
        "https://localhost./",
        "https://hooks..example.com/",
        "https://-x.example.com/",
        "https://.example.com/",
    ),
    # IPv4 addresses that are not of the open internet
    *(
        "https://127.0.0.1/",
        "https://127.1.2.3/",
        "https://0.0.0.0/",
        "https://0.1.2.3/",
        "https://10.0.0.1/",
    ),
    *("https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.1.1/", "https://169.254.169.254/"),
    *("https://100.64.0.1/", "https://100.127.255.255/", "https://192.0.0.8/", "https://192.0.2.1/"),
    *("https://198.18.0.1/", "https://198.51.100.1/", "https://203.0.113.1/", "https://224.0.0.1/"),
    *("https://239.255.255.250/", "https://240.0.0.1/", "https://255.255.255.255/", "https://192.88.99.1/"),
    # IPv4 addresses in other clothes
    *(
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
    ),
    *(
        "https://017700000001/",
        "https://127.0.1/",
        "https://0x7f.1/",
        "https://127.0.0.01/",
        "https://127.0.0.0x1/",
    ),
    *(
        "https://127.0.0.1./",
        "https://1.0x7f/",
        "https://127.000.000.001/",
        "https://4294967297/",
        "https://0/",
    ),
    # IPv6
    *("https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/"),
    *(
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b:1::1]/",
        "https://[2002:7f00:1::]/",
    ),
    *("https://[2001::7f00:1]/", "https://[2001:db8::1]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/"),
    *("https://[fc00::1]/", "https://[fd12:3456::1]/", "https://[fec0::1]/", "https://[ff02::1]/"),
    *("https://[100::1]/", "https://[3fff::1]/", "https://[5f00::1]/", "https://[2620:4f:8000::1]/"),
    "https://hooks.example.com/" + "x" * 2_048,
]
HERE = ["http://127.0.0.1:8080/x", "http://localhost/", "https://localhost:8443/", "http://[::1]:9/"]


class TestReadTarget:
    @pytest.mark.parametrize("url", GOOD)
    def test_it_takes_the_open_internet(self, url):
        target = read_target(url, allows_loopback=False)
        assert (target.port, target.is_tls) == (443, True)

    @pytest.mark.parametrize("url", BAD, ids=ascii)
    @pytest.mark.parametrize("allows_loopback", [False, True])
    def test_it_refuses_everything_else(self, url, allows_loopback):
        if allows_loopback and read_alone(url) in {"localhost", "127.0.0.1", "::1"}:
            return
        with pytest.raises(Refused):
            read_target(url, allows_loopback=allows_loopback)

    @pytest.mark.parametrize("url", HERE)
    def test_it_takes_this_machine_only_when_that_is_allowed(self, url):
        assert read_target(url, allows_loopback=True).host in {"127.0.0.1", "localhost", "::1"}
        with pytest.raises(Refused):
            read_target(url, allows_loopback=False)

    def test_it_takes_a_url_apart(self):
        target = read_target("https://Hooks.example.com:443/a?b", allows_loopback=False)
        assert (target.host, target.path, target.authority) == (
            "hooks.example.com",
            "/a?b",
            "Hooks.example.com:443",
        )
        assert read_target("http://localhost", allows_loopback=True).port == 80

    def test_there_are_many_in_the_corpus(self):
        assert len(set(BAD)) >= 60


def read_alone(url):
    """Give the host of a URL of this machine."""
    return url.removeprefix("https://").rstrip("/").strip("[]")


class TestChooseAddress:
    PUBLIC = read_target("https://hooks.example.com/", allows_loopback=True)
    HERE = read_target("http://localhost/", allows_loopback=True)

    def test_it_takes_the_first(self):
        addresses = ["93.184.216.34", "2606:2800:220:1::1"]
        assert choose_address(self.PUBLIC, addresses, allows_loopback=False) == "93.184.216.34"

    @pytest.mark.parametrize(
        "addresses",
        [[], ["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:93.184.216.34"], ["169.254.169.254"]],
    )
    @pytest.mark.parametrize("allows_loopback", [True, False])
    def test_it_refuses_a_name_that_leads_inside(self, addresses, allows_loopback):
        with pytest.raises(Refused):
            choose_address(self.PUBLIC, addresses, allows_loopback=allows_loopback)

    def test_it_takes_this_machine_by_its_own_name_alone(self):
        assert choose_address(self.HERE, ["127.0.0.1"], allows_loopback=True) == "127.0.0.1"
        with pytest.raises(Refused):
            choose_address(self.HERE, ["10.0.0.1"], allows_loopback=True)
        with pytest.raises(Refused):
            choose_address(self.HERE, ["127.0.0.1"], allows_loopback=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2a00:1450:4001::1", "2600::"])
def test_addresses_of_the_open_internet_are_open(address):
    assert is_open(ip_address(address))
