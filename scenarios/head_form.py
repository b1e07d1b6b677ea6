"""The form of a story's page."""

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminPageForm

from accounts.models import ProfessionalRole


class ScenarioPageForm(WagtailAdminPageForm):
    """The head of a story; roles are ticked, not typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = list(ProfessionalRole.objects.values_list("code", "short_name"))
        for name in ("written_for", "useful_for"):
            if name in self.fields:
                self.fields[name] = forms.MultipleChoiceField(
                    choices=roles,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                    label=self.fields[name].label,
                )
