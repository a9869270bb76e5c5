"""Backup and restore: one encrypted file that contains the entire server."""
