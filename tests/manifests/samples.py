"""Files of every format, and short views of what is read from them."""

from pathlib import Path

import pytest

from app.errors import Invalid
from app.manifests.reading import read_manifest

FOLDER = Path(__file__).parent / "samples"
# Every file of the folder, with its format.
SAMPLES = {
    "requirements.txt": "requirements",
    "compiled.txt": "requirements",
    "pyproject.toml": "pyproject",
    "poetry.toml": "pyproject",
    "package.json": "package-json",
    "package-lock.json": "package-lock",
    "package-lock-v1.json": "package-lock",
    "uv.lock": "uv-lock",
    "poetry.lock": "poetry-lock",
    "go.mod": "go-mod",
    "bom.json": "cyclonedx",
    "sbom.spdx.json": "spdx",
}


def sample(name):
    return (FOLDER / name).read_text("utf-8")


def read_sample(name):
    return read_manifest(SAMPLES[name], sample(name))


def rows(manifest):
    """Give name, range and scope of each dependency."""
    return [(one.name, one.version_range, one.scope) for one in manifest.dependencies]


def remarks(manifest):
    """Give line and code of each remark."""
    return [(one.line, one.code.value) for one in manifest.remarks]


def purls(manifest):
    return {one.name: one.purl for one in manifest.dependencies}


def declarations(manifest, text):
    """Give the text at each dependency's place."""
    return [text[one.start : one.end] for one in manifest.dependencies]


def refusal(format_, text):
    """Give what is said about a text that is not of its format, and the line."""
    with pytest.raises(Invalid) as caught:
        read_manifest(format_, text)
    error = caught.value
    assert error.code == "bad_manifest"
    assert [flaw.detail for flaw in error.flaws] == [error.detail]
    return error.detail, error.members["line"]
