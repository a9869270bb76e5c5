from django.db import migrations, models


class Migration(migrations.Migration):
    """State only: the column keeps its name."""

    dependencies = [("jobs", "0003_pauses")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("job", "beat_at", "heartbeat_at"),
                migrations.AlterField(
                    "job",
                    "heartbeat_at",
                    models.DateTimeField(null=True, blank=True, db_column="beat_at"),
                ),
            ],
        ),
    ]
