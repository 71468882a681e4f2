"""Addresses of packages and repositories: the one form in which they are compared."""

import hashlib
import re
from urllib.parse import unquote

from packageurl import PackageURL

# Forges that take paths in any case, with the purl type of each.
_FORGES = {"github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket"}
# Where owner and name are the whole path, whatever stands behind them.
_TWO_PARTS = {"github.com", "bitbucket.org"}
_SCP_LIKE = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w.-]+\.[\w-]+):(?!//|[0-9]+/)(?P<path>.+)")
_URL_LIKE = re.compile(
    r"(?:[a-z+:]+://)?(?:[^/@]*@)?(?P<host>[\w.-]+\.[\w-]+|(?<=://)[\w-]+)(?::[0-9]+)?/(?P<path>.+)",
    re.IGNORECASE,
)
_BEHIND_REPOSITORY = re.compile(r"/(?:-|tree|blob|src|raw|commits?|issues|pulls?|releases|wiki)(?:/.*)?$")


def pypi_name_key(name: str) -> str:
    """Give the form in which names of PyPI are compared; blanks count as dashes too.

    Source: PEP 503.
    """
    return re.sub(r"[-_.\s]+", "-", name).strip("-").lower()


def purl_key(purl: str) -> str:
    """Give the form in which package URLs are compared: no version, qualifiers, subpath, case.

    Raises:
        ValueError: it is no package URL.
    """
    parsed = PackageURL.from_string(purl)
    name = pypi_name_key(parsed.name) if parsed.type == "pypi" else parsed.name
    return PackageURL(parsed.type, parsed.namespace, name).to_string().lower()


def repository_key(url: str) -> str | None:
    """Give the form in which repositories are compared: `github.com/pallets/flask`.

    Scheme, user, port, `www.`, `.git`, and what leads into the repository make
    no difference; on the large forges case makes none either.

    Returns: None for what is no address of a repository.
    """
    address = re.split(r"[?#]", url.strip().removeprefix("git+").removeprefix("scm:git:"))[0]
    parts = _SCP_LIKE.fullmatch(address) or _URL_LIKE.fullmatch(address)
    if parts is None:
        return None
    host = parts["host"].lower().removeprefix("www.")
    steps = [step for step in unquote(parts["path"]).split("/") if step]
    path = "/".join(steps[:2]) if host in _TWO_PARTS else _BEHIND_REPOSITORY.sub("", "/".join(steps))
    path = path.removesuffix(".git")
    if not path or (host in _TWO_PARTS and "/" not in path):
        return None
    return f"{host}/{path.lower() if host in _FORGES else path}"


def short_key(key: str, length: int) -> str:
    """Give a key as it is, or a digest of one that is too long for an index or no plain text."""
    if len(key) <= length and key.isprintable():
        return key
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def forge_purl(key: str) -> str | None:
    """Give the package URL of a repository on one of the large forges, else None.

    Args:
        key: of the repository.
    """
    host, *owner, name = key.split("/")
    return PackageURL(_FORGES[host], "/".join(owner), name).to_string() if host in _FORGES else None
