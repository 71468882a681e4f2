"""app/front/versions.py"""

import asyncio
from dataclasses import replace

from app.front.versions import PostgresqlWatch, watch


def versions(settings, *between):
    """Look at the version at the start, and behind each of some actions."""

    async def look():
        looking = watch(settings)
        seen = [await looking.version()]
        for act in between:
            await asyncio.to_thread(act)
            seen.append(await looking.version())
        await looking.close()
        return seen

    return asyncio.run(look())


class TestVersion:
    def test_it_is_that_of_the_atlas_and_stays(self, settings, client):
        told = int(client.get("/teams").headers["Atlas-Version"])
        assert versions(settings, lambda: None) == [(told, 0), (told, 0)]

    def test_it_moves_with_each_write(self, settings, make):
        first, *later = versions(settings, make.purpose, make.purpose)
        assert later == [(first[0] + 1, 0), (first[0] + 2, 0)]

    def test_it_cannot_be_told_where_there_is_no_atlas(self, settings):
        elsewhere = f"{settings.database_url}-nowhere"
        assert versions(replace(settings, database_url=elsewhere)) == [None]


class TestPostgresql:
    def test_those_who_came_before_the_question_share_it_and_later_ones_do_not(self, settings):
        asked = []

        class Watched(PostgresqlWatch):
            async def _look(self):
                asked.append(None)
                await asyncio.sleep(0.01)
                return len(asked)

        async def look():
            watched = Watched(replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/x"))
            together = [asyncio.ensure_future(watched.version()) for _ in range(3)]
            await asyncio.sleep(0.001)
            later = [asyncio.ensure_future(watched.version()) for _ in range(3)]
            return await asyncio.gather(*together), await asyncio.gather(*later)

        assert asyncio.run(look()) == ([1, 1, 1], [2, 2, 2])

    def test_a_server_that_is_away_is_not_asked_each_time(self, settings):
        tried = []

        class Watched(PostgresqlWatch):
            async def _connect(self):
                tried.append(None)
                return await super()._connect()

        async def look():
            watched = Watched(replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/x"))
            return [await watched.version() for _ in range(5)]

        assert asyncio.run(look()) == [None] * 5
        assert len(tried) == 1

    def test_it_can_be_closed_while_it_asks(self, settings):
        class Watched(PostgresqlWatch):
            async def _look(self):
                await asyncio.sleep(3600)

        async def look():
            watched = Watched(replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/x"))
            waiting = asyncio.ensure_future(watched.version())
            await asyncio.sleep(0.001)
            asking = watched._asking
            await watched.close()
            waiting.cancel()
            await asyncio.wait([asking])
            return asking.cancelled()

        assert asyncio.run(look())

    def test_who_stops_waiting_leaves_the_others_waiting(self, settings):
        class Watched(PostgresqlWatch):
            async def _look(self):
                await asyncio.sleep(0.01)
                return 7

        async def look():
            watched = Watched(replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/x"))
            one, other = (asyncio.ensure_future(watched.version()) for _ in range(2))
            await asyncio.sleep(0)
            one.cancel()
            seen = await other
            await watched.close()
            return seen

        assert asyncio.run(look()) == 7
