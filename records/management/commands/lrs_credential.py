from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agencies.models import Agency
from records.models import Credential, Scope
from records.services import create_credential, revoke_credential


class Command(BaseCommand):
    help = "Makes or revokes a credential for the learning record store at /xapi/."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser(
            "create", help="Prints key=… and secret=…. The secret is never shown again."
        )
        create.add_argument("name", help="Which client this is, in words.")
        create.add_argument(
            "--agency", help="The agency's slug. Such a credential only reads that agency's outcomes."
        )
        create.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            help="May be repeated. Without it: all; with an agency: statements/read.",
        )
        revoke = actions.add_parser("revoke", help="Ends a credential at once.")
        revoke.add_argument("key")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "revoke":
            self._revoke(options["key"])
            return
        agency = None
        if options["agency"]:
            agency = Agency.objects.filter(slug=options["agency"]).first()
            if agency is None:
                raise CommandError(f"There is no agency with the slug {options['agency']!r}.")
        name = options["name"].strip()
        if not name or len(name) > 120:
            raise CommandError("The name must have 1 to 120 characters.")
        usual = [Scope.STATEMENTS_READ] if agency else [Scope.ALL]
        scopes = [Scope(value) for value in options["scope"] or usual]
        credential, secret = create_credential(name, agency=agency, scopes=scopes, at=timezone.now())
        self.stdout.write(f"key={credential.key}")
        self.stdout.write(f"secret={secret}")

    def _revoke(self, key: str) -> None:
        credential = Credential.objects.filter(key=key).first()
        if credential is None:
            raise CommandError("There is no credential with this key.")
        revoke_credential(credential, at=timezone.now())
        self.stdout.write("Revoked.")
