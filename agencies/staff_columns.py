"""What the columns of a staff list mean, and what the dates in them say. No database."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

FIELDS = (
    "staff_number",
    "email",
    "name",
    "given_name",
    "family_name",
    "unit",
    "role",
    "started_on",
    "ended_on",
    "moved_on",
    "manager",
)
DATES = ("started_on", "ended_on", "moved_on")

# Heading words in English and Spanish, most telling first. They are compared without accents, case and signs.
HEADINGS: dict[str, tuple[str, ...]] = {
    "staff_number": (
        "staff number", "staff no", "staff id", "employee number", "employee no", "employee id", "personnel number",
        "collar number", "badge number", "badge no", "payroll number", "payroll no", "assignment number", "emp id", "emp no",
        "staffnumber", "employeeid", "number", "id", "no",
        "numero de empleado", "no de empleado", "n de empleado", "no empleado", "numero empleado", "codigo de empleado", "matricula",
        "numero de personal", "legajo", "placa", "numero de placa", "numero", "expediente",
    ),
    "email": (
        "email", "e mail", "email address", "e mail address", "work email", "mail", "mail address", "emailaddress",
        "correo", "correo electronico", "direccion de correo", "email corporativo", "correo corporativo",
    ),
    "name": (
        "name", "full name", "employee name", "staff name", "display name", "fullname", "employee",
        "nombre completo", "nombre y apellidos", "apellidos y nombre", "empleado", "persona",
    ),
    "given_name": ("first name", "given name", "forename", "forenames", "firstname", "first", "nombre", "nombres"),
    "family_name": (
        "last name", "surname", "family name", "lastname", "last",
        "apellido", "apellidos", "primer apellido",
    ),
    "unit": (
        "unit", "department", "dept", "team", "ward", "division", "station", "organisation", "organization", "org unit",
        "directorate", "section", "location", "cost centre",
        "unidad", "departamento", "equipo", "seccion", "servicio", "area", "destino", "comisaria", "centro",
    ),
    "role": (
        "role", "professional role", "job role", "job title", "job", "position", "position title", "title", "staff group",
        "occupation", "rank", "grade",
        "puesto", "cargo", "funcion", "rol", "categoria", "categoria profesional", "profesion", "ocupacion", "rango",
    ),
    "started_on": (
        "start date", "started on", "started", "start", "hire date", "date of hire", "date joined", "joined", "joining date",
        "date of joining", "employment start", "commencement date", "from",
        "fecha de inicio", "fecha de alta", "alta", "fecha de incorporacion", "fecha de ingreso", "inicio", "desde",
    ),
    "ended_on": (
        "end date", "ended on", "leaving date", "leave date", "left on", "leaver date", "termination date", "date left",
        "last day", "employment end", "until", "to",
        "fecha de fin", "fecha de baja", "baja", "fecha de salida", "fecha de cese", "fin", "hasta", "cese",
    ),
    "moved_on": (
        "moved on", "transfer date", "unit since", "in unit since", "effective date", "date of transfer", "change date",
        "fecha de traslado", "en la unidad desde", "fecha efectiva", "fecha del cambio",
    ),
    "manager": (
        "manager", "line manager", "supervisor", "reports to", "manager number", "manager email", "manager id", "sergeant",
        "responsable", "jefe", "superior", "jefa", "supervisora",
    ),
}  # fmt: skip


def plain(text: str) -> str:
    """Small letters without accents and signs, for comparing words of people."""
    cut = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(
        letter if letter.isalnum() else " " for letter in cut if not unicodedata.combining(letter)
    )
    return " ".join(letters.split())


# Words that mean the same within a longer heading; “employee” in “employee status” does not.
_TELLING = {"department", "surname", "unidad", "departamento", "manager", "supervisor", "email", "forename"}


def guess_columns(headers: Sequence[str]) -> dict[str, int]:
    """Which field stands in which column, each at most once. A heading that says exactly so goes before one that contains it."""
    said = [plain(header) for header in headers]
    found: dict[str, int] = {}
    ranked = [
        (0 if words == heading else 1, rank, place, field)
        for field, known in HEADINGS.items()
        for rank, heading in enumerate(known)
        for place, words in enumerate(said)
        if words
        and (
            words == heading
            or (
                (" " in heading or heading in _TELLING) and len(words) < 40 and f" {heading} " in f" {words} "
            )
        )
    ]
    for _exact, _rank, place, field in sorted(ranked):
        if field not in found and place not in found.values():
            found[field] = place
    if "name" not in found and "family_name" not in found and "given_name" in found:
        # "Nombre" alone is the whole name.
        found["name"] = found.pop("given_name")
    return found


MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sep oct nov dic",
    )
    for number, name in enumerate(names.split(), start=1)
} | {"sept": 9, "setiembre": 9}
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
_SHORT = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?: .*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -](?:de )?([a-z]+)\.?[ -](?:de(?:l)? )?(\d{4})")
_MONTH_FIRST_WORDS = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
# Day 0 of a spreadsheet, with the leap year 1900 that never was.
_EPOCH = date(1899, 12, 30)
_SERIALS = range(18_264, 73_051)  # 1950 to 2099


class Ambiguous(ValueError):
    """Day and month can be read either way round, and nothing says which."""


def order_of(values: Iterable[str]) -> str:
    """`day` or `month` where some date of these can only be read that way round, `both` where they disagree, else nothing."""
    seen = set()
    for value in values:
        found = _SHORT.fullmatch(value)
        if found:
            first, second = int(found[1]), int(found[2])
            if first > 12 >= second:
                seen.add("day")
            elif second > 12 >= first:
                seen.add("month")
    return "both" if len(seen) == 2 else next(iter(seen), "")


def is_ambiguous(value: str) -> bool:
    found = _SHORT.fullmatch(value)
    return found is not None and found[1] != found[2] and int(found[1]) <= 12 and int(found[2]) <= 12


def read_date(value: str, *, order: str) -> date:
    """Raises ValueError, and Ambiguous where `order` is neither day nor month and both would do."""
    text = " ".join(value.casefold().split())
    if found := _ISO.fullmatch(value):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SHORT.fullmatch(value):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if first > 12 or first == second:
            return date(year, second, first)
        if second > 12:
            return date(year, first, second)
        if order == "day":
            return date(year, second, first)
        if order == "month":
            return date(year, first, second)
        raise Ambiguous(value)
    if (found := _DAY_FIRST_WORDS.fullmatch(text)) and found[2] in MONTHS:
        return date(int(found[3]), MONTHS[found[2]], int(found[1]))
    if (found := _MONTH_FIRST_WORDS.fullmatch(text)) and found[1] in MONTHS:
        return date(int(found[3]), MONTHS[found[1]], int(found[2]))
    if re.fullmatch(r"\d{5}(?:\.\d+)?", value) and int(float(value)) in _SERIALS:
        return _EPOCH + timedelta(days=int(float(value)))
    if found := _COMPACT.fullmatch(value):
        return date(int(found[1]), int(found[2]), int(found[3]))
    raise ValueError(value)
