"""Names in any script: which fonts they are set in, and that no letter of them becomes an empty box."""

import io
import re
import shutil
import subprocess
import unicodedata

import pytest
from pypdf import PdfReader
from pypdf.generic import ByteStringObject, ContentStream, TextStringObject

from certification.fonts import font_sources, fonts_for, han_pieces
from certification.pdf import missing_letters, printable, render_certificate
from certification.services.history import NEWEST_LAYOUT
from certification.words import certificate_words
from tests.certification.test_pdf import credential, words_of

HOUSE = {"Atkinson Hyperlegible Next", "Literata"}
# A name, the font in which it is set, and whether Poppler gives it back letter by letter.
NAMES = {
    "adlam": ("𞤀𞤣𞤤𞤢𞤥", "NotoSansAdlam", False),
    "arabic": ("فاطمة الزهراء", "Vazirmatn", True),
    "armenian": ("Արամ Խաչատրյան", "NotoSansArmenian", True),
    "bengali": ("শ্রীমতী কৃষ্ণা চক্রবর্তী", "NotoSansBengali", False),
    "cherokee": ("ᏎᏉᏯ ᏣᎳᎩ", "NotoSansCherokee", True),
    "chinese": ("王小明 欧阳喆淼", "NotoSansSC", True),
    "devanagari": ("श्रीमती कृष्णा शर्मा", "NotoSansDevanagari", False),
    "ethiopic": ("አበበ በቀለ ሰላማዊት", "NotoSansEthiopic", True),
    "georgian": ("ნინო ბერიძე", "NotoSansGeorgian", True),
    "gujarati": ("પ્રિયંકા પટેલ શ્રીમતી", "NotoSansGujarati", True),
    "gurmukhi": ("ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "NotoSansGurmukhi", True),
    "hebrew": ("נועה כהן", "NotoSansHebrew", True),
    "inuktitut": ("ᐋᓐᓇ ᓄᓇᕗᑦ", "NotoSansCanadianAboriginal", True),
    "japanese": ("田中さくら 渡邉﨑", "NotoSansJP", True),
    "kannada": ("ಕೃಷ್ಣಮೂರ್ತಿ ಶ್ರೀಧರ್", "NotoSansKannada", True),
    "khmer": ("សុខ ស្រីមុំ ច័ន្ទដារ៉ា", "NotoSansKhmer", False),
    "korean": ("김민수 박길동", "NotoSansKR", True),
    "lao": ("ສົມສັກ ວົງພະຈັນ", "NotoSansLao", False),
    "malayalam": ("ശ്രീകുമാർ കൃഷ്ണൻ", "NotoSansMalayalam", True),
    "myanmar": ("အောင်ဆန်း မြတ်နိုး ဝင်းမြင့်", "NotoSansMyanmar", True),
    "nko": ("ߛߎߟߋߦߡߊߣߊ", "NotoSansNKo", False),
    "odia": ("ଶ୍ରୀନିବାସ ଦାଶ", "NotoSansOriya", False),
    "sinhala": ("ශ්‍රීමතී ප්‍රියන්ත කුමාරී", "NotoSansSinhala", True),
    "syriac": ("ܣܪܓܘܢ ܝܘܚܢܢ", "NotoSansSyriac", True),
    "taiwanese": ("陳志明 蘇龔淑慧", "NotoSansTC", True),
    "tamil": ("தமிழ்ச்செல்வி முருகன்", "NotoSansTamil", False),
    "telugu": ("శ్రీనివాస్ రావు లక్ష్మి", "NotoSansTelugu", True),
    "thaana": ("މުޙައްމަދު އަލީ", "NotoSansThaana", False),
    "thai": ("สมชาย ใจดี น้ำทิพย์", "NotoSansThai", False),
    "tibetan": ("བསྟན་འཛིན་རྒྱ་མཚོ", "NotoSerifTibetan", False),
    "tifinagh": ("ⴰⵎⵉⵏⴰ", "NotoSansTifinagh", True),
    "vietnamese": ("Nguyễn Thị Hồng", "LiterataVietnamese", True),
}


def empty_boxes(pdf: bytes) -> int:
    """How often the shape for "no such letter" is drawn, which is number 0 of every font."""
    reader = PdfReader(io.BytesIO(pdf))
    codes = []
    for operands, operator in ContentStream(reader.pages[0].get_contents(), reader).operations:
        if operator not in (b"Tj", b"TJ"):
            continue
        parts = operands[0] if operator == b"TJ" else operands
        for part in parts:
            if isinstance(part, TextStringObject | ByteStringObject):
                drawn = part.original_bytes
                codes += [drawn[place : place + 2] for place in range(0, len(drawn), 2)]
    assert len(codes) > 200
    return codes.count(b"\0\0")


def poppler(tool: str, pdf: bytes, *more: str) -> str:
    if shutil.which(tool) is None:
        pytest.skip("needs Poppler")
    return subprocess.run([tool, "-", *more], input=pdf, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize(("name", "font", "copies"), NAMES.values(), ids=NAMES)
def test_a_name_is_set_whole_in_a_font_of_its_script_and_can_be_read_by_programs(name, font, copies):
    assert missing_letters(name) == ""
    pdf = render_certificate(credential(name, layout=NEWEST_LAYOUT))
    assert empty_boxes(pdf) == 0
    lines = [line for line in poppler("pdffonts", pdf).splitlines()[2:] if line.strip()]
    families = {re.sub(r"^.*\+|\d*-.*", "", line.split()[0]) for line in lines}
    assert families == {"AtkinsonHyperlegibleNext", "Literata", font}
    # embedded, subset, with a table from shapes to letters
    assert all(re.search(r"\byes\s+yes\s+yes\b", line) for line in lines), lines
    text = poppler("pdftotext", pdf, "-")
    assert {letter for letter in name if unicodedata.category(letter) != "Cf"} <= set(text)
    assert (name in text) == copies


def test_a_letter_without_a_font_in_an_agencys_name_or_a_role_becomes_three_dots_and_stops_nothing():
    made = credential("Nara", layout=NEWEST_LAYOUT, agency_name="Northgate 🚓🚓 Police")
    made.role_name = "Officer ᠨᠠᠷᠠ"
    made.words = certificate_words(made)
    pdf = render_certificate(made)
    assert empty_boxes(pdf) == 0
    assert "Officer …" in words_of(pdf)
    assert printable(["Northgate 🚓🚓 Police", 3, "plain"]) == ["Northgate … Police", 3, "plain"]


def test_a_selector_of_a_variant_is_left_out_and_the_letter_stays():
    name = "渡邉\U000e0101 さくら"
    assert missing_letters(name) == ""
    pdf = render_certificate(credential(name, layout=NEWEST_LAYOUT))
    assert "渡邉 さくら" in words_of(pdf)
    assert "cannot be printed" not in words_of(pdf)


@pytest.mark.parametrize(
    ("name", "families"),
    [
        ("王小明", {"SC"}),
        ("陳志明", {"TC"}),
        ("渡邊太郎", {"TC"}),
        ("髙橋榊", {"JP"}),
        ("渡邊さくら", {"JP"}),
        ("김민수", {"KR"}),
        ("Rosa 王小明 Whitfield", {"SC"}),
        ("Rosa Whitfield", set()),
    ],
)
def test_chinese_japanese_and_korean_names_take_the_shapes_of_one_country(name, families):
    han = {family for family in fonts_for(name).text_families if re.fullmatch(r"Noto Sans .. \d+", family)}
    assert {family.split()[2] for family in han} == families
    assert len(han) <= 7


def test_what_joins_letters_asks_for_no_font_by_itself():
    assert set(fonts_for("a\u200db").text_families) == HOUSE
    assert set(fonts_for("ශ්\u200dරී").text_families) == {*HOUSE, "Noto Sans Sinhala"}


def test_the_index_of_pieces_tells_the_truth():
    """Opens one piece in twenty; a letter that is named but not there would print as a box."""
    from fontTools.ttLib import TTFont

    families = [piece.family for pieces in han_pieces().values() for piece in pieces]
    families += [source.family for source in font_sources()]
    assert len(families) == len(set(families))
    for pieces in han_pieces().values():
        for piece in pieces[::20]:
            with TTFont(io.BytesIO(piece.content(600)), lazy=True) as font:
                assert piece.characters <= set(font.getBestCmap())
