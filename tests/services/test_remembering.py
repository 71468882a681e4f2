"""Records of the past are read once for each state, and never shown for another one."""

PAGE = "/use-cases?as_of={}"


def titles(client, version):
    response = client.get(PAGE.format(version))
    assert response.status_code == 200, response.get_json()
    return [item["title"] for item in response.get_json()["items"]]


class TestRemembering:
    def test_a_record_is_read_once_for_a_state(self, client, make, statements):
        made = make.use_case()
        version = client.get("/teams").headers["Atlas-Version"]
        seen = []
        for _ in range(2):
            with statements() as asked:
                seen.append((titles(client, version), len(asked)))
        (first, many), (second, few) = seen
        assert first == second == [made["title"]]
        assert few < many

    def test_each_state_has_its_own(self, client, make):
        slug = make.use_case(title="Before")["slug"]
        version = int(client.get("/teams").headers["Atlas-Version"])
        client.patch(f"/use-cases/{slug}", {"title": "Behind"})
        for _ in range(2):
            assert titles(client, version) == ["Before"]
            assert titles(client, version + 1) == ["Behind"]
            assert client.get(f"/use-cases/{slug}?as_of={version}").get_json()["title"] == "Before"

    def test_a_name_that_it_shows_is_the_one_of_then(self, client, make):
        team = make.use_case()["team"]
        version = int(client.get("/teams").headers["Atlas-Version"])
        client.patch(f"/teams/{team['slug']}", {"name": "Another name"})
        for seq, name in ((version, team["name"]), (version + 1, "Another name")) * 2:
            (item,) = client.get(PAGE.format(seq)).get_json()["items"]
            assert item["team"]["name"] == name


class TestPages:
    def test_a_page_is_looked_for_once_and_a_list_counted_once(self, client, make, statements):
        for _ in range(3):
            make.use_case()
        version = client.get("/teams").headers["Atlas-Version"]
        make.use_case()
        counts, answers = [], []
        for path in ("limit=2", "limit=2", "limit=2&sort=-updated_at", "limit=2&sort=-updated_at"):
            with statements() as asked:
                answers.append(client.get(f"{PAGE.format(version)}&{path}").get_json())
            counts.append((len(asked), sum("count(" in one.lower() for one in asked)))
        assert answers[0] == answers[1]
        assert answers[2] == answers[3]
        assert [answer["total"] for answer in answers] == [3, 3, 3, 3]
        assert counts[1][0] < counts[0][0]
        assert counts[3][0] < counts[2][0]
        assert [number > 0 for _all, number in counts] == [True, False, False, False]

    def test_each_page_and_each_list_has_its_own(self, client, make):
        for title in ("a", "b", "c"):
            make.use_case(title=title)
        make.use_case(title="d", stance="does_not_use")
        version = client.get("/teams").headers["Atlas-Version"]
        for _ in range(2):
            first = client.get(f"{PAGE.format(version)}&limit=1&stance=uses").get_json()
            second = client.get(first["next"]).get_json()
            assert [item["title"] for page in (first, second) for item in page["items"]] == ["a", "b"]
            assert (first["total"], second["total"]) == (3, 3)
            assert client.get(f"{PAGE.format(version)}&limit=1&total=false").get_json()["total"] is None
            assert client.get(f"{PAGE.format(version)}&limit=1&sort=-title").get_json()["total"] == 4
            shaped = client.get(f"{PAGE.format(version)}&limit=1&stance=uses&fields=title").get_json()
            assert shaped["items"] == [{"slug": first["items"][0]["slug"], "title": "a"}]

    def test_a_cursor_of_another_list_is_refused_all_the_same(self, client, make):
        for _ in range(3):
            make.use_case()
        version = client.get("/teams").headers["Atlas-Version"]
        following = client.get(f"{PAGE.format(version)}&limit=1").get_json()["next"]
        assert client.get(following).status_code == 200
        assert client.get(f"{following}&stance=uses").status_code == 422

    def test_what_is_stale_depends_on_the_moment(self, client, make):
        at = make.use_case()["updated_at"]
        asked = "/use-cases?stale=1&as_of={}"
        assert client.get(asked.format(at)).get_json()["total"] == 0
        assert client.get(asked.format(at)).get_json()["items"] == []
