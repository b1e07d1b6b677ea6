"""A worker as a process of its own, for tests in which one is killed: started anew, so that it shares nothing with the
tests but the database.

`python -m tests.certification.worker DATABASE WORK [ARGUMENT ...]` says "ready", waits for a line, says what it has come
to, and ends. It ends by itself after `LONGEST` seconds, whatever it waits for.
"""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager, suppress
from typing import Self

LONGEST = 90


class Worker(AbstractContextManager["Worker"]):
    """Starts one and, whatever happens, leaves none behind."""

    def __init__(self, work: str, *arguments: object) -> None:
        from django.conf import settings
        from django.db import connection

        self.problems = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self.process = subprocess.Popen(
            [
                sys.executable,
                *("-m", "tests.certification.worker"),
                str(connection.settings_dict["NAME"]),
                work,
                *map(str, arguments),
            ],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.problems,
            env={key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
            | {"DJANGO_SETTINGS_MODULE": "config.settings.test"},
        )
        self.ends_at = time.monotonic() + LONGEST
        self.told = b""

    @property
    def complaints(self) -> str:
        self.problems.seek(0)
        return self.problems.read().decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.process.kill()
        self.process.wait()
        for file in (self.process.stdin, self.process.stdout, self.problems):
            assert file is not None
            with suppress(BrokenPipeError):
                file.close()

    def _hear(self) -> bool:
        """Some more of what it says; False once it has ended."""
        assert self.process.stdout is not None
        heard, _, _ = select.select([self.process.stdout], [], [], max(0, self.ends_at - time.monotonic()))
        assert heard, f"The worker says nothing more. Until then: {self.told.decode()}{self.complaints}"
        more = os.read(self.process.stdout.fileno(), 65536)
        self.told += more
        return bool(more)

    def wait_for(self, word: str) -> None:
        while word not in self.told.decode().splitlines():
            assert self._hear(), (
                f"The worker ended without saying {word!r}: {self.told.decode()}{self.complaints}"
            )

    def go(self) -> None:
        self.wait_for("ready")
        assert self.process.stdin is not None
        self.process.stdin.write(b"go\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)

    def stop_reading(self) -> None:
        self.wait_for("ready")
        assert self.process.stdout is not None
        self.process.stdout.close()

    def end(self) -> int:
        """How it ended: 0, or less than 0 for a signal."""
        assert self.process.stdout is not None
        while not self.process.stdout.closed and self._hear():
            pass
        return self.process.wait(timeout=max(1, self.ends_at - time.monotonic()))

    def was_killed(self) -> bool:
        return self.end() == -signal.SIGKILL

    def did_well(self) -> bool:
        assert self.end() == 0, self.complaints
        return True


def _say(word: str) -> None:
    # At once, with its end of line: who has read the word may close the pipe.
    os.write(1, f"{word}\n".encode())


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _award(registration: str) -> None:
    from certification.services import consider_award
    from tests.factories.certification import EARNED

    _say("begun")
    consider_award(registration, at=EARNED)


def _award_missing() -> None:
    from certification.services import award_missing
    from tests.factories.certification import EARNED

    _say("begun")
    award_missing(at=EARNED)


def _award_and_hang_before_the_commit(registration: str) -> None:
    from certification import statements

    def hang(*args: object, **kwargs: object) -> None:
        _say("awarding")
        time.sleep(LONGEST)

    statements.say_earned = hang
    _award(registration)


def _award_and_die_before_the_commit(registration: str) -> None:
    from certification.services import awards

    awards.announce = lambda *args, **kwargs: _die()
    _award(registration)


def _award_and_die_after_the_commit(registration: str) -> None:
    from django.db import transaction

    from certification.services import awards

    awards.announce = lambda *args, **kwargs: transaction.on_commit(_die)
    _award(registration)


def _satisfy_and_die_after_the_commit(registration: str) -> None:
    from django.db import transaction

    from courses.models import Registration
    from tests.factories.certification import EARNED

    with transaction.atomic():
        Registration.objects.filter(uuid=registration).update(satisfied_at=EARNED)
        transaction.on_commit(_die)


def _manage(*arguments: str) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *arguments])


def _issue_a_batch_and_die_at_the_third() -> None:
    from django.core.management import call_command

    from certification import statements

    say_earned, done = statements.say_earned, []

    def say(*args: object, **kwargs: object) -> None:
        done.append(1)
        if len(done) == 3:
            _die()
        say_earned(*args, **kwargs)

    statements.say_earned = say
    call_command("credential", "issue-batch")


def _remind(port: str, at: str) -> None:
    from datetime import datetime

    from django.conf import settings

    from compliance.reminders import remind

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(port)
    remind(at=datetime.fromisoformat(at))


WORK = {
    "remind": _remind,
    "award": _award,
    "award missing": _award_missing,
    "award and hang before the commit": _award_and_hang_before_the_commit,
    "award and die before the commit": _award_and_die_before_the_commit,
    "award and die after the commit": _award_and_die_after_the_commit,
    "satisfy and die after the commit": _satisfy_and_die_after_the_commit,
    "manage": _manage,
    "issue a batch and die at the third": _issue_a_batch_and_die_at_the_third,
}


def main(database: str, work: str, *arguments: str) -> None:
    signal.alarm(LONGEST)
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from django.db import connection

    connection.ensure_connection()
    _say("ready")
    sys.stdin.readline()
    WORK[work](*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
