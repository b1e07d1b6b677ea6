"""The form in which a certificate's look is written and tried out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certification.exceptions import UnusablePicture
from certification.looks import Look, Signatory, explain, part_label
from certification.models import Accent
from certification.pdf import missing_letters
from certification.pictures import Picture, clean_picture
from certification.samples import NAME_LABELS, PAPER_LABELS, Sample
from certification.wording_rules import (
    LONGEST_LOGO_TEXT,
    LONGEST_SIGNATORY_NAME,
    LONGEST_SIGNATORY_TITLE,
    MOST_SIGNATORIES,
    PARTS,
    PLACEHOLDERS,
    tidy,
    wording_problems,
)

PICTURES = "image/png,image/jpeg,image/svg+xml"
_INSTEAD = {
    "heading": gettext_lazy("Instead of “Certificate of training”."),
    "opening": gettext_lazy("Instead of “This certifies that”, above the name."),
    "closing": gettext_lazy("A sentence below the course and the role."),
    "footer": gettext_lazy("Small, at the foot of the page: whom to ask, for example."),
}


class OneLine(forms.CharField):
    """Text on a certificate: one line, letters that can be printed, placeholders that stand for something."""

    def __init__(self, *, longest: int, allowed: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.longest, self.allowed = longest, allowed
        super().__init__(required=False, strip=True, **kwargs)
        self.widget.attrs.setdefault("maxlength", longest)

    def clean(self, value: Any) -> str:
        text = tidy(super().clean(value))
        said = [
            explain(problem, longest=self.longest, allowed=self.allowed)
            for problem in wording_problems(text, longest=self.longest, allowed=self.allowed)
        ]
        if letters := missing_letters(text):
            said.append(_("These letters cannot be printed: %(letters)s") % {"letters": letters[:40]})
        if said:
            raise ValidationError(said)
        return text


class PictureField(forms.FileField):
    """An upload that comes out as a harmless Picture."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.FileInput(attrs={"accept": PICTURES}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Picture | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return clean_picture(file.read())
        except UnusablePicture as error:
            raise ValidationError(str(error)) from error
        finally:
            file.seek(0)


@dataclass(frozen=True)
class Group:
    """Fields that belong together, under a title."""

    title: str
    hint: str
    fields: list[Any]


def _word_field(part: str, language: str) -> str:
    return f"{part}_{language.replace('-', '_')}"


class LookForm(forms.Form):
    """Everything that a template holds. `look` is what it says once it is valid."""

    is_on = forms.BooleanField(
        label=gettext_lazy("In use"),
        required=False,
        help_text=gettext_lazy("Switched off, new certificates look as they would without it."),
    )
    accent = forms.ChoiceField(
        label=gettext_lazy("Colour"),
        choices=Accent.choices,
        help_text=gettext_lazy("Of the band and the heading. Each can be read well on white."),
    )
    logo = PictureField(
        label=gettext_lazy("Logo"),
        help_text=gettext_lazy(
            "PNG, JPEG or SVG, at most 512 kB. It stands on white. Leave empty to keep the one that is there."
        ),
    )
    remove_logo = forms.BooleanField(label=gettext_lazy("Take the logo away"), required=False)
    logo_alt = OneLine(
        label=gettext_lazy("The logo in words"),
        longest=LONGEST_LOGO_TEXT,
        help_text=gettext_lazy("For people who cannot see it. Usually the agency’s name."),
    )

    def __init__(self, *args: Any, current: Look | None, **kwargs: Any) -> None:
        self.current = current or Look()
        super().__init__(*args, **kwargs)
        if self.current.logo is None:
            del self.fields["remove_logo"]
        self._add_signatories()
        self._add_wording()
        self.initial = {
            **self.initial,
            "is_on": self.current.is_on,
            "accent": self.current.accent,
            "logo_alt": self.current.logo_alt,
        }

    def _signatory(self, place: int) -> Signatory | None:
        there = self.current.signatories
        return there[place - 1] if place <= len(there) else None

    def _add_signatories(self) -> None:
        for place in range(1, MOST_SIGNATORIES + 1):
            one = self._signatory(place)
            self.fields[f"name_{place}"] = OneLine(label=_("Name"), longest=LONGEST_SIGNATORY_NAME)
            self.fields[f"title_{place}"] = OneLine(label=_("Title or post"), longest=LONGEST_SIGNATORY_TITLE)
            self.fields[f"signature_{place}"] = PictureField(
                label=_("Picture of the signature"),
                help_text=_("Dark on white or on nothing. Without one there is a line to sign on."),
            )
            if one is None:
                continue
            if one.signature is not None:
                self.fields[f"remove_signature_{place}"] = forms.BooleanField(
                    label=_("Take the picture of the signature away"), required=False
                )
            self.initial = {**self.initial, f"name_{place}": one.name, f"title_{place}": one.title}

    def _add_wording(self) -> None:
        for language, _name in settings.LANGUAGES:
            for part, longest in PARTS.items():
                self.fields[_word_field(part, language)] = OneLine(
                    label=part_label(part),
                    longest=longest,
                    allowed=PLACEHOLDERS,
                    help_text=_INSTEAD[part],
                    widget=forms.Textarea(attrs={"rows": 2, "lang": language})
                    if longest > PARTS["heading"]
                    else forms.TextInput(attrs={"lang": language}),
                )
                self.initial[_word_field(part, language)] = self.current.wording.get(language, {}).get(
                    part, ""
                )

    def _bound(self, *names: str) -> list[Any]:
        return [self[name] for name in names if name in self.fields]

    @property
    def groups(self) -> list[Group]:
        """The fields as the page shows them."""
        placeholders = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        return [
            Group(_("Look"), "", self._bound("is_on", "accent", "logo", "remove_logo", "logo_alt")),
            *(
                Group(
                    _("Wording in %(language)s") % {"language": _(str(name))},
                    _(
                        "Leave empty what may stay as it is. These stand for facts of the certificate: %(names)s. The facts themselves, the state of review and that no accredited credit is claimed are always printed."
                    )
                    % {"names": placeholders},
                    self._bound(*(_word_field(part, language) for part in PARTS)),
                )
                for language, name in settings.LANGUAGES
            ),
            *(
                Group(
                    _("Signatory %(n)d") % {"n": place},
                    "",
                    self._bound(
                        f"name_{place}",
                        f"title_{place}",
                        f"signature_{place}",
                        f"remove_signature_{place}",
                    ),
                )
                for place in range(1, MOST_SIGNATORIES + 1)
            ),
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        logo = self._picture(data, "logo", "remove_logo", self.current.logo)
        if logo is not None and "logo_alt" in data and not data["logo_alt"]:
            self.add_error("logo_alt", _("Say in words what the logo shows, for people who cannot see it."))
        signatories = []
        for place in range(1, MOST_SIGNATORIES + 1):
            one = self._signatory(place)
            signature = self._picture(
                data,
                f"signature_{place}",
                f"remove_signature_{place}",
                one.signature if one is not None else None,
            )
            name, title = data.get(f"name_{place}", ""), data.get(f"title_{place}", "")
            if name:
                signatories.append(Signatory(name, title, signature))
            elif (title or data.get(f"signature_{place}")) and f"name_{place}" in data:
                self.add_error(f"name_{place}", _("A signatory needs a name."))
        self.look = Look(
            is_on=data.get("is_on", False),
            accent=data.get("accent", Accent.WAY.value),
            logo=logo,
            logo_alt=data.get("logo_alt", "") if logo else "",
            signatories=tuple(signatories),
            wording=self._wording(data),
        )
        return data

    @staticmethod
    def _picture(data: Mapping[str, Any], name: str, remove: str, current: Picture | None) -> Picture | None:
        new: Picture | None = data.get(name)
        return new or (None if data.get(remove) else current)

    @staticmethod
    def _wording(data: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        said = {
            language: {part: text for part in PARTS if (text := data.get(_word_field(part, language), ""))}
            for language, _name in settings.LANGUAGES
        }
        return {language: parts for language, parts in said.items() if parts}


class SampleForm(forms.Form):
    """Whose certificate the preview shows. Anything that is not on offer gives the first choice."""

    sample_name = forms.ChoiceField(label=gettext_lazy("Name"), choices=[*NAME_LABELS.items()])
    sample_paper = forms.ChoiceField(label=gettext_lazy("Paper"), choices=[*PAPER_LABELS.items()])
    sample_language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    @property
    def sample(self) -> Sample:
        self.is_valid()
        return Sample(**{name.removeprefix("sample_"): value for name, value in self.cleaned_data.items()})
