"""Backup and restore: one encrypted file that holds the whole server, and the way back."""
