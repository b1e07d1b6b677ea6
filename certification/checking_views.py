"""Checking what one was handed: a file, or a list of numbers from many people. Nothing that is sent in is kept."""

import codecs
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.isolation import across_agencies
from certification import selectors, throttle
from certification.badges.checking import check_file
from certification.forms import FileForm, ListForm
from certification.law import legal_parts
from certification.rules import names_match, normalise_number
from certification.selectors import PublicCredential
from certification.views import as_public
from ui.spreadsheets import csv_line

MOST_ROWS = 500


def _page(request: HttpRequest, template: str, status: int = 200, **context: object) -> HttpResponse:
    return as_public(render(request, f"certification/{template}.html", context, status=status))


@require_http_methods(["GET", "HEAD", "POST"])
@across_agencies("anybody checks a certificate")
def file(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, "verify_file", form=FileForm())
    if not throttle.is_allowed("file", throttle.who_asks(request), throttle.FILES):
        return _page(request, "verify_file", 429, form=FileForm(), is_too_often=True)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, "verify_file", 422, form=form)
    now = timezone.now()
    found = check_file(form.cleaned_data["file"].read(), on=selectors.today(now))
    return _page(request, "verify_file", form=FileForm(), found=found, public=found.public, checked_at=now)


@dataclass(frozen=True)
class ListRow:
    """One row of a list. `matches` is None where no name was given or the holder lets none be compared."""

    asked: str
    public: PublicCredential | None
    matches: bool | None

    @property
    def state(self) -> str:
        return str(self.public.state) if self.public is not None else "unknown"


def _text_of(content: bytes) -> str:
    """As spreadsheets save it: UTF-8, "Unicode text" (UTF-16) or the Windows code page."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _rows(content: bytes) -> list[tuple[str, str]]:
    """Numbers and names from a CSV file: the first column, and the second where there is one.

    Raises csv.Error where it is none.
    """
    text = _text_of(content)
    first = text.partition("\n")[0]
    # The comma wins where nothing else is seen more often.
    delimiter = max(",", ";", "\t", key=first.count)
    read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = [[cell.strip() for cell in row] for row in read]
    named = [(row[0], row[1] if len(row) > 1 else "") for row in rows if row and row[0]]
    # A heading is the only first row that cannot be a number although the next one can.
    if len(named) > 1 and normalise_number(named[0][0]) is None and not any(map(str.isdigit, named[0][0])):
        named = named[1:]
    return named


def _checked(rows: Iterable[tuple[str, str]]) -> list[ListRow]:
    """Each row beside what a stranger is told. Three queries, however many rows."""
    rows = list(rows)
    numbers = {asked: normalise_number(asked) for asked, _name in rows}
    known = selectors.find_credentials(number for number in numbers.values() if number)
    on = selectors.today(timezone.now())
    law = legal_parts(known.values(), on=on)
    found = []
    for asked, name in rows:
        credential = known.get(numbers[asked] or "")
        public = (
            selectors.public_view(credential, on=on, law=law[credential.pk])
            if credential is not None
            else None
        )
        may_compare = public is not None and (public.can_compare_name or public.holder_name)
        matches = None
        # The limit of single comparisons counts here too, so that a list finds out no name by trying.
        if name and credential is not None and may_compare and throttle.may_compare(credential):
            matches = names_match(name, credential.holder_name)
        found.append(ListRow(asked[:60], public, matches))
    return found


def _as_csv(rows: Iterable[ListRow]) -> HttpResponse:
    lines = [
        csv_line(
            [
                _("Number"),
                _("State"),
                _("Since"),
                _("Role"),
                _("Course"),
                _("Law taught"),
                _("Valid until"),
                _("Name matches"),
            ]
        )
    ]
    says = {True: _("yes"), False: _("no"), None: ""}
    for row in rows:
        public = row.public
        told = (
            [public.since, public.role_name, public.course_title, public.pack, public.valid_until]
            if public
            else [None] * 5
        )
        lines.append(csv_line([row.asked, row.state, *told, says[row.matches]]))
    response = HttpResponse("\ufeff" + "".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="certificates-checked.csv"'
    return as_public(response)


@require_http_methods(["GET", "HEAD", "POST"])
@across_agencies("anybody checks a certificate")
def many(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, "verify_many", form=ListForm(), most=MOST_ROWS)
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, "verify_many", 422, form=form, most=MOST_ROWS)
    who = throttle.who_asks(request)
    # Reading is work too: a list that is refused afterwards counts like any other file.
    if not throttle.is_allowed("file", who, throttle.FILES):
        return _page(request, "verify_many", 429, form=ListForm(), is_too_often=True, most=MOST_ROWS)
    try:
        rows = _rows(form.cleaned_data["file"].read())
    except csv.Error:
        form.add_error(
            "file",
            _("This cannot be read as a list. In your spreadsheet choose “Save as CSV”, and send that file."),
        )
        return _page(request, "verify_many", 422, form=form, most=MOST_ROWS)
    if not 0 < len(rows) <= MOST_ROWS:
        form.add_error(
            "file",
            _("There is no number in the first column.")
            if not rows
            else _("The list has %(rows)d rows. Send at most %(most)d at once.")
            % {"rows": len(rows), "most": MOST_ROWS},
        )
        return _page(request, "verify_many", 422, form=form, most=MOST_ROWS)
    has_names = any(name for _asked, name in rows)
    limit = throttle.LISTS_WITH_NAMES if has_names else throttle.LISTS
    if not throttle.is_allowed("list", who, limit):
        return _page(request, "verify_many", 429, form=ListForm(), is_too_often=True, most=MOST_ROWS)
    checked = _checked(rows)
    if request.POST.get("as") == "csv":
        return _as_csv(checked)
    return _page(
        request, "verify_many", form=ListForm(), rows=checked, most=MOST_ROWS, checked_at=timezone.now()
    )
