from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from certification.services import forget_old_names


class Command(BaseCommand):
    help = "Erase the names of people who deleted their account from certificates that ran out long enough ago. Run it every night."

    def handle(self, *args: Any, **options: Any) -> None:
        years = settings.CREDENTIAL_RETENTION_YEARS
        count = forget_old_names(years=years, at=timezone.now())
        self.stdout.write(
            f"{count} certificates no longer carry a name; they ran out over {years} years ago."
        )
