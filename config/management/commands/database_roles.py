from typing import Any

import dj_database_url
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection, transaction

from config import env
from config.row_security import grants


class Command(BaseCommand):
    help = (
        "Make the database role that serves the site, or give it what it needs after an update. Connects with "
        "MIGRATION_DATABASE_URL; the role is the one of DATABASE_URL. PostgreSQL only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--print",
            action="store_true",
            help="write what would be run, without the password, and do nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("There are no roles to make on SQLite: one process, one file, one agency.")
        server = dj_database_url.parse(env.text("DATABASE_URL"))
        name, password = str(server.get("USER") or ""), str(server.get("PASSWORD") or "")
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            owner = cursor.fetchone()[0]
        if not name or name == owner:
            raise CommandError(
                "DATABASE_URL and MIGRATION_DATABASE_URL name the same role. Name one that serves in the first and one "
                "that owns the tables in the second: docs/how-to/database-roles.md."
            )
        if options["print"]:
            for statement in grants(connection, role=name, exists=False, password=""):
                self.stdout.write(statement.as_string(None) + ";")
            return
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [name])
                row = cursor.fetchone()
                if row is not None and row[0]:
                    raise CommandError(
                        f"{name} is a superuser or may go past policies, so no policy would hold for it. Name another role."
                    )
                for statement in grants(connection, role=name, exists=row is not None, password=password):
                    cursor.execute(statement)
        except DatabaseError as error:
            raise CommandError(
                f"{owner} may not do that: {error}. Run what `database_roles --print` writes as a superuser."
            ) from error
        self.stdout.write(f"{name} may serve the site. It owns nothing and stands before every policy.")
