"""Saving a certificate template: always a new version, never a change of an old one."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.models import User
from agencies.audit import note_change
from agencies.models import Agency
from certification.exceptions import BadTemplate
from certification.looks import Look, check_look, look_of, newest_version
from certification.models import CertificateImage, CertificateTemplate, CertificateTemplateVersion
from certification.pdf import missing_letters
from certification.pictures import Picture


def _keep(picture: Picture) -> CertificateImage:
    return CertificateImage.objects.get_or_create(
        sha256=picture.sha256,
        defaults={
            "media_type": picture.media_type,
            "content": picture.content,
            "width": picture.width,
            "height": picture.height,
        },
    )[0]


def unprintable_letters(look: Look) -> str:
    """Letters of its words for which certificates have no shape."""
    texts = [part for parts in look.wording.values() for part in parts.values()]
    texts += [text for one in look.signatories for text in (one.name, one.title)]
    return missing_letters("".join(texts))


@transaction.atomic
def save_template(
    agency: Agency | None, look: Look, *, by: User | None, at: datetime
) -> CertificateTemplateVersion:
    """Keep how certificates of an agency, or of the site, look from now on. Those issued before stay as they are.

    Saving the same again gives the version that is there. Raises BadTemplate.
    """
    if agency is not None and agency.is_independent:
        raise BadTemplate("People without an agency get the site's own certificate.")
    check_look(look)
    if letters := unprintable_letters(look):
        raise BadTemplate(f"These letters cannot be printed: {letters[:40]}")
    look = replace(
        look,
        logo_alt=look.logo_alt if look.logo else "",
        wording={
            language: said
            for language, parts in look.wording.items()
            if (said := {part: text for part, text in parts.items() if text})
        },
    )
    template, _made = CertificateTemplate.objects.get_or_create(agency=agency)
    # Two people who save at once take turns, and both versions are kept.
    template = CertificateTemplate.objects.select_for_update().get(pk=template.pk)
    newest = newest_version(template)
    if newest is not None and look_of(newest) == look:
        return newest
    kept = {sha256: _keep(picture) for sha256, picture in look.pictures.items()}
    if agency is not None:
        note_change("template.saved", agency, by=by)
    return CertificateTemplateVersion.objects.create(
        template=template,
        number=newest.number + 1 if newest is not None else 1,
        is_on=look.is_on,
        accent=look.accent,
        logo=kept[look.logo.sha256] if look.logo else None,
        logo_alt=look.logo_alt,
        signatories=[
            {
                "name": one.name,
                "title": one.title,
                "signature": one.signature.sha256 if one.signature else "",
            }
            for one in look.signatories
        ],
        wording=dict(look.wording),
        saved_at=at,
        saved_by=by,
    )
