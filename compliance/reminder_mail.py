"""The messages themselves: what they say in each language, as plain text and as HTML.

Whoever looks over somebody's shoulder reads a subject and the first words. Neither, nor anything below, says what the training is
about: no course, no reason, no name. The page behind the link does.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from compliance.models import ReminderMail

_SALT = "compliance.reminders"
Kind = ReminderMail.Kind


@dataclass(frozen=True)
class Due:
    """One date that somebody is reminded of. `is_end` where something she holds runs out on it."""

    on: date
    days_left: int
    is_end: bool


@dataclass(frozen=True)
class Figures:
    """What a weekly summary counts, people all of them."""

    overdue: int = 0
    lapsed: int = 0
    ends_in_30: int = 0
    not_started: int = 0

    def __bool__(self) -> bool:
        return any((self.overdue, self.lapsed, self.ends_in_30, self.not_started))


@dataclass(frozen=True)
class Content:
    kind: str
    agency_name: str = ""
    agency_path: str = ""
    dues: Sequence[Due] = ()
    figures: Figures | None = None
    people: int = 0
    stop_url: str = ""


@dataclass(frozen=True)
class Written:
    subject: str
    text: str
    html: str


def stop_token(user: User, *, kind: str) -> str:
    """Opens nothing but the end of one kind of e-mail to one person, and does not run out."""
    return signing.dumps([str(user.uuid), kind], salt=_SALT)


def read_stop_token(token: str) -> tuple[str, str] | None:
    try:
        number, kind = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(number), str(kind)


def stop_url(user: User, *, kind: str) -> str:
    return settings.PUBLIC_URL + reverse("compliance:stop_mail", args=[stop_token(user, kind=kind)])


def write(content: Content, *, language: str) -> Written:
    known = {code for code, _name in settings.LANGUAGES}
    with translation.override(language if language in known else settings.LANGUAGE_CODE):
        context: Mapping[str, Any] = {
            "content": content,
            "site": settings.WAGTAIL_SITE_NAME,
            "training_url": settings.PUBLIC_URL + reverse("compliance:my_training"),
            "choices_url": settings.PUBLIC_URL + reverse("compliance:my_reminders"),
            "agency_url": settings.PUBLIC_URL + content.agency_path,
            "language": translation.get_language(),
        }
        subject = {
            Kind.BEFORE: _("A reminder from %(site)s"),
            Kind.DIGEST: _("Your weekly summary from %(site)s"),
            Kind.LATE: _("A note for you from %(site)s"),
        }[Kind(content.kind)] % {"site": settings.WAGTAIL_SITE_NAME}
        text: str = render_to_string(f"compliance/mail/{content.kind}.txt", context).strip() + "\n"
        html: str = render_to_string(f"compliance/mail/{content.kind}.html", context)
    # What a condition left out leaves a gap behind.
    text = re.sub(r"\n{3,}", "\n\n", text)
    html = re.sub(r"<p>\s*</p>\s*", "", html)
    return Written(subject, text, html)


def new_message_id(row: ReminderMail) -> str:
    """Fixed once and for all, so that a mail server or a reader that gets it twice can tell."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{row.uuid}@{domain}>"


def message(
    recipient: User, written: Written, *, message_id: str, stop: str, connection: Any
) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if stop:
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    made = EmailMultiAlternatives(
        written.subject, written.text, None, [recipient.email], headers=headers, connection=connection
    )
    made.attach_alternative(written.html, "text/html")
    return made
