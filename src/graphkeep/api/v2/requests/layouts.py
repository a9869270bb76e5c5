"""Requests that lay a graph out, add a metric, or color and size its nodes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphkeep.api.v2.requests.fields import Fields
from graphkeep.compute.metrics.registry import METRICS
from graphkeep.compute.parameters import ParameterValue
from graphkeep.graph.errors import UserInputError

CHANNELS = ("color", "size")


@dataclass(frozen=True, kw_only=True)
class LayoutRequest:
    layout: str
    options: Mapping[str, ParameterValue]

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "LayoutRequest":
        """Raises UserInputError: options is no object of single values."""
        body_fields = Fields(body)
        return cls(
            layout=body_fields.text("layout", max_length=100),
            options=body_fields.parameter_values("options"),
        )


@dataclass(frozen=True, kw_only=True)
class MetricRequest:
    metric: str
    column: str
    options: Mapping[str, ParameterValue]

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "MetricRequest":
        """Raises UserInputError: the metric is missing, or options is no object of single values."""
        body_fields = Fields(body)
        if not body_fields.text("metric"):
            raise UserInputError(f"metric is missing. There are: {', '.join(METRICS)}.")
        return cls(
            metric=body_fields.text("metric", max_length=100),
            column=body_fields.text("column", max_length=200),
            options=body_fields.parameter_values("options"),
        )


@dataclass(frozen=True, kw_only=True)
class EncodingRequest:
    """The column of a channel, `color` or `size`; None removes the encoding of the channel."""

    columns: Mapping[str, str | None]

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "EncodingRequest":
        """Raises UserInputError: no channel is sent."""
        body_fields = Fields(body)
        columns = {
            channel: body_fields.text(channel) or None
            for channel in CHANNELS
            if channel in body_fields
        }
        if not columns:
            raise UserInputError("Send color or size: a column of the nodes, or null.")
        return cls(columns=columns)
