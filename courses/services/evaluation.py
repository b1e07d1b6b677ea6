"""Keeping answers so that nobody can say whose they are, and an agency's look into its own records."""

import uuid
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.models import User
from agencies.models import Agency
from courses.evaluation import POINTS, wave_end, wave_start, week_of
from courses.exceptions import CourseError
from courses.models import AttitudeAnswer, Course, EvaluationWave, PracticeAudit, ReactionAnswer

ATTITUDES = "attitudes"


def pseudonym(wave: EvaluationWave, user_uuid: uuid.UUID, questionnaire: str) -> str:
    """The same for one person and questionnaire within a wave, so that before and after can be paired.

    It takes the wave's key and SECRET_KEY to make it, and nothing turns it back. Different questionnaires have different ones, so
    that even answers of one person to two of them cannot be put together.
    """
    if not wave.key:
        raise CourseError("The key of this wave is destroyed: no more answers can be added to it.")
    return salted_hmac(
        f"courses.evaluation.{wave.key}", f"{user_uuid}:{questionnaire}", algorithm="sha256"
    ).hexdigest()


def pseudonyms(user_uuid: uuid.UUID, questionnaire: str) -> dict[str, EvaluationWave]:
    """A person's pseudonym in each wave that still has its key. One query."""
    return {
        pseudonym(wave, user_uuid, questionnaire): wave for wave in EvaluationWave.objects.exclude(key="")
    }


def reaction_to(course_code: str) -> str:
    return f"reaction:{course_code}"


def _wave_for(user: User, questionnaire: str, on: date) -> tuple[EvaluationWave, str]:
    """The wave in which she answered before, else that of the day."""
    mine = pseudonyms(user.uuid, questionnaire)
    before = AttitudeAnswer.objects.filter(pseudonym__in=mine).values_list("pseudonym", flat=True).first()
    if before is not None:
        return mine[before], before
    wave, _made = EvaluationWave.objects.get_or_create(starts_on=wave_start(on))
    return wave, pseudonym(wave, user.uuid, questionnaire)


def _whole(agency: Agency | None) -> Agency | None:
    """The agency that a unit belongs to; None for people without one."""
    if agency is None or agency.is_independent:
        return None
    root: Agency = agency.get_root()
    return root


@transaction.atomic
def answer_attitudes(
    user: User, *, point: str, answers: Mapping[str, int], agency: Agency | None, on: date
) -> None:
    """Keep the answers at one point; with none of them, that she would rather not. The first ones count."""
    if point not in POINTS:
        raise CourseError(f"{point!r} is no point at which attitudes are asked.")
    wave, name = _wave_for(user, ATTITUDES, on)
    AttitudeAnswer.objects.get_or_create(
        pseudonym=name,
        point=point,
        defaults={
            "wave": wave,
            "week": week_of(on),
            "agency": _whole(agency),
            "answers": dict(answers),
            "declined": not answers,
        },
    )


@transaction.atomic
def answer_reaction(
    user: User,
    *,
    course: Course,
    answers: Mapping[str, int],
    workload: str,
    change: str,
    agency: Agency | None,
    on: date,
) -> None:
    """Keep what she thought of a course; with nothing in it, that she would rather not. The first answer counts."""
    mine = pseudonyms(user.uuid, reaction_to(course.code))
    if ReactionAnswer.objects.filter(pseudonym__in=mine).exists():
        return
    wave, _made = EvaluationWave.objects.get_or_create(starts_on=wave_start(on))
    ReactionAnswer.objects.create(
        wave=wave,
        pseudonym=pseudonym(wave, user.uuid, reaction_to(course.code)),
        week=week_of(on),
        agency=_whole(agency),
        course=course,
        answers=dict(answers),
        workload=workload,
        change=change,
        declined=not (answers or workload or change),
    )


@transaction.atomic
def keep_audit(agency: Agency, *, numbers: Mapping[str, int], on: date) -> PracticeAudit:
    """What an agency found in its records. A second look on one day takes the place of the first."""
    audit, _made = PracticeAudit.objects.update_or_create(agency=agency, looked_on=on, defaults=dict(numbers))
    return audit


@transaction.atomic
def destroy_old_keys(*, on: date) -> int:
    """From then on not even the site can tell which answers are whose. How many keys were destroyed."""
    due = [wave.pk for wave in EvaluationWave.objects.exclude(key="") if wave_end(wave.starts_on) <= on]
    return EvaluationWave.objects.filter(pk__in=due).update(key="")


@transaction.atomic
def forget_evaluation(user: User) -> None:
    """Take out what the person answered, as far as it can still be found."""
    AttitudeAnswer.objects.filter(pseudonym__in=pseudonyms(user.uuid, ATTITUDES)).delete()
    for code in Course.objects.values_list("code", flat=True):
        ReactionAnswer.objects.filter(pseudonym__in=pseudonyms(user.uuid, reaction_to(code))).delete()
