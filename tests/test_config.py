from dataclasses import FrozenInstanceError, fields

import pytest

from app.config import DEFAULT_DATABASE_URL, PROJECT_FOLDER, SettingError, Settings

NAMES = [item.name for item in fields(Settings)]
# For each setting: a good text and what it means, and a text that must be refused.
SAMPLES = {
    "host": ("0.0.0.0", "0.0.0.0", None),
    "port": ("8080", 8080, "65536"),
    "database_url": ("sqlite:////tmp/x.db", "sqlite:////tmp/x.db", "mysql://u@h/d"),
    "public_url": ("https://atlas.example/", "https://atlas.example", "atlas.example"),
    "allowed_hosts": ("A.example, b.example,", ("a.example", "b.example"), None),
    "proxies": ("2", 2, "11"),
    "workers": ("3", 3, "0"),
    "threads": ("8", 8, "257"),
    "front": ("off", False, "maybe"),
    "cache_bytes": ("0", 0, "-1"),
    "record_bytes": ("0", 0, "-1"),
    "queue": ("7", 7, "10001"),
    "reads_require_token": ("yes", True, "maybe"),
    "require_if_match": ("on", True, "2"),
    "max_body_bytes": ("2048", 2048, "1023"),
    "read_timeout_seconds": ("0.5", 0.5, "0"),
    "write_timeout_seconds": ("7", 7.0, "3601"),
    "bad_tokens_per_minute": ("0", 0, "-1"),
    "writes_per_minute": ("5", 5, "x"),
    "imports_per_hour": ("6", 6, "x"),
    "reads_per_minute": ("7", 7, "x"),
    "rate_limit_loopback": ("on", True, "maybe"),
    "webhooks_sender": ("off", False, "maybe"),
    "webhooks_most_failures": ("7", 7, "0"),
    "webhooks_allow_loopback": ("on", True, "maybe"),
    "audit_denials_seconds": ("0", 0, "-1"),
    "log_level": ("debug", "DEBUG", "LOUD"),
}
WITH_BAD_TEXT = [name for name, (_good, _value, bad) in SAMPLES.items() if bad]


class TestSettings:
    def test_every_one_has_a_sample_here(self):
        assert set(SAMPLES) == set(NAMES)

    def test_they_have_these_defaults(self):
        assert Settings.from_env({}) == Settings(
            host="127.0.0.1",
            port=8000,
            database_url=DEFAULT_DATABASE_URL,
            public_url="",
            allowed_hosts=(),
            proxies=0,
            workers=2,
            threads=4,
            reads_require_token=False,
            require_if_match=False,
            max_body_bytes=1_048_576,
            read_timeout_seconds=5.0,
            write_timeout_seconds=5.0,
            bad_tokens_per_minute=20,
            writes_per_minute=600,
            imports_per_hour=60,
            reads_per_minute=0,
            rate_limit_loopback=False,
            webhooks_sender=True,
            webhooks_most_failures=100,
            webhooks_allow_loopback=False,
            audit_denials_seconds=60,
            log_level="INFO",
        )

    def test_the_database_stands_in_the_project_by_default(self):
        assert f"sqlite:///{PROJECT_FOLDER}/data/atlas.db" == DEFAULT_DATABASE_URL

    def test_they_cannot_be_changed(self):
        with pytest.raises(FrozenInstanceError):
            Settings().port = 1

    @pytest.mark.parametrize("name", NAMES)
    def test_each_is_described_in_the_guide_to_operations(self, name):
        guide = (PROJECT_FOLDER / "docs" / "operations.md").read_text("utf-8")
        assert f"`{name.upper()}`" in guide

    @pytest.mark.parametrize("name", NAMES)
    def test_each_says_what_it_does(self, name):
        texts = {item.name: item.metadata["text"] for item in fields(Settings)}
        assert len(texts[name]) > 15


class TestFromEnv:
    @pytest.mark.parametrize("name", NAMES)
    def test_it_reads_each(self, name):
        good, value, _bad = SAMPLES[name]
        assert getattr(Settings.from_env({name.upper(): good}), name) == value

    @pytest.mark.parametrize("name", WITH_BAD_TEXT)
    def test_it_refuses_a_bad_text_and_names_the_variable(self, name):
        bad = SAMPLES[name][2]
        with pytest.raises(SettingError, match=rf"^{name.upper()}: must be .+ \(.+\)$"):
            Settings.from_env({name.upper(): bad})

    @pytest.mark.parametrize("empty", ["", "  "])
    def test_it_takes_an_empty_one_as_not_set(self, empty):
        assert Settings.from_env({"PORT": empty}) == Settings()

    def test_it_takes_blanks_around_away(self):
        assert Settings.from_env({"PORT": " 80 "}).port == 80

    def test_it_reads_the_environment_of_the_process(self, monkeypatch):
        monkeypatch.setenv("PORT", "8123")
        assert Settings.from_env().port == 8123

    def test_it_passes_over_variables_that_are_none_of_its_business(self):
        assert Settings.from_env({"PATH": "/bin", "LANG": "C"}) == Settings()

    def test_it_keeps_a_password_out_of_its_error(self):
        with pytest.raises(SettingError) as caught:
            Settings.from_env({"DATABASE_URL": "mysql://user:hunter2@host/name"})
        assert "hunter2" not in str(caught.value)


class TestWholeNumbers:
    @pytest.mark.parametrize("bad", ["-1", "+1", "1.0", "1e3", "²", "१", "0x10", "1_000", "many"])
    def test_they_are_ascii_digits(self, bad):
        with pytest.raises(SettingError, match="whole number from 0 to 65535"):
            Settings.from_env({"PORT": bad})

    @pytest.mark.parametrize(("edge", "value"), [("0", 0), ("65535", 65_535)])
    def test_they_may_be_at_the_edge(self, edge, value):
        assert Settings.from_env({"PORT": edge}).port == value


class TestSeconds:
    @pytest.mark.parametrize("bad", ["soon", "-1", "0.009", "nan", "inf", "3600.1"])
    def test_they_are_within_bounds(self, bad):
        with pytest.raises(SettingError, match=r"number of seconds from 0\.01 to 3600"):
            Settings.from_env({"READ_TIMEOUT_SECONDS": bad})

    @pytest.mark.parametrize(("edge", "value"), [("0.01", 0.01), ("3600", 3600)])
    def test_they_may_be_at_the_edge(self, edge, value):
        assert Settings.from_env({"READ_TIMEOUT_SECONDS": edge}).read_timeout_seconds == value


class TestSwitches:
    @pytest.mark.parametrize("word", ["1", "true", "TRUE", "Yes", "on"])
    def test_they_can_be_on(self, word):
        assert Settings.from_env({"REQUIRE_IF_MATCH": word}).require_if_match is True

    @pytest.mark.parametrize("word", ["0", "false", "No", "OFF"])
    def test_they_can_be_off(self, word):
        assert Settings.from_env({"REQUIRE_IF_MATCH": word}).require_if_match is False


class TestPublicUrl:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [("http://[::1]:8000", "http://[::1]:8000"), ("https://a.example:443/", "https://a.example:443")],
    )
    def test_it_is_an_origin(self, given, kept):
        assert Settings.from_env({"PUBLIC_URL": given}).public_url == kept

    @pytest.mark.parametrize(
        "bad",
        ["ftp://a.example", "https://", "https://a.example/path", "https://a.example?q", "javascript:x"],
    )
    def test_it_is_nothing_else(self, bad):
        with pytest.raises(SettingError, match="must be an origin"):
            Settings.from_env({"PUBLIC_URL": bad})


class TestDatabaseUrl:
    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
    def test_it_names_the_driver_of_postgresql(self, scheme):
        settings = Settings.from_env({"DATABASE_URL": f"{scheme}://u:p@h:5432/n"})
        assert settings.database_url == "postgresql+psycopg://u:p@h:5432/n"
        assert not settings.is_sqlite

    def test_it_takes_a_file(self):
        assert Settings.from_env({"DATABASE_URL": "sqlite:///data/x.db"}).is_sqlite

    @pytest.mark.parametrize(
        "bad",
        [
            "sqlite://",
            "sqlite:///",
            "sqlite:",
            "postgresql://",
            "postgresql+asyncpg://h/n",
            "oracle://h",
            "x",
        ],
    )
    def test_it_takes_nothing_else(self, bad):
        with pytest.raises(SettingError, match="must be sqlite:///path"):
            Settings.from_env({"DATABASE_URL": bad})
