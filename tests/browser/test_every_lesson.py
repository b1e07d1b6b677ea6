"""Every lesson that is delivered: clean and narrow enough on a telephone, and its card on one sheet of paper."""

import io
import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader

from config.curriculum import load, read_curriculum
from courses.models import Course, LessonPage
from courses.services import register
from courses.services.curriculum import CourseRow, UnitRow, publish_course
from tests import cast
from tests.factories.accounts import PASSWORD
from tests.factories.courses import RULES

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
# Width in CSS pixels that the sheet leaves between its margins of 16 mm.
SHEETS = {"A4": 673, "Letter": 695}
# What is wider than its place, beyond the sheet, or cut off by it.
CUT_OFF = """() => [...document.querySelectorAll('.print-card, .print-card *')].filter(one => {
    const box = one.getBoundingClientRect()
    return one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
        || box.left < 0 || box.right > document.documentElement.clientWidth + 1
        || (getComputedStyle(one).overflowY !== 'visible' && one.scrollHeight > one.clientHeight + 1)
}).map(one => one.textContent.trim().slice(0, 60))"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lessons(settings, live_server):
    """Amina's own copy of every lesson: the path of each, with the lines of its card."""
    settings.PUBLIC_URL = live_server.url
    load(read_curriculum(settings.CURRICULUM_DIR), at=AT)
    pages = list(LessonPage.objects.live().order_by("code"))
    units = [UnitRow("lesson", page.code, page.title, page.minutes) for page in pages]
    publish_course(CourseRow("WHOLE", "whole", "Whole", "specialist", "1", "", units, RULES), at=AT)
    northgate = cast.make_northgate()
    amina = cast.make_amina(northgate)
    registration = register(
        amina,
        course=Course.objects.get(code="WHOLE"),
        agency=northgate,
        professional_role=amina.memberships.get().professional_role,
        jurisdiction=northgate.jurisdiction,
        at=AT,
    )
    assert len(pages) > 25
    return {
        f"/learn/{registration.uuid}/lessons/{page.code}/": [str(line.value) for line in page.use_tomorrow]
        for page in pages
    }


def letters(text: str) -> str:
    """Without the spaces, of which a PDF keeps no faithful account, and with ligatures taken apart."""
    return re.sub(r"\s+", "", text.replace("ﬁ", "fi").replace("ﬂ", "fl").replace("ﬀ", "ff"))


def test_every_lesson_is_clean_on_a_telephone_and_its_card_fits_one_sheet(browse, lessons):
    """One walk for both, because the curriculum takes longer to load than all cards to print."""
    person = browse(width=360, height=780)
    person.sign_in("amina@northgate.example", PASSWORD)
    page = person.page
    wrong = []

    for path in lessons:
        person.goto(f"{path}?view=whole")
        for rule in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]:
            wrong.append(
                f"{path} axe {rule['id']}: {[node['target'] for node in rule['nodes']][:3]} {rule['help']}"
            )
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            wrong.append(f"{path} scrolls sideways: {width} px")

    page.emulate_media(media="print")
    for path, lines in lessons.items():
        person.goto(f"{path}card/")
        assert lines, path
        for sheet, width in SHEETS.items():
            page.set_viewport_size({"width": width, "height": 950})
            if cut := page.evaluate(CUT_OFF):
                wrong.append(f"{path}card/ on {sheet} cuts off {cut}")
            printed = PdfReader(io.BytesIO(page.pdf(format=sheet))).pages
            if len(printed) != 1:
                wrong.append(f"{path}card/ takes {len(printed)} pages of {sheet}")
            text = letters(printed[0].extract_text())
            wrong += [f"{path}card/ on {sheet} loses: {line}" for line in lines if letters(line) not in text]

    assert not wrong, "\n".join(wrong)
    assert not person.errors
    assert not person.outside
