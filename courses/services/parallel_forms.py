"""Questions before a course, at its end and six months later; and leaving out lessons that somebody knows already."""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from courses import statements
from courses.check_rules import BankTooSmall
from courses.exceptions import CourseError, NotReady
from courses.item_statistics import SHOWN_FROM
from courses.models import (
    AssignableUnit,
    CheckAttempt,
    CourseVersion,
    ItemStatistic,
    ParallelForm,
    Question,
    Registration,
    UnitProgress,
)
from courses.parallel_forms import FormItem, cells_of, draw_forms, major, open_purpose
from courses.selectors import form_standing, lesson_versions, lessons_to_leave_out
from courses.services.checks import lay_out
from courses.services.registrations import _unit, evaluate_move_on
from records.vocabulary import cmi5

logger = logging.getLogger(__name__)
Purpose = CheckAttempt.Purpose


def _bank(lessons: Sequence[str]) -> list[FormItem]:
    """What everybody can be asked, whatever her role and law, and on its own.

    No must-pass questions: what has to be right is asked in the check, and there alone.
    """
    questions = Question.objects.filter(
        lesson_code__in=lessons, retired=False, live=True, current__isnull=False
    ).select_related("current")
    known = {
        version: Decimal(credit / answered).quantize(Decimal("0.01"))
        for version, credit, answered in ItemStatistic.objects.filter(
            purpose=CheckAttempt.Purpose.CHECK, question_version__question__in=questions
        )
        .values_list("question_version")
        .annotate(Sum("credit"), Sum("answered"))
        if answered >= SHOWN_FROM
    }
    return [
        FormItem(
            one.pk,
            one.code,
            one.lesson_code,
            one.current.level,
            one.current.kind,
            known.get(one.current.pk),
        )
        for one in questions
        if one.current is not None
        and not (
            one.current.role_codes or one.current.pack_codes or one.current.must_pass or one.current.case_code
        )
    ]


@transaction.atomic
def forms_of(version: CourseVersion, *, at: datetime) -> dict[str, ParallelForm]:
    """Both forms of a course version, by letter. Drawn the first time; a version that asks the same keeps those before it.

    Raises CourseError where the bank is too small.
    """
    CourseVersion.objects.select_for_update().get(pk=version.pk)
    found = {form.letter: form for form in version.parallel_forms.all()}
    if found:
        return found
    before = (
        CourseVersion.objects.filter(
            course_id=version.course_id, number__lt=version.number, parallel_forms__isnull=False
        )
        .order_by("-number")
        .first()
    )
    if before is not None and before.rules.get("forms") == version.rules["forms"]:
        keys = [
            list(form.questions.values_list("pk", flat=True))
            for form in before.parallel_forms.order_by("letter")
        ]
    else:
        cells = cells_of(version.rules["forms"])
        try:
            drawn = draw_forms(cells, _bank([lesson for cell in cells for lesson in cell.lessons]))
        except BankTooSmall as error:
            logger.error("Parallel forms cannot be drawn: %s", error)
            raise CourseError(
                _("These questions are not ready. You can start the course without them.")
            ) from error
        keys = [[one.key for one in form] for form in drawn]
    for letter, questions in zip(ParallelForm.Letter.values, keys, strict=True):
        found[letter] = ParallelForm.objects.create(course_version=version, letter=letter, drawn_at=at)
        found[letter].questions.set(questions)
    return found


def first_letter(registration: Registration) -> str:
    """Which form comes first is even over many people, always the same for one, and not to be guessed from outside."""
    course = registration.course_version.course_id
    digest = salted_hmac("courses.parallel_forms", f"{registration.user.uuid}/{course}").digest()
    return ParallelForm.Letter.values[digest[0] % 2]


@transaction.atomic
def start_form(registration: Registration, *, purpose: str, at: datetime) -> CheckAttempt:
    """The open attempt at these questions, or a new one. What was asked before is never asked at the end.

    Six months later comes the form that came first, of which she has seen no answers. Raises NotReady where these
    questions are not open to her, CourseError where they cannot be drawn.
    """
    locked = Registration.objects.select_for_update().get(pk=registration.pk)
    if (
        "forms" not in registration.course_version.rules
        or open_purpose(form_standing(locked), at=at) != purpose
    ):
        raise NotReady(_("These questions are not open to you now. Nothing depends on them."))
    unit = _unit(registration, kind=AssignableUnit.Kind.CHECK)
    attempts = CheckAttempt.objects.filter(registration=registration, unit=unit)
    begun = attempts.filter(purpose=purpose).first()
    if begun is not None:
        return begun
    if purpose == Purpose.BEFORE:
        forms = forms_of(registration.course_version, at=at)
        form = forms[first_letter(registration)]
    else:
        first = attempts.select_related("form").get(purpose=Purpose.BEFORE).form
        assert first is not None  # noqa: S101 - the database holds it
        form = (
            first
            if purpose == Purpose.LATER
            else first.course_version.parallel_forms.exclude(pk=first.pk).get()
        )
    versions = [
        question.current
        for question in form.questions.filter(retired=False, live=True).select_related("current")
        if question.current is not None
    ]
    if not versions:
        raise CourseError(_("These questions are not ready. You can start the course without them."))
    secrets.SystemRandom().shuffle(versions)
    attempt = CheckAttempt.objects.create(
        registration=registration,
        unit=unit,
        number=1,
        purpose=purpose,
        form=form,
        seed=0,
        started_at=at,
    )
    lay_out(attempt, versions)
    return attempt


@transaction.atomic
def leave_out_lessons(registration: Registration, *, at: datetime) -> list[str]:
    """She asks to leave out the lessons that her answers before the course showed her to know. Which those were.

    The check with what has to be right, and every scenario, stay. Raises NotReady where her answers do not reach.
    """
    Registration.objects.select_for_update().get(pk=registration.pk)
    codes = lessons_to_leave_out(registration)
    if not codes:
        raise NotReady(_("There is nothing here that you can leave out."))
    versions = lesson_versions(codes)
    units = AssignableUnit.objects.filter(
        course_version_id=registration.course_version_id, kind=AssignableUnit.Kind.LESSON, code__in=codes
    )
    for unit in units:
        UnitProgress.objects.update_or_create(
            registration=registration,
            unit=unit,
            defaults={
                "completed_at": at,
                "mode": UnitProgress.Mode.TESTED_OUT,
                "lesson_version": versions.get(unit.code, ""),
            },
            create_defaults={
                "started_at": at,
                "completed_at": at,
                "mode": UnitProgress.Mode.TESTED_OUT,
                "lesson_version": versions.get(unit.code, ""),
            },
        )
        statements.say_about_unit(
            registration, unit, cmi5.WAIVED, at=at, key=f"tested-out-{versions.get(unit.code, '')}",
            reason="Tested Out",
        )  # fmt: skip
    evaluate_move_on(registration, at=at)
    return codes


@transaction.atomic
def reopen_tested_out(code: str, *, version: str) -> int:
    """A lesson says something else since its major version changed: who tested out of it and is still on the way takes it
    after all. In how many courses that was. The statement stays: it was true of the version that it was said of.
    """
    rows = UnitProgress.objects.filter(
        unit__code=code,
        unit__kind=AssignableUnit.Kind.LESSON,
        mode=UnitProgress.Mode.TESTED_OUT,
        registration__satisfied_at__isnull=True,
    )
    changed = [row.pk for row in rows if major(row.lesson_version) != major(version)]
    return UnitProgress.objects.filter(pk__in=changed).update(
        completed_at=None, mode=UnitProgress.Mode.READ, lesson_version=""
    )
