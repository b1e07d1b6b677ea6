"""Forms of the admin for facts, packs and sources."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from content.blocks.scoped import pack_choices
from content.models import Fact


class KeyedForm(WagtailAdminModelForm):
    """What other things name it by never changes once it is there."""

    key_name = "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.fields[self.key_name].disabled = True


class FactForm(KeyedForm):
    jurisdiction_code = forms.ChoiceField(choices=pack_choices, label=_("Jurisdiction"))
    flags = forms.MultipleChoiceField(
        choices=Fact.Flag.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Flags"),
        help_text=_("Learners see what a reader is awaited for, until that reader has signed."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not cleaned.get("sources") and cleaned.get("confidence") != Fact.Confidence.GENERAL:
            self.add_error(
                "sources", _("A fact without a source can only be general professional knowledge.")
            )
        if Fact.Flag.DATE in cleaned.get("flags", ()) and not cleaned.get("recheck_by"):
            self.add_error(
                "recheck_by", _("What is date-sensitive needs a day by which it is looked at again.")
            )
        return cleaned


class SourceForm(KeyedForm):
    key_name = "key"
