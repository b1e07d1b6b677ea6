from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from agencies.audit import remove_old_entries


class Command(BaseCommand):
    help = "Remove entries of agencies' logs that are old enough. Run it every night."

    def handle(self, *args: Any, **options: Any) -> None:
        days = settings.AUDIT_RETENTION_DAYS
        count = remove_old_entries(on=timezone.localdate(), days=days)
        self.stdout.write(f"{count} entries removed that were older than {days} days.")
