"""Firewall rules that follow from how the server is set up: worked out as values, then written down."""
