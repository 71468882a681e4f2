import pytest


@pytest.fixture
def sent(server):
    """What the server was sent in Authorization; it finds the team core everywhere."""
    server.give("/coverage", {"items": [{"team": {"slug": "core", "name": "Core"}}]})
    server.give("/teams/core/libraries", {"items": []})
    return lambda: {headers["Authorization"] for _method, _path, headers, _body in server.requests}


class TestWhichAtlas:
    @pytest.mark.parametrize(
        "line",
        ["--url URL uses core", "uses --url URL core", "uses core --url URL", "uses core --url=URL"],
    )
    def test_the_option_may_stand_anywhere(self, away, server, sent, line):
        result = away(*line.replace("URL", server.origin).split())
        assert result.stderr == "Error: Nothing is known of what Core uses.\n"
        assert sent() == {None}

    def test_what_stands_last_counts(self, away, server, sent):
        away("--url", "http://127.0.0.1:1", "uses", "core", "--url", server.origin)
        assert sent() == {None}

    def test_an_option_counts_more_than_the_environment(self, away, server, sent, monkeypatch):
        monkeypatch.setenv("TOOLATLAS_URL", "http://127.0.0.1:1")
        monkeypatch.setenv("TOOLATLAS_TOKEN", "ta_environment")
        away("--token", "ta_option", "uses", "core", "--url", server.origin)
        assert sent() == {"Bearer ta_option"}

    def test_the_token_of_the_environment_is_sent(self, of_server, server, sent, monkeypatch):
        monkeypatch.setenv("TOOLATLAS_TOKEN", " ta_environment ")
        of_server("uses", "core")
        assert sent() == {"Bearer ta_environment"}

    def test_an_empty_variable_is_none(self, run, make, monkeypatch):
        monkeypatch.setenv("TOOLATLAS_URL", " ")
        make.team(name="New")
        assert "Nothing is known of what New uses." in run("uses", "new").stderr

    @pytest.mark.parametrize("words", [["--timeout", "0"], ["--timeout", "soon"], ["--url", "atlas.example"]])
    def test_wrong_usage_is_told(self, away, words):
        result = away("uses", "core", *words)
        assert (result.exit_code, result.stdout) == (2, "")

    def test_a_timeout_is_kept(self, away, server, sent):
        assert away("uses", "core", "--url", server.origin, "--timeout", "5").exit_code == 1


class TestSecrets:
    @pytest.mark.parametrize("status", [401, 403, 500])
    def test_the_token_is_never_printed(self, of_server, server, status):
        server.refuse("/coverage", status, {"detail": "No."})
        assert "ta_secret" not in of_server("uses", "core", "--token", "ta_secret").output
