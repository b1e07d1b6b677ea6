"""Forms of the admin: what a lesson must keep, and what a question must have before it can be asked."""

from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm

from content.blocks import pack_choices, role_choices
from content.blocks.text import check_citations
from content.models import ReviewSignOff
from courses import marking

LONGEST_LESSON = 240


def lesson_choices() -> list[tuple[str, str]]:
    lessons = apps.get_model("courses", "LessonPage").objects.order_by("code")
    return [(code, f"{code} {title}") for code, title in lessons.values_list("code", "title")]


def fix_code(form: "forms.ModelForm[Any]") -> None:
    """Courses, records and certificates name it, so that it never changes once it is there."""
    if form.instance.pk is not None:
        form.fields["code"].disabled = True


class LessonForm(WagtailAdminPageForm):
    """Refuses what a learner's page or a certificate could not show."""

    minutes = forms.IntegerField(min_value=1, max_value=LONGEST_LESSON, label=_("Minutes"))
    gates = forms.MultipleChoiceField(
        choices=ReviewSignOff.Gate.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Reviews asked for"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fix_code(self)

    def clean_summary(self) -> str:
        summary: str = self.cleaned_data["summary"]
        check_citations(summary)
        return summary


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

    lesson_code = forms.ChoiceField(choices=lesson_choices, label=_("Lesson"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fix_code(self)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        options = [block.value for block in cleaned.get("options") or []]
        kind = cleaned.get("kind")
        right = sum(1 for option in options if option["correct"])
        ids = [option["id"] for option in options]
        if len(ids) != len(set(ids)):
            self.add_error(
                "options", gettext("Two answers have the same short name. Give each its own: a, b, c.")
            )
        if kind == "ordering":
            return cleaned
        if kind == "matching":
            targets = {block.value["id"] for block in cleaned.get("targets") or []}
            if len(targets) < 2:
                self.add_error("targets", gettext("A matching question needs at least two targets."))
            elif astray := [one["id"] for one in options if one.get("answer") not in targets]:
                message = gettext("Say for each answer to which target it belongs. Missing: %s.")
                self.add_error("options", message % ", ".join(astray))
        elif options and kind in marking.CHOOSE_ONE and right != 1:
            self.add_error(
                "options", gettext("Mark exactly one answer as right, or choose “Several answers” below.")
            )
        elif options and right == 0:
            self.add_error("options", gettext("Mark at least one answer as right."))
        return cleaned
