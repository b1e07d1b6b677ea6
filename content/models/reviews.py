"""The step of a workflow at which somebody whose reading counts signs for a text."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState

from accounts.models import User
from content.models.facts import ReviewSignOff


class SignForm(forms.Form):
    reviewer = forms.CharField(
        label=_("Name to show to learners"),
        max_length=200,
        required=False,
        help_text=_(
            "Leave it empty and learners see your role and the day only. It may be another name than your own."
        ),
    )
    comment = forms.CharField(
        label=_("Comment for the editors"), required=False, widget=forms.Textarea({"rows": 2})
    )


class RejectForm(forms.Form):
    comment = forms.CharField(
        label=_("What has to change"),
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The editors read this. Without it they cannot know what to do."),
    )


class ReviewGateTask(AbstractGroupApprovalTask):
    """Asks its gate's reviewers, and nobody where the text does not ask for them or they have signed it already."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    gate = models.CharField(_("read by"), max_length=12, choices=ReviewSignOff.Gate.choices)

    admin_form_fields: ClassVar[list[str]] = [*AbstractGroupApprovalTask.admin_form_fields, "gate"]
    admin_form_readonly_on_edit_fields: ClassVar[list[str]] = [
        *AbstractGroupApprovalTask.admin_form_readonly_on_edit_fields,
        "gate",
    ]

    class Meta:
        verbose_name = _("review gate")
        verbose_name_plural = _("review gates")

    @classmethod
    def get_description(cls) -> str:
        return str(_("Reviewers of one kind sign for exactly the text that they have read"))

    def _may_sign(self, user: User) -> bool:
        from content.reviewing import may_sign

        return bool(self._user_in_groups(user)) and may_sign(user, gate=self.gate)

    def start(self, workflow_state: Any, user: User | None = None) -> TaskState:
        from content.reviewing import open_gates, reading_of

        latest = workflow_state.content_object.get_latest_revision()
        reading = reading_of(latest.as_object())
        if reading is not None and self.gate in open_gates(reading):
            return super().start(workflow_state, user=user)
        skipped = self.get_task_state_class()(
            workflow_state=workflow_state,
            status=TaskState.STATUS_SKIPPED,
            revision=latest,
            task=self,
            finished_at=timezone.now(),
        )
        skipped.save()
        return skipped

    def get_actions(self, obj: Any, user: User) -> list[tuple[str, Any, bool]]:
        if not self._may_sign(user):
            return []
        return [("reject", _("Ask for changes"), True), ("approve", _("Sign this text"), True)]

    def get_form_for_action(self, action: str) -> type[forms.Form]:
        return SignForm if action == "approve" else RejectForm

    def get_task_states_user_can_moderate(self, user: User, **kwargs: Any) -> Any:
        return (
            super().get_task_states_user_can_moderate(user, **kwargs)
            if self._may_sign(user)
            else TaskState.objects.none()
        )

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: User, action_name: str, **kwargs: Any) -> None:
        """Signing writes the sign-off for the words that will be published by it; the last one publishes them."""
        from content.exceptions import NotTheReviewer
        from content.reviewing import reading_of, sign_off

        if not self._may_sign(user):
            raise PermissionDenied
        form = self.get_form_for_action(action_name)(kwargs)
        if not form.is_valid():
            raise PermissionDenied
        if action_name == "approve":
            latest = task_state.workflow_state.content_object.get_latest_revision()
            # What somebody else saved meanwhile is not what was on the reviewer's screen: the review begins again.
            if latest.pk != task_state.revision_id and latest.user_id != user.pk:
                raise PermissionDenied
            reading = reading_of(latest.as_object())
            if reading is None:
                raise PermissionDenied
            try:
                sign_off(
                    reading,
                    gate=self.gate,
                    user=user,
                    reviewer=form.cleaned_data["reviewer"],
                    on=timezone.localdate(),
                )
            except NotTheReviewer as error:
                raise PermissionDenied from error
        super().on_action(task_state, user, action_name, comment=form.cleaned_data["comment"])
