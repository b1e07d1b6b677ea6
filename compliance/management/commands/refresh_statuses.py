from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from certification.services import award_missing, follow_refreshers
from compliance.services import finish_night, refresh_all
from courses.services import reconcile_registrations


class Command(BaseCommand):
    help = "Work out again where everybody stands. Run it every night; it mends what was missed and changes nothing else."

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        mended = reconcile_registrations(at=at)
        awarded = award_missing(at=at)
        follow_refreshers(at=at)
        looked_at = refresh_all(at=at)
        finish_night(at=at)
        self.stdout.write(
            f"{mended} courses and {awarded} certificates mended, {looked_at} people looked at."
        )
