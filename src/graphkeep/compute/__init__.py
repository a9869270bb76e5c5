"""Layouts, metrics and summaries: arrays in, arrays out."""

from graphkeep.compute.force.layout import ForceOptions, force_layout

__all__ = ["ForceOptions", "force_layout"]
