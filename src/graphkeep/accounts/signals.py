"""News for higher floors."""

from django.dispatch import Signal

first_admin_registered = Signal()
