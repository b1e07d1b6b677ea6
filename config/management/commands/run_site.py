import os
import signal
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Run the site for trying out: web server, background worker and schedule together. Ctrl-C stops all three."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--address", default="127.0.0.1", help="where to listen; 0.0.0.0 for every network"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "This server is for trying out only. docs/how-to/deploy.md says how to run it for real."
            )
        port = options["port"]
        manage = [sys.executable, sys.argv[0]]
        environment = {**os.environ, "PORT": str(port)}
        commands = {
            "web server": [*manage, "runserver", "--noreload", f"{options['address']}:{port}"],
            "background worker": [*manage, "db_worker", "--verbosity", "0", "--no-reload"],
            "schedule": [*manage, "run_schedule"],
        }
        children = {
            name: subprocess.Popen(  # noqa: S603 - our own commands
                command, env=environment, stdout=subprocess.DEVNULL if name != "web server" else None
            )
            for name, command in commands.items()
        }
        signal.signal(signal.SIGTERM, _stop)
        self.stdout.write(f"\nStarting the {', the '.join(children)}.")
        self.stdout.write(
            self.style.SUCCESS(f"\n  Waylight: http://localhost:{port}   (sign-ins above; Ctrl-C stops it)\n")
        )
        self.stdout.flush()
        try:
            while True:
                for name, child in children.items():
                    if child.poll() is not None:
                        raise CommandError(
                            f"The {name} stopped with status {child.returncode}. Is port {port} free?"
                        )
                time.sleep(0.5)
        except KeyboardInterrupt:
            self.stdout.write("Stopping.")
        finally:
            for child in children.values():
                if child.poll() is None:
                    child.terminate()
            for child in children.values():
                child.wait(timeout=20)


def _stop(*_args: Any) -> None:
    raise KeyboardInterrupt
