"""All collections, by kind."""

from app.models import Kind
from app.services.collections import Collection
from app.services.libraries import LIBRARIES
from app.services.organizations import ORGANIZATIONS
from app.services.purposes import PURPOSES
from app.services.sources import SOURCES
from app.services.teams import TEAMS
from app.services.use_cases import USE_CASES

# A record stands behind the ones that it may point at, so that this is also the order to load in.
COLLECTIONS: dict[Kind, Collection] = {
    collection.kind: collection
    for collection in (ORGANIZATIONS, SOURCES, TEAMS, LIBRARIES, PURPOSES, USE_CASES)
}
