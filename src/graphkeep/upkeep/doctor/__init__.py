"""The doctor: checks a running server against the hardening guide and suggests fixes."""
