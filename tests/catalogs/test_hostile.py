"""Whatever a reader is given: a catalog that the schemas take, or an error that can be told; and soon."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.catalogs.adopters import write_adopters
from app.catalogs.adopters_reading import read_adopters
from app.catalogs.backstage import write_backstage
from app.catalogs.backstage_reading import read_backstage
from app.catalogs.techradar import Radar, write_backstage_radar, write_byor_csv, write_zalando
from app.catalogs.techradar_reading import read_techradar
from app.errors import AtlasError
from tests.catalogs.atlases import atlas, check_catalog, library, use_case
from tests.catalogs.test_backstage_reading import PAYMENTS
from tests.catalogs.test_techradar import DAY

SMALL = atlas([library("x"), library("y", lifecycle="archived")], [use_case("a", ["x", "y"], purposes=["p"])])
PAGE = "# Users\n\n| Company | Use |\n|---|---|\n| [A](https://a/) | x |\n\n- **B**: y\n  - z\n\n## [C](https://c/)\n\nt\n"
READERS = {
    "backstage": lambda text: read_backstage(text, source="s", organization="o"),
    "techradar": lambda text: read_techradar(text, source="s", team="t"),
    "adopters": lambda text: read_adopters(text, source="s", library="l"),
}
SEEDS = [
    ("backstage", PAYMENTS),
    ("backstage", write_backstage(SMALL)),
    ("techradar", write_backstage_radar(Radar(SMALL, DAY))),
    ("techradar", write_zalando(Radar(SMALL, DAY))),
    ("techradar", write_byor_csv(Radar(SMALL, DAY))),
    ("adopters", write_adopters(SMALL, "x")),
    ("adopters", PAGE),
]
PIECES = [
    "\x00",
    "\ud800",
    "\ufeff",
    "\u2028",
    "\u0301",
    "- ",
    "\n",
    "\r",
    "|",
    "[",
    "]",
    "{",
    '"',
    "&a",
    "*a",
    "!!x",
    "1e999",
]
edits = st.lists(
    st.tuples(st.integers(0, 5000), st.integers(0, 9), st.sampled_from(PIECES) | st.text(max_size=3)),
    max_size=6,
)


def mutated(text, changes):
    for place, length, piece in changes:
        at = place % (len(text) + 1)
        text = text[:at] + piece + text[at + length :]
    return text


def read(reader, text):
    catalog = refusal = None
    try:
        catalog = READERS[reader](text)
    except AtlasError as error:
        refusal = error.status
    if catalog:
        check_catalog(catalog, text)
    assert refusal in {None, 400, 422}


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text())
def test_any_text_is_read_or_refused(reader, text):
    read(reader, text)


@pytest.mark.parametrize(("reader", "seed"), SEEDS)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=edits)
def test_any_change_is_read_or_refused(reader, seed, changes):
    read(reader, mutated(seed, changes))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "{",
        "- ",
        "> ",
        "*",
        "_",
        "`",
        "|",
        "a|",
        "\n|-|-|\n|a|",
        "<a ",
        "![",
        "](",
        "a: ",
        "? ",
        "---\n",
        '"',
        ",",
        "&#",
        "\\",
        "1",
        "\n- [a](b)",
        "a,b\n",
    ],
)
def test_nothing_takes_forever(reader, piece):
    began = time.perf_counter()
    read(reader, (piece * 20_000)[:20_000])
    assert time.perf_counter() - began < 10
