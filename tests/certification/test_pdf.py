import io
import re
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader

from certification.exceptions import UnknownPaper
from certification.fonts import font_sources
from certification.models import AchievementCredential
from certification.pdf import missing_letters, qr_code, render_certificate
from certification.words import certificate_words
from tests.factories.certification import EARNED

LONG = "María del Carmen Guadalupe Fernández-Villanueva y Rodríguez de la Santísima Trinidad " * 2


def credential(name="Rosa Whitfield", **fields) -> AchievementCredential:
    made = AchievementCredential(
        number="WL-7K4M-2Q9D-X3TB-H8VC",
        holder_name=name.strip(),
        issuer_name="Waylight",
        role_name="Emergency and hospital clinician, nurse, midwife",
        pack_name="United Kingdom",
        pack_version="2026.2",
        course_title="Essential",
        course_version="2026.1",
        content_versions={"1.3": "2026.1", "3.1": "2026.1", "seen-alone": "1"},
        credit_hours=Decimal("2.25"),
        review_state=["survivor", "lawyer"],
        issued_at=EARNED,
        issued_on=date(2026, 11, 14),
        valid_until=date(2027, 11, 14),
        layout=1,
        **fields,
    )
    made.words = certificate_words(made)
    return made


def read(document: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(document))


def words_of(document: bytes) -> str:
    return " ".join(read(document).pages[0].extract_text().split())


def embedded_fonts(document: bytes) -> set[str]:
    names = set()
    for font in read(document).pages[0]["/Resources"]["/Font"].values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in descendant["/FontDescriptor"].get_object()
        names.add(str(descendant["/BaseFont"]).split("+")[-1])
    return names


def test_the_document_is_tagged_titled_and_has_a_language():
    reader = read(render_certificate(credential()))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF boolean
    assert root["/Lang"].lower() == "en-gb"
    assert "/StructTreeRoot" in root
    assert reader.metadata.title == "Certificate of training: Essential"
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"<pdfuaid:part>1<", xmp)
    assert re.search(r"<pdfaid:part>3<", xmp)
    assert re.search(r"<pdfaid:conformance>A<", xmp)


def test_it_says_in_reading_order_who_finished_what_and_until_when():
    text = words_of(render_certificate(credential()))
    expected = [
        "Certificate of training",
        "Rosa Whitfield",
        "Essential",
        "Emergency and hospital clinician, nurse, midwife",
        "United Kingdom 2026.2",
        "Essential 2026.1",
        "2 hours 15 minutes",
        "14 November 2026",
        "14 November 2027",
        "not yet reviewed by a person with lived experience or a lawyer",
        "No accredited CPD",
        "/verify/WL-7K4M-2Q9D-X3TB-H8VC/",
        "WL-7K4M-2Q9D-X3TB-H8VC",
        "1.3 (2026.1)",
    ]
    places = [text.find(part) for part in expected]
    assert -1 not in places, dict(zip(expected, places, strict=True))
    assert places[:9] == sorted(places[:9])


@pytest.mark.parametrize(("paper", "size"), [("a4", (595.3, 841.9)), ("letter", (612, 792))])
@pytest.mark.parametrize("name", ["Rosa Whitfield", LONG, "W" * 200, ""])
def test_it_is_one_page_of_the_paper_asked_for_however_long_the_name(paper, size, name):
    reader = read(render_certificate(credential(name), paper=paper))
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(size, abs=0.2)


def test_another_paper_is_refused():
    with pytest.raises(UnknownPaper):
        render_certificate(credential(), paper="a5")


def test_our_own_fonts_are_embedded_and_no_other():
    assert embedded_fonts(render_certificate(credential())) == {
        "AtkinsonHyperlegibleNext-Regular",
        "AtkinsonHyperlegibleNext-SemiBold",
        "Literata-Regular",
        "Literata-SemiBold",
    }


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("Łukasz Żółkiewski", "LiterataLatinExt-SemiBold"),
        ("Олександра Шевченко", "LiterataCyrillic-SemiBold"),
        ("Ελένη Παπαδοπούλου", "LiterataGreek-SemiBold"),
        ("فاطمة الزهراء", "NotoSansArabic-SemiBold"),
        ("נועה כהן", "NotoSansHebrew-SemiBold"),
        ("আমিনা খাতুন", "NotoSansBengali-SemiBold"),
        ("अमीना रहमान", "NotoSansDevanagari-SemiBold"),
    ],
)
def test_names_in_other_scripts_are_set_in_a_font_that_knows_them(name, font):
    assert missing_letters(name) == ""
    assert font in embedded_fonts(render_certificate(credential(name)))


def test_a_name_that_no_font_knows_is_not_an_error_and_says_so():
    assert missing_letters("王小明 Wang") == "王小明"
    text = words_of(render_certificate(credential("王小明 Wang")))
    assert "Wang" in text
    assert "cannot be printed here" in text


@pytest.mark.parametrize(
    "name", ['#panic("x")', "*bold* _it_ $x$ @ref <a>", '"; read("/etc/passwd")', "\\ ` [#]"]
)
def test_a_name_is_data_and_never_markup(name):
    assert name.replace(" ", "") in words_of(render_certificate(credential(name))).replace(" ", "")


def test_the_same_certificate_gives_the_same_bytes():
    assert render_certificate(credential()) == render_certificate(credential())


def test_a_language_it_does_not_know_gives_english():
    assert render_certificate(credential(), language="xx") == render_certificate(
        credential(), language="en-gb"
    )


def test_spanish_is_marked_as_spanish():
    reader = read(render_certificate(credential(), language="es"))
    assert reader.trailer["/Root"]["/Lang"] == "es"


def test_the_qr_code_is_drawn_in_ink_without_a_border():
    drawing = qr_code("https://waylight.example/verify/WL-7K4M-2Q9D-X3TB-H8VC/")
    assert drawing.startswith("<svg")
    assert "#16282c" in drawing


def test_the_fonts_are_the_ones_that_the_site_ships():
    families = [source.family for source in font_sources()]
    assert families[:2] == ["Atkinson Hyperlegible Next", "Literata"]
    assert len(families) == len(set(families))
