from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo import reset_demo


class Command(BaseCommand):
    help = "Take out everything that load_demo added, and what its people did. Real people and agencies stay."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "This deletes certificates and statements of invented people, so it runs with DEBUG only."
            )
        self.stdout.write(f"{reset_demo()} invented people and their agencies are gone.")
