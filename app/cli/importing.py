"""toolatlas import and check: files sent to an atlas, and what became of them or would become."""

import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from app.cli.clients import Client, Document, Parameters
from app.cli.completing import complete_team
from app.cli.connecting import connect, connection_options, is_asked_elsewhere
from app.cli.helping import examples
from app.cli.names import find_team
from app.cli.printing import Column, form_options, note, show
from app.cli.trouble import NOTHING, Problem, Refused, Trouble, WrongInput

_MEDIA_TYPES = {
    ".json": "application/json",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".csv": "text/csv",
}
_OWN_FORMATS = {
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".csv": "csv",
}
_ANY_TYPE = "application/octet-stream"
# Files whose name says what they are, whatever their ending says.
_FORMATS = {
    "package.json": "package-json",
    "package-lock.json": "package-lock",
    "pyproject.toml": "pyproject",
    "go.mod": "go-mod",
    "poetry.lock": "poetry-lock",
    "requirements.txt": "requirements",
    "uv.lock": "uv-lock",
}
_OUTCOMES = ("created", "updated", "unchanged", "rejected")

_REPORT = (
    Column(lambda item: item["result"], title="RESULT", name="result"),
    Column(lambda item: item["kind"], title="KIND", name="kind"),
    Column(lambda item: item["slug"], title="SLUG", name="slug"),
    Column(lambda item: item["pointer"], title="PLACE", name="pointer"),
    Column(lambda item: item["line"], title="LINE", name="line"),
    Column(lambda item: [error["detail"] for error in item["errors"]], title="WHY", name="errors"),
)

_format_option = click.option(
    "--format", "format_", metavar="NAME", help="Format of FILE [default: by its name]."
)
_kind_option = click.option("--kind", metavar="KIND", help="Kind of all its records, such as team.")
_team_option = click.option(
    "--team", metavar="TEAM", shell_complete=complete_team, help="The team whose manifest it is."
)
_file_argument = click.argument("file", type=click.Path(path_type=Path, allow_dash=True))


@click.command(
    "import",
    epilog=examples(
        "toolatlas import atlas.json --dry-run",
        "toolatlas import requirements.txt --team core",
        "toolatlas import --format ndjson - < records.ndjson",
    ),
)
@_file_argument
@_format_option
@_kind_option
@_team_option
@click.option(
    "--mode",
    default="atomic",
    show_default=True,
    type=click.Choice(["atomic", "partial"]),
    help="All or nothing, or what can be taken.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option("--idempotency-key", metavar="KEY", help="Key of an attempt that is made once more.")
@click.option("--resume", is_flag=True, help="On this host: go on where the import of this file stopped.")
@click.option("--progress/--no-progress", default=None, help="On this host [default: on a terminal].")
@form_options
@connection_options
def import_(
    file: Path,
    format_: str | None,
    kind: str | None,
    team: str | None,
    mode: str,
    *,
    dry_run: bool,
    idempotency_key: str | None,
    resume: bool,
    progress: bool | None,
    form: str | None,
) -> None:
    """Take the records or the manifest in FILE into the atlas.

    FILE is - for standard input. Records go straight into the atlas of this
    host, however many; to be sent, they and every manifest need a token with
    the scope import.
    """
    if not (idempotency_key or is_asked_elsewhere()):
        _load(file, format_, team, form, (kind, mode, dry_run, resume, progress))
        return
    client = connect()
    options = [("mode", mode), ("dry_run", str(dry_run).lower())]
    asked = [*options, *_about(client, file, format_, kind, team)]
    report = _send(client, file, asked, idempotency_key or uuid.uuid4().hex)
    _tell(report, form)
    if report.get("rejected"):
        raise click.exceptions.Exit(NOTHING)


@click.command(
    epilog=examples(
        "toolatlas check requirements.txt --team core",
        "toolatlas check sbom.json --format cyclonedx --team core",
    )
)
@_file_argument
@_format_option
@click.option(
    "--team", required=True, metavar="TEAM", shell_complete=complete_team, help="The team whose file it is."
)
@form_options
@connection_options
def check(file: Path, format_: str | None, team: str, form: str | None) -> None:
    """Tell whether the atlas says what the manifest in FILE says.

    The exit status is 1 where it does not, so that a build can ask. It needs a
    token with the scope import, though nothing is written.
    """
    client = connect()
    asked = [("mode", "partial"), ("dry_run", "true"), *_about(client, file, format_, None, team)]
    report = _send(client, file, asked, uuid.uuid4().hex)
    _tell(report, form)
    if _differs(report):
        raise Problem("The atlas does not say what the file says.")
    note("The atlas says what the file says.")


def _load(file: Path, format_: str | None, team: str | None, form: str | None, how: Any) -> None:
    """Take a file into the atlas of this host, without a server, and without a token."""
    from app.cli.loading import load, load_manifest, wish  # noqa: PLC0415  # the whole application

    names = _FORMATS.get(file.name) if team else _OWN_FORMATS.get(file.suffix.lower())
    named = format_ or names
    if named is None:
        raise WrongInput("The name does not tell the format. Say it, such as --format json.")
    if team:
        report = load_manifest(read_file(file), named, team, wish(*how))
        _tell(report, form)
        return
    with _opened(file) as opened:
        load(opened, named, wish(*how))


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    try:
        with click.open_file(str(file), "rb") as opened:
            yield cast("BinaryIO", opened)
    except OSError as error:
        raise WrongInput(f"{file} cannot be read: {error.strerror}.") from None


def _differs(report: Mapping[str, Any]) -> bool:
    """Say whether the file says anything else than the atlas; other words around it are no difference."""
    told = [item for item in report.get("items", ()) if item["result"] != "unchanged"]
    claims = [item for item in told if item["kind"] != "source"]
    return bool(claims or report.get("ended") or report.get("detached"))


def _about(
    client: Client, file: Path, format_: str | None, kind: str | None, team: str | None
) -> list[tuple[str, str]]:
    """Give the parameters that say what the file is."""
    named = format_ or (_FORMATS.get(file.name) if team else None)
    slug = str(find_team(client, team)["slug"]) if team else None
    given = {"format": named, "kind": kind, "team": slug}
    return [(name, value) for name, value in given.items() if value]


def _send(client: Client, file: Path, asked: Parameters, key: str) -> Document:
    body = read_file(file)
    headers = {"Content-Type": _MEDIA_TYPES.get(file.suffix.lower(), _ANY_TYPE), "Idempotency-Key": key}
    try:
        return client.post("/import", asked, body, headers)
    except Refused as refused:
        if refused.is_not_found and not refused.near:
            raise Trouble(f"{client.name} takes no imports.") from None
        raise
    except Trouble:
        note(f"Whether it was taken in is not known. To make sure: --idempotency-key {key}")
        raise


def read_file(file: Path) -> bytes:
    """Read a file, or standard input where it is called `-`; raises WrongInput where it cannot be."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise WrongInput(f"{file} cannot be read: {error.strerror}.") from None


def _tell(report: Mapping[str, Any], form: str | None) -> None:
    items = report.get("items")
    if not isinstance(items, list):
        raise Trouble("The report is not of the shape that an atlas's has.")
    told = [item for item in items if isinstance(item, dict) and item.get("result") != "unchanged"]
    if form or told:
        show(items if form else told, _REPORT, form, report)
    counts = ", ".join(f"{report.get(outcome, 0)} {outcome}" for outcome in _OUTCOMES)
    note(f"{counts}{' (dry run)' if report.get('dry_run') else ''}")
