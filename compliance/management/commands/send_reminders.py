from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from compliance.reminders import remind


class Command(BaseCommand):
    help = "Send the reminders, weekly summaries and notes of what is overdue for which it is time. Run it every quarter of an hour."

    def handle(self, *args: Any, **options: Any) -> None:
        planned, sent = remind(at=timezone.now())
        self.stdout.write(
            f"{planned.before} reminders, {planned.digests} summaries and {planned.late} notes entered; "
            f"{sent.sent} sent, {sent.dropped} no longer needed, {sent.unclear} unclear, {sent.failed} failed."
        )
