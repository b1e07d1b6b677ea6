from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from compliance.assigning import continue_changes


class Command(BaseCommand):
    help = "Go on with changes of assignments whose worker was stopped. Run it every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{continue_changes(at=timezone.now())} changes of assignments go on.")
