"""The learning record store: statements and what belongs to them.

Statements are append-only. A statement is never changed except for `voided`, and never deleted by a cascade.
"""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency


class Scope(models.TextChoices):
    """The standard's scopes. Each is a promise to a client, and the store holds it."""

    ALL = "all", _("everything")
    ALL_READ = "all/read", _("read everything")
    STATEMENTS_WRITE = "statements/write", _("write statements")
    STATEMENTS_READ = "statements/read", _("read statements")
    STATEMENTS_READ_MINE = "statements/read/mine", _("read the statements that it wrote itself")
    STATE = "state", _("read and write state documents")
    PROFILE = "profile", _("read and write profile documents")
    DEFINE = "define", _("define activities")


class Credential(models.Model):
    """A client's key and secret. The secret has 256 random bits, so a plain SHA-256 of it is enough and
    costs nothing.

    With an agency it can only read, and only that agency's outcome statements, whatever its scopes say.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    key = models.CharField(_("key"), max_length=64, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency")
    )
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("LRS credential")
        verbose_name_plural = _("LRS credentials")

    def __str__(self) -> str:
        return self.name

    def is_usable(self, *, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class StatementQuerySet(models.QuerySet["Statement"]):
    def outcomes_of(self, agency: Agency) -> Self:
        """What an employer may see: outcomes under this agency and every unit below it."""
        return self.filter(is_outcome=True, agency__path__startswith=agency.path)

    def found_by(self, key: int) -> Self:
        return self.filter(relations__key=key)


class Statement(models.Model):
    """One xAPI statement. `payload` is the exact text that goes out; the other columns exist to find it."""

    personal_data: ClassVar[tuple[str, ...]] = (
        "actor_key",
        "object_key",
        "registration_key",
        "payload",
        "agency",
    )

    seq = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True, editable=False)
    actor_key = models.BigIntegerField()
    verb_key = models.BigIntegerField()
    object_key = models.BigIntegerField(null=True)
    registration_key = models.BigIntegerField(null=True)
    # The statement that this one refers to as its object, whether or not it is stored yet.
    target = models.UUIDField(null=True)
    stored = models.DateTimeField()
    timestamp = models.DateTimeField()
    version = models.CharField(max_length=8)
    is_voided = models.BooleanField(default=False)
    is_outcome = models.BooleanField(default=False)
    digest = models.BinaryField(max_length=16)
    payload = models.TextField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    # Who wrote it; nobody means the platform itself.
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        indexes = [
            models.Index(fields=["verb_key", "seq"], name="statement_by_verb"),
            models.Index(fields=["object_key", "seq"], name="statement_by_object"),
            models.Index(fields=["registration_key", "seq"], name="statement_by_registration"),
            models.Index(fields=["stored"], name="statement_by_stored"),
            models.Index(fields=["target"], name="statement_by_target", condition=Q(target__isnull=False)),
            # Which outcomes does this agency see?
            models.Index(fields=["agency", "seq"], name="statement_outcomes", condition=Q(is_outcome=True)),
            # Which statements did this client write?
            models.Index(
                fields=["credential", "seq"],
                name="statement_by_credential",
                condition=Q(credential__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Rel(models.Model):
    """Finds a statement by every person and activity that it names (records.keys), in order of `seq`."""

    personal_data: ClassVar[tuple[str, ...]] = ("key",)

    pk = models.CompositePrimaryKey("key", "statement_id")
    key = models.BigIntegerField()
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, related_name="relations", db_column="seq", db_index=False
    )

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")

    def __str__(self) -> str:
        return f"{self.key} in {self.statement_id}"


class Attachment(models.Model):
    """The bytes that statements refer to by their SHA-2. Stored once, however many statements carry them."""

    personal_data: ClassVar[tuple[str, ...]] = ("content",)

    sha2 = models.CharField(max_length=128, unique=True)
    content_type = models.CharField(max_length=255)
    content = models.BinaryField()
    stored = models.DateTimeField()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.sha2


class ActivityDefinition(models.Model):
    """What is known of an activity, merged from every statement that describes it. Written after commit,
    never in the way.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    iri = models.TextField(_("IRI"))
    key = models.BigIntegerField(unique=True)
    definition = models.JSONField(_("definition"), default=dict)
    updated_at = models.DateTimeField(_("updated at"))

    class Meta:
        verbose_name = _("activity definition")
        verbose_name_plural = _("activity definitions")

    def __str__(self) -> str:
        return self.iri


class Document(models.Model):
    """A state or profile document. `identity` is a digest of everything that names it."""

    class Kind(models.TextChoices):
        STATE = "state", _("state")
        AGENT_PROFILE = "agents", _("agent profile")
        ACTIVITY_PROFILE = "activities", _("activity profile")

    personal_data: ClassVar[tuple[str, ...]] = ("agent_key", "registration", "content", "agency")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    identity = models.CharField(max_length=32, unique=True)
    activity_key = models.BigIntegerField(null=True)
    agent_key = models.BigIntegerField(null=True)
    registration = models.UUIDField(null=True)
    name = models.TextField()
    content_type = models.CharField(max_length=255)
    content = models.BinaryField()
    etag = models.CharField(max_length=40)
    updated_at = models.DateTimeField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [
            # Which documents does this learner have for this activity?
            models.Index(
                fields=["kind", "activity_key", "agent_key", "updated_at"], name="document_by_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.identity}"
