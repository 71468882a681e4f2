"""Names and slugs: how text is cleaned, folded and compared."""

import hashlib
import re
import unicodedata
from functools import lru_cache

SLUG_LENGTH = 80
SLUG_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"

NAME_KEY_LENGTH = 400

# Text holds at least one character that can be seen and no control characters
# (in a description: none but tab and line feed). Written so that Python,
# ECMA-262 and Rust read it alike; linear in the length of the text.
_BLANKS = r"\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_SEEN = rf"[^\x00-\x20\x7f-\xa0{_BLANKS}]"
LINE_PATTERN = rf"^[ \xa0{_BLANKS}]*{_SEEN}[^\x00-\x1f\x7f-\x9f]*$"
TEXT_PATTERN = rf"^[ \t\n\xa0{_BLANKS}]*{_SEEN}[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"

# Letters of other scripts that look like Latin ones (Unicode TR 39, the ones found in fakes of names).
# Capitals are looked at before case folding: a Greek capital eta looks like H, a small one like n.
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕЅІЈКМНОРСТУХҺԚԜՕՍ", "abezhikmnoptyxabesijkmhopctyxhqwou")
_SMALL = str.maketrans(
    "авеёзіјкмнорсԛѕтухһԝѵԁԍɡαβεηικνορτυχωϳıᴀᴄᴇᴏᴜᴠᴡᴢոսօցհ",
    "abee3ijkmhopcqstyxhwvdggabenikvoptuxwjiaceouvwznuogh",
)


def to_nfc(text: str) -> str:
    """Bring text to the one form that is stored (Unicode NFC)."""
    return unicodedata.normalize("NFC", text)


def fold(name: str) -> str:
    """Fold text to what it is compared by.

    Case, width, ligatures, invisible characters, runs of blanks and letters
    that only look Latin make no difference: `NumPy`, one in full-width letters
    and one with a Cyrillic letter are one name.

    Source: Unicode TR 36 and TR 39; decision 0004.
    """
    if name.isascii():
        return " ".join(name.lower().split())  # the same, ten times as fast
    # Nothing composes with a blank, so that words fold alone as they do together; most are ASCII.
    folded = [word.lower() if word.isascii() else _fold_word(word) for word in name.split(" ")]
    return " ".join(" ".join(folded).split())


@lru_cache(maxsize=10_000)
def _fold_word(name: str) -> str:
    compatible = unicodedata.normalize("NFKC", name).translate(_CAPITALS)
    folded = unicodedata.normalize("NFKC", compatible.casefold())
    visible = "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")
    return visible.translate(_SMALL)


def name_key(name: str) -> str:
    """Give the folded name that is kept unique: at most 400 characters."""
    return fold(name)[:NAME_KEY_LENGTH].strip()


def slugify(name: str) -> str:
    """Derive a slug from a name.

    Returns: at most 80 characters; a short digest where the name holds no
    letter or digit of ASCII.
    """
    decomposed = unicodedata.normalize("NFKD", name_key(name))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = re.findall("[a-z0-9]+", _spell_out(plain))
    slug = "-".join(words)[:SLUG_LENGTH].strip("-")
    return slug or "x-" + hashlib.sha256(name.encode()).hexdigest()[:12]


def _spell_out(name: str) -> str:
    """Say what tells C++ and C# from C."""
    return re.sub(r"(?<=[a-z])#", " sharp ", re.sub(r"(?<=[a-z])\+\+", " plus plus ", name))


def contains_pattern(word: str) -> str:
    """Make the LIKE pattern (escape character: backslash) for text that holds a word."""
    escaped = re.sub(r"([\\%_])", r"\\\1", word)
    return f"%{escaped}%"
