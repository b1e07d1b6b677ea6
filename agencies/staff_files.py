"""Reads spreadsheets as people really send them: CSV in any dress, or XLSX. Rows of words come out, and nothing is run.

openpyxl reads the XLSX: it is kept, knows the epochs and styles that dates hide behind, and Wagtail brings it anyway.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from agencies.exceptions import UnreadableFile
from agencies.staff_columns import guess_columns

MOST_BYTES = 8 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 80
MOST_LETTERS = 1_000
# A sheet may claim a million empty rows below its last.
MOST_BLANK = 500
SEARCHED_FOR_HEADER = 25


@dataclass(frozen=True)
class Table:
    """`rows` are (number of the row as the spreadsheet counts, cells), as many cells as there are headers."""

    header_row: int
    headers: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


def read_table(content: bytes, *, name: str) -> Table:
    """Raises UnreadableFile, which says what would be right."""
    if len(content) > MOST_BYTES:
        raise UnreadableFile(_("The file is larger than 8 MB. Send it in several parts."))
    if not content.strip():
        raise UnreadableFile(_("The file is empty."))
    if content[:4] == b"PK\x03\x04":
        sheets = _sheets(content)
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise UnreadableFile(
            _(
                "This is the old Excel format, or has a password. Save it as .xlsx without password, or as CSV."
            )
        )
    else:
        sheets = [_lines_of_csv(content)]
    tables = [table for lines in sheets if (table := _table(lines)) is not None]
    if not tables:
        raise UnreadableFile(
            _("There is no row of headings with rows below it. The first row should name the columns.")
        )
    return max(tables, key=lambda table: len(guess_columns(table.headers)))


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets in western Europe write; five of its bytes mean nothing.
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """The one that cuts most of the first lines into the same number of cells."""
    sample = [line for line in text[:20_000].splitlines() if line.strip()][:30]
    if sample and (sample[0].lower().startswith("sep=") and len(sample[0]) == 5):
        return sample[0][4]

    def score(mark: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=mark)]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(usual) if usual > 1 else 0, usual)

    try:
        return max((",", ";", "\t", "|"), key=score)
    except csv.Error:
        return ","


def _lines_of_csv(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    if "\x00" in text:
        raise UnreadableFile(_("This is no list. Save it as CSV or .xlsx and choose that file."))
    lines: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            # As a spreadsheet counts rows; a line break within quotation marks begins none.
            lines.append([_words(cell) for cell in cells])
            if len(lines) > MOST_ROWS + SEARCHED_FOR_HEADER + MOST_BLANK:
                break
    except csv.Error as error:
        raise UnreadableFile(
            _("Row %(row)s cannot be read as CSV: %(error)s.") % {"row": len(lines) + 1, "error": error}
        ) from error
    if lines and len(lines[0]) == 1 and lines[0][0].lower() == "sep=":
        lines[0] = []
    return lines


def _sheets(content: bytes) -> list[list[list[str]]]:
    from openpyxl import load_workbook

    broken = UnreadableFile(_("This .xlsx file is damaged. Open it, save it again, or save it as CSV."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise UnreadableFile(_("This .xlsx file holds far more than a list. Save it as CSV."))
            if "xl/workbook.xml" not in archive.namelist():
                raise UnreadableFile(_("This is no spreadsheet. Save the list as CSV or .xlsx."))
    except zipfile.BadZipFile as error:
        raise broken from error
    sheets: list[list[list[str]]] = []
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets[:10]:
            if sheet.sheet_state == "visible":
                # What a file claims about its own size is often wrong.
                sheet.reset_dimensions()
                sheets.append(_lines_of_sheet(sheet.iter_rows(values_only=True)))
        book.close()
    except UnreadableFile:
        raise
    except Exception as error:
        # openpyxl raises whatever the broken part raised.
        raise broken from error
    return sheets


def _lines_of_sheet(rows: Iterable[Sequence[Any]]) -> list[list[str]]:
    lines: list[list[str]] = []
    blank = 0
    for row in rows:
        cells = [_words(value) for value in row[: MOST_COLUMNS + 1]]
        lines.append(cells)
        blank = 0 if any(cells) else blank + 1
        if blank > MOST_BLANK or len(lines) > MOST_ROWS + SEARCHED_FOR_HEADER + MOST_BLANK:
            break
    return lines


def _words(value: Any) -> str:
    """What stands in a cell, as a person would type it."""
    match value:
        case None:
            return ""
        case str():
            return " ".join(value.replace("\u00a0", " ").replace("\u200b", "").split())
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 1e15:
            # A staff number that the spreadsheet took for an amount.
            return str(int(value))
        case _:
            return str(value)


def _table(lines: Sequence[Sequence[str]]) -> Table | None:
    """Headings are the first of the rows at the top that names most columns; titles above it are passed over."""
    top = list(enumerate(lines[:SEARCHED_FOR_HEADER]))
    best = max(
        top,
        key=lambda one: (len(guess_columns(one[1])), sum(map(bool, one[1])) > 1, -one[0]),
        default=None,
    )
    if best is None or sum(map(bool, best[1])) < 2:
        return None
    index, headers = best
    width = max((place + 1 for place, header in enumerate(headers) if header), default=0)
    rows: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(lines[index + 1 :], start=index + 2):
        if any(cells):
            width = max(width, max(place + 1 for place, cell in enumerate(cells) if cell))
            rows.append((number, list(cells)))
    if not rows:
        return None
    if width > MOST_COLUMNS:
        raise UnreadableFile(
            _("The list has more than %(most)s columns. Leave only those on staff.") % {"most": MOST_COLUMNS}
        )
    if len(rows) > MOST_ROWS:
        raise UnreadableFile(
            _("The list has more than %(most)s rows. Send it in several parts.") % {"most": MOST_ROWS}
        )
    for number, cells in rows:
        if any(len(cell) > MOST_LETTERS for cell in cells):
            raise UnreadableFile(
                _("A cell in row %(row)s holds more than a thousand letters. This is no list of staff.")
                % {"row": number}
            )

    def fitted(cells: Sequence[str]) -> list[str]:
        return [*cells[:width], *[""] * (width - len(cells))]

    return Table(index + 1, fitted(headers), [(number, fitted(cells)) for number, cells in rows])
