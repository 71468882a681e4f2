"""The documents of the API, each made when it is first asked for: a server that starts has better to do."""

from collections.abc import Iterable
from functools import cached_property

from app.api.contract import Api, Namespace, methods_of, operations_of, path_of
from app.api.operations import Document


class Documents:
    """OpenAPI 3.1 and Swagger 2.0, from the same declarations."""

    def __init__(self, api: Api, namespaces: Iterable[Namespace]) -> None:
        """Begin with none made.

        Args:
            api: what flask-restx holds of the application.
            namespaces: all that are served.
        """
        self._api = api
        self._namespaces = list(namespaces)

    @cached_property
    def openapi(self) -> Document:
        """The OpenAPI 3.1 document."""
        from app.api.documents import openapi  # noqa: PLC0415  # apispec, which no other request needs

        tags = {namespace.name: namespace.description for namespace in self._namespaces}
        return openapi(operations_of(self._namespaces), tags)

    @cached_property
    def swagger(self) -> Document:
        """The Swagger 2.0 document, as flask-restx writes it; each operation says itself what it produces.

        It is made while the application answers.
        """
        from app.api.swagger import apidocs  # noqa: PLC0415  # the same

        docs, definitions = apidocs(operations_of(self._namespaces))
        self._api.name_shapes(definitions)
        for namespace in self._namespaces:
            for route in namespace.resources:
                for url in route.urls:
                    for method in methods_of(route.resource):
                        getattr(route.resource, method).__apidoc__ = docs[path_of(namespace, url), method]
        document: Document = self._api.__schema__
        return {name: part for name, part in document.items() if name != "produces"}
