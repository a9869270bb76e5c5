"""The configuration of an agent: `connector.env`, and the slots it declares."""
