"""What allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
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
