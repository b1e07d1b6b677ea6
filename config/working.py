"""How far background tasks reach: each says by its name, in the log, that it looks across agencies."""

from collections.abc import Callable
from typing import Any

from django.dispatch import receiver
from django_tasks.signals import task_finished, task_started

from agencies.isolation import EVERYTHING, logger, widen

_ends: dict[str, Callable[[], None]] = {}


@receiver(task_started, dispatch_uid="config.reach_of_task")
def begin(sender: Any, *, task_result: Any, **news: Any) -> None:
    logger.info("across agencies: task %s", task_result.task.module_path)
    _ends[str(task_result.id)] = widen(EVERYTHING)


@receiver(task_finished, dispatch_uid="config.reach_of_task")
def end(sender: Any, *, task_result: Any, **news: Any) -> None:
    finish = _ends.pop(str(task_result.id), None)
    if finish is not None:
        finish()
