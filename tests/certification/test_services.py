import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.services import confirm_name
from certification.exceptions import AlreadyRevoked, CertificationError, FrozenRecord
from certification.models import AchievementCredential, CredentialEvent
from certification.rules import CredentialState
from certification.selectors import credential_state, credentials_of, find_credential, history_of, public_view
from certification.services import (
    award_missing,
    awards,
    confirm_holder_name,
    consider_award,
    correct_credential,
    revoke_credential,
    set_shares,
)
from certification.signals import credential_changed
from courses.models import LessonPage
from courses.selectors import content_state, lessons_read_once
from courses.signals import registration_satisfied
from records.models import Statement
from records.outcomes import is_outcome
from records.vocabulary import badges
from tests.factories.certification import EARNED, make_credential, make_lesson, make_satisfied
from tests.factories.courses import make_registration

pytestmark = pytest.mark.django_db
LATER = EARNED + timedelta(days=3)


def earned_statements() -> list[dict]:
    said = [json.loads(row.payload) for row in Statement.objects.all()]
    return [statement for statement in said if statement["verb"]["id"] == badges.EARNED["id"]]


def test_a_satisfied_registration_earns_what_the_certificate_will_always_say(amina, northgate):
    make_lesson()
    credential = make_credential(amina, northgate)
    assert credential.holder_name == "Amina Rahman"
    assert credential.role_code == "R1"
    assert credential.course_title == "Essential"
    assert credential.course_version == "2026.1"
    assert credential.content_versions == {"1.3": "2026.1"}
    assert credential.credit_hours == Decimal("2.25")
    assert credential.accrediting_body == ""
    assert credential.review_state == ["survivor"]
    assert credential.agency_name == "Northgate Police"
    assert (credential.issued_on, credential.valid_until) == (date(2026, 11, 14), date(2027, 11, 14))
    assert set(credential.words["languages"]) == {"en-gb", "es"}
    assert credential.words["verify_url"].endswith(f"/verify/{credential.number}/")


def test_an_unsatisfied_registration_earns_nothing(amina, northgate):
    registration = make_registration(amina, northgate)
    assert consider_award(registration.uuid, at=LATER) is None
    assert not AchievementCredential.objects.exists()


def test_asking_again_gives_the_first_award(amina, northgate):
    first = make_credential(amina, northgate)
    assert consider_award(first.registration_uuid, at=LATER) == first
    assert AchievementCredential.objects.count() == 1
    assert len(earned_statements()) == 1


def test_the_database_itself_refuses_a_second_award(amina, northgate):
    first = make_credential(amina, northgate)
    again = AchievementCredential.objects.get(pk=first.pk)
    again.pk = None
    again._state.adding = True
    again.uuid, again.number = "7d2f3a52-6c0a-4b58-9f9b-1d5f4c1c2a33", "WL-0000-0000-0000-0000"
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_news_of_a_satisfied_registration_leads_to_the_award(amina, northgate):
    registration = make_satisfied(amina, northgate)
    registration_satisfied.send(sender=None, registration_uuid=registration.uuid, user_id=amina.pk, at=EARNED)
    assert credentials_of(amina)[0].registration_uuid == registration.uuid


def test_an_award_that_was_lost_on_the_way_is_made_later_with_its_own_date(amina, northgate):
    make_satisfied(amina, northgate)
    assert award_missing(at=LATER) == 1
    assert award_missing(at=LATER) == 0
    assert credentials_of(amina)[0].issued_at == EARNED


def test_the_statement_says_earned_and_neither_number_nor_name(amina, northgate):
    credential = make_credential(amina, northgate)
    [statement] = earned_statements()
    assert statement["context"]["registration"] == str(credential.registration_uuid)
    assert credential.number not in str(statement)
    assert "Amina" not in str(statement)


def test_whoever_listens_is_told_after_commit(amina, northgate, django_capture_on_commit_callbacks):
    told = []

    def listen(sender, **news):
        told.append(news)

    registration = make_satisfied(amina, northgate)
    credential_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            credential = consider_award(registration.uuid, at=EARNED)
            assert told == []
    finally:
        credential_changed.disconnect(listen)
    assert [(news["user_id"], news["achievement_id"]) for news in told] == [
        (amina.pk, credential.achievement_id)
    ]


def test_an_award_late_in_the_evening_has_the_date_of_the_site(amina, northgate):
    credential = make_credential(amina, northgate, at=datetime(2026, 7, 31, 23, 30, tzinfo=UTC))
    assert credential.issued_on == date(2026, 8, 1)


def test_a_leap_day_award_ends_on_the_last_of_february(amina, northgate):
    credential = make_credential(amina, northgate, at=datetime(2028, 2, 29, 12, tzinfo=UTC))
    assert credential.valid_until == date(2029, 2, 28)


def test_a_renewal_is_a_new_certificate_and_the_older_one_says_replaced(amina, northgate):
    old = make_credential(amina, northgate)
    new = make_credential(amina, northgate, at=EARNED + timedelta(days=400))
    assert new.kind == AchievementCredential.Kind.RENEWAL
    assert new.number != old.number
    on = new.issued_on
    assert credential_state(old, on) == CredentialState.SUPERSEDED
    assert credential_state(new, on) == CredentialState.VALID
    assert credential_state(old, EARNED.date()) == CredentialState.VALID


def test_news_that_comes_late_does_not_replace_a_newer_certificate(amina, northgate):
    early = make_satisfied(amina, northgate)
    new = make_credential(amina, northgate, at=EARNED + timedelta(days=30))
    old = consider_award(early.uuid, at=EARNED + timedelta(days=60))
    on = date(2027, 2, 1)
    assert credential_state(new, on) == CredentialState.VALID
    assert credential_state(old, on) == CredentialState.SUPERSEDED


def test_another_law_is_another_achievement(amina, northgate):
    uk = make_credential(amina, northgate)
    us = make_credential(amina, northgate, jurisdiction="US", at=LATER)
    assert uk.achievement != us.achievement
    assert credential_state(uk, LATER.date()) == CredentialState.VALID


def test_what_was_issued_never_changes(amina, northgate):
    credential = make_credential(amina, northgate)
    event = credential.events.get()
    credential.holder_name = "Someone Else"
    for attempt in (
        credential.save,
        lambda: credential.save(update_fields=["holder_name", "shares"]),
        credential.delete,
        lambda: AchievementCredential.objects.update(holder_name="Someone Else"),
        lambda: AchievementCredential.objects.all().delete(),
        event.save,
        event.delete,
        lambda: CredentialEvent.objects.update(reason="no"),
        lambda: CredentialEvent.objects.all().delete(),
    ):
        with pytest.raises(FrozenRecord):
            attempt()
    amina.name = "Amina Changed"
    amina.save()
    assert AchievementCredential.objects.get().holder_name == "Amina Rahman"


def test_confirming_the_same_name_changes_nothing_on_the_certificate(amina, northgate):
    credential = make_credential(amina, northgate)
    assert confirm_holder_name(credential, name=" Amina  Rahman ", at=LATER) == credential
    amina.refresh_from_db()
    assert amina.name_confirmed_at == LATER


def test_a_corrected_name_is_issued_again_with_the_same_dates(amina, northgate):
    wrong = make_credential(amina, northgate)
    right = confirm_holder_name(wrong, name="Amina Begum Rahman", at=LATER)
    assert right.holder_name == "Amina Begum Rahman"
    assert right.number != wrong.number
    assert (right.issued_at, right.valid_until) == (wrong.issued_at, wrong.valid_until)
    assert right.words["verify_url"].endswith(f"{right.number}/")
    assert credential_state(wrong, LATER.date()) == CredentialState.SUPERSEDED
    assert credential_state(right, LATER.date()) == CredentialState.VALID
    assert consider_award(wrong.registration_uuid, at=LATER) == wrong
    with pytest.raises(CertificationError):
        correct_credential(wrong, holder_name="X", by=amina, reason="again", at=LATER)


def test_a_withdrawn_certificate_fails_verification_and_stays(amina, ben, northgate):
    credential = make_credential(amina, northgate)
    with pytest.raises(CertificationError):
        revoke_credential(credential, by=ben, reason="  ", at=LATER)
    revoke_credential(credential, by=ben, reason="Issued in error.", at=LATER)
    with pytest.raises(AlreadyRevoked):
        revoke_credential(credential, by=ben, reason="Twice.", at=LATER)
    with pytest.raises(AlreadyRevoked):
        confirm_holder_name(credential, name="Amina R", at=LATER)
    assert credential_state(credential, LATER.date()) == CredentialState.REVOKED
    event = history_of(credential)[-1]
    assert (event.by, event.reason, event.at) == (ben, "Issued in error.", LATER)


def test_withdrawing_a_renewal_brings_the_earlier_certificate_back_into_force(amina, ben, northgate):
    old = make_credential(amina, northgate)
    new = make_credential(amina, northgate, at=EARNED + timedelta(days=300))
    on = new.issued_on + timedelta(days=1)
    at = new.issued_at + timedelta(days=1)
    revoke_credential(new, by=ben, reason="Somebody else sat the check.", at=at)
    assert credential_state(old, on) == CredentialState.VALID
    assert [one.pk for one in AchievementCredential.objects.standing()] == [old.pk]
    assert [credential_state(one, on) for one in credentials_of(amina)] == [
        CredentialState.REVOKED,
        CredentialState.VALID,
    ]
    assert history_of(old)[-1].other == new
    assert credential_state(old, old.valid_until + timedelta(days=1)) == CredentialState.EXPIRED
    third = make_credential(amina, northgate, at=at + timedelta(days=10))
    assert credential_state(old, third.issued_on) == CredentialState.SUPERSEDED
    assert [one.pk for one in AchievementCredential.objects.standing()] == [third.pk]


def test_a_withdrawn_renewal_in_the_middle_brings_nothing_back_and_is_left_out_later(amina, ben, northgate):
    first = make_credential(amina, northgate)
    second = make_credential(amina, northgate, at=EARNED + timedelta(days=100))
    third = make_credential(amina, northgate, at=EARNED + timedelta(days=200))
    at, on = third.issued_at, third.issued_on
    revoke_credential(second, by=ben, reason="Issued in error.", at=at)
    assert credential_state(first, on) == CredentialState.SUPERSEDED
    assert credential_state(third, on) == CredentialState.VALID
    revoke_credential(third, by=ben, reason="Issued in error.", at=at)
    assert credential_state(first, on) == CredentialState.VALID


def test_withdrawing_a_corrected_renewal_brings_back_the_one_before_and_never_the_wrong_name(
    amina, ben, northgate
):
    old = make_credential(amina, northgate)
    wrong = make_credential(amina, northgate, at=EARNED + timedelta(days=100))
    right = confirm_holder_name(wrong, name="Amina Begum Rahman", at=wrong.issued_at)
    revoke_credential(right, by=ben, reason="Issued in error.", at=wrong.issued_at)
    assert credential_state(wrong, wrong.issued_on) == CredentialState.SUPERSEDED
    assert credential_state(old, wrong.issued_on) == CredentialState.VALID


def test_withdrawing_the_only_certificate_brings_nothing_back(amina, ben, northgate):
    wrong = make_credential(amina, northgate)
    right = confirm_holder_name(wrong, name="Amina Begum Rahman", at=LATER)
    revoke_credential(right, by=ben, reason="Issued in error.", at=LATER)
    assert not AchievementCredential.objects.standing().exists()


def test_a_stranger_learns_no_more_than_the_holder_agreed_to(amina, northgate):
    credential = make_credential(amina, northgate)
    before = public_view(credential, on=LATER.date())
    assert (before.holder_name, before.agency_name, before.can_compare_name) == ("", "", True)
    credential = set_shares(credential, shares={"name": True, "agency": True}, by=amina, at=LATER)
    after = public_view(credential, on=LATER.date())
    assert (after.holder_name, after.agency_name, after.can_compare_name) == (
        "Amina Rahman",
        "Northgate Police",
        False,
    )
    assert history_of(credential)[-1].detail == {"name": True, "agency": True}
    with pytest.raises(CertificationError):
        set_shares(credential, shares={"score": True}, by=amina, at=LATER)


def test_setting_what_is_set_already_leaves_no_trace(amina, northgate):
    credential = make_credential(amina, northgate)
    set_shares(credential, shares={"compare_name": True}, by=amina, at=LATER)
    assert len(history_of(credential)) == 1


def test_a_person_without_a_name_gets_her_award_and_names_herself_later(amina, northgate):
    amina.name = ""
    amina.save()
    credential = make_credential(amina, northgate)
    assert credential.holder_name == ""
    assert not public_view(credential, on=LATER.date()).can_compare_name
    named = confirm_holder_name(credential, name="Amina Rahman", at=LATER)
    assert named.holder_name == "Amina Rahman"


def test_a_name_confirmed_before_the_award_stands_on_it(amina, northgate):
    confirm_name(amina, name="A. Rahman", at=EARNED)
    assert make_credential(amina, northgate).holder_name == "A. Rahman"


def test_a_list_of_certificates_costs_one_query_however_many(amina, northgate, count_queries):
    make_credential(amina, northgate)

    def states():
        return [credential_state(row, LATER.date()) for row in credentials_of(amina)]

    assert count_queries(states) == 1
    make_credential(amina, northgate, at=LATER)
    make_credential(amina, northgate, at=LATER, jurisdiction="US")
    assert count_queries(states) == 1


def test_a_number_is_found_however_it_is_typed(amina, northgate):
    credential = make_credential(amina, northgate)
    assert find_credential(credential.number.lower().replace("-", " ")) == credential
    assert find_credential("WL-0000-0000-0000-0000") is None


def test_an_employer_may_read_that_it_was_earned(amina, northgate):
    make_credential(amina, northgate)
    assert [is_outcome(statement) for statement in earned_statements()] == [True]


def test_awards_by_the_thousand_read_the_lessons_of_a_course_once(amina, northgate, count_queries):
    make_lesson()
    registration = make_satisfied(amina, northgate)
    alone = count_queries(lambda: content_state(registration))
    with lessons_read_once():
        content_state(registration)
        assert count_queries(lambda: content_state(registration)) < alone
        LessonPage.objects.update(version="2031.1")
        assert content_state(registration).versions["1.3"] == "2026.1"
    assert content_state(registration).versions["1.3"] == "2031.1"


def test_what_goes_wrong_with_one_person_stops_nobody_else(amina, ben, northgate, monkeypatch, capsys):
    good, bad = make_satisfied(amina, northgate), make_satisfied(ben, northgate)
    monkeypatch.setattr("certification.management.commands.credential.SECONDS_BETWEEN_LINES", 0)
    issue = awards.issue

    def fail_for_ben(credential, **kwargs):
        if credential.user_id == ben.pk:
            raise ValueError("no words for it")
        return issue(credential, **kwargs)

    monkeypatch.setattr(awards, "issue", fail_for_ben)
    with pytest.raises(CommandError, match="1 could not be considered"):
        call_command("credential", "issue-batch")
    said = capsys.readouterr().out
    assert "2 of 2 looked at, 1 issued" in said
    assert f"{bad.uuid}: ValueError: no words for it" in said
    assert "Ben" not in said
    assert AchievementCredential.objects.get().registration_uuid == good.uuid
    monkeypatch.setattr(awards, "issue", issue)
    assert award_missing(at=LATER) == 1
