"""The documentation, served by the server itself: it needs no internet."""
