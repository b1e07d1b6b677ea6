from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from content.reporting import remove_old_words


class Command(BaseCommand):
    help = "Erase the words of reports of problems that were closed long enough ago. Run it every night."

    def handle(self, *args: Any, **options: Any) -> None:
        days = settings.REPORT_RETENTION_DAYS
        count = remove_old_words(on=timezone.localdate(), days=days)
        self.stdout.write(f"{count} reports emptied that were closed {days} days ago or earlier.")
