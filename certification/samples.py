"""An invented certificate for trying a look out. It is never saved, and nobody was given its number."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy

from agencies.models import Agency
from certification.looks import Look, dress_in_look
from certification.models import AchievementCredential
from certification.pdf import draw_certificate
from certification.rules import valid_until
from certification.selectors import today
from certification.services.history import NEWEST_LAYOUT
from certification.words import certificate_words

NAMES = {
    "short": "Rosa Whitfield",
    "long": "María del Carmen Guadalupe Fernández-Villanueva y Rodríguez de la Santísima Trinidad, known as Maricarmen Fernández-Villanueva",
    "arabic": "فاطمة الزهراء بنت عبد الرحمن الهاشمي",
    "cyrillic": "Олександра Шевченко-Коваленко",
}
NAME_LABELS = {
    "short": gettext_lazy("A short name"),
    "long": gettext_lazy("A very long name"),
    "arabic": gettext_lazy("A name in Arabic"),
    "cyrillic": gettext_lazy("A name in Cyrillic"),
}
PAPER_LABELS = {"a4": "A4", "letter": "Letter"}
NUMBER = "WL-0000-0000-0000-0000"


@dataclass(frozen=True)
class Sample:
    """Whose invented certificate is drawn, on what, in which language."""

    name: str = "short"
    paper: str = "a4"
    language: str = "en-gb"


def sample_credential(agency: Agency | None, *, name: str, at: datetime) -> AchievementCredential:
    on = today(at)
    credential = AchievementCredential(
        number=NUMBER,
        holder_name=name,
        issuer_name="Waylight",
        agency_name=agency.name if agency is not None else "",
        role_name="Emergency and hospital clinician, nurse, midwife",
        pack_name="United Kingdom",
        pack_version="2026.2",
        course_title="Essential",
        course_version="2026.1",
        content_versions={f"{part}.{lesson}": "2026.1" for part in range(1, 7) for lesson in (1, 2)},
        credit_hours=Decimal("2.25"),
        review_state=["survivor", "lawyer"],
        issued_at=at,
        issued_on=on,
        valid_until=valid_until(on, months=12),
        layout=NEWEST_LAYOUT,
    )
    credential.words = certificate_words(credential)
    return credential


def draw_sample(agency: Agency | None, look: Look | None, sample: Sample, *, at: datetime) -> bytes:
    """A PNG of an invented certificate in this look, or in the site's plain one."""
    credential = sample_credential(agency, name=NAMES[sample.name], at=at)
    if look is not None and look.is_on:
        credential.words["look"] = dress_in_look(credential, look)
    pictures = look.pictures if look is not None else {}
    return draw_certificate(credential, paper=sample.paper, language=sample.language, pictures=pictures)
