import re
from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.preferences import COOKIE
from accounts.services import delete_account
from agencies import services as agencies
from tests.factories.accounts import PASSWORD, JurisdictionFactory, ProfessionalRoleFactory, UserFactory

SIGN_UP = {
    "name": "Rosa Whitfield",
    "email": "rosa@example.org",
    "password1": "a-phrase-nobody-has",
    "password2": "a-phrase-nobody-has",
}


def test_whoever_signs_up_verifies_the_address_and_is_independent(client, db):
    client.post(reverse("account_signup"), SIGN_UP)
    user = User.objects.get(email="rosa@example.org")
    assert user.name == "Rosa Whitfield"
    assert user.memberships.get().agency.is_independent
    assert "_auth_user_id" not in client.session
    link = re.search(r"/accounts/confirm-email/[^\s]+", mail.outbox[0].body).group()
    assert "traffick" not in (mail.outbox[0].subject + mail.outbox[0].body).lower()
    client.post(link)
    assert EmailAddress.objects.get(user=user).verified


def test_signing_up_again_under_a_known_address_tells_a_stranger_nothing(client, db):
    UserFactory(email="rosa@example.org")
    response = client.post(reverse("account_signup"), SIGN_UP)
    assert response.status_code == 302
    assert User.objects.count() == 1


def test_sign_up_can_be_closed(client, db, settings):
    settings.OPEN_SIGN_UP = False
    response = client.post(reverse("account_signup"), SIGN_UP)
    assert not User.objects.exists()
    assert response.status_code == 200


def test_guessing_passwords_is_throttled(client, db, settings):
    del settings.ACCOUNT_RATE_LIMITS
    UserFactory(email="rosa@example.org")
    for _ in range(10):
        client.post(reverse("account_login"), {"login": "rosa@example.org", "password": "wrong"})
    response = client.post(reverse("account_login"), {"login": "rosa@example.org", "password": PASSWORD})
    assert response.status_code in (200, 429)
    assert "_auth_user_id" not in client.session


def test_settings_lead_to_every_part_of_the_account(amina, signed_in):
    html = signed_in(amina).get(reverse("accounts:settings")).content.decode()
    for name in (
        "account_email", "account_change_password", "mfa_index", "usersessions_list", "accounts:name",
        "accounts:delete", "compliance:as_they_see_it",
    ):  # fmt: skip
        assert reverse(name) in html
    assert "Northgate Police sets your role and the law" in html


def test_role_and_place_are_asked_where_no_agency_sets_them(signed_in):
    user = UserFactory()
    agencies.join_independent(user, on=date(2026, 1, 1))
    role, law = ProfessionalRoleFactory(nurse=True), JurisdictionFactory(code="UK")
    url = reverse("accounts:role")
    client = signed_in(user)
    assert client.post(url, {"professional_role": role.pk}).status_code == 422
    response = client.post(url, {"professional_role": role.pk, "jurisdiction": law.pk, "next": "/training/"})
    assert response.url == "/training/"
    user.refresh_from_db()
    assert (user.professional_role, user.jurisdiction) == (role, law)


def test_where_the_agency_sets_both_nothing_is_asked_and_nothing_changes(amina, signed_in):
    nurse = ProfessionalRoleFactory(nurse=True)
    client = signed_in(amina)
    html = client.get(reverse("accounts:role")).content.decode()
    assert "Northgate Police sets your role" in html
    assert "professional_role" not in html
    client.post(reverse("accounts:role"), {"professional_role": nurse.pk})
    amina.refresh_from_db()
    assert amina.professional_role != nurse


def test_the_name_is_confirmed(amina, signed_in):
    client = signed_in(amina)
    assert client.post(reverse("accounts:name"), {"name": "   "}).status_code == 422
    client.post(reverse("accounts:name"), {"name": "Amina B. Rahman"})
    amina.refresh_from_db()
    assert amina.name == "Amina B. Rahman"
    assert amina.name_confirmed_at is not None


def test_a_stranger_keeps_her_look_on_the_device(client, db):
    response = client.post(
        reverse("accounts:preferences"),
        {"text_size": "large", "theme": "dark", "language": "es", "next": "/verify/"},
    )
    assert response.url == "/verify/"
    assert response.cookies[COOKIE].value == "text_size:large|theme:dark|motion:device"
    assert client.get(reverse("account_login")).wsgi_request.LANGUAGE_CODE == "es"
    client.post(reverse("accounts:preferences"), {"motion": "reduce"})
    assert client.cookies[COOKIE].value == "text_size:large|theme:dark|motion:reduce"


def test_a_persons_own_language_comes_before_the_devices(amina, signed_in):
    client = signed_in(amina)
    client.cookies["django_language"] = "es"
    client.post(
        reverse("accounts:preferences"),
        {"language": "en-gb", "text_size": "larger", "content_notes": "summary"},
    )
    client.cookies["django_language"] = "es"
    request = client.get(reverse("accounts:settings"), headers={"accept-language": "es"}).wsgi_request
    assert request.LANGUAGE_CODE == "en-gb"
    assert request.look.text_size == "larger"
    amina.refresh_from_db()
    assert amina.content_notes == "summary"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_sent_off_the_site(client, db, target):
    assert client.post(reverse("accounts:preferences"), {"next": target}).url == "/"


@pytest.mark.parametrize(
    "sent", [{}, {"text_size": "huge", "language": "xx"}, {"text_size": "large", "theme": "purple"}]
)
def test_nonsense_preferences_change_nothing_and_the_page_says_so(client, db, sent):
    response = client.post(reverse("accounts:preferences"), {**sent, "next": "/verify/"})
    assert (response.status_code, response.url) == (302, "/verify/")
    assert COOKIE not in response.cookies
    shown = client.get("/verify/").content.decode()
    assert "Nothing was saved" in shown
    assert "Pages look like this" not in shown


def test_a_character_that_cannot_be_kept_is_answered_with_what_to_do(amina, signed_in):
    shown = signed_in(amina).post(reverse("accounts:name"), {"name": "Amina\x00"})
    assert shown.status_code == 422
    assert "Type the words instead" in shown.content.decode()


def test_preferences_are_changed_by_post_only(client, db):
    assert client.get(reverse("accounts:preferences")).status_code == 405


def test_deleting_asks_for_the_password_again_and_for_a_tick(amina, client):
    client.force_login(amina, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(reverse("accounts:delete"))
    assert response.url.startswith(reverse("account_reauthenticate"))
    client.post(response.url, {"password": PASSWORD})
    assert client.post(reverse("accounts:delete"), {"keeps_name": "no"}).status_code == 422
    assert User.objects.get(pk=amina.pk).deleted_at is None
    client.post(reverse("accounts:delete"), {"keeps_name": "no", "sure": "on"})
    assert User.objects.get(pk=amina.pk).deleted_at is not None
    assert "_auth_user_id" not in client.session


def test_an_administrator_adds_a_person_with_one_name(signed_in):
    admin = UserFactory(is_superuser=True)
    client = signed_in(admin)
    url = reverse("wagtailusers_users:add")
    assert b"first_name" not in client.get(url).content
    response = client.post(
        url,
        {"email": "New@Example.org", "name": "Nadia", "is_active": "on", "password1": "", "password2": ""},
    )
    assert response.status_code == 302, response.context["form"].errors
    user = User.objects.get(email="new@example.org")
    assert user.name == "Nadia"
    assert not user.has_usable_password()
    edit = reverse("wagtailusers_users:edit", args=[user.pk])
    response = client.post(edit, {"email": "newer@example.org", "name": "Nadia B.", "is_active": "on"})
    assert response.status_code == 302, response.context["form"].errors
    assert EmailAddress.objects.get(user=user).email == "newer@example.org"
    assert client.get(reverse("wagtailusers_users:index"), {"q": "Nadia"}).status_code == 200


@pytest.mark.parametrize("address", ["amina@northgate.example", "AMINA@Northgate.example"])
def test_the_admin_says_in_words_that_an_address_is_taken(amina, ben, signed_in, address):
    client = signed_in(UserFactory(is_superuser=True))
    for url in (
        reverse("wagtailusers_users:add"),
        reverse("wagtailusers_users:edit", args=[ben.pk]),
    ):
        response = client.post(url, {"email": address, "name": "Nadia", "is_active": "on"})
        assert "Somebody already has an account with this address." in response.content.decode()


def test_deleting_a_person_in_the_admin_leaves_the_proof(amina, signed_in):
    client = signed_in(UserFactory(is_superuser=True))
    client.post(reverse("wagtailusers_users:delete", args=[amina.pk]))
    assert User.objects.get(pk=amina.pk).deleted_at is not None


def test_deleting_several_people_in_the_admin_leaves_the_proof_of_each(amina, ben, chidi, signed_in):
    admin = UserFactory(is_superuser=True)
    url = reverse("wagtail_bulk_action", args=["accounts", "user", "delete"])
    query = f"?id={amina.pk}&id={ben.pk}&id={admin.pk}&next=/admin/users/"
    assert signed_in(admin).get(url + query).status_code == 200
    assert signed_in(admin).post(url + query).status_code == 302
    assert User.objects.get(pk=amina.pk).deleted_at is not None
    assert User.objects.get(pk=ben.pk).deleted_at is not None
    assert User.objects.get(pk=chidi.pk).deleted_at is None
    assert User.objects.get(pk=admin.pk).deleted_at is None


@pytest.mark.parametrize("action", ["delete", "set_active_state", "assign_role"])
def test_nobody_is_changed_in_bulk_without_being_named(amina, signed_in, action):
    client = signed_in(UserFactory(is_superuser=True))
    url = reverse("wagtail_bulk_action", args=["accounts", "user", action])
    form = {"mark_as_active": "False"}
    assert client.post(f"{url}?id=all", form).status_code == 404
    assert client.post(f"{url}?id=nonsense", form).status_code == 404
    amina.refresh_from_db()
    assert amina.is_active
    assert amina.deleted_at is None


def test_somebody_who_has_left_is_not_let_in_again_in_bulk(amina, signed_in):
    delete_account(amina, at=timezone.now())
    client = signed_in(UserFactory(is_superuser=True))
    url = reverse("wagtail_bulk_action", args=["accounts", "user", "set_active_state"])
    assert client.post(f"{url}?id={amina.pk}", {"mark_as_active": "True"}).status_code == 404
    assert not User.objects.get(pk=amina.pk).is_active
