"""The doctor: holds a live server against the hardening guide and says how to mend what it finds."""
