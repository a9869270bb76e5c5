"""Doubles of services that no package has as a server, by their public documentation."""
