"""Tables whose rows are edges: which two columns are the ends."""

from collections.abc import Sequence
from dataclasses import replace

from graphkeep.graph.interpretations.column_pairs import Pair, may_be_end, pairs_of
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.names import PARENT_WORDS
from graphkeep.graph.interpretations.pair_names import name_score
from graphkeep.graph.interpretations.profiles import (
    GENERIC_NAME,
    Profile,
    contained_share,
)
from graphkeep.graph.interpretations.roles import (
    edge_roles,
    node_roles,
    titles_of_ends,
)

MAX_EDGE_READINGS = 4
CLEARER_NAMES = 0.85
OF_ATTRIBUTES = 0.4
BEHIND = 0.05
HEADERLESS = 0.62  # two columns of which nothing is known
SAME_NAMES = 0.1
FINER = 2


def edge_interpretations(
    profiles: Sequence[Profile], table_index: int
) -> list[TableInterpretation]:
    pairs = [in_small_table(pair, profiles) for pair in pairs_of(profiles)]
    pairs = sorted(behind_clearer(pairs), key=lambda pair: -pair.score)[:MAX_EDGE_READINGS]
    return [edge_interpretation(pair, profiles, table_index) for pair in pairs]


def behind_clearer(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs, those of what ends are like (countries, kinds) behind one whose names are of the ends themselves."""
    named = [pair for pair in pairs if pair.names >= OF_ATTRIBUTES]
    return [
        replace(
            pair,
            score=min(
                [pair.score, *(other.score - BEHIND for other in named if is_clearer(other, pair))]
            ),
        )
        if pair.names >= OF_ATTRIBUTES
        else pair
        for pair in pairs
    ]


def is_clearer(pair: Pair, other: Pair) -> bool:
    """Whether a pair names the ends and another what they are like: a country, a league, of which there are far fewer."""
    if other.names < CLEARER_NAMES <= pair.names:
        return True
    counts = [end.distinct_count for end in (other.source, other.destination)]
    finer = [end.distinct_count for end in (pair.source, pair.destination)]
    return pair.names >= other.names - SAME_NAMES and min(finer) > FINER * max(counts)


def in_small_table(pair: Pair, profiles: Sequence[Profile]) -> Pair:
    """The pair with a higher score where the table holds little else: it joins its two columns."""
    columns = [
        profile for profile in profiles if not profile.is_row_number and profile.distinct_count
    ]
    if len(columns) == 2 and all(GENERIC_NAME.fullmatch(profile.name) for profile in columns):
        return replace(pair, score=max(pair.score, HEADERLESS))
    if not pair.is_bipartite:
        return pair
    are_ids = all("id" in profile.words for profile in columns) and len(columns) == 2
    if are_ids and (pair.source.repeats or pair.destination.repeats):
        return replace(pair, score=max(pair.score, 1.0))
    is_small = len(columns) <= 3 and pair.score >= 0.25
    return replace(pair, score=pair.score + 0.15) if is_small else pair


def edge_interpretation(
    pair: Pair, profiles: Sequence[Profile], table_index: int
) -> TableInterpretation:
    source, destination = pair.source.name, pair.destination.name
    bindings, time = edge_roles(profiles, (source, destination))
    return TableInterpretation(
        kind="edges",
        label=f"{source} → {destination}",
        reason=f"{pair.reason}{titles_of_ends(bindings)}.",
        source=source,
        destination=destination,
        edge_tables=(table_index,),
        edge_bindings=bindings,
        time=time,
        score=round(pair.score, 4),
    )


def parent_interpretations(
    profiles: Sequence[Profile], table_index: int
) -> list[TableInterpretation]:
    """Tables in which each row is a node that names its parent: edges from parent to child."""
    keys = [
        profile
        for profile in profiles
        if profile.is_unique and profile.is_complete and profile.can_be_end
    ]
    readings = []
    for parent in profiles:
        if (
            not is_parent_name(parent)
            or not may_be_end(parent)
            or (parent.is_unique and parent.is_complete and parent.row_count > 3)
        ):
            continue
        scored = [(contained_share(parent, key), key) for key in keys if key.name != parent.name]
        if not scored:
            continue
        share, key = max(scored, key=lambda item: item[0])
        if share < 0.4 and not name_score(parent.name, key.name):
            continue
        titles = node_roles(profiles, key.name)
        has_title = "node_title" in titles
        others = edge_roles(profiles, (parent.name, key.name))[1]
        readings.append(
            TableInterpretation(
                kind="edges+nodes" if has_title else "edges",
                label=f"{parent.name} → {key.name}",
                reason=f"Each row is a '{key.name}' and names its '{parent.name}': a tree, parent to child.",
                source=parent.name,
                destination=key.name,
                node=key.name if has_title else None,
                edge_tables=(table_index,),
                node_tables=(table_index,) if has_title else (),
                node_bindings=titles if has_title else {},
                time=others,
                score=round(min(1.9, 1.2 + 0.6 * share), 4),
            )
        )
    return readings


def is_parent_name(profile: Profile) -> bool:
    return profile.flat_name in PARENT_WORDS or any(word in PARENT_WORDS for word in profile.words)
