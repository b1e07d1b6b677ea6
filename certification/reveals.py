"""What does this reveal? Told to the holder, for each kind of reader, before they read it.

Nothing is listed twice: what is told here is taken from the very values that the public page, a share link, the layout of
the PDF and the credential are made from. What is said to be left out was looked for in them and not found.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from certification.badges.document import credential_document, matches
from certification.models import AchievementCredential, ShareLink
from certification.pdf import FALLBACK_LANGUAGE, printed_data
from certification.rules import CredentialState
from certification.selectors import public_data, public_view, today
from certification.sharing import Behind, SharedCredential, shared_view
from certification.transcripts import state_words
from certification.words import day


@dataclass(frozen=True)
class Fact:
    """One thing that is learned. Technical ones are there for programs and say nothing of the person."""

    label: str
    value: str
    is_technical: bool = False
    # The `IdentityObject` of a value that is there only as a hash.
    code: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Reader:
    """Somebody who can learn something, what that is, and what is left out of it."""

    key: str
    who: str
    how: str
    facts: tuple[Fact, ...]
    knows: tuple[tuple[str, "Knows"], ...]
    hides: tuple[str, ...]

    @property
    def plain(self) -> list[Fact]:
        return [fact for fact in self.facts if not fact.is_technical]

    @property
    def technical(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.is_technical]


_PUBLIC: dict[str, Promise] = {
    "number": gettext_lazy("Number"),
    "state": gettext_lazy("State"),
    "holder_name": gettext_lazy("Your name"),
    "agency": gettext_lazy("Learned under"),
    "professional_role": gettext_lazy("Role"),
    "course": gettext_lazy("Course"),
    "course_version": gettext_lazy("Content version"),
    "law_taught": gettext_lazy("Law taught"),
    "learning_time": gettext_lazy("Learning time"),
    "credit": gettext_lazy("Credit"),
    "review": gettext_lazy("Reviews"),
    "issuer": gettext_lazy("Issued by"),
    "issued_on": gettext_lazy("Issued"),
    "valid_until": gettext_lazy("Valid until"),
    "since": gettext_lazy("Since"),
}
# Where a value of the credential stands in it, without the places in lists.
_IN_FILE: dict[str, Promise] = {
    "id": gettext_lazy("Address of the public page"),
    "name": gettext_lazy("Title"),
    "issuer.name": gettext_lazy("Issued by"),
    "issuer.url": gettext_lazy("Site"),
    "validFrom": gettext_lazy("Issued"),
    "validUntil": gettext_lazy("Valid until"),
    "credentialSubject.role": gettext_lazy("Role"),
    "credentialSubject.activityEndDate": gettext_lazy("Finished"),
    "credentialSubject.narrative": gettext_lazy("Reviews and limits"),
    "credentialSubject.creditsEarned": gettext_lazy("Credit, in hours"),
    "credentialSubject.source.name": gettext_lazy("Learned under"),
    "credentialSubject.result.status": gettext_lazy("Result"),
    "credentialSubject.achievement.description": gettext_lazy("What it was made of, and law taught"),
    "credentialSubject.achievement.version": gettext_lazy("Content version"),
    "credentialSubject.achievement.alignment.targetName": gettext_lazy("Works towards"),
    "evidence.narrative": gettext_lazy("Lessons and scenarios"),
}
_HASHED: dict[str, Promise] = {
    "emailAddress": gettext_lazy("Your e-mail address"),
    "name": gettext_lazy("Your name"),
}
_PRINTED: dict[str, Promise] = {
    "name": gettext_lazy("Your name"),
    "course": gettext_lazy("Course"),
    "role": gettext_lazy("Role"),
    "number": gettext_lazy("Number"),
    "address": gettext_lazy("Address of the public page"),
}


def _readable(value: object) -> str:
    """Days as people write them; everything else as it is."""
    text = str(value)
    if len(text) == 10 and (date := parse_date(text)):
        return day(date)
    if len(text) > 18 and text[4:5] == "-" and (moment := parse_datetime(text)):
        return day(today(moment))
    return text


def _public_facts(data: dict[str, Any]) -> Iterator[Fact]:
    for key, value in data.items():
        if key == "checked_at":
            continue
        words = _STATES[CredentialState(value)] if key == "state" else _readable(value)
        yield Fact(str(_PUBLIC.get(key, key)), str(words))


_STATES: dict[CredentialState, Promise] = {
    CredentialState.VALID: pgettext_lazy("how a certificate stands", "Valid"),
    CredentialState.EXPIRED: gettext_lazy("Expired"),
    CredentialState.REVOKED: gettext_lazy("Withdrawn"),
    CredentialState.SUPERSEDED: gettext_lazy("Replaced"),
    CredentialState.SUSPENDED: gettext_lazy("Paused"),
    CredentialState.UNKNOWN: gettext_lazy("Unknown"),
}


def _leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        if value.get("type") == "IdentityObject":
            yield ".".join(path), value
            return
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield ".".join(path), value


def document_facts(document: dict[str, Any]) -> tuple[Fact, ...]:
    """Every value in a credential. Those that we have a word for come first, the rest under their own names."""
    known: list[Fact] = []
    other: list[Fact] = []
    for path, value in _leaves(document):
        if isinstance(value, dict):
            label = _HASHED.get(value["identityType"], value["identityType"])
            known.append(
                Fact(
                    str(label),
                    _("as a code: who already knows it can compare it, nobody can read it from the file"),
                    code=value,
                )
            )
            other.append(Fact(path, json.dumps(value)))
        elif path in _IN_FILE:
            known.append(Fact(str(_IN_FILE[path]), _readable(value)))
        else:
            other.append(Fact(path, str(value)))
    other = [Fact(fact.label, fact.value, is_technical=True) for fact in other]
    return (*_together(known), *_together(other))


def _together(facts: Iterable[Fact]) -> list[Fact]:
    """Several values under one label, in one line each label."""
    first: dict[str, Fact] = {}
    values: dict[str, list[str]] = {}
    for fact in facts:
        first.setdefault(fact.label, fact)
        if fact.value not in values.setdefault(fact.label, []):
            values[fact.label].append(fact.value)
    return [replace(fact, value="; ".join(values[label])) for label, fact in first.items()]


def _look_facts(credential: AchievementCredential, words: Mapping[str, Any]) -> list[Fact]:
    """What the agency added to the PDF: its name, logo, signatories and words."""
    look = credential.words.get("look")
    if look is None:
        return []
    facts = [Fact(_("Learned under"), look["agency"])]
    if look["logo"]:
        facts.append(Fact(_("Logo"), look["logo_alt"]))
    facts += [Fact(_("Signed by"), _joined([one["name"], one["title"]])) for one in look["signatories"]]
    said = [words["title"], words["intro"], words["closing"], words["footer"]]
    return [*facts, Fact(_("The agency’s words"), " · ".join(part for part in said if part))]


def printed_facts(credential: AchievementCredential, *, language: str) -> tuple[Fact, ...]:
    """Everything that the PDF says of this person and this training."""
    data = printed_data(credential, language=language)
    words = data["words"]
    facts = [Fact(str(label), str(data[key])) for key, label in _PRINTED.items() if data.get(key)]
    facts += [Fact(fact["label"], fact["value"]) for fact in words["facts"]]
    facts += [Fact(_("Made of"), words["made_of"]), Fact(_("Reviews"), words["review"])]
    facts += [Fact(_("Credit"), words["credit"]), Fact(_("Limits"), words["limits"])]
    facts += _look_facts(credential, words)
    if data["content"]:
        content = ", ".join(f"{item['code']} ({item['version']})" for item in data["content"])
        facts.append(Fact(words["content_label"], content))
    return tuple(facts)


def shared_facts(shared: SharedCredential, *, at: datetime) -> tuple[Fact, ...]:
    """Everything that a link shows."""
    facts = list(_public_facts(public_data(shared.public, checked_at=at)))
    if shared.newer:
        facts.append(Fact(_("The newer one"), shared.newer))
    if shared.is_finished:
        facts.append(Fact(_("Result"), _("Completed")))
    if shared.content:
        content = ", ".join(
            f"{code} {title} ({version})" if title else f"{code} ({version})"
            for code, title, version in shared.content
        )
        facts.append(Fact(_("Lessons and scenarios"), content))
    if shared.transcript is not None:
        for one in shared.transcript.certificates:
            facts.append(
                Fact(
                    _("In the transcript"),
                    _joined([one.course, one.role, one.number, one.state_words, one.agency]),
                )
            )
        for course in shared.transcript.courses:
            facts.append(
                Fact(
                    _("In the transcript"),
                    _joined([course.course, course.role, day(course.finished_on), course.agency]),
                )
            )
    return tuple(_together(facts))


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


class Knows(StrEnum):
    """Whether a reader learns something of the holder."""

    YES = "yes"
    CODE = "code"
    NO = "no"


def _sought(credential: AchievementCredential) -> list[tuple[str, str]]:
    """What somebody might fear to find, and its value. Empty values cannot be found anywhere."""
    return [
        (_("your name"), credential.holder_name),
        (_("your agency"), credential.agency_name),
        (_("your e-mail address"), credential.user.email),
    ]


def _knows(value: str, facts: Sequence[Fact]) -> Knows:
    if not value:
        return Knows.NO
    sought = value.casefold()
    if any(sought in fact.value.casefold() for fact in facts):
        return Knows.YES
    spellings = {value, value.strip().lower()}
    is_coded = any(fact.code and matches(fact.code, one) for fact in facts for one in spellings)
    return Knows.CODE if is_coded else Knows.NO


def _reader(
    credential: AchievementCredential,
    key: str,
    who: str,
    how: str,
    facts: Sequence[Fact],
    *,
    also: Sequence[Fact] = (),
) -> Reader:
    """`also` are facts that reach this reader by another way: they are not listed again, but they count."""
    answers = [(words, _knows(value, [*facts, *also])) for words, value in _sought(credential)]
    hides = [words for words, answer in answers if answer == Knows.NO]
    # No function that makes any of these facts is given a score, an answer or a choice.
    hides.append(_("answers, scores and choices in scenarios"))
    return Reader(key, who, how, tuple(facts), tuple(answers), tuple(hides))


def stranger(credential: AchievementCredential, *, at: datetime) -> Reader:
    public = public_view(credential, on=today(at))
    how = _("On the public page. The number and the code on the certificate lead there.")
    if public.can_compare_name:
        how += " " + _("Who already knows your name can type it, and is told only whether it matches.")
    return _reader(
        credential,
        "stranger",
        _("Anyone with the number"),
        how,
        list(_public_facts(public_data(public, checked_at=at))),
    )


def lead(
    credential: AchievementCredential, *, at: datetime, language: str, in_file: Sequence[Fact]
) -> Reader:
    """The list of staff has name, state and dates; the PDF is for the lead only if `permissions.can_download` says so."""
    public = public_view(credential, on=today(at))
    facts = [
        Fact(_("Your name"), credential.user.name or credential.holder_name),
        Fact(_("State"), state_words(public.state, since=public.since, until=public.valid_until)),
        Fact(_("Issued"), day(public.issued_on)),
    ]
    if credential.agency_name:
        # The list is that of an agency, and who leads it knows that.
        facts.append(Fact(_("Learned under"), credential.agency_name))
    also: Sequence[Fact] = ()
    if credential.shows("lead"):
        how = _("In the list of staff, and in the PDF, because you agreed that your lead may open it.")
        facts += printed_facts(credential, language=language)
        also = in_file
    else:
        how = _("In the list of staff. Your lead cannot open the certificate.")
    return _reader(credential, "lead", _("Your training lead"), how, _together(facts), also=also)


def pdf_reader(credential: AchievementCredential, *, language: str, in_file: Sequence[Fact]) -> Reader:
    return _reader(
        credential,
        "pdf",
        _("Who gets the PDF from you"),
        _("On its page. The credential for wallets is within the file too, with what is listed there."),
        printed_facts(credential, language=language),
        also=in_file,
    )


def file_reader(credential: AchievementCredential, *, in_file: Sequence[Fact]) -> Reader:
    return _reader(
        credential,
        "file",
        _("Who gets the credential or the badge, and a wallet"),
        _(
            "In the file, for programs. What a wallet shows of it, and to whom, is settled there. When somebody checks it, we are asked for a public list that holds many certificates and do not learn which one was meant."
        ),
        in_file,
    )


def viewer(behind: Behind, shows: Mapping[str, bool], *, key: str, who: str) -> Reader:
    """Whoever opens a link that shows this."""
    how = _("On the page that the link leads to. The number there leads to the public page, too.")
    facts = shared_facts(shared_view(behind, shows), at=behind.at)
    return _reader(behind.credential, key, who, how, facts)


def readers_of(
    credential: AchievementCredential,
    *,
    links: Iterable[ShareLink] = (),
    at: datetime,
    language: str = FALLBACK_LANGUAGE,
) -> list[Reader]:
    """Everybody who may learn something of a certificate, the viewers of these links last."""
    in_file = document_facts(credential_document(credential))
    behind = Behind(credential, at=at)
    return [
        stranger(credential, at=at),
        lead(credential, at=at, language=language, in_file=in_file),
        pdf_reader(credential, language=language, in_file=in_file),
        file_reader(credential, in_file=in_file),
        *(
            viewer(
                behind,
                link.shows,
                key=f"link-{place}",
                who=_("Share link: %(label)s") % {"label": link.label or _("without a note")},
            )
            for place, link in enumerate(links, start=1)
        ),
    ]
