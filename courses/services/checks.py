"""Taking a check: draw, answer, mark, try again."""

import logging
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from courses import marking, signals, statements
from courses.check_rules import Answered, BankTooSmall, Candidate, CheckRules, draw, draw_must_pass, mark
from courses.exceptions import CourseError, InvalidAnswer, NotReady
from courses.models import (
    AssignableUnit,
    CheckAttempt,
    CheckItem,
    ParallelForm,
    QuestionVersion,
    Registration,
    UnitProgress,
)
from courses.services.registrations import _announce, _touch, _unit, evaluate_move_on
from records.vocabulary import adl

logger = logging.getLogger(__name__)


def _bank(registration: Registration, lessons: Sequence[str]) -> list[tuple[Candidate, QuestionVersion]]:
    """What may be asked of this learner: her role's and her pack's questions, with how often each was shown to her.

    Those of her parallel forms count once more: what is asked before and after is not what is practised in between.
    """
    seen: Counter[int] = Counter(
        CheckItem.objects.filter(attempt__registration__user_id=registration.user_id).values_list(
            "question_version__question_id", flat=True
        )
    )
    seen.update(
        ParallelForm.questions.through.objects.filter(
            parallelform__course_version__registrations__in=Registration.objects.filter(
                user_id=registration.user_id, check_attempts__purpose=CheckAttempt.Purpose.BEFORE
            )
        ).values_list("question_id", flat=True)
    )
    role, pack = registration.professional_role.code, registration.jurisdiction.code
    versions = QuestionVersion.objects.filter(
        question__lesson_code__in=lessons,
        question__retired=False,
        question__live=True,
        question__current_id__isnull=False,
    ).select_related("question")
    return [
        (
            Candidate(
                key=version.question_id,
                lesson=version.question.lesson_code,
                must_pass=version.must_pass,
                case=version.case_code,
                times_seen=seen[version.question_id],
            ),
            version,
        )
        for version in versions
        if version.pk == version.question.current_id
        and (not version.role_codes or role in version.role_codes)
        and (not version.pack_codes or pack in version.pack_codes)
    ]


_HOW_TO_ANSWER = {
    "single": gettext_noop("Choose one of the answers."),
    "best_next_step": gettext_noop("Choose one of the answers."),
    "multiple": gettext_noop("Choose at least one of the answers."),
    "ordering": gettext_noop("Give every line a place of its own, from first to last."),
    "matching": gettext_noop("Choose what each line belongs to."),
}


def rules_of(registration: Registration) -> CheckRules:
    return CheckRules.from_json(registration.course_version.rules["check"])


def missed_lessons(attempt: CheckAttempt) -> list[str]:
    """Lessons behind the must-pass questions that were not right, in order."""
    return [
        item.question_version.question.lesson_code
        for item in attempt.items.select_related("question_version__question")
        if item.question_version.must_pass and not item.is_correct
    ]


def lessons_to_read_first(registration: Registration, attempt: CheckAttempt) -> list[str]:
    """Lessons that a failed check sends back to and that were not opened since."""
    wanted = set(missed_lessons(attempt))
    opened = set(
        UnitProgress.objects.filter(
            registration=registration, unit__code__in=wanted, last_opened_at__gt=attempt.submitted_at
        ).values_list("unit__code", flat=True)
    )
    return sorted(wanted - opened)


@transaction.atomic
def start_check(registration: Registration, *, at: datetime) -> CheckAttempt:
    """The open attempt, or a new one.

    After a failed one: where only must-pass questions were missed, a different question on each; otherwise a whole check
    of questions seen least. Raises NotReady while a targeted lesson has not been opened again, or after a pass.
    """
    Registration.objects.select_for_update().get(pk=registration.pk)
    unit = _unit(registration, kind=AssignableUnit.Kind.CHECK)
    progress = _touch(registration, unit, at=at)
    attempts = CheckAttempt.objects.filter(
        registration=registration, unit=unit, purpose=CheckAttempt.Purpose.CHECK
    )
    open_attempt = attempts.filter(submitted_at__isnull=True).first()
    if open_attempt is not None:
        return open_attempt
    if progress.passed_at is not None:
        raise NotReady("You have passed this check.")
    last = attempts.first()
    rules = rules_of(registration)
    bank = _bank(registration, [lesson for cell in rules.blueprint for lesson in cell.lessons])
    seed = secrets.randbits(62)
    kind = CheckAttempt.Kind.WHOLE
    candidates = [candidate for candidate, _version in bank]
    if last is not None and (to_read := lessons_to_read_first(registration, last)):
        raise NotReady(", ".join(to_read))
    try:
        if (last is not None and last.score is not None and last.score * 100 >= rules.pass_percent) or (
            last is not None and last.kind == CheckAttempt.Kind.MUST_PASS
        ):
            kind = CheckAttempt.Kind.MUST_PASS
            avoid = set(
                CheckItem.objects.filter(
                    attempt__registration=registration, attempt__purpose=CheckAttempt.Purpose.CHECK
                ).values_list("question_version__question_id", flat=True)
            )
            drawn = draw_must_pass(missed_lessons(last), candidates, avoid=avoid, seed=seed)
        else:
            drawn = draw(rules, candidates, seed=seed)
    except BankTooSmall as error:
        logger.error("A check cannot be drawn: %s", error)
        raise CourseError(
            _(
                "There are not enough questions for this check at the moment. Tell your trainer; what you did is kept."
            )
        ) from error
    attempt = CheckAttempt.objects.create(
        registration=registration,
        unit=unit,
        number=(last.number + 1 if last else 1),
        kind=kind,
        seed=seed,
        started_at=at,
    )
    versions = {candidate.key: version for candidate, version in bank}
    lay_out(attempt, [versions[candidate.key] for candidate in drawn])
    return attempt


def lay_out(attempt: CheckAttempt, versions: Sequence[QuestionVersion]) -> None:
    """Pin the questions of an attempt in this order, each with its options shuffled."""
    shuffle = secrets.SystemRandom()
    items = []
    for position, version in enumerate(versions, start=1):
        order = marking.ids(version.options)
        shuffle.shuffle(order)
        if version.kind == "ordering" and order == marking.ids(version.options):
            order.append(order.pop(0))
        items.append(
            CheckItem(attempt=attempt, position=position, question_version=version, option_order=order)
        )
    CheckItem.objects.bulk_create(items)


@transaction.atomic
def answer_item(attempt: CheckAttempt, *, position: int, answer: Sequence[str], at: datetime) -> CheckItem:
    """Take an answer and keep it. The first one counts; sending it again changes nothing.

    Answering the last open question marks the check. Raises InvalidAnswer for an option that is not offered, and NotReady
    for the questions before a course once it has begun.
    """
    locked = CheckAttempt.objects.select_for_update().get(pk=attempt.pk)
    item = locked.items.select_related("question_version__question").filter(position=position).first()
    if item is None:
        raise InvalidAnswer(f"This check has no question {position}.")
    if item.answer is not None:
        return item
    version = item.question_version
    chosen = list(answer) if version.kind == "ordering" else sorted(set(answer))
    targets = [target["id"] for target in version.targets]
    if not marking.is_complete(version.kind, version.options, targets, chosen):
        raise InvalidAnswer(_HOW_TO_ANSWER[version.kind])
    item.answer = chosen
    item.credit = marking.credit(version.kind, version.options, chosen)
    item.is_correct = item.credit == 1
    item.answered_at = at
    registration = Registration.objects.select_related("course_version__course", "user", "agency").get(
        pk=locked.registration_id
    )
    if locked.purpose == CheckAttempt.Purpose.BEFORE and registration.started_at is not None:
        raise NotReady(_("The course has begun, so these questions are closed. Nothing is lost by it."))
    item.save(update_fields=["answer", "credit", "is_correct", "answered_at"])
    statements.say_about_item(
        registration,
        locked,
        code=version.question.code,
        answer=chosen,
        is_correct=item.is_correct,
        user=registration.user,
        at=at,
        key=f"{locked.uuid}/{position}",
    )
    if not locked.items.filter(answer__isnull=True).exists():
        _submit(locked, registration, at=at)
    return item


def _submit(attempt: CheckAttempt, registration: Registration, *, at: datetime) -> None:
    """The questions before and after are neither passed nor failed, and complete nothing."""
    answers = [
        Answered(
            item.question_version.question.lesson_code,
            item.question_version.must_pass,
            bool(item.is_correct),
            item.credit,
        )
        for item in attempt.items.select_related("question_version__question")
    ]
    if attempt.purpose != CheckAttempt.Purpose.CHECK:
        attempt.submitted_at, attempt.score = at, mark(answers, pass_percent=0).score
        attempt.save(update_fields=["submitted_at", "score"])
        statements.say_about_form(registration, attempt, at=at, score=attempt.score)
        if attempt.purpose == CheckAttempt.Purpose.REFRESHER:
            _announce(signals.refresher_done, registration, at=at)
        return
    # Other questions on what has to be right: all of them have to be.
    pass_percent = rules_of(registration).pass_percent if attempt.kind == CheckAttempt.Kind.WHOLE else 100
    result = mark(answers, pass_percent=pass_percent)
    attempt.submitted_at, attempt.score, attempt.passed = at, result.score, result.passed
    attempt.save(update_fields=["submitted_at", "score", "passed"])
    verb = adl.PASSED if result.passed else adl.FAILED
    statements.say_about_unit(
        registration,
        attempt.unit,
        verb,
        at=at,
        key=f"attempt-{attempt.number}",
        score=result.score,
        success=result.passed,
    )
    if result.passed:
        UnitProgress.objects.filter(registration=registration, unit=attempt.unit).update(
            passed_at=at, completed_at=at
        )
        evaluate_move_on(registration, at=at)
