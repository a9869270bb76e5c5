from django.db import migrations, models


class Migration(migrations.Migration):
    """State only: the table was made by `accounts`, and keeps its name and rows."""

    initial = True
    dependencies = [("accounts", "0008_compute_permissions")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SiteSetting",
                    fields=[
                        (
                            "name",
                            models.CharField(max_length=60, primary_key=True, serialize=False),
                        ),
                        ("value", models.TextField(blank=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                    ],
                    options={"db_table": "accounts_sitesetting"},
                ),
            ],
        ),
    ]
