"""The role that serves a site on PostgreSQL, for tests: superusers, as whom tests connect, go past every policy."""

from contextlib import contextmanager
from typing import Any

from django.db import connection as default
from django.db import transaction
from django.db.utils import DatabaseError

from config.row_security import grants

ROLE = "waylight_test_server"


def make_role(connection: Any) -> None:
    """Roles belong to the whole server, and several test databases may make this one at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [ROLE])
        exists = bool(cursor.fetchone()[0])
    for statement in grants(connection, role=ROLE, exists=exists, password=""):
        if b"GRANT CONNECT" in statement.as_bytes(None):
            continue
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except DatabaseError:
            if "CREATE ROLE" not in statement.as_string(None):
                raise


def serve_as_server(connection: Any) -> None:
    """From now on this session is the server's; `RESET ROLE` ends it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(rolname::text, 'agencies_membership', 'SELECT') FROM pg_roles WHERE rolname = %s",
            [ROLE],
        )
        row = cursor.fetchone()
    if row is None or not row[0]:
        make_role(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")


def as_superuser(connection: Any) -> None:
    if connection.connection is not None and connection.is_usable():
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


@contextmanager
def as_owner(connection: Any = default) -> Any:
    """For a look past the policies."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {ROLE}")


__all__ = ["ROLE", "as_owner", "make_role", "serve_as_server"]
