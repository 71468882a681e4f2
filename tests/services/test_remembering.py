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
