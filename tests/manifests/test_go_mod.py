from app.manifests.reading import read_manifest
from tests.manifests.samples import declarations, purls, read_sample, refusal, remarks, rows, sample


class TestGoMod:
    def test_direct_requirements_are_read(self):
        assert rows(read_sample("go.mod")) == [
            ("github.com/Masterminds/sprig/v3", "v3.2.3", "runtime"),
            ("github.com/spf13/cobra", "v1.8.1", "runtime"),
            ("github.com/spf13/pflag", "v1.0.5", "runtime"),
        ]

    def test_a_purl_is_in_lower_case(self):
        purl = purls(read_sample("go.mod"))["github.com/Masterminds/sprig/v3"]
        assert purl == "pkg:golang/github.com/masterminds/sprig/v3"

    def test_a_declaration_is_path_and_version(self):
        declared = declarations(read_sample("go.mod"), sample("go.mod"))
        assert declared[0] == "github.com/Masterminds/sprig/v3 v3.2.3"
        assert declared[2] == '"github.com/spf13/pflag" v1.0.5'

    def test_what_is_not_known_is_remarked_on(self):
        assert remarks(read_sample("go.mod")) == [(15, "unreadable"), (24, "unreadable")]

    def test_it_tells_the_path_of_the_module(self):
        assert read_sample("go.mod").subject == "example.org/Forecast"

    def test_a_module_may_stand_in_a_block(self):
        assert read_manifest("go-mod", "module (\n\ta\n)\n").subject == "a"

    def test_a_stray_quote_is_remarked_on(self):
        assert remarks(read_manifest("go-mod", 'module a\nrequire "b v1.0.0\n"')) == [
            (2, "unreadable"),
            (3, "unreadable"),
        ]

    def test_without_a_module_it_is_refused(self):
        detail = "This is no go.mod: no line names the module. (line 1)"
        assert refusal("go-mod", "go 1.22") == (detail, 1)
