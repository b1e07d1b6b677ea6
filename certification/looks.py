"""Which template dresses a certificate, and what it then says. The facts are never part of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from agencies.models import Agency
from certification.exceptions import BadTemplate
from certification.models import (
    Accent,
    AchievementCredential,
    CertificateTemplate,
    CertificateTemplateVersion,
)
from certification.pictures import Picture, pictures_of
from certification.wording_rules import (
    LONGEST_LOGO_TEXT,
    LONGEST_SIGNATORY_NAME,
    LONGEST_SIGNATORY_TITLE,
    MOST_SIGNATORIES,
    PARTS,
    PLACEHOLDERS,
    Fault,
    Problem,
    contrast,
    filled,
    wording_problems,
)
from certification.words import day, hours_in_words, pack_label

# Of WCAG 2.2, for text of any size.
ENOUGH_CONTRAST = 4.5


@dataclass(frozen=True)
class Signatory:
    """Somebody who stands for the agency under a certificate."""

    name: str
    title: str = ""
    signature: Picture | None = None


@dataclass(frozen=True)
class Look:
    """What a template says, whether it is saved or only being tried."""

    is_on: bool = True
    accent: str = Accent.WAY
    logo: Picture | None = None
    logo_alt: str = ""
    signatories: tuple[Signatory, ...] = ()
    # {language: {part: text}}
    wording: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def pictures(self) -> dict[str, Picture]:
        found = [self.logo, *(one.signature for one in self.signatories)]
        return {picture.sha256: picture for picture in found if picture is not None}


def part_label(part: str) -> str:
    return {
        "heading": _("Heading"),
        "opening": _("Opening line"),
        "closing": _("Closing line"),
        "footer": _("Footer note"),
    }[part]


def explain(problem: Problem, *, longest: int, allowed: Iterable[str] = PLACEHOLDERS) -> str:
    """What is wrong, and what would be right."""
    names = ", ".join(f"{{{name}}}" for name in allowed) or "–"
    about = problem.about[:40]
    return {
        Fault.TOO_LONG: _("This has %(n)s letters; there is room for %(longest)d.")
        % {"n": about, "longest": longest},
        Fault.UNKNOWN: _("“{%(name)s}” stands for nothing. Allowed are: %(names)s.")
        % {"name": about, "names": names},
        Fault.TWICE: _("“{%(name)s}” stands here twice. Once is enough.") % {"name": about},
        Fault.BRACE: _("A brace has no partner. Braces are for these only: %(names)s.") % {"names": names},
        Fault.CONTROL: _("There are invisible letters in it. Type it anew instead of pasting it."),
    }[problem.fault]


def check_look(look: Look) -> None:
    """Raises BadTemplate with where and what, for the first rule that is broken."""
    if look.accent not in Accent.values or contrast(look.accent, "#ffffff") < ENOUGH_CONTRAST:
        raise BadTemplate(_("Choose one of the colours."))
    if look.logo is not None and not look.logo_alt.strip():
        raise BadTemplate(_("Say in words what the logo shows, for people who cannot see it."))
    if len(look.signatories) > MOST_SIGNATORIES:
        raise BadTemplate(_("There is room for three signatories."))
    texts: list[tuple[str, str, int, tuple[str, ...]]] = [
        (_("The logo in words"), look.logo_alt, LONGEST_LOGO_TEXT, ())
    ]
    for one in look.signatories:
        if not one.name:
            raise BadTemplate(_("A signatory needs a name."))
        texts += [
            (_("Name"), one.name, LONGEST_SIGNATORY_NAME, ()),
            (_("Title"), one.title, LONGEST_SIGNATORY_TITLE, ()),
        ]
    for language, parts in look.wording.items():
        if language not in dict(settings.LANGUAGES):
            raise BadTemplate(_("This site does not speak “%(language)s”.") % {"language": language[:20]})
        for part, text in parts.items():
            if part not in PARTS:
                raise BadTemplate(_("There is no part called “%(part)s”.") % {"part": part[:40]})
            texts.append((f"{part_label(part)} ({language})", text, PARTS[part], PLACEHOLDERS))
    for where, text, longest, allowed in texts:
        for problem in wording_problems(text, longest=longest, allowed=allowed):
            raise BadTemplate(f"{where}: {explain(problem, longest=longest, allowed=allowed)}")


def template_in_force(agency: Agency) -> CertificateTemplateVersion | None:
    """The newest version in use of the nearest: the unit's own, an agency's above it, the site's. One query."""
    above = [agency.path[:step] for step in range(Agency.steplen, len(agency.path) + 1, Agency.steplen)]
    versions: Any = CertificateTemplateVersion.objects.newest()
    found: CertificateTemplateVersion | None = (
        versions.filter(is_on=True)
        .filter(Q(template__agency__path__in=above) | Q(template__agency__isnull=True))
        .select_related("template__agency", "logo")
        .defer("logo__content")
        .order_by(F("template__agency__depth").desc(nulls_last=True))
        .first()
    )
    return found


def template_of(agency: Agency | None) -> CertificateTemplate | None:
    """The one that was made for exactly this agency, or for the site."""
    wanted = Q(agency=agency) if agency is not None else Q(agency__isnull=True)
    return CertificateTemplate.objects.filter(wanted).select_related("agency").first()


def newest_version(template: CertificateTemplate) -> CertificateTemplateVersion | None:
    found: CertificateTemplateVersion | None = (
        template.versions.select_related("logo").order_by("-number").first()
    )
    return found


def look_of(version: CertificateTemplateVersion) -> Look:
    """A saved version as a look, with its pictures."""
    kept = pictures_of(
        [version.logo.sha256 if version.logo else "", *(one["signature"] for one in version.signatories)]
    )
    return Look(
        is_on=version.is_on,
        accent=version.accent,
        logo=kept.get(version.logo.sha256) if version.logo else None,
        logo_alt=version.logo_alt,
        signatories=tuple(
            Signatory(one["name"], one["title"], kept.get(one["signature"])) for one in version.signatories
        ),
        wording=version.wording,
    )


def _values(credential: AchievementCredential) -> dict[str, str]:
    return {
        "agency": credential.agency_name or credential.issuer_name,
        "course": credential.course_title,
        "role": credential.role_name,
        "law": pack_label(credential),
        "hours": hours_in_words(credential.credit_hours),
        "issued": day(credential.issued_on),
        "until": day(credential.valid_until),
    }


def dress(
    credential: AchievementCredential,
    *,
    accent: str,
    logo: str,
    logo_alt: str,
    signatories: Iterable[tuple[str, str, str]],
    wording: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """What a certificate keeps of its look: pictures by their hash, wording with the facts filled in."""
    signing = list(signatories)
    languages: dict[str, Any] = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            values = _values(credential)
            said = {part: filled(text, values) for part, text in wording.get(code, {}).items() if text}
            said["signatures"] = _("For %(agency)s") % {"agency": values["agency"]}
            languages[code] = {
                **said,
                "signature_alts": [_("Signature of %(name)s") % {"name": name} for name, *_rest in signing],
            }
    return {
        "accent": accent,
        "agency": credential.agency_name or credential.issuer_name,
        "logo": logo,
        "logo_alt": logo_alt,
        "signatories": [
            {"name": name, "title": title, "signature": signature} for name, title, signature in signing
        ],
        "languages": languages,
    }


def dress_in_version(
    credential: AchievementCredential, version: CertificateTemplateVersion
) -> dict[str, Any]:
    return dress(
        credential,
        accent=version.accent,
        logo=version.logo.sha256 if version.logo else "",
        logo_alt=version.logo_alt,
        signatories=[(one["name"], one["title"], one["signature"]) for one in version.signatories],
        wording=version.wording,
    )


def dress_in_look(credential: AchievementCredential, look: Look) -> dict[str, Any]:
    return dress(
        credential,
        accent=look.accent,
        logo=look.logo.sha256 if look.logo else "",
        logo_alt=look.logo_alt,
        signatories=[
            (one.name, one.title, one.signature.sha256 if one.signature else "") for one in look.signatories
        ],
        wording=look.wording,
    )
