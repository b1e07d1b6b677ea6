"""The admin as editors use it, where Wagtail's own pages do not fit ours."""

from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from tests.factories.accounts import UserFactory
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
