import pytest

from app.packages import forge_purl, purl_key, pypi_name_key, repository_key, short_key


class TestRepositoryKey:
    @pytest.mark.parametrize(
        ("url", "key"),
        [
            ("https://gitlab.com/Group/Sub/Name/-/tree/main/docs", "gitlab.com/group/sub/name"),
            ("https://bitbucket.org/Owner/Name/src/main", "bitbucket.org/owner/name"),
            ("https://git.example.org/a%20b/C.git", "git.example.org/a b/C"),
            ("https://me:secret@git.example.org:8443/a/b/", "git.example.org/a/b"),
            ("http://forge/a/b", "forge/a/b"),
            ("scm:git:git://github.com/a/b.git", "github.com/a/b"),
            ("forge/a/b", None),
            ("https://github.com/owner", None),
            ("https://git.example.org/.git", None),
            ("", None),
        ],
    )
    def test_it_is_the_one_form_of_a_repository(self, url, key):
        assert repository_key(url) == key


class TestForgePurl:
    @pytest.mark.parametrize(
        ("key", "purl"),
        [
            ("github.com/pallets/flask", "pkg:github/pallets/flask"),
            ("gitlab.com/a/b/c", "pkg:gitlab/a/b/c"),
            ("git.example.org/a/b", None),
        ],
    )
    def test_it_is_the_package_of_a_repository_on_a_large_forge(self, key, purl):
        assert forge_purl(key) == purl


class TestPypiNameKey:
    @pytest.mark.parametrize(
        "name", ["Flask-RESTPlus", "flask__restplus", "flask.-_restplus", "flask restplus"]
    )
    def test_dashes_dots_underlines_and_case_make_no_difference(self, name):
        assert pypi_name_key(name) == "flask-restplus"


class TestPurlKey:
    def test_it_has_no_version_and_no_qualifiers(self):
        assert purl_key("pkg:deb/Debian/curl@7.50.3-1?arch=i386#a/b") == "pkg:deb/debian/curl"

    def test_what_is_no_package_url_is_refused(self):
        with pytest.raises(ValueError, match="purl"):
            purl_key("numpy")


class TestShortKey:
    def test_a_key_stays_as_it_is(self):
        assert short_key("github.com/a/b", 20) == "github.com/a/b"

    @pytest.mark.parametrize("key", ["github.com/" + "a" * 20, "forge/a\0b", "forge/a\nb"])
    def test_a_digest_stands_for_one_that_no_index_takes(self, key):
        assert short_key(key, 20).startswith("sha256:")
        assert short_key(key, 20) != short_key(f"{key}b", 20)
