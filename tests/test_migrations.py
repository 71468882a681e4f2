import ast
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from app.config import PROJECT_FOLDER, SCHEMA_REVISION, Settings
from app.db import migration_engine
from app.migrating import migrate
from app.models import PACKAGE_KEY_LENGTH, Atlas, Base
from app.packages import purl_key, repository_key, short_key
from app.versions import OPEN, VERSIONED, past_schema

FILES = sorted((PROJECT_FOLDER / "migrations" / "versions").glob("*.py"))


def configuration(connection=None):
    config = Config(PROJECT_FOLDER / "alembic.ini")
    config.set_main_option("script_location", str(PROJECT_FOLDER / "migrations"))
    config.attributes["connection"] = connection
    return config


@pytest.fixture
def connection(database_url):
    """A connection of the engine that migrations run on."""
    engine = migration_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def tables_of(connection):
    names = set(sa.inspect(connection).get_table_names())
    connection.rollback()
    derived = {name for name in names if name.startswith("search_index")}  # of another make on each database
    return names - {"alembic_version", "sqlite_sequence"} - derived


class TestMigrations:
    def test_they_make_every_table(self, connection):
        assert tables_of(connection) == set(Base.metadata.tables)

    def test_they_leave_no_difference_to_the_models(self, connection):
        command.check(configuration(connection))

    def test_a_difference_would_be_seen(self, connection):
        """The control: the check fails where the database lacks an index."""
        connection.execute(sa.text("DROP INDEX ix_library_maker_id"))
        connection.commit()
        with pytest.raises(CommandError, match="ix_library_maker_id"):
            command.check(configuration(connection))

    def test_down_takes_everything_away(self, connection):
        command.downgrade(configuration(connection), "base")
        assert tables_of(connection) == set()

    def test_up_works_again_after_down(self, connection):
        command.downgrade(configuration(connection), "base")
        command.upgrade(configuration(connection), "head")
        command.check(configuration(connection))
        assert connection.scalar(sa.text("SELECT count(*) FROM atlas")) == 1

    def test_each_atlas_is_another_one(self, connection):
        before = connection.scalar(sa.text("SELECT instance FROM atlas"))
        connection.rollback()
        command.downgrade(configuration(connection), "base")
        command.upgrade(configuration(connection), "head")
        assert connection.scalar(sa.text("SELECT instance FROM atlas")) != before

    def test_a_second_time_changes_nothing(self, connection, database_url):
        before = connection.scalar(sa.text("SELECT instance FROM atlas"))
        connection.rollback()
        migrate(Settings(database_url=database_url))
        assert connection.scalar(sa.text("SELECT instance FROM atlas")) == before

    def test_an_atlas_of_an_older_schema_is_found_by_its_words_again(self, own_seeded_url):
        engine = migration_engine(own_seeded_url)
        counted = sa.text("SELECT count(*) FROM search_word")
        with engine.connect() as connection:
            before = connection.scalar(counted)
            connection.rollback()
            command.downgrade(configuration(connection), "0011")
            connection.execute(sa.text("DELETE FROM search_word"))
            connection.commit()
        migrate(Settings(database_url=own_seeded_url))
        with engine.connect() as connection:
            assert connection.scalar(counted) == before > 0
        engine.dispose()


class TestScale:
    """What 0004 derives from records that were there before."""

    def contents(self, connection):
        claims = "SELECT library_id, team_id, use_case_id, role FROM claim ORDER BY 1, 2, 3, 4"
        served = (
            "SELECT purpose_id, library_id, team_id, use_case_id, role"
            " FROM purpose_claim ORDER BY 1, 2, 3, 4, 5"
        )
        keys = "SELECT id, purl_key, repository_key FROM library ORDER BY id"
        found = [connection.execute(sa.text(statement)).all() for statement in (claims, served, keys)]
        connection.rollback()
        return found

    def test_it_is_what_the_service_derives(self, own_seeded_url):
        engine = migration_engine(own_seeded_url)
        with engine.connect() as connection:
            before = self.contents(connection)
            command.downgrade(configuration(connection), "0002")
            command.upgrade(configuration(connection), "head")
            assert self.contents(connection) == before
            assert all(before)
            command.check(configuration(connection))
        engine.dispose()

    @pytest.mark.parametrize(
        "url",
        [
            "https://github.com/a/b/tree/main",
            "git@github.com:a/b.git",
            "https://git.example.org/x/" + "y" * 300,
            "https://git.example.org/x/%00",
            "https://github.com/a",
            "nowhere",
        ],
    )
    def test_its_keys_are_those_of_the_service(self, url):
        script = ScriptDirectory.from_config(configuration()).get_revision("0004").module
        key = repository_key(url)
        assert script._repository_key(url) == (key and short_key(key, PACKAGE_KEY_LENGTH))  # frozen copy

    @pytest.mark.parametrize("purl", ["pkg:pypi/Zope.Interface@1", "pkg:npm/%40Angular/core", "nothing"])
    def test_its_packages_are_those_of_the_service(self, purl):
        script = ScriptDirectory.from_config(configuration()).get_revision("0004").module
        expected = None if purl == "nothing" else purl_key(purl)
        assert script._purl_key(purl) == expected  # frozen copy


class TestTimeTravel:
    """What 0008 makes of an atlas that was there before."""

    def contents(self, connection):
        found = [
            connection.execute(sa.select(one.versions).order_by(*one.versions.columns)).all()
            for one in VERSIONED
        ]
        first = connection.scalar(sa.select(Atlas.history_from))
        connection.rollback()
        return first, found

    def test_history_begins_with_what_it_holds(self, own_seeded_url):
        engine = migration_engine(own_seeded_url)
        with engine.connect() as connection:
            version = connection.scalar(sa.select(Atlas.version))
            for table in ("evidence", "evidence_version"):
                # No schema before 0009 had them.
                connection.execute(sa.update(Base.metadata.tables[table]).values(landmarks=None))
            connection.commit()
            _first, before = self.contents(connection)
            command.downgrade(configuration(connection), "0007")
            command.upgrade(configuration(connection), "head")
            first, after = self.contents(connection)
            assert first == version
            assert [[row[:-2] for row in rows] for rows in after] == [
                [row[:-2] for row in rows] for rows in before
            ]
            assert {row[-2:] for rows in after for row in rows} == {(version, OPEN)}
            command.check(configuration(connection))
        engine.dispose()

    def test_landmarks_go_back_into_a_table_of_their_own(self, own_seeded_url):
        engine = migration_engine(own_seeded_url)
        with engine.connect() as connection:
            _first, before = self.contents(connection)
            command.downgrade(configuration(connection), "0012")
            assert connection.scalar(sa.text("SELECT count(*) FROM landmark")) == 63
            connection.rollback()
            command.upgrade(configuration(connection), "head")
            assert self.contents(connection)[1] == before
        engine.dispose()

    def test_an_empty_atlas_has_all_of_its_history(self, connection):
        assert self.contents(connection) == (0, [[] for _ in VERSIONED])

    def test_the_views_of_postgresql_follow_the_schema(self, connection):
        if connection.dialect.name == "postgresql":
            command.downgrade(configuration(connection), "0008")
            assert past_schema("public") not in sa.inspect(connection).get_schema_names()
            command.upgrade(configuration(connection), "head")
            views = sa.inspect(connection).get_view_names(past_schema("public"))
            assert sorted(views) == sorted(one.table.name for one in VERSIONED)


class TestScripts:
    def test_the_head_is_the_revision_of_the_code(self):
        assert ScriptDirectory.from_config(configuration()).get_heads() == [SCHEMA_REVISION]

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_they_import_nothing_of_the_application(self, path: Path):
        tree = ast.parse(path.read_text("utf-8"))
        modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        modules += [
            item.name for node in ast.walk(tree) if isinstance(node, ast.Import) for item in node.names
        ]
        assert [module for module in modules if module.split(".")[0] == "app"] == []

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_they_are_called_after_their_revision(self, path: Path):
        assert f'\nrevision = "{path.stem.split("_")[0]}"\n' in path.read_text("utf-8")


class TestHashChain:
    """What 0006 links of a log that was there before."""

    def test_it_is_what_the_service_links(self, own_seeded_url):
        hashes = sa.text("SELECT seq, hash FROM change ORDER BY seq")
        engine = migration_engine(own_seeded_url)
        with engine.connect() as connection:
            before = connection.execute(hashes).all()
            connection.rollback()
            command.downgrade(configuration(connection), "0005")
            command.upgrade(configuration(connection), "head")
            assert connection.execute(hashes).all() == before
            connection.rollback()
            command.check(configuration(connection))
        engine.dispose()


class TestTrails:
    """What 0011 derives from a log that was there before."""

    def contents(self, connection):
        records = "SELECT seq, kind, record_id FROM change_record ORDER BY 1"
        teams = "SELECT team_id, seq FROM change_team ORDER BY 1, 2"
        found = [connection.execute(sa.text(statement)).all() for statement in (records, teams)]
        connection.rollback()
        return found

    def again(self, url):
        """Give what there is before and after the tables are made anew."""
        engine = migration_engine(url)
        with engine.connect() as connection:
            before = self.contents(connection)
            command.downgrade(configuration(connection), "0010")
            command.upgrade(configuration(connection), "head")
            after = self.contents(connection)
            command.check(configuration(connection))
        engine.dispose()
        return before, after

    def test_it_is_what_the_service_writes(self, own_seeded_url, own_seeded):
        own_seeded.patch("/teams/core", {"slug": "core-renamed"})
        own_seeded.patch("/use-cases/core-alert-signals", {"team": "demand-engineering"})
        before, after = self.again(own_seeded_url)
        assert after == before
        assert all(before)

    def test_what_is_gone_gets_an_id_of_its_own(self, database_url, client, make):
        use_case = make.use_case()
        client.delete(f"/teams/{use_case['team']['slug']}?cascade=true")
        make.team()
        before, after = self.again(database_url)
        gone = [row for row in after[0] if row.record_id < 0]
        assert {row.kind for row in gone} == {"team", "use_case"}
        [team] = {row.record_id for row in gone if row.kind == "team"}
        assert [row.seq for row in after[1] if row.team_id == team] == [row.seq for row in gone]
        assert len(before[0]) == len(after[0])


class TestLists:
    """What 0014 and 0015 derive from records and words that were there before."""

    def contents(self, connection):
        listed = "SELECT facet, value, title_key, slug, use_case_id FROM listed_use_case ORDER BY 1, 2, 3, 4"
        words = "SELECT word, first_letter, first_two, middle, ending FROM search_word ORDER BY 1"
        found = [connection.execute(sa.text(statement)).all() for statement in (listed, words)]
        connection.rollback()
        return found

    def test_it_is_what_the_service_keeps(self, own_seeded_url):
        engine = migration_engine(own_seeded_url)
        with engine.connect() as connection:
            before = self.contents(connection)
            command.downgrade(configuration(connection), "0013")
            command.upgrade(configuration(connection), "head")
            assert self.contents(connection) == before
            assert all(before)
            command.check(configuration(connection))
        engine.dispose()
