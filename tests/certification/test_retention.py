"""What is left of somebody who deleted her account: what the law asks for, as long as it does, and then no name."""

import json
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.services import delete_account
from certification.badges import documents
from certification.badges.checking import check_file
from certification.exceptions import FrozenRecord
from certification.models import AchievementCredential, CredentialEvent
from certification.rules import add_months
from certification.services import (
    forget_old_names,
    recognise,
    revoke_credential,
    set_shares,
    suspend_credential,
)
from courses.models import Course, Registration
from tests.factories.certification import EARNED, make_credential

pytestmark = pytest.mark.django_db
YEARS = 6


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    cache.clear()


def moment(day) -> datetime:
    return datetime.combine(day, EARNED.timetz())


def last_day_of_keeping(credential) -> datetime:
    return moment(add_months(credential.valid_until, 12 * YEARS))


def what_stays(credential) -> dict:
    """Everything that its row says, but the name and whom it is shown to, which she decides when she leaves."""
    row = AchievementCredential.objects.values().get(pk=credential.pk)
    return {key: value for key, value in row.items() if key not in {"holder_name", "shares"}}


def test_attendance_and_content_versions_of_a_leaver_are_kept(amina, northgate):
    credential = make_credential(amina, northgate)
    before = what_stays(credential)
    delete_account(amina, at=EARNED + timedelta(days=1))
    forget_old_names(years=YEARS, at=last_day_of_keeping(credential))
    kept = AchievementCredential.objects.get(pk=credential.pk)
    assert what_stays(credential) == before
    assert kept.holder_name == "Amina Rahman"
    assert kept.content_versions == credential.content_versions
    assert Registration.objects.get(uuid=credential.registration_uuid).satisfied_at == EARNED
    assert kept.user.name == ""
    assert "Amina" not in json.dumps(kept.words)


def test_the_name_goes_once_nothing_asks_for_it_and_nothing_else_goes(amina, northgate):
    credential = make_credential(amina, northgate)
    before = what_stays(credential)
    delete_account(amina, at=EARNED + timedelta(days=1))
    at = last_day_of_keeping(credential) + timedelta(days=1)
    assert forget_old_names(years=YEARS, at=at) == 1
    assert forget_old_names(years=YEARS, at=at) == 0
    assert AchievementCredential.objects.get(pk=credential.pk).holder_name == ""
    assert what_stays(credential) == before
    assert [event.kind for event in credential.events.all()] == ["issued", "shares", "name erased"]


def test_who_still_has_an_account_keeps_her_name(amina, northgate):
    credential = make_credential(amina, northgate)
    assert forget_old_names(years=YEARS, at=last_day_of_keeping(credential) + timedelta(days=999)) == 0
    assert AchievementCredential.objects.get(pk=credential.pk).holder_name == "Amina Rahman"


def test_each_certificate_of_a_person_has_its_own_day(amina, northgate):
    old = make_credential(amina, northgate)
    new = make_credential(amina, northgate, at=EARNED + timedelta(days=300))
    delete_account(amina, at=EARNED + timedelta(days=301))
    assert forget_old_names(years=YEARS, at=last_day_of_keeping(old) + timedelta(days=1)) == 1
    names = {row.pk: row.holder_name for row in AchievementCredential.objects.all()}
    assert names == {old.pk: "", new.pk: "Amina Rahman"}


def test_typed_words_about_her_go_too(amina, ben, northgate):
    credential = make_credential(amina, northgate)
    suspend_credential(credential, by=ben, reason="Amina asked.", at=EARNED)
    revoke_credential(
        credential, by=ben, reason="Not Amina's own work.", appeal="Amina may write to us.", at=EARNED
    )
    recognition = recognise(
        amina, agency=northgate, course=Course.objects.get(), kind="prior", reason="Amina showed a letter.",
        evidence="Letter to Amina", starts_on=EARNED.date(), ends_on=credential.valid_until, by=ben, at=EARNED,
    )  # fmt: skip
    delete_account(amina, at=EARNED + timedelta(days=1))
    forget_old_names(years=YEARS, at=last_day_of_keeping(credential))
    assert set(credential.events.values_list("reason", flat=True)) > {""}
    forget_old_names(years=YEARS, at=last_day_of_keeping(credential) + timedelta(days=1))
    assert set(credential.events.values_list("reason", flat=True)) == {""}
    assert [event.kind for event in credential.events.all()] == [
        "issued", "suspended", "revoked", "shares", "name erased",
    ]  # fmt: skip
    assert credential.events.get(kind="revoked").detail == {}
    recognition.refresh_from_db()
    assert (recognition.reason, recognition.evidence) == ("", "")


def test_the_address_on_her_paper_still_answers_without_her_name(client, amina, northgate):
    credential = make_credential(amina, northgate)
    set_shares(credential, shares={"name": True}, by=amina, at=EARNED)
    file = documents.export(credential, "json")
    delete_account(amina, keeps_name=True, at=EARNED + timedelta(days=1))
    forget_old_names(years=YEARS, at=last_day_of_keeping(credential) + timedelta(days=1))
    page = client.get(reverse("certification:verify_number", args=[credential.number])).content.decode()
    assert credential.course_title in page
    assert "Amina" not in page
    found = check_file(file, on=last_day_of_keeping(credential).date())
    assert found.is_unchanged
    assert found.public.state == "expired"
    assert not found.public.can_compare_name
    assert documents.export(AchievementCredential.objects.get(pk=credential.pk), "pdf")


def test_no_other_way_takes_a_name_out(amina, northgate):
    credential = make_credential(amina, northgate)
    with pytest.raises(FrozenRecord):
        AchievementCredential.objects.update(holder_name="")
    with pytest.raises(FrozenRecord):
        CredentialEvent.objects.update(reason="")
    assert AchievementCredential.objects.all().forget_names() == 0
    assert CredentialEvent.objects.all().forget_reasons() == 0
    assert AchievementCredential.objects.get(pk=credential.pk).holder_name


def test_the_nightly_command_says_how_many(amina, northgate, settings, capsys):
    settings.CREDENTIAL_RETENTION_YEARS = 1
    credential = make_credential(amina, northgate, at=timezone.now() - timedelta(days=900))
    delete_account(amina, at=timezone.now())
    call_command("forget_old_names")
    assert "1 certificates no longer carry a name" in capsys.readouterr().out
    assert AchievementCredential.objects.get(pk=credential.pk).holder_name == ""
    assert "forget_old_names" in settings.SCHEDULE
