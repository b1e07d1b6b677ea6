"""The holder's licence numbers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from certification import services
from certification.forms import LicenceForm
from certification.models import CreditApproval, LicenceNumber


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def licences(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - login_required saw to it
    form = LicenceForm(request.POST if "body" in request.POST else None)
    if request.method == "POST":
        if request.POST.get("forget", "").isdigit():
            services.forget_licence_number(user, pk=int(request.POST["forget"][:18]))
            messages.success(request, _("Forgotten."))
            return redirect("certification:licences")
        if form.is_valid():
            services.keep_licence_number(user, **form.cleaned_data, at=timezone.now())
            messages.success(request, _("Kept, encrypted."))
            return redirect("certification:licences")
    return render(
        request,
        "certification/licences.html",
        {
            "section": "training",
            "form": form,
            "rows": LicenceNumber.objects.filter(user=user),
            "bodies": sorted(set(CreditApproval.objects.values_list("accrediting_body", flat=True))),
        },
        status=422 if form.errors else 200,
    )
