"""Everything that is kept about a person, in one file for her (articles 15 and 20 of the GDPR)."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.signals import own_data

README = "README.txt"


def _account(user: User) -> dict[str, Any]:
    role, law = user.professional_role, user.jurisdiction
    return {
        "name": user.name,
        "name_confirmed_at": user.name_confirmed_at,
        "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "month_of_birth": user.birth_month,
        "professional_role": role and role.name,
        "jurisdiction": law and law.name,
        "language": user.language,
        "time_zone": user.time_zone,
        "text_size": user.text_size,
        "theme": user.theme,
        "motion": user.motion,
        "content_notes": user.content_notes,
        "name_in_the_learning_record": user.actor_name,
        "last_login": user.last_login,
        # That there are some, never their secrets.
        "two_step_sign_in": sorted(
            Authenticator.objects.filter(user=user).values_list("type", flat=True).distinct()
        ),
    }


def _content(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return json.dumps(value, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder).encode()


def _readme(files: Mapping[str, object], *, at: datetime) -> bytes:
    lines = [
        _("Everything that Waylight keeps about you at %(site)s, on %(day)s.")
        % {"site": settings.PUBLIC_URL, "day": timezone.localdate(at).isoformat()},
        "",
        _("It is yours. Keep it where nobody else reads it: it says where you work and what you learned."),
        _("Files that end in .json are for programs, and can be read with any text editor."),
        "",
        *sorted(files),
        "",
    ]
    return "\n".join(lines).encode()


def own_data_of(user: User, *, at: datetime) -> dict[str, bytes]:
    """By file name: what every app keeps about the person. Whoever keeps something answers `signals.own_data`."""
    files: dict[str, object] = {"account.json": _account(user)}
    for _receiver, given in own_data.send(sender=User, user=user, at=at):
        files.update(cast(dict[str, object], given or {}))
    return {README: _readme(files, at=at), **{name: _content(value) for name, value in sorted(files.items())}}


def own_data_archive(user: User, *, at: datetime) -> bytes:
    """The same as a ZIP file."""
    archive = io.BytesIO()
    when = timezone.localtime(at).timetuple()[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in own_data_of(user, at=at).items():
            entry = zipfile.ZipInfo(name, date_time=when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            file.writestr(entry, content)
    return archive.getvalue()
