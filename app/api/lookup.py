"""Finding a library by another name, over HTTP."""

from typing import Any

from app.api.contract import Call, Namespace, Resource, reads
from app.schemas.lookups import FoundLibrarySchema, LookupQuerySchema
from app.services.identifying import identify

ns = Namespace("lookup", path="/lookup", description="One library by another name.")


@ns.route("")
class Lookup(Resource):
    """The library that is called so elsewhere."""

    @reads("look_up_library", query=LookupQuerySchema, returns=FoundLibrarySchema)
    def get(self, call: Call) -> Any:
        """Find a library by package URL, repository or any name.

        Package URLs compare without version and qualifiers, names of PyPI as PyPI compares them,
        repositories without scheme, `www.`, `.git` and what leads into them.
        """
        return identify(call.reader, call.query)
