"""The documentation, served by the server itself, without internet access."""
