from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from courses.services.evaluation import destroy_old_keys


class Command(BaseCommand):
    help = "Destroy the keys of questionnaires to which no more answers are to come. Run it every night."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{destroy_old_keys(on=timezone.localdate())} keys destroyed.")
