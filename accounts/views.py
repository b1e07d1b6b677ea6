"""A person's own pages: settings, name, role and law, look and language, leaving."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import forms, services
from accounts.exceptions import AccountError, NameIsMissing
from accounts.middleware import look_for
from accounts.models import User
from accounts.preferences import COOKIE, COOKIE_AGE
from accounts.setters import set_by_agency


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def safe_next(request: HttpRequest, default: str) -> str:
    """Where the form asked to go on, if that is on this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return default


@login_required
def show_settings(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    decided = set_by_agency(user, on=timezone.localdate())
    return render(
        request,
        "accounts/settings.html",
        {
            "section": "account",
            "decided": decided,
            "role": (decided and decided.professional_role) or user.professional_role,
            "law": (decided and decided.jurisdiction) or user.jurisdiction,
            "has_two_steps": Authenticator.objects.filter(user=user).exists(),
            "form": forms.PreferencesForm(
                initial={
                    "language": user.language or translation.get_language(),
                    "text_size": user.text_size,
                    "theme": user.theme,
                    "motion": user.motion,
                    "content_notes": user.content_notes,
                }
            ),
        },
    )


@login_required
def name(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    form = forms.NameForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm_name(user, name=form.cleaned_data["name"], at=timezone.now())
        except NameIsMissing:
            form.add_error("name", _("Write the name that a certificate should carry."))
        else:
            messages.success(request, _("Your name is confirmed. The next certificate will carry it."))
            return redirect(safe_next(request, reverse("accounts:settings")))
    status = 422 if form.errors else 200
    return render(
        request,
        "accounts/name.html",
        {"section": "account", "form": form, "next": safe_next(request, "")},
        status=status,
    )


@login_required
def role(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    now = timezone.now()
    decided = set_by_agency(user, on=timezone.localdate(now))
    form = forms.RoleForm(
        request.POST or None,
        decided=decided,
        initial={"professional_role": user.professional_role_id, "jurisdiction": user.jurisdiction_id},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_role(user, role=form.role, jurisdiction=form.law, at=now)
        except AccountError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. Lessons you open from now on follow it."))
            return redirect(safe_next(request, reverse("accounts:settings")))
    status = 422 if form.errors else 200
    context = {"section": "account", "form": form, "decided": decided, "next": safe_next(request, "")}
    return render(request, "accounts/role.html", context, status=status)


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """How pages look and which language they speak: in the row of a person, and on the device of everybody else.

    The device keeps the look of a signed-in person too, so that the sign-in page is readable next time.
    """
    form = forms.PreferencesForm(request.POST)
    if not form.is_valid() or not any(form.cleaned_data.values()):
        messages.error(request, _("Nothing was saved. Choose one of the options shown."))
        return redirect(safe_next(request, "/"))
    look = form.look(look_for(request))
    language = form.cleaned_data["language"]
    if request.user.is_authenticated:
        services.set_preferences(
            _person(request),
            look=look,
            language=language or None,
            content_notes=form.cleaned_data["content_notes"] or None,
        )
    with translation.override(language or translation.get_language()):
        messages.success(request, _("Saved. Pages look like this from now on."))
    response = HttpResponseRedirect(safe_next(request, "/"))
    for cookie, value in ((COOKIE, look.to_cookie()), (settings.LANGUAGE_COOKIE_NAME, language)):
        if value:
            response.set_cookie(
                cookie, value, max_age=COOKIE_AGE, samesite="Lax", secure=request.is_secure(), httponly=False
            )
    return response


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def delete(request: HttpRequest) -> HttpResponse:
    form = forms.DeleteAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.delete_account(
            _person(request), keeps_name=form.cleaned_data["keeps_name"] == "yes", at=timezone.now()
        )
        logout(request)
        messages.success(request, _("Your account is deleted."))
        return redirect("/")
    return render(
        request,
        "accounts/delete.html",
        {"section": "account", "form": form},
        status=422 if form.errors else 200,
    )
