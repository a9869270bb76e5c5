"""Tables whose rows are nodes: alone, beside a table of edges, or in one table with its edges."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graphkeep.graph.interpretations.column_pairs import may_be_end
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.names import (
    COLOR_NAMES,
    NODE_TYPE_NAMES,
    TITLE_NAMES,
    TYPE_NAMES,
)
from graphkeep.graph.interpretations.profiles import Profile, contained_share
from graphkeep.graph.interpretations.roles import coordinates, node_roles, time_column
from graphkeep.graph.interpretations.value_kinds import IDENTIFIERS

MIN_COVERAGE = 0.25
NEARLY_UNIQUE = 0.85
NAMING = frozenset({"name", "mixed", "code", "path", "url", "domain"})
MAX_ATTRIBUTE_LINKS = 3
OF_RECORDS = 0.25
PLAIN_IDS = frozenset(
    {"id", "ids", "nodeid", "node", "key", "uid", "vertexid", "vertex", "objectid"}
)
NO_KEYS = frozenset({*TYPE_NAMES, *NODE_TYPE_NAMES, *COLOR_NAMES}) - {
    *TITLE_NAMES,
    "species",
    "link",
    "property",
}


def node_interpretations(
    profiles: Sequence[Profile], table_index: int
) -> list[TableInterpretation]:
    """Each row is a node, without edges; and as an option, linked to what rows have in common."""
    if len(profiles) < 2 or not profiles[0].row_count:
        return []
    places = coordinates(profiles)
    is_map = "node_latitude" in places
    key = key_column(profiles)
    names = None if key is not None else naming_column(profiles)
    if key is None and names is None and not places:
        return []
    bindings = node_roles(profiles, key.name if key else None)
    if key is None and names is not None:
        bindings["node_title"] = names.name
    score = (
        key_score(key)
        if key is not None
        else 0.3
        if names is None
        else naming_score(names, sum(not profile.is_row_number for profile in profiles))
    )
    score -= OF_RECORDS if key is not None and are_records(profiles, key, bindings) else 0.0
    score += 0.4 if is_map else 0.0
    score = min(score, 0.25) if key is None and names is None and not is_map else score
    what = (
        f"'{key.name}' names each row once"
        if key
        else f"each row is a '{names.name}'"
        if names
        else "each row has a position"
    )
    where = ", and latitude and longitude put them on a map" if is_map else ""
    by = f" by {key.name}" if key else ""
    nodes = TableInterpretation(
        kind="nodes",
        label=f"Rows are nodes{by}" + (", on a map" if is_map else ""),
        reason=f"This is a table of nodes: {what}{where}. Add a table of edges to connect them.",
        node=key.name if key else "",
        edge_tables=(),
        node_tables=(table_index,),
        node_bindings=bindings,
        score=round(min(1.5, score), 4),
    )
    shared = shared_columns(profiles, key)
    if not shared:
        return [nodes]
    links = replace(
        nodes,
        label=f"Rows are nodes{by}, linked by {', '.join(shared)}",
        reason=f"Each row is linked to the values of {', '.join(shared)}, which several rows share.",
        columns=shared,
        score=round(nodes.score - 0.25, 4),
    )
    return [nodes, links]


def are_records(profiles: Sequence[Profile], key: Profile, bindings: Mapping[str, str]) -> bool:
    """Whether rows are records of a log rather than things: dated, and by a key that nobody reads."""
    is_opaque = key.is_numeric or key.kind in {"uuid", "hash"}
    return is_opaque and "node_title" not in bindings and time_column(profiles) is not None


def key_column(profiles: Sequence[Profile]) -> Profile | None:
    """The column that names each row once: ids before names, and the first of equals."""
    keys = [
        profile
        for profile in profiles
        if profile.can_be_end and profile.is_unique and profile.is_complete
        and (not profile.is_numeric or profile.has_id_name)
        and profile.flat_name not in NO_KEYS
    ]  # fmt: skip
    first = next((profile for profile in profiles if not profile.is_row_number), None)
    return max(
        keys,
        key=lambda profile: key_score(profile) + first_bonus(profile, first),
        default=None,
    )


def first_bonus(profile: Profile, first: Profile | None) -> float:
    """How much sooner the first column is the key; a code more than a name, because names come after codes."""
    if profile is not first:
        return 0.0
    return 0.3 if profile.kind == "code" else 0.2


def naming_score(names: Profile, column_count: int) -> float:
    """How likely rows are what this column names; two columns alone may as well be ends."""
    return 0.55 if names.flat_name in TITLE_NAMES and column_count > 2 else 0.45


def key_score(profile: Profile) -> float:
    if profile.flat_name in PLAIN_IDS:
        return 0.9
    if profile.is_numeric:
        return 0.7
    if profile.flat_name in TITLE_NAMES:
        return 0.82
    if profile.has_id_name or profile.kind in IDENTIFIERS - {"code"}:
        return 0.85
    return 0.75 if profile.has_entity_name else 0.6


def naming_column(profiles: Sequence[Profile]) -> Profile | None:
    """A column of names of which few rows share one."""
    for profile in profiles:
        is_name = profile.kind in NAMING and profile.can_be_end and not profile.is_numeric
        is_near = profile.distinct_count >= NEARLY_UNIQUE * max(1, profile.value_count)
        if (
            is_name
            and is_near
            and profile.value_count >= 0.9 * profile.row_count
            and profile.distinct_count > 3
        ):
            return profile
    return None


def shared_columns(profiles: Sequence[Profile], key: Profile | None) -> tuple[str, ...]:
    """Columns whose values several rows share, and which say something of things: no flags, no measures."""
    names = [
        profile.name
        for profile in profiles
        if profile is not key
        and profile.can_be_end
        and not profile.is_numeric
        and profile.repeats
        and profile.distinct_count <= max(2, profile.value_count // 2)
        and profile.kind in {"name", "code", "country", "mixed", "domain", "ip", "account"}
    ]
    return tuple(names[:MAX_ATTRIBUTE_LINKS])


def with_node_tables(
    edges: TableInterpretation, tables: Mapping[int, Sequence[Profile]]
) -> TableInterpretation | None:
    """The same edges with the tables that hold their nodes, found by the ids that both ends share."""
    ends = ends_of(edges, tables)
    if not ends:
        return None
    matches: list[tuple[float, int, Profile]] = []
    for index, profiles in tables.items():
        if index in edges.edge_tables:
            continue
        scored = [(coverage(key, ends), key) for key in profiles if is_key(key)]
        if scored:
            share, key = max(scored, key=lambda item: (item[0], item[1].has_id_name))
            if share >= MIN_COVERAGE:
                matches.append((share, index, key))
    if not matches:
        return None
    share, first, key = max(matches, key=lambda match: (match[0], -match[1]))
    # Tables of several kinds of nodes, such as users and groups, have one name for the id.
    indices = [
        first,
        *(index for _, index, other in matches if index != first and other.name == key.name),
    ]
    profiles = tables[first]
    count = sum(tables[index][0].row_count for index in indices)
    return replace(
        edges,
        kind="edges+nodes",
        label=f"{edges.label}, nodes by {key.name}",
        reason=f"{edges.reason.rstrip('.')}; '{key.name}' of the {count:,} rows of nodes holds {share:.0%} of these ids.",
        node=key.name,
        node_tables=tuple(sorted(indices)),
        node_bindings=node_roles(profiles, key.name),
        score=round(
            min(1.99, edges.score + 0.3 + 0.3 * share + (0.05 if key.has_id_name else 0.0)), 4
        ),
    )


def ends_of(edges: TableInterpretation, tables: Mapping[int, Sequence[Profile]]) -> list[Profile]:
    names = (edges.source, edges.destination)
    return [
        profile for name in names for profile in tables[edges.edge_table] if profile.name == name
    ]


def is_key(profile: Profile) -> bool:
    return (
        may_be_end(profile)
        and profile.distinct_count > 0
        and profile.distinct_count >= 0.98 * profile.value_count
    )


def coverage(key: Profile, ends: Sequence[Profile]) -> float:
    """The share of the ids of both ends that a key holds, the lesser end counting for most."""
    shares = [contained_share(end, key) for end in ends]
    if key.is_numeric and not key.has_id_name and key.distinct_count < key.row_count:
        return 0.0
    return 0.7 * min(shares) + 0.3 * max(shares)


def mixed_interpretations(
    profiles: Sequence[Profile], edges: TableInterpretation, table_index: int
) -> list[TableInterpretation]:
    """One table in which some rows are nodes and the others edges, as Neo4j's APOC writes it."""
    by_name = {profile.name: profile for profile in profiles}
    source, destination = by_name[edges.source or ""], by_name[edges.destination or ""]
    is_edge = source.column.is_not_null() & destination.column.is_not_null()
    for key in profiles:
        if key in (source, destination) or not may_be_end(key) or not key.is_unique:
            continue
        is_node = key.column.is_not_null()
        if int((is_node & is_edge).sum()) or not int(is_node.sum()) or not int(is_edge.sum()):
            continue
        share = coverage(key, (source, destination))
        if share < 0.5:
            continue
        of_nodes = [profile for profile in profiles if is_mostly(profile, is_node)]
        of_edges = {profile.name for profile in profiles if is_mostly(profile, is_edge)}
        return [
            replace(
                edges,
                kind="edges+nodes",
                label=f"{edges.label}, nodes by {key.name}",
                reason=f"Rows with '{key.name}' are nodes, rows with '{source.name}' and '{destination.name}' are edges.",
                node=key.name,
                node_tables=(table_index,),
                time=time_column([profile for profile in profiles if profile.name in of_edges]),
                node_bindings={
                    role: name
                    for role, name in node_roles(
                        [narrowed(profile) for profile in of_nodes], key.name
                    ).items()
                    if name not in of_edges
                },
                score=round(min(1.99, edges.score + 0.3 + 0.4 * share), 4),
            )
        ]
    return []


def is_mostly(profile: Profile, rows: object) -> bool:
    """Whether a column has values in these rows alone."""
    present = profile.column.is_not_null()
    return int(present.sum()) > 0 and int((present & ~rows).sum()) == 0  # type: ignore[operator]


def narrowed(profile: Profile) -> Profile:
    """The profile of a column among the rows that have it."""
    return replace(profile, row_count=profile.value_count)
