"""Awards under rules: what is asked for beside the course, by which version, until when, and by which way again."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.services import set_birth_month
from certification import terms
from certification.exceptions import CertificationError, FrozenRecord
from certification.models import Achievement, AchievementCredential, AchievementVersion, SupervisorSignOff
from certification.services import (
    award_missing,
    award_waiting,
    consider_award,
    publish_rules,
    sign_off,
    site_issuer,
    take_newer_rules,
    withdraw_sign_off,
)
from courses.models import Course, Registration
from tests.factories.certification import EARNED, make_lesson, make_satisfied
from tests.factories.courses import make_course, make_registration

pytestmark = pytest.mark.django_db
SEEN = {"code": "private-space", "title": "Offers a private space", "help": ""}


@pytest.fixture(autouse=True)
def _course(db):
    make_lesson()
    make_course()


def make_achievement(*, signed: bool = False, at=EARNED - timedelta(days=400), **fields) -> Achievement:
    from tests.factories.accounts import JurisdictionFactory, ProfessionalRoleFactory

    achievement = Achievement.objects.create(
        course=Course.objects.get(code="ESSENTIAL"),
        professional_role=ProfessionalRoleFactory(code="R1"),
        jurisdiction=JurisdictionFactory(code="UK"),
        issuer=site_issuer(),
        requirements=[{"type": "sign_off", "value": SEEN}] if signed else [],
        **fields,
    )
    publish_rules(achievement, by=None, at=at)
    return achievement


def change(achievement: Achievement, *, policy: str, at: datetime, **fields) -> AchievementVersion | None:
    for name, value in fields.items():
        setattr(achievement, name, value)
    achievement.save()
    return publish_rules(achievement, by=None, policy=policy, note="Shorter.", at=at)


def signed_by(ben, amina, northgate, at):
    return sign_off(amina, code=SEEN["code"], title=SEEN["title"], agency=northgate, by=ben, at=at)


def test_what_is_asked_beside_the_course_holds_the_award_back_until_it_is_there(amina, ben, northgate):
    achievement = make_achievement(signed=True)
    registration = make_satisfied(amina, northgate)
    assert consider_award(registration.uuid, at=EARNED) is None
    assert terms.way_for(amina, registration.uuid).is_open
    later = EARNED + timedelta(days=3)
    signed_by(ben, amina, northgate, later)
    assert award_waiting(amina, at=later) == 1
    credential = AchievementCredential.objects.get()
    assert credential.issued_on == later.date()
    assert credential.rules == achievement.versions.get()
    assert terms.ways_of(amina) == []


def test_signing_sets_the_award_off_by_itself(amina, ben, northgate, django_capture_on_commit_callbacks):
    make_achievement(signed=True)
    make_satisfied(amina, northgate)
    with django_capture_on_commit_callbacks(execute=True):
        signed_by(ben, amina, northgate, EARNED)
    assert AchievementCredential.objects.filter(user=amina).count() == 1


def test_the_nightly_run_passes_over_who_still_lacks_something(amina, ben, northgate):
    make_achievement(signed=True)
    make_satisfied(amina, northgate)
    make_satisfied(ben, northgate, role="R3")
    assert award_missing(at=EARNED, limit=1) == 1
    assert AchievementCredential.objects.get().user == ben
    assert award_missing(at=EARNED) == 0


def test_nobody_signs_for_herself_or_for_people_elsewhere(amina, ben, chidi, northgate, brannoc):
    for by, user, agency in [(ben, ben, northgate), (chidi, amina, northgate), (chidi, amina, brannoc)]:
        with pytest.raises(CertificationError):
            sign_off(user, code="x", title="X", agency=agency, by=by, at=EARNED)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisorSignOff.objects.create(user=ben, by=ben, agency=northgate, code="x", title="X", at=EARNED)


def test_a_signature_is_taken_back_once_and_never_changed(amina, ben, chidi, northgate):
    row = signed_by(ben, amina, northgate, EARNED)
    assert signed_by(ben, amina, northgate, EARNED + timedelta(days=1)) == row
    row.title = "Something else"
    with pytest.raises(FrozenRecord):
        row.save()
    with pytest.raises(FrozenRecord):
        row.delete()
    with pytest.raises(CertificationError):
        withdraw_sign_off(row, by=chidi, at=EARNED)
    withdraw_sign_off(row, by=ben, at=EARNED)
    with pytest.raises(CertificationError):
        withdraw_sign_off(row, by=ben, at=EARNED)
    assert signed_by(ben, amina, northgate, EARNED) != row


def test_rules_are_versioned_only_where_they_change(northgate):
    achievement = make_achievement()
    assert publish_rules(achievement, by=None, at=EARNED) is None
    assert change(achievement, policy="keep", at=EARNED, months=24).number == 2
    first = achievement.versions.first()
    assert first.rules().months == 12
    first.note = "Something else"
    with pytest.raises(FrozenRecord):
        first.save()


@pytest.mark.parametrize(("policy", "awarded"), [("keep", False), ("choose", False), ("move", True)])
def test_whoever_is_on_the_way_keeps_moves_or_chooses(
    amina, northgate, policy, awarded, django_capture_on_commit_callbacks
):
    achievement = make_achievement(signed=True)
    registration = make_satisfied(amina, northgate)
    after = EARNED + timedelta(days=1)
    with django_capture_on_commit_callbacks(execute=True):
        change(achievement, policy=policy, at=after, requirements=[])
    assert AchievementCredential.objects.filter(user=amina).exists() == awarded
    if policy != "choose":
        if not awarded:
            with pytest.raises(CertificationError):
                take_newer_rules(registration, at=after)
        return
    assert terms.way_for(amina, registration.uuid).newer.note == "Shorter."
    with django_capture_on_commit_callbacks(execute=True):
        take_newer_rules(registration, at=after)
    assert AchievementCredential.objects.get(user=amina).rules.number == 2


def test_a_certificate_ends_with_the_fiscal_year(amina, northgate):
    make_achievement(basis="cycle", cycle="fiscal", minimum_days=90)
    registration = make_satisfied(amina, northgate)
    assert consider_award(registration.uuid, at=EARNED).valid_until == date(2027, 6, 30)


def test_a_certificate_ends_with_the_month_of_birth(amina, northgate):
    make_achievement(basis="cycle", cycle="birth")
    set_birth_month(amina, month=2)
    registration = make_satisfied(amina, northgate)
    assert consider_award(registration.uuid, at=EARNED).valid_until == date(2027, 2, 28)
    with pytest.raises(ValueError, match="1 to 12"):
        set_birth_month(amina, month=13)


def short_course() -> Course:
    from tests.factories.courses import RULES, UNITS, CourseRow, publish_course

    return publish_course(
        CourseRow("RENEWAL", "renewal", "Essential, renewed", "essential", "2026.1", "", UNITS[:1], RULES),
        at=EARNED - timedelta(days=500),
    ).course


def renewed(amina, northgate, course, *, at) -> Registration:
    registration = make_registration(amina, northgate, at=at)
    registration.course_version = course.versions.first()
    registration.satisfied_at = at
    registration.save()
    return registration


@pytest.mark.parametrize(
    ("days", "until"),
    [
        (330, date(2028, 11, 14)),  # in the window: counted from the old end
        (365 + 20, date(2028, 11, 14)),  # in the days of grace
        (365 + 40, None),  # too late for the shorter way
    ],
)
def test_the_shorter_course_renews_in_time_and_not_afterwards(amina, northgate, days, until):
    course = short_course()
    make_achievement(basis="expiry", grace_days=30, renewal_course=course)
    first = consider_award(make_satisfied(amina, northgate).uuid, at=EARNED)
    assert first.valid_until == date(2027, 11, 14)
    at = EARNED + timedelta(days=days)
    second = consider_award(renewed(amina, northgate, course, at=at).uuid, at=at)
    if until is None:
        assert second is None
    else:
        assert (second.kind, second.valid_until, second.achievement) == ("renewal", until, first.achievement)


def test_the_shorter_course_earns_nothing_by_itself(amina, northgate):
    course = short_course()
    make_achievement(renewal_course=course)
    assert consider_award(renewed(amina, northgate, course, at=EARNED).uuid, at=EARNED) is None


def test_the_learner_sees_what_is_asked_and_may_choose(signed_in, amina, ben, northgate):
    achievement = make_achievement(signed=True, basis="cycle", cycle="birth")
    registration = make_registration(amina, northgate, at=EARNED)
    client = signed_in(amina)
    url = reverse("certification:way", args=[registration.uuid])
    assert url in client.get(reverse("compliance:my_training")).content.decode()
    text = client.get(url).content.decode()
    assert SEEN["title"] in text
    assert "Still open" in text
    assert client.post(url, {"month": "13"}).status_code == 422
    client.post(url, {"month": "7"})
    amina.refresh_from_db()
    assert amina.birth_month == 7
    client.post(url, {"newer": "1"})
    change(achievement, policy="choose", at=EARNED + timedelta(days=1), requirements=[])
    assert "Take the newer rules" in client.get(url).content.decode()
    client.post(url, {"newer": "1"})
    assert "Nothing more" in client.get(url).content.decode()
    assert signed_in(ben).get(url).status_code == 404


def test_a_lead_signs_and_takes_back_and_an_outsider_finds_nothing(signed_in, amina, ben, chidi, northgate):
    make_achievement(signed=True)
    make_registration(amina, northgate, at=EARNED)
    page = reverse("certification:sign_offs", args=[northgate.slug])
    post = reverse("certification:sign", args=[northgate.slug])
    client = signed_in(ben)
    assert page in client.get(reverse("compliance:agency", args=[northgate.slug])).content.decode()
    assert SEEN["title"] in client.get(page).content.decode()
    body = {"person": amina.uuid, "code": SEEN["code"]}
    client.post(post, body)
    assert SupervisorSignOff.objects.in_force().get().by == ben
    client.post(post, body | {"withdraw": "1"})
    assert not SupervisorSignOff.objects.in_force().exists()
    for wrong in ({"code": "x"}, body | {"code": "other"}, body | {"withdraw": "1"}):
        assert client.post(post, wrong).status_code == 404
    for outsider in (chidi, amina):
        assert signed_in(outsider).get(page).status_code == 404
        assert signed_in(outsider).post(post, body).status_code == 404


def test_the_list_of_what_to_sign_costs_the_same_for_one_or_many(northgate, amina, count_queries):
    from tests.factories.accounts import UserFactory
    from tests.factories.agencies import MembershipFactory

    make_achievement(signed=True)
    make_registration(amina, northgate, at=EARNED)
    one = count_queries(lambda: terms.tasks_within(northgate, on=EARNED.date()))
    for _ in range(5):
        other = UserFactory()
        MembershipFactory(user=other, agency=northgate)
        make_registration(other, northgate, at=EARNED)
    assert count_queries(lambda: terms.tasks_within(northgate, on=EARNED.date())) == one
    assert len(terms.tasks_within(northgate, on=EARNED.date())) == 6


def test_rules_are_put_in_force_in_the_admin_and_contradictions_are_refused(signed_in, ben, northgate):
    achievement = make_achievement()
    ben.is_staff = ben.is_superuser = True
    ben.save()
    client = signed_in(ben)
    url = reverse("wagtailsnippets_certification_achievement:edit", args=[achievement.pk])
    body = {
        "course": achievement.course_id,
        "professional_role": achievement.professional_role_id,
        "jurisdiction": achievement.jurisdiction_id,
        "issuer": achievement.issuer_id,
        "criteria": "",
        "requirements-count": "2",
        "requirements-0-deleted": "",
        "requirements-0-order": "0",
        "requirements-0-type": "sign_off",
        "requirements-0-id": "",
        "requirements-0-value-code": "private-space",
        "requirements-0-value-title": "Offers a private space",
        "requirements-0-value-help": "",
        "requirements-1-deleted": "",
        "requirements-1-order": "1",
        "requirements-1-type": "hours",
        "requirements-1-id": "",
        "requirements-1-value-hours": "4.5",
        "months": "24",
        "basis": "completion",
        "cycle": "",
        "window_days": "60",
        "grace_days": "0",
        "minimum_days": "0",
        "renewal_course": "",
        "policy": "move",
        "note": "Longer.",
    }
    assert client.get(url).status_code == 200
    assert client.post(url, body | {"cycle": "fiscal"}).status_code == 200
    assert achievement.versions.count() == 1
    client.post(url, body)
    latest = achievement.versions.last()
    assert (latest.number, latest.policy, latest.made_by, latest.validity["months"]) == (2, "move", ben, 24)
    assert latest.requirements == [
        {"kind": "sign_off", "code": "private-space", "title": "Offers a private space"},
        {"kind": "hours", "hours": 4.5},
    ]
