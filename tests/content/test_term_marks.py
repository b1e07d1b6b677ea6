"""Words of the glossary in a text: marked once, where somebody reads them, and nowhere that they would be in the way."""

import pytest

from content.models import GlossaryTerm
from content.models.pages import by_letter
from content.term_marks import TermMarks


def terms(*names):
    return [
        GlossaryTerm(
            slug=name.split(" (")[0].lower().replace(" ", "-"), term=name, meaning=f"What {name} means."
        )
        for name in names
    ]


KNOWN = terms("Debt bondage", "Bondage", "Safety plan", "First responder (United Kingdom)", "Trauma-informed")


def marked(html):
    """Slugs in the order of their marks."""
    marks = TermMarks(KNOWN)
    marks.html(html)
    return [term.slug for term in marks.used]


@pytest.mark.parametrize(
    ("html", "slugs"),
    [
        ("<p>Debt bondage is a sign.</p>", ["debt-bondage"]),
        ("<p>DEBT\n bondage</p>", ["debt-bondage"]),
        ("<p>Two safety plans.</p>", ["safety-plan"]),
        ("<p>A first responder asks.</p>", ["first-responder"]),
        ("<p>Be trauma-informed.</p>", ["trauma-informed"]),
        ("<p>bondage, then debt bondage</p>", ["bondage", "debt-bondage"]),
        ("<p><strong>Debt bondage</strong></p>", ["debt-bondage"]),
        # Where it would be in the way, or is another word.
        ("<h2>Debt bondage</h2>", []),
        ('<p><a href="/x">about <em>debt bondage</em></a></p>', []),
        ("<p>vagabondage and bondage-like</p>", []),
        ('<p title="debt bondage">x</p>', []),
        ("<h2>Safety plan</h2><p>A safety plan.</p>", ["safety-plan"]),
        ("", []),
    ],
)
def test_terms_are_found_where_somebody_reads_them(html, slugs):
    assert marked(html) == slugs


def test_a_term_is_marked_once_on_a_page_however_many_texts_it_has():
    marks = TermMarks(KNOWN)
    first, second = marks.html("<p>Safety plan. Safety plan.</p>"), marks.html("<p>Safety plan.</p>")
    assert first.count('class="term"') == 1
    assert second == "<p>Safety plan.</p>"


def test_the_word_is_a_link_that_also_says_what_it_means():
    html = TermMarks(KNOWN).html("<p>A Safety Plan.</p>")
    assert (
        '<a class="term__word" href="/words/#safety-plan" aria-describedby="term-safety-plan">Safety Plan</a>'
        in html
    )
    assert (
        '<span class="term__tip" role="tooltip" id="term-safety-plan">What Safety plan means.</span>' in html
    )


def test_a_meaning_is_shown_as_text_and_the_page_around_stays_as_it_was():
    sly = GlossaryTerm(slug="sly", term="Risk & need", meaning="<script>alert(1)</script>")
    html = TermMarks([sly]).html("<p>risk &amp; need &lt;b&gt;</p>")
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert html.endswith(" &lt;b&gt;</p>")
    assert ">risk &amp; need</a>" in html


def test_without_a_glossary_nothing_changes():
    assert TermMarks([]).html("<p>Debt bondage</p>") == "<p>Debt bondage</p>"


def test_the_glossary_has_the_order_of_a_dictionary():
    letters = by_letter(terms("safety", "Émigré", "Debt", "Exit", "act"))
    assert [(letter, [one.term for one in rows]) for letter, rows in letters] == [
        ("A", ["act"]),
        ("D", ["Debt"]),
        ("E", ["Émigré", "Exit"]),
        ("S", ["safety"]),
    ]
