"""Package URLs of what is declared, full names of them, and how exact versions are written."""

import re
from dataclasses import dataclass

from packageurl import PackageURL

from app.packages import forge_purl, pypi_name_key, repository_key

# How each ecosystem writes "this version and no other"; elsewhere the version stands alone.
_EXACT = {"pypi": "=={}", "cargo": "={}", "gem": "= {}", "maven": "[{}]", "nuget": "[{}]"}
_BETWEEN_PARTS = {"maven": ":"}
# Types whose packages are named by namespace and name together.
_NAMED_BY_BOTH = {"npm", "maven", "golang", "composer", "github", "gitlab", "bitbucket", "swift", "clojars"}
_LONGEST = 4_000
_VERSION = re.compile(r"v?[0-9][^\s<>=~^|,*]*+")


@dataclass(frozen=True)
class Package:
    """What a package URL tells.

    Attributes:
        name: full, as the ecosystem writes it.
        purl: canonical, without version, qualifiers and subpath.
        type: of the package URL.
        version: "" when it has none.
    """

    name: str
    purl: str
    type: str
    version: str


def pypi_purl(name: str) -> str:
    """Give the package URL of a distribution of PyPI."""
    return PackageURL("pypi", None, pypi_name_key(name)).to_string()


def npm_purl(name: str) -> str:
    """Give the package URL of an npm package, scoped or not."""
    scope, _, short = name.rpartition("/")
    return PackageURL("npm", scope or None, short).to_string()


def golang_purl(path: str) -> str:
    """Give the package URL of a Go module; the purl specification wants it in lower case."""
    namespace, _, name = path.lower().rpartition("/")
    return PackageURL("golang", namespace or None, name).to_string()


def repository_purl(url: str) -> str | None:
    """Give the package URL of a repository on one of the large forges, else None."""
    key = repository_key(url) if len(url) <= _LONGEST else None
    try:
        return forge_purl(key) if key else None
    except ValueError:
        return None


def package_of(purl: str) -> Package | None:
    """Read a package URL; None when it is none."""
    if len(purl) > _LONGEST:
        return None
    try:
        parsed = PackageURL.from_string(purl)
        bare = _bare(parsed)
    except ValueError:
        return None
    is_both = parsed.namespace and parsed.type in _NAMED_BY_BOTH
    between = _BETWEEN_PARTS.get(parsed.type, "/")
    name = f"{parsed.namespace}{between}{parsed.name}" if is_both else parsed.name
    return Package(name, bare, parsed.type, parsed.version or "")


def exact(version: str, type_: str) -> str:
    """Write an exact version as an ecosystem does; what is no plain version stays as it is.

    Args:
        version: as a lock or an SBOM has it; some SBOMs have ranges there.
        type_: of the package URL, or "".
    """
    if not _VERSION.fullmatch(version):
        return version
    return _EXACT.get(type_, "{}").format(version)


def _bare(parsed: PackageURL) -> str:
    if parsed.type == "pypi":
        return pypi_purl(parsed.name)
    if parsed.type == "golang":
        return golang_purl("/".join(part for part in (parsed.namespace, parsed.name) if part))
    return PackageURL(parsed.type, parsed.namespace, parsed.name).to_string()
