"""Forms of the outline: one scene with its choices, and the parts of a story."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scenarios.models import (
    Character,
    Choice,
    DebriefPoint,
    Ending,
    MustRule,
    PackSlot,
    PackWords,
    Perspective,
    PerspectiveView,
    Scenario,
    Scene,
    Variable,
)
from scenarios.outline.fields import (
    CodesField,
    ConditionField,
    EffectsField,
    SceneField,
    ScoresField,
    Story,
    scene_label,
    tell,
)
from scenarios.services.editing import ChoiceDraft, SceneDraft

FACTS_HELP = gettext_lazy("Codes of facts, such as TIC-02, with commas between them.")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SceneForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Only where it differs from the story's place."),
    )
    text = forms.CharField(
        label=gettext_lazy("What the learner sees and hears"),
        widget=_area(5),
        required=False,
        max_length=20_000,
    )
    note = forms.CharField(
        label=gettext_lazy("Content note"),
        max_length=250,
        required=False,
        help_text=gettext_lazy("Where this scene needs a note of its own, shown before its text."),
    )
    is_checkpoint = forms.BooleanField(
        label=gettext_lazy("Resting point"),
        required=False,
        help_text=gettext_lazy("Learners may come back to here, where the story allows it."),
    )
    shown_before = SceneField(
        label=gettext_lazy("Shown once before"),
        required=False,
        help_text=gettext_lazy(
            "For a consequence scene: it stands before that scene when the condition holds."
        ),
    )
    shown_when = ConditionField(label=gettext_lazy("…if"), required=False)
    other_when = ConditionField(label=gettext_lazy("Other words, if"), required=False)
    other_text = forms.CharField(
        label=gettext_lazy("Other words"),
        widget=_area(4),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("Shown instead of the text when the condition holds."),
    )
    arrive_when = ConditionField(label=gettext_lazy("Arriving here changes something, if"), required=False)
    arrive_effects = EffectsField(label=gettext_lazy("What arriving changes"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("shown_before") and not data.get("shown_when") and "shown_when" not in self.errors:
            self.add_error("shown_when", _("Say when this scene is shown."))
        if data.get("other_text") and not data.get("other_when") and "other_when" not in self.errors:
            self.add_error("other_when", _("Say when the other words are shown."))
        return data


class ChoiceForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What the learner can do or say"),
        widget=_area(2),
        required=False,
        max_length=4_000,
    )
    to = SceneField(label=gettext_lazy("Leads to"), required=False, with_end=True)
    consequence = forms.CharField(
        label=gettext_lazy("What happens at once"),
        widget=_area(2),
        required=False,
        max_length=4_000,
        help_text=gettext_lazy("Shown on top of the next scene."),
    )
    rationale = forms.CharField(
        label=gettext_lazy("Why"),
        widget=_area(2),
        required=False,
        max_length=4_000,
        help_text=gettext_lazy("Shown in the debrief, or at once in coach mode."),
    )
    move = forms.ChoiceField(
        label=gettext_lazy("Kind of move"), choices=[("", "—"), *Choice.Move.choices], required=False
    )
    scores = ScoresField(label=gettext_lazy("Scores"), required=False)
    effects = EffectsField(label=gettext_lazy("What it changes"), required=False)
    critical = forms.CharField(
        label=gettext_lazy("Absolute rule broken"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Leave empty unless this must never be done; then say in a few words what was done."
        ),
    )
    condition = ConditionField(label=gettext_lazy("Offered only if"), required=False)
    facts = CodesField(label=gettext_lazy("Facts"), max_length=300, required=False, help_text=FACTS_HELP)
    pack_slots = forms.MultipleChoiceField(
        label=gettext_lazy("Questions of law"), required=False, widget=forms.CheckboxSelectMultiple
    )


class SceneEditor:
    """One scene and its choices as forms. `choices` holds (UUID, form) in the order in which they stand."""

    def __init__(
        self,
        scene: Scene,
        story: Story,
        *,
        data: QueryDict | None = None,
        slots: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.scene = scene
        self.story = story
        first = scene.alternatives[0] if scene.alternatives else {}
        arrival = scene.arrivals[0] if scene.arrivals else {}
        self.form = SceneForm(
            data,
            prefix="scene",
            initial={
                "title": scene.title,
                "place": scene.place,
                "text": scene.text,
                "note": scene.note,
                "is_checkpoint": scene.is_checkpoint,
                "shown_before": scene_label(scene.shown_before),
                "shown_when": scene.shown_when,
                "other_when": first.get("when"),
                "other_text": first.get("text", ""),
                "arrive_when": arrival.get("when"),
                "arrive_effects": arrival.get("change", {}),
            },
        )
        self._prepare(self.form)
        saved = {str(choice.uuid): choice for choice in scene.choices.all()}
        order = list(saved) if data is None else _uuids(data.getlist("choice"))
        self.choices = [
            (one, self._choice_form(one, saved.get(one), data, slots)) for one in dict.fromkeys(order)
        ]

    def _prepare(self, form: forms.Form) -> None:
        tell(form, self.story)
        for name, one in form.fields.items():
            if isinstance(one, ConditionField):
                one.kept = form.initial.get(name)

    def _choice_form(
        self, prefix: str, choice: Choice | None, data: QueryDict | None, slots: Sequence[tuple[str, str]]
    ) -> ChoiceForm:
        initial: dict[str, Any] = {}
        if choice is not None:
            to = (
                self.story.end
                if choice.is_end
                else self.story.scenes.get(choice.target.key if choice.target else "", "")
            )
            initial = {
                "text": choice.text,
                "to": to,
                "consequence": choice.consequence,
                "rationale": choice.rationale,
                "move": choice.move,
                "critical": choice.critical,
                "scores": {one.competency: one.points for one in choice.scores.all()},
                "effects": choice.effects,
                "condition": choice.condition,
                "facts": choice.facts,
                "pack_slots": choice.pack_slots,
            }
        form = ChoiceForm(data, prefix=f"choice-{prefix}", initial=initial)
        self._prepare(form)
        slot_field = form.fields["pack_slots"]
        assert isinstance(slot_field, forms.MultipleChoiceField)  # noqa: S101
        slot_field.choices = list(slots)
        return form

    def add_choice(self, slots: Sequence[tuple[str, str]]) -> str:
        """A blank choice at the end."""
        new = str(uuid.uuid4())
        self.choices.append((new, self._choice_form(new, None, None, slots)))
        return new

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *[form.is_valid() for _uuid, form in self.choices]])

    def errors(self) -> list[str]:
        """Every mistake in words, with the choice in which it is."""
        found = [
            f"{self.form.fields[name].label}: {' '.join(map(str, words))}"
            for name, words in self.form.errors.items()
        ]
        for number, (_uuid, form) in enumerate(self.choices, start=1):
            found += [
                _("Choice %(number)d, %(field)s: %(error)s")
                % {"number": number, "field": form.fields[name].label, "error": " ".join(map(str, words))}
                for name, words in form.errors.items()
            ]
        return found

    def unknown_scene(self, choice: str) -> str:
        """The title that was typed for a scene that does not exist yet."""
        for one, form in self.choices:
            if one == choice and form.data:
                return str(form.data.get(f"{form.prefix}-to", "")).strip()
        return ""

    def draft(self) -> SceneDraft:
        """Only after `is_valid`."""
        data = self.form.cleaned_data
        others = list(self.scene.alternatives)
        if data["other_text"]:
            kept = others[0] if others else {"uuid": str(uuid.uuid4())}
            others[:1] = [{"uuid": kept["uuid"], "when": data["other_when"], "text": data["other_text"]}]
        else:
            others = others[1:]
        arrivals = list(self.scene.arrivals)
        if data["arrive_effects"]:
            arrivals[:1] = [
                {"when": data["arrive_when"] or {"always": True}, "change": data["arrive_effects"]}
            ]
        else:
            arrivals = arrivals[1:]
        return SceneDraft(
            title=data["title"],
            place=data["place"],
            text=data["text"].replace("\r\n", "\n"),
            note=data["note"],
            is_checkpoint=data["is_checkpoint"],
            alternatives=others,
            arrivals=arrivals,
            shown_before=data["shown_before"],
            shown_when=data["shown_when"],
            choices=[_choice_draft(one, form.cleaned_data) for one, form in self.choices],
        )


def _choice_draft(uuid_: str, data: Mapping[str, Any]) -> ChoiceDraft:
    plain: dict[str, Any] = {
        name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in data.items()
    }
    return ChoiceDraft(uuid=uuid.UUID(uuid_), **plain)


def _uuids(texts: Sequence[str]) -> list[str]:
    found = []
    for text in texts[:50]:
        try:
            found.append(str(uuid.UUID(text)))
        except ValueError:
            continue
    return found


# The parts of a story beside its scenes. Each form is one row of a formset.


class _PartForm(forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, story: Story, scenario: Scenario, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scenario = scenario
        tell(self, story)
        for name, one in self.fields.items():
            if isinstance(one, ConditionField):
                one.kept = self.initial.get(name)
            if isinstance(one, forms.ModelChoiceField):
                owned = one.queryset.model  # type: ignore[union-attr]
                one.queryset = (
                    Choice.objects.filter(scene__scenario=scenario).order_by("scene__order", "order")
                    if owned is Choice
                    else owned._default_manager.filter(scenario=scenario)
                )


class VariableForm(_PartForm):
    class Meta:
        model = Variable
        fields = ("key", "start", "minimum", "maximum")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        low, start, high = data.get("minimum"), data.get("start"), data.get("maximum")
        if start is not None and ((low is not None and start < low) or (high is not None and start > high)):
            self.add_error("start", _("The start lies outside the bounds."))
        return data


class CharacterForm(_PartForm):
    class Meta:
        model = Character
        fields = ("name", "description")
        widgets: Mapping[str, forms.Widget] = {"description": _area(2)}


class EndingForm(_PartForm):
    condition = ConditionField(
        label=gettext_lazy("If"),
        required=False,
        help_text=gettext_lazy(
            "Endings are tried from the top; the first that holds counts. The last should always hold."
        ),
    )

    class Meta:
        model = Ending
        fields = ("key", "title", "text", "condition")
        widgets: Mapping[str, forms.Widget] = {"text": _area(3)}


class DebriefForm(_PartForm):
    facts = CodesField(label=gettext_lazy("Facts"), max_length=300, required=False, help_text=FACTS_HELP)

    class Meta:
        model = DebriefPoint
        fields = ("text", "facts")
        widgets: Mapping[str, forms.Widget] = {"text": _area(2)}


class MustForm(_PartForm):
    facts = CodesField(label=gettext_lazy("Facts"), max_length=300, required=False, help_text=FACTS_HELP)

    class Meta:
        model = MustRule
        fields = ("kind", "text", "choices", "scene", "facts")
        widgets: Mapping[str, forms.Widget] = {"text": _area(2)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("choices") and not data.get("scene"):
            self.add_error("choices", _("Say which choices or which scene this is about."))
        return data


class SlotForm(_PartForm):
    class Meta:
        model = PackSlot
        fields = ("key", "title")


class WordsForm(_PartForm):
    facts = CodesField(label=gettext_lazy("Facts"), max_length=300, required=False, help_text=FACTS_HELP)

    class Meta:
        model = PackWords
        fields = ("jurisdiction_code", "text", "facts")
        widgets: Mapping[str, forms.Widget] = {"text": _area(3)}


class PerspectiveForm(_PartForm):
    class Meta:
        model = Perspective
        fields = ("key", "name", "text")
        widgets: Mapping[str, forms.Widget] = {"text": _area(2)}


class ViewForm(_PartForm):
    class Meta:
        model = PerspectiveView
        fields = ("scenes", "choice", "how", "text")
        widgets: Mapping[str, forms.Widget] = {"text": _area(3)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        choice, scenes = data.get("choice"), data.get("scenes")
        if choice is not None and scenes is not None and [one.pk for one in scenes] != [choice.scene_id]:
            self.add_error("scenes", _("With a choice, name the one scene to which that choice belongs."))
        return data
