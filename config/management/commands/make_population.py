from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.population import PopulationError, make_population


class Command(BaseCommand):
    help = "Make an invented agency of any size from a seed, to measure with. On PostgreSQL only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="Its address word, and the first part of every e-mail address.")
        parser.add_argument("--people", type=int, default=150_000)
        parser.add_argument("--units", type=int, default=2_000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make_population(
                options["slug"],
                people=options["people"],
                units=options["units"],
                seed=options["seed"],
                at=timezone.now(),
                say=self.stdout.write,
            )
        except PopulationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{made.agency}: {made.people} people in {made.units} units, {made.certificates} certificates. "
            "Now: manage.py refresh_statuses"
        )
