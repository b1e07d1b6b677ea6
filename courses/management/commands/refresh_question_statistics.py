from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from courses.services.item_statistics import recount_item_statistics, refresh_item_statistics


class Command(BaseCommand):
    help = "Count the answers given since the last time, for the statistics of questions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="forget what was counted and count all anew")

    def handle(self, *args: Any, **options: Any) -> None:
        counted = recount_item_statistics() if options["all"] else refresh_item_statistics()
        self.stdout.write(f"{counted} attempts counted.")
