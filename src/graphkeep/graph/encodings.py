"""How columns become colours, sizes, icons and axes: the rules that clients send as JSON.

`complex.default` is what a reset returns to, `complex.current` overrides it. Clients only warn of bad
encodings, so a bad one is left out with a repair and never fails an upload.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from graphkeep.graph.errors import UserInputError
from graphkeep.graph.repairs import Repair

Variation = Literal["categorical", "continuous"]
Target = Literal["node", "edge"]

NAME = re.compile(
    r"(point|edge)(Legend(?:Type|Pivot))?(Axis|Badge|Color|Icon|Kepler|Opacity|Size|Weight)"
    r"(TopRight|TopLeft|Top|Left|Right|BottomLeft|Bottom|BottomRight|Cover)?Encoding"
)
PREFIX = {"node": "point", "edge": "edge"}
BADGE_POSITIONS = (
    "TopRight", "TopLeft", "Top", "Left", "Right", "BottomLeft", "Bottom", "BottomRight", "Cover",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """One channel of one table: which column, and which value becomes what.

    `fixed` maps texts to outputs, `bins` are (threshold or None, output) in order, `colors` a palette.
    """

    target: Target
    channel: str
    attribute: str
    variation: Variation
    fixed: Mapping[str, Any] | None = None
    bins: tuple[tuple[float | None, Any], ...] | None = None
    comparator: Literal["<", "<="] = "<"
    other: Any = None
    colors: tuple[str, ...] = ()
    position: str = ""
    as_text: bool = False


@dataclass(frozen=True, kw_only=True)
class Axis:
    kind: Literal["r", "x", "y"]
    value: float
    label: str = ""
    style: Literal["internal", "external", "space"] = "external"


@dataclass(frozen=True, kw_only=True)
class Encodings:
    """`channels` by (target, channel); badges stand apart, as there may be several."""

    channels: Mapping[tuple[Target, str], Encoding] = field(default_factory=dict)
    badges: tuple[Encoding, ...] = ()
    axes: tuple[Axis, ...] = ()

    @classmethod
    def from_wire(
        cls, node_encodings: Mapping[str, Any], edge_encodings: Mapping[str, Any]
    ) -> tuple["Encodings", tuple[Repair, ...]]:
        channels: dict[tuple[Target, str], Encoding] = {}
        badges: list[Encoding] = []
        axes: tuple[Axis, ...] = ()
        repairs: list[Repair] = []
        for target, name, rule in merged_encodings(node_encodings, edge_encodings):
            try:
                match = NAME.fullmatch(name)
                if match is None or match[1] != PREFIX[target]:
                    if "Field" in name:
                        continue
                    raise UserInputError("its name is not one of an encoding")
                kind = match[3].lower()
                if match[2] or kind == "kepler":
                    continue
                if kind == "axis":
                    axes = axes_of(rule)
                    continue
                encoding = encoding_of(target, kind, rule, position=match[4] or "TopRight")
            except (UserInputError, TypeError, ValueError, AttributeError) as error:
                repairs.append(
                    Repair(
                        code="encoding-ignored",
                        message=f"The encoding {name} is ignored: {error}.",
                        table=target,
                    )
                )
                continue
            if kind == "badge":
                badges.append(encoding)
            else:
                channels[target, kind] = encoding
        return cls(channels=channels, badges=tuple(badges), axes=axes), tuple(repairs)


def merged_encodings(
    node_encodings: Mapping[str, Any], edge_encodings: Mapping[str, Any]
) -> list[tuple[Target, str, Any]]:
    rules: list[tuple[Target, str, Any]] = []
    pairs: tuple[tuple[Target, Mapping[str, Any]], ...] = (
        ("node", node_encodings),
        ("edge", edge_encodings),
    )
    for target, rule in pairs:
        complex_ = rule.get("complex")
        if not isinstance(complex_, Mapping):
            continue
        encodings: dict[str, Any] = {}
        for layer in ("default", "current"):
            part = complex_.get(layer)
            if isinstance(part, Mapping):
                encodings |= part
        rules += [(target, str(name), rule) for name, rule in encodings.items()]
    return rules


def encoding_of(target: Target, kind: str, rule: Mapping[str, Any], *, position: str) -> Encoding:
    attribute = rule.get("attribute")
    if not isinstance(attribute, str):
        raise UserInputError("it names no attribute")
    variation: Variation = "continuous" if rule.get("variation") == "continuous" else "categorical"
    mapping = rule.get("mapping") or {}
    parts: dict[str, Any] = {}
    if "continuous" in mapping or "bins" in mapping:
        rule = mapping.get("continuous", mapping)
        parts["bins"] = tuple(
            (None if limit is None else float(limit), output)
            for limit, output in rule.get("bins", ())
        )
        parts["comparator"] = "<=" if rule.get("comparator") == "<=" else "<"
        parts["other"] = rule.get("other")
    elif mapping:
        rule = mapping.get("categorical", mapping)
        parts["fixed"] = {str(key): output for key, output in dict(rule.get("fixed") or {}).items()}
        parts["other"] = rule.get("other")
    colors = rule.get("colors")
    if isinstance(colors, list | tuple):
        parts["colors"] = tuple(str(color) for color in colors)
    elif not mapping and not rule.get("asText") and not is_amount(kind, variation):
        raise UserInputError("it has neither a mapping nor colors")
    return Encoding(
        target=target,
        channel=kind,
        attribute=attribute,
        variation=variation,
        position=position if kind == "badge" else "",
        as_text=rule.get("asText") is True,
        **parts,
    )


def is_amount(kind: str, variation: Variation) -> bool:
    """Whether sizes follow the values themselves: it then needs neither a mapping nor colors."""
    return kind == "size" and variation == "continuous"


def axes_of(rule: Mapping[str, Any]) -> tuple[Axis, ...]:
    axes = []
    for row in rule.get("rows") or ():
        for kind in ("r", "x", "y"):
            value = row.get(kind)
            if isinstance(value, int | float) and not isinstance(value, bool):
                style = "space" if row.get("space") else "internal"
                axes.append(
                    Axis(
                        kind=kind,
                        value=float(value),
                        label=str(row.get("label") or ""),
                        style="external" if row.get("external") else style,  # type: ignore[arg-type]
                    )
                )
    if not axes:
        raise UserInputError("it has no rows with r, x or y")
    return tuple(axes)
