"""Questions about certificates."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from certification.law import LegalPart, legal_parts
from certification.models import AchievementCredential, CredentialEvent
from certification.rules import CredentialState, normalise_number, state_on
from certification.words import credit_sentence, hours_in_words, law_sentence, pack_label, review_sentence
from courses.models import Registration


def _day(moment: datetime | None) -> date | None:
    """The calendar day of the site, which is what certificates are dated by."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date() if moment else None


def today(at: datetime) -> date:
    return timezone.localtime(at, timezone.get_default_timezone()).date()


def credentials_of(user: User) -> list[AchievementCredential]:
    """All certificates of a person, newest first, ready for `credential_state`. One query."""
    return list(AchievementCredential.objects.filter(user=user).with_history().select_related("achievement"))


def find_credential(number: str) -> AchievementCredential | None:
    """By a number as people type it. None when it cannot be a number, and when nothing has it."""
    canonical = normalise_number(number)
    return find_credentials([canonical]).get(canonical) if canonical is not None else None


def find_credentials(numbers: Iterable[str]) -> dict[str, AchievementCredential]:
    """Those that exist, by number in its canonical form. One query."""
    found = (
        AchievementCredential.objects.filter(number__in=list(numbers))
        .with_history()
        .select_related("achievement", "user", "agency")
    )
    return {credential.number: credential for credential in found}


def registrations_named(numbers: Iterable[str]) -> dict[str, str]:
    """Whose registrations these are, for administrators. One query."""
    rows = Registration.objects.filter(uuid__in=list(numbers)).select_related("user")
    return {str(row.uuid): row.user.name or row.user.email for row in rows}


def held_credential(user: User, number: str) -> AchievementCredential | None:
    """The same, if it is this person's own."""
    credential = find_credential(number)
    return credential if credential is not None and credential.user_id == user.pk else None


@dataclass(frozen=True)
class _Days:
    revoked: date | None
    superseded: date | None
    suspended: date | None


def _event_days(credential: AchievementCredential) -> _Days:
    if hasattr(credential, "revoked_at"):
        return _Days(
            _day(credential.revoked_at), _day(credential.superseded_at), _day(credential.suspended_at)
        )
    return _event_days(AchievementCredential.objects.with_history().get(pk=credential.pk))


def credential_state(credential: AchievementCredential, on: date) -> CredentialState:
    """No query for a credential that came from this module, one for any other."""
    days = _event_days(credential)
    return state_on(
        on,
        issued_on=credential.issued_on,
        valid_until=credential.valid_until,
        revoked_on=days.revoked,
        superseded_on=days.superseded,
        suspended_on=days.suspended,
    )


@dataclass(frozen=True)
class PublicCredential:
    """What a stranger with the number is told. Empty means: the holder has not agreed to show it."""

    number: str
    state: CredentialState
    since: date | None
    holder_name: str
    agency_name: str
    can_compare_name: bool
    role_name: str
    course_title: str
    course_version: str
    pack: str
    hours: str
    credit: str
    review: str
    issuer_name: str
    issued_on: date
    valid_until: date
    law: str = ""
    legal_part: LegalPart = field(default_factory=LegalPart)


def public_view(
    credential: AchievementCredential, *, on: date, law: LegalPart | None = None
) -> PublicCredential:
    """No more than the holder agreed to. Once the holder has deleted her account, her name is not shown to anyone.

    `law` comes from `law.legal_parts` where there are many; without it, it is asked for here.
    """
    law = law or legal_parts([credential], on=on)[credential.pk]
    days = _event_days(credential)
    state = credential_state(credential, on)
    since = {
        CredentialState.REVOKED: days.revoked,
        CredentialState.SUPERSEDED: days.superseded,
        CredentialState.SUSPENDED: days.suspended,
        CredentialState.EXPIRED: credential.valid_until,
    }.get(state)
    shows_name = credential.shows("name") and credential.user.deleted_at is None
    return PublicCredential(
        number=credential.number,
        state=state,
        since=since,
        holder_name=credential.holder_name if shows_name else "",
        agency_name=credential.agency_name if credential.shows("agency") else "",
        can_compare_name=bool(credential.holder_name) and not shows_name and credential.shows("compare_name"),
        role_name=credential.role_name,
        course_title=credential.course_title,
        course_version=credential.course_version,
        pack=pack_label(credential),
        hours=hours_in_words(credential.credit_hours),
        credit=credit_sentence(credential),
        review=review_sentence(credential.review_state),
        issuer_name=credential.issuer_name,
        issued_on=credential.issued_on,
        valid_until=credential.valid_until,
        law=law_sentence(law),
        legal_part=law,
    )


def public_data(public: PublicCredential, *, checked_at: datetime) -> dict[str, Any]:
    """The same for a program. What the holder does not show is left out rather than empty; days are ISO 8601."""
    data = {
        "number": public.number,
        "state": str(public.state),
        "since": public.since and public.since.isoformat(),
        "holder_name": public.holder_name,
        "agency": public.agency_name,
        "professional_role": public.role_name,
        "course": public.course_title,
        "course_version": public.course_version,
        "law_taught": public.pack,
        "legal_part": str(public.legal_part.state) if public.law else "",
        "legal_part_until": public.legal_part.until and public.legal_part.until.isoformat(),
        "law_updated_on": public.legal_part.updated_on and public.legal_part.updated_on.isoformat(),
        "learning_time": public.hours,
        "credit": public.credit,
        "review": public.review,
        "issuer": public.issuer_name,
        "issued_on": public.issued_on.isoformat(),
        "valid_until": public.valid_until.isoformat(),
        "checked_at": checked_at.isoformat(),
    }
    return {key: value for key, value in data.items() if value}


def history_of(credential: AchievementCredential) -> list[CredentialEvent]:
    """Everything that happened to a certificate, oldest first."""
    return list(credential.events.select_related("by", "other"))


def replaced_by(credential: AchievementCredential) -> AchievementCredential | None:
    """The certificate that stands in place of this one, if one does."""
    latest = credential.events.replacements().select_related("other").first()
    return latest.other if latest is not None and latest.kind == CredentialEvent.Kind.SUPERSEDED else None


def waits_for_refresher(credential: AchievementCredential) -> bool:
    """Paused for nothing but a refresher that is overdue. One query."""
    return AchievementCredential.objects.waiting_for_refresher().filter(pk=credential.pk).exists()
