from django.db import migrations, models


class Migration(migrations.Migration):
    """State only: the column keeps its name."""

    dependencies = [("datasets", "0003_pins")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("sharelink", "most_uses", "max_uses"),
                migrations.AlterField(
                    "sharelink",
                    "max_uses",
                    models.PositiveIntegerField(null=True, blank=True, db_column="most_uses"),
                ),
            ],
        ),
    ]
