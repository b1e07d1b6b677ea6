"""Form fields by which a trainer says, without programming, when something holds, what it changes and where it leads."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scenarios.engine import COMPETENCIES, END
from scenarios.models import Choice, Scenario, Scene

COMPARISONS = {
    "lt": gettext_lazy("is below"),
    "le": gettext_lazy("is at most"),
    "eq": gettext_lazy("is"),
    "ne": gettext_lazy("is not"),
    "ge": gettext_lazy("is at least"),
    "gt": gettext_lazy("is above"),
}
SPARE_ROWS = 2
_LABEL = re.compile(r".*\[([^\[\]]+)\]\s*")


@dataclass(frozen=True)
class Story:
    """What the drop-downs of one story offer."""

    variables: tuple[str, ...] = ()
    # Label by key, in the order of the outline.
    scenes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario) -> "Story":
        """Two queries."""
        return cls(
            tuple(scenario.variables.values_list("key", flat=True)),
            {key: f"{title} [{key}]" for key, title in scenario.scenes.values_list("key", "title")},
        )

    @property
    def end(self) -> str:
        return str(_("The story ends here")) + f" [{END}]"

    def key_of(self, said: str) -> str | None:
        """The scene that somebody means who typed its title, its key or both; END for the end; None where there is none."""
        text = said.strip()
        for candidate in (text, match[1] if (match := _LABEL.fullmatch(text)) else ""):
            if candidate in self.scenes or candidate == END:
                return candidate
        found = [
            key
            for key, label in self.scenes.items()
            if label.rsplit(" [", 1)[0].casefold() == text.casefold()
        ]
        return found[0] if len(found) == 1 else None


class _RowsWidget(forms.Widget):
    """Rows of small controls, each named NAME-ROW-PART."""

    parts: tuple[str, ...] = ()

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.story = Story()

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-rows" not in data

    def rows_from(self, data: Any, name: str) -> list[dict[str, str]]:
        try:
            count = min(int(data.get(f"{name}-rows", "0")), 50)
        except ValueError:
            count = 0
        return [
            {part: str(data.get(f"{name}-{row}-{part}", "")).strip() for part in self.parts}
            for row in range(count)
        ]


class EffectsWidget(_RowsWidget):
    template_name = "scenarios/admin/effects_widget.html"
    parts = ("variable", "change")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        return self.rows_from(data, name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        rows = (
            [{"variable": key, "change": change} for key, change in value.items()]
            if isinstance(value, Mapping)
            else [row for row in value or [] if any(row.values())]
        )
        spare = [{"variable": "", "change": ""}] * (SPARE_ROWS if self.story.variables else 0)
        return super().get_context(name, value, attrs) | {
            "rows": [*rows, *spare],
            "variables": self.story.variables,
        }


class EffectsField(forms.Field):
    """Pairs of a variable and by how much it changes; a mapping."""

    widget: EffectsWidget = EffectsWidget  # type: ignore[assignment]

    def clean(self, value: Any) -> dict[str, int]:
        result: dict[str, int] = {}
        for row in value or []:
            if not row["variable"] and not row["change"]:
                continue
            if row["variable"] not in self.widget.story.variables:
                raise forms.ValidationError(_("Choose what changes, such as trust."))
            try:
                change = int(row["change"])
            except ValueError:
                raise forms.ValidationError(
                    _("Say by how much %(variable)s changes, as a whole number such as -1.")
                    % {"variable": row["variable"]}
                ) from None
            if not -100 <= change <= 100:
                raise forms.ValidationError(_("A change is from -100 to 100."))
            if change:
                result[row["variable"]] = change
        return result


class ScoresWidget(forms.Widget):
    template_name = "scenarios/admin/scores_widget.html"

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}-{one}" in data for one in COMPETENCIES)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        return {one: str(data.get(f"{name}-{one}", "")).strip() for one in COMPETENCIES}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        from scenarios.presenters import COMPETENCY_NAMES

        rows = [
            {"code": one, "name": COMPETENCY_NAMES[one], "value": str((value or {}).get(one) or "0")}
            for one in COMPETENCIES
        ]
        return super().get_context(name, value, attrs) | {"rows": rows, "points": ("-2", "-1", "0", "1", "2")}


class ScoresField(forms.Field):
    widget = ScoresWidget

    def clean(self, value: Any) -> dict[str, int]:
        result = {}
        for competency, points in (value or {}).items():
            if points not in ("", "-2", "-1", "0", "1", "2"):
                raise forms.ValidationError(_("A score is from -2 to 2."))
            if points not in ("", "0"):
                result[competency] = int(points)
        return result


class ConditionWidget(_RowsWidget):
    template_name = "scenarios/admin/condition_widget.html"
    parts = ("not", "subject", "compare", "number", "scene")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        return {
            "join": data.get(f"{name}-join", "all"),
            "rows": self.rows_from(data, name),
            "keep": data.get(f"{name}-keep", ""),
        }

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        join, rows, kept = "all", [], None
        if isinstance(value, Mapping) and "rows" in value:
            join, rows = value["join"], [row for row in value["rows"] if row["subject"]]
        elif value:
            flat = flattened(value, self.story)
            if flat is None:
                kept = value
            else:
                join, rows = flat
        blank = dict.fromkeys(self.parts, "")
        return super().get_context(name, value, attrs) | {
            "join": join,
            "rows": [*rows, *([blank] * SPARE_ROWS)],
            "kept": in_words(kept, self.story) if kept else "",
            "variables": self.story.variables,
            "comparisons": COMPARISONS,
            "moves": Choice.Move.choices,
        }


def flattened(tree: Mapping[str, Any], story: Story) -> tuple[str, list[dict[str, str]]] | None:
    """A condition as rows of drop-downs, or None where it is too deep for them."""
    name, inner = next(iter(tree.items()))
    join, parts = (name, inner) if name in ("all", "any") else ("all", [tree])
    rows = []
    for part in parts:
        row = {"not": "", "subject": "", "compare": "", "number": "", "scene": ""}
        kind, value = next(iter(part.items()))
        if kind == "not":
            row["not"] = "1"
            kind, value = next(iter(value.items()))
        if kind in COMPARISONS:
            row |= {"subject": f"variable:{value[0]}", "compare": kind, "number": str(value[1])}
        elif kind == "visited":
            row |= {"subject": "visited", "scene": story.scenes.get(str(value), str(value))}
        elif kind == "moves":
            row |= {"subject": f"moves:{value[0]}", "compare": "ge", "number": str(value[1])}
        elif kind in ("critical", "always"):
            row |= {"subject": f"{kind}:{str(bool(value)).lower()}"}
        else:
            return None
        rows.append(row)
    return join, rows


def in_words(tree: Mapping[str, Any] | None, story: Story) -> str:
    """A condition as a person would say it."""
    if not tree:
        return ""
    name, value = next(iter(tree.items()))
    if name in ("all", "any"):
        joint = f" {_('and')} " if name == "all" else f" {_('or')} "
        return joint.join(
            f"({in_words(one, story)})"
            if len(one) and next(iter(one)) in ("all", "any")
            else in_words(one, story)
            for one in value
        )
    if name == "not":
        return _("not: %(condition)s") % {"condition": in_words(value, story)}
    if name in COMPARISONS:
        return f"{value[0]} {COMPARISONS[name]} {value[1]}"
    if name == "visited":
        return _("has been at %(scene)s") % {"scene": story.scenes.get(str(value), str(value))}
    if name == "moves":
        return _("at least %(count)d times: %(move)s") % {
            "count": value[1],
            "move": str(dict(Choice.Move.choices).get(value[0], value[0])),
        }
    if name == "critical":
        return _("an absolute rule was broken") if value else _("no absolute rule was broken")
    return _("always") if value else _("never")


class ConditionField(forms.Field):
    """A condition tree, or None. What is too deep for the drop-downs stays as it is unless rows replace it."""

    widget: ConditionWidget = ConditionWidget  # type: ignore[assignment]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kept: Any = None

    def clean(self, value: Any) -> Any:
        rows = [row for row in (value or {}).get("rows", []) if row["subject"]]
        if not rows:
            return self.kept if (value or {}).get("keep") else None
        parts = [self._part(row) for row in rows]
        if len(parts) == 1:
            return parts[0]
        return {"any" if value["join"] == "any" else "all": parts}

    def _part(self, row: Mapping[str, str]) -> dict[str, Any]:
        subject, _colon, name = row["subject"].partition(":")
        part: dict[str, Any]
        if subject == "variable" and name in self.widget.story.variables:
            if row["compare"] not in COMPARISONS:
                raise forms.ValidationError(_("Choose how %(variable)s is compared.") % {"variable": name})
            part = {row["compare"]: [name, self._number(row["number"])]}
        elif subject == "moves" and name in Choice.Move.values:
            part = {"moves": [name, self._number(row["number"] or "1")]}
        elif subject == "visited":
            key = self.widget.story.key_of(row["scene"])
            if key is None or key == END:
                raise forms.ValidationError(
                    _("No scene is called “%(scene)s”. Choose one from the list.") % {"scene": row["scene"]}
                )
            part = {"visited": key}
        elif subject in ("critical", "always") and name in ("true", "false"):
            part = {subject: name == "true"}
        else:
            raise forms.ValidationError(_("Choose what the condition is about."))
        return {"not": part} if row["not"] else part

    def _number(self, text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise forms.ValidationError(_("A condition compares with a whole number, such as 4.")) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


class SceneField(forms.CharField):
    """A scene, by type-ahead over the titles. `unknown` keeps a title that no scene has, so that one can be made."""

    def __init__(self, *, with_end: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=300, **kwargs)
        self.story = Story()
        self.with_end = with_end

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        key = self.story.key_of(text)
        if key is None or (key == END and not self.with_end):
            raise forms.ValidationError(
                _(
                    "No scene is called “%(scene)s”. Choose one from the list, or make it with the button beside."
                ),
                code="unknown",
                params={"scene": text},
            )
        return key


class CodesField(forms.CharField):
    """A list of short codes, written with commas; a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [one for one in re.split(r"[,\s]+", text) if one]


def tell(form: forms.BaseForm, story: Story) -> None:
    """Give every field of the form the story whose scenes and variables it offers."""
    for one in form.fields.values():
        if isinstance(one, SceneField):
            one.story = story
        if isinstance(one.widget, _RowsWidget):
            one.widget.story = story


def scene_label(scene: Scene | None) -> str:
    return f"{scene.title} [{scene.key}]" if scene is not None else ""


def fresh_key(title: str, taken: Sequence[str] | set[str], *, longest: int) -> str:
    """A readable key that nothing has yet."""
    base = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[: longest - 4] or uuid.uuid4().hex[:6]
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key
