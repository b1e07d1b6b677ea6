from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from content.fact_uses import uses_of_facts
from content.rechecks import rechecks


class Command(BaseCommand):
    help = "List what has to be looked at again. Exits 1 where anything is overdue, so that a nightly job can tell."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--within", type=int, default=0, metavar="DAYS", help="also what is due within so many days"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        rows = rechecks(until=today + timedelta(days=options["within"]))
        uses = uses_of_facts({row.fact_code for row in rows if row.fact_code})
        for row in rows:
            late = "overdue" if row.is_overdue(on=today) else "due"
            used = len(uses.get(row.fact_code, ()))
            where = f", used in {used} {'place' if used == 1 else 'places'}" if row.fact_code else ""
            self.stdout.write(f"{row.due_on} {late}: {row.kind} {row.name}{where}")
        count = sum(row.is_overdue(on=today) for row in rows)
        self.stdout.write(f"{count} overdue.")
        if count:
            raise SystemExit(1)
