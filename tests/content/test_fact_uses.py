"""Who cites a fact, and what has to be looked at again."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from accounts.services import put_in_group
from config.groups import REVIEWERS, TRAINERS, ensure_groups
from content.fact_uses import cited_in, uses_of_facts
from content.models import Fact, GlossaryTerm, JurisdictionPack, Source, SupportContact
from content.rechecks import Recheck, by_month, overdue
from courses.models import Question
from scenarios.reading import read_scenario
from scenarios.services import load_scenario
from tests.factories.accounts import JurisdictionFactory, UserFactory
from tests.factories.courses import make_lesson, make_question

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def make_fact(code="CRI-01", **fields) -> Fact:
    return Fact.objects.create(code=code, statement=f"Statement of {code}", confidence="G", **fields)


def named(code):
    return [(use.kind, use.name, use.where) for use in uses_of_facts().get(code, [])]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("<p>So it is. [@CRI-01; DEF-02]</p>", [("CRI-01", ""), ("DEF-02", "")]),
        ({"variants": [{"roles": ["R1", "R3"], "body": "Thus. [@CRI-01]"}]}, [("CRI-01", "R1, R3")]),
        ({"variants": [{"value": {"pack": "UK", "body": "[@UK-01]"}}]}, [("UK-01", "UK")]),
        ({"packs": ["US"], "lines": [{"text": "x", "why": "[@US-01]"}]}, [("US-01", "US")]),
        ({"facts": "CRI-01 CRI-02"}, [("CRI-01", ""), ("CRI-02", "")]),
        ({"roles": [], "text": "nothing to cite"}, []),
        (["one [@CRI-01]", 3, None, True], [("CRI-01", "")]),
    ],
)
def test_citations_are_found_wherever_they_stand_with_those_who_read_them(value, found):
    assert list(cited_in(value)) == found


def test_a_fact_lists_lessons_questions_scenarios_and_terms_that_cite_it():
    make_fact()
    make_lesson(
        body=[
            {"type": "text", "value": "<p>Not here.</p>"},
            {
                "type": "law",
                "value": {
                    "variants": [{"type": "item", "value": {"pack": "UK", "body": "<p>x [@CRI-01]</p>"}}]
                },
            },
        ]
    )
    make_question("Q-1.3-1", "1.3", roles=["R1"])
    GlossaryTerm.objects.create(slug="act", term="Act", meaning="What is done", facts=["CRI-01"])
    story = settings.BASE_DIR / "content/curriculum/scenarios/corridor.yaml"
    load_scenario(read_scenario(story), at=timezone.now())
    assert named("CRI-01") == [
        ("Lesson", "1.3 First words", ("UK",)),
        ("Question", "Q-1.3-1: Stem of Q-1.3-1", ("R1",)),
        ("Glossary", "Act", ()),
    ]
    assert [kind for kind, *_rest in named("CUL-01")] == ["Scenario"]
    assert named("XXX-01") == []


def test_a_retired_question_is_no_use_of_a_fact():
    make_question("Q-1.3-1", "1.3")
    Question.objects.update(retired=True)
    assert named("CRI-01") == []


def test_words_for_everybody_are_not_said_to_be_for_some():
    make_lesson(
        body=[
            {
                "type": "role",
                "value": {"variants": [{"type": "item", "value": {"roles": ["R1"], "body": "[@CRI-01]"}}]},
            }
        ],
        summary="<p>In short. [@CRI-01]</p>",
    )
    assert named("CRI-01") == [("Lesson", "1.3 First words", ())]


def test_finding_all_uses_costs_the_same_for_one_lesson_or_many(count_queries):
    make_lesson(summary="<p>[@CRI-01]</p>")
    make_question("Q-1.3-0", "1.3")
    one = count_queries(uses_of_facts)
    for number in range(1, 6):
        make_lesson(f"1.{number + 3}", f"Lesson {number}", summary="<p>[@CRI-01]</p>")
        make_question(f"Q-1.3-{number}", "1.3")
    assert count_queries(uses_of_facts) == one
    assert len(uses_of_facts({"CRI-01"})["CRI-01"]) == 12


def test_the_calendar_begins_with_what_is_overdue():
    rows = [
        Recheck("Fact", name, "", day, "")
        for name, day in (
            ("late", TODAY - timedelta(days=1)),
            ("today", TODAY),
            ("very late", TODAY - timedelta(days=400)),
            ("in May", date(2027, 5, 22)),
        )
    ]
    assert [(month.first, [row.name for row in month.rows]) for month in by_month(rows, on=TODAY)] == [
        (None, ["very late", "late"]),
        (date(2026, 11, 1), ["today"]),
        (date(2027, 5, 1), ["in May"]),
    ]


def test_facts_packs_lessons_and_contacts_come_due():
    day = TODAY - timedelta(days=1)
    make_fact(recheck_by=day)
    make_fact("CRI-02", recheck_by=TODAY)
    make_fact("CRI-03")
    JurisdictionPack.objects.create(code="UK", name="UK", version="1", valid_from=day, recheck_by=day)
    SupportContact.objects.create(
        key="line", country="UK", name="A line", purpose="", checked_on=TODAY - timedelta(days=181)
    )
    SupportContact.objects.create(
        key="other", country="UK", name="Another", purpose="", checked_on=TODAY - timedelta(days=180)
    )
    lesson = make_lesson()
    type(lesson).objects.update(recheck_by=day)
    assert [(row.kind, row.name) for row in overdue(on=TODAY)] == [
        ("Fact", "CRI-01"),
        ("Help contact", "UK: A line"),
        ("Jurisdiction pack", "UK 1"),
        ("Lesson", "1.3 First words"),
    ]


def test_the_command_tells_by_its_exit_whether_anything_is_overdue():
    fact = make_fact(recheck_by=timezone.localdate() + timedelta(days=5))
    out = StringIO()
    call_command("rechecks", stdout=out)
    assert out.getvalue() == "0 overdue.\n"
    call_command("rechecks", within=7, stdout=out)
    assert "due: Fact CRI-01, used in 0 places" in out.getvalue()
    make_question("Q-1.3-1", "1.3")
    Fact.objects.filter(pk=fact.pk).update(recheck_by=timezone.localdate() - timedelta(days=1))
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("rechecks", stdout=out)
    assert exit_.value.code == 1
    assert "overdue: Fact CRI-01, used in 1 place\n" in out.getvalue()


@pytest.fixture
def trainer(signed_in):
    ensure_groups()
    user = UserFactory(name="Tova Trainer")
    put_in_group(user, group=TRAINERS)
    return signed_in(user)


def edit(client, fact, **changes):
    url = reverse("wagtailsnippets_content_fact:edit", args=[fact.pk])
    data = {
        "code": fact.code, "statement": fact.statement, "jurisdiction_code": "INT", "year": "",
        "confidence": "V1", "recheck_by": "", "flags": [], "sources": [],
    } | changes  # fmt: skip
    return client.post(url, data, follow=True)


def test_a_trainer_changes_a_fact_and_the_history_keeps_what_was(trainer):
    JurisdictionFactory(code="INT")
    fact = make_fact()
    source = Source.objects.create(key="UN", label="UN", title="A title")
    make_question("Q-1.3-1", "1.3")
    shown = trainer.get(reverse("wagtailsnippets_content_fact:edit", args=[fact.pk])).content.decode()
    assert "Q-1.3-1: Stem of Q-1.3-1" in shown
    response = edit(trainer, fact, statement="Said better", flags=["L"], sources=[source.pk])
    assert "cited in 1 place" in response.content.decode()
    fact.refresh_from_db()
    assert (fact.statement, fact.flags, [one.key for one in fact.sources.all()]) == (
        "Said better",
        ["L"],
        ["UN"],
    )
    history = [
        (one.as_object().statement, one.user) for one in Revision.objects.for_instance(fact).order_by("pk")
    ]
    assert [statement for statement, _user in history] == ["Statement of CRI-01", "Said better"]
    assert history[0][1] is None
    assert history[1][1].name == "Tova Trainer"
    edit(trainer, fact, statement="Said best", sources=[source.pk])
    assert Revision.objects.for_instance(fact).count() == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"confidence": "V1"}, "A fact without a source can only be general"),
        ({"confidence": "G", "flags": ["D"]}, "needs a day by which it is looked at again"),
        ({"confidence": "G", "flags": ["X"]}, "Select a valid choice"),
    ],
)
def test_a_fact_that_could_not_be_shown_is_refused(trainer, changes, message):
    JurisdictionFactory(code="INT")
    fact = make_fact()
    assert message in edit(trainer, fact, statement="New", **changes).content.decode()
    fact.refresh_from_db()
    assert fact.statement == "Statement of CRI-01"


def test_the_code_of_a_fact_never_changes(trainer):
    JurisdictionFactory(code="INT")
    fact = make_fact()
    edit(trainer, fact, code="CRI-99", statement="New", confidence="G")
    fact.refresh_from_db()
    assert (fact.code, fact.statement) == ("CRI-01", "New")


def test_the_calendar_and_the_first_page_show_what_is_overdue_and_who_cites_it(trainer):
    make_fact(recheck_by=timezone.localdate() - timedelta(days=1))
    make_question("Q-1.3-1", "1.3")
    shown = trainer.get(reverse("content_calendar")).content.decode()
    assert "Overdue" in shown
    assert "Q-1.3-1: Stem of Q-1.3-1" in shown
    assert "1 thing is overdue." in trainer.get("/admin/").content.decode()


def test_reviewers_read_the_calendar_and_change_no_fact(signed_in):
    ensure_groups()
    fact = make_fact()
    user = UserFactory()
    put_in_group(user, group=REVIEWERS)
    client = signed_in(user)
    assert client.get(reverse("content_calendar")).status_code == 200
    edit(client, fact, statement="New", confidence="G")
    fact.refresh_from_db()
    assert fact.statement == "Statement of CRI-01"


def test_nobody_else_sees_the_calendar(signed_in, amina, client):
    assert signed_in(amina).get(reverse("content_calendar")).status_code in (302, 403)
    assert client.get(reverse("content_calendar")).status_code == 302
