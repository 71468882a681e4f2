"""What the columns of a table of adopters are called, and what their cells say."""

from dataclasses import dataclass

from app.catalogs.cleaning import clean_line, clean_url
from app.catalogs.markdown_blocks import Inline

_ORGANIZATION = (
    *(
        "organization",
        "organisation",
        "company",
        "adopter",
        "institution",
        "institute",
        "university",
        "vendor",
    ),
    *("organizations", "organisations", "companies", "adopters", "users", "customer", "user", "employer"),
    *("end user", "project", "who", "name", "product", "distribution", "provider", "member"),
)
_TEAM = ("team", "department", "division", "business unit", "group", "unit", "team name")
_CONTACT = (
    "contact",
    "contacts",
    "point of contact",
    "poc",
    "maintainer",
    "contact name",
    "github",
    "handle",
)
_URL = ("website", "url", "homepage", "site", "web site", "web", "link")
_DESCRIPTION = (
    *("description", "use case", "use cases", "usage", "description of use", "description of usage", "use"),
    *("success story", "how", "details", "comments", "notes", "summary", "about"),
)
_PLACEHOLDERS = (
    *("tbd", "coming soon", "your company", "your company name", "your organization", "your name", "example"),
    *("company name", "organization name", "name", "organization", "company", "...", "…", "none", "none yet"),
    *("type", "description", "contact", "since", "website", "use case", "email", "logo", "your org", "xyz"),
)
_PLACEHOLDING = (
    "more ",
    "and more",
    "your ",
    "add your",
    "add yours",
    "none yet",
    "insert ",
    "placeholder",
    "to be ",
    "coming soon",
)


@dataclass(frozen=True)
class Row:
    """What a row of a table says of an adopter."""

    name: str
    team: str
    url: str | None
    contact: str | None
    description: str | None


def row_of(header: tuple[str, ...], cells: list[Inline]) -> Row | None:
    """Read a row; None if no column of its table names organizations."""
    columns = [_folded(name) for name in header]
    names = _find(columns, _ORGANIZATION)
    if names is None or names >= len(cells):
        return None
    places = {
        "name": names,
        "team": _find(columns, _TEAM),
        "contact": _find(columns, _CONTACT),
        "url": _find(columns, _URL),
        "description": _find(columns, _DESCRIPTION),
    }
    cell = {role: cells[place] for role, place in places.items() if place is not None and place < len(cells)}
    home, contact = cell["name"], cell.get("contact", Inline(""))
    own_url = next((url for _text, url in home.links if clean_url(url)), None)
    team = cell.get("team", Inline(""))
    contact_url = _contact_of(contact) or next((url for _text, url in team.links if clean_url(url)), None)
    used = {place for role, place in places.items() if place is not None and role in {"name", "team"}}
    told = [
        _told(header[place], cells[place], is_main=place == places["description"])
        for place in sorted(range(len(cells)), key=lambda place: (place != places["description"], place))
        if place not in used and cells[place].text
    ]
    url = own_url or _url_of(cell.get("url", Inline("")))
    return Row(home.text, team.text, url, contact_url, "\n".join(told) or None)


def is_placeholder(name: str) -> bool:
    """Tell whether a name only keeps a place free, or names a column."""
    plain = name.lower().strip(" []()<>{}*_`:.\u2026")
    return plain in _PLACEHOLDERS or not plain or plain.startswith(_PLACEHOLDING)


def with_addresses(inline: Inline) -> str:
    """Give text with the addresses of its links behind it."""
    urls = dict.fromkeys(url for text, url in inline.links if url not in {text, f"mailto:{text}"})
    return f"{inline.text} ({', '.join(urls)})" if urls else inline.text


def _find(columns: list[str], known: tuple[str, ...]) -> int | None:
    """Find a column by its name: the whole name first, then the beginning of one."""
    whole = (columns.index(name) for name in known if name in columns)
    begun = (
        place for place, column in enumerate(columns) if any(column.startswith(f"{name} ") for name in known)
    )
    return next(whole, next(begun, None))


def _folded(name: str) -> str:
    words = name.lower().replace("/", " ").replace("(s)", "s").replace("-", " ")
    return " ".join(words.strip(" *_:").split())


def _contact_of(cell: Inline) -> str | None:
    """Give the link to whom to ask; a name such as @someone is one on GitHub."""
    linked = next((url for _text, url in cell.links if clean_url(url)), None)
    handle = next((word.strip(",;") for word in cell.text.split() if word.startswith("@")), "")
    is_handle = handle[1:].replace("-", "").isalnum() and handle.isascii()
    return linked or (f"https://github.com/{handle[1:]}" if is_handle else None)


def _url_of(cell: Inline) -> str | None:
    linked = next((url for _text, url in cell.links if clean_url(url)), None)
    text = clean_line(cell.text) or ""
    return linked or (text if text.startswith(("http://", "https://")) and " " not in text else None)


def _told(column: str, cell: Inline, *, is_main: bool) -> str:
    text = with_addresses(cell)
    return text if is_main or not column else f"{column}: {text}"
