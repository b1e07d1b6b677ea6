"""allauth's forms in our words. What they check stays the library's business."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _

_ADDRESS = _("E-mail address")
_PASSWORD = _("Password")
_NEW_PASSWORD = _("New password")
_AGAIN = _("The same password again")
_LENGTH = _("At least 12 characters. Three or four words together are easy to remember and hard to guess.")


class _Words:
    """Labels and hints put over those that the library sets while it builds a form."""

    words: dict[str, tuple[Any, Any]] = {}
    fields: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, hint) in self.words.items():
            if name in self.fields:
                self.fields[name].label = label
                self.fields[name].help_text = hint


class LoginForm(_Words, account.LoginForm):
    words = {
        "login": (_ADDRESS, ""),
        "password": (_PASSWORD, ""),
        "remember": (
            _("Keep me signed in on this device"),
            _("Leave this empty on a device that others use."),
        ),
    }


class SignupForm(_Words, account.SignupForm):
    words = {
        "email": (_ADDRESS, _("Your work address, if you may use it for training. We send a link there.")),
        "password1": (_PASSWORD, _LENGTH),
        "password2": (_AGAIN, ""),
    }


class AddEmailForm(_Words, account.AddEmailForm):
    words = {
        "email": (
            _("New e-mail address"),
            _("We send a link there. Until you open it, the present address stays."),
        )
    }


class ChangePasswordForm(_Words, account.ChangePasswordForm):
    words = {
        "oldpassword": (_("Present password"), ""),
        "password1": (_NEW_PASSWORD, _LENGTH),
        "password2": (_AGAIN, ""),
    }


class SetPasswordForm(_Words, account.SetPasswordForm):
    words = {"password1": (_NEW_PASSWORD, _LENGTH), "password2": (_AGAIN, "")}


class ResetPasswordForm(_Words, account.ResetPasswordForm):
    words = {"email": (_ADDRESS, _("The one that you sign in with."))}


class ResetPasswordKeyForm(_Words, account.ResetPasswordKeyForm):
    words = {"password1": (_NEW_PASSWORD, _LENGTH), "password2": (_AGAIN, "")}


class ReauthenticateForm(_Words, account.ReauthenticateForm):
    words = {"password": (_PASSWORD, "")}


class AuthenticateForm(_Words, mfa.AuthenticateForm):
    words = {
        "code": (_("Code"), _("Six figures from your authenticator app, or one of your recovery codes."))
    }


class ReauthenticateWithCodeForm(_Words, mfa.ReauthenticateForm):
    words = AuthenticateForm.words


class ActivateTOTPForm(_Words, totp.ActivateTOTPForm):
    words = {"code": (_("Code that the app shows"), _("Six figures. They change every half minute."))}


class AddWebAuthnForm(_Words, webauthn.AddWebAuthnForm):
    words = {
        "name": (_("A name for it"), _("So that you know it again: “Work phone”, say. Nobody else sees it.")),
        "passwordless": (
            _("Let it sign me in by itself"),
            _(
                "Then you need neither address nor password, but the device asks for its PIN, your finger or your face."
            ),
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"passwordless": True, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class EditWebAuthnForm(_Words, webauthn.EditWebAuthnForm):
    words = {"name": (_("A name for it"), _("So that you know it again. Nobody else sees it."))}
