"""Rules of achievements, what supervisors sign, and which rules somebody takes."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agencies.audit import note_change
from agencies.isolation import on_behalf_of
from agencies.models import Agency, Membership
from agencies.permissions import can_lead
from certification.exceptions import CertificationError
from certification.models import Achievement, AchievementVersion, SupervisorSignOff, VersionChoice
from certification.requirements import Policy, problems
from certification.services.awards import award_waiting, consider_award
from certification.terms import achievement_for, newer_choice
from courses.models import Registration


@transaction.atomic
def take_usual_renewals() -> int:
    """Let achievements that nobody has set rules for be renewed by the shorter course that their course names.

    How many that were. What a trainer decided stays.
    """
    rows = list(
        Achievement.objects.filter(
            renewal_course__isnull=True, versions__isnull=True, course__renewed_by__isnull=False
        ).select_related("course")
    )
    for row in rows:
        row.renewal_course_id = row.course.renewed_by_id
        row.save(update_fields=["renewal_course"])
    return len(rows)


@transaction.atomic
def publish_rules(
    achievement: Achievement, *, by: User | None, policy: str = Policy.KEEP, note: str = "", at: datetime
) -> AchievementVersion | None:
    """Put what an achievement now says in force. None where that is what is in force already.

    The course alone, for as long as the course says, needs no version. Raises CertificationError, naming the place,
    where the rule cannot be used.
    """
    row = Achievement.objects.select_for_update().get(pk=achievement.pk)
    rule, validity = row.rule(), row.validity().written()
    if wrong := problems(rule):
        raise CertificationError(" ".join(wrong))
    latest = row.versions.last()
    if latest is not None and (latest.requirements, latest.validity, latest.renewal_course_id) == (
        rule,
        validity,
        row.renewal_course_id,
    ):
        return None
    version = AchievementVersion.objects.create(
        achievement=row,
        number=latest.number + 1 if latest else 1,
        requirements=rule,
        validity=validity,
        renewal_course=row.renewal_course,
        policy=Policy(policy or Policy.KEEP).value,
        note=note.strip(),
        made_at=at,
        made_by=by,
    )
    if version.policy == Policy.MOVE:
        transaction.on_commit(lambda: _award_moved(version, at=at))
    return version


def _award_moved(version: AchievementVersion, *, at: datetime) -> None:
    """Easier rules may be met already by somebody whom they move."""
    waiting = Registration.objects.filter(
        satisfied_at__isnull=False,
        professional_role=version.achievement.professional_role_id,
        jurisdiction=version.achievement.jurisdiction_id,
        course_version__course=version.achievement.course_id,
    )
    for registration_uuid in waiting.values_list("uuid", flat=True).iterator():
        consider_award(registration_uuid, at=at)


@transaction.atomic
def take_newer_rules(registration: Registration, *, at: datetime) -> AchievementVersion:
    """The learner goes on under the newest rules. Raises CertificationError where there is nothing to choose."""
    achievement = achievement_for(registration)
    newer = newer_choice(registration, achievement) if achievement is not None else None
    if newer is None:
        raise CertificationError("There are no newer rules to choose.")
    VersionChoice.objects.get_or_create(
        registration_uuid=registration.uuid, version=newer, defaults={"at": at}
    )
    transaction.on_commit(lambda: _consider(registration.uuid, at=at))
    return newer


def _consider(registration_uuid: uuid.UUID, *, at: datetime) -> None:
    consider_award(registration_uuid, at=at)


def _works_in(user: User, agency: Agency, *, at: datetime) -> bool:
    here = Membership.objects.current(on=timezone.localdate(at)).filter(user=user)
    return here.filter(agency__path__startswith=agency.path).exists()


@transaction.atomic
def sign_off(
    user: User, *, code: str, title: str, agency: Agency, by: User, at: datetime
) -> SupervisorSignOff:
    """A supervisor says that she saw it done at work. Signing what is signed already returns that.

    Raises CertificationError for one's own, for somebody who does not work there, and without being her lead.
    """
    if user.pk == by.pk:
        raise CertificationError("Nobody signs for herself. Ask another lead.")
    if not can_lead(by, agency, timezone.localdate(at)) or not _works_in(user, agency, at=at):
        raise CertificationError("Only a lead of the unit in which somebody works can sign for her.")
    User.objects.select_for_update().get(pk=user.pk)
    found = SupervisorSignOff.objects.in_force().filter(user=user, code=code).first()
    if found is None:
        found = SupervisorSignOff.objects.create(
            user=user, agency=agency, code=code, title=title, by=by, at=at
        )
        note_change("sign-off.given", agency, person=user, by=by, details={"title": title})
        transaction.on_commit(lambda: _award_hers(user, at=at))
    return found


def _award_hers(user: User, *, at: datetime) -> None:
    """By all that she did, of which who signed for her sees little."""
    with on_behalf_of(user.pk):
        award_waiting(user, at=at)


@transaction.atomic
def withdraw_sign_off(row: SupervisorSignOff, *, by: User, at: datetime) -> SupervisorSignOff:
    """It was a mistake. What was already awarded stays; it is withdrawn on its own page, with a reason.

    Raises CertificationError where it was withdrawn before, and without being a lead there.
    """
    if not can_lead(by, row.agency, timezone.localdate(at)):
        raise CertificationError("Only a lead of that unit can take it back.")
    locked = SupervisorSignOff.objects.select_for_update().get(pk=row.pk)
    if locked.withdrawn_at is not None:
        raise CertificationError("It was taken back before.")
    locked.withdrawn_at, locked.withdrawn_by = at, by
    locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
    note_change("sign-off.withdrawn", row.agency, person=row.user_id, by=by, details={"title": row.title})
    return locked
