from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    """State only: the table and its columns keep their names."""

    dependencies = [("accounts", "0010_standard_names")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("SignInFailures", "RateLimitCounter"),
                migrations.AlterModelTable("RateLimitCounter", "accounts_signinfailures"),
                migrations.RenameField("RateLimitCounter", "name_hash", "key"),
                migrations.AlterField(
                    "RateLimitCounter",
                    "key",
                    models.CharField(
                        db_column="name_hash", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                migrations.RenameField("RateLimitCounter", "count", "hits"),
                migrations.AlterField(
                    "RateLimitCounter",
                    "hits",
                    models.PositiveIntegerField(db_column="count", default=0),
                ),
                migrations.RenameField("RateLimitCounter", "window_started_at", "started_at"),
                migrations.AlterField(
                    "RateLimitCounter",
                    "started_at",
                    models.DateTimeField(db_column="window_started_at", default=timezone.now),
                ),
            ],
        ),
    ]
