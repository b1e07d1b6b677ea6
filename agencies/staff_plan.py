"""What a staff list would do: every difference and every problem, worked out from what is there now. Reads only.

Nobody outside the agency's own part of the tree is looked up, neither by staff number nor by e-mail address: whether an
account exists elsewhere is nothing that a list can find out.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import ProfessionalRole, User
from agencies.models import Agency, Invitation, Membership, StaffChange
from agencies.staff_columns import DATES, Ambiguous, order_of, plain, read_date

Kind = StaffChange.Kind
CREATE = "+"
NO_ROLE = "-"
MOST_PROBLEMS = 10_000
_plain = lru_cache(maxsize=50_000)(plain)


@dataclass(frozen=True)
class Choices:
    """What the lead said about her list."""

    columns: Mapping[str, int]
    on: date
    order: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    creates_units: bool = False
    is_complete: bool = False

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Choices":
        return cls(
            columns=said["columns"],
            on=date.fromisoformat(said["on"]),
            order=said.get("order", ""),
            roles=said.get("roles", {}),
            units=said.get("units", {}),
            creates_units=bool(said.get("creates_units")),
            is_complete=bool(said.get("is_complete")),
        )


@dataclass
class Plan:
    """`changes` and `problems` are what JSON can hold: they are shown, kept and compared with what is applied."""

    changes: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    unknown_roles: dict[str, str] = field(default_factory=dict)
    unknown_units: dict[str, str] = field(default_factory=dict)
    asks_order: bool = False
    counts: dict[str, int] = field(default_factory=dict)

    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.changes, sort_keys=True).encode()).hexdigest()


@dataclass
class _Place:
    """A membership in this part of the tree, as far as a list can change it."""

    pk: int
    user: int
    unit: int
    role: int | None
    number: str
    kind: str
    started_on: date
    ended_on: date | None
    manager: int | None


@dataclass
class _Person:
    pk: int
    name: str
    email: str
    # Of an invitation that was not accepted yet.
    invitation: int | None = None
    places: list[_Place] = field(default_factory=list)

    def now(self, on: date) -> list[_Place]:
        return [one for one in self.places if one.ended_on is None or one.ended_on > on]


class _Units:
    """Units by the words that people use for them: a name, or names with strokes between them."""

    def __init__(self, here: Agency, choices: Choices) -> None:
        self.here, self.choices = here, choices
        steps = range(Agency.steplen, len(here.path), Agency.steplen)
        above = list(
            Agency.objects.filter(path__in=[here.path[:step] for step in steps]).values_list("path", "name")
        )
        rows = list(
            Agency.objects.filter(path__startswith=here.path)
            .order_by("path")
            .values_list("pk", "path", "name", "slug", "uuid", "closed_on")
        )
        names = dict(above) | {path: name for _pk, path, name, *_rest in rows}
        self.chains: dict[int, tuple[str, ...]] = {}
        self.closed: set[int] = set()
        self.by_end: dict[tuple[str, ...], list[int]] = {}
        self.by_uuid: dict[str, int] = {}
        for pk, path, _name, slug, number, closed_on in rows:
            ends = range(Agency.steplen, len(path) + 1, Agency.steplen)
            chain = tuple(names[path[:end]] for end in ends)
            self.chains[pk] = chain
            self.by_uuid[str(number)] = pk
            if closed_on is not None and closed_on <= choices.on:
                self.closed.add(pk)
            said = tuple(map(_plain, chain))
            for start in range(len(said)):
                self.by_end.setdefault(said[start:], []).append(pk)
            self.by_end.setdefault((_plain(slug),), []).append(pk)
        self.depth = len(self.chains[here.pk])
        self.new: dict[tuple[str, ...], dict[str, Any]] = {}
        self.unknown: dict[str, str] = {}

    def words(self, key: int | str) -> str:
        chain = self.chains[key] if isinstance(key, int) else tuple(key.split("\n"))
        # Her own agency goes without saying.
        return " / ".join(chain[self.depth :] or chain[-1:])

    def find(self, said: str) -> int | str:
        """The key of a unit, or of one to be made. Raises LookupError with what is wrong."""
        parts = [
            part.strip() for part in said.replace("\\", "/").replace(">", "/").split("/") if part.strip()
        ]
        key = tuple(map(_plain, parts))
        found = list(dict.fromkeys(self.by_end.get(key, [])))
        whole = [pk for pk in found if tuple(map(_plain, self.chains[pk])) == key]
        found = whole or found
        if len(found) > 1 and len([pk for pk in found if pk not in self.closed]) >= 1:
            found = [pk for pk in found if pk not in self.closed]
        if len(found) == 1:
            if found[0] in self.closed:
                raise LookupError(_("“%(unit)s” is closed.") % {"unit": said})
            return found[0]
        if len(found) > 1:
            ways = "; ".join(sorted("/".join(self.chains[pk]) for pk in found)[:4])
            raise LookupError(
                _("There are several units “%(unit)s”. Write which one: %(ways)s.")
                % {"unit": said, "ways": ways}
            )
        chosen = self.choices.units.get(" ".join(key))
        if chosen in self.by_uuid:
            return self.by_uuid[chosen]
        if parts and (chosen == CREATE or self.choices.creates_units):
            return self._to_make(parts)
        # A path is like other paths of its length: below “East” there may well be a unit that is new.
        like = {" ".join(one): pks[0] for one, pks in self.by_end.items() if len(one) == len(key)}
        near = get_close_matches(" ".join(key), like, n=1, cutoff=0.7)
        guess = like[near[0]] if near else None
        new = CREATE if guess is None and len(key) > 1 and key[:-1] in self.by_end else ""
        self.unknown.setdefault(said, next((u for u, pk in self.by_uuid.items() if pk == guess), new))
        if guess is not None:
            raise LookupError(
                _("There is no unit “%(unit)s”. Did you mean “%(guess)s”?")
                % {"unit": said, "guess": self.words(guess)}
            )
        raise LookupError(
            _("There is no unit “%(unit)s”. Choose one, or let it be created.") % {"unit": said}
        )

    def _to_make(self, parts: Sequence[str]) -> int | str:
        """Below the lead's own agency, whether or not the words begin with it."""
        own = self.chains[self.here.pk]
        folded = tuple(map(_plain, parts))
        for start in range(len(own)):
            lead = tuple(map(_plain, own[start:]))
            if folded[: len(lead)] == lead:
                parts = parts[len(lead) :]
                break
        parent: int | str = self.here.pk
        chain = own
        for part in parts:
            chain = (*chain, part[:200])
            said = tuple(map(_plain, chain))
            there = [pk for pk in self.by_end.get(said, []) if len(self.chains[pk]) == len(chain)]
            if there:
                parent = there[0]
            else:
                made = self.new.setdefault(
                    said, {"parent": parent, "name": part[:200], "key": "\n".join(chain)}
                )
                parent = made["key"]
        return parent


class _Roles:
    def __init__(self, choices: Choices) -> None:
        self.rows = list(ProfessionalRole.objects.all())
        self.names = {role.pk: role.name for role in self.rows}
        self.known = {
            _plain(words): role.pk
            for role in reversed(self.rows)
            for words in (role.code, role.slug, role.name, role.short_name)
        }
        codes = {role.code: role.pk for role in self.rows}
        self.known |= {said: codes[code] for said, code in choices.roles.items() if code in codes}
        self.none = {said for said, code in choices.roles.items() if code == NO_ROLE}
        self.unknown: dict[str, str] = {}

    def find(self, said: str) -> int | None:
        key = _plain(said)
        if key in self.known:
            return self.known[key]
        if key in self.none:
            return None
        guess = nearest_role(said, self.rows)
        self.unknown.setdefault(said, guess.code if guess else "")
        if guess is not None:
            raise LookupError(
                _("“%(role)s” is no professional role here. Did you mean “%(guess)s”?")
                % {"role": said, "guess": guess.name}
            )
        raise LookupError(
            _("“%(role)s” is no professional role here. Say which one is meant.") % {"role": said}
        )


def nearest_role(said: str, roles: Iterable[ProfessionalRole]) -> ProfessionalRole | None:
    """By the words that two names share, as “Staff nurse” and “Emergency clinician, nurse” do."""
    words = set(plain(said).split())

    def likeness(role: ProfessionalRole) -> float:
        there = set(plain(f"{role.name} {role.short_name}").split())
        shared = sum(
            any(one[:5] == other[:5] for other in there if min(len(one), len(other)) > 3)
            for one in words
            if len(one) > 3
        )
        return shared / (len(words) or 1) + SequenceMatcher(None, plain(said), plain(role.name)).ratio() / 4

    best = max(roles, key=likeness, default=None)
    return best if best is not None and likeness(best) >= 0.4 else None


class _Planner:
    def __init__(
        self,
        here: Agency,
        *,
        headers: Sequence[str],
        rows: Sequence[tuple[int, Sequence[str]]],
        choices: Choices,
        by: int,
    ) -> None:
        self.here, self.headers, self.rows, self.choices, self.by = here, headers, rows, choices, by
        self.on = choices.on
        self.units, self.roles = _Units(here, choices), _Roles(choices)
        self.plan = Plan()
        self.unchanged = self.repeated = 0
        # Rows whose manager can only be looked for when all rows were read.
        self.later: list[dict[str, Any]] = []
        self.people: dict[int, _Person] = {}
        self.by_number: dict[str, list[int]] = {}
        self.by_email: dict[str, int] = {}
        self.seen: dict[tuple[str, str], int] = {}
        self.touched: dict[int, int] = {}
        self.in_list: dict[str, int] = {}
        self.orders = {name: self._order(name) for name in DATES}
        self._load()

    def _order(self, name: str) -> str:
        place = self.choices.columns.get(name)
        found = order_of(cells[place] for _row, cells in self.rows) if place is not None else ""
        return "" if found == "both" else found or self.choices.order

    def _load(self) -> None:
        """Everybody who works or worked in this part of the tree. Three queries."""
        places = (
            Membership.objects.filter(agency__path__startswith=self.here.path)
            .exclude(ended_on=F("started_on"))
            .order_by("started_on", "id")
            .values_list(
                "id", "user_id", "agency_id", "professional_role_id", "staff_number", "kind", "started_on", "ended_on", "manager_id",
            )
        )  # fmt: skip
        rows = [_Place(*values) for values in places]
        users = User.objects.filter(
            memberships__agency__path__startswith=self.here.path, deleted_at__isnull=True
        ).distinct()
        for pk, name, email in users.values_list("id", "name", "email"):
            self.people[pk] = _Person(pk, name, email)
        for place in rows:
            if place.user in self.people:
                self.people[place.user].places.append(place)
        for person in self.people.values():
            now = person.now(self.on)
            if now:
                self.by_email[person.email] = person.pk
            for place in now or person.places[-1:]:
                if place.number:
                    known = self.by_number.setdefault(place.number.casefold(), [])
                    if person.pk not in known:
                        known.append(person.pk)
        waiting = Invitation.objects.filter(
            membership__agency__path__startswith=self.here.path, withdrawn_at__isnull=True
        ).values_list("id", "email", "membership__user_id", "accepted_at")
        for pk, email, user, accepted_at in waiting:
            if user in self.people and self.people[user].now(self.on):
                self.by_email.setdefault(email, user)
                if accepted_at is None:
                    self.people[user].invitation, self.people[user].email = pk, email

    def _cell(self, cells: Sequence[str], name: str) -> str:
        place = self.choices.columns.get(name)
        return cells[place] if place is not None else ""

    def _wrong(self, row: int, column: str, what: str) -> None:
        place = self.choices.columns.get(column)
        header = self.headers[place] if place is not None else ""
        self.plan.problems.append({"row": row, "column": header, "what": what})

    def _date(self, row: int, cells: Sequence[str], name: str) -> date | None:
        said = self._cell(cells, name)
        if not said:
            return None
        try:
            found = read_date(said, order=self.orders[name])
        except Ambiguous:
            self.plan.asks_order = True
            self._wrong(
                row,
                name,
                _("“%(date)s” can be read two ways. Say which of the numbers is the day.") % {"date": said},
            )
            return None
        except ValueError:
            self._wrong(
                row,
                name,
                _("“%(date)s” is no date. Write it as 2026-03-31 or 31 March 2026.") % {"date": said},
            )
            return None
        if not 1950 <= found.year <= self.on.year + 10:
            self._wrong(
                row,
                name,
                _("%(date)s lies too far away. Check the year.") % {"date": found.isoformat()},
            )
            return None
        return found

    def _name(self, cells: Sequence[str]) -> str:
        whole = self._cell(cells, "name")
        parts = (self._cell(cells, "given_name"), self._cell(cells, "family_name"))
        if not whole:
            return " ".join(filter(None, parts))[:200]
        family, comma, given = whole.partition(",")
        return (f"{given.strip()} {family.strip()}" if comma else whole)[:200]

    def read(self) -> Plan:
        read: list[dict[str, Any]] = []
        exact: set[tuple[str, ...]] = set()
        for row, cells in self.rows:
            if tuple(cells) in exact:
                self.repeated += 1
                continue
            exact.add(tuple(cells))
            before = len(self.plan.problems)
            one = self._read_row(row, cells)
            for word in (one["number"].casefold(), one["email"]):
                if word:
                    self.in_list[word] = row
            if len(self.plan.problems) == before:
                read.append(one)
            elif one["is_clear"] and self._match(one) is None and not one["ended_on"]:
                # What else this row lacks is said now, and not only when the first mistake is mended.
                self._lacks(one)
            if len(self.plan.problems) >= MOST_PROBLEMS:
                break
        for one in read:
            self._compare(one)
        self._managers()
        made: list[dict[str, Any]] = [
            {
                "kind": Kind.UNIT.value, "row": None, "name": self.units.words(unit["key"]), "number": "", "lines": [],
                "do": {"parent": unit["parent"], "name": unit["name"], "key": unit["key"]},
            }
            for unit in self.units.new.values()
        ]  # fmt: skip
        if self.choices.is_complete:
            self._leavers()
        self.plan.changes[:0] = made
        self.plan.problems.sort(key=lambda one: one["row"])
        self.plan.unknown_roles, self.plan.unknown_units = self.roles.unknown, self.units.unknown
        kinds = Counter(change["kind"] for change in self.plan.changes)
        self.plan.counts = {
            **{kind.value: kinds[kind.value] for kind in Kind},
            "unchanged": self.unchanged,
            "repeated": self.repeated,
            "bad_rows": len({one["row"] for one in self.plan.problems}),
            "rows": len(self.rows),
        }
        return self.plan

    def _read_row(self, row: int, cells: Sequence[str]) -> dict[str, Any]:
        before = len(self.plan.problems)
        for name in self.choices.columns:
            if self._cell(cells, name).startswith("="):
                self._wrong(row, name, _("This is a formula. Put in what it comes to."))
        number, email = self._cell(cells, "staff_number"), self._cell(cells, "email").lower()
        if len(number) > 64:
            self._wrong(row, "staff_number", _("A staff number has at most 64 letters and figures."))
        email = email.removeprefix("mailto:").strip(" <>;,")
        if email:
            try:
                validate_email(email)
            except ValidationError:
                self._wrong(
                    row,
                    "email",
                    _("“%(email)s” is no e-mail address. It should look like name@agency.example.")
                    % {"email": email},
                )
        if not number and not email:
            self._wrong(
                row,
                "staff_number" if "staff_number" in self.choices.columns else "email",
                _("There is neither a staff number nor an e-mail address. One of them is needed."),
            )
        for kind, word in (("staff_number", number.casefold()), ("email", email)):
            other = self.seen.setdefault((kind, word), row) if word else row
            if other != row:
                self._wrong(
                    row,
                    kind,
                    _("“%(word)s” stands in row %(other)s already. Keep one of the two.")
                    % {"word": number if kind == "staff_number" else email, "other": other},
                )
        is_clear = len(self.plan.problems) == before
        unit: int | str | None = None
        if said := self._cell(cells, "unit"):
            try:
                unit = self.units.find(said)
            except LookupError as error:
                self._wrong(row, "unit", str(error))
        role: int | None = None
        role_said = self._cell(cells, "role")
        if role_said:
            try:
                role = self.roles.find(role_said)
            except LookupError as error:
                self._wrong(row, "role", str(error))
        dates = {name: self._date(row, cells, name) for name in DATES}
        start, end = dates["started_on"], dates["ended_on"]
        if start and end and end < start:
            self._wrong(row, "ended_on", _("The end lies before the start."))
        return {
            "row": row, "number": number, "email": email, "name": self._name(cells), "unit": unit, "role": role,
            "has_role": bool(role_said), "manager": self._cell(cells, "manager"), "is_clear": is_clear, **dates,
        }  # fmt: skip

    def _match(self, one: dict[str, Any]) -> _Person | bool | None:
        """Whom a row means; None for somebody new, False where that is a problem."""
        numbered = [self.people[pk] for pk in self.by_number.get(one["number"].casefold(), [])]
        numbered = [person for person in numbered if person.now(self.on)] or numbered
        if len(numbered) > 1:
            names = ", ".join(person.name for person in numbered)
            self._wrong(
                one["row"],
                "staff_number",
                _("Several people here have this number: %(names)s. Correct it on one of their pages first.")
                % {"names": names},
            )
            return False
        mailed = self.people.get(self.by_email.get(one["email"], 0)) if one["email"] else None
        person = numbered[0] if numbered else None
        if person is not None and mailed is not None and person is not mailed:
            if not person.now(self.on):
                return mailed
            self._wrong(
                one["row"],
                "email",
                _("The number belongs to %(one)s and the address to %(other)s. Correct one of the two.")
                % {"one": person.name, "other": mailed.name},
            )
            return False
        if person is not None and mailed is None and one["name"] and person.name:
            same = set(plain(one["name"]).split()) & set(plain(person.name).split())
            if not same and one["email"]:
                if not person.now(self.on):
                    # The number of somebody who left was given to somebody else.
                    return None
                self._wrong(
                    one["row"],
                    "staff_number",
                    _(
                        "This number belongs to %(known)s here, and the list says %(said)s. If the number was given to somebody else, end the first one’s membership before."
                    )
                    % {"known": person.name, "said": one["name"]},
                )
                return False
        return person or mailed

    def _compare(self, one: dict[str, Any]) -> None:
        person = self._match(one)
        if person is False:
            return
        if not isinstance(person, _Person):
            self._join(one, None)
            return
        if person.pk in self.touched:
            self._wrong(
                one["row"],
                "staff_number",
                _("This is %(name)s, who stands in row %(other)s already. Keep one of the two.")
                % {"name": person.name, "other": self.touched[person.pk]},
            )
            return
        self.touched[person.pk] = one["row"]
        now = person.now(self.on)
        if not now:
            last = person.places[-1]
            if one["ended_on"] and one["ended_on"] <= self.on:
                self.unchanged += 1
            elif one["started_on"] and last.ended_on and one["started_on"] < last.ended_on:
                self._wrong(
                    one["row"],
                    "started_on",
                    _("%(name)s left on %(day)s. Who comes back needs a start date from then on.")
                    % {"name": person.name, "day": last.ended_on.isoformat()},
                )
            else:
                self._join(one, person)
            return
        place = self._place(one, person, now)
        if place is not None:
            self._differences(one, person, place)

    def _place(self, one: dict[str, Any], person: _Person, now: list[_Place]) -> _Place | None:
        if one["unit"] is None:
            posts = [place for place in now if place.kind == Membership.Kind.POST]
            return (posts or now)[-1]
        same = [place for place in now if place.unit == one["unit"]]
        if same:
            return same[-1]
        posts = [place for place in now if place.kind == Membership.Kind.POST]
        if len(posts) == 1:
            return posts[0]
        where = ", ".join(self.units.words(place.unit) for place in now)
        self._wrong(
            one["row"],
            "unit",
            _("%(name)s works in %(where)s. Move one of these memberships on the page of the person.")
            % {"name": person.name, "where": where},
        )
        return None

    def _role_words(self, pk: int | None) -> str:
        return self.roles.names.get(pk, "") if pk else ""

    def _change(
        self, kind: Kind, one: dict[str, Any], name: str, lines: list[list[str]], do: dict[str, Any]
    ) -> None:
        self.plan.changes.append(
            {"kind": kind.value, "row": one["row"], "name": name, "number": one["number"], "lines": lines, "do": do}
        )  # fmt: skip

    def _lacks(self, one: dict[str, Any]) -> None:
        if not one["email"]:
            self._wrong(
                one["row"],
                "email",
                _("Nobody here has this number, and somebody new needs an e-mail address to be invited."),
            )
        if not one["name"]:
            self._wrong(one["row"], "name", _("Somebody new needs a name."))

    def _join(self, one: dict[str, Any], person: _Person | None) -> None:
        row = one["row"]
        if one["ended_on"] and one["ended_on"] <= self.on:
            # Came and went before anybody here heard of her.
            self.unchanged += 1
            return
        if person is None:
            before = len(self.plan.problems)
            self._lacks(one)
            if len(self.plan.problems) > before:
                return
        unit = one["unit"] if one["unit"] is not None else self.here.pk
        if unit in self.units.closed:
            self._wrong(row, "unit", _("“%(unit)s” is closed.") % {"unit": self.units.words(unit)})
            return
        start = one["started_on"] or self.on
        lines = [["unit", "", self.units.words(unit)], ["started_on", "", start.isoformat()]]
        if one["role"]:
            lines.append(["role", "", self._role_words(one["role"])])
        if person is None:
            lines.append(["email", "", one["email"]])
        if one["ended_on"]:
            lines.append(["ended_on", "", one["ended_on"].isoformat()])
        do = {
            "user": person.pk if person else None, "email": one["email"], "name": one["name"], "number": one["number"],
            "unit": unit, "role": one["role"], "start": start.isoformat(),
            "end": one["ended_on"].isoformat() if one["ended_on"] else None,
            "manager": one["manager"],
        }  # fmt: skip
        kind = Kind.CAME_BACK if person else Kind.JOINED
        self._change(kind, one, (person.name if person else "") or one["name"], lines, do)

    def _first_of_chain(self, person: _Person, place: _Place) -> _Place:
        """Where the time began that led to this place without a gap, by transfers."""
        first = place
        while True:
            before = [
                other
                for other in person.places
                if other.ended_on == first.started_on and other.pk != first.pk and other.kind == first.kind
            ]
            if not before:
                return first
            first = before[-1]

    def _differences(self, one: dict[str, Any], person: _Person, place: _Place) -> None:
        name = person.name or one["name"]
        if (
            person.invitation
            and one["email"]
            and one["email"] != person.email
            and one["email"] not in self.by_email
        ):
            self._change(
                Kind.INVITED,
                one,
                name,
                [["email", person.email, one["email"]]],
                {"invitation": person.invitation, "email": one["email"], "user": person.pk},
            )
        end = one["ended_on"]
        if end is not None and end != place.ended_on:
            if end < place.started_on:
                self._wrong(
                    one["row"],
                    "ended_on",
                    _("%(name)s came on %(day)s, and cannot leave before.")
                    % {"name": name, "day": place.started_on.isoformat()},
                )
                return
            was = place.ended_on.isoformat() if place.ended_on else ""
            self._change(
                Kind.LEFT,
                one,
                name,
                [["ended_on", was, end.isoformat()]],
                {"membership": place.pk, "on": end.isoformat()},
            )
            return
        lines: list[list[str]] = []
        values: dict[str, Any] = {}
        if one["has_role"] and one["role"] != place.role:
            lines.append(["role", self._role_words(place.role), self._role_words(one["role"])])
            values["role"] = one["role"]
        if one["number"] and one["number"] != place.number:
            lines.append(["staff_number", place.number, one["number"]])
            values["number"] = one["number"]
        if one["unit"] is not None and one["unit"] != place.unit:
            self._move(one, person, place, lines, values)
            return
        first = self._first_of_chain(person, place)
        start = one["started_on"]
        if start and start not in (place.started_on, first.started_on):
            if first.ended_on is not None and start > first.ended_on:
                self._wrong(
                    one["row"],
                    "started_on",
                    _("%(name)s left the first unit on %(day)s, and cannot have come after.")
                    % {"name": name, "day": first.ended_on.isoformat()},
                )
                return
            lines.append(["started_on", first.started_on.isoformat(), start.isoformat()])
            values["start"] = [first.pk, start.isoformat()]
        if person.invitation and one["name"] and one["name"] != person.name:
            lines.append(["name", person.name, one["name"]])
            values["name"] = one["name"]
        if lines:
            self._change(Kind.CHANGED, one, name, lines, {"membership": place.pk, "set": values})
        if one["manager"]:
            one["change"] = self.plan.changes[-1] if lines else None
            one["place"] = place
            self.later.append(one)
        elif not lines:
            self.unchanged += 1

    def _move(
        self,
        one: dict[str, Any],
        person: _Person,
        place: _Place,
        lines: list[list[str]],
        values: dict[str, Any],
    ) -> None:
        """On the day that the list names; else on the start date, where that lies after the last one; else today."""
        day = one["moved_on"]
        if day is None:
            start = one["started_on"]
            day = start if start and place.started_on < start <= self.on else self.on
        if day < place.started_on:
            self._wrong(
                one["row"],
                "moved_on",
                _("%(name)s is in the present unit since %(day)s, and cannot leave it before.")
                % {"name": person.name, "day": place.started_on.isoformat()},
            )
            return
        lines = [
            ["unit", self.units.words(place.unit), self.units.words(one["unit"])],
            ["moved_on", "", day.isoformat()],
            *lines,
        ]
        do = {
            "membership": place.pk, "unit": one["unit"], "on": day.isoformat(), "set": values, "manager": one["manager"],
        }  # fmt: skip
        self._change(Kind.MOVED, one, person.name, lines, do)

    def _manager(self, said: str) -> dict[str, int] | None:
        word = said.casefold()
        known = [pk for pk in self.by_number.get(word, []) if self.people[pk].now(self.on)]
        if len(known) == 1:
            return {"user": known[0]}
        if word in self.by_email:
            return {"user": self.by_email[word]}
        row = self.in_list.get(word)
        return {"row": row} if row is not None and row in self._joined else None

    def _managers(self) -> None:
        self._joined = {
            change["row"]: change for change in self.plan.changes if change["kind"] == Kind.JOINED.value
        }
        came_back = {
            change["do"]["number"].casefold(): change["do"]["user"]
            for change in self.plan.changes
            if change["kind"] == Kind.CAME_BACK.value and change["do"]["number"]
        }
        for change in self.plan.changes:
            said = change["do"].get("manager")
            if said:
                found = self._manager(said) or (
                    {"user": came_back[said.casefold()]} if said.casefold() in came_back else None
                )
                change["do"]["manager"] = found
                if found is None:
                    self._no_manager(change["row"], said)
                else:
                    change["lines"].append(["manager", "", self._manager_words(found, said)])
            elif "manager" in change["do"]:
                change["do"]["manager"] = None
        for one in self.later:
            place, said = one["place"], one["manager"]
            found = self._manager(said)
            if found is None:
                self._no_manager(one["row"], said)
                continue
            if found.get("user") == place.manager:
                self.unchanged += one["change"] is None
                continue
            was = self.people[place.manager].name if place.manager in self.people else ""
            line = ["manager", was, self._manager_words(found, said)]
            if one["change"] is None:
                name = self.people[place.user].name
                self._change(
                    Kind.CHANGED, one, name, [line], {"membership": place.pk, "set": {"manager": found}}
                )
            else:
                one["change"]["lines"].append(line)
                one["change"]["do"]["set"]["manager"] = found

    def _manager_words(self, found: dict[str, int], said: str) -> str:
        if "user" in found:
            return self.people[found["user"]].name or said
        return str(self._joined[found["row"]]["name"])

    def _no_manager(self, row: int, said: str) -> None:
        if said.casefold() in self.in_list:
            # In a row that has to be mended itself, or of somebody who left already.
            return
        self._wrong(
            row,
            "manager",
            _(
                "Nobody in this list or in the agency has the staff number or e-mail address “%(manager)s”. Leave the cell empty, or write one of the two."
            )
            % {"manager": said},
        )

    def _leavers(self) -> None:
        for person in self.people.values():
            if person.pk in self.touched or person.pk == self.by:
                continue
            for place in person.now(self.on):
                if (
                    place.kind == Membership.Kind.POST
                    and place.ended_on is None
                    and place.started_on <= self.on
                ):
                    self.plan.changes.append(
                        {
                            "kind": Kind.LEFT.value, "row": None, "name": person.name, "number": place.number,
                            "lines": [["ended_on", "", self.on.isoformat()]],
                            "do": {"membership": place.pk, "on": self.on.isoformat()},
                        }
                    )  # fmt: skip


def make_plan(
    here: Agency,
    *,
    headers: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    choices: Choices,
    by: int,
) -> Plan:
    """What would happen to the agency's staff. The same number of queries however long the list."""
    return _Planner(here, headers=headers, rows=rows, choices=choices, by=by).read()


def still_there(here: Agency, on: date) -> int:
    """How many work in this part of the tree, for saying how large a share would leave."""
    return (
        Membership.objects.current(on=on)
        .within(here)
        .filter(Q(kind=Membership.Kind.POST))
        .values("user")
        .distinct()
        .count()
    )
