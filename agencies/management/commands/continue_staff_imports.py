from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from agencies.staff_import import continue_imports


class Command(BaseCommand):
    help = "Go on with staff lists whose worker was stopped, send invitations that were left, and forget old uploads. Run it every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{continue_imports(at=timezone.now())} staff lists go on.")
