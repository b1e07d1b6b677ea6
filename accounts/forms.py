from typing import Any

from django import forms
from django.http import HttpRequest


class SignupForm(forms.Form):
    def signup(self, request: HttpRequest, user: Any) -> None:
        pass
