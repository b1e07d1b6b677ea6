"""What goes for the whole admin."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail import hooks
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction


class DeleteSeveral(DeleteBulkAction):
    """Wagtail asks for Django's permission only; what may never be deleted one by one is not deleted in bulk either."""

    def check_perm(self, snippet: Any) -> bool:
        viewset = self.model.snippet_viewset
        if not getattr(viewset, "deletes_in_bulk", True):
            return False
        policy = viewset.permission_policy
        return bool(policy.user_has_permission_for_instance(self.request.user, "delete", snippet))

    def prepare_action(self, objects: Sequence[Any], objects_without_access: Any) -> None:
        if not objects:
            raise PermissionDenied
        super().prepare_action(objects, objects_without_access)


# After Wagtail's own, which it replaces.
hooks.register("register_bulk_action", DeleteSeveral, order=100)
