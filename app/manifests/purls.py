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

    def called(self, mention: str) -> str:
        """Give the name in the mention's own capitals, where these are the only difference."""
        return mention if mention.lower() == self.name.lower() else self.name


def pypi_purl(name: str) -> str | None:
    """Give the package URL of a distribution of PyPI; None when it cannot have that name."""
    return _purl("pypi", "", pypi_name_key(name))


def npm_purl(name: str) -> str | None:
    """Give the package URL of an npm package, scoped or not; None when it cannot have that name."""
    scope, _, short = name.rpartition("/")
    return _purl("npm", scope, short)


def golang_purl(path: str) -> str | None:
    """Give the package URL of a Go module, in lower case as the purl specification wants it."""
    namespace, _, name = path.lower().rpartition("/")
    return _purl("golang", namespace, name)


def repository_purl(url: str) -> str | None:
    """Give the package URL of a repository on one of the large forges, else None."""
    key = repository_key(url) if len(url) <= _LONGEST else None
    return forge_purl(key) if key else None


def package_of(purl: str) -> Package | None:
    """Read a package URL; None when it is none."""
    if len(purl) > _LONGEST:
        return None
    try:
        parsed = PackageURL.from_string(purl)
    except ValueError:
        return None
    namespace, name = parsed.namespace or "", parsed.name
    bare = _bare(parsed.type, namespace, name)
    is_both = namespace and parsed.type in _NAMED_BY_BOTH
    full = f"{namespace}{_BETWEEN_PARTS.get(parsed.type, '/')}{name}" if is_both else name
    return Package(full, bare, parsed.type, parsed.version or "") if bare else None


def exact(version: str, type_: str) -> str:
    """Write an exact version as an ecosystem does; what is no plain version stays as it is.

    Args:
        version: as a lock or an SBOM has it; some SBOMs have ranges there.
        type_: of the package URL, or "".
    """
    if not _VERSION.fullmatch(version):
        return version
    return _EXACT.get(type_, "{}").format(version)


def _bare(type_: str, namespace: str, name: str) -> str | None:
    if type_ == "pypi":
        return pypi_purl(name)
    if type_ == "golang":
        return golang_purl(f"{namespace}/{name}".lstrip("/"))
    return _purl(type_, namespace, name)


def _purl(type_: str, namespace: str, name: str) -> str | None:
    try:
        return PackageURL(type_, namespace or None, name).to_string()
    except ValueError:
        return None
