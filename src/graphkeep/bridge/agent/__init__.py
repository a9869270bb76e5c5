"""The agent: sessions with the server, queries at the sources, and the journal that keeps each from running twice."""
