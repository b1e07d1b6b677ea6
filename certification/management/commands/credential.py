"""`manage.py credential ACTION`: list, export, verify, issue-batch and rotate-key."""

import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import astuple, fields
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certification.badges import documents, keys
from certification.badges.checking import check_file
from certification.exceptions import CertificationError
from certification.models import AchievementCredential, SigningKey
from certification.rules import CredentialState
from certification.selectors import credential_state, find_credential, today
from certification.services import Batch, award_batch, credit_report
from certification.services.credit import Credit
from ui.pipes import reader_may_leave
from ui.spreadsheets import csv_line

SECONDS_BETWEEN_LINES = 1.0
READING = {"list", "export", "credit-report"}
STATES = [str(state) for state in CredentialState if state != CredentialState.UNKNOWN]


def at_least_none(word: str) -> int:
    if not word.isdecimal():
        raise ArgumentTypeError(f"{word} is no number of certificates: 0 for all, or 1 and above.")
    return int(word)


class Command(BaseCommand):
    help = "Lists, exports and checks credentials, issues what was earned, and changes the signing key."
    # A site whose key is missing has to be able to make one.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)

        listing = actions.add_parser("list", help="Numbers of certificates, one a line, newest first.")
        listing.add_argument("--status", choices=STATES)
        listing.add_argument("--limit", type=at_least_none, default=0, help="At most so many; 0 for all.")

        export = actions.add_parser("export", help="One certificate as a file.")
        export.add_argument("number")
        export.add_argument("--as", dest="kind", choices=list(documents.MEDIA_TYPES), default="json")
        export.add_argument("--to", type=Path, help="The file to write; otherwise to the standard output.")

        verify = actions.add_parser(
            "verify",
            help="Check a PDF, PNG, SVG, JSON or JWT. Exits with 1 unless it holds. A transcript holds if it is genuine.",
        )
        verify.add_argument("file", type=Path)

        batch = actions.add_parser("issue-batch", help="Award what was earned and never awarded.")
        batch.add_argument("--limit", type=at_least_none, default=1000)

        credit = actions.add_parser(
            "credit-report", help="Who earned credit of a body, as CSV: those who gave their number for it."
        )
        credit.add_argument("body")
        credit.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="DATE")
        credit.add_argument("--until", dest="last", type=date.fromisoformat, required=True, metavar="DATE")

        rotate = actions.add_parser("rotate-key", help="Make a new key and sign with it from now on.")
        rotate.add_argument(
            "--compromised",
            action="append",
            default=[],
            metavar="KEY",
            help="Also declare this key unsafe: nothing that it signed counts any more.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        act = getattr(self, f"_{options['action'].replace('-', '_')}")
        try:
            with reader_may_leave() if options["action"] in READING else nullcontext():
                act(options)
        except CertificationError as error:
            raise CommandError(str(error)) from error

    def _list(self, options: dict[str, Any]) -> None:
        on, left = today(timezone.now()), options["limit"] or None
        for credential in AchievementCredential.objects.with_history().iterator():
            if options["status"] in (None, credential_state(credential, on)):
                self.stdout.write(credential.number)
                left = left - 1 if left is not None else None
                if left == 0:
                    return

    def _export(self, options: dict[str, Any]) -> None:
        credential = find_credential(options["number"])
        if credential is None:
            raise CommandError(f"There is no certificate {options['number']}.")
        content = documents.export(credential, options["kind"])
        if options["to"] is not None:
            options["to"].write_bytes(content)
        else:
            sys.stdout.buffer.write(content)

    def _verify(self, options: dict[str, Any]) -> None:
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        found = check_file(content, on=today(timezone.now()))
        for label, answer in [
            ("a credential", found.is_readable),
            ("signed by this site", found.is_ours),
            ("unchanged since", found.is_unchanged),
            ("pages of the PDF unchanged", found.is_document_unchanged),
            ("on record", found.is_known),
        ]:
            if answer is not None:
                self.stdout.write(f"{'yes' if answer else 'NO ':3} {label}")
        for one in found.transcript or ():
            self.stdout.write(f"    {one.number}: {one.state}")
        if found.is_genuine_transcript:
            return
        if found.public is not None:
            self.stdout.write(f"    {found.public.number}: {found.public.state}")
        if not found.holds:
            raise CommandError(
                found.problem or f"It is {found.public.state if found.public else 'not valid'}."
            )

    def _issue_batch(self, options: dict[str, Any]) -> None:
        batch = award_batch(at=timezone.now(), limit=options["limit"], tell=self._tell())
        self.stdout.write(f"{batch.awarded} issued.")
        for registration_uuid, problem in batch.problems.items():
            self.stdout.write(f"{registration_uuid}: {problem}")
        if batch.problems:
            raise CommandError(f"{len(batch.problems)} could not be considered. All others were.")

    def _tell(self) -> Callable[[Batch], None]:
        """One line a second at most; on a terminal the same line again."""
        told = time.monotonic()

        def tell(batch: Batch) -> None:
            nonlocal told
            if time.monotonic() - told < SECONDS_BETWEEN_LINES:
                return
            told = time.monotonic()
            line = f"{batch.looked_at:,} of {batch.waiting:,} looked at, {batch.awarded:,} issued"
            self.stdout.write(line, ending="\r" if self.stdout.isatty() else "\n")
            self.stdout.flush()

        return tell

    def _credit_report(self, options: dict[str, Any]) -> None:
        rows = credit_report(options["body"], first=options["first"], last=options["last"])
        self.stdout.write(csv_line([one.name for one in fields(Credit)]), ending="")
        for row in rows:
            self.stdout.write(csv_line(list(astuple(row))), ending="")

    def _rotate_key(self, options: dict[str, Any]) -> None:
        unknown = set(options["compromised"]) - set(SigningKey.objects.values_list("kid", flat=True))
        if unknown:
            raise CommandError(f"No key is called {', '.join(sorted(unknown))}.")
        keys.make_key_file()
        documents.make_document_key_file_once()
        SigningKey.objects.filter(kid__in=options["compromised"]).update(compromised_at=timezone.now())
        self.stdout.write(f"Signing with {keys.signing_key().kid} from now on.")
        for kid in options["compromised"]:
            self.stdout.write(f"{kid} is declared unsafe: holders have to download their credentials again.")
