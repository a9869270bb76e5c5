"""The connectors of the portal: cards with their state, and the page of one connector. Importing registers both."""

from graphkeep.server.portal.connectors import cards, connector_page

__all__ = ["cards", "connector_page"]
