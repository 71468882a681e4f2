"""Whatever is written: each state answers later as it answered then, byte for byte."""

import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from app.models import Scope
from tests.client import Client
from tests.conftest import bound, make_token
from tests.databases import patient
from tests.random_lives import lives
from tests.versions import assert_right, claims, looking_back

START = datetime(2026, 1, 1, tzinfo=UTC)
PATHS = ("organizations", "teams", "libraries", "purposes", "use-cases", "sources")
FACETS = {
    "organizations": "area",
    "teams": "organization,area,uses,purpose",
    "libraries": "topic,lifecycle,maker,purpose,used_by",
    "purposes": "team,library",
    "use-cases": "team,library,role,topic,purpose,source,status",
    "sources": "kind",
}
QUESTIONS = [
    *(f"/{path}?limit=200" for path in PATHS),
    *(f"/{path}/facets?by={by}" for path, by in FACETS.items()),
    *(f"/{path}/{path[:-1]}-0" for path in ("teams", "purposes", "sources", "use-cases")),
    "/libraries/library-0",
    "/libraries/renamed-0?expand=replaced_by",
    "/use-cases?limit=2&sort=-updated_at,title&expand=team,libraries,purposes,evidence",
    "/use-cases?team=team-0&library=library-0&role=uses&used_on=2025-06-01",
    "/use-cases?purpose=purpose-0&topic=web&q=use",
    "/use-cases?format=csv",
    "/libraries?used_by=team-1&unused=false",
    "/libraries?unused=true&fields=name",
    "/teams?uses=library-0&purpose=purpose-0",
    "/teams/team-0/use-cases?fields=title",
    "/teams/team-0/libraries",
    "/teams/team-0/worklist?stale=0",
    "/libraries/library-0/teams",
    "/libraries/library-0/related",
    "/libraries/library-0/impact",
    "/libraries/library-1/use-cases?limit=1",
    "/purposes/purpose-0/libraries",
    "/sources/source-0/use-cases?fields=title",
    "/use-cases/use-case-0/evidence",
    "/compare?team=team-0&team=team-1",
    "/coverage",
    "/graph?around=library:library-0&depth=3",
    "/lookup?name=library-1",
    "/export",
]


class Writer:
    """Writes at random; what the atlas refuses is not written."""

    def __init__(self, client, seed):
        self.client = client
        self.chance = Random(seed)  # noqa: S311  # the same for the same seed
        self.numbers = iter(range(10, 10_000))

    def begin(self):
        """Take in a small atlas at once."""
        made = {
            "organizations": [{"slug": f"organization-{n}", "name": f"Organization {n}"} for n in range(2)],
            "sources": [{"slug": f"source-{n}", "title": f"Source {n}", "kind": "article"} for n in range(2)],
            "teams": [
                {"slug": f"team-{n}", "name": f"Team {n}", "organization": "organization-0"} for n in range(3)
            ],
            "libraries": [
                {"slug": f"library-{n}", "name": f"Library {n}", "topics": ["web"][: n % 2]} for n in range(4)
            ],
            "purposes": [{"slug": f"purpose-{n}", "name": f"Purpose {n}"} for n in range(2)],
            "use-cases": [self._use_case(f"use-case-{n}") for n in range(3)],
        }
        self._send("post", "/import", made)

    def create(self):
        self._send("post", "/use-cases", self._use_case(f"use-case-{next(self.numbers)}"))

    def put(self):
        slug = self._slug("use-cases")
        self._send("put", f"/use-cases/{slug}", self._use_case(slug))

    def patch(self):
        path = self.chance.choice(PATHS)
        label = "title" if path in {"use-cases", "sources"} else "name"
        self._send("patch", f"/{path}/{self._slug(path)}", {label: f"Other {next(self.numbers)}"})

    def deprecate(self):
        change = {"lifecycle": self.chance.choice(["deprecated", "active"]), "topics": ["data"]}
        change["replaced_by"] = self._slug("libraries")
        change["aliases"] = [f"Name {self.chance.randrange(4)}"]
        self._send("patch", f"/libraries/{self._slug('libraries')}", change)

    def retire(self):
        status = self.chance.choice(["retired", "confirmed", "disputed"])
        change = {
            "status": status,
            "since": "2025-01-01",
            "stance": self.chance.choice(["uses", "does_not_use"]),
        }
        self._send("patch", f"/use-cases/{self._slug('use-cases')}", change)

    def rename(self):
        path = self.chance.choice(PATHS)
        new = self.chance.choice(["renamed-0", "renamed-1", f"{path[:-1]}-0", "library-0"])
        self._send("patch", f"/{path}/{self._slug(path)}", {"slug": new})

    def delete(self):
        path = self.chance.choice(PATHS)
        self._send("delete", f"/{path}/{self._slug(path)}")

    def cascade(self):
        self._send("delete", f"/teams/{self._slug('teams')}?cascade=true")

    def add_evidence(self):
        piece = {"source": self._slug("sources"), "line": next(self.numbers)}
        self._send("post", f"/use-cases/{self._slug('use-cases')}/evidence", piece)

    def take_in(self):
        """Import some records that are there, changed, and some that are not."""
        library = {"slug": self._slug("libraries"), "name": f"Taken {next(self.numbers)}", "aliases": ["Lib"]}
        new = {"slug": f"new-{next(self.numbers)}", "name": f"New {next(self.numbers)}"}
        use_cases = [
            self._use_case(slug) for slug in {self._slug("use-cases"), f"use-case-{next(self.numbers)}"}
        ]
        self._send("post", "/import", {"libraries": [library, new], "use-cases": use_cases})

    def _use_case(self, slug):
        usages = [
            {"library": f"library-{self.chance.randrange(4)}", "role": self.chance.choice(["uses", "builds"])}
            for _ in range(self.chance.randint(1, 2))
        ]
        return {
            "slug": slug,
            "title": f"Use {slug} {self.chance.randrange(9)}",
            "team": f"team-{self.chance.randrange(3)}",
            "purposes": [f"purpose-{self.chance.randrange(2)}"][: self.chance.randrange(2)],
            "usages": [usages[0], *(usage for usage in usages[1:] if usage != usages[0])],
            "evidence": [{"source": f"source-{self.chance.randrange(2)}", "line": self.chance.randint(1, 3)}],
        }

    def _slug(self, path):
        items = self.client.get(f"/{path}?limit=200&fields=slug").get_json()["items"]
        return self.chance.choice([item["slug"] for item in items] or ["nothing"])

    def _send(self, method, path, *body):
        assert getattr(self.client, method)(path, *body).status_code < 500


ACTIONS = [name for name in vars(Writer) if not name.startswith("_") and name != "begin"]


def answer(client, question, as_of=None):
    """Ask, and give what must be the same then and later."""
    mark = "?" if "?" not in question else "&"
    response = client.get(question if as_of is None else f"{question}{mark}as_of={as_of}")
    if response.status_code != 200:
        return response.status_code, plain(response.headers.get("Location", ""))
    return 200, plain(response.get_data(as_text=True))


def plain(text):
    """Take out what says that a link leads to the past; cursors are bound to it."""
    text = re.sub(r"cursor=[\w-]+", "cursor=", text)
    text = re.sub(r"(?<=[?&])as_of=[^&\"]*&?", "", text)
    return re.sub(r"[?&](?=\"|$)", "", text)


def live_through(app, farm, seed, actions):
    """Write, note what each state answers, and ask it all again."""
    url = farm.fresh("empty")
    with bound(app, patient(url)) as database:
        clock = iter(START + timedelta(minutes=minute) for minute in range(10_000))
        now = [next(clock)]
        database.clock = lambda: now[0]
        client = Client(app, make_token(database, "tester", *Scope, days=300))
        writer = Writer(client, seed)
        states = {}
        for action in ("begin", *actions):
            now[0] = next(clock)
            getattr(writer, action)()
            version = int(client.get("/teams").headers["Atlas-Version"])
            if version not in states:
                with database.reading() as connection:
                    derived = claims(connection)
                states[version] = now[0], derived, [answer(client, question) for question in QUESTIONS]
        now[0] = next(clock)
        for version, (moment, derived, answers) in states.items():
            for question, then in zip(QUESTIONS, answers, strict=True):
                assert (question, answer(client, question, version)) == (question, then)
            time = (moment + timedelta(seconds=30)).isoformat().replace("+00:00", "Z")
            assert answer(client, QUESTIONS[4], time) == answers[4]
            with looking_back(database, version) as connection:
                assert claims(connection) == derived
        assert_right(database)
    farm.drop(url)


class TestWhatEachStateAnswers:
    @lives(ACTIONS, examples=2, steps=6)
    def test_it_answers_later_too(self, session_app, farm, seed, actions):
        live_through(session_app, farm, seed, actions)

    @pytest.mark.soak
    @lives(ACTIONS, examples=60, steps=40)
    def test_it_answers_later_too_in_long_lives(self, session_app, farm, seed, actions):
        live_through(session_app, farm, seed, actions)
