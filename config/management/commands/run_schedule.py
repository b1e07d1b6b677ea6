import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from agencies.isolation import across_agencies


class Command(BaseCommand):
    help = "Run the recurring commands of settings.SCHEDULE, each when it is due, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run each command now, once, and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        due = dict.fromkeys(settings.SCHEDULE, 0.0)
        while True:
            for command, every in settings.SCHEDULE.items():
                if due[command] <= time.monotonic():
                    close_old_connections()
                    self.stdout.write(f"{command} ...")
                    with across_agencies(f"schedule {command}"):
                        call_command(command)
                    due[command] = time.monotonic() + every
            if options["once"]:
                return
            time.sleep(5)
