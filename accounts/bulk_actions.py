"""What administrators may do to several people at once: the same things, by the same ways, as to one."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.utils import timezone
from wagtail.users.views.bulk_actions import (
    AssignRoleBulkAction,
    DeleteBulkAction,
    SetActiveStateBulkAction,
)
from wagtail.users.views.bulk_actions.user_bulk_action import UserBulkAction

from accounts import services
from accounts.models import User


class PeopleAction(UserBulkAction):
    """Only people who were named, and nobody who has left. "All of the list" would not keep to its filters."""

    @classmethod
    def get_queryset(cls, model: type[User], object_ids: Sequence[str]) -> list[User]:
        numbers = [int(one) for one in object_ids if str(one).isdecimal()]
        people = list(User.objects.filter(pk__in=numbers, deleted_at__isnull=True))
        if not people:
            raise Http404
        return people

    def get_all_objects_in_listing_query(self, parent_id: str | None) -> list[str]:
        return []


class DeletePeople(PeopleAction, DeleteBulkAction):
    """Takes each person out and leaves the proof, so that nothing that points to the row stands in the way."""

    def annotate_items(self, items: Any) -> Any:
        items = super().annotate_items(items)
        self.is_protected = False
        return items

    def object_context(self, item: Any) -> dict[str, Any]:
        return {**super().object_context(item), "usage_count": 0, "is_protected": False}

    @classmethod
    def execute_action(cls, objects: Sequence[User], **kwargs: Any) -> tuple[int, int]:
        at = timezone.now()
        for person in objects:
            services.delete_account(person, at=at)
        return len(objects), 0


class SetActiveState(PeopleAction, SetActiveStateBulkAction):
    pass


class AssignGroup(PeopleAction, AssignRoleBulkAction):
    pass
