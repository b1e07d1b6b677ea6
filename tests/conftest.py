"""The cast and the tools that every test may use."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from agencies.models import Agency
from tests import cast


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
def empty_cache() -> None:
    """Counted attempts and remembered pages never reach the next test."""
    cache.clear()
