"""The cast and the tools that every test may use."""

import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Collection, Locale, Page
from wagtail.models import Site as WagtailSite

from accounts.models import User
from agencies.isolation import EVERYTHING, reaching
from agencies.models import Agency
from tests import cast
from tests.walls import as_superuser, serve_as_server


@pytest.fixture(autouse=True)
def reach_of_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test itself makes and looks at everything; requests in it reach as far as whoever makes them.

    On PostgreSQL they run as the role that serves a site, before whose policies every page has to hold.
    """
    uses_database = {"db", "transactional_db", "live_server"} & set(request.fixturenames)
    is_server = connection.vendor == "postgresql" and bool(
        uses_database or request.node.get_closest_marker("django_db")
    )
    if is_server:
        request.getfixturevalue("_django_db_helper")
        serve_as_server(connection)
    with reaching(lambda: EVERYTHING):
        yield
    if is_server:
        # Emptying all tables after a test with real commits is the owner's.
        as_superuser(connection)


@pytest.fixture
def count_queries(db: None) -> Callable[[Callable[[], object]], int]:
    """How many queries a call takes."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as context:
            call()
        return len(context)

    return count


@pytest.fixture
def northgate(db: None) -> Agency:
    return cast.make_northgate()


@pytest.fixture
def brannoc(db: None) -> Agency:
    return cast.make_brannoc()


@pytest.fixture
def amina(northgate: Agency) -> User:
    """A learner at Northgate Police."""
    return cast.make_amina(northgate)


@pytest.fixture
def ben(northgate: Agency) -> User:
    """Leads Northgate Police."""
    return cast.make_ben(northgate)


@pytest.fixture
def chidi(brannoc: Agency) -> User:
    """Leads St Brannoc's Hospital; must see nothing of Northgate's."""
    return cast.make_chidi(brannoc)


@pytest.fixture
def signed_in(db: None) -> Callable[[User], Client]:
    """A browser in which a person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted attempts and remembered pages never reach the next test, and no minute ends in the middle of one."""
    cache.clear()
    now = time.time()
    monkeypatch.setattr("accounts.throttle.time", SimpleNamespace(time=lambda: now))


@pytest.fixture(autouse=True)
def what_migrations_made(request: pytest.FixtureRequest) -> None:
    """The first rows of Wagtail's tree, put back where a test with real commits has emptied all tables."""
    uses_database = {"db", "transactional_db", "live_server"} & set(request.fixturenames)
    if not uses_database and request.node.get_closest_marker("django_db") is None:
        return
    request.getfixturevalue("_django_db_helper")
    if Collection.objects.exists() and WagtailSite.objects.exists():
        return
    language = get_supported_content_language_variant(settings.LANGUAGE_CODE)
    locale, _ = Locale.objects.get_or_create(language_code=language)
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=locale)
    welcome = root.get_children().first() or root.add_child(title="Welcome", slug="home", locale=locale)
    WagtailSite.objects.create(hostname="localhost", is_default_site=True, root_page=welcome)
