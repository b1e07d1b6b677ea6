"""Spreadsheets as people send them, and what their columns and dates mean."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from agencies.exceptions import UnreadableFile
from agencies.staff_columns import Ambiguous, guess_columns, order_of, read_date
from agencies.staff_files import read_table

HEADERS = ["Staff number", "E-mail", "Name", "Unit", "Start date"]
ROW = ["NP-1", "ana@northgate.example", "Ana Núñez", "East", "2026-03-31"]


def xlsx(rows, *, title="People") -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(rows, mark=",") -> str:
    return "\r\n".join(mark.join(row) for row in rows) + "\r\n"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_is_read_whatever_it_is_dressed_in(mark, encoding):
    table = read_table(as_csv([HEADERS, ROW], mark).encode(encoding), name="staff.csv")
    assert list(table.headers) == HEADERS
    assert [list(cells) for _number, cells in table.rows] == [ROW]


def test_titles_above_the_headings_and_blank_rows_below_are_passed_over():
    lines = [
        "Northgate Police;;;;",
        ";;;;",
        "Confidential, as of 1 May;;;;",
        ";".join(HEADERS),
        ";".join(ROW),
    ]
    table = read_table(("\n".join(lines) + "\n;;;;" * 40).encode(), name="x.csv")
    assert table.header_row == 4
    assert [number for number, _cells in table.rows] == [5]


def test_excel_says_which_separator_it_used():
    table = read_table(("sep=;\r\n" + as_csv([HEADERS, ROW], ";")).encode(), name="x.csv")
    assert [number for number, _cells in table.rows] == [3]


def test_an_xlsx_gives_words_numbers_and_dates_as_people_type_them():
    content = xlsx(
        [
            ["Staff of Northgate"],
            [],
            HEADERS,
            [1042, "a@b.example", "Ana\u00a0 Núñez", None, datetime(2026, 3, 31)],
        ]
    )
    table = read_table(content, name="staff.xlsx")
    assert table.header_row == 3
    assert list(table.rows) == [(4, ["1042", "a@b.example", "Ana Núñez", "", "2026-03-31"])]


def test_the_sheet_that_looks_most_like_a_list_is_taken():
    book = Workbook()
    book.active.append(["Read me", "first"])
    book.active.append(["and", "then"])
    sheet = book.create_sheet("Staff")
    sheet.append(HEADERS)
    sheet.append(ROW)
    out = io.BytesIO()
    book.save(out)
    assert list(read_table(out.getvalue(), name="x.xlsx").headers) == HEADERS


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (201 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "old Excel"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"one column\nonly\n", "headings"),
        (b"name,email\n", "headings"),
        (b"a\x00b,c\n1,2\n", "no list"),
        (b"x" * (8 * 1024 * 1024 + 1), "8 MB"),
        (("name,email\n" + "a" * 1_001 + ",b@c.example\n").encode(), "row 2"),
        (("name,email\n" + "a,b@c.example\n" * 20_001).encode(), "rows"),
    ],
)
def test_what_is_no_list_is_refused_with_what_would_be_right(content, said):
    with pytest.raises(UnreadableFile, match=said):
        read_table(content, name="x.csv")


def test_a_file_that_unpacks_to_far_more_than_a_list_is_not_unpacked():
    with pytest.raises(UnreadableFile, match="far more"):
        read_table(bomb(), name="x.xlsx")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (HEADERS, ["staff_number", "email", "name", "unit", "started_on"]),
        (
            ["Nº de empleado", "Correo electrónico", "Nombre", "Apellidos", "Unidad", "Puesto", "Fecha de alta"],
            ["staff_number", "email", "given_name", "family_name", "unit", "role", "started_on"],
        ),
        (
            ["Employee ID", "Work Email", "Surname", "Forename", "Job Title", "Department", "Line Manager", "Leaving Date"],
            ["staff_number", "email", "family_name", "given_name", "role", "unit", "manager", "ended_on"],
        ),
        (["Nombre", "Correo"], ["name", "email"]),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_their_heading_in_english_and_spanish(headers, expected):
    assert guess_columns(headers) == {name: place for place, name in enumerate(expected)}


@pytest.mark.parametrize(
    "said",
    ["2026-03-31", "31/03/2026", "31.3.2026", "03/31/2026", "31 March 2026", "31 Mar 2026", "March 31, 2026",
     "31 de marzo de 2026", "31-mar-2026", "46112", "46112.0", "20260331", "2026-03-31 00:00:00", "31st March 2026"],
)  # fmt: skip
def test_dates_are_read_in_every_usual_way(said):
    assert read_date(said, order="") == date(2026, 3, 31)


def test_a_date_that_can_be_read_two_ways_is_asked_about():
    with pytest.raises(Ambiguous):
        read_date("03/04/2026", order="")
    assert read_date("03/04/2026", order="day") == date(2026, 4, 3)
    assert read_date("03/04/2026", order="month") == date(2026, 3, 4)
    assert read_date("04/04/2026", order="") == date(2026, 4, 4)


def test_one_clear_date_tells_how_the_others_of_its_column_are_meant():
    assert order_of(["03/04/2026", "31/03/2026"]) == "day"
    assert order_of(["03/04/2026", "03/31/2026"]) == "month"
    assert order_of(["31/03/2026", "03/31/2026"]) == "both"
    assert order_of(["03/04/2026"]) == ""


@pytest.mark.parametrize("said", ["soon", "31/31/2026", "2026-02-30", "1/2/26", "12", "99999999"])
def test_what_is_no_date_is_refused(said):
    with pytest.raises(ValueError, match=r".*"):
        read_date(said, order="day")
