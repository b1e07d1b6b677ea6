"""`manage.py send_refreshers`: tell people by e-mail that a refresher is due."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from courses.services.refreshers import send_refreshers


class Command(BaseCommand):
    help = "Send one e-mail to everybody for whom a refresher is due, and one more a week later."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{send_refreshers(at=timezone.now())} sent.")
