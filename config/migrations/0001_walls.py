"""The second wall on PostgreSQL: policies on every table that belongs to a person or an agency. Nothing on SQLite."""

from django.db import migrations

from config.row_security import (
    NOBODY,
    WallFunctions,
    Walls,
    agency,
    own,
    own_or_agency,
    own_through,
    visible_through,
)

EARNED = "certification_achievementcredential"
# One that its holder shows to whoever leads her now can be read there, wherever it was earned.
SHARED = (
    "COALESCE((shares ->> 'lead')::boolean, false) AND user_id IN"
    " (SELECT here.user_id FROM agencies_membership here WHERE here.agency_id IN (SELECT waylight_agencies()))"
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("agencies", "0003_staff"),
        ("certification", "0011_award_runs"),
        ("compliance", "0004_history"),
        ("courses", "0013_gate_takeovers"),
        ("records", "0001_initial"),
        ("scenarios", "0004_practice"),
    ]

    operations = [
        WallFunctions(),
        Walls(
            {
                "agencies_membership": own_or_agency(),
                "agencies_delegation": own_or_agency(),
                "agencies_delegationevent": own_or_agency(),
                "agencies_importhabit": agency(),
                "agencies_invitation": agency(),
                "agencies_leave": visible_through("agencies_leave", "membership_id", "agencies_membership"),
                "agencies_staffimport": agency(),
                "agencies_staffchange": visible_through("agencies_staffchange", "run_id", "agencies_staffimport"),
                "certification_achievementcredential": f"{own_or_agency()} OR ({SHARED})",
                "certification_credentialevent": visible_through(
                    "certification_credentialevent", "credential_id", EARNED
                ),
                "certification_recognition": own_or_agency(),
                "certification_supervisorsignoff": own_or_agency(),
                "certification_sharelink": own_through("credential_id", EARNED),
                "compliance_compliancestatus": own_or_agency(),
                "compliance_statusperiod": own_or_agency(),
                "compliance_savedview": own(),
                "compliance_readinesspoint": agency(),
                "compliance_statustally": agency(),
                "compliance_unitcount": agency(),
                "courses_registration": own_or_agency(),
                "courses_activityresponse": own(),
                "courses_checkattempt": own_through("registration_id", "courses_registration"),
                "courses_checkitem": visible_through("courses_checkitem", "attempt_id", "courses_checkattempt"),
                "courses_refreshernotice": own_through("registration_id", "courses_registration"),
                "courses_unitprogress": own_through("registration_id", "courses_registration"),
                "scenarios_attempt": own(),
                "scenarios_attemptevent": own_through("attempt_id", "scenarios_attempt"),
                "compliance_assignment": agency(),
                "courses_gatetakeover": agency(),
                "courses_practiceaudit": agency(),
                "courses_takeoverwithdrawal": visible_through(
                    "courses_takeoverwithdrawal", "takeover_id", "courses_gatetakeover"
                ),
                "records_document": NOBODY,
                "records_statement": "is_outcome AND agency_id IN (SELECT waylight_agencies())",
                "records_rel": visible_through("records_rel", "seq", "records_statement", pk="seq"),
            }
        ),
    ]
