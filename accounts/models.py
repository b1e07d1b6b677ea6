"""People, professional roles and jurisdictions."""

import secrets
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def new_actor_name() -> str:
    """A name that says nothing about the person, for statements that leave the platform."""
    return secrets.token_urlsafe(18)


class Jurisdiction(models.Model):
    """Whose law a lesson shows. INT is shown wherever a jurisdiction has no words of its own."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    code = models.CharField(_("code"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")

    def __str__(self) -> str:
        return self.name


class ProfessionalRole(models.Model):
    """A job whose holder meets people who may be trafficked. R1 to R10, and ALLIED for everyone else."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    code = models.CharField(_("code"), max_length=8, unique=True)
    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(
        _("name"),
        max_length=120,
        help_text=_("As on a certificate: Emergency and hospital clinician, nurse, midwife"),
    )
    short_name = models.CharField(
        _("short name"), max_length=80, help_text=_("As in a sentence: nurses and clinicians")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("professional role")
        verbose_name_plural = _("professional roles")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """One person, whatever agencies she works for. Her proof of training outlives every membership."""

    class TextSize(models.TextChoices):
        NORMAL = "normal", _("Normal")
        LARGE = "large", _("Large")
        LARGER = "larger", _("Larger")

    class Theme(models.TextChoices):
        DEVICE = "device", _("As on this device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Motion(models.TextChoices):
        DEVICE = "device", _("As on this device")
        REDUCE = "reduce", _("Nothing moves")

    class ContentNotes(models.TextChoices):
        SHOW = "show", _("Show the note and the whole lesson")
        SUMMARY = "summary", _("Start with the summary where there is a note")

    personal_data: ClassVar[tuple[str, ...]] = (
        "email",
        "name",
        "birth_month",
        "actor_name",
        "scim_id",
        "language",
        "time_zone",
        "text_size",
        "theme",
        "motion",
        "content_notes",
        "professional_role",
        "jurisdiction",
        "last_login",
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(
        _("name"), max_length=200, blank=True, help_text=_("As it should stand on a certificate.")
    )
    name_confirmed_at = models.DateTimeField(_("name confirmed at"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(
        _("month of birth"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text=_("Asked only where certificates end with it."),
    )
    actor_name = models.CharField(max_length=64, unique=True, default=new_actor_name, editable=False)
    scim_id = models.CharField(max_length=254, blank=True, default="", editable=False, db_index=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/London")
    text_size = models.CharField(
        _("text size"), max_length=8, choices=TextSize.choices, default=TextSize.NORMAL
    )
    theme = models.CharField(_("colours"), max_length=8, choices=Theme.choices, default=Theme.DEVICE)
    motion = models.CharField(_("motion"), max_length=8, choices=Motion.choices, default=Motion.DEVICE)
    content_notes = models.CharField(
        _("content notes"), max_length=8, choices=ContentNotes.choices, default=ContentNotes.SHOW
    )
    professional_role = models.ForeignKey(
        ProfessionalRole,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("professional role"),
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("jurisdiction"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    is_demo = models.BooleanField(default=False, editable=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def check_password(self, raw_password: str | None) -> bool:
        """Demo people have passwords that anyone can read, so these open nothing on a real site."""
        return (settings.DEBUG or not self.is_demo) and super().check_password(raw_password)

    @property
    def first_name(self) -> str:
        """For libraries that expect two names. Ours is one, because not everyone has two."""
        return self.name

    @property
    def last_name(self) -> str:
        return ""
