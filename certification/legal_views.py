"""A change of law: what is new, and that the holder has read it."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from certification import services
from certification.exceptions import CertificationError
from certification.law import updates_due
from certification.models import LegalUpdate, LegalUpdateTaken
from content.selectors import facts_by_code


@login_required
@require_http_methods(["GET", "POST"])
def legal_update(request: HttpRequest, update: uuid.UUID) -> HttpResponse:
    """Only for people whose certificates it touches."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - login_required saw to it
    found = get_object_or_404(LegalUpdate.objects.select_related("jurisdiction"), uuid=update)
    taken = LegalUpdateTaken.objects.filter(user=user, legal_update=found).first()
    if taken is None and found not in updates_due(user, on=timezone.localdate()):
        raise Http404
    is_missing = False
    if request.method == "POST":
        if request.POST.get("read") == "yes":
            try:
                services.take_legal_update(user, found, at=timezone.now())
            except CertificationError as error:
                raise Http404 from error
            messages.success(request, _("Thank you. Your certificates say that you are up to date."))
            return redirect("compliance:my_training")
        is_missing = True
    facts = facts_by_code(found.facts.split())
    return render(
        request,
        "certification/legal_update.html",
        {
            "section": "training",
            "update": found,
            "taken": taken,
            "facts": [facts[code] for code in found.facts.split() if code in facts],
            "is_missing": is_missing,
        },
        status=422 if is_missing else 200,
    )
