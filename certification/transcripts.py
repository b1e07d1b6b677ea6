"""A transcript: everything that a person earned, as it stands on a day. No score, answer or choice is in it.

Certificates speak in the words that were frozen into them. Courses that lead to no certificate of their own are told by
the version of the course that was taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import User
from certification.law import legal_parts
from certification.models import AchievementCredential, CredentialEvent
from certification.rules import CredentialState
from certification.selectors import PublicCredential, public_view, today
from certification.words import day, hours_in_words, pack_label
from courses.models import Registration


@dataclass(frozen=True)
class Period:
    """From a day to a day, both counted in. None: from the first one, or up to now."""

    start: date | None = None
    end: date | None = None

    def covers(self, on: date) -> bool:
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)

    @property
    def words(self) -> str:
        if self.start and self.end:
            return _("From %(start)s to %(end)s") % {"start": day(self.start), "end": day(self.end)}
        if self.start:
            return _("From %(start)s on") % {"start": day(self.start)}
        if self.end:
            return _("Up to %(end)s") % {"end": day(self.end)}
        return _("Everything so far")


@dataclass(frozen=True)
class EarnedCertificate:
    """One certificate. `other_name` is what it carries, where that is another name than the transcript's and is wanted."""

    credential: AchievementCredential
    number: str
    address: str
    state: CredentialState
    since: date | None
    replaced_by: str
    course: str
    course_version: str
    role: str
    law: str
    credit_hours: Decimal | None
    issued_on: date
    valid_until: date
    agency: str
    other_name: str

    @property
    def state_words(self) -> str:
        return state_words(self.state, since=self.since, until=self.valid_until)

    @property
    def hours(self) -> str:
        return hours_in_words(self.credential.credit_hours)

    @property
    def credit(self) -> str:
        return credit_words(self.credential)


@dataclass(frozen=True)
class FinishedCourse:
    """A course without a certificate of its own."""

    registration: Registration
    course: str
    course_version: str
    role: str
    law: str
    learning_hours: Decimal | None
    finished_on: date
    agency: str

    @property
    def hours(self) -> str:
        return hours_in_words(self.learning_hours) if self.learning_hours else ""


@dataclass(frozen=True)
class Transcript:
    holder_name: str
    made_at: datetime
    period: Period
    with_agencies: bool
    certificates: tuple[EarnedCertificate, ...]
    courses: tuple[FinishedCourse, ...]

    @property
    def is_empty(self) -> bool:
        return not self.certificates and not self.courses

    @property
    def made_on(self) -> date:
        return today(self.made_at)

    def without_names(self) -> "Transcript":
        """The same for somebody who is not to learn whose it is."""
        certificates = tuple(replace(one, other_name="") for one in self.certificates)
        return replace(self, holder_name="", certificates=certificates)


def state_words(state: CredentialState, *, since: date | None, until: date) -> str:
    """How a certificate stands, in a few words."""
    if state == CredentialState.VALID:
        return _("Valid until %(day)s") % {"day": day(until)}
    words = {
        CredentialState.EXPIRED: _("Expired after %(day)s"),
        CredentialState.REVOKED: _("Withdrawn on %(day)s"),
        CredentialState.SUPERSEDED: _("Replaced on %(day)s"),
        CredentialState.SUSPENDED: _("Paused since %(day)s"),
        CredentialState.UNKNOWN: _("Does not hold yet"),
    }[state]
    return words % {"day": day(since or until)}


def credit_words(credential: AchievementCredential) -> str:
    """Credit only where an approval is recorded, and then whose."""
    if not (credential.accrediting_body and credential.approval_number):
        return ""
    return _("%(hours)s, accredited by %(body)s, approval %(number)s") % {
        "hours": hours_in_words(credential.credit_hours),
        "body": credential.accrediting_body,
        "number": credential.approval_number,
    }


def _replacements(user: User) -> Mapping[int, str]:
    """By the key of a certificate: the number of the one that stands in its place."""
    kinds = [CredentialEvent.Kind.SUPERSEDED, CredentialEvent.Kind.RESTORED]
    events = CredentialEvent.objects.filter(credential__user=user, kind__in=kinds).order_by("id")
    replaced: dict[int, str] = {}
    for credential_id, kind, number in events.values_list("credential_id", "kind", "other__number"):
        replaced[credential_id] = number or "" if kind == CredentialEvent.Kind.SUPERSEDED else ""
    return replaced


def _earned(
    credential: AchievementCredential,
    public: PublicCredential,
    *,
    user: User,
    replaced_by: str,
    agencies: bool,
    other_names: bool,
) -> EarnedCertificate:
    has_credit = bool(credential.accrediting_body and credential.approval_number)
    return EarnedCertificate(
        credential=credential,
        number=credential.number,
        address=credential.words["verify_url"],
        state=public.state,
        since=public.since,
        replaced_by=replaced_by if public.state == CredentialState.SUPERSEDED else "",
        course=credential.course_title,
        course_version=credential.course_version,
        role=credential.role_name,
        law=pack_label(credential),
        credit_hours=credential.credit_hours if has_credit else None,
        issued_on=credential.issued_on,
        valid_until=credential.valid_until,
        agency=credential.agency_name if agencies else "",
        other_name=credential.holder_name if other_names and credential.holder_name != user.name else "",
    )


def _finished(registration: Registration, *, agencies: bool) -> FinishedCourse:
    version = registration.course_version
    assert registration.satisfied_at is not None  # noqa: S101 - it was asked for
    hours = version.rules.get("credit_hours")
    shows_agency = agencies and not registration.agency.is_independent
    return FinishedCourse(
        registration=registration,
        course=version.course.title,
        course_version=version.label,
        role=registration.professional_role.name,
        law=registration.jurisdiction.name,
        learning_hours=Decimal(str(hours)) if hours else None,
        finished_on=today(registration.satisfied_at),
        agency=registration.agency.name if shows_agency else "",
    )


def transcript_of(
    user: User,
    *,
    at: datetime,
    period: Period | None = None,
    with_agencies: bool = False,
    with_other_names: bool = False,
) -> Transcript:
    """What a person earned in a period, newest first. Four queries, one more where a law has changed, however much it is.

    Of a certificate that was corrected only the newest is in it: what the others say of the person is wrong. A name that
    she no longer uses is told only if she wants it.
    """
    period = period or Period()
    on = today(at)
    replaced = _replacements(user)
    rows = (
        AchievementCredential.objects.filter(user=user)
        .exclude(pk__in=AchievementCredential.objects.filter(user=user).corrected().values("pk"))
        .with_history()
        .select_related("achievement", "user", "agency")
    )
    parts = legal_parts(rows, on=on)
    certificates = [
        _earned(
            credential,
            public_view(credential, on=on, law=parts[credential.pk]),
            user=user,
            replaced_by=replaced.get(credential.pk, ""),
            agencies=with_agencies,
            other_names=with_other_names,
        )
        for credential in rows
        if period.covers(credential.issued_on)
    ]
    taken = (
        Registration.objects.filter(user=user, satisfied_at__isnull=False)
        .exclude(uuid__in=AchievementCredential.objects.filter(user=user).values("registration_uuid"))
        .select_related("course_version__course", "professional_role", "jurisdiction", "agency")
        .order_by("-satisfied_at")
    )
    courses = [_finished(registration, agencies=with_agencies) for registration in taken]
    return Transcript(
        holder_name=user.name,
        made_at=at,
        period=period,
        with_agencies=with_agencies,
        certificates=tuple(certificates),
        courses=tuple(course for course in courses if period.covers(course.finished_on)),
    )
