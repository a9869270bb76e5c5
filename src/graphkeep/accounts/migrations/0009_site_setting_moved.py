from django.db import migrations


class Migration(migrations.Migration):
    """State only: the model belongs to `site` now, on the same table."""

    dependencies = [("accounts", "0008_compute_permissions"), ("site", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="SiteSetting")],
        ),
    ]
