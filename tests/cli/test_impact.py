import csv
import io
import json

import pytest


class TestImpact:
    def test_it_tells_who_is_hit_and_what_there_is_instead(self, ask):
        result = ask("impact", "flask-restplus")
        assert result.exit_code == 0
        assert result.stdout.splitlines() == [
            "Flask-RESTPlus is deprecated; move to Flask-RESTX",
            "",
            "TEAM                 HIT                    ROLES   PURPOSES",
            "Insight Engineering  directly               uses    Auto-remediation, Diagnostics",
            "Insight Engineering  Flask-RESTPlus > Bolt  builds  Auto-remediation, Diagnostics",
            "",
            "BUILT ON IT  BY WAY OF                 BUILT BY",
            "Bolt         Flask-RESTPlus > Bolt     Insight Engineering",
            "Winston      Flask-RESTPlus > Winston  Insight Engineering",
            "",
            "FOR               OTHERS USE",
            "Auto-remediation  Python",
        ]

    def test_json_is_the_document_of_the_api(self, ask, seeded):
        document = seeded.get("/libraries/gunicorn/impact?depth=1").get_json()
        assert json.loads(ask("impact", "gunicorn", "--depth", "1", "--json").stdout) == document

    def test_csv_has_a_row_a_team_that_is_hit(self, ask):
        rows = list(csv.DictReader(io.StringIO(ask("impact", "flask-restplus", "--csv").stdout)))
        assert [(row["team"], row["hit"], row["through"]) for row in rows] == [
            ("insight-engineering", "direct", ""),
            ("insight-engineering", "indirect", "Flask-RESTPlus > Bolt"),
        ]

    def test_that_nobody_is_hit_is_an_answer(self, ask):
        result = ask("impact", "flask-restx")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "Nobody is known to use Flask-RESTX" in result.stderr

    def test_a_library_of_unknown_state_is_just_named(self, run, make):
        make.use_case(library=make.library(name="Odd")["slug"])
        lines = run("impact", "odd").stdout.splitlines()
        assert lines[0] == "Odd"
        assert [line.split()[0] for line in lines if line] == ["Odd", "TEAM", "Team"]

    @pytest.mark.parametrize("document", [{}, {"direct": 1}, {"direct": [{}], "indirect": []}])
    def test_what_is_no_impact_is_trouble(self, of_server, server, document):
        server.give("/lookup", {"slug": "x", "name": "X"})
        server.give("/libraries/x/impact", document)
        result = of_server("impact", "x")
        assert (result.exit_code, result.stdout) == (3, "")

    def test_that_it_is_not_all_is_told(self, of_server, server, seeded):
        document = seeded.get("/libraries/flask/impact").get_json()
        server.give("/lookup", {"slug": "x", "name": "X"})
        server.give("/libraries/x/impact", {**document, "truncated": True})
        result = of_server("impact", "x")
        assert (result.exit_code, result.stderr[:20]) == (0, "This is not all: the")
