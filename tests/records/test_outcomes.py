"""What an employer may see, as a table. Nothing below a whole course, and nothing beside the outcome."""

import pytest

from records import builders
from records.outcomes import is_outcome
from records.vocabulary import adl, badges, cmi5, waylight
from tests.factories.records import AT

COURSE = builders.activity("https://w.example/course/R1-E", name="Essential", type_=cmi5.ACTIVITY_COURSE)
LESSON = builders.activity("https://w.example/course/R1-E/1.3", name="1.3", type_=adl.ACTIVITY_LESSON)
CHECK = builders.activity("https://w.example/course/R1-E/check", name="Check", type_=adl.ACTIVITY_ASSESSMENT)
BLOCK = builders.activity("https://w.example/course/R1-E/part", name="Part", type_=cmi5.ACTIVITY_BLOCK)
BADGE = builders.activity("https://w.example/achievement/1", name="Essential", type_=badges.ACTIVITY_BADGE)
ACTOR = {"objectType": "Agent", "account": {"homePage": "https://w.example", "name": "opaque"}}


def said(verb, target=COURSE, **parts):
    return {**builders.statement(ACTOR, verb, target, at=AT, key="k"), **parts}


@pytest.mark.parametrize(
    "statement",
    [
        said(adl.REGISTERED),
        said(adl.COMPLETED),
        said(adl.PASSED, result={"success": True}),
        said(adl.FAILED, result={"success": False}),
        said(cmi5.SATISFIED),
        said(cmi5.WAIVED, result={"success": True, "extensions": {cmi5.EXTENSION_REASON: "Tested Out"}}),
        said(badges.EARNED, BADGE),
        said(
            adl.COMPLETED,
            context={"registration": "x", "contextActivities": {"category": [{"id": cmi5.CATEGORY_CMI5}]}},
        ),
        said(badges.EARNED, BADGE, context={"extensions": {waylight.EXTENSION_VALID_UNTIL: "2027-11-22"}}),
    ],
)
def test_an_outcome_of_a_whole_course_may_be_seen(statement):
    assert is_outcome(statement)


@pytest.mark.parametrize(
    "statement",
    [
        said(adl.COMPLETED, LESSON),
        said(adl.PASSED, CHECK),
        said(cmi5.SATISFIED, BLOCK),
        said(adl.ANSWERED, COURSE),
        said(adl.INITIALIZED),
        said(adl.TERMINATED),
        said(cmi5.ABANDONED),
        said(waylight.SKIPPED),
        said(adl.COMPLETED, BADGE),
        said(adl.PASSED, {"id": COURSE["id"]}),
        said(adl.PASSED, result={"success": True, "score": {"scaled": 0.8}}),
        said(adl.PASSED, result={"duration": "PT1H"}),
        said(adl.PASSED, result={"response": "a"}),
        said(adl.PASSED, result={"extensions": {cmi5.EXTENSION_PROGRESS: 50}}),
        said(adl.PASSED, result={"extensions": {cmi5.EXTENSION_REASON: "Tested Out"}}),
        said(cmi5.WAIVED, result={"extensions": {cmi5.EXTENSION_REASON: "was unwell"}}),
        said(adl.COMPLETED, context={"extensions": {"https://w.example/mode": "summary"}}),
        said(
            adl.COMPLETED,
            context={"contextActivities": {"other": [{"id": "https://w.example/critical-flag"}]}},
        ),
        said(
            adl.COMPLETED,
            context={"contextActivities": {"category": [{"id": "https://w.example/read-as-text"}]}},
        ),
        said(adl.COMPLETED, context={"contextActivities": {"parent": [LESSON]}}),
        said(adl.COMPLETED, context={"instructor": ACTOR}),
        said(adl.COMPLETED, attachments=[]),
        said(adl.COMPLETED, actor={**ACTOR, "name": "Amina Rahman"}),
        said(adl.COMPLETED, {"objectType": "StatementRef", "id": "x"}),
    ],
)
def test_everything_else_is_hidden_whatever_its_verb(statement):
    assert not is_outcome(statement)
