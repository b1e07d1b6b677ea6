"""A change of law ends the legal part of earlier certificates and nothing else, and asks for one page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Jurisdiction
from certification.exceptions import CertificationError, FrozenRecord
from certification.law import LegalState, legal_part, updates_due
from certification.models import LegalUpdate
from certification.selectors import credential_state, find_credential, history_of, public_view
from certification.services import take_legal_update
from tests.factories.certification import make_credential, make_lesson
from tests.factories.compliance import certify

pytestmark = pytest.mark.django_db


def day(text: str) -> date:
    return date.fromisoformat(text)


def change(pk: int, on: str, days: int = 60) -> LegalUpdate:
    return LegalUpdate(pk=pk, takes_effect_on=day(on), days=days, pack_version=f"v{pk}")


TAKEN = datetime(2026, 7, 10, 9, tzinfo=UTC)
TWO = [change(1, "2026-06-01"), change(2, "2026-09-01", 30)]


@pytest.mark.parametrize(
    ("updates", "issued", "taken", "on", "state", "until"),
    [
        ([], "2026-01-01", {}, "2026-12-01", "current", None),
        # Not yet in force, or already taught when the certificate was earned.
        (TWO, "2026-01-01", {}, "2026-05-31", "current", None),
        (TWO, "2026-09-01", {}, "2026-12-01", "current", None),
        (TWO, "2026-01-01", {}, "2026-06-01", "update-due", "2026-07-31"),
        (TWO, "2026-01-01", {}, "2026-07-31", "update-due", "2026-07-31"),
        (TWO, "2026-01-01", {}, "2026-08-01", "ended", "2026-07-31"),
        (TWO, "2026-01-01", {1: TAKEN}, "2026-08-01", "current", None),
        (TWO, "2026-01-01", {1: TAKEN}, "2026-09-01", "update-due", "2026-10-01"),
        # The second taken and the first not: the first still counts.
        (TWO, "2026-01-01", {2: TAKEN}, "2026-12-01", "ended", "2026-07-31"),
        (TWO, "2026-07-01", {}, "2026-10-02", "ended", "2026-10-01"),
    ],
)
def test_the_legal_part_counts_until_a_change_was_missed(updates, issued, taken, on, state, until):
    part = legal_part(updates, issued_on=day(issued), taken=taken, on=day(on))
    assert (part.state, part.until) == (LegalState(state), day(until) if until else None)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def credential(amina, northgate, now):
    make_lesson()
    return certify(amina, northgate, at=now - timedelta(days=100))


def make_update(now, *, days_ago=10, law="UK", version="2027.1", facts="") -> LegalUpdate:
    jurisdiction, _new = Jurisdiction.objects.get_or_create(code=law, defaults={"name": law})
    return LegalUpdate.objects.create(
        jurisdiction=jurisdiction,
        pack_version=version,
        title="Referrals are made another way",
        text="From now on a referral needs agreement in writing.\n\nAsk before you fill in the form.",
        facts=facts,
        takes_effect_on=timezone.localdate(now) - timedelta(days=days_ago),
        days=30,
    )


def test_the_certificate_stays_valid_and_only_its_legal_part_ends(credential, now):
    make_update(now, days_ago=40)
    on = timezone.localdate(now)
    assert str(credential_state(find_credential(credential.number), on)) == "valid"
    public = public_view(credential, on=on)
    assert public.legal_part.state == LegalState.ENDED
    assert "the rest still does" in public.law


def test_it_is_taken_in_once_and_stands_in_the_history(credential, amina, now):
    update = make_update(now)
    assert updates_due(amina, on=timezone.localdate(now)) == [update]
    first = take_legal_update(amina, update, at=now)
    assert take_legal_update(amina, update, at=now) == first
    assert [event.kind for event in history_of(credential)].count("law") == 1
    assert history_of(credential)[-1].detail["pack_version"] == "2027.1"
    assert updates_due(amina, on=timezone.localdate(now)) == []
    assert "2027.1" in public_view(credential, on=timezone.localdate(now)).law
    with pytest.raises(FrozenRecord):
        first.save()


def test_a_change_of_another_law_touches_nobody_here(credential, amina, now):
    update = make_update(now, law="US")
    assert updates_due(amina, on=timezone.localdate(now)) == []
    with pytest.raises(CertificationError):
        take_legal_update(amina, update, at=now)


def test_the_holder_reads_it_and_nobody_else_is_asked(signed_in, client, credential, amina, ben, now):
    update = make_update(now)
    url = reverse("certification:legal_update", args=[update.uuid])
    mine = signed_in(amina)
    assert url in mine.get(reverse("compliance:my_training")).content.decode()
    assert "agreement in writing" in mine.get(url).content.decode()
    assert mine.post(url, {}).status_code == 422
    assert signed_in(ben).get(url).status_code == 404
    assert signed_in(ben).post(url, {"read": "yes"}).status_code == 404
    mine.post(url, {"read": "yes"})
    assert "You took this in" in mine.get(url).content.decode()
    answer = client.get(
        reverse("certification:verify_number", args=[credential.number]) + "?format=json"
    ).json()
    assert (answer["state"], answer["legal_part"]) == ("valid", "current")
    assert answer["law_updated_on"] == timezone.localdate(now).isoformat()


def test_a_stranger_is_told_nothing_of_law_while_none_has_changed(client, amina, northgate):
    make_lesson()
    credential = make_credential(amina, northgate)
    answer = client.get(
        reverse("certification:verify_number", args=[credential.number]) + "?format=json"
    ).json()
    assert "legal_part" not in answer


def test_an_unknown_fact_is_refused_in_words(now):
    from django.core.exceptions import ValidationError

    update = make_update(now, facts="DEF-99")
    with pytest.raises(ValidationError, match="DEF-99"):
        update.clean()
