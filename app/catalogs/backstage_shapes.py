"""What entities of Backstage are made of, and how they are written down as YAML.

Source: decision 0017; the entity policies of @backstage/catalog-model.
"""

import json
import re
from ipaddress import IPv4Address
from typing import Any
from urllib.parse import urlsplit

import yaml

from app.catalogs.backstage_names import mark
from app.catalogs.holdings import FlatRecord
from app.packages import repository_key

_VERSION = "backstage.io/v1alpha1"
# What YAML 1.1 takes for text and YAML 1.2 for a number: 1e3, 0o17.
_LIKE_A_NUMBER_AT_THE_END = re.compile(r"(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)$")
_PUNYCODE = re.compile(r"(?:^|\.)(?:xn--|..--)")
_LIKE_A_NUMBER = re.compile(r"[-+.0-9].*", re.DOTALL)


class Dumper(yaml.CSafeDumper):
    """YAML that readers of 1.1 and of 1.2 understand alike."""


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    style = "'" if _LIKE_A_NUMBER.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, _represent_text)


def entity(kind: str, meta: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """Make an entity."""
    return {"apiVersion": _VERSION, "kind": kind, "metadata": meta, "spec": spec}


def group(kind: str, name: str) -> dict[str, Any]:
    """Make the spec of a Group."""
    return {"type": kind, "profile": {"displayName": name}, "children": []}


def metadata(
    item: FlatRecord,
    name: str,
    namespace: str,
    description: str | None,
    marks: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Make the metadata; what is no text in an annotation is written as JSON."""
    annotations = {mark("slug"): item["slug"]}
    for key, value in (marks or {}).items():
        if value:
            annotations[mark(key)] = (
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            )
    about = {"description": description} if description else {}
    named = {"name": name, "namespace": namespace, "title": item["name"]}
    return {**named, **about, "annotations": annotations}


def with_links(meta: dict[str, Any], item: FlatRecord, titles: dict[str, str]) -> dict[str, Any]:
    """Add the links that a record has, with their titles."""
    found = ((item.get(name), title) for name, title in titles.items())
    links = [{"url": url, "title": title} for url, title in found if url and is_url(url)]
    return meta | ({"links": links} if links else {})


def repository_marks(item: FlatRecord) -> dict[str, str]:
    """Give the annotations by which Backstage's own plugins find a repository."""
    url = item.get("repository_url")
    key = repository_key(url) if url else None
    if key is None:
        return {}
    host, _, path = key.partition("/")
    slug = {"github.com/project-slug": path} if host == "github.com" else {}
    return {"backstage.io/source-location": f"url:{url}", **slug}


def is_url(url: str) -> bool:
    """Tell whether browsers, and so Backstage, take an address that a record may hold.

    Source: https://url.spec.whatwg.org/#host-parsing.
    """
    try:
        parts = urlsplit(url)
        host, is_port_right = (parts.hostname or "").removesuffix("."), parts.port is None or parts.port >= 0
        if _LIKE_A_NUMBER_AT_THE_END.search(host):
            IPv4Address(host)
    except ValueError:
        return False
    return is_port_right and ".." not in host and not _PUNYCODE.search(host)


def purpose(item: FlatRecord) -> dict[str, Any]:
    """Give a purpose as it is noted on a stack."""
    return {name: item[name] for name in ("slug", "name", "description") if item.get(name)}
