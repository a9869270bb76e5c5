"""Graph files: their nodes, edges, attributes and appearance."""
