"""What stands behind a share link, and what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from certification.models import AchievementCredential, ShareLink
from certification.models.sharing import ShareLinkQuerySet
from certification.rules import CredentialState
from certification.selectors import PublicCredential, credential_state, public_view, replaced_by, today
from certification.services.sharing import digest_of
from certification.transcripts import Transcript, state_words, transcript_of
from courses.selectors import titles_of


@dataclass(frozen=True)
class SharedCredential:
    """What the viewer of a link is shown: what every stranger with the number is told, and what was chosen beside it."""

    public: PublicCredential
    is_finished: bool
    # Code, title as it is today, version as it was.
    content: tuple[tuple[str, str, str], ...]
    transcript: Transcript | None
    # How the newer one stands, where this one was replaced: in words, without its number.
    newer: str
    name_was_corrected: bool


def links_of(credential: AchievementCredential) -> ShareLinkQuerySet:
    """Every link that was ever made to a certificate, newest first."""
    return ShareLink.objects.filter(credential=credential)


def held_link(credential: AchievementCredential, link_uuid: UUID) -> ShareLink | None:
    return credential.share_links.filter(uuid=link_uuid).first()


def find_link(secret: str, *, on: date) -> ShareLink | None:
    """The link with this secret, if it works on this day. Withdrawn, expired and never made are all None. One query."""
    return ShareLink.objects.working(on=on).filter(digest=digest_of(secret)).first()


def shared_credential(link: ShareLink) -> AchievementCredential:
    """The certificate behind a link, ready for `shared_view`. One query."""
    return (
        AchievementCredential.objects.with_history()
        .select_related("achievement", "user", "agency")
        .get(pk=link.credential_id)
    )


class Behind:
    """What the links to one certificate have in common, asked for once however many links there are."""

    def __init__(self, credential: AchievementCredential, *, at: datetime) -> None:
        self.credential = credential
        self.at = at
        self.on = today(at)
        self._transcripts: dict[bool, Transcript] = {}

    @cached_property
    def public(self) -> PublicCredential:
        return public_view(self.credential, on=self.on)

    @cached_property
    def newer(self) -> AchievementCredential | None:
        if credential_state(self.credential, self.on) != CredentialState.SUPERSEDED:
            return None
        return replaced_by(self.credential)

    @cached_property
    def newer_words(self) -> str:
        if self.newer is None:
            return ""
        public = public_view(self.newer, on=self.on)
        return state_words(public.state, since=public.since, until=public.valid_until)

    def transcript(self, *, with_agencies: bool) -> Transcript:
        if with_agencies not in self._transcripts:
            self._transcripts[with_agencies] = transcript_of(
                self.credential.user, at=self.at, with_agencies=with_agencies
            )
        return self._transcripts[with_agencies]


def shared_view(behind: Behind, shows: Mapping[str, bool]) -> SharedCredential:
    """Exactly what was chosen for the link, whatever the public page shows.

    A name that the holder has corrected since is not shown again.
    """
    credential = behind.credential
    was_corrected = behind.newer is not None and behind.newer.kind == AchievementCredential.Kind.CORRECTION
    shows_name = bool(shows.get("name")) and not was_corrected and credential.user.deleted_at is None
    shows_agency = bool(shows.get("agency"))
    public = replace(
        behind.public,
        holder_name=credential.holder_name if shows_name else "",
        agency_name=credential.agency_name if shows_agency else "",
        can_compare_name=False,
    )
    transcript = behind.transcript(with_agencies=shows_agency) if shows.get("transcript") else None
    if transcript is not None and not shows_name:
        transcript = transcript.without_names()
    return SharedCredential(
        public=public,
        is_finished=bool(shows.get("results")),
        content=_content(credential) if shows.get("evidence") else (),
        transcript=transcript,
        newer=behind.newer_words,
        name_was_corrected=was_corrected and bool(shows.get("name")),
    )


def _content(credential: AchievementCredential) -> tuple[tuple[str, str, str], ...]:
    titles = titles_of(credential.content_versions)
    return tuple(
        (code, titles.get(code, ""), version) for code, version in sorted(credential.content_versions.items())
    )
