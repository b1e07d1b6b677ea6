import hashlib
import io
import re
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

import certification
from certification.exceptions import UnknownPaper
from certification.fonts import font_sources
from certification.looks import Look, Signatory, dress_in_look
from certification.models import AchievementCredential
from certification.pdf import missing_letters, qr_code, render_certificate
from certification.services.history import NEWEST_LAYOUT
from certification.words import certificate_words
from tests.factories.certification import EARNED
from tests.factories.looks import make_fullest_look, make_look

LAYOUTS = Path(certification.__file__).resolve().parent / "layouts"
LONG = "María del Carmen Guadalupe Fernández-Villanueva y Rodríguez de la Santísima Trinidad " * 2


def credential(
    name="Rosa Whitfield", *, layout=1, look: Look | None = None, **fields
) -> AchievementCredential:
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
        layout=layout,
        **{"agency_name": "Northgate Police", **fields},
    )
    made.words = certificate_words(made)
    if look is not None:
        made.words["look"] = dress_in_look(made, look)
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


@pytest.mark.parametrize("layout", [1, NEWEST_LAYOUT])
@pytest.mark.parametrize(("paper", "size"), [("a4", (595.3, 841.9)), ("letter", (612, 792))])
@pytest.mark.parametrize("name", ["Rosa Whitfield", LONG, "W" * 200, ""])
def test_it_is_one_page_of_the_paper_asked_for_however_long_the_name(paper, size, name, layout):
    reader = read(render_certificate(credential(name, layout=layout), paper=paper))
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
    assert missing_letters("ᠨᠠᠷᠠ Nara") == "ᠨᠠᠷ"
    text = words_of(render_certificate(credential("ᠨᠠᠷᠠ Nara")))
    assert "Nara" in text
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


def test_layouts_that_certificates_were_issued_with_are_never_edited():
    """A new look is a new file. Whoever changes one of these changes certificates that people hold."""
    layouts = {1: "a17b20f32b6bfa06", 2: "58845f7239b80387"}
    for number, expected in layouts.items():
        source = (LAYOUTS / f"certificate-{number}.typ").read_bytes()
        assert hashlib.sha256(source).hexdigest()[:16] == expected


@pytest.fixture
def kept(monkeypatch):
    """Pictures as the database would give them."""
    pictures = {}
    monkeypatch.setattr(
        "certification.pdf.pictures_of", lambda hashes: {one: pictures[one] for one in hashes if one}
    )

    def keep(look: Look) -> Look:
        pictures.update(look.pictures)
        return look

    return keep


def dressed(look: Look, name="Rosa Whitfield", **fields) -> AchievementCredential:
    return credential(name, layout=NEWEST_LAYOUT, look=look, **fields)


def test_an_agency_says_its_own_words_and_the_facts_stay(kept):
    text = words_of(render_certificate(dressed(kept(make_look()))))
    expected = [
        "Certificate of training",
        "Northgate Police confirms that",
        "Rosa Whitfield",
        "Essential",
        "Emergency and hospital clinician, nurse, midwife",
        "United Kingdom 2026.2",
        "14 November 2026",
        "14 November 2027",
        "not yet reviewed by a person with lived experience or a lawyer",
        "No accredited CPD",
        "not a licence",
        "For Northgate Police",
        "Helen Marsh",
        "Chief Superintendent",
        "/verify/WL-7K4M-2Q9D-X3TB-H8VC/",
        "Certificate number WL-7K4M-2Q9D-X3TB-H8VC",
        "1.3 (2026.1)",
        "Questions: extension 2200.",
    ]
    places = [text.find(part) for part in expected]
    assert -1 not in places, dict(zip(expected, places, strict=True))
    places.remove(text.find("Helen Marsh")), places.remove(text.find("Chief Superintendent"))
    assert places == sorted(places)


def test_without_the_agency_nothing_of_it_is_on_it(kept):
    pdf = render_certificate(dressed(kept(make_look())), is_plain=True)
    text = words_of(pdf)
    assert "Northgate" not in text
    assert "Helen Marsh" not in text
    assert "This certifies that" in text
    assert b"Northgate" not in pdf


@pytest.mark.parametrize("language", ["en-gb", "es"])
@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("name", [LONG, "W" * 200, "عبد الرحمن فاطمة الزهراء بنت محمد " * 5])
def test_the_fullest_template_with_the_longest_name_is_one_page_and_loses_no_fact(
    kept, paper, language, name
):
    made = dressed(kept(make_fullest_look()), name, agency_name="Northgate and District " * 8)
    pdf = render_certificate(made, paper=paper, language=language)
    reader = read(pdf)
    assert len(reader.pages) == 1
    text = words_of(pdf)
    assert text.count("WL-7K4M-2Q9D-X3TB-H8VC") == 2
    assert "1.3 (2026.1)" in text
    width, height = float(reader.pages[0].mediabox.width), float(reader.pages[0].mediabox.height)
    assert_all_is_on_the_paper(pdf, width, height)


@pytest.mark.parametrize(
    "name", ["Wolfeschlegelsteinhausenberger", "Mmmmmmmmmmmmmmmmmmmmmmmmmmmmmm Mmm", "W" * 200]
)
def test_words_without_an_end_stay_on_the_paper(kept, name):
    endless = make_look(
        logo=None,
        signatories=tuple(Signatory("W" * 80, "M" * 120) for _ in range(3)),
        wording={
            "en-gb": {"heading": "W" * 60, "opening": "W" * 120, "closing": "W" * 240, "footer": "W" * 200}
        },
    )
    pdf = render_certificate(dressed(kept(endless), name, agency_name="M" * 200))
    assert len(read(pdf).pages) == 1
    assert_all_is_on_the_paper(pdf, 595.3 - 50, 841.9)


def assert_all_is_on_the_paper(pdf: bytes, width: float, height: float) -> None:
    for left, bottom, right, top in placed_words(pdf):
        assert left >= 0
        assert right <= width
        assert bottom <= height
        assert top >= 0


def placed_words(pdf: bytes) -> list[tuple[float, ...]]:
    """Where each word stands, as Poppler sees it."""
    if shutil.which("pdftotext") is None:
        pytest.skip("needs Poppler")
    drawn = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    boxes = re.findall(
        r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"', drawn.stdout.decode()
    )
    assert len(boxes) > 40
    return [(float(left), float(bottom), float(right), float(top)) for left, top, right, bottom in boxes]


def test_logo_and_signatures_are_described_for_people_who_cannot_see_them(kept):
    pdf = render_certificate(dressed(kept(make_look())))
    alts = {str(alt) for alt in figures(read(pdf))}
    assert {"Northgate Police", "Signature of Helen Marsh"} <= alts


def figures(reader: PdfReader) -> list[str]:
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                found.append(node["/Alt"])
            if "/K" in node:
                waiting.append(node["/K"])
    return found


def test_dressed_it_is_still_for_archives_and_for_everybody(kept):
    root = read(render_certificate(dressed(kept(make_look())))).trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"<pdfuaid:part>1<", xmp)
    assert re.search(r"<pdfaid:part>3<", xmp)


def test_dressed_it_gives_the_same_bytes_each_time(kept):
    made = dressed(kept(make_look()))
    assert render_certificate(made) == render_certificate(made)


@pytest.mark.skipif(shutil.which("pdffonts") is None, reason="needs Poppler")
@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("Rosa Whitfield", "Literata-SemiBold"),
        ("Łukasz Żółkiewski", "LiterataLatinExt-SemiBold"),
        ("Олександра Шевченко", "LiterataCyrillic-SemiBold"),
        ("Ελένη Παπαδοπούλου", "LiterataGreek-SemiBold"),
        ("فاطمة الزهراء", "Vazirmatn-SemiBold"),
        ("נועה כהן", "NotoSansHebrew-SemiBold"),
        ("আমিনা খাতুন", "NotoSansBengali-SemiBold"),
        ("अमीना रहमान", "NotoSansDevanagari-SemiBold"),
        ("Nguyễn Thị Hồng", "LiterataVietnamese-SemiBold"),
    ],
)
def test_poppler_finds_every_font_embedded_and_with_its_letters(kept, name, font):
    pdf = render_certificate(dressed(kept(make_look()), name))
    told = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    lines = [line for line in told.splitlines()[2:] if line.strip()]
    names = {line.split()[0].split("+")[-1] for line in lines}
    assert {font, "AtkinsonHyperlegibleNext-Regular"} <= names
    # embedded, subset, with a table from shapes to letters
    assert all(re.search(r"\byes\s+yes\s+yes\b", line) for line in lines), told


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("נועה כהן", "נועה כהן"),
        ("فاطمة الزهراء بنت عبد الرحمن", "فاطمة الزهراء بنت عبد الرحمن"),
        ("Олександра Шевченко", "Олександра Шевченко"),
        ("Nguyễn Thị Hồng", "Nguyễn Thị Hồng"),
    ],
)
def test_names_can_be_copied_out_as_they_were_typed(kept, name, found):
    if shutil.which("pdftotext") is None:
        pytest.skip("needs Poppler")
    pdf = render_certificate(dressed(kept(make_look()), name))
    told = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert found in told
