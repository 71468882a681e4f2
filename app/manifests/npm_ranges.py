"""What stands behind the name of an npm dependency: a range, an alias, or a place.

Source: the npm documentation of package.json, "dependencies".
"""

import re

from app.manifests.findings import Declared
from app.manifests.purls import npm_purl, repository_purl
from app.text import to_nfc

_PLACE = re.compile(r"(?:git|git\+[a-z]++|https?|ssh|file|link|portal|patch|github|gitlab|bitbucket|gist):")
_LOCAL = re.compile(r"(?:file|link|portal|patch):|\.{0,2}/|~/")
_SHORTHAND = re.compile(r"(?:(github|gitlab|bitbucket):)?([\w.-]++/[\w.-]++)(?:#.*+)?", re.DOTALL)
_SCP_LIKE = re.compile(r"[\w.-]++@[\w.-]++:")
_SEMVER = re.compile(r"#semver:(.++)", re.DOTALL)
_NO_RANGE = re.compile(r"[:/@]")
_FORGES = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
_LONGEST = 4_000


def npm_declared(key: str, spec: str) -> Declared:
    """Read a dependency of npm; two of one package (under different names) are alternatives.

    Args:
        key: the name that it is installed under.
        spec: what stands behind it.

    Returns: the package; without range where it comes from a URL or path, which
        is never given on, since it may hold a password.
    """
    key, spec = to_nfc(key), to_nfc(spec.strip())
    if spec.startswith("npm:"):
        name, range_ = _alias(spec.removeprefix("npm:"))
        return Declared(name, npm_purl(name), range_, mention=key, is_conditional=True)
    if spec.startswith("workspace:"):
        return Declared(key, None, _workspace(spec.removeprefix("workspace:")))
    if spec.startswith("catalog:"):
        return Declared(key, npm_purl(key))
    if len(spec) > _LONGEST or _LOCAL.match(spec):
        return Declared(key)
    is_place = _PLACE.match(spec) or _SHORTHAND.fullmatch(spec) or _SCP_LIKE.match(spec)
    return _placed(key, spec) if is_place else _ranged(key, spec)


def _placed(key: str, spec: str) -> Declared:
    """Read what comes from a repository or a URL; the URL itself is not given on."""
    semver = _SEMVER.search(spec)
    return Declared(key, _forge_purl(spec), semver[1] if semver else "", is_conditional=True)


def _ranged(key: str, spec: str) -> Declared:
    if _NO_RANGE.search(spec):
        return Declared(key)
    return Declared(key, npm_purl(key), spec, is_conditional=True)


def _alias(target: str) -> tuple[str, str]:
    """Split `@scope/name@range`; the first character is no separator."""
    at = target.find("@", 1)
    return (target[:at], target[at + 1 :]) if at > 0 else (target, "")


def _workspace(spec: str) -> str:
    """Give the range of `workspace:^1.2`; `workspace:^` and paths have none."""
    return "" if spec in {"*", "^", "~"} or "/" in spec else spec


def _forge_purl(spec: str) -> str | None:
    shorthand = _SHORTHAND.fullmatch(spec)
    if shorthand:
        return repository_purl(f"https://{_FORGES[shorthand[1] or 'github']}/{shorthand[2]}")
    is_repository = spec.startswith("git") or _SCP_LIKE.match(spec) or ".git" in spec
    # git+ssh://git@host:owner/name is no URL, but npm writes it.
    address = spec.removeprefix("git+").removeprefix("ssh://")
    return repository_purl(address) if is_repository else None
