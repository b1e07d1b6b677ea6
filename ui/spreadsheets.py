"""Lines of a CSV file that spreadsheets read as words and numbers, never as formulas."""

import csv
from collections.abc import Sequence
from io import StringIO


def csv_line(cells: Sequence[object]) -> str:
    out = StringIO()
    csv.writer(out).writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(value: object) -> object:
    """A number as it is; words that look like a formula get an apostrophe in front."""
    if isinstance(value, int | float):
        return value
    text = "" if value is None else str(value)
    return (
        f"'{text}"
        if text.lstrip(" \t\r\n")[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r", "\n")
        else text
    )
