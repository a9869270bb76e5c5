"""A graph in a file, laid out and written without a server: what `graphkeep layout` does."""
