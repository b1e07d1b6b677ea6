"""Whether a module is ready for release: twenty criteria, and what the site itself knows of each."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.fact_uses import cited_in
from content.models import JurisdictionPack, ReferralService, ReviewSignOff
from content.selectors import facts_by_code
from courses.models import Course, LessonPage, Module, Question
from courses.reviewing import lesson_readings


class Known(StrEnum):
    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


# (what has to be so, whether a "no" stops the release)
CRITERIA = (
    (
        gettext_lazy(
            "At least two paid reviewers with lived experience of different kinds signed off this version."
        ),
        True,
    ),
    (gettext_lazy("No invented survivor quotation, story or image."), True),
    (
        gettext_lazy(
            "No statement promises safety, secrecy, immigration outcome, housing or a helpful police response."
        ),
        True,
    ),
    (
        gettext_lazy("Every national-law statement sits in a pack with reviewer and re-check date."),
        True,
    ),
    (gettext_lazy("Child rule, adult consent rule and limits of confidentiality are must-pass items."), True),
    (
        gettext_lazy(
            "Nothing teaches recruitment, control or evasion beyond what a worker needs to recognise harm."
        ),
        True,
    ),
    (
        gettext_lazy(
            "Labour, domestic work and forced criminality make up half of the examples or more; men and boys 40%; nationals a third."
        ),
        False,
    ),
    (gettext_lazy("Each indicator screen has an innocent explanation and a next step."), False),
    (gettext_lazy("Inconsistency is never taught as a sign of lying."), False),
    (gettext_lazy("Interpreter rules are practised, not only stated."), False),
    (
        gettext_lazy(
            "Each role sees at least one scenario from its own setting, with its own powers and limits."
        ),
        False,
    ),
    (
        gettext_lazy(
            "The best ending is reachable without disclosure; “no control found” and “does not testify” can be right answers."
        ),
        False,
    ),
    (gettext_lazy("Skipping is possible everywhere and invisible to the employer."), False),
    (gettext_lazy("No graphic detail; one-line content notes; text alternatives."), False),
    (gettext_lazy("Figures carry source and year; none is on the do-not-use list."), False),
    (gettext_lazy("Local referral contacts are filled in and younger than 90 days."), False),
    (gettext_lazy("Questions before, after and at 180 days exist in parallel forms."), False),
    (gettext_lazy("Free text is not stored in the learning-record store."), False),
    (gettext_lazy("The certificate shows role, pack, version and expiry."), False),
    (gettext_lazy("The HEAL assessment tool has been run and its score published internally."), False),
)


@dataclass(frozen=True)
class Finding:
    number: int
    text: str
    stops_release: bool
    state: Known
    evidence: str


def readiness(module: Module, *, on: date) -> tuple[Finding, ...]:
    """What a program cannot know is said to be so, with whatever numbers help a person to judge. Ten queries or so."""
    pages = list(LessonPage.objects.live().filter(module=module).select_related("module").order_by("code"))
    questions = list(
        Question.objects.filter(lesson_code__in=[page.code for page in pages], live=True, retired=False)
    )
    known = {
        1: _survivors(pages),
        4: _packs(on=on),
        5: _must_pass(questions),
        7: _examples(questions),
        13: (Known.MET, _("Every lesson can be skipped, and nothing about it reaches a lead's list.")),
        14: (
            Known.UNKNOWN,
            _("%(count)s of %(all)s lessons have a content note.")
            % {"count": sum(bool(page.content_note) for page in pages), "all": len(pages)},
        ),
        15: _facts(pages),
        16: _contacts(on=on),
        17: _forms(module),
        18: (Known.MET, _("Words that learners write are kept apart and never sent as a statement.")),
        19: (Known.MET, _("Every certificate is drawn with them.")),
    }
    return tuple(
        Finding(
            number,
            str(text),
            stops,
            *known.get(number, (Known.UNKNOWN, _("A person has to read it. No program can tell."))),
        )
        for number, (text, stops) in enumerate(CRITERIA, start=1)
    )


def _survivors(pages: list[LessonPage]) -> tuple[Known, str]:
    readings = [one for one in lesson_readings(pages) if ReviewSignOff.Gate.SURVIVOR in one.gates]
    digests = {one.subject: one.digest for one in readings}
    rows = [
        row
        for row in ReviewSignOff.objects.filter(subject__in=digests, gate=ReviewSignOff.Gate.SURVIVOR)
        if digests[row.subject] == row.digest
    ]
    signed, people = len({row.subject for row in rows}), len({row.signed_by_id for row in rows})
    words = _(
        "%(signed)s of %(all)s lessons that ask for it are signed as they are now, by %(people)s people."
    ) % {"signed": signed, "all": len(readings), "people": people}
    if people < 2 or signed < len(readings):
        return Known.NOT_MET, words
    return Known.UNKNOWN, f"{words} {_('Whether they were paid and what they have lived, only you know.')}"


def _packs(*, on: date) -> tuple[Known, str]:
    packs = list(JurisdictionPack.objects.all())
    signed = set(
        ReviewSignOff.objects.filter(
            subject__in=[f"pack:{pack.code}" for pack in packs], gate=ReviewSignOff.Gate.LAWYER
        ).values_list("subject", flat=True)
    )
    late = sum(pack.recheck_by < on for pack in packs)
    words = _(
        "%(signed)s of %(all)s packs are signed by a lawyer; %(late)s are past their re-check date."
    ) % {
        "signed": len(signed),
        "all": len(packs),
        "late": late,
    }
    return (Known.NOT_MET if late or len(signed) < len(packs) else Known.UNKNOWN), words


def _must_pass(questions: list[Question]) -> tuple[Known, str]:
    rules = sorted({one.must_pass for one in questions if one.must_pass})
    count = sum(bool(one.must_pass) for one in questions)
    words = _("%(count)s of %(all)s questions have to be right: %(rules)s.") % {
        "count": count,
        "all": len(questions),
        "rules": "; ".join(rules) or "–",
    }
    return (Known.UNKNOWN if count else Known.NOT_MET), words


def _examples(questions: list[Question]) -> tuple[Known, str]:
    subjects = Counter(one.subject for one in questions if one.subject and one.subject != "none")
    people = Counter(one.person for one in questions if one.person and one.person != "none")
    listed = ", ".join(f"{name} {count}" for name, count in [*subjects.most_common(), *people.most_common()])
    return Known.UNKNOWN, _("In its questions: %(listed)s.") % {"listed": listed or "–"}


def _facts(pages: list[LessonPage]) -> tuple[Known, str]:
    codes = {
        code
        for page in pages
        for code, _who in cited_in([page.body.raw_data, page.summary, page.use_tomorrow.raw_data])
    }
    found = facts_by_code(codes)
    bare = sorted(code for code, fact in found.items() if not fact.year or not fact.sources.all())
    if bare:
        return Known.NOT_MET, _("Facts without a source or a year: %(codes)s.") % {"codes": ", ".join(bare)}
    return Known.UNKNOWN, _("All %(count)s facts that are cited have source and year.") % {
        "count": len(found)
    }


def _contacts(*, on: date) -> tuple[Known, str]:
    services = list(ReferralService.objects.all())
    fresh = sum(not one.is_stale(on=on) for one in services)
    words = _("%(fresh)s of %(all)s services of all agencies were verified in time.") % {
        "fresh": fresh,
        "all": len(services),
    }
    return (Known.MET if services and fresh == len(services) else Known.NOT_MET), words


def _forms(module: Module) -> tuple[Known, str]:
    course = Course.objects.filter(code=module.code).first()
    version = course.versions.first() if course is not None else None
    if version is not None and version.rules.get("forms"):
        return Known.MET, _("The module's own course has them.")
    return Known.NOT_MET, _("The module has no course with such questions.")
