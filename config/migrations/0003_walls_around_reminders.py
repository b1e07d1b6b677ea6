from django.db import migrations

from config.row_security import Walls, agency, own, own_or_agency, visible_through


class Migration(migrations.Migration):

    dependencies = [
        ("config", "0002_walls_of_log_and_assignments"),
        ("compliance", "0006_reminders"),
    ]

    operations = [
        Walls(
            {
                "compliance_remindermail": own_or_agency("recipient_id"),
                "compliance_latenote": visible_through(
                    "compliance_latenote", "membership_id", "agencies_membership"
                ),
                "compliance_reminderchoice": own(),
                "compliance_agencyreminders": agency(),
            }
        ),
    ]
