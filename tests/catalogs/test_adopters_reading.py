import pytest

from app.catalogs import markdown_blocks
from app.catalogs.adopters_reading import read_adopters
from app.errors import AtlasError
from tests.catalogs.atlases import check_catalog


def read(text):
    catalog = read_adopters(text, source="page", library="rq", name="RQ")
    check_catalog(catalog, text)
    return catalog


def codes(catalog):
    return [remark.code for remark in catalog.remarks]


def names(text):
    return [item["name"] for item in read(text).records.get("organizations", ())]


def only(catalog, path):
    (record,) = catalog.records[path]
    return record


def table(header, *rows):
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


class TestTables:
    def test_a_row_is_an_organization_a_team_and_a_use_case(self):
        text = "# Adopters\n\n" + table(
            ["Organization", "Contact", "Description of Use"],
            [
                "[Acme](https://acme.example)",
                "[@jane](https://github.com/jane)",
                "Jobs, see [talk](https://t/)",
            ],
        )
        catalog = read(text)
        assert only(catalog, "organizations") == {
            "slug": "acme",
            "name": "Acme",
            "homepage_url": "https://acme.example",
        }
        assert only(catalog, "teams") == {
            "slug": "acme",
            "name": "Acme",
            "organization": "acme",
            "description": "Stands for the organization as a whole: the page names no team.",
            "contact_url": "https://github.com/jane",
        }
        case = only(catalog, "use-cases")
        assert (case["slug"], case["title"]) == ("acme-rq", "Acme uses RQ")
        assert case["description"] == "Jobs, see talk (https://t/)\nContact: @jane (https://github.com/jane)"
        assert case["usages"] == [{"library": "rq", "role": "uses"}]

    def test_evidence_points_at_the_row(self):
        text = "# Adopters\n\n" + table(["Company", "Use"], ["Acme", "a"], ["Bolt", "b"])
        pieces = [case["evidence"][0] for case in read(text).records["use-cases"]]
        assert [text[piece["start"] : piece["end"]] for piece in pieces] == ["| Acme | a |", "| Bolt | b |"]
        assert [(piece["line"], piece["section"], piece["mentions"]) for piece in pieces] == [
            (5, "Adopters", ["Acme"]),
            (6, "Adopters", ["Bolt"]),
        ]

    def test_a_team_that_is_named_is_that_of_the_organization(self):
        text = table(["Company", "Team"], ["Acme", "[Core](https://core/)"], ["Bolt", "Core"])
        assert read(text).records["teams"] == [
            {"slug": "acme-core", "name": "Core", "organization": "acme", "contact_url": "https://core/"},
            {"slug": "bolt-core", "name": "Core", "organization": "bolt"},
        ]

    @pytest.mark.parametrize(
        "header", ["Organisation", "Company/Project", "Adopter", "Who", "**Name**", "End User", "USER(S)"]
    )
    def test_the_column_of_organizations_has_many_names(self, header):
        assert names(table([header, "Since"], ["Acme", "2020"])) == ["Acme"]

    def test_a_company_goes_before_the_name_of_a_person(self):
        assert names(table(["Type", "Name", "Company"], ["Individual", "Jane", "Acme"])) == ["Acme"]

    def test_a_table_without_organizations_is_told(self):
        assert codes(read(table(["Phase", "Meaning"], ["Testing", "x"]))) == ["no_organization"]

    def test_an_empty_row_is_told(self):
        assert codes(read(table(["Company", "Use"], ["", ""]))) == ["no_name"]

    def test_other_columns_stand_in_the_description(self):
        text = table(["Since", "Company", "Use", "Status"], ["2020", "Acme", "Jobs", "![production](x.svg)"])
        assert only(read(text), "use-cases")["description"] == "Jobs\nSince: 2020\nStatus: production"

    @pytest.mark.parametrize("cell", ["https://acme.example/", "[link](https://acme.example/)"])
    def test_the_website_may_stand_in_a_column_of_its_own(self, cell):
        found = only(read(table(["Name", "Website"], ["Acme", cell])), "organizations")
        assert found["homepage_url"] == "https://acme.example/"

    def test_what_is_no_website_is_none(self):
        assert "homepage_url" not in only(
            read(table(["Name", "Website"], ["Acme", "see below"])), "organizations"
        )

    def test_a_handle_is_one_on_github(self):
        found = only(read(table(["Company", "Contact"], ["Acme", "Jane (@jane-doe, mail)"])), "teams")
        assert "contact_url" not in found
        found = only(read(table(["Company", "Contact"], ["Acme", "@jane-doe, @joe"])), "teams")
        assert found["contact_url"] == "https://github.com/jane-doe"

    @pytest.mark.parametrize(
        "cell", ["Your company", "TBD", "_(none yet, be the first)_", "[Coming Soon]", "..."]
    )
    def test_a_place_that_is_kept_free_is_no_adopter(self, cell):
        catalog = read(table(["Company", "Use"], [cell, ""]))
        assert (codes(catalog), catalog.records) == (["placeholder"], {})

    def test_the_same_row_twice_is_one_claim(self):
        catalog = read(table(["Company", "Use"], ["Acme", "Jobs"], ["Acme", "Jobs"], ["Acme", "More"]))
        assert len(catalog.records["use-cases"]) == 2
        assert codes(catalog) == ["given_twice"]

    def test_a_break_parts_words(self):
        text = table(["Company", "Use"], ["Acme", "a<br>b<sup>c</sup>"])
        assert only(read(text), "use-cases")["description"] == "a bc"


class TestLists:
    def test_an_item_begins_with_a_link(self):
        catalog = read("- [Acme](https://acme.example) - runs its\n  jobs with it\n  - [Talk](https://t/)\n")
        assert only(catalog, "organizations")["homepage_url"] == "https://acme.example"
        assert only(catalog, "use-cases")["description"] == "runs its jobs with it\nTalk (https://t/)"

    @pytest.mark.parametrize(
        ("item", "name"),
        [
            ("**Acme**: uses it", "Acme"),
            ("**[Acme](https://a/)** uses it", "Acme"),
            ("The [New York Times](https://nyt/)", "The New York Times"),
            ("Acme \u2014 uses it", "Acme"),
            ("Red Hat, Inc. (uses it)", "Red Hat, Inc."),
            ("PalFish", "PalFish"),
        ],
    )
    def test_names_are_written_in_many_ways(self, item, name):
        assert names(f"## Users\n\n1. {item}\n") == [name]

    @pytest.mark.parametrize(
        "item",
        [
            "We are looking for people who use it.",
            "Since: 2020",
            "Really?",
            "*it* is fine here and now and for ever",
        ],
    )
    def test_a_sentence_is_no_name(self, item):
        assert codes(read(f"## Users\n\n- {item}\n")) == ["no_name"]

    def test_an_item_without_text_is_no_name(self):
        assert codes(read("## Users\n\n-\n")) == ["no_name"]

    def test_one_without_link_counts_among_links(self):
        assert names("- [Acme](https://a/)\n- PalFish\n") == ["Acme", "PalFish"]

    def test_a_list_of_names_on_a_page_of_adopters_is_one_of_them(self):
        text = "# Adopters\n\n## Public references\n\n- Acme\n- Bolt\n- Core Inc.\n- ...More individuals\n"
        assert names(text) == ["Acme", "Bolt", "Core Inc."]

    def test_a_list_of_names_beside_a_table_is_none_of_them(self):
        text = table(["Company", "Use"], ["Acme", "x"]) + "\n- One\n- Two\n"
        assert names(text) == ["Acme"]

    def test_lists_of_other_things_name_nobody(self):
        assert codes(read("# News\n\n- PalFish\n")) == ["no_name"]

    @pytest.mark.parametrize(
        "heading", ["How to add yourself", "Adding a logo", "Adopter types", "Contributing"]
    )
    def test_what_tells_of_the_page_names_nobody(self, heading):
        assert codes(read(f"## {heading}\n\nText\n\n- **Fork** it\n")) == ["about_the_page"]

    def test_items_in_quotes_are_read(self):
        assert names("> - [Acme](https://a/)\n") == ["Acme"]


class TestParagraphs:
    @pytest.mark.parametrize(
        "text", ["**Acme:** uses it", "**Acme** - uses it", "**_[Acme](https://a/)_** \u2013 x"]
    )
    def test_one_may_begin_with_a_name_in_bold_type(self, text):
        assert names(text) == ["Acme"]

    @pytest.mark.parametrize(
        "text", ["**Note that** this is", "**Acme**", "Acme: uses it", "[Acme](https://a/) x"]
    )
    def test_others_name_nobody(self, text):
        assert names(text) == []

    def test_lines_of_names_are_a_list(self):
        text = "# The List\n\nAcme\nBolt\nCore\nDelta\nEcho Inc.\n"
        catalog = read(text)
        assert [item["name"] for item in catalog.records["organizations"]] == [
            "Acme",
            "Bolt",
            "Core",
            "Delta",
            "Echo Inc.",
        ]
        assert [case["evidence"][0]["line"] for case in catalog.records["use-cases"]] == [3, 4, 5, 6, 7]

    def test_html_and_code_are_told(self):
        html = '<a href="https://a/"><img alt="Acme" src="a.png"></a>\n\n<table></table>\n\n<!-- fine -->\n\n'
        assert codes(read(html + "    * N: Acme\n")) == ["not_read", "not_read", "not_read"]


class TestHeadings:
    def test_one_that_is_a_link_names_an_adopter(self):
        text = "## [Acme](https://a/)\n\nUses it\n\n## [Bolt](https://b/)\n"
        catalog = read(text)
        cases = catalog.records["use-cases"]
        assert [case.get("description") for case in cases] == ["Uses it", None]
        piece = cases[0]["evidence"][0]
        assert text[piece["start"] : piece["end"]] == "## [Acme](https://a/)\n\nUses it"

    def test_several_with_facts_below_name_adopters(self):
        facts = {
            "Acme": "[acme.example](https://acme.example/)",
            "Bolt": "bolt.example",
            "Core": "- *Since*: 2020",
        }
        text = "".join(f"## {name}\n\n{fact}\n\n" for name, fact in facts.items())
        catalog = read(text)
        assert [item["name"] for item in catalog.records["organizations"]] == ["Acme", "Bolt", "Core"]
        assert [item.get("homepage_url") for item in catalog.records["organizations"]] == [
            "https://acme.example/",
            None,
            None,
        ]

    def test_one_alone_names_nobody(self):
        assert names("## Acme\n\nacme.example\n") == []


class TestLimits:
    def test_an_empty_page_is_empty(self):
        assert (read("").records, read("\ufeff# Adopters\n").records) == ({}, {})

    def test_a_page_that_is_too_long_is_refused(self, monkeypatch):
        monkeypatch.setattr(markdown_blocks, "LONGEST_PAGE", 3)
        with pytest.raises(AtlasError, match="longer than 3 characters"):
            read("1234")

    def test_names_that_show_nothing_are_told(self):
        assert codes(read("- [&#8203;](https://a/)\n- **\u00ad** x\n")) == ["no_name", "no_name"]

    @pytest.mark.parametrize("end", ["\r\n", "\r"])
    def test_other_line_ends_are_read(self, end):
        text = f"# Adopters{end}{end}- [Acme](https://a/){end}- [Bolt](https://b/){end}"
        pieces = [case["evidence"][0] for case in read(text).records["use-cases"]]
        assert [text[piece["start"] : piece["end"]] for piece in pieces] == [
            "- [Acme](https://a/)",
            "- [Bolt](https://b/)",
        ]
