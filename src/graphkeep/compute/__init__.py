"""Layouts, metrics and summaries: arrays in, arrays out; and queries, which run in cells."""
