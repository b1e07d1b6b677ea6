"""What `manage.py check --deploy` has to say of the database's roles."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError, connection

from config.isolation import PROTECTED

BYPASSES = "config.W001"
OWNS = "config.W002"
HINT = "Serve the site as a role made by `manage.py database_roles`: docs/how-to/database-roles.md."


@register(Tags.security, deploy=True)
def check_database_role(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A role that owns the tables or may go past policies makes the second wall of no use."""
    if connection.vendor != "postgresql":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            bypasses = cursor.fetchone()[0]
            cursor.execute(
                "SELECT count(*) FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner"
                " WHERE rolname = current_user AND relname = ANY(%s)",
                [sorted(PROTECTED)],
            )
            owned = cursor.fetchone()[0]
    except DatabaseError:
        # Other checks say that there is no database.
        return []
    found: list[CheckMessage] = []
    if bypasses:
        found.append(
            Warning(
                "The site's database role goes past the policies that keep agencies apart.",
                hint=HINT,
                id=BYPASSES,
            )
        )
    if owned:
        found.append(
            Warning(
                "The site's database role owns the tables, so policies do not hold for it.",
                hint=HINT,
                id=OWNS,
            )
        )
    return found
