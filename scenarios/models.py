"""Stories as drafts, as published versions that never change, and as what a learner did in them."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency


class Scenario(models.Model):
    """The head of a story. Scenes, choices and the rest below it are the draft; `version` is what learners play."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("slug"), unique=True)
    code = models.CharField(_("code"), max_length=16, unique=True)
    language = models.CharField(_("language"), max_length=12, default="en-gb")
    title = models.CharField(_("title"), max_length=200)
    learner = models.CharField(_("who the learner is"), max_length=200)
    written_for = models.JSONField(_("written for"), default=list, help_text=_("Codes of professional roles"))
    useful_for = models.JSONField(_("also useful for"), default=list, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    place = models.CharField(_("place"), max_length=120)
    clock = models.CharField(
        _("clock at the start"), max_length=5, blank=True, help_text=_("Story time, such as 21:15")
    )
    setting = models.TextField(_("setting"))
    content_note = models.TextField(_("content note"))
    good_practice = models.TextField(_("what good looks like"))
    first_scene = models.CharField(_("first scene"), max_length=32)
    last_decision = models.CharField(_("last decision"), max_length=32)
    reviews = models.JSONField(_("reviews"), default=dict, blank=True)
    version = models.ForeignKey(
        "ScenarioVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published version"),
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")

    def __str__(self) -> str:
        return self.title

    def serves(self, role_code: str) -> bool:
        return role_code in self.written_for or role_code in self.useful_for


class Part(models.Model):
    """Whatever belongs to one scenario's draft, keeps its place and is known by a UUID through every edit."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        abstract = True


class Variable(models.Model):
    """A meter (bounded, moved by choices), a counter, or the story's minutes."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="variables")
    key = models.SlugField(_("key"), max_length=32)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    start = models.IntegerField(_("start"))
    minimum = models.IntegerField(_("minimum"), null=True, blank=True)
    maximum = models.IntegerField(_("maximum"), null=True, blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("variable")
        verbose_name_plural = _("variables")
        constraints = [models.UniqueConstraint(fields=["scenario", "key"], name="scn_variable_once")]

    def __str__(self) -> str:
        return self.key


class Character(Part):
    """Somebody in the story. All are invented."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="characters")
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("character")
        verbose_name_plural = _("characters")

    def __str__(self) -> str:
        return self.name


class PackSlot(Part):
    """A question that only local law or policy answers. The shared text never does."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="pack_slots")
    key = models.SlugField(_("key"), max_length=60)
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        ordering = ["order"]
        verbose_name = _("pack slot")
        verbose_name_plural = _("pack slots")
        constraints = [models.UniqueConstraint(fields=["scenario", "key"], name="scn_pack_slot_once")]

    def __str__(self) -> str:
        return self.title


class PackWords(models.Model):
    """The answer of one jurisdiction to a slot, with the facts that it rests on."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    slot = models.ForeignKey(PackSlot, on_delete=models.CASCADE, related_name="words")
    jurisdiction_code = models.CharField(_("jurisdiction"), max_length=8)
    text = models.TextField(_("text"))
    facts = models.JSONField(_("facts"), default=list, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("words of a pack")
        verbose_name_plural = _("words of packs")
        constraints = [
            models.UniqueConstraint(fields=["slot", "jurisdiction_code"], name="scn_pack_words_once")
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.jurisdiction_code}"


class Scene(Part):
    """A situation in which the learner decides."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="scenes")
    key = models.CharField(_("key"), max_length=32)
    title = models.CharField(_("title"), max_length=200)
    place = models.CharField(
        _("place"), max_length=120, blank=True, help_text=_("Where it differs from the story's place")
    )
    text = models.TextField(_("text"))
    alternatives = models.JSONField(
        _("other words"),
        default=list,
        blank=True,
        help_text=_("Shown instead of the text by the first condition that holds"),
    )
    arrivals = models.JSONField(_("changes on arrival"), default=list, blank=True)
    shown_before = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="interludes",
        verbose_name=_("shown once before"),
    )
    shown_when = models.JSONField(_("shown if"), null=True, blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("scene")
        verbose_name_plural = _("scenes")
        constraints = [models.UniqueConstraint(fields=["scenario", "key"], name="scn_scene_key_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


class Choice(Part):
    class Move(models.TextChoices):
        OPEN = "open", _("Open question")
        CUED = "cued", _("Cued question")
        CLOSED = "closed", _("Closed question")
        LEADING = "leading", _("Leading question")
        BLAMING = "blaming", _("Blame")
        PROMISE = "promise", _("Promise")
        CONSENT = "consent", _("Asking consent")
        BREAK = "break", _("Offering a break")
        SAFETY = "safety", _("Safety question")
        INFORMING = "informing", _("Giving information")
        ACTION = "action", _("Action without words to the person")

    personal_data: ClassVar[tuple[str, ...]] = ()

    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="choices")
    key = models.CharField(_("key"), max_length=40)
    text = models.TextField(_("text"))
    consequence = models.TextField(
        _("what happens"), blank=True, help_text=_("Shown at once, on top of the next scene")
    )
    rationale = models.TextField(_("why"), help_text=_("Shown in the debrief, or at once in coach mode"))
    move = models.CharField(_("kind of move"), max_length=12, choices=Move.choices, blank=True)
    critical = models.CharField(_("absolute rule broken"), max_length=200, blank=True)
    effects = models.JSONField(_("effects"), default=dict, blank=True)
    condition = models.JSONField(_("offered if"), null=True, blank=True)
    target = models.ForeignKey(
        Scene,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("leads to"),
        help_text=_("Nothing: the story ends"),
    )
    facts = models.JSONField(_("facts"), default=list, blank=True)
    pack_slots = models.JSONField(_("pack slots"), default=list, blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [models.UniqueConstraint(fields=["scene", "key"], name="scn_choice_key_once")]

    def __str__(self) -> str:
        return self.key


class ChoiceScore(models.Model):
    personal_data: ClassVar[tuple[str, ...]] = ()

    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="scores")
    competency = models.CharField(_("competency"), max_length=3)
    points = models.SmallIntegerField(_("points"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["choice", "competency"], name="scn_score_once"),
            models.CheckConstraint(condition=Q(points__gte=-2, points__lte=2), name="scn_score_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.competency} {self.points:+d}"


class Ending(Part):
    personal_data: ClassVar[tuple[str, ...]] = ()

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="endings")
    key = models.CharField(_("key"), max_length=8)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    condition = models.JSONField(_("if"), help_text=_("Endings are tried in order; the first true one holds"))

    class Meta:
        ordering = ["order"]
        verbose_name = _("ending")
        verbose_name_plural = _("endings")
        constraints = [models.UniqueConstraint(fields=["scenario", "key"], name="scn_ending_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


class DebriefPoint(Part):
    """Something to take along, with its source."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="debrief_points")
    text = models.TextField(_("text"))
    facts = models.JSONField(_("facts"), default=list, blank=True)
    pack_slots = models.JSONField(_("pack slots"), default=list, blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("debrief point")
        verbose_name_plural = _("debrief points")

    def __str__(self) -> str:
        return self.text[:80]


class ScenarioVersion(models.Model):
    """What was published, for ever. `head` is the snapshot without its scenes: all that a page needs beside its scene."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    sha256 = models.CharField(max_length=64, editable=False)
    head = models.JSONField(editable=False)
    snapshot = models.JSONField(editable=False)
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        ordering = ["-number"]
        verbose_name = _("scenario version")
        verbose_name_plural = _("scenario versions")
        constraints = [
            models.UniqueConstraint(fields=["scenario", "number"], name="scn_version_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id} v{self.number}"


class CompiledScene(models.Model):
    """One scene of a version, with everything a step into it or out of it needs."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    version = models.ForeignKey(ScenarioVersion, on_delete=models.CASCADE, related_name="scenes")
    key = models.CharField(max_length=32)
    uuid = models.UUIDField()
    data = models.JSONField()

    class Meta:
        verbose_name = _("compiled scene")
        verbose_name_plural = _("compiled scenes")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="scn_compiled_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.key}"


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def of(self, user: Any) -> Self:
        return self.filter(user=user)

    def for_play(self) -> Self:
        """With what a page needs, without the whole story."""
        return self.select_related("scenario", "version", "agency").defer("version__snapshot")


class Attempt(models.Model):
    """One learner in one story. Where she stands is the fold of its events; the columns here are only a summary.

    Nothing in this table is ever shown to an employer: completion reaches her through the course.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        FINISHED = "finished", _("Finished")
        SKIPPED = "skipped", _("Skipped")

    personal_data: ClassVar[tuple[str, ...]] = (
        "user",
        "state",
        "ending",
        "has_open_flag",
        "is_text",
        "is_coached",
        "begun_at",
        "paused_at",
        "finished_at",
        "results",
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scenario_attempts"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="attempts")
    version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="attempts")
    registration_uuid = models.UUIDField(null=True, blank=True, db_index=True)
    jurisdiction_code = models.CharField(max_length=8)
    seed = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    is_coached = models.BooleanField(_("coach mode"), default=False)
    is_text = models.BooleanField(_("read as text"), default=False)
    ending = models.CharField(max_length=8, blank=True)
    has_open_flag = models.BooleanField(default=False)
    results = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [models.Index(fields=["user", "scenario", "state"], name="scn_attempt_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(finished_at__isnull=False), name="scn_finished_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def is_resolved(self) -> bool:
        """Counts for the course: at an ending without an open critical flag, or read as text."""
        return self.state == self.State.FINISHED and not self.has_open_flag


class AttemptEvent(models.Model):
    """What happened, in order, never changed. A step (a decision or going back) happens once, whatever is sent twice."""

    personal_data: ClassVar[tuple[str, ...]] = ("data", "at")

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="events")
    sequence = models.PositiveIntegerField()
    step = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=16)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["sequence"]
        verbose_name = _("event of an attempt")
        verbose_name_plural = _("events of attempts")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "sequence"], name="scn_event_sequence_once"),
            models.UniqueConstraint(
                fields=["attempt", "step"], condition=Q(step__isnull=False), name="scn_event_step_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.sequence} {self.kind}"
