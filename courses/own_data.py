"""What courses keep about a person, for her own file. Answers to questionnaires lead to nobody, so none can be given."""

from typing import Any

from accounts.models import User
from courses.models import ActivityResponse, Registration


def _registration(registration: Registration) -> dict[str, Any]:
    return {
        "course": registration.course_version.course.title,
        "version": registration.course_version.label,
        "agency": registration.agency.name,
        "professional_role": registration.professional_role.name,
        "jurisdiction": registration.jurisdiction.name,
        "registered_at": registration.registered_at,
        "started_at": registration.started_at,
        "due_on": registration.due_on,
        "finished_at": registration.satisfied_at,
        "units": [
            {
                "unit": progress.unit.code,
                "how": progress.mode,
                "started_at": progress.started_at,
                "completed_at": progress.completed_at,
                "passed_at": progress.passed_at,
                "last_opened_at": progress.last_opened_at,
            }
            for progress in registration.progress.all()
        ],
        "checks": [
            {
                "number": attempt.number,
                "kind": attempt.kind,
                "purpose": attempt.purpose,
                "started_at": attempt.started_at,
                "submitted_at": attempt.submitted_at,
                "score": attempt.score,
                "passed": attempt.passed,
                "answers": [
                    {
                        "question": item.question_version.question.code,
                        "answer": item.answer,
                        "is_correct": item.is_correct,
                        "answered_at": item.answered_at,
                    }
                    for item in attempt.items.all()
                ],
            }
            for attempt in registration.check_attempts.all()
        ],
    }


def own_data_of(user: User) -> dict[str, Any]:
    registrations = (
        Registration.objects.filter(user=user)
        .select_related("course_version__course", "agency", "professional_role", "jurisdiction")
        .prefetch_related("progress__unit", "check_attempts__items__question_version__question")
    )
    responses = ActivityResponse.objects.filter(user=user).order_by("lesson_code", "activity_id")
    return {
        "courses.json": [_registration(registration) for registration in registrations],
        "exercises.json": list(
            responses.values("lesson_code", "activity_id", "answer", "note", "answered_at")
        ),
    }
