"""Search: what is found, by whom, by which misspelt words; and that it keeps up. The same on every database."""

from datetime import date

import pytest
from django.core.management import call_command
from django.utils import translation
from wagtail.models import Page, Site

from content.models import GlossaryTerm, ReferralService, Resource, SearchEntry, SearchWord, SupportContact
from content.search.find import MOST_ENTRIES, excerpt, find
from content.search.index import rebuild
from content.search.kinds import Viewer
from content.services import PageWords, ensure_site
from tests.factories.accounts import UserFactory
from tests.factories.agencies import AgencyFactory, MembershipFactory

DAY = date(2026, 11, 22)
STRANGER = Viewer(None, "en-gb")


def make_resource(slug="ilo", title="The eleven indicators of forced labour", **fields):
    given = {
        "summary": "Signs such as withheld wages, debt bondage and kept identity documents.",
        "kind": Resource.Kind.TOOL,
        "publisher": "International Labour Organization",
        "url": "https://ilo.example/",
        "checked_on": DAY,
    }
    return Resource.objects.create(slug=slug, title=title, **(given | fields))


@pytest.fixture
def shelves(db):
    GlossaryTerm.objects.create(
        slug="interpreter", term="Qualified interpreter", meaning="Somebody trained and neutral."
    )
    GlossaryTerm.objects.create(slug="debt-bondage", term="Debt bondage", meaning="Held to work by a debt.")
    make_resource()
    SupportContact.objects.create(
        key="gb-helpline",
        country="United Kingdom",
        name="Helpline",
        purpose="Confidential support and advice.",
        checked_on=DAY,
    )


def found(question, viewer=STRANGER, **more):
    return {
        (group.kind, hit.heading) for group in find(viewer, question, **more).groups for hit in group.hits
    }


@pytest.mark.parametrize(
    ("question", "kind", "heading"),
    [
        ("interpreter", "term", "Qualified interpreter"),
        ("INTERPRETERS", "term", "Qualified interpreter"),
        ("intérprèter", "term", "Qualified interpreter"),
        ("interperter", "term", "Qualified interpreter"),
        ("interpretor", "term", "Qualified interpreter"),
        ("qualifed interpreter", "term", "Qualified interpreter"),
        ("bondge", "term", "Debt bondage"),
        ("debt bondige", "term", "Debt bondage"),
        ("debts bondage", "term", "Debt bondage"),
        ("forced labor", "resource", "The eleven indicators of forced labour"),
        ("indicaters", "resource", "The eleven indicators of forced labour"),
        ("documnets", "resource", "The eleven indicators of forced labour"),
        ("organisation", "resource", "The eleven indicators of forced labour"),
        ("confidental", "contact", "Helpline"),
        ("suport advise", "contact", "Helpline"),
    ],
)
def test_a_word_spelt_right_or_wrong_finds_the_thing(shelves, question, kind, heading):
    assert (kind, heading) in found(question)


def test_what_was_meant_is_said_and_only_its_misspelt_words_change(shelves):
    assert find(STRANGER, "interpreter").instead == ""
    assert find(STRANGER, "Qualified interperter").instead == "Qualified interpreter"


def test_where_not_all_words_stand_together_some_are_enough(shelves):
    answer = find(STRANGER, "interpreter bondage")
    assert answer.is_any
    assert {group.kind for group in answer.groups} == {"term", "resource"}


@pytest.mark.parametrize(
    "question", ["", "   ", "zzzzqqqq", "?!", "x" * 5000, "''\"); DROP", "a AND NOT * OR NEAR(", "\x00"]
)
def test_what_nothing_answers_finds_nothing_and_breaks_nothing(shelves, question):
    assert find(STRANGER, question).total == 0


def test_many_words_and_entries_are_bounded(shelves):
    for number in range(MOST_ENTRIES + 20):
        GlossaryTerm.objects.create(slug=f"t{number}", term=f"Term {number}", meaning="Common to all.")
    answer = find(STRANGER, "common " * 400)
    assert answer.total == MOST_ENTRIES
    assert len(answer.groups[0].hits) == 5
    assert len(find(STRANGER, "common", only="term").groups[0].hits) == 50


def test_a_word_in_the_heading_goes_first(shelves):
    GlossaryTerm.objects.create(slug="a", term="Aside", meaning="Bondage, bondage and debt bondage.")
    group = next(one for one in find(STRANGER, "bondage").groups if one.kind == "term")
    assert [hit.heading for hit in group.hits] == ["Debt bondage", "Aside"]


def test_one_kind_can_be_asked_for(shelves):
    assert {kind for kind, _heading in found("bondage", only="resource")} == {"resource"}


def test_things_in_the_language_of_the_page_go_first(shelves):
    make_resource("es", "Trata de personas", language="es", summary="Guía sobre la trata.")
    make_resource("en", "Trata in English", language="en-gb", summary="A guide to trata.")

    def titles(language):
        return [hit.heading for group in find(Viewer(None, language), "trata").groups for hit in group.hits]

    assert titles("es")[0] == "Trata de personas"
    assert titles("en-gb")[0] == "Trata in English"
    assert ("resource", "Trata de personas") in found("guia", Viewer(None, "es"))


# Who finds what.


def test_what_is_not_published_is_neither_found_nor_suggested(shelves):
    draft = make_resource("draft", "Kaleidoscope", live=False)
    assert found("kaleidoscope") == set()
    assert find(STRANGER, "kaleidoscpe").instead == ""
    draft.live = True
    draft.save()
    assert find(STRANGER, "kaleidoscpe").instead == "kaleidoscope"
    draft.live = False
    draft.save()
    assert found("kaleidoscope") == set()
    assert not SearchWord.objects.filter(word="kaleidoscope").exists()


def test_what_was_taken_away_without_news_is_not_shown(shelves):
    Resource.objects.update(live=False)
    assert all(kind != "resource" for kind, _heading in found("indicators"))


def test_an_agencys_services_are_found_by_its_own_staff_alone(shelves, northgate, brannoc, amina, chidi):
    ReferralService.objects.create(
        agency=northgate,
        jurisdiction=northgate.jurisdiction,
        name="Marigold House",
        offers="Advocacy",
        contact="0",
    )
    assert found("marigold", Viewer(amina, "en-gb")) == {("service", "Marigold House")}
    for viewer in (STRANGER, Viewer(chidi, "en-gb"), Viewer(UserFactory(), "en-gb")):
        for question in ("marigold", "marigld"):
            answer = find(viewer, question)
            assert (answer.total, answer.instead) == (0, "")
    patrol = UserFactory()
    MembershipFactory(user=patrol, agency=AgencyFactory(name="Patrol", parent=northgate))
    assert found("marigold", Viewer(patrol, "en-gb"))


def test_a_page_is_found_and_one_behind_a_password_is_not(db):
    ensure_site([], [PageWords("privacy", "Privacy", "What is kept.", (("text", "Your way through lessons."),))],
        site=Site.objects.get(is_default_site=True))  # fmt: skip
    assert found("privacy") == {("page", "Privacy")}
    page = Page.objects.get(slug="privacy")
    page.view_restrictions.create(restriction_type="login")
    assert found("privacy") == set()
    page.view_restrictions.all().delete()
    page.specific.unpublish()
    assert found("privacy") == set()


# Keeping up.


def test_the_vocabulary_counts_entries_and_forgets_words_that_stand_nowhere(shelves):
    bondage = SearchWord.objects.get(word="bondage")
    assert bondage.entries == 2
    term = GlossaryTerm.objects.get(slug="debt-bondage")
    term.term, term.meaning = "Peonage", "Held to work."
    term.save()
    assert SearchWord.objects.get(word="bondage").entries == 1
    assert find(STRANGER, "peonge").instead == "peonage"
    term.delete()
    assert not SearchWord.objects.filter(word="peonage").exists()
    assert found("peonage") == set()


def test_made_anew_the_index_is_the_same(shelves, capsys):
    def state():
        entries = set(SearchEntry.objects.values_list("kind", "key", "language", "audience", "title", "body"))
        return entries, set(SearchWord.objects.values_list("word", "language", "entries"))

    before = state()
    assert rebuild() == len(before[0])
    assert state() == before
    SearchWord.objects.all().delete()
    SearchEntry.objects.all().delete()
    call_command("rebuild_search")
    assert "4 entries" in capsys.readouterr().out
    assert state() == before
    assert found("interperter")


def test_saving_the_same_again_touches_nothing(shelves, count_queries):
    term = GlossaryTerm.objects.get(slug="interpreter")
    before = SearchWord.objects.get(word="interpreter").entries
    term.save()
    assert SearchWord.objects.get(word="interpreter").entries == before


def test_a_search_costs_the_same_for_four_things_or_forty(shelves, count_queries):
    find(STRANGER, "interperter")
    few = count_queries(lambda: find(STRANGER, "interperter"))
    for number in range(36):
        GlossaryTerm.objects.create(slug=f"i{number}", term=f"Interpreter {number}", meaning="Neutral.")
    find(STRANGER, "interperter")
    assert count_queries(lambda: find(STRANGER, "interperter")) == few
    assert few <= 12


# The page.


def ask(client, q, **more):
    return client.post("/search/", {"q": q, **more})


def test_the_page_says_what_it_finds_and_marks_the_words(shelves, client):
    page = ask(client, "bondage").content.decode()
    assert "debt <mark>bondage</mark>" in page
    assert 'href="/words/#debt-bondage"' in page
    page = ask(client, "interperter").content.decode()
    assert "Did you mean “interpreter”?" in page


@pytest.mark.parametrize(
    "q", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</mark><b>interperter</b>"]
)
def test_a_question_is_shown_as_text_and_never_as_markup(shelves, client, q):
    page = ask(client, q).content.decode()
    for part in ("<script>alert", "<img src=x", "<b>inter", "</mark><b>"):
        assert part not in page


def test_words_of_the_index_are_shown_as_text(shelves, client):
    make_resource("bad", "<i>Sly</i> & co", summary="One <script>alert(2)</script> sly & odd.")
    page = ask(client, "sly").content.decode()
    assert "<script>alert(2)" not in page
    assert "<i>Sly" not in page
    assert "<mark>sly</mark> &amp; odd" in page


def test_an_excerpt_is_cut_around_the_word_and_escaped():
    text = f"{'Long before. ' * 30}The <b>interpreter</b> speaks. {'And after. ' * 30}"
    cut = str(excerpt(text, {"interpreter"}))
    assert "&lt;b&gt;<mark>interpreter</mark>&lt;/b&gt; speaks." in cut
    assert cut.startswith("… ")
    assert cut.endswith(" …")
    assert len(cut) < 300


def test_a_question_is_never_part_of_an_address(shelves, client):
    """It may name a person, and addresses stand in logs, histories and referrers."""
    page = client.get("/search/?q=interpreter")
    assert b"Qualified interpreter" not in page.content
    assert b'method="post"' in page.content
    assert b"never for a person" in page.content
    assert b"?q=" not in ask(client, "interpreter").content


def test_nothing_asked_is_logged_or_kept(shelves, client, caplog, settings):
    caplog.set_level(0)
    ask(client, "Marianne Exemplar")
    assert "Marianne" not in caplog.text
    assert not SearchWord.objects.filter(word="marianne").exists()
    assert "Marianne" not in str(list(client.session.items()))


def test_an_empty_or_endless_question_is_refused_in_words(shelves, client):
    for q in ("", "x" * 101):
        answer = ask(client, q)
        assert answer.status_code == 422
        assert b"field--wrong" in answer.content or b"error" in answer.content


def test_an_unknown_kind_counts_as_none(shelves, client):
    assert b"Qualified" in ask(client, "interpreter", kind="nothing").content


def test_the_page_speaks_the_language_of_the_interface(shelves, client):
    with translation.override("es"):
        client.cookies["django_language"] = "es"
        page = ask(client, "bondage").content.decode()
    assert '<html lang="es"' in page
