"""toolatlas sources: the documents that say so; whether they still say it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from app.cli.clients import Client, Document, step
from app.cli.connecting import connect, connection_options, is_asked_elsewhere
from app.cli.helping import examples
from app.cli.importing import read_file
from app.cli.printing import Column, form_options, note, show
from app.cli.trouble import NOTHING, Refused, WrongInput, offer

_RESULTS = ("verified", "moved", "altered", "gone", "unchecked")
_NO_SOURCE = frozenset({404, 410})
_BAD_TEXT = 400
_TEXT = {"Content-Type": "text/plain; charset=utf-8"}


@click.group()
def sources() -> None:
    """Look after the documents that say so."""


@sources.command(
    epilog=examples(
        "toolatlas sources check techrepublic-netflix-python-2019 article.txt",
        "curl -s https://example.org/page.md | toolatlas sources check page -",
        "toolatlas sources check page page.md --apply --url https://atlas.example",
        more="Exit status: 0 all of it is verified; 1 some is not; 2 there is no such source, or the file"
        " cannot be read; 3 a server, the network or a token in the way.",
    )
)
@click.argument("source", metavar="SLUG")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--apply", "is_applied", is_flag=True, help="Write the new places of what has moved.")
@form_options
@connection_options
def check(source: str, file: Path, form: str | None, *, is_applied: bool) -> None:
    """Check the evidence of the source SLUG against its text in FILE.

    FILE is the text as it is now, in UTF-8; - is standard input. Each piece of
    evidence is verified (the same words at the same place), moved (the same
    words at a new place), altered (other words stand there), gone, or
    unchecked (it has no place, or the text is too long). The results are
    noted; the text is not kept. On this host no token is needed, elsewhere one
    with the scope write.
    """
    content = read_file(file)
    client = connect()
    slug = _slug_of(client, source)
    run = _send if is_asked_elsewhere() else _do
    report = run(client, slug, content, is_applied=is_applied)
    items = client.items_of(report)
    if items or form:
        show(items, _EVIDENCE, form, report)
    note(_summary(report, len(items)))
    if any(item["result"] != "verified" for item in items):
        raise click.exceptions.Exit(NOTHING)


def _slug_of(client: Client, name: str) -> str:
    """Give the slug that a source has now.

    Raises:
        WrongInput: there is no such source.
    """
    try:
        return str(client.get(f"/sources/{step(name)}", [("fields", "title")]).get("slug"))
    except Refused as refused:
        if refused.status not in _NO_SOURCE:
            raise
        raise WrongInput(f"There is no source {name!r}.{offer(refused.near)}") from None


def _send(client: Client, slug: str, content: bytes, *, is_applied: bool) -> Document:
    asked = [("apply", str(is_applied).lower())]
    try:
        return client.post(f"/sources/{step(slug)}/check", asked, content, _TEXT)
    except Refused as refused:
        if refused.status != _BAD_TEXT:
            raise
        raise WrongInput(refused.message) from None


def _do(_client: Client, slug: str, content: bytes, *, is_applied: bool) -> Document:
    """Check on this host, without a server, and without a token."""
    from app.cli.checking import check_here  # noqa: PLC0415  # the whole application

    return check_here(slug, content, is_applied=is_applied)


def _summary(report: Mapping[str, Any], number: int) -> str:
    if not number:
        return "It has no evidence."
    counts = report.get("counts") or {}
    told = ", ".join(f"{counts.get(result, 0)} {result}" for result in _RESULTS)
    return f"{told}{'; new places are written' if report.get('applied') else ''}"


def _place(item: dict[str, Any]) -> Any:
    return item["place"] or dict.fromkeys(("line", "start", "end"))


def _new_place(item: dict[str, Any]) -> str | None:
    """Tell where the words, or what took their place, stand now; None: where they stood, or nowhere."""
    if item["place"] is None or item["result"] == "verified":
        return None
    return "line {line}, {start}-{end}".format(**item["place"])


_EVIDENCE = (
    Column(lambda item: item["use_case"]["slug"], title="USE CASE", name="use_case"),
    Column(lambda item: item["use_case"]["title"], name="use_case.title"),
    Column(lambda item: item["id"], name="id"),
    Column(lambda item: item["line"], title="LINE", name="line"),
    Column(lambda item: item["result"], title="RESULT", name="result"),
    Column(_new_place, title="NEW PLACE"),
    Column(lambda item: item["before"], name="before"),
    Column(lambda item: _place(item)["line"], name="place.line"),
    Column(lambda item: _place(item)["start"], name="place.start"),
    Column(lambda item: _place(item)["end"], name="place.end"),
    Column(lambda item: item["reason"], title="WHY", name="reason"),
)
