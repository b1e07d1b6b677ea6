"""Commands whose output somebody may stop reading: `manage.py … | head -1`."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """Around what only reads and writes to the standard output. Who has read enough may go, and nothing is said of it."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python writes what is left when it ends, and would complain of the closed pipe only then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
