"""Asking: questions are sent, lists are read page by page, and all is compared."""

import json
from collections import OrderedDict, deque

from tests.checker.of_relations import RelationQuestions
from tests.checker.of_the_log import LogQuestions
from tests.checker.records import RecordQuestions

_PAGES = 4
_REMEMBERED = 200
_ASKED, _AGAIN = 30, 0.15


class Asker:
    """Makes questions and asks them."""

    def __init__(self, chance, invent, log, server):
        self.chance, self.log, self.server = chance, log, server
        sorts = [
            sort(chance, invent, log, server) for sort in (RecordQuestions, RelationQuestions, LogQuestions)
        ]
        self._seen, self._asked = OrderedDict(), deque(maxlen=_ASKED)
        self._ways = {way: weight for sort in sorts for way, weight in sort.ways().items()}

    def question(self):
        """Make a question, or come back to one."""
        if self._asked and self.chance.random() < _AGAIN:
            return self.chance.choice(self._asked)
        (way,) = self.chance.choices(list(self._ways), list(self._ways.values()))
        question = way()
        if question.is_lasting:
            self._asked.append(question)
        return question

    def ask(self, question, expect):
        """Ask, and compare; a list is read page by page."""
        status, wanted = question.wanted()
        answer = self._send(question, wanted)
        if answer is None:
            return
        expect("Atlas-Version", answer.headers["Atlas-Version"], str(self.log.version))
        if answer.status != status:
            expect("status", (answer.status, answer.text[:500]), status)
        if status != 200:
            return
        if not question.is_paged:
            expect("the answer", _plain(answer.document), wanted)
            if question.word == "facets":
                self._lead_on(question, answer.document["facets"], expect)
            return
        items, rest = wanted
        for _ in range(_PAGES):
            document = _plain(answer.document)
            limit = document.pop("limit", len(items))
            shown, following = document.pop("items"), document.pop("next")
            expect("a page", shown, items[:limit])
            if "total" in document:
                expect("total", document.pop("total"), rest["total"])
            beside = {name: value for name, value in rest.items() if name != "total"}
            expect("beside the items", document, beside)
            items = items[limit:]
            expect("whether there is more", following is not None, bool(items))
            if following is None:
                return
            answer = self.server.send("GET", following.partition("/api/v1")[2])
            expect("status of the next page", answer.status, 200)

    def _lead_on(self, question, facets, expect):
        """Follow the URL of a value now and then: the list that it leads to has so many."""
        values = [(facet["by"], value) for facet in facets for value in facet["values"]]
        if not values or self.chance.random() < 0.8:
            return
        by, value = self.chance.choice(values)
        if f"&{by}=" not in question.path.replace("?", "&"):
            found = self.server.send("GET", value["url"].partition("/api/v1")[2])
            expect(f"total of {value['url']}", found.document["total"], value["count"])

    def _send(self, question, wanted):
        """Send it; None: the answer is the one that was given before, and may be so."""
        if question.body is not None:
            headers = {"Content-Type": "application/json"}
            return self.server.send("POST", question.path, json.dumps(question.body), headers)
        etag, known = self._seen.get(question.path, (None, None))
        is_known = etag is not None and self.chance.random() < 0.7
        headers = {"If-None-Match": etag} if is_known else {}
        answer = self.server.send("GET", question.path, None, headers)
        if answer.status == 304:
            if known != repr(wanted):
                raise AssertionError(f"304 for {question.path}, which has changed: {known} {wanted!r}")
            return None
        if answer.status == 200 and "ETag" in answer.headers:
            self._seen[question.path] = answer.headers["ETag"], repr(wanted)
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        return answer


def _plain(document):
    """Leave out what only leads on: URLs, and `next` of what is no list."""
    if isinstance(document, dict):
        leads = {"url", "legend"} if {"seq", "count", "distance", "legend"} & set(document) else set()
        kept = {name: _plain(value) for name, value in document.items() if name not in leads}
        if "latest" in kept:
            kept.pop("next")
        return kept
    return [_plain(item) for item in document] if isinstance(document, list) else document
