import pytest

from content.citations import Citations, cited_codes, strip_citations
from content.models import Fact, Source
from content.selectors import facts_by_code


def test_codes_are_found_in_order_and_once():
    assert cited_codes("A. [@CRI-01; @TIC-09] B. [@CRI-01] C [@DEF-02;@DEF-03]") == [
        "CRI-01",
        "TIC-09",
        "DEF-02",
        "DEF-03",
    ]


def test_what_is_no_citation_is_left_alone():
    assert cited_codes("write to a@b.example [see CRI-01] [@lower-1]") == []


def test_citations_can_be_taken_out():
    assert strip_citations("A claim. [@CRI-01] Another.") == "A claim. Another."


@pytest.fixture
def citations(db):
    who = Source.objects.create(
        key="WHO", label="WHO 2011", title="Psychological first aid", author="WHO", year="2011"
    )
    first = Fact.objects.create(code="TIC-09", statement="x", confidence="V1")
    first.sources.add(who)
    second = Fact.objects.create(code="CRI-01", statement="y", confidence="V1")
    second.sources.add(who)
    general = Fact.objects.create(code="DEF-05", statement="z", confidence="G")
    general.sources.add(who)
    return Citations(facts_by_code(["TIC-09", "CRI-01", "DEF-05"]))


def test_a_source_keeps_its_number_wherever_it_is_cited(citations):
    html = citations.inline("One. [@TIC-09] Two. [@CRI-01]")

    assert html.count('href="#source-1"') == 2
    assert [entry.label for entry in citations.list] == ["WHO 2011"]


def test_general_knowledge_says_that_its_source_is_awaited(citations):
    citations.inline("One. [@DEF-05]")

    assert [(entry.label, entry.is_awaited) for entry in citations.list] == [
        ("General professional knowledge, source awaited", True)
    ]


def test_text_is_escaped_before_its_sources_are_linked(citations):
    html = citations.inline("<script>alert(1)</script> **much** [@TIC-09]")

    assert "<script" not in html
    assert "<strong>much</strong>" in html
    assert 'class="cite"' in html


def test_the_code_of_a_fact_is_never_shown(citations):
    assert "TIC-09" not in citations.inline("One. [@TIC-09]")


def test_facts_cost_two_queries_however_many(citations, count_queries):
    assert (
        count_queries(lambda: facts_by_code(["TIC-09"]))
        == count_queries(lambda: facts_by_code(["TIC-09", "CRI-01", "DEF-05"]))
        == 2
    )
