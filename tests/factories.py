"""Factories: make records through the API, with everything they need around them."""

from itertools import count

SHA256 = "0" * 64

MAKERS = {
    "organizations": "organization",
    "teams": "team",
    "libraries": "library",
    "purposes": "purpose",
    "use-cases": "use_case",
    "sources": "source",
}


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
        """Give the body of a use case; `library` and `role` make its one usage, `purpose` its one purpose."""
        if "team" not in members:
            members["team"] = self.team()["slug"]
        if "evidence" not in members:
            members["evidence"] = [{"source": self.source()["slug"]}]
        if "usages" not in members:
            members["usages"] = [{"library": library or self.library()["slug"], "role": role}]
        if purpose:
            members["purposes"] = [purpose]
        return {"title": self._name("Use case"), **members}

    def any(self, path, **members):
        """Make a record of the collection at a path."""
        return getattr(self, MAKERS[path])(**members)

    def whole(self, path, **members):
        """Make a record of the collection at a path, every member of which says something."""
        return self.any(path, **{**getattr(self, f"_whole_{MAKERS[path]}")(), **members})

    def _whole_organization(self):
        return {"homepage_url": "https://maker.example/", "description": "Two\nlines."}

    def _whole_team(self):
        place = {"area": "Operations", "contact_url": "https://chat.example/ops"}
        return {**place, "description": "Keeps\tit up.", "aliases": ["The operators", "ops"]}

    def _whole_library(self):
        links = {
            f"{what}_url": f"https://{what}.example/" for what in ("homepage", "repository", "documentation")
        }
        words = {"kind": "framework", "origin": "in_house", "license": "MIT OR Apache-2.0", "language": "C"}
        life = {"lifecycle": "deprecated", "lifecycle_on": "2024-02-29", "lifecycle_note": "Said\nso."}
        pointers = {
            "maker": self.organization()["slug"],
            "lifecycle_source": self.source()["slug"],
            "replaced_by": self.library()["slug"],
            "replaced_by_source": self.source()["slug"],
        }
        lists = {"topics": ["web", "http"], "aliases": ["The framework"], "purl": "pkg:pypi/whole"}
        return {**links, **words, **life, **pointers, **lists, "summary": "A framework."}

    def _whole_purpose(self):
        return {"description": "To get it done."}

    def _whole_use_case(self):
        usages = [
            {"library": self.library()["slug"], "role": role, "version_range": ">=1"}
            for role in ("builds", "uses")
        ]
        place = {"section": "Introduction", "line": 3, "start": 5, "end": 9, "excerpt_sha256": SHA256}
        place["landmarks"] = "-".join(["0123456789abcdef"] * 3)
        words = {"mentions": ["B", "A"], "kind": "declared", "note": "Twice."}
        return {
            "description": "With care.",
            "stance": "does_not_use",
            "status": "confirmed",
            "status_note": "Said\nso.",
            "since": "2020-01-01",
            "until": "2021-12-31",
            "purposes": [self.purpose()["slug"], self.purpose()["slug"]],
            "usages": usages,
            "evidence": [
                {"source": self.source()["slug"], **place, **words},
                {"source": self.source()["slug"]},
            ],
        }

    def _whole_source(self):
        days = {"published_on": "2019-06-13", "accessed_on": "2026-01-31"}
        words = {
            "authors": ["Z. Last", "A. First"],
            "publisher": "The Press",
            "language": "en",
            "note": "Long.",
        }
        return {**days, **words, "url": "https://press.example/a?b=c", "text_sha256": SHA256}

    def _name(self, kind):
        return f"{kind} {next(self.numbers)}"

    def _post(self, path, body):
        response = self.client.post(f"/{path}", body)
        assert response.status_code == 201, response.get_json()
        return response.get_json()
