from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from certification.services import award_missing, follow_refreshers
from compliance.services import refresh_all
from courses.services import reconcile_registrations


class Command(BaseCommand):
    help = "Work out again where everybody stands. Run it every night; it mends what was missed and changes nothing else."

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        mended = reconcile_registrations(at=at)
        awarded = award_missing(at=at)
        follow_refreshers(at=at)
        self.stdout.write(
            f"{mended} courses and {awarded} certificates mended, {refresh_all(at=at)} people looked at."
        )
