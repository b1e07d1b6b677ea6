"""The log of agencies stands behind the wall, and is only ever added to; so do changes of what is asked for."""

from django.db import migrations

from config.row_security import OnlyAddedTo, Walls, own_or_agency, visible_through


class Migration(migrations.Migration):

    dependencies = [
        ("config", "0001_walls"),
        ("agencies", "0004_audit_log"),
        ("compliance", "0005_assignments"),
    ]

    operations = [
        Walls(
            {
                "agencies_auditentry": own_or_agency("person_id"),
                "compliance_assignmentchange": visible_through(
                    "compliance_assignmentchange", "assignment_id", "compliance_assignment"
                ),
            }
        ),
        OnlyAddedTo("agencies_auditentry"),
    ]
