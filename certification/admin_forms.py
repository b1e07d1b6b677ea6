"""What trainers fill in about achievements. Apart from the other forms, because the model itself names it."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from certification.requirements import Policy


class AchievementForm(WagtailAdminModelForm):
    """What a trainer says of an achievement, and what a change of it means for people on the way."""

    policy = forms.ChoiceField(
        label=_("Whoever is on the way"),
        choices=[
            (Policy.KEEP.value, _("keeps the rules under which they began")),
            (Policy.CHOOSE.value, _("keeps them, or chooses the new ones")),
            (Policy.MOVE.value, _("is moved to the new rules")),
        ],
        required=False,
    )
    note = forms.CharField(
        label=_("What changes, in a sentence for learners"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
