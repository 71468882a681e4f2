"""Writes the landmarks into app/seed/use-cases.yaml: `python -m tests.make_landmarks SLUG FILE`.

FILE is the text of the source SLUG, which the project does not hold; nothing
of it is written but hashes, and only where the digest of the excerpt is right.
"""

import re
import sys
from pathlib import Path

from app.formats.cleaning import decode_as_it_is
from app.landmarks import digest, landmarks_of
from app.services.seeding import SEED_FOLDER

FILE = SEED_FOLDER / "use-cases.yaml"
_EVIDENCE = re.compile(
    r"(    - source: (?P<source>\S+)\n(?:      .+\n)*?      start: (?P<start>\d+)\n      end: (?P<end>\d+)\n"
    r"      excerpt_sha256: (?P<sha256>[0-9a-f]{64})\n)(?:      landmarks: .+\n)?"
)


def landmarked(seed, source, text):
    """Give the text of the YAML file with the landmarks of a source's evidence in it.

    Args:
        seed: text of the YAML file.
        source: slug of the source.
        text: of the source, in NFC.
    """

    def complete(found):
        start, end = int(found["start"]), int(found["end"])
        if found["source"] != source or digest(text[start:end]) != found["sha256"]:
            return found[0]
        return f"{found[1]}      landmarks: {landmarks_of(text, start, end)}\n"

    return _EVIDENCE.sub(complete, seed)


if __name__ == "__main__":
    read = decode_as_it_is(Path(sys.argv[2]).read_bytes())
    FILE.write_text(landmarked(FILE.read_text("utf-8"), sys.argv[1], read), "utf-8")
