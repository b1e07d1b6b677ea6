"""The cast and the tools that every test may use."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def count_queries(db: None) -> Callable[[Callable[[], object]], int]:
    """How many queries a call takes."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as context:
            call()
        return len(context)

    return count
