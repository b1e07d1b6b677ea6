"""What `manage.py check --deploy` has to say of the keys that certificates are signed with."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils import timezone

from certification.exceptions import NoSigningKey

DEMO_KEYS = "certification.E001"
NO_KEY = "certification.E002"
NO_DOCUMENT_KEY = "certification.E003"
READABLE = "certification.E004"
RUNS_OUT = "certification.W001"
SOON = timedelta(days=60)


def _readable_by_others() -> Iterable[CheckMessage]:
    folder = Path(settings.CREDENTIAL_KEYS_DIR)
    for file in sorted([*folder.glob("*.pem"), *folder.glob("*.key")]):
        if file.stat().st_mode & 0o077:
            yield Error(
                f"The private key {file.name} can be read by others than its owner.",
                hint="chmod 600 it. If others may have read it, change it: docs/how-to/rotate-signing-keys.md.",
                id=READABLE,
            )


# Only for --deploy: a site for trying out makes its keys when it first needs them. The database is not asked.
@register(Tags.security, deploy=True)
def check_signing_keys(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    from certification.badges import documents, keys

    if settings.CREDENTIAL_DEMO_KEYS:
        if settings.DEBUG:
            return []
        return [
            Error(
                "Certificates are signed with keys for trying out.",
                hint="Set CREDENTIAL_DEMO_KEYS to False, or use config.settings.production.",
                id=DEMO_KEYS,
            )
        ]
    found: list[CheckMessage] = []
    hint = "docs/how-to/rotate-signing-keys.md says how keys are made and kept."
    try:
        keys.current_key()
    except NoSigningKey as error:
        found.append(Error(str(error), hint=hint, id=NO_KEY))
    try:
        ends = documents.document_certificate().not_valid_after
    except NoSigningKey as error:
        found.append(Error(str(error), hint=hint, id=NO_DOCUMENT_KEY))
    else:
        if ends < timezone.now() + SOON:
            found.append(
                Warning(
                    f"The certificate that PDF are signed with ends on {ends:%Y-%m-%d}.",
                    hint=hint,
                    id=RUNS_OUT,
                )
            )
    return [*found, *_readable_by_others()]
