import shutil
import subprocess

import pytest
from click.shell_completion import ShellComplete

from app.cli import atlas
from tests.cli.test_commands import subprocess_of


def completed(words, typed):
    """Give what a shell would offer for the word that is being typed."""
    completer = ShellComplete(atlas, {}, "toolatlas", "_TOOLATLAS_COMPLETE")
    return [(item.value, item.help) for item in completer.get_completions(words, typed)]


@pytest.fixture
def _live(live_origin, monkeypatch):
    monkeypatch.setenv("TOOLATLAS_URL", live_origin)


@pytest.mark.usefixtures("_live")
class TestNames:
    @pytest.mark.parametrize("command", ["who-uses", "impact"])
    def test_libraries_are_completed_by_slug(self, command):
        assert completed([command], "FLASK-rest") == [
            ("flask-restplus", "Flask-RESTPlus"),
            ("flask-restx", "Flask-RESTX"),
        ]

    def test_teams_are_completed_by_slug(self):
        assert completed(["uses"], "insi") == [("insight-engineering", "Insight Engineering")]
        assert completed(["check", "a.txt", "--team"], "insi") == [
            ("insight-engineering", "Insight Engineering")
        ]

    def test_nothing_typed_is_nothing_asked(self):
        assert completed(["who-uses"], "") == []

    def test_an_atlas_that_cannot_be_asked_offers_nothing(self):
        assert completed(["who-uses", "--url", "http://127.0.0.1:1"], "fla") == []
        assert completed(["--url", "nonsense", "who-uses"], "fla") == []

    def test_an_answer_of_another_shape_offers_nothing(self, server):
        server.give("/suggest", {"items": [1]})
        assert completed(["--url", server.origin, "who-uses"], "fla") == []

    def test_commands_are_completed(self):
        assert [value for value, _help in completed([], "i")] == ["impact", "import"]


class TestScripts:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_each_shell_has_one(self, away, shell):
        result = away("completion", shell)
        assert (result.exit_code, result.stderr) == (0, "")
        assert f"_TOOLATLAS_COMPLETE={shell}_complete" in result.stdout

    def test_another_shell_has_none(self, away):
        assert away("completion", "tcsh").exit_code == 2

    def test_bash_completes_with_it(self, live_origin):
        bash = shutil.which("bash")
        script = subprocess_of(["completion", "bash"]).stdout
        assert subprocess.run([bash, "-n"], input=script, text=True, check=True).returncode == 0  # noqa: S603  # our own text
        variables = {
            "_TOOLATLAS_COMPLETE": "bash_complete",
            "COMP_WORDS": "toolatlas uses insi",
            "COMP_CWORD": "2",
        }
        done = subprocess_of([], env={"TOOLATLAS_URL": live_origin, "PYTHONPATH": ".", **variables})
        assert done.stdout.split() == ["plain,insight-engineering"]
