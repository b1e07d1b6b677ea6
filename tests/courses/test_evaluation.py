"""Questionnaires: offered and not asked for, kept without a name, and shown only where nobody is found."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import delete_account, put_in_group
from config.groups import TRAINERS, ensure_groups
from courses import evaluation
from courses.evaluation import (
    ATTITUDES,
    LearnerStanding,
    attitude_score,
    open_point,
    wave_end,
    wave_start,
    week_of,
)
from courses.evaluation_selectors import audit_is_due, evaluation_report, open_questionnaires
from courses.exceptions import CourseError
from courses.models import (
    AttitudeAnswer,
    CheckAttempt,
    EvaluationWave,
    ParallelForm,
    PracticeAudit,
    ReactionAnswer,
    Registration,
    UnitProgress,
)
from courses.services import open_lesson
from courses.services.evaluation import (
    answer_attitudes,
    answer_reaction,
    destroy_old_keys,
    keep_audit,
    pseudonyms,
)
from tests.factories.accounts import UserFactory
from tests.factories.agencies import AgencyFactory
from tests.factories.courses import make_course, make_registration

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ON = AT.date()
ALL_FIVE = {one.code: 5 for one in ATTITUDES}
BEST = {one.code: 5 if one.direction > 0 else 1 for one in ATTITUDES}
MIDDLE = {one.code: 3 for one in ATTITUDES}


# Rules


def test_the_statements_lean_both_ways_and_never_count_disclosure():
    assert len(ATTITUDES) == 8
    assert sum(one.direction for one in ATTITUDES) == 0


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        (BEST, 5),
        (MIDDLE, 3),
        # Agreeing with everything is no attitude.
        (ALL_FIVE, 3),
        ({}, None),
        (dict(list(BEST.items())[:5]), None),
        (dict(list(BEST.items())[:6]), 5),
    ],
)
def test_a_score_is_turned_towards_what_is_taught(answers, score):
    assert attitude_score(answers) == score


@pytest.mark.parametrize(
    ("day", "week", "start", "end"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), date(2026, 7, 1), date(2028, 10, 1)),
        (date(2026, 11, 29), date(2026, 11, 23), date(2026, 7, 1), date(2028, 10, 1)),
        (date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 1), date(2029, 4, 1)),
        (date(2027, 6, 30), date(2027, 6, 28), date(2027, 1, 1), date(2029, 4, 1)),
    ],
)
def test_weeks_and_half_years(day, week, start, end):
    assert (week_of(day), wave_start(day), wave_end(wave_start(day))) == (week, start, end)


def ago(days):
    return AT - timedelta(days=days)


@pytest.mark.parametrize(
    ("standing", "point"),
    [
        (LearnerStanding(False, False, (), ()), None),
        (LearnerStanding(True, False, (), ()), "before"),
        (LearnerStanding(True, True, (), ()), None),
        # Whoever finished without having been asked before is not asked: only pairs say anything.
        (LearnerStanding(True, True, (), (ago(1),)), None),
        (LearnerStanding(True, True, ("before",), ()), None),
        (LearnerStanding(True, True, ("before",), (ago(1),)), "end"),
        (LearnerStanding(True, True, ("before",), (ago(179),)), "end"),
        (LearnerStanding(True, True, ("before", "end"), (ago(179),)), None),
        (LearnerStanding(True, True, ("before", "end"), (ago(180),)), "later"),
        (LearnerStanding(True, True, ("before",), (ago(180),)), "later"),
        (LearnerStanding(True, True, ("before", "end"), (ago(269),)), "later"),
        (LearnerStanding(True, True, ("before", "end"), (ago(270),)), None),
        (LearnerStanding(True, True, ("before", "end", "later"), (ago(200),)), None),
        (LearnerStanding(True, True, ("before", "end"), (ago(5), ago(200))), "later"),
    ],
)
def test_which_statements_are_open_when(standing, point):
    assert open_point(standing, at=AT) == point


# Keeping


@pytest.fixture
def learning(amina, northgate) -> Registration:
    return make_registration(amina, northgate, at=AT)


def finish(registration: Registration, *, at=AT) -> None:
    registration.satisfied_at = at
    registration.save(update_fields=["satisfied_at"])


def offered(user: User, *, at=AT) -> list[str]:
    return [one.point or one.course.code for one in open_questionnaires(user, at=at)]


def test_somebody_is_offered_the_statements_until_she_begins(amina, learning):
    assert offered(amina) == ["before"]
    open_lesson(learning, code="1.3", at=AT)
    assert offered(amina) == ["before"]
    UnitProgress.objects.update(completed_at=AT)
    assert offered(amina) == []


def test_before_and_after_are_paired_across_half_years_and_offered_once(amina, learning, northgate):
    answer_attitudes(amina, point="before", answers=MIDDLE, agency=northgate, on=ON)
    assert offered(amina) == []
    later = AT + timedelta(days=60)
    finish(learning, at=later)
    assert offered(amina, at=later) == ["end", "ESSENTIAL"]
    answer_attitudes(amina, point="end", answers=BEST, agency=northgate, on=later.date())
    answer_attitudes(amina, point="end", answers=MIDDLE, agency=northgate, on=later.date())
    before, end = AttitudeAnswer.objects.order_by("point")
    assert before.pseudonym == end.pseudonym
    assert before.wave == end.wave
    assert end.answers == BEST
    assert offered(amina, at=later) == ["ESSENTIAL"]


def test_who_would_rather_not_is_not_asked_again(amina, learning, northgate):
    answer_attitudes(amina, point="before", answers={}, agency=northgate, on=ON)
    assert offered(amina) == []
    finish(learning)
    assert offered(amina) == ["ESSENTIAL"]
    course = learning.course_version.course
    answer_reaction(amina, course=course, answers={}, workload="", change="", agency=northgate, on=ON)
    assert offered(amina) == []
    assert ReactionAnswer.objects.get().declined


def test_a_course_is_asked_about_for_sixty_days(amina, learning):
    finish(learning, at=AT)
    assert "ESSENTIAL" in offered(amina, at=AT + timedelta(days=59))
    assert "ESSENTIAL" not in offered(amina, at=AT + timedelta(days=60))


def test_no_row_leads_to_a_person_or_an_hour(amina, learning, northgate):
    answer_attitudes(amina, point="before", answers=BEST, agency=northgate, on=ON)
    course = learning.course_version.course
    answer_reaction(
        amina, course=course, answers={"safe": 4}, workload="right", change="", agency=northgate, on=ON
    )
    for model in (AttitudeAnswer, ReactionAnswer):
        row = model.objects.get()
        related = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
        assert User not in related
        assert Registration not in related
        assert row.week == date(2026, 11, 23)
        values = " ".join(str(getattr(row, field.attname)) for field in model._meta.concrete_fields)
        for trace in (str(amina.uuid), amina.uuid.hex, amina.email, amina.actor_name, str(learning.uuid)):
            assert trace not in values
        assert "09:00" not in values
    # Two questionnaires of one person cannot be put together.
    assert AttitudeAnswer.objects.get().pseudonym != ReactionAnswer.objects.get().pseudonym


def test_without_the_sites_own_secret_the_key_makes_nothing(amina, learning, northgate, settings):
    answer_attitudes(amina, point="before", answers=BEST, agency=northgate, on=ON)
    settings.SECRET_KEY = "another"
    assert AttitudeAnswer.objects.get().pseudonym not in pseudonyms(amina.uuid, "attitudes")


def test_a_unit_is_never_kept_only_the_whole_agency(amina, learning, northgate):
    unit = AgencyFactory(parent=northgate)
    answer_attitudes(amina, point="before", answers=BEST, agency=unit, on=ON)
    assert AttitudeAnswer.objects.get().agency == northgate


def test_after_its_time_a_key_is_destroyed_and_nobody_is_paired_any_more(amina, learning, northgate):
    answer_attitudes(amina, point="before", answers=BEST, agency=northgate, on=ON)
    assert destroy_old_keys(on=date(2028, 9, 30)) == 0
    assert destroy_old_keys(on=date(2028, 10, 1)) == 1
    assert destroy_old_keys(on=date(2028, 10, 2)) == 0
    assert pseudonyms(amina.uuid, "attitudes") == {}
    assert AttitudeAnswer.objects.count() == 1
    with pytest.raises(CourseError, match="destroyed"):
        answer_attitudes(amina, point="before", answers=BEST, agency=northgate, on=ON)


def test_the_nightly_command_destroys_old_keys(db, capsys):
    EvaluationWave.objects.create(starts_on=date(2020, 1, 1))
    call_command("destroy_evaluation_keys")
    assert "1 keys destroyed" in capsys.readouterr().out


def test_deleting_an_account_takes_its_answers_with_it(amina, ben, learning, northgate):
    course = learning.course_version.course
    for person in (amina, ben):
        answer_attitudes(person, point="before", answers=BEST, agency=northgate, on=ON)
        answer_reaction(
            person, course=course, answers={"safe": 4}, workload="", change="", agency=northgate, on=ON
        )
    delete_account(amina, at=AT)
    assert (AttitudeAnswer.objects.count(), ReactionAnswer.objects.count()) == (1, 1)
    assert AttitudeAnswer.objects.get().pseudonym in pseudonyms(ben.uuid, "attitudes")


def test_my_training_offers_the_same_however_many_courses_were_finished(amina, northgate, count_queries):
    finish(make_registration(amina, northgate, at=AT))
    EvaluationWave.objects.create(starts_on=wave_start(ON))
    one = count_queries(lambda: open_questionnaires(amina, at=AT))
    for day in range(5):
        finish(make_registration(amina, northgate, at=AT + timedelta(days=day)))
    assert count_queries(lambda: open_questionnaires(amina, at=AT)) == one <= 6


# Showing


def react(count, *, course, agency=None, week=0, **values):
    wave, _made = EvaluationWave.objects.get_or_create(starts_on=wave_start(ON))
    values = {"answers": {"relevant": 4, "safe": 5}, "workload": "right", **values}
    for _person in range(count):
        number = ReactionAnswer.objects.count()
        ReactionAnswer.objects.create(
            wave=wave,
            pseudonym=f"{number}",
            week=date(2026, 9, 7) + timedelta(weeks=week),
            course=course,
            agency=agency,
            **values,
        )


def test_nine_answers_say_nothing_and_ten_say_their_mean(db):
    course = make_course().course
    react(9, course=course)
    assert evaluation_report(on=ON).reaction_total.n is None
    react(1, course=course, answers={"relevant": 1, "safe": 5})
    report = evaluation_report(on=ON)
    assert report.reaction_total.n == 10
    relevant, safe = report.reaction_total.items
    assert (relevant.mean, safe.mean) == (pytest.approx(3.7), 5)
    # All ten said the same, and none the other two: that would be told by a zero.
    assert report.reaction_total.workload == (None, None, None)


def test_answers_of_this_week_wait(db):
    react(30, course=make_course().course, week=11)
    assert evaluation_report(on=date(2026, 11, 23)).reaction_total.n is None
    assert evaluation_report(on=date(2026, 11, 30)).reaction_total.n == 30


def test_a_small_agency_is_not_found_by_taking_the_others_from_the_whole(db):
    course = make_course().course
    big, middle, small = (AgencyFactory(name=name) for name in ("Big", "Middle", "Small"))
    react(40, course=course, agency=big)
    react(15, course=course, agency=middle)
    react(4, course=course, agency=small)
    report = evaluation_report(on=ON)
    assert report.reaction_total.n == 59
    assert {row.label: row.n for row in report.agencies} == {"Big": 40, "Middle": None, "Small": None}
    assert next(row for row in report.agencies if row.label == "Middle").items == ()


def test_what_should_change_is_shown_once_ten_have_said_something(db):
    course = make_course().course
    react(9, course=course, change="Shorter.")
    react(20, course=course)
    (row,) = evaluation_report(on=ON).reactions
    assert row.changes == ()
    react(1, course=course, change="Longer.")
    (row,) = evaluation_report(on=ON).reactions
    assert row.changes[0] == "Longer."


def test_who_declined_is_counted_nowhere(db):
    react(30, course=make_course().course, declined=True)
    assert evaluation_report(on=ON).reaction_total.n is None


def attitudes_of(count, *, before=MIDDLE, end=BEST):
    wave, _made = EvaluationWave.objects.get_or_create(starts_on=wave_start(ON))
    start = AttitudeAnswer.objects.count()
    for number in range(count):
        for point, answers in (("before", before), ("end", end)):
            if answers is not None:
                AttitudeAnswer.objects.create(
                    wave=wave,
                    pseudonym=f"{start}-{number}",
                    week=date(2026, 9, 7),
                    point=point,
                    answers=answers,
                )


def test_attitudes_are_compared_for_the_same_people_only(db):
    attitudes_of(12)
    attitudes_of(20, before=BEST, end=None)
    end, later = evaluation_report(on=ON).attitudes
    assert (end.gain.before, end.gain.after, end.gain.gain.n) == (3, 5, 12)
    assert end.gain.normalised == 1
    assert (end.follow_up.again, end.follow_up.lost) == (12, 20)
    assert later.gain is None
    items = evaluation_report(on=ON).attitude_items
    assert {(one.before, one.after, one.direction) for one in items} == {(3, 5, 1), (3, 1, -1)}


def asked_around(count, *, before="0.500", after="0.750", satisfied=200):
    version = make_course()
    form = ParallelForm.objects.create(course_version=version, letter="A", drawn_at=AT)
    unit = version.units.get(code="check")
    agency = AgencyFactory()
    for _person in range(count):
        registration = make_registration(UserFactory(), agency, at=AT - timedelta(days=400))
        finish(registration, at=AT - timedelta(days=satisfied))
        for purpose, score, days in (("pre", before, 300), ("post", after, satisfied - 1)):
            if score is not None:
                CheckAttempt.objects.create(
                    registration=registration,
                    unit=unit,
                    number=1,
                    purpose=purpose,
                    form=form,
                    seed=1,
                    started_at=AT,
                    submitted_at=AT - timedelta(days=days),
                    score=score,
                )


def test_learning_is_told_with_its_interval_and_who_was_lost(db):
    asked_around(12)
    ParallelForm.objects.all().update(letter="B")
    asked_around(11, after=None)
    rows = {row.point: row for row in evaluation_report(on=ON).learning}
    post = rows["post"]
    assert (post.gain.before, post.gain.after, post.gain.normalised) == (0.5, 0.75, 0.5)
    assert (post.follow_up.asked, post.follow_up.again, post.follow_up.lost) == (23, 12, 11)
    # The time for the last questions is not over.
    assert "follow-up" not in rows


def look(agency, *, records=20, private=10, on=ON):
    return keep_audit(
        agency,
        numbers={
            "records": records,
            "private_offered": private,
            "interpreter_needed": 4,
            "interpreter_used": 3,
            "consent_recorded": 20,
        },
        on=on,
    )


def test_behaviour_is_shown_for_three_agencies_together_and_never_for_one(db):
    first, second, third = (AgencyFactory() for _number in range(3))
    look(first)
    look(second, private=20)
    assert {row.percent for row in evaluation_report(on=ON).audit} == {None}
    look(third, private=1, on=ON - timedelta(days=90))
    look(third, private=18)
    report = evaluation_report(on=ON)
    assert [row.percent for row in report.audit] == [80, 75, 100]
    assert report.audit_agencies == 3


def test_a_second_look_on_one_day_takes_the_place_of_the_first(northgate):
    look(northgate)
    look(northgate, private=5)
    assert PracticeAudit.objects.get().private_offered == 5


@pytest.mark.parametrize(
    ("finished_before", "looked_before", "due"),
    [(89, None, False), (90, None, True), (200, 89, False), (200, 90, True)],
)
def test_a_look_is_due_after_three_months(amina, northgate, brannoc, finished_before, looked_before, due):
    finish(make_registration(amina, northgate, at=AT), at=AT - timedelta(days=finished_before))
    if looked_before is not None:
        look(northgate, on=ON - timedelta(days=looked_before))
    assert audit_is_due(northgate, on=ON) is due
    assert not audit_is_due(brannoc, on=ON)


def test_the_report_costs_the_same_for_ten_or_a_hundred(db, count_queries):
    asked_around(10)
    course = ParallelForm.objects.get().course_version.course
    react(10, course=course, agency=AgencyFactory())
    attitudes_of(10)
    look(AgencyFactory())
    few = count_queries(lambda: evaluation_report(on=ON))
    for _more in range(3):
        react(10, course=course, agency=AgencyFactory())
        attitudes_of(10)
        look(AgencyFactory())
    assert count_queries(lambda: evaluation_report(on=ON)) == few


# Pages


@pytest.fixture
def now_learning(amina, northgate) -> Registration:
    return make_registration(amina, northgate, at=timezone.now())


def test_the_statements_are_answered_or_left(signed_in, amina, now_learning):
    browser = signed_in(amina)
    assert "/learn/statements/before/" in browser.get("/training/").content.decode()
    page = browser.get("/learn/statements/before/").content.decode()
    for one in ATTITUDES:
        assert str(one.text) in page
    browser.post("/learn/statements/before/", {"no": "5", "doubt": "2"})
    assert AttitudeAnswer.objects.get().answers == {"no": 5, "doubt": 2}
    assert "/learn/statements/before/" not in browser.get("/training/").content.decode()
    # Only once, and only when it is open.
    for point in ("before", "end", "later"):
        assert browser.get(f"/learn/statements/{point}/").url == "/training/"
    assert browser.get("/learn/statements/never/").status_code == 404


def test_what_is_not_on_offer_is_refused(signed_in, amina, now_learning):
    assert signed_in(amina).post("/learn/statements/before/", {"no": "6"}).status_code == 422
    assert not AttitudeAnswer.objects.exists()


def test_declining_is_one_press(signed_in, amina, now_learning):
    signed_in(amina).post("/learn/statements/before/", {"no": "5", "decline": "1"})
    assert AttitudeAnswer.objects.get().declined
    assert AttitudeAnswer.objects.get().answers == {}


def test_a_course_is_judged_after_it_was_finished(signed_in, amina, now_learning):
    browser = signed_in(amina)
    assert browser.get("/learn/opinion/ESSENTIAL/").url == "/training/"
    finish(now_learning, at=timezone.now())
    refused = browser.post("/learn/opinion/ESSENTIAL/", {"change": "Ask anna@hospital.example"})
    assert refused.status_code == 422
    assert not ReactionAnswer.objects.exists()
    browser.post("/learn/opinion/ESSENTIAL/", {"relevant": "4", "workload": "much", "change": "Shorter."})
    row = ReactionAnswer.objects.get()
    assert (row.answers, row.workload, row.change, row.declined) == (
        {"relevant": 4},
        "much",
        "Shorter.",
        False,
    )
    assert browser.get("/learn/opinion/ESSENTIAL/").url == "/training/"


def test_nobody_elses_course_is_open_to_her(signed_in, ben, now_learning):
    finish(now_learning, at=timezone.now())
    assert signed_in(ben).get("/learn/opinion/ESSENTIAL/").url == "/training/"


def test_a_lead_counts_in_her_own_records_and_nobody_elses(signed_in, amina, ben, chidi, northgate):
    url = f"/learn/agencies/{northgate.slug}/records/"
    for outsider in (amina, chidi):
        assert signed_in(outsider).get(url).status_code == 404
        assert signed_in(outsider).post(url, {"records": 10}).status_code == 404
    lead = signed_in(ben)
    good = {
        "records": 12,
        "private_offered": 9,
        "interpreter_needed": 3,
        "interpreter_used": 2,
        "consent_recorded": 12,
    }
    for wrong in ({"private_offered": 13}, {"interpreter_used": 4}, {"records": 0}, {"consent_recorded": ""}):
        assert lead.post(url, {**good, **wrong}).status_code == 422
    assert not PracticeAudit.objects.exists()
    lead.post(url, good)
    assert "9 of 12" in lead.get(url).content.decode()
    make_course()
    assert url in lead.get(reverse("compliance:agency", args=[northgate.slug])).content.decode()


@pytest.fixture
def trainer(db):
    ensure_groups()
    person = UserFactory()
    put_in_group(person, group=TRAINERS)
    return person


def test_trainers_read_the_numbers_and_leads_do_not(signed_in, trainer, ben, northgate):
    react(30, course=make_course().course, agency=northgate, week=-30)
    attitudes_of(12)
    page = signed_in(trainer).get("/admin/reports/evaluation/")
    assert "Northgate Police" in page.content.decode()
    assert signed_in(ben).get("/admin/reports/evaluation/").status_code != 200
    assert signed_in(ben).get("/admin/reports/evaluation/csv/").status_code != 200


def test_the_file_hides_what_the_page_hides(signed_in, trainer):
    course = make_course().course
    react(30, course=course, agency=AgencyFactory(name="=Big()"), week=-30)
    react(3, course=course, agency=AgencyFactory(name="Small"), week=-30)
    attitudes_of(11)
    response = signed_in(trainer).get("/admin/reports/evaluation/csv/")
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1
    assert not [row for row in rows if row[3].isdigit() and int(row[3]) < 10]
    small = [row for row in rows if row[1] == "Small"]
    assert [cell for row in small for cell in row[3:] if cell] == []
    assert not [row for row in rows if row[1].startswith("=")]


def test_the_keys_of_waves_are_nowhere_in_the_admin(signed_in, trainer):
    from wagtail.snippets.models import get_snippet_models

    assert not {EvaluationWave, AttitudeAnswer, ReactionAnswer} & set(get_snippet_models())


def test_tables_hold_no_order_of_arrival(db):
    with connection.cursor() as cursor:
        for table in (AttitudeAnswer._meta.db_table, ReactionAnswer._meta.db_table):
            names = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            assert not {name for name in names if name.endswith("_at")}
    assert evaluation.week_of(ON).weekday() == 0
