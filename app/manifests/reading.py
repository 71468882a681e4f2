"""All formats, and the one way to read any of them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.errors import Flaw, Invalid, did_you_mean
from app.manifests.cyclonedx import read_cyclonedx
from app.manifests.findings import Findings
from app.manifests.go_mod import read_go_mod
from app.manifests.package_json import read_package_json
from app.manifests.package_lock import read_package_lock
from app.manifests.places import not_readable
from app.manifests.poetry_lock import read_poetry_lock
from app.manifests.pyproject import read_pyproject
from app.manifests.records import Manifest
from app.manifests.requirements import read_requirements
from app.manifests.spdx import read_spdx
from app.manifests.uv_lock import read_uv_lock

LARGEST = 16 * 1024 * 1024  # bytes in UTF-8

_UNFIT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class ManifestFormat:
    """A format that is read here.

    Attributes:
        read: puts what it finds into the Findings, and gives the name of the project or "".
        source_kind: what a source of this format is: manifest or sbom.
        file_name: what such files are called.
    """

    read: Callable[[Findings], str]
    source_kind: str
    file_name: str


MANIFEST_FORMATS: Mapping[str, ManifestFormat] = {
    "requirements": ManifestFormat(read_requirements, "manifest", "requirements.txt"),
    "pyproject": ManifestFormat(read_pyproject, "manifest", "pyproject.toml"),
    "package-json": ManifestFormat(read_package_json, "manifest", "package.json"),
    "go-mod": ManifestFormat(read_go_mod, "manifest", "go.mod"),
    "uv-lock": ManifestFormat(read_uv_lock, "manifest", "uv.lock"),
    "poetry-lock": ManifestFormat(read_poetry_lock, "manifest", "poetry.lock"),
    "package-lock": ManifestFormat(read_package_lock, "manifest", "package-lock.json"),
    "cyclonedx": ManifestFormat(read_cyclonedx, "sbom", "bom.json"),
    "spdx": ManifestFormat(read_spdx, "sbom", "sbom.spdx.json"),
}


def read_manifest(format: str, text: str) -> Manifest:  # noqa: A002  # the word of the interface
    """Read a manifest.

    Args:
        format: a key of MANIFEST_FORMATS.
        text: decoded from UTF-8, in NFC; places count its code points.

    Raises:
        Invalid: there is no such format, or the text is not of it; `members` has
            the line, from 1.
    """
    reader = MANIFEST_FORMATS.get(format)
    if reader is None:
        detail = f"There is no such format.{did_you_mean(format, MANIFEST_FORMATS)}"
        raise Invalid(detail, flaws=[Flaw(detail)], members={"available": list(MANIFEST_FORMATS)})
    unfit = _UNFIT.search(text)
    if unfit:
        raise not_readable(text, unfit.start(), "The text holds NUL or half a character (a lone surrogate).")
    if len(text) > LARGEST or len(text.encode()) > LARGEST:
        raise not_readable(text, 0, f"The text is larger than {LARGEST // 2**20} MiB.")
    findings = Findings(f" {text[1:]}" if text.startswith("\ufeff") else text)
    return findings.manifest(format, reader.read(findings))
