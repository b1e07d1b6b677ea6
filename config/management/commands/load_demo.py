import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import PASSWORD, load_demo
from courses.selectors import ESSENTIAL, course_by_code


class Command(BaseCommand):
    help = "Add two invented agencies with about 200 people, and print who can sign in. Safe to repeat; for trying out only."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "Invented people with known passwords have no place on a real site (DEBUG is off)."
            )
        if course_by_code(ESSENTIAL) is None:
            call_command("load_curriculum", stdout=self.stdout, stderr=self.stderr)
        begun = time.monotonic()
        sign_ins = load_demo(at=timezone.now(), say=self.stdout.write)
        self.stdout.write(
            f"Two agencies are ready ({time.monotonic() - begun:.0f} s). Everybody in them is invented.\n\n"
        )
        width = max(len(one.email) for one in sign_ins)
        self.stdout.write(f"Sign in with the password {PASSWORD} as:\n")
        for one in sign_ins:
            self.stdout.write(f"  {one.email:{width}}  {one.name}, {one.does}\n")
