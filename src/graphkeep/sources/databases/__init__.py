"""Connectors: one folder a kind of database or service, each declared as a ConnectorKind."""
