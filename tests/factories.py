"""Factories: make records through the API, with everything they need around them."""

from itertools import count

SHA256 = "0" * 64


class Factory:
    """Makes records; every call makes a new one, with the members that are given."""

    def __init__(self, client):
        self.client = client
        self.numbers = count(1)

    def organization(self, **members):
        return self._post("organizations", {"name": self._name("Organization"), **members})

    def team(self, **members):
        if "organization" not in members:
            members["organization"] = self.organization()["slug"]
        return self._post("teams", {"name": self._name("Team"), **members})

    def library(self, **members):
        return self._post("libraries", {"name": self._name("Library"), **members})

    def purpose(self, **members):
        return self._post("purposes", {"name": self._name("Purpose"), **members})

    def source(self, **members):
        return self._post("sources", {"title": self._name("Source"), "kind": "article", **members})

    def use_case(self, **members):
        return self._post("use-cases", self.use_case_body(**members))

    def use_case_body(self, *, library=None, purpose=None, role="uses", **members):
        """Give the body of a use case; `library`, `purpose` and `role` are short for one usage and one purpose."""
        if "team" not in members:
            members["team"] = self.team()["slug"]
        if "evidence" not in members:
            members["evidence"] = [{"source": self.source()["slug"]}]
        if "usages" not in members:
            members["usages"] = [{"library": library or self.library()["slug"], "role": role}]
        if purpose:
            members["purposes"] = [purpose]
        return {"title": self._name("Use case"), **members}

    def _name(self, kind):
        return f"{kind} {next(self.numbers)}"

    def _post(self, path, body):
        response = self.client.post(f"/{path}", body)
        assert response.status_code == 201, response.get_json()
        return response.get_json()
