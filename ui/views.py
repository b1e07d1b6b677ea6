"""Every part of the interface on one page, for whoever builds with it."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from ui.icons import ICONS


class SampleForm(forms.Form):
    """Fields in every state; `due` is always wrong, so that its error can be looked at."""

    name = forms.CharField(label=_("Name on the certificate"), help_text=_("As it should stand there."))
    due = forms.DateField(
        label=_("Due on"),
        error_messages={"invalid": _("February 2027 has 28 days. For example: 28 February 2027.")},
    )
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[("ed", _("Emergency department")), ("mat", _("Maternity"))]
    )
    agree = forms.BooleanField(label=_("Show my name to whoever has the number"), required=False)


def styleguide(request: HttpRequest) -> HttpResponse:
    form = SampleForm({"name": "Rosa Whitfield", "due": "2027-02-29", "unit": "ed"})
    way = [
        ("done", _("Done")),
        ("here", _("You are here")),
        ("skipped", _("Skipped for now")),
        ("todo", _("Not started")),
    ]
    return render(
        request,
        "ui/styleguide.html",
        {"form": form, "icons": sorted(ICONS), "way": way, "kinds": ["good", "soon", "late", "plain"]},
    )
