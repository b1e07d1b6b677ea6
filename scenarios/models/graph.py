"""A story as its writers edit it: tables with a UUID for everything that has words."""

import uuid
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StoryHead(models.Model):
    """What is said of a story as a whole: edited on its page, kept with its draft."""

    class Backtrack(models.TextChoices):
        NONE = "none", _("Not before the end")
        CHECKPOINT = "checkpoint", _("To the last resting point")
        FREE = "free", _("To any earlier decision")

    learner = models.CharField(
        _("who the learner is"),
        max_length=200,
        blank=True,
        help_text=_("Such as: Emergency nurse, night shift"),
    )
    written_for = models.JSONField(
        _("written for"), default=list, blank=True, help_text=_("Codes of professional roles")
    )
    useful_for = models.JSONField(_("also useful for"), default=list, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=0)
    place = models.CharField(_("place"), max_length=120, blank=True)
    clock = models.CharField(
        _("clock at the start"),
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^([01]\d|2[0-3]):[0-5]\d$", _("Write a time such as 21:15."))],
        help_text=_("Story time, such as 21:15"),
    )
    setting = models.TextField(
        _("setting"),
        blank=True,
        help_text=_("Where the learner is when the story begins. Nobody in it is real."),
    )
    content_note = models.TextField(
        _("content note"),
        blank=True,
        help_text=_("One factual line on what is coming, shown before the story."),
    )
    good_practice = models.TextField(
        _("what good looks like"),
        blank=True,
        help_text=_("Shown in the debrief. Never that somebody tells her story."),
    )
    is_coached = models.BooleanField(
        _("coach mode at first"), default=False, help_text=_("Learners can switch it at any time")
    )
    backtrack = models.CharField(
        _("going back"), max_length=10, choices=Backtrack.choices, default=Backtrack.NONE
    )

    class Meta:
        abstract = True


HEAD_FIELDS = tuple(field.name for field in StoryHead._meta.local_fields)


class Scenario(StoryHead):
    """The head of a story. Scenes, choices and the rest below it are the draft; `version` is what learners play."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    code = models.CharField(_("code"), max_length=16, unique=True)
    language = models.CharField(_("language"), max_length=12, default="en-gb")
    title = models.CharField(_("title"), max_length=255)
    first_scene = models.CharField(_("first scene"), max_length=32, blank=True)
    last_decision = models.CharField(
        _("last decision"),
        max_length=32,
        blank=True,
        help_text=_("The scene that is next when the story's time is up"),
    )
    imported = models.JSONField(
        _("kept from the file"), default=dict, blank=True, help_text=_("What an import could not run")
    )
    reviews = models.JSONField(_("reviews"), default=dict, blank=True)
    # Of the file that was loaded last: what was edited since is kept.
    file_digest = models.CharField(max_length=64, blank=True, editable=False)
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
    text = models.TextField(_("text"), blank=True)
    note = models.CharField(
        _("content note"),
        max_length=250,
        blank=True,
        help_text=_("Shown before the text, where a scene needs one of its own"),
    )
    is_checkpoint = models.BooleanField(_("resting point"), default=False)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    imported = models.JSONField(_("kept from the file"), default=dict, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
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
    text = models.TextField(_("text"), blank=True)
    consequence = models.TextField(
        _("what happens"), blank=True, help_text=_("Shown at once, on top of the next scene")
    )
    rationale = models.TextField(
        _("why"), blank=True, help_text=_("Shown in the debrief, or at once in coach mode")
    )
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
    )
    is_end = models.BooleanField(_("ends the story"), default=False)
    facts = models.JSONField(_("facts"), default=list, blank=True)
    pack_slots = models.JSONField(_("pack slots"), default=list, blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [
            models.UniqueConstraint(fields=["scene", "key"], name="scn_choice_key_once"),
            models.CheckConstraint(
                condition=Q(is_end=False) | Q(target__isnull=True), name="scn_end_leads_nowhere"
            ),
        ]

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
    text = models.TextField(_("text"), blank=True)
    condition = models.JSONField(
        _("if"), null=True, blank=True, help_text=_("Endings are tried in order; the first true one holds")
    )

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


class MustRule(Part):
    """Something that a good way through the story does, or never does. Judged over the whole path, in the debrief."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("Should happen")
        AVOID = "avoid", _("Should not happen")

    personal_data: ClassVar[tuple[str, ...]] = ()

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="must_rules")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    choices = models.ManyToManyField(
        Choice, blank=True, related_name="+", verbose_name=_("any of these choices")
    )
    scene = models.ForeignKey(
        Scene, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("scene")
    )
    text = models.TextField(_("text"))
    facts = models.JSONField(_("facts"), default=list, blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("must rule")
        verbose_name_plural = _("must rules")

    def __str__(self) -> str:
        return self.text[:80]


class Perspective(Part):
    """Somebody of another agency, who lives through the same events and knows other things at other times."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="perspectives")
    key = models.SlugField(_("key"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("perspective")
        verbose_name_plural = _("perspectives")
        constraints = [models.UniqueConstraint(fields=["scenario", "key"], name="scn_perspective_once")]

    def __str__(self) -> str:
        return self.name


class PerspectiveView(Part):
    """What one of them saw, was told or did not know of some scenes; of one choice, where it made a difference."""

    class How(models.TextChoices):
        PRESENT = "present", _("Was there")
        TOLD = "told", _("Was told")
        UNAWARE = "unaware", _("Did not know")

    personal_data: ClassVar[tuple[str, ...]] = ()

    perspective = models.ForeignKey(Perspective, on_delete=models.CASCADE, related_name="views")
    scenes = models.ManyToManyField(Scene, related_name="+", verbose_name=_("scenes"))
    choice = models.ForeignKey(
        Choice,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("after the choice"),
    )
    how = models.CharField(_("how it was known"), max_length=8, choices=How.choices)
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["order"]
        verbose_name = _("view")
        verbose_name_plural = _("views")

    def __str__(self) -> str:
        return self.text[:80]


class Overlay(Part):
    """One string said otherwise, or one choice left out, where one law or policy applies."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="overlays")
    jurisdiction_code = models.CharField(_("jurisdiction"), max_length=8)
    target = models.UUIDField(_("what it is about"))
    field = models.CharField(_("field"), max_length=20, blank=True)
    text = models.TextField(_("text"), blank=True)
    is_disabled = models.BooleanField(_("left out"), default=False)

    class Meta:
        ordering = ["order"]
        verbose_name = _("overlay")
        verbose_name_plural = _("overlays")
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "jurisdiction_code", "target", "field"], name="scn_overlay_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction_code} {self.target}"


class StringTranslation(models.Model):
    """One string in one language. `source` is the digest of the words it was made from: another, and it is outdated."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(_("language"), max_length=12)
    target = models.UUIDField(_("what it is about"))
    field = models.CharField(_("field"), max_length=20)
    text = models.TextField(_("text"))
    source = models.CharField(_("digest of the source"), max_length=16)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("translated string")
        verbose_name_plural = _("translated strings")
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "language", "target", "field"], name="scn_translation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.target} {self.field}"
