"""How often somebody may try to sign in, and that every process of a site counts together."""

import pytest
from allauth.account import app_settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from config.settings import base
from tests.factories.accounts import PASSWORD, UserFactory
from tests.walls import as_superuser


@pytest.fixture
def as_delivered(settings, db):
    settings.CACHES = base.CACHES
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/5m/key", "login": "30/m/ip"}
    if connection.vendor == "postgresql":
        # Tables are made by their owner; here it is one of the test's own.
        as_superuser(connection)
    call_command("createcachetable", verbosity=0)


def test_what_one_process_counted_holds_in_the_next(as_delivered, client):
    UserFactory(email="rosa@example.org")
    assert app_settings.RATE_LIMITS
    for _ in range(3):
        client.post("/accounts/login/", {"login": "rosa@example.org", "password": "not-the-right-one"})
        # A cache that lives in its process would begin anew here.
        for process in caches.all():
            process.close()
        caches["default"] = caches.create_connection("default")
        getattr(caches["default"], "_cache", {}).clear()
    client.post("/accounts/login/", {"login": "rosa@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_pages_of_sign_in_say_where_they_are(client, db, path):
    page = client.get(path).content.decode()
    assert 'href="/accounts/login/" aria-current="page"' in page
