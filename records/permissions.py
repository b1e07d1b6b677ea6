"""What a credential may do. Who belongs to an agency reads and nothing else, whatever its scopes say."""

from records.models import Credential, Scope

_READ_ALL = frozenset({Scope.ALL, Scope.ALL_READ, Scope.STATEMENTS_READ})


def can_read_statements(credential: Credential) -> bool:
    return bool(_READ_ALL.union({Scope.STATEMENTS_READ_MINE}).intersection(credential.scopes))


def can_read_statements_of_others(credential: Credential) -> bool:
    return bool(_READ_ALL.intersection(credential.scopes))


def can_write_statements(credential: Credential) -> bool:
    return credential.agency_id is None and bool(
        {Scope.ALL, Scope.STATEMENTS_WRITE}.intersection(credential.scopes)
    )


def can_void_statements_of_others(credential: Credential) -> bool:
    return credential.agency_id is None and Scope.ALL in credential.scopes


def can_read_state(credential: Credential) -> bool:
    return credential.agency_id is None and bool(
        {Scope.ALL, Scope.ALL_READ, Scope.STATE}.intersection(credential.scopes)
    )


def can_write_state(credential: Credential) -> bool:
    return credential.agency_id is None and bool({Scope.ALL, Scope.STATE}.intersection(credential.scopes))


def can_define_activities(credential: Credential) -> bool:
    return credential.agency_id is None and bool({Scope.ALL, Scope.DEFINE}.intersection(credential.scopes))
