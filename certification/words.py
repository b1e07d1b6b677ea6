"""The sentences of a certificate, in a language, made once at issue and kept in its row."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from certification.law import LegalPart, LegalState
from certification.models import AchievementCredential
from certification.rules import hours_and_minutes
from content.models import ReviewSignOff


def day(value: date) -> str:
    return date_format(value, "j F Y")


def hours_in_words(credit_hours: object) -> str:
    hours, minutes = hours_and_minutes(str(credit_hours))
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if minutes or not hours:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes})
    return " ".join(parts)


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s or %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def review_sentence(missing: Sequence[str]) -> str:
    """Who has not yet read what was learned: "Not yet reviewed by a person with lived experience or a lawyer."."""
    readers = [str(ReviewSignOff.Gate(gate).label) for gate in missing if gate in ReviewSignOff.Gate.values]
    if not readers:
        return _("No review that this content asks for was missing when this was issued.")
    return _("The content was not yet reviewed by %(readers)s when this was issued.") % {
        "readers": _listed(readers)
    }


def credit_sentence(credential: AchievementCredential) -> str:
    if credential.accrediting_body and credential.approval_number:
        return _("Accredited by %(body)s, approval %(number)s.") % {
            "body": credential.accrediting_body,
            "number": credential.approval_number,
        }
    return _("Learning time. No accredited CPD or continuing-education credit is claimed.")


def law_sentence(part: LegalPart) -> str:
    """Nothing while no law has changed since the certificate was issued."""
    if part.state == LegalState.DUE and part.until:
        return _(
            "This law has changed since. The part on law counts until %(day)s, unless the holder catches up."
        ) % {"day": day(part.until)}
    if part.state == LegalState.ENDED and part.until:
        return _(
            "This law has changed since. The part on law has not counted after %(day)s; the rest still does."
        ) % {"day": day(part.until)}
    if part.updated_on:
        return _("This law has changed since. The holder took the change in on %(day)s (%(version)s).") % {
            "day": day(part.updated_on),
            "version": part.version,
        }
    return ""


def pack_label(credential: AchievementCredential) -> str:
    return f"{credential.pack_name} {credential.pack_version}".strip()


def verify_url(number: str) -> str:
    return settings.PUBLIC_URL + reverse("certification:verify_number", args=[number])


def _in_one_language(credential: AchievementCredential) -> dict[str, Any]:
    lessons = sum(1 for code in credential.content_versions if code[:1].isdigit())
    made_of = ngettext(
        "%(n)d lesson, a check and a scenario", "%(n)d lessons, a check and a scenario", lessons
    )
    return {
        "title": _("Certificate of training"),
        "intro": _("This certifies that"),
        "finished": _("finished the training"),
        "for_role": pgettext("followed by the name of a professional role", "for the professional role"),
        "made_of": made_of % {"n": lessons},
        "facts": [
            {"label": _("Law taught"), "value": pack_label(credential), "is_content": True},
            {
                "label": _("Content version"),
                "value": f"{credential.course_title} {credential.course_version}",
                "is_content": True,
            },
            {
                "label": _("Learning hours"),
                "value": hours_in_words(credential.credit_hours),
                "is_content": False,
            },
            {"label": _("Issued"), "value": day(credential.issued_on), "is_content": False},
            {"label": _("Valid until"), "value": day(credential.valid_until), "is_content": False},
            {"label": _("Issued by"), "value": credential.issuer_name, "is_content": True},
        ],
        "review": review_sentence(credential.review_state),
        "credit": credit_sentence(credential),
        "limits": _(
            "It says that this person finished this training on this content. It says nothing about answers given, "
            "and it is not a licence to practise or to interview anyone."
        ),
        "content_label": _("Content learned, each with its version"),
        "number_label": _("Certificate number"),
        "check": _("Check it"),
        "check_hint": _("Scan the code, or type the number at this address:"),
        "qr_alt": _("QR code with the address where this certificate can be checked"),
        "logo_alt": "Waylight",
        "unprintable": _(
            "Some letters of the name cannot be printed here. It is recorded in full; the page below compares a name with it."
        ),
    }


def certificate_words(credential: AchievementCredential) -> dict[str, Any]:
    """Everything the certificate says beside its own columns, for every language of the site."""
    languages: dict[str, Any] = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            languages[code] = _in_one_language(credential)
    return {"verify_url": verify_url(credential.number), "languages": languages}
