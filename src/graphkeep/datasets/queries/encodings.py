"""The encodings of a dataset, and the columns that color and size its nodes."""

from graphkeep.datasets.models import Dataset
from graphkeep.graph.encodings import Encodings

CHANNELS = {"color": "pointColorEncoding", "size": "pointSizeEncoding"}


def encodings_of(dataset: Dataset) -> Encodings:
    return Encodings.from_wire(dataset.node_encodings, dataset.edge_encodings)[0]


def node_encodings_by_column(dataset: Dataset) -> dict[str, str | None]:
    """The column of each channel, as a user or a client's encoding chose it; None if there is none."""
    rules = encodings_of(dataset).channels
    rule_by_channel = {channel: rules.get(("node", channel)) for channel in CHANNELS}
    return {channel: rule.attribute if rule else None for channel, rule in rule_by_channel.items()}


def is_shown(dataset: Dataset, column: str) -> bool:
    """Whether the picture depends on this column of the nodes."""
    encodings = encodings_of(dataset)
    rules = (*encodings.channels.values(), *encodings.badges)
    return column == "community" or any(rule.attribute == column for rule in rules)
