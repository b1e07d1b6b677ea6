"""Policies of PostgreSQL, for migrations. On SQLite none of it does anything.

A policy lets through a person's own rows and those of the agencies that she works or acts for, by their root: units are kept
apart by the application. Below what an employer may see (ARCHITECTURE, "What an employer can see") a row is its owner's alone,
so that not even her lead's session could read it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import migrations
from psycopg import sql

POLICY = "waylight_wall"

# A person's last day counts as a whole, and one more: the application knows the day where she is, the database only its own.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION waylight_everything() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT COALESCE(current_setting('waylight.everything', true), '') = 'on' $$;

CREATE OR REPLACE FUNCTION waylight_person() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('waylight.person', true), '')::bigint $$;

CREATE OR REPLACE FUNCTION waylight_agencies() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path FROM CURRENT AS
$$
    SELECT unit.id FROM agencies_agency unit WHERE left(unit.path, 4) IN (
        SELECT left(here.path, 4) FROM agencies_membership place JOIN agencies_agency here ON here.id = place.agency_id
        WHERE place.user_id = waylight_person() AND here.slug <> 'independent'
          AND (place.ended_on IS NULL OR place.ended_on >= current_date)
        UNION
        SELECT left(here.path, 4) FROM agencies_delegation given JOIN agencies_agency here ON here.id = given.agency_id
        WHERE given.user_id = waylight_person() AND (given.ends_on IS NULL OR given.ends_on >= current_date)
        UNION
        SELECT NULLIF(current_setting('waylight.agency', true), '')
    )
$$;
"""
NO_FUNCTIONS = """
DROP FUNCTION IF EXISTS waylight_agencies();
DROP FUNCTION IF EXISTS waylight_person();
DROP FUNCTION IF EXISTS waylight_everything();
"""

# Each in a SELECT of its own, so that it is asked once for a query and not once for a row.
PERSON = "(SELECT waylight_person())"
EVERYTHING = "(SELECT waylight_everything())"
IN_REACH = "IN (SELECT waylight_agencies())"


def own(user: str = "user_id") -> str:
    """Her own, and no employer's."""
    return f"{user} = {PERSON}"


def own_or_agency(user: str = "user_id", agency: str = "agency_id") -> str:
    return f"{user} = {PERSON} OR {agency} {IN_REACH}"


def agency(column: str = "agency_id") -> str:
    """An agency's; without one it is the site's, and everybody's to read."""
    return f"{column} IS NULL OR {column} {IN_REACH}"


def own_through(key: str, table: str, pk: str = "id", user: str = "user_id") -> str:
    """Belongs to a row that is her own."""
    return f"{key} IN (SELECT mine.{pk} FROM {table} mine WHERE mine.{user} = {PERSON})"  # noqa: S608 - our own names


def visible_through(table: str, key: str, parent: str, pk: str = "id") -> str:
    """Shown with the row that it belongs to, by that row's policy."""
    return f"EXISTS (SELECT 1 FROM {parent} whole WHERE whole.{pk} = {table}.{key})"  # noqa: S608 - our own names


NOBODY = "false"


class Walls(migrations.RunPython):
    """Put policies on tables; in a migration, after the tables are there. Backwards takes them away."""

    def __init__(self, policies: Mapping[str, str]) -> None:
        self.policies = dict(policies)

        def build(apps: Any, editor: Any) -> None:
            if editor.connection.vendor != "postgresql":
                return
            for table, condition in self.policies.items():
                editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
                editor.execute(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
                editor.execute(f"CREATE POLICY {POLICY} ON {table} USING ({EVERYTHING} OR {condition})")

        def tear_down(apps: Any, editor: Any) -> None:
            if editor.connection.vendor != "postgresql":
                return
            for table in self.policies:
                editor.execute(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
                editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

        super().__init__(build, tear_down)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return "Walls", (self.policies,), {}


class OnlyAddedTo(migrations.RunPython):
    """Rows of this table are never changed, and removed by the tasks of the site alone, when they are old enough."""

    def __init__(self, table: str) -> None:
        self.table = table

        def build(apps: Any, editor: Any) -> None:
            if editor.connection.vendor == "postgresql":
                editor.execute(
                    f"CREATE POLICY waylight_no_change ON {table} AS RESTRICTIVE FOR UPDATE USING (false)"
                )
                editor.execute(
                    f"CREATE POLICY waylight_no_removal ON {table} AS RESTRICTIVE FOR DELETE USING ({EVERYTHING})"
                )

        def tear_down(apps: Any, editor: Any) -> None:
            if editor.connection.vendor == "postgresql":
                editor.execute(f"DROP POLICY IF EXISTS waylight_no_change ON {table}")
                editor.execute(f"DROP POLICY IF EXISTS waylight_no_removal ON {table}")

        super().__init__(build, tear_down)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return "OnlyAddedTo", (self.table,), {}


class WallFunctions(migrations.RunPython):
    """What the policies ask."""

    def __init__(self) -> None:
        def build(apps: Any, editor: Any) -> None:
            if editor.connection.vendor == "postgresql":
                editor.execute(FUNCTIONS)

        def tear_down(apps: Any, editor: Any) -> None:
            if editor.connection.vendor == "postgresql":
                editor.execute(NO_FUNCTIONS)

        super().__init__(build, tear_down)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return "WallFunctions", (), {}


def grants(connection: Any, *, role: str, exists: bool, password: str) -> Iterator[sql.Composed]:
    """What makes a role that may read and write every row that the policies let through, and nothing else."""
    name, database = sql.Identifier(role), sql.Identifier(connection.settings_dict["NAME"])
    may = sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE")
    if not exists:
        yield sql.SQL("CREATE ROLE {} {}").format(name, may)
    if password:
        yield sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(password))
    yield sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, name)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name)
    for rights, things in (
        ("SELECT, INSERT, UPDATE, DELETE", "TABLES"),
        ("USAGE, SELECT", "SEQUENCES"),
        ("EXECUTE", "FUNCTIONS"),
    ):
        given = sql.SQL(rights), sql.SQL(things), name
        yield sql.SQL("GRANT {} ON ALL {} IN SCHEMA public TO {}").format(*given)
        # So that what the next migration makes is served too.
        yield sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {} ON {} TO {}").format(*given)
