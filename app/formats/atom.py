"""Writing changes as an Atom feed, for feed readers.

Source: RFC 4287.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

ATOM_TYPE = "application/atom+xml"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_WORDS = {"create": "added", "update": "changed", "delete": "deleted"}

register_namespace("", _NAMESPACE)


def write_atom(changes: Iterable[Mapping[str, Any]], here: str, following: str, now: datetime) -> str:
    """Write changes, each with its `url`, as a feed.

    Args:
        changes: as the feed gives them.
        here: URL of this page.
        following: URL of the next one.
        now: the time of a feed without changes.
    """
    listed = list(changes)
    feed = Element(_name("feed"))
    _text(feed, "id", uuid5(NAMESPACE_URL, here).urn)
    _text(feed, "title", "Changes of the atlas")
    _text(feed, "updated", _moment(max((change["at"] for change in listed), default=now)))
    for relation, url in (("self", here), ("next", following)):
        SubElement(feed, _name("link"), rel=relation, href=url, type=ATOM_TYPE)
    for change in listed:
        _add_entry(feed, change)
    return tostring(feed, encoding="unicode", xml_declaration=True)


def _add_entry(feed: Element, change: Mapping[str, Any]) -> None:
    entry = SubElement(feed, _name("entry"))
    kind = change["kind"].replace("_", " ")
    _text(entry, "id", uuid5(NAMESPACE_URL, f"{change['url']}#{change['seq']}").urn)
    _text(entry, "title", f"{change['actor']} {_WORDS[change['action']]} the {kind} {change['slug']}")
    _text(entry, "updated", _moment(change["at"]))
    _text(SubElement(entry, _name("author")), "name", change["actor"])
    SubElement(entry, _name("link"), rel="alternate", href=change["url"])
    # JSON in ASCII: it holds no character that XML does not.
    told = {name: value for name, value in change.items() if value is not None}
    _text(entry, "content", json.dumps(told, default=_moment, indent=2)).set("type", "text")


def _text(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, _name(name))
    element.text = text
    return element


def _name(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
