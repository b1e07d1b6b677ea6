"""Lessons, modules and stories in search: what each learner may find of them, and never more."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from content.search.find import find
from content.search.kinds import Viewer
from courses.models import LessonPage
from scenarios.models import Scenario
from scenarios.reading import read_scenario
from scenarios.services import load_scenario
from tests.factories.accounts import JurisdictionFactory, ProfessionalRoleFactory, UserFactory
from tests.factories.activities import activity_text, lesson_of
from tests.factories.courses import (
    UNITS,
    CourseRow,
    make_course,
    make_lesson,
    make_registration,
    publish_course,
)

BODY = [
    {
        "type": "text",
        "value": "<p>Say who you are &amp; the <em>limits of</em> confidentiality. [@CRI-01]</p>",
    },
    {
        "type": "role",
        "value": {
            "variants": [
                {"roles": ["R1"], "body": "<p>At the roadside, turn the torch away.</p>"},
                {"roles": ["R3"], "body": "<p>At triage, find a quiet cubicle.</p>"},
            ]
        },
    },
    {
        "type": "law",
        "value": {
            "variants": [
                {"pack": "INT", "body": "<p>The Palermo definition.</p>"},
                {"pack": "UK", "body": "<p>The duty to notify.</p>"},
            ]
        },
    },
]


@pytest.fixture
def lesson(northgate):
    for code in ("R1", "R3"):
        ProfessionalRoleFactory(code=code)
    for code in ("UK", "US"):
        JurisdictionFactory(code=code)
    make_course()
    make_lesson("2.3", "Interpreters")
    return make_lesson("1.3", "First words", body=BODY)


def headings(user, question):
    answer = find(Viewer(user, "en-gb"), question)
    return [hit.heading for group in answer.groups if group.kind == "lesson" for hit in group.hits]


@pytest.mark.parametrize(
    "question",
    ["confidentiality", "confidentialty", "confedentiality", "Frist words", "limits of confidentiality"],
)
def test_a_learner_finds_her_lesson_by_right_and_wrong_spelling(lesson, northgate, amina, question):
    registration = make_registration(amina, northgate)
    answer = find(Viewer(amina, "en-gb"), question)
    hit = answer.groups[0].hits[0]
    assert hit.heading == "1.3 First words"
    assert hit.address == f"/learn/{registration.uuid}/lessons/1.3/"


def test_she_finds_the_words_of_her_own_role_and_law_alone(lesson, northgate, amina):
    make_registration(amina, northgate, role="R1", jurisdiction="UK")
    assert headings(amina, "roadside") == ["1.3 First words"]
    assert headings(amina, "notify") == ["1.3 First words"]
    assert headings(amina, "cubicle") == []
    assert headings(amina, "Palermo") == []
    other = UserFactory()
    make_registration(other, northgate, role="R3", jurisdiction="US")
    assert headings(other, "cubicle") == ["1.3 First words"]
    assert headings(other, "roadside") == []
    # The international words stand in for a law that has none of its own.
    assert headings(other, "Palermo") == ["1.3 First words"]


def test_no_citation_or_markup_is_part_of_what_is_shown(lesson, northgate, amina):
    make_registration(amina, northgate)
    (group,) = find(Viewer(amina, "en-gb"), "limits", only="lesson").groups
    assert "who you are &amp; the <mark>limits</mark> of confidentiality" in group.hits[0].excerpt
    assert "CRI-01" not in group.hits[0].excerpt


def test_nobody_finds_a_lesson_that_she_is_not_registered_for(lesson, northgate, amina, chidi):
    make_registration(amina, northgate)
    for user in (None, chidi, UserFactory()):
        for question in ("confidentiality", "confidentialty"):
            answer = find(Viewer(user, "en-gb"), question)
            assert (answer.total, answer.instead) == (0, "")


def test_an_unpublished_or_deleted_lesson_is_found_by_nobody(lesson, northgate, amina):
    make_registration(amina, northgate)
    lesson.unpublish()
    assert headings(amina, "confidentiality") == []
    lesson.save_revision().publish()
    assert headings(amina, "confidentiality")
    LessonPage.objects.filter(pk=lesson.pk).update(live=False)
    assert headings(amina, "confidentiality") == []


def test_an_edited_lesson_is_found_by_its_new_words_once_they_are_published(lesson, northgate, amina):
    make_registration(amina, northgate)
    lesson.summary = "<p>About kaleidoscopes.</p>"
    revision = lesson.save_revision()
    assert headings(amina, "kaleidoscope") == []
    revision.publish()
    assert headings(amina, "kaleidoscope") == ["1.3 First words"]


def test_a_lesson_with_a_content_note_shows_the_note_and_not_the_words(northgate, amina):
    make_course()
    make_lesson("1.3", "First words", body=BODY, note="Mentions violence.")
    make_registration(amina, northgate)
    (group,) = find(Viewer(amina, "en-gb"), "confidentiality", only="lesson").groups
    assert group.hits[0].excerpt == "Content note: Mentions violence."


def test_answers_of_exercises_are_not_searched(lesson, northgate, amina, tmp_path):
    exercise = next(one for one in lesson_of(tmp_path, activity_text("sort")).body if one["type"] == "sort")
    exercise["value"]["items"][0]["feedback"] = "Kaleidoscope."
    make_lesson("1.3", "First words", body=[*BODY, exercise])
    make_registration(amina, northgate)
    assert headings(amina, "confidentiality") == ["1.3 First words"]
    assert headings(amina, "kaleidoscope") == []


def test_a_module_is_found_by_its_lessons_as_soon_as_it_can_be_taken(lesson, northgate, amina):
    viewer = Viewer(amina, "en-gb")
    assert find(viewer, "trauma-informed").total == 0
    row = CourseRow(
        "M01", "m01", "Trauma-informed care", "practitioner", "1", "", UNITS[:1], {"packs": ["UK"]}
    )
    publish_course(row, at=timezone.now())
    (group,) = find(viewer, "trauma-infromed").groups
    assert [(hit.heading, hit.address) for hit in group.hits] == [("M01 Trauma-informed care", "/training/")]
    assert find(Viewer(None, "en-gb"), "trauma-informed").total == 0


@pytest.fixture
def story(db):
    return load_scenario(
        read_scenario(settings.BASE_DIR / "content/curriculum/scenarios/early-van.yaml"), at=timezone.now() - timedelta(days=1)
    )  # fmt: skip


def test_a_story_is_found_by_title_and_setting_and_never_by_a_scene(story, amina):
    viewer = Viewer(amina, "en-gb")
    (group,) = find(viewer, story.title).groups
    assert group.hits[0].heading == story.title
    scenes = " ".join(row.data["text"] for row in story.version.scenes.all() if row.data.get("text"))
    only_there = sorted(
        {word for word in scenes.lower().split() if word.isalpha() and len(word) > 6}
        - set(f"{story.title} {story.setting}".lower().replace(".", " ").replace(",", " ").split())
    )
    assert only_there
    for word in only_there[:5]:
        assert all(
            group.kind != "scenario" for group in find(viewer, word).groups if not find(viewer, word).instead
        )


def test_a_story_is_for_those_who_are_signed_in_and_gone_when_taken_away(story, amina):
    assert find(Viewer(None, "en-gb"), story.title, only="scenario").total == 0
    Scenario.objects.filter(pk=story.pk).update(version=None)
    assert find(Viewer(amina, "en-gb"), story.title, only="scenario").total == 0
