"""Forms of the admin: what a question must have before it can be asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from content.blocks import pack_choices, role_choices


class QuestionForm(WagtailAdminModelForm):
    """Refuses a question that nobody could answer, and says which part to mend."""

    role_codes = forms.MultipleChoiceField(
        choices=role_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Only for these roles"),
    )
    pack_codes = forms.MultipleChoiceField(
        choices=pack_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Only in these packs"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        options = [block.value for block in cleaned.get("options") or []]
        right = sum(1 for option in options if option["correct"])
        ids = [option["id"] for option in options]
        if len(ids) != len(set(ids)):
            self.add_error(
                "options", gettext("Two answers have the same short name. Give each its own: a, b, c.")
            )
        if options and cleaned.get("kind") == "single" and right != 1:
            self.add_error(
                "options", gettext("Mark exactly one answer as right, or choose “Several answers” below.")
            )
        elif options and right == 0:
            self.add_error("options", gettext("Mark at least one answer as right."))
        return cleaned
