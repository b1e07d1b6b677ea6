"""The form of a resource in the admin."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from wagtail.admin.forms import WagtailAdminModelForm

from accounts.models import Jurisdiction, ProfessionalRole


class ResourceForm(WagtailAdminModelForm):
    """Roles and packs are ticked, not typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "role_codes": list(ProfessionalRole.objects.values_list("code", "short_name")),
            "pack_codes": list(Jurisdiction.objects.values_list("code", "name")),
        }
        for name, rows in choices.items():
            self.fields[name] = forms.MultipleChoiceField(
                choices=rows,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                label=self.fields[name].label,
                help_text=self.fields[name].help_text,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not cleaned.get("url") and not cleaned.get("document") and "url" not in self.errors:
            raise ValidationError(
                {"url": gettext("Give an address or a document: learners need somewhere to go.")}
            )
        return cleaned
