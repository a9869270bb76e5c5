"""`graphkeep connector`, cut by what its commands do."""
