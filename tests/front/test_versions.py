"""app/front/versions.py"""

import asyncio
from dataclasses import replace

from app.front.versions import watch


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
