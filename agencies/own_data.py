"""What agencies keep about a person, for her own file."""

from typing import Any

from accounts.models import User
from agencies.models import Delegation, Membership


def own_data_of(user: User) -> dict[str, Any]:
    memberships = Membership.objects.filter(user=user).select_related("agency", "professional_role")
    delegations = Delegation.objects.filter(user=user).select_related("agency")
    return {
        "agencies.json": {
            "memberships": [
                {
                    "agency": membership.agency.name,
                    "staff_number": membership.staff_number,
                    "professional_role": membership.professional_role and membership.professional_role.name,
                    "started_on": membership.started_on,
                    "ended_on": membership.ended_on,
                }
                for membership in memberships
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
        }
    }
