"""The supply chain: what the server is made of, what is known against it, and how it travels offline."""
