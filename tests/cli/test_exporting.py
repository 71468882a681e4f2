import os
import stat

import pytest

from app.cli.exporting import whole_file
from app.cli.trouble import WrongInput

EVERYTHING = b'{"teams": []}'


@pytest.fixture
def export(of_server, server):
    """Exports from a server that has an export of JSON and one of bytes."""
    server.give("/export?format=json", EVERYTHING)
    server.give("/export?format=sqlite", b"\x00\xff", media_type="application/vnd.sqlite3")
    return lambda *words: of_server("export", *words)


class TestPrinted:
    def test_it_goes_to_standard_output_as_it_is(self, export):
        result = export()
        assert (result.exit_code, result.stdout_bytes, result.stderr) == (0, EVERYTHING, "")

    def test_bytes_stay_bytes(self, export):
        assert export("--format", "sqlite").stdout_bytes == b"\x00\xff"

    def test_bytes_are_nothing_for_a_terminal(self, export, monkeypatch):
        monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True)
        result = export("--format", "sqlite")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "-o FILE" in result.stderr

    def test_text_is(self, export, monkeypatch):
        monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True)
        assert export().stdout_bytes == EVERYTHING


class TestIntoAFile:
    def test_it_is_written_and_its_size_told(self, export, tmp_path):
        path = tmp_path / "atlas.json"
        result = export("-o", str(path))
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == f"{path}: 13 bytes\n"
        assert path.read_bytes() == EVERYTHING
        assert list(tmp_path.iterdir()) == [path]

    def test_a_new_one_has_the_mode_that_a_shell_gives(self, export, tmp_path):
        before = os.umask(0o027)
        try:
            export("-o", str(tmp_path / "new"))
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640

    def test_one_that_was_there_keeps_its_mode_and_its_name(self, export, tmp_path):
        (tmp_path / "old").write_text("old")
        (tmp_path / "old").chmod(0o600)
        (tmp_path / "link").symlink_to("old")
        export("-o", str(tmp_path / "link"))
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "old").read_bytes() == EVERYTHING
        assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o600

    def test_a_stream_that_breaks_off_leaves_the_old_file(self, of_server, server, tmp_path):
        server.give("/export", b"half", Content_Length="9")
        path = tmp_path / "atlas.json"
        path.write_text("whole")
        result = of_server("export", "-o", str(path))
        assert (result.exit_code, path.read_text()) == (3, "whole")
        assert "hung up" in result.stderr
        assert list(tmp_path.iterdir()) == [path]

    def test_what_is_no_ordinary_file_stays_what_it_is(self, tmp_path):
        path = tmp_path / "pipe"
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with whole_file(path) as file:
            file.write(b"x")
        assert (os.read(reader, 9), path.is_fifo()) == (b"x", True)
        os.close(reader)

    def test_a_folder_that_is_not_there_is_told(self, export, tmp_path):
        result = export("-o", str(tmp_path / "no" / "file"))
        assert (result.exit_code, result.stdout) == (2, "")
        assert "cannot be written: No such file or directory." in result.stderr

    def test_a_disk_that_is_full_is_told(self, tmp_path):
        with pytest.raises(WrongInput, match="cannot be written: Full"), whole_file(tmp_path / "x"):
            raise OSError(28, "Full")
        assert list(tmp_path.iterdir()) == []


class TestWithoutOne:
    def test_an_atlas_that_has_none_is_told(self, of_server):
        result = of_server("export")
        assert (result.exit_code, result.stdout) == (3, "")
        assert "offers no export" in result.stderr

    def test_a_format_that_is_unknown_is_told(self, of_server, server):
        server.refuse("/export", 422, {"detail": "Must be one of: json."})
        result = of_server("export", "--format", "pdf")
        assert (result.exit_code, result.stderr) == (1, "Error: Must be one of: json.\n")
