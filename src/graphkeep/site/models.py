"""The runtime settings that an Admin changed."""

from django.db import models


class SiteSetting(models.Model):
    """A setting that was changed while the server runs; the process's environment wins over it."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.TextField(blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "accounts_sitesetting"  # its former name, as a model of accounts

    def __str__(self) -> str:
        return self.name
