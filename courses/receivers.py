"""What courses do when those below have news."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import page_published, page_unpublished, published

from accounts.models import User
from accounts.signals import account_deletion, own_data
from content.search.index import refresh
from courses.models import LessonPage, Module, Question, Registration
from courses.own_data import own_data_of
from courses.reviewing import ask_again_for_lesson
from courses.services.activities import delete_responses
from courses.services.curriculum import publish_question
from courses.services.evaluation import forget_evaluation
from courses.services.parallel_forms import reopen_tested_out
from courses.services.registrations import record_scenario
from scenarios.signals import scenario_finished


@receiver(scenario_finished)
def take_over_scenario(
    sender: Any, *, registration_uuid: uuid.UUID | None, at: datetime, **news: Any
) -> None:
    if registration_uuid is None:
        return
    registration = (
        Registration.objects.select_related("course_version__course", "user", "agency")
        .filter(uuid=registration_uuid)
        .first()
    )
    if registration is not None:
        record_scenario(registration, at=at)


@receiver(published, sender=Question)
def freeze_question(sender: Any, *, instance: Question, **news: Any) -> None:
    publish_question(instance, at=timezone.now())
    _ask_again(instance.lesson_code)


@receiver(page_published, sender=LessonPage)
def ask_for_the_changed_lesson(sender: Any, *, instance: LessonPage, **news: Any) -> None:
    reopen_tested_out(instance.code, version=instance.version)
    _ask_again(instance.code)


def _ask_again(code: str) -> None:
    """After the commit: a workflow that is finishing right now ends with publishing, and is no review to come."""
    transaction.on_commit(lambda: ask_again_for_lesson(code))


@receiver(account_deletion)
def forget_answers(sender: Any, *, user: User, **news: Any) -> None:
    delete_responses(user)
    forget_evaluation(user)


@receiver([page_published, page_unpublished, post_delete], sender=LessonPage)
def follow_lesson(sender: Any, instance: LessonPage, **news: Any) -> None:
    refresh("lesson", [str(instance.pk)])


@receiver([post_save, post_delete], sender=Module)
def follow_module(sender: Any, instance: Module, **news: Any) -> None:
    refresh("module", [str(instance.pk)])


@receiver(own_data, dispatch_uid="courses.own_data")
def give_own_data(sender: Any, *, user: User, **news: Any) -> dict[str, Any]:
    return own_data_of(user)
