from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from certification.services import continue_award_runs


class Command(BaseCommand):
    help = "Go on with awards of many whose worker was stopped. Run it every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{continue_award_runs(at=timezone.now())} awards of many go on.")
