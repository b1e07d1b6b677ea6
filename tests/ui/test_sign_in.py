"""Forms in our markup, the pages around signing in, and what the messages tell a bystander."""

import re

import pytest
from django import forms
from django.core import mail
from django.template.loader import render_to_string
from django.test import override_settings
from django.urls import reverse

from tests.factories.accounts import PASSWORD, UserFactory


class OneOfEach(forms.Form):
    name = forms.CharField(
        help_text="As on a certificate", widget=forms.TextInput(attrs={"placeholder": "Name"})
    )
    nickname = forms.CharField(required=False)
    place = forms.ChoiceField(choices=[("a", "Here"), ("b", "There")], widget=forms.RadioSelect)
    sure = forms.BooleanField()


def test_a_field_has_label_hint_and_control_in_our_classes():
    html = OneOfEach()["name"].as_field_group()
    assert '<label for="id_name">' in html
    assert 'class="field__hint" id="id_name_helptext"' in html
    assert 'class="input"' in html
    assert "placeholder" not in html


def test_what_may_be_left_out_says_so():
    html = str(OneOfEach())
    assert html.count("(optional)") == 1


def test_errors_stand_at_the_field_and_in_a_summary_that_leads_there():
    html = str(OneOfEach({}))
    for target in ("id_name", "id_place_0", "id_sure"):
        assert f'href="#{target}"' in html
        assert f'id="{target}"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_what_a_person_typed_is_never_taken_for_markup():
    html = str(OneOfEach({"name": "<b>x</b>", "place": "<i>"}))
    assert "<b>" not in html
    assert "<i>" not in html


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password", "account_reset_password_done", "account_email_verification_sent", "account_inactive", "socialaccount_login_cancelled", "socialaccount_login_error"])  # fmt: skip
def test_pages_without_an_account_stand_in_our_frame(client, db, name):
    html = client.get(reverse(name)).content.decode()
    assert 'class="masthead"' in html
    assert html.count("<h1") == 1
    assert "style=" not in html
    assert not re.findall(r"<script(?![^>]*\b(src=|application/json))", html)


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "account_logout", "account_reauthenticate", "mfa_index", "mfa_list_webauthn", "mfa_activate_totp", "mfa_add_webauthn", "usersessions_list", "socialaccount_connections"])  # fmt: skip
def test_pages_of_an_account_stand_in_our_frame(client, db, name):
    UserFactory(email="rosa@example.org")
    client.post(reverse("account_login"), {"login": "rosa@example.org", "password": PASSWORD})
    if name in {"mfa_activate_totp", "mfa_add_webauthn"}:
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    response = client.get(reverse(name))
    assert response.status_code == 200
    html = response.content.decode()
    assert 'class="masthead"' in html
    assert html.count("<h1") == 1
    assert not re.findall(r"<script(?![^>]*\b(src=|application/json))", html)


def test_tab_titles_and_subjects_tell_a_bystander_nothing(client, db):
    UserFactory(email="rosa@example.org")
    client.post(reverse("account_reset_password"), {"email": "rosa@example.org"})
    client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    client.post(
        reverse("account_signup"),
        {"email": "new@example.org", "name": "N", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert len(mail.outbox) == 3
    for message in mail.outbox:
        assert message.subject in {"Your link", "Your address"}
        assert not message.alternatives
        assert "traffick" not in message.body.lower()
        assert "example.com" not in message.body
        assert "<" not in message.body


def test_a_changed_password_is_told_to_its_owner(client, db):
    UserFactory(email="rosa@example.org")
    client.post(reverse("account_login"), {"login": "rosa@example.org", "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "another-long-phrase", "password2": "another-long-phrase"},
    )
    (message,) = mail.outbox
    assert message.subject == "A change to your account"
    assert "password of your account has changed" in message.body


def test_sign_in_names_sign_up_only_where_it_is_open(client, db, settings):
    assert reverse("account_signup") in client.get(reverse("account_login")).content.decode()
    settings.OPEN_SIGN_UP = False
    assert reverse("account_signup") not in client.get(reverse("account_login")).content.decode()
    assert "New accounts come from agencies" in client.get(reverse("account_signup")).content.decode()


def test_too_many_attempts_are_refused_on_a_page_of_ours(client, db, settings):
    del settings.ACCOUNT_RATE_LIMITS
    for _ in range(25):
        response = client.post(reverse("account_reset_password"), {"email": "rosa@example.org"})
    assert response.status_code == 429
    html = response.content.decode()
    assert "Please wait a little" in html
    assert 'class="masthead"' in html


def test_too_many_wrong_passwords_close_the_door_even_to_the_right_one(client, db, settings):
    del settings.ACCOUNT_RATE_LIMITS
    UserFactory(email="rosa@example.org")
    for _ in range(10):
        client.post(reverse("account_login"), {"login": "rosa@example.org", "password": "wrong"})
    response = client.post(reverse("account_login"), {"login": "rosa@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert response.status_code in (200, 429)


@override_settings(DEBUG=False)
def test_an_unknown_address_answers_in_our_frame(client, db):
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "There is no page here" in response.content.decode()


def test_the_page_for_our_own_faults_needs_neither_database_nor_context():
    html = render_to_string("500.html")
    assert "Something here is not working" in html
    assert "Leave" in html


@pytest.mark.parametrize("name", ["400.html", "403.html", "429.html"])
def test_refusals_stand_in_our_frame(rf, db, name):
    request = rf.get("/")
    assert 'class="masthead"' in render_to_string(name, request=request)
