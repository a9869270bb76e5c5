"""Roles of the columns that are no ends: weight, title, type, color, size, position, time."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import pyarrow as pa

from graphkeep.graph.columns import is_time
from graphkeep.graph.interpretations.names import (
    COLOR_NAMES,
    LATITUDE_NAMES,
    LONGITUDE_NAMES,
    NODE_TYPE_NAMES,
    SIZE_NAMES,
    TIME_NAMES,
    TITLE_NAMES,
    TYPE_NAMES,
    WEIGHT_NAMES,
    X_NAMES,
    Y_NAMES,
    words_of,
)
from graphkeep.graph.interpretations.profiles import GENERIC_NAME, Profile

MAX_TYPES = 100
FEW_COLUMNS = 4
NAMING_KINDS = frozenset(
    {
        "name",
        "code",
        "country",
        "mail",
        "domain",
        "ip",
        "account",
        "text",
        "mixed",
        "path",
        "url",
        "number",
    }
)
MAX_TITLE_LENGTH = 60.0
DIRECTEDNESS = frozenset({"directed", "undirected", "mutual"})


def named(profiles: Iterable[Profile], names: Sequence[str]) -> Profile | None:
    """The column with the first of these names; whole names come before last words of names."""
    columns = list(profiles)
    for name in names:
        for profile in columns:
            if profile.flat_name == name:
                return profile
    for name in names:
        for profile in columns:
            if len(name) > 2 and profile.words and profile.words[-1] == name:
                return profile
    return None


def edge_roles(
    profiles: Sequence[Profile], ends: Sequence[str]
) -> tuple[dict[str, str], str | None]:
    """Bindings of an edge table, and the column that orders its edges in time."""
    taken = set(ends)
    rest = [profile for profile in profiles if profile.name not in taken and profile.distinct_count]
    bindings: dict[str, str] = {}
    weight = weight_column(rest, column_count=len(profiles))
    if weight is not None:
        bindings["edge_weight"] = weight.name
    relation = named(
        [
            profile
            for profile in rest
            if profile.kind in {"name", "code", "text", "mixed", "boolean", "number"}
            and not (profile.is_numeric and not profile.is_padded)
            and profile.distinct_count <= max(MAX_TYPES, profile.value_count // 2)
            and not describes_end(profile, ends)
            and not is_constant(profile)
        ],
        TYPE_NAMES,
    )
    if relation is not None:
        bindings |= {"edge_title": relation.name, "edge_label": relation.name}
    color = color_column(rest)
    if color is not None:
        bindings["edge_color"] = color.name
    return bindings, time_column(rest)


def is_constant(profile: Profile) -> bool:
    """Whether it says the same of every edge, or how edges are directed: neither tells one edge from another."""
    if profile.distinct_count == 1 and profile.value_count > 1:
        return True
    return all(value.strip().lower() in DIRECTEDNESS for value in profile.keys.head(4).to_list())


def describes_end(profile: Profile, ends: Sequence[str]) -> bool:
    """Whether a name says of which end it is, as `source type` beside the ends `source id` and `target id`."""
    words = [set(words_of(end)) for end in ends]
    if len(words) != 2 or len(profile.words) < 2:
        return False
    return bool((words[0] ^ words[1]) & set(profile.words[:-1]))


def weight_column(profiles: Sequence[Profile], *, column_count: int) -> Profile | None:
    """The column of numbers, none negative, that says how strong an edge is."""
    numeric = [profile for profile in profiles if is_weight(profile)]
    weight = named(numeric, WEIGHT_NAMES)
    if weight is not None:
        return weight
    is_plain = len(numeric) == 1 and column_count <= FEW_COLUMNS and not numeric[0].has_id_name
    return numeric[0] if is_plain else None


def is_weight(profile: Profile) -> bool:
    if not profile.is_numeric or is_time(profile.dtype) or profile.is_year_or_epoch:
        return False
    if profile.is_row_number:
        return False
    if not (pa.types.is_integer(profile.dtype) or pa.types.is_floating(profile.dtype)):
        return False
    if (
        profile.flat_name in LATITUDE_NAMES | LONGITUDE_NAMES | X_NAMES | Y_NAMES
        or "id" in profile.words
        or profile.name == "_score"  # how well a hit fits a search
    ):
        return False
    if profile.flat_name in TIME_NAMES:
        return False
    return float(profile.values.min() or 0) >= 0  # type: ignore[arg-type]


def color_column(profiles: Iterable[Profile]) -> Profile | None:
    """A column of colors; names of colors count where the column is called so."""
    for profile in profiles:
        if profile.kind == "color":
            return profile
    color = named(
        [profile for profile in profiles if profile.kind in {"name", "code"}], COLOR_NAMES
    )
    return color if color is not None and color.distinct_count <= MAX_TYPES else None


def time_column(profiles: Iterable[Profile]) -> str | None:
    times = [profile for profile in profiles if profile.kind == "date" or profile.is_year_or_epoch]
    profile = named(times, TIME_NAMES) or (times[0] if times else None)
    return None if profile is None else profile.name


def node_roles(profiles: Sequence[Profile], node: str | None) -> dict[str, str]:
    """Bindings of a node table whose id is `node`."""
    rest = [profile for profile in profiles if profile.name != node and profile.distinct_count]
    bindings: dict[str, str] = {}
    title = title_column(profiles, node)
    if title is not None:
        bindings["node_title"] = title
    color = color_column(rest)
    if color is not None:
        bindings["node_color"] = color.name
    size = named([profile for profile in rest if is_weight(profile)], SIZE_NAMES)
    if size is not None and title != size.name:
        bindings["node_size"] = size.name
    return bindings | coordinates(profiles)


def title_column(profiles: Sequence[Profile], node: str | None) -> str | None:
    """The column that names the nodes to people, where the id does not."""
    candidates = [
        profile
        for profile in profiles
        if profile.name != node
        and profile.kind in NAMING_KINDS
        and profile.value_count >= 0.5 * profile.row_count
        and profile.distinct_count >= min(profile.value_count, max(2, profile.value_count // 5))
        and float(profile.keys.str.len_chars().mean() or 0) <= MAX_TITLE_LENGTH  # type: ignore[arg-type]
    ]
    texts = [
        profile
        for profile in candidates
        if (not profile.is_numeric or profile.is_padded) and not profile.name.startswith(":")
    ]  # `:LABEL` of Neo4j's importer holds types
    unique_texts = [profile for profile in texts if profile.is_unique]
    title = named(texts, TITLE_NAMES)
    if title is not None and title.repeats:  # the `Title` of employees is no name
        title = named(unique_texts, TITLE_NAMES) or title
    if title is not None:
        return title.name
    id_profile = next((profile for profile in profiles if profile.name == node), None)
    is_opaque = (
        node is None
        or id_profile is None
        or id_profile.is_numeric
        or id_profile.kind in {"uuid", "hash"}
    )
    if not is_opaque:
        return None
    unique = [
        profile
        for profile in texts
        if profile.distinct_count >= 0.9 * profile.value_count
        and profile.kind in {"name", "country"}
    ]
    return unique[0].name if unique else None


def node_type_column(profiles: Sequence[Profile], node: str | None) -> Profile | None:
    rest = [
        profile
        for profile in profiles
        if profile.name != node and profile.repeats and profile.distinct_count <= MAX_TYPES
    ]
    return named(rest, NODE_TYPE_NAMES)


def coordinates(profiles: Sequence[Profile]) -> dict[str, str]:
    """Bindings of latitude and longitude, or else of x and y, where both are there."""
    latitude = in_range(profiles, LATITUDE_NAMES, 90.0)
    longitude = in_range(profiles, LONGITUDE_NAMES, 180.0)
    if latitude is not None and longitude is not None:
        return {"node_latitude": latitude, "node_longitude": longitude}
    x = in_range(profiles, X_NAMES, float("inf"))
    y = in_range(profiles, Y_NAMES, float("inf"))
    if x is not None and y is not None:
        return {"node_x": x, "node_y": y}
    return unnamed_coordinates(profiles)


def unnamed_coordinates(profiles: Sequence[Profile]) -> dict[str, str]:
    """Of columns without names two neighbors of precise numbers: latitudes, then longitudes, as OpenFlights has them."""
    if not profiles or not all(GENERIC_NAME.fullmatch(profile.name) for profile in profiles):
        return {}
    for first, second in pairwise(profiles):
        if is_precise(first, 90.0) and is_precise(second, 180.0):
            return {"node_latitude": first.name, "node_longitude": second.name}
    return {}


def is_precise(profile: Profile, limit: float) -> bool:
    """Whether its numbers are within the limit, spread over degrees, and have four decimals and more."""
    if not profile.is_numeric or profile.distinct_count < 3:
        return False
    values = profile.values.drop_nulls()
    if not len(values) or float(values.abs().max() or 0) > limit:  # type: ignore[arg-type]
        return False
    decimals = (values - values.round(3)).abs() > 1e-9
    return float(decimals.mean() or 0) >= 0.8 and float(values.max() - values.min()) >= 0.01  # type: ignore[arg-type, operator]


def in_range(profiles: Sequence[Profile], names: frozenset[str], limit: float) -> str | None:
    """A column with such a name, whose numbers are within the limit."""
    for profile in sorted(profiles, key=lambda profile: profile.flat_name not in names):
        words = profile.words
        is_named = (
            profile.flat_name in names
            or bool(names & set(words[-1:]))
            or (len(words) > 1 and "".join(words[-2:]) in names)
        )
        if not is_named or not profile.is_numeric:
            continue
        values = profile.values.drop_nulls()
        if len(values) and float(values.abs().max() or 0) <= limit:  # type: ignore[arg-type]
            return profile.name
    return None


def titles_of_ends(bindings: Mapping[str, str]) -> str:
    """What a reading's reason adds about its bindings: ` Edges weigh by 'amount'.`"""
    sentences = []
    if "edge_weight" in bindings:
        sentences.append(f"edges weigh by '{bindings['edge_weight']}'")
    if "edge_title" in bindings:
        sentences.append(f"'{bindings['edge_title']}' is their type")
    return "; " + ", ".join(sentences) if sentences else ""
