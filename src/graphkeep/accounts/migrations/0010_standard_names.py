import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """State only: tables and columns keep their names."""

    dependencies = [("accounts", "0009_site_setting_moved")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("AuditLine", "AuditEvent"),
                migrations.AlterModelTable("AuditEvent", "accounts_auditline"),
                migrations.AlterModelOptions("AuditEvent", {"verbose_name": "audit event"}),
                migrations.RenameField("User", "guardian", "owner"),
                migrations.AlterField(
                    "User",
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_column="guardian_id",
                        help_text="The person who answers for a service account; it ends with them.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="services",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.RenameField("User", "has_proven_email", "email_verified"),
                migrations.AlterField(
                    "User",
                    "email_verified",
                    models.BooleanField(
                        db_column="has_proven_email",
                        default=False,
                        help_text="An Admin set or confirmed it, or a mail to it was answered; only then it identifies them.",
                    ),
                ),
                migrations.RenameField("Instance", "sentinel", "key_check"),
                migrations.AlterField(
                    "Instance",
                    "key_check",
                    models.CharField(
                        blank=True,
                        db_column="sentinel",
                        help_text="A known text, encrypted by the encryption key; checked at start.",
                        max_length=200,
                    ),
                ),
            ],
        ),
    ]
