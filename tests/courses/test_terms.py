"""Words of the glossary in a lesson: explained where they are said first, and listed on paper."""

import pytest

from content.models import GlossaryTerm
from content.services import PageWords, ensure_site
from tests.factories.courses import make_course, make_lesson, make_registration

BODY = [
    {"type": "text", "value": "<h2>Debt bondage</h2><p>It means debt bondage. Debt bondage again.</p>"},
    {
        "type": "role",
        "value": {"variants": [{"roles": ["R1"], "body": "<p>A safety plan at the roadside.</p>"}]},
    },
]


@pytest.fixture
def lesson(northgate, amina, signed_in):
    GlossaryTerm.objects.create(slug="debt-bondage", term="Debt bondage", meaning="Held by a debt.")
    GlossaryTerm.objects.create(slug="safety-plan", term="Safety plan", meaning="Steps.")
    GlossaryTerm.objects.create(slug="means", term="Means", meaning="How it is done.", is_marked=False)
    make_course()
    make_lesson("1.3", body=BODY, summary="<p>In short, a safety plan.</p>")
    make_lesson("2.3", "Interpreters")
    registration = make_registration(amina, northgate)
    client = signed_in(amina)
    return lambda query="": client.get(f"/learn/{registration.uuid}/lessons/1.3/{query}").content.decode()


def test_each_term_is_explained_once_and_listed_at_the_foot(lesson):
    page = lesson()
    assert page.count('id="term-debt-bondage"') == 1
    assert page.count('id="term-safety-plan"') == 1
    assert "<h2>Debt bondage</h2>" in page
    foot = page[page.index('class="print-only flow"') :]
    assert "Held by a debt." in foot
    assert "Steps." in foot


def test_an_ordinary_word_is_left_alone(lesson):
    assert "term-means" not in lesson()


def test_the_summary_by_itself_explains_its_own_words(lesson):
    page = lesson("?view=summary")
    assert page.count('id="term-safety-plan"') == 1
    assert "term-debt-bondage" not in page
    assert "Held by a debt." not in page


def test_the_glossary_leads_to_letters_and_words(lesson, client, db):
    from wagtail.models import Site

    ensure_site(
        [],
        [PageWords("words", "Words", "", (), shows="glossary")],
        site=Site.objects.get(is_default_site=True),
    )
    page = client.get("/words/").content.decode()
    assert '<a href="#letter-D">D</a>' in page
    assert '<h2 id="letter-D">' in page
    assert 'id="debt-bondage"' in page
