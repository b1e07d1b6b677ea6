"""Two roles of PostgreSQL: one owns the tables and changes them, the other serves the site and stands before the policies."""

from collections.abc import Sequence

from config import env

# What needs the tables' owner: it changes them, or copies them whole.
OWNERS_COMMANDS = frozenset({"migrate", "database_roles", "backup", "restore", "sqlmigrate", "flush"})
# They serve others, each of whom says for herself how far she reaches.
SERVING_COMMANDS = frozenset({"runserver", "run_site", "db_worker", "run_schedule", "test", "testserver"})


def database_url(argv: Sequence[str], *, default: str) -> str:
    """MIGRATION_DATABASE_URL for commands that need the owner, where there is one; DATABASE_URL for everything else."""
    url = env.text("DATABASE_URL", default)
    if argv[1:2] and argv[0].endswith("manage.py") and argv[1] in OWNERS_COMMANDS:
        return env.text("MIGRATION_DATABASE_URL", url)
    return url
