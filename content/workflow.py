"""What happens when the last step of a review is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wagtail.models import WorkflowState

    from accounts.models import User


def finish(workflow_state: WorkflowState, user: User | None = None) -> None:
    """Publish what was reviewed.

    Who signs for a text need not be allowed to publish others, so that a sign-off is enough. Where no reviewer was asked, the
    right to publish is.
    """
    # Wagtail reads this module before its models are there.
    from wagtail.models import TaskState

    from content.models import ReviewGateTask

    signed = workflow_state.task_states.filter(
        status=TaskState.STATUS_APPROVED, task__in=ReviewGateTask.objects.values("pk")
    ).exists()
    thing: Any = workflow_state.content_object
    thing.get_latest_revision().publish(user=user, skip_permission_checks=signed)
