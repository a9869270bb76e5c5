"""Connectors: records, rights, limits and operations of the systems that this server may ask."""
