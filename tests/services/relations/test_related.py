from fractions import Fraction

import pytest

from app.db import Author
from app.services.importing import import_records
from app.services.relations.related import page_of_related
from tests.random_claims import LIBRARIES, claims_of, random_records, teams_of

QUERY = {"limit": 200, "cursor": None, "total": True, "used_on": None}


def expected(claims, library):
    """Work out what is related to a library."""
    own = teams_of(claims, library)
    rows = []
    for other in sorted({name for claim in claims for name in claim.libraries} - {library}):
        theirs = teams_of(claims, other)
        if own & theirs:
            row = {
                "library": {"slug": other, "name": other.replace("-", " ").capitalize()},
                "teams_together": len(own & theirs),
                "teams_of_other": len(theirs),
                "jaccard": float(round(Fraction(len(own & theirs), len(own | theirs)), 4)),
                "use_cases_together": sum({library, other} <= claim.libraries for claim in claims),
            }
            rows.append(row)
    return sorted(rows, key=lambda row: (-row["jaccard"], -row["teams_together"], row["library"]["name"]))


class TestPageOfRelated:
    @pytest.mark.parametrize("seed", range(2))
    def test_it_gives_what_plain_python_works_out(self, database, seed):
        records = random_records(seed)
        with database.writing(Author("tests", "1")) as session:
            import_records(session, records)
        claims = claims_of(records)
        with database.reading() as connection:
            for library in (f"library-{n:02}" for n in range(LIBRARIES)):
                page = page_of_related(connection, library, QUERY)
                assert page["items"] == expected(claims, library)
                assert page["total"] == len(page["items"])
