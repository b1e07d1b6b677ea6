"""Choosers of the admin for what belongs to people: Wagtail's own open for everybody who may open the admin at all."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from wagtail.snippets.views import chooser


class _Guarded:
    """Only for who may see the rows in their own list."""

    model: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        policy = self.model.snippet_viewset.permission_policy
        if not policy.user_has_any_permission(request.user, ["view", "change"]):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class GuardedChooseView(_Guarded, chooser.ChooseView):
    pass


class GuardedChooseResultsView(_Guarded, chooser.ChooseResultsView):
    pass


class GuardedChosenView(_Guarded, chooser.SnippetChosenView):
    pass


class GuardedChosenMultipleView(_Guarded, chooser.SnippetChosenMultipleView):
    pass


class GuardedCreateView(_Guarded, chooser.SnippetCreateView):
    pass


class GuardedChooserViewSet(chooser.SnippetChooserViewSet):
    """`chooser_viewset_class` of every snippet that holds personal data; a test sees to it."""

    choose_view_class = GuardedChooseView
    choose_results_view_class = GuardedChooseResultsView
    chosen_view_class = GuardedChosenView
    chosen_multiple_view_class = GuardedChosenMultipleView
    create_view_class = GuardedCreateView
