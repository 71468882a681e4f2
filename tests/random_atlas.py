"""A small atlas of random records, dense enough that filters overlap; the same for the same seed."""

import random

from app.models import EvidenceKind, LibraryKind, Lifecycle, Origin, Role, SourceKind, Stance, Status

USE_CASES = 30


def fill(make, seed):
    """Make the records through the API.

    Args:
        make: the factory.
        seed: of the random choices.
    """
    chance = random.Random(seed)  # noqa: S311  # the same for the same seed
    organizations = [make.organization()["slug"] for _ in range(3)]
    sources = [_source(make, chance) for _ in range(4)]
    # Two teams of one name: only the slug tells them apart.
    names = ("Core", "Core", "Other", "Fourth")
    teams = [_team(make, chance, place, name, organizations) for place, name in enumerate(names)]
    libraries = [_library(make, chance, organizations) for _ in range(6)]
    purposes = [make.purpose()["slug"] for _ in range(4)]
    for _ in range(USE_CASES):
        make.use_case(
            team=chance.choice(teams),
            stance=chance.choices(list(Stance), (4, 1))[0],
            status=chance.choice(list(Status)),
            purposes=chance.sample(purposes, chance.randint(0, 2)),
            usages=[
                {"library": chance.choice(libraries), "role": chance.choice(list(Role)[:3])}
                for _ in range(chance.randint(0, 3))
            ],
            evidence=[
                {"source": chance.choice(sources), "kind": chance.choice(list(EvidenceKind)[:2])}
                for _ in range(chance.randint(1, 2))
            ],
        )


def _source(make, chance):
    publisher = chance.choice([None, "The Press", "The Wire"])
    return make.source(kind=chance.choice(list(SourceKind)[:3]), publisher=publisher)["slug"]


def _team(make, chance, place, name, organizations):
    area = chance.choice([None, "Data & more", "Operations"])
    organization = organizations[place % 2]
    slug = "core" if place == 0 else f"team-{place}"
    return make.team(name=name, slug=slug, organization=organization, area=area)["slug"]


def _library(make, chance, organizations):
    return make.library(
        kind=chance.choice(list(LibraryKind)[:3]),
        origin=chance.choice(list(Origin)),
        lifecycle=chance.choice(list(Lifecycle)[:3]),
        license=chance.choice([None, "MIT", "Apache-2.0 OR MIT"]),
        language=chance.choice([None, "C", "Python"]),
        maker=chance.choice([None, *organizations]),
        topics=chance.sample(["web", "data", "http"], chance.randint(0, 2)),
    )["slug"]
