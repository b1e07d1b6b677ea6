"""Which parts of a story are edited as a list of rows, and by which form."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scenarios.models import (
    Character,
    DebriefPoint,
    Ending,
    MustRule,
    PackSlot,
    PackWords,
    Perspective,
    PerspectiveView,
    Variable,
)
from scenarios.outline import forms


@dataclass(frozen=True)
class PartKind:
    key: str
    title: Promise
    help: Promise
    model: type[Model]
    form: type[Any]
    # The kind whose rows own rows of this kind, and by which field; empty: the scenario itself.
    parent: str = ""
    parent_field: str = "scenario"
    # The kind whose rows each of these rows owns.
    child: str = ""


_KINDS = (
    PartKind(
        "people",
        _("People"),
        _("Everybody in a story is invented. Nothing may point to a real case."),
        Character,
        forms.CharacterForm,
    ),
    PartKind(
        "variables",
        _("Meters and counters"),
        _(
            "Numbers that choices change, such as trust. Learners never see them. “time” is the story's minutes."
        ),
        Variable,
        forms.VariableForm,
    ),
    PartKind(
        "endings",
        _("Endings"),
        _("The first that holds counts. None of them may depend on whether somebody tells her story."),
        Ending,
        forms.EndingForm,
    ),
    PartKind(
        "must",
        _("Should and should not happen"),
        _("Judged over the whole way taken; the debrief names the step."),
        MustRule,
        forms.MustForm,
    ),
    PartKind(
        "debrief", _("To take along"), _("What the debrief ends with."), DebriefPoint, forms.DebriefForm
    ),
    PartKind(
        "law",
        _("Questions of law"),
        _("What only local law or policy answers. The shared text never does."),
        PackSlot,
        forms.SlotForm,
        child="law-words",
    ),
    PartKind(
        "law-words",
        _("Answers of each jurisdiction"),
        _("INT is shown wherever a jurisdiction has no words of its own."),
        PackWords,
        forms.WordsForm,
        parent="law",
        parent_field="slot",
    ),
    PartKind(
        "perspectives",
        _("Perspectives"),
        _("The same events as people of other agencies lived them: who knew what, and when."),
        Perspective,
        forms.PerspectiveForm,
        child="views",
    ),
    PartKind(
        "views",
        _("What this person knew"),
        _("Every scene once; with a choice, only where that choice was taken."),
        PerspectiveView,
        forms.ViewForm,
        parent="perspectives",
        parent_field="perspective",
    ),
)
KINDS = {kind.key: kind for kind in _KINDS}
