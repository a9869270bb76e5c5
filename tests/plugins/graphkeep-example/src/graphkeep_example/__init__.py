"""An example of a package that adds to Graphkeep: copy it, and change what it does."""
