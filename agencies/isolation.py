"""The second wall: which rows PostgreSQL lets a request, a task or a command read and write.

The first wall is the application: every selector asks for one agency's rows. Should one ever forget, the policies of the
database (config.row_security) give it the rows of whoever asks and of the agencies that she works or acts for, and nothing
else. What they go by are three settings of the session, and this module is the only place that sets them.

Nothing is reached unless somebody says so: `config.middleware.ReachMiddleware` for requests, `manage.py` for commands,
the signals of the worker for tasks, and `across_agencies` with a reason where code has to look further. On SQLite there is
no second wall and all of this costs nothing.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reach:
    """A person's own rows and those of her agencies; or one agency's, by the path of its root; or everything."""

    person: int | None = None
    agency: str = ""
    is_everything: bool = False

    @property
    def settings(self) -> tuple[str, str, str]:
        return str(self.person or ""), self.agency, "on" if self.is_everything else ""


NOTHING = Reach()
EVERYTHING = Reach(is_everything=True)

_current: ContextVar[Callable[[], Reach]] = ContextVar("reach", default=lambda: NOTHING)
_acting: ContextVar[Callable[[], int | None]] = ContextVar("acting", default=lambda: None)


def current_reach() -> Reach:
    return _current.get()()


def acting_person() -> int | None:
    """Who is signed in where this runs; nobody in commands and tasks. However far it reaches, it is she who acts."""
    return _acting.get()()


@contextmanager
def acting(source: Callable[[], int | None]) -> Iterator[None]:
    token = _acting.set(source)
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def reaching(source: Callable[[], Reach]) -> Iterator[None]:
    """While this lasts, `source` is asked before each look at a protected table: who is signed in may change on the way."""
    token = _current.set(source)
    try:
        yield
    finally:
        _current.reset(token)


def widen(reach: Reach) -> Callable[[], None]:
    """The same where no `with` can stand around; call what is returned to end it."""
    token = _current.set(lambda: reach)
    return lambda: _current.reset(token)


@contextmanager
def across_agencies(reason: str, *, level: int = logging.INFO) -> Iterator[None]:
    """Everybody's rows, because of this reason; the log keeps it. A decorator too."""
    if current_reach().is_everything:
        yield
        return
    logger.log(level, "across agencies: %s", reason)
    with reaching(lambda: EVERYTHING):
        yield


@contextmanager
def on_behalf_of(*user_ids: int) -> Iterator[None]:
    """What this person herself would reach, to work something out about her whoever set it off; for several, everything.

    Where she stands with one employer can hang on a certificate from another that she shared.
    """
    now = current_reach()
    if now.is_everything or set(user_ids) <= {now.person}:
        yield
    elif len(user_ids) == 1:
        logger.debug("on behalf of one person")
        with reaching(lambda: Reach(person=user_ids[0])):
            yield
    else:
        with across_agencies(f"where {len(user_ids)} people stand"):
            yield


@contextmanager
def within_agency(root_path: str) -> Iterator[None]:
    """The rows of one agency, for a system of its own that asks with a key and is no person."""
    with reaching(lambda: Reach(agency=root_path)):
        yield


class _Wall:
    """The names of protected tables, told by `config.apps` when all apps are there."""

    pattern: re.Pattern[str] | None = None


def protect(tables: Iterable[str]) -> None:
    _Wall.pattern = re.compile(rf"\b(?:{'|'.join(sorted(tables))})\b")
    _touches.cache_clear()


@lru_cache(maxsize=1024)
def _touches(sql: str) -> bool:
    return _Wall.pattern is None or _Wall.pattern.search(sql) is not None


class _Mark:
    """Stands among what is to be done after commit, and goes from there when a rollback takes the settings back."""

    def __init__(self, known: "_Known") -> None:
        self.known = known

    def __call__(self) -> None:
        if self.known.mark is self:
            self.known.mark = None


class _Known:
    """What a connection was told last. With a mark it holds only while the mark still stands."""

    def __init__(self) -> None:
        self.settings: tuple[str, str, str] | None = None
        self.mark: _Mark | None = None

    def holds(self, wanted: tuple[str, str, str], connection: BaseDatabaseWrapper) -> bool:
        if self.settings != wanted:
            return False
        return self.mark is None or any(hook[1] is self.mark for hook in reversed(connection.run_on_commit))


def _settle(connection: BaseDatabaseWrapper) -> None:
    """One short exchange with the database, and none while it knows already who asks.

    A setting goes back with the transaction or savepoint in which it was made. The mark among the hooks after commit shares
    exactly that fate, so what we believe never outlives what is.
    """
    known: _Known = connection.__dict__.setdefault("_waylight_known", _Known())
    wanted = current_reach().settings
    if known.holds(wanted, connection):
        return
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('waylight.person', %s, false), set_config('waylight.agency', %s, false),"
            " set_config('waylight.everything', %s, false)",
            wanted,
        )
    known.settings, known.mark = wanted, None
    if connection.in_atomic_block:
        known.mark = _Mark(known)
        transaction.on_commit(known.mark, using=connection.alias)
    elif not connection.get_autocommit():
        known.settings = None


def before_query(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Around every query on PostgreSQL; a query that touches no protected table costs a look into a table of words."""
    if not isinstance(sql, str) or (_touches(sql) if len(sql) < 10_000 else _touches.__wrapped__(sql)):
        _settle(context["connection"])
    return execute(sql, params, many, context)


def watch_connection(sender: Any, *, connection: BaseDatabaseWrapper, **news: Any) -> None:
    """For `connection_created`: a new session knows nothing yet, whoever had it before."""
    if connection.vendor != "postgresql":
        return
    connection.__dict__["_waylight_known"] = _Known()
    if before_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(before_query)
