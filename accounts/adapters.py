"""What allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Ask your training lead if that is a surprise."),
        "duplicate_email": _("This address is already on your account."),
        "email_password_mismatch": _(
            "The e-mail address or the password is not right. Check both, or choose a new password."
        ),
        "email_taken": _("Another account uses this address. Use a different one."),
        "enter_current_password": _(
            "This is not your present password. Type the one that you sign in with now."
        ),
        "incorrect_code": _("This code is not right or has run out. Type the one that the app shows now."),
        "incorrect_password": _("The password is not right. Check it and try again."),
        "invalid_login": _("Signing in did not work. Check the address and the password."),
        "too_many_login_attempts": _(
            "There were too many attempts. Wait five minutes, then try again, or choose a new password."
        ),
        "rate_limited": _("There were too many attempts. Wait a few minutes, then try again."),
        "same_as_current": _("This is the one that you have now. Choose a different one."),
        "unverified_primary_email": _("Confirm the new address first: open the link that we sent there."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.OPEN_SIGN_UP)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """One name, as on a certificate; allauth would look for a first and a last one."""
        data = form.cleaned_data
        user.email = data["email"].strip().lower()
        user.name = " ".join(data.get("name", user.name).split())
        user.language = getattr(request, "LANGUAGE_CODE", "")
        if data.get("password1"):
            user.set_password(data["password1"])
        else:
            user.set_unusable_password()
        if commit:
            user.save()
        return user

    def is_safe_url(self, url: str | None) -> bool:
        """Within this site only."""
        return bool(url) and super().is_safe_url(url)


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("Two-step sign-in cannot be turned off for this account."),
        "cannot_generate_recovery_codes": _("Recovery codes belong to two-step sign-in. Turn that on first."),
        "incorrect_code": _("This code is not right or has run out. Type the one that the app shows now."),
        "unverified_email": _("Confirm your e-mail address first: open the link that we sent there."),
    }

    def _get_site_name(self) -> str:
        """What passkey and authenticator prompts show."""
        return "Waylight"

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        """A neutral first guess; the person can write what she likes."""
        from allauth.mfa.models import Authenticator

        held = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Key %(number)s") % {"number": held + 1}
