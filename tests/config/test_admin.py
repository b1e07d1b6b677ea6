"""The admin as editors use it, where Wagtail's own pages do not fit ours."""

from zoneinfo import ZoneInfo

import pytest
from allauth.socialaccount.models import SocialApp
from django.urls import reverse

from agencies.models import Agency, Delegation, Membership
from agencies.services import save_identity_provider
from certification.models import AchievementCredential
from tests.factories.accounts import UserFactory
from tests.factories.certification import make_credential
from tests.factories.courses import make_course, make_lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(signed_in):
    return signed_in(UserFactory(is_superuser=True, name="Ada Verhoeven"))


def test_a_previewed_lesson_may_be_framed_by_the_editor_and_by_nobody_else(admin, client, amina):
    make_course()
    page = make_lesson()
    page.save_revision()
    previewed = admin.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert "frame-ancestors 'none'" in client.get("/").headers["Content-Security-Policy"]
    assert page.title in previewed.content.decode()
    assert "frame-ancestors 'self'" in previewed.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in previewed.headers["Content-Security-Policy"]


def test_an_editor_changes_how_the_admin_looks_without_being_asked_for_two_names(admin):
    url = reverse("wagtailadmin_account")
    shown = admin.get(url).content.decode()
    assert "first_name" not in shown
    assert 'type="file"' not in shown
    response = admin.post(
        url,
        {
            "theme-theme": "dark", "theme-contrast": "system", "theme-density": "default",
            "locale-current_time_zone": "Europe/Madrid", "locale-preferred_language": "",
        },
    )  # fmt: skip
    assert response.status_code == 302


def test_only_people_of_the_admin_have_settings_in_it(signed_in, amina):
    assert signed_in(amina).get(reverse("wagtailadmin_account")).status_code == 302


def test_every_time_zone_on_offer_is_one_that_browsers_know(settings):
    assert "Europe/London" in settings.WAGTAIL_USER_TIME_ZONES
    assert not {"localtime", "Factory", "posixrules"} & set(settings.WAGTAIL_USER_TIME_ZONES)
    assert all(ZoneInfo(name) for name in settings.WAGTAIL_USER_TIME_ZONES)


@pytest.mark.parametrize("model", [Membership, Delegation, Agency, AchievementCredential])
def test_what_is_never_deleted_one_by_one_is_not_deleted_in_bulk(admin, amina, ben, northgate, model):
    make_credential(amina, northgate)
    before = model.objects.count()
    url = reverse("wagtail_bulk_action", args=[model._meta.app_label, model._meta.model_name, "delete"])
    query = "&".join(f"id={pk}" for pk in model.objects.values_list("pk", flat=True))
    assert b"Yes, delete" not in admin.get(f"{url}?{query}&next=/admin/").content
    admin.post(f"{url}?{query}&next=/admin/")
    assert model.objects.count() == before > 0


def test_a_deleted_identity_provider_takes_its_secret_with_it(admin, northgate):
    provider = save_identity_provider(
        northgate,
        provider="openid_connect",
        provider_id="northgate",
        name="Northgate",
        client_id="abc",
        secret="hush",
        settings={"server_url": "https://idp.example"},
        email_domains="northgate.example",
    )
    bulk = reverse("wagtail_bulk_action", args=["agencies", "identityprovider", "delete"])
    admin.post(f"{bulk}?id={provider.pk}&next=/admin/")
    assert SocialApp.objects.exists()
    admin.post(reverse("wagtailsnippets_agencies_identityprovider:delete", args=[provider.pk]))
    assert not SocialApp.objects.exists()
