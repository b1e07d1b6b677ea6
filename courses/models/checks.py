"""The question bank, and goes at a check."""

import uuid
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin
from wagtail.search import index

from courses.blocks.question import QuestionOptionBlock, QuestionTargetBlock
from courses.forms import QuestionForm
from courses.models.taking import AssignableUnit, Course, CourseVersion, Registration

RULE_HELP = _(
    "Leave empty unless this tests something that has to be right, such as: privacy before questions"
)


class Question(PreviewableMixin, DraftStateMixin, RevisionMixin, index.Indexed, models.Model):
    """A question of the bank, as trainers edit it, under a code that is never reused.

    Publishing it makes a QuestionVersion; checks draw and keep versions.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("One answer")
        MULTIPLE = "multiple", _("Several answers")
        BEST_NEXT_STEP = "best_next_step", _("Best next step, with part of the credit for the second best")
        ORDERING = "ordering", _("Put in order")
        MATCHING = "matching", _("Match")

    class Level(models.TextChoices):
        REMEMBER = "remember", _("Remember")
        UNDERSTAND = "understand", _("Understand")
        APPLY = "apply", _("Apply")
        ANALYSE = "analyse", _("Analyse")

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=32, unique=True)
    lesson_code = models.CharField(_("lesson"), max_length=16, db_index=True)
    outcome = models.CharField(_("outcome"), max_length=16, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices, default=Level.APPLY)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.SINGLE)
    must_pass = models.CharField(_("must-pass rule"), max_length=120, blank=True, help_text=RULE_HELP)
    role_codes = models.JSONField(_("only for these roles"), default=list, blank=True)
    pack_codes = models.JSONField(_("only in these packs"), default=list, blank=True)
    subject = models.CharField(_("form of exploitation"), max_length=16, blank=True)
    person = models.CharField(_("who is shown"), max_length=16, blank=True)
    case_code = models.CharField(
        _("case"), max_length=32, blank=True, help_text=_("Questions on one case carry the same code.")
    )
    case_text = models.TextField(
        _("what is known of the case"), blank=True, help_text=_("Shown above the question.")
    )
    stem = models.TextField(_("question"))
    targets = StreamField(
        [("target", QuestionTargetBlock())],
        blank=True,
        use_json_field=True,
        verbose_name=_("targets"),
        help_text=_("For matching: what the answers belong to."),
    )
    options = StreamField(
        [("option", QuestionOptionBlock())],
        min_num=2,
        max_num=6,
        use_json_field=True,
        verbose_name=_("options"),
    )
    retired = models.BooleanField(
        _("retired"), default=False, help_text=_("No longer drawn. Answers given stay.")
    )
    loaded_revision = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    current = models.ForeignKey(
        "QuestionVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    base_form_class = QuestionForm
    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("lesson_code"), FieldPanel("outcome")]),
        MultiFieldPanel([FieldPanel("case_code"), FieldPanel("case_text")], heading=_("Case")),
        FieldPanel("stem"),
        FieldPanel("targets"),
        FieldPanel("options"),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel("level"),
                FieldPanel("must_pass"),
                FieldPanel("role_codes"),
                FieldPanel("pack_codes"),
                FieldPanel("retired"),
            ],
            heading=_("Where and how it is asked"),
        ),
    ]
    search_fields = [
        index.SearchField("stem"),
        index.AutocompleteField("code"),
        index.FilterField("lesson_code"),
    ]

    class Meta:
        ordering = ["code"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.code

    def get_preview_template(self, request, mode_name):  # type: ignore[no-untyped-def]
        return "courses/question_preview.html"

    def get_preview_context(self, request, mode_name):  # type: ignore[no-untyped-def]
        from courses.presenters import question_preview

        return super().get_preview_context(request, mode_name) | question_preview(self)


class QuestionVersion(models.Model):
    """What a question said from a day on. A check that drew it keeps it.

    `options` is a list of {"id", "text", "correct", "rationale", "facts": [fact codes]}, with "credit" for a second best
    step and "answer" for the target of a match; `targets` of {"id", "label"}. courses.marking says what they are worth.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    stem = models.TextField(_("question"))
    kind = models.CharField(max_length=16, default="single")
    level = models.CharField(max_length=12, default="apply")
    outcome = models.CharField(max_length=16, blank=True)
    must_pass = models.CharField(_("must-pass rule"), max_length=120, blank=True)
    role_codes = models.JSONField(default=list, blank=True)
    pack_codes = models.JSONField(default=list, blank=True)
    case_code = models.CharField(max_length=32, blank=True)
    case_text = models.TextField(blank=True)
    targets = models.JSONField(default=list, blank=True)
    options = models.JSONField()
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("question version")
        verbose_name_plural = _("question versions")
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="one_question_version_of_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.question_id} v{self.number}"


class ParallelForm(models.Model):
    """One of the two forms, A and B, in which a course asks before it, at its end and six months later.

    Drawn once for a course version, and kept, so that everybody is asked the same and answers can be compared.
    """

    class Letter(models.TextChoices):
        A = "A", "A"
        B = "B", "B"

    personal_data: ClassVar[tuple[str, ...]] = ()

    course_version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="parallel_forms")
    letter = models.CharField(max_length=1, choices=Letter.choices)
    questions = models.ManyToManyField(Question, related_name="parallel_forms")
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["letter"]
        verbose_name = _("parallel form")
        verbose_name_plural = _("parallel forms")
        constraints = [
            models.UniqueConstraint(fields=["course_version", "letter"], name="one_form_of_a_letter")
        ]

    def __str__(self) -> str:
        return f"{self.course_version_id} {self.letter}"


class CheckAttempt(models.Model):
    """One go at a check, or at the questions before and after: what was drawn, in the order shown, and what came of it."""

    class Kind(models.TextChoices):
        WHOLE = "whole", _("The whole check")
        MUST_PASS = "must-pass", _("Other questions on what has to be right")

    class Purpose(models.TextChoices):
        CHECK = "check", _("Check")
        BEFORE = "pre", _("Before")
        AFTER = "post", _("At the end")
        LATER = "follow-up", _("Six months later")
        REFRESHER = "refresher", _("Refresher")

    # Those that compare what somebody knows before a course, at its end and later.
    AROUND: ClassVar[tuple[str, ...]] = (Purpose.BEFORE, Purpose.AFTER, Purpose.LATER)

    personal_data: ClassVar[tuple[str, ...]] = ("registration", "score", "passed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="check_attempts")
    unit = models.ForeignKey(AssignableUnit, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WHOLE)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.CHECK)
    form = models.ForeignKey(ParallelForm, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seed = models.BigIntegerField()
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    score = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    # Whether its answers are in ItemStatistic already.
    is_counted = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("check attempt")
        verbose_name_plural = _("check attempts")
        indexes = [
            # Which attempts are still to be counted?
            models.Index(
                fields=["id"],
                condition=Q(is_counted=False, submitted_at__isnull=False, number=1),
                name="attempts_to_count",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "unit", "purpose", "number"], name="one_attempt_of_a_number"
            ),
            models.UniqueConstraint(
                fields=["registration", "unit", "purpose"],
                # A refresher that was begun and left gives way to the next one.
                condition=Q(submitted_at__isnull=True) & ~Q(purpose="refresher"),
                name="one_open_check_attempt",
            ),
            # The questions before and after are of a form, and are asked once each.
            models.CheckConstraint(
                condition=Q(purpose__in=["check", "refresher"], form__isnull=True)
                | (~Q(purpose__in=["check", "refresher"]) & Q(form__isnull=False, number=1)),
                name="a_form_for_what_is_no_check",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class CheckItem(models.Model):
    """One question of one attempt, pinned to the words that were shown, with the answer given."""

    personal_data: ClassVar[tuple[str, ...]] = ("answer", "is_correct", "credit")

    attempt = models.ForeignKey(CheckAttempt, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    option_order = models.JSONField()
    answer = models.JSONField(null=True, blank=True)
    is_correct = models.BooleanField(null=True, blank=True)
    # What the answer earned, from 0 to 1. Nothing where it was given before there were shares: then all or nothing.
    credit = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        verbose_name = _("check item")
        verbose_name_plural = _("check items")
        constraints = [models.UniqueConstraint(fields=["attempt", "position"], name="one_item_per_position")]

    def __str__(self) -> str:
        return f"{self.attempt_id}.{self.position}"

    @property
    def earned(self) -> Decimal:
        """What the answer is worth, from 0 to 1; nothing while there is none."""
        return self.credit if self.credit is not None else Decimal(bool(self.is_correct))


class ItemStatistic(models.Model):
    """Sums over the first answers to one version of a question, in the check of one course or in its questions around.

    What they mean is in courses.item_statistics; nothing here leads to a person.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    question_version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="statistics")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=10, choices=CheckAttempt.Purpose.choices)
    answered = models.PositiveIntegerField(_("answered"))
    credit = models.FloatField()
    credit_squared = models.FloatField()
    rest = models.FloatField()
    rest_squared = models.FloatField()
    product = models.FloatField()
    options = models.JSONField()

    class Meta:
        verbose_name = _("statistic of a question")
        verbose_name_plural = _("statistics of questions")
        constraints = [
            models.UniqueConstraint(
                fields=["question_version", "course", "purpose"], name="one_statistic_for_each_use"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_version_id} {self.course_id} {self.purpose}"
