"""What may be asked of search and of the library."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Jurisdiction, ProfessionalRole
from content.models import Resource
from content.search.find import LONGEST_QUESTION
from content.search.kinds import kinds


class SearchForm(forms.Form):
    """One question, and the kind to which it is narrowed. A kind that nobody offers counts as none."""

    q = forms.CharField(
        label=_("Search for"),
        max_length=LONGEST_QUESTION,
        help_text=_(
            "Ask for a subject, never for a person: leave out names and anything about a case. What you search for is not kept."
        ),
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "maxlength": LONGEST_QUESTION}
        ),
        error_messages={"required": _("Write a word to search for, such as interpreter.")},
    )
    kind = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_kind(self) -> str:
        kind: str = self.cleaned_data["kind"]
        return kind if kind in {one.code for one in kinds()} else ""


class ResourceFilterForm(forms.Form):
    """An ordinary GET form. A value that is not on offer is dropped, so that an old link still shows a list."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)
    pack = forms.ChoiceField(label=_("Law of"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        offers: dict[str, list[Any]] = {
            "kind": [("", _("All kinds")), *Resource.Kind.choices],
            "role": [("", _("All roles")), *ProfessionalRole.objects.values_list("code", "name")],
            "pack": [("", _("Anywhere")), *Jurisdiction.objects.values_list("code", "name")],
        }
        for name, choices in offers.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101
            field.choices = choices
            field.widget.is_required = True
        self.is_valid()

    @property
    def wanted(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name) or "" for name in ("kind", "role", "pack")}
