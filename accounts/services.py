"""The only functions that change people."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.db import transaction

from accounts import signals
from accounts.exceptions import AddressTaken, NameIsMissing, RoleIsSet
from accounts.models import Jurisdiction, ProfessionalRole, User
from accounts.preferences import Look
from accounts.setters import set_by_agency


@transaction.atomic
def create_person(
    email: str,
    *,
    name: str,
    password: str | None = None,
    professional_role: ProfessionalRole | None = None,
    jurisdiction: Jurisdiction | None = None,
    is_demo: bool = False,
    is_staff: bool = False,
    is_superuser: bool = False,
    verified: bool = False,
) -> User:
    """A person with one address. Without a password she signs in by her agency's provider or resets it by e-mail.

    Raises AddressTaken, and Django's ValidationError for an address or name that cannot be.
    """
    address = User.objects.normalize_email(email).strip().lower()
    if User.objects.filter(email__iexact=address).exists():
        raise AddressTaken(address)
    user = User(
        email=address,
        name=name.strip(),
        professional_role=professional_role,
        jurisdiction=jurisdiction,
        is_demo=is_demo,
        is_staff=is_staff or is_superuser,
        is_superuser=is_superuser,
    )
    user.set_password(password)
    user.full_clean(exclude=["professional_role", "jurisdiction"])
    user.save()
    EmailAddress.objects.create(user=user, email=address, primary=True, verified=verified)
    return user


@transaction.atomic
def set_preferences(
    user: User, *, look: Look | None = None, language: str | None = None, content_notes: str | None = None
) -> User:
    """Keep how pages look, in which language they speak and how content notes are met. None changes nothing."""
    if look is not None:
        user.text_size, user.theme, user.motion = look.text_size, look.theme, look.motion
    if language is not None:
        user.language = language
    if content_notes is not None:
        user.content_notes = content_notes
    fields = ["text_size", "theme", "motion", "language", "content_notes"]
    user.clean_fields(exclude=[field.name for field in User._meta.fields if field.name not in fields])
    user.save(update_fields=fields)
    return user


@transaction.atomic
def choose_role(user: User, *, role: ProfessionalRole, jurisdiction: Jurisdiction, at: datetime) -> User:
    """What the person does and whose law she works under. Raises RoleIsSet where her agency decided otherwise."""
    decided = set_by_agency(user, on=at.date())
    if decided is not None:
        wrong_role = decided.professional_role is not None and decided.professional_role != role
        wrong_law = decided.jurisdiction is not None and decided.jurisdiction != jurisdiction
        if wrong_role or wrong_law:
            raise RoleIsSet(decided.agency_name)
    user.professional_role = role
    user.jurisdiction = jurisdiction
    user.save(update_fields=["professional_role", "jurisdiction"])
    transaction.on_commit(lambda: signals.role_chosen.send(sender=User, user_id=user.pk, at=at))
    return user


@transaction.atomic
def confirm_name(user: User, *, name: str, at: datetime) -> User:
    """The name as later certificates will carry it. Those already issued keep theirs."""
    name = " ".join(name.split())
    if not name:
        raise NameIsMissing
    user.name = name
    user.name_confirmed_at = at
    user.save(update_fields=["name", "name_confirmed_at"])
    return user


def set_birth_month(user: User, *, month: int | None) -> User:
    """The month alone, for certificates that end with it. Raises ValueError for a month that is none."""
    if month is not None and not 1 <= month <= 12:
        raise ValueError("A month of birth is a number from 1 to 12.")
    user.birth_month = month
    user.save(update_fields=["birth_month"])
    return user


@transaction.atomic
def put_in_group(user: User, *, group: str) -> None:
    """A group of the admin, made when it does not exist. Its members may open the admin."""
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])


@transaction.atomic
def set_groups(user: User, *, groups: Sequence[Group]) -> None:
    user.groups.set(groups)


@transaction.atomic
def align_address(user: User) -> None:
    """After an administrator changed the address: it is the one that counts for sign-in and mail."""
    if user.email != user.email.lower():
        user.email = user.email.lower()
        user.save(update_fields=["email"])
    if EmailAddress.objects.filter(user=user, email__iexact=user.email, primary=True).exists():
        return
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)


@transaction.atomic
def delete_account(user: User, *, keeps_name: bool = False, at: datetime) -> User:
    """Take the person out of the account and leave the proof (docs/decisions/0006-account-deletion.md).

    The row stays, without address, name, role or sign-in, because certificates and statements point to it. Everybody
    who listens to `account_deletion` removes what is theirs in the same transaction. Calling again changes nothing.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.deleted_at is not None:
        return user
    signals.account_deletion.send(sender=User, user=user, keeps_name=keeps_name, at=at)
    for session in UserSession.objects.filter(user=user):
        session.end()
    for model in (EmailAddress, Authenticator, SocialAccount):
        model.objects.filter(user=user).delete()
    user.groups.clear()
    user.user_permissions.clear()
    user.email = f"{uuid.uuid4().hex}@deleted.invalid"
    user.name = ""
    user.name_confirmed_at = None
    user.scim_id = ""
    user.birth_month = None
    user.language = ""
    user.time_zone = User._meta.get_field("time_zone").get_default()
    user.text_size, user.theme, user.motion = User.TextSize.NORMAL, User.Theme.DEVICE, User.Motion.DEVICE
    user.content_notes = User.ContentNotes.SHOW
    user.professional_role = None
    user.jurisdiction = None
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.deleted_at = at
    user.set_unusable_password()
    user.save()
    return user
