"""What agencies keep about a person, for her own file."""

from typing import Any

from accounts.models import User
from agencies.audit import words_of
from agencies.models import AuditEntry, Delegation, DelegationEvent, Invitation, Leave, Membership


def own_data_of(user: User) -> dict[str, Any]:
    memberships = Membership.objects.filter(user=user).select_related(
        "agency", "professional_role", "manager", "home__agency"
    )
    leaves = Leave.objects.filter(membership__user=user).select_related("membership__agency")
    invitations = Invitation.objects.filter(accepted_by=user).select_related("agency")
    changes = DelegationEvent.objects.filter(user=user).select_related("agency")
    delegations = Delegation.objects.filter(user=user).select_related("agency")
    return {
        "agencies.json": {
            "memberships": [
                {
                    "agency": membership.agency.name,
                    "staff_number": membership.staff_number,
                    "professional_role": membership.professional_role and membership.professional_role.name,
                    "kind": membership.kind,
                    "seconded_from": membership.home and membership.home.agency.name,
                    "manager": membership.manager and membership.manager.name,
                    "started_on": membership.started_on,
                    "ended_on": membership.ended_on,
                }
                for membership in memberships
            ],
            "leaves": [
                {"agency": one.membership.agency.name, "from": one.starts_on, "back_on": one.ends_on}
                for one in leaves
            ],
            "invitations": [
                {"agency": one.agency.name, "email": one.email, "name": one.name, "at": one.invited_at}
                for one in invitations
            ],
            "changes_of_what_she_may_do": [
                {
                    "agency": one.agency.name,
                    "role": one.role,
                    "what": one.kind,
                    "from": one.starts_on,
                    "until": one.ends_on,
                    "at": one.at,
                }
                for one in changes
            ],
            "may_act_as": [
                {
                    "agency": delegation.agency.name,
                    "kind": delegation.kind,
                    "from": delegation.starts_on,
                    "until": delegation.ends_on,
                }
                for delegation in delegations
            ],
        },
        "who-looked-at-me.json": [
            {
                "when": entry.at,
                "who": entry.by.name if entry.by else "",
                "for": entry.agency.name,
                "what": words_of(entry.action),
            }
            for entry in AuditEntry.objects.filter(person=user, kind=AuditEntry.Kind.LOOK).select_related(
                "by", "agency"
            )
        ],
    }
