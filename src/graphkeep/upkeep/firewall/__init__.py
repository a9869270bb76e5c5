"""Firewall rules derived from the deployment, as values and rendered for each tool."""
