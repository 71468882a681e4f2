import pytest

from app.db import Author
from app.services.importing import import_records
from app.services.relations.impact import impact_of
from tests.random_claims import LIBRARIES, claims_of, random_records, shortest_paths, teams_of


def reference(slug):
    return {"slug": slug, "name": slug.replace("-", " ").capitalize()}


def titled(slug):
    return {"slug": slug, "title": slug.replace("-", " ").capitalize()}


def hit_team(claims, team, libraries):
    """Work out what is said of a team that uses any of the libraries."""
    own = [claim for claim in claims if claim.team == team and claim.libraries & libraries]
    return {
        "team": reference(team),
        "organization": {"slug": "acme", "name": "Acme"},
        "contact_url": f"https://chat.example/{team[-1]}",
        "use_cases": [titled(slug) for slug in sorted(claim.slug for claim in own)],
        "purposes": [reference(slug) for slug in sorted({slug for claim in own for slug in claim.purposes})],
        "roles": sorted({role for claim in own for library, role in claim.usages if library in libraries}),
        "newest_evidence": max(claim.day for claim in own),
    }


def indirectly_hit(claims, paths):
    """Work out the teams that use what is built on a library, nearest first."""
    near = sorted(paths, key=lambda library: (len(paths[library]), library))
    nearest = {}
    for library in near:
        for team in teams_of(claims, library):
            nearest.setdefault(team, library)
    hit = []
    for team in sorted(nearest, key=lambda team: (near.index(nearest[team]), team)):
        path = paths[nearest[team]]
        own = {library for claim in claims if claim.team == team for library in claim.libraries} & set(paths)
        through = {"through": [reference(step) for step in path], "depth": len(path) - 1}
        libraries = [reference(library) for library in sorted(own)]
        hit.append({**hit_team(claims, team, set(paths)), **through, "libraries": libraries})
    return hit


def hit_purposes(claims, hit):
    """Work out the purposes, and for each what use cases apart from the library take."""
    found = []
    for purpose in {slug for claim in claims if claim.libraries & hit for slug in claim.purposes}:
        serving = [claim for claim in claims if purpose in claim.purposes]
        apart = [claim for claim in serving if not claim.libraries & hit]
        alternatives = []
        for library in {library for claim in apart for library in claim.libraries}:
            teams = sorted(teams_of(apart, library))
            first = [reference(team) for team in teams[:5]]
            alternatives.append({"library": reference(library), "teams": first, "team_count": len(teams)})
        alternatives.sort(key=lambda found: (-found["team_count"], found["library"]["slug"]))
        count = len(teams_of(serving, *hit))
        found.append({"purpose": reference(purpose), "team_count": count, "alternatives": alternatives[:10]})
    return sorted(found, key=lambda item: (-item["team_count"], item["purpose"]["slug"]))


def built(claims, paths):
    """Work out what is built on a library, nearest first."""
    return [
        {
            "library": reference(library),
            "depth": len(paths[library]) - 1,
            "path": [reference(step) for step in paths[library]],
            "built_by": [
                reference(team)
                for team in sorted({claim.team for claim in claims if (library, "builds") in claim.usages})
            ],
        }
        for library in sorted(paths, key=lambda library: (len(paths[library]), library))
    ]


def plain(answer):
    """Bring an answer to what is worked out: paths as lists, of the newest evidence only the day."""
    for item in (*answer["direct"], *answer["indirect"]):
        item["newest_evidence"] = item["newest_evidence"]["on"].isoformat()
    for item in answer["indirect"]:
        item["through"] = list(item["through"])
    for item in answer["built_on_it"]:
        item["path"] = list(item["path"])
    return answer


@pytest.fixture(params=range(2))
def claims(request, database):
    """The claims of a made-up atlas that is in the database."""
    records = random_records(request.param)
    with database.writing(Author("tests", "1")) as session:
        import_records(session, records)
    return claims_of(records)


class TestImpactOf:
    def test_it_gives_what_plain_python_works_out(self, database, claims):
        with database.reading() as connection:
            for library in (f"library-{n:02}" for n in range(LIBRARIES)):
                answer = plain(impact_of(connection, library))
                paths = shortest_paths(claims, library)
                users, hit = sorted(teams_of(claims, library)), {library, *paths}
                assert answer["direct"] == [hit_team(claims, team, {library}) for team in users]
                assert answer["indirect"] == indirectly_hit(claims, paths)
                assert answer["built_on_it"] == built(claims, paths)
                assert answer["purposes"] == hit_purposes(claims, hit)

    def test_its_counts_and_whom_to_ask_follow(self, database, claims):
        with database.reading() as connection:
            for library in (f"library-{n:02}" for n in range(LIBRARIES)):
                answer = impact_of(connection, library)
                hit = {library, *shortest_paths(claims, library)}
                teams = teams_of(claims, *hit)
                assert {asked["team"]["slug"] for asked in answer["ask"]} == teams
                assert len(answer["ask"]) == answer["counts"]["teams"] == len(teams)
                assert answer["counts"]["use_cases"] == sum(bool(claim.libraries & hit) for claim in claims)
                assert not answer["truncated"]

    def test_depth_leaves_out_what_is_farther_away(self, database, claims):
        with database.reading() as connection:
            for library in (f"library-{n:02}" for n in range(LIBRARIES)):
                paths = shortest_paths(claims, library)
                near = {name: path for name, path in paths.items() if len(path) == 2}
                answer = plain(impact_of(connection, library, depth=1))
                assert answer["built_on_it"] == built(claims, near)
                assert answer["indirect"] == indirectly_hit(claims, near)
                assert not answer["truncated"]
