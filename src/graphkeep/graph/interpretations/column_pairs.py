"""Pairs of columns that could hold the two ends of edges, each with its strength."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphkeep.graph.columns import is_time
from graphkeep.graph.interpretations.names import DESCRIPTION_WORDS, MEASURE_WORDS
from graphkeep.graph.interpretations.pair_names import bipartite_score, name_score
from graphkeep.graph.interpretations.profiles import (
    GENERIC_NAME,
    Profile,
    overlap_of,
)
from graphkeep.graph.interpretations.value_kinds import IDENTIFIERS, NEVER_IDS

MAX_ENDS = 40
FEW_ROWS = 30
FEW_PAIRS = 12
FEW_CODES = 5
MIN_STRENGTH = 0.15
FEW_COLUMNS = 5
CLEAR_NAMES = 0.9
NUMBERED_NAMES = 0.7
OF_DESCRIPTIONS = 0.3
ID_BONUS = 0.02


@dataclass(frozen=True, kw_only=True)
class TableTraits:
    """What a table's columns say together: `series` are names that three and more share but for a number,
    `has_counts` whether one counts how often the others go together.
    """

    is_headerless: bool
    series: frozenset[str]
    has_counts: bool

    @classmethod
    def of(cls, profiles: Sequence[Profile]) -> "TableTraits":
        is_headerless = all(GENERIC_NAME.fullmatch(profile.name) for profile in profiles)
        by_stem: dict[str, list[str]] = {}
        for profile in profiles:
            stem = profile.name.rstrip("0123456789").lower()
            if stem != profile.name.lower():
                by_stem.setdefault(stem, []).append(profile.name)
        is_short = is_headerless and len(profiles) <= FEW_COLUMNS
        series = {name for names in by_stem.values() if len(names) > 2 for name in names}
        counts = {"freq", "frequency", "count", "n", "weight", "value"}
        return cls(
            is_headerless=is_headerless,
            series=frozenset() if is_short else frozenset(series),
            has_counts=len(profiles) <= FEW_COLUMNS
            and any(profile.flat_name in counts and profile.is_numeric for profile in profiles),
        )


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two columns that may be ends; the shares are of the rows of the sample."""

    source: Profile
    destination: Profile
    names: float
    overlap: float
    both_share: float
    score: float
    reason: str
    is_bipartite: bool = False


def pairs_of(profiles: Sequence[Profile]) -> list[Pair]:
    candidates = [profile for profile in profiles if may_be_end(profile)]
    candidates = sorted(candidates, key=lambda profile: not profile.can_be_end)[:MAX_ENDS]
    table = TableTraits.of(profiles)
    order = {profile.name: position for position, profile in enumerate(profiles)}
    candidates.sort(key=lambda profile: order[profile.name])
    pairs = []
    for position, first in enumerate(candidates):
        for second in candidates[position + 1 :]:
            forward, backward = (
                name_score(first.name, second.name),
                name_score(second.name, first.name),
            )
            if {first.name, second.name} <= table.series:
                forward = backward = 0.0
            if not forward and not backward:
                forward = -1.0 if bipartite_score(second.name, first.name) else 0.0
            pair = (
                pair_of(second, first, max(0.0, backward), table)
                if backward > forward
                else pair_of(first, second, max(0.0, forward), table)
            )
            if pair is not None:
                pairs.append(pair)
    return pairs


def may_be_end(profile: Profile) -> bool:
    """Whether clear names may make ends of it: dates and decimals never are."""
    if is_time(profile.dtype) or profile.kind in NEVER_IDS - {"text", "boolean"}:
        return False
    return profile.can_be_end or not profile.is_numeric or profile.is_whole


def pair_of(source: Profile, destination: Profile, names: float, table: TableTraits) -> Pair | None:
    if not table.is_headerless and are_numbered_measures(source, destination, names):
        names = 0.0
    is_clear = names >= CLEAR_NAMES
    if not (is_clear or (source.can_be_end and destination.can_be_end)):
        return None
    same_kind = source.kind == destination.kind or {source.kind, destination.kind} <= {
        "name", "code", "country", "mixed", "text", "number", "domain", "ip", "path", "account",
    }  # fmt: skip
    both, equal_share = shared_rows(source, destination)
    if both == 0 or (equal_share > CLEAR_NAMES and source.value_count > 1):
        return None
    both_share = both / max(1, source.row_count)
    overlap = overlap_of(source, destination)
    if is_range(source, destination, overlap, names) or are_codes(source, destination, names):
        return None
    if not is_clear and are_constant(source, destination):
        return None
    strength = overlap_strength(source, destination, overlap, names, table)
    is_identified = source.kind == destination.kind and source.kind in IDENTIFIERS
    score, reason, is_bipartite = 0.0, "", False
    if names > 0 and (same_kind or is_clear):
        score = names + 0.6 * strength + (0.1 if is_identified else 0.0)
        reason = f"The names '{source.name}' and '{destination.name}' are those of a source and a destination"
        if overlap >= 0.1:
            reason += f", and they share {overlap:.0%} of their values"
        if names < 0.4:
            score *= 0.5
            reason = f"'{source.name}' and '{destination.name}' describe a source and a destination"
    elif same_kind and strength >= MIN_STRENGTH:
        score = 0.25 + 0.6 * strength + (0.2 if is_identified else 0.0)
        reason = f"'{source.name}' and '{destination.name}' share {overlap:.0%} of their values"
    elif is_identified and source.distinct_count > 1:
        score = 0.5 + ID_BONUS * (source.has_id_name + destination.has_id_name + 1)
        reason = f"'{source.name}' and '{destination.name}' hold values of one kind, {source.kind}"
    else:
        score = bipartite_strength(source, destination)
        is_bipartite = True
        reason = f"Each row joins one '{source.name}' with one '{destination.name}'"
    if names < CLEAR_NAMES:
        score = without_description(source, destination, score, names, strength, table)
    if are_descriptions(source, destination):
        score = min(score, OF_DESCRIPTIONS)
    score *= 0.5 + 0.5 * min(1.0, 2 * both_share)
    if score < 0.15:
        return None
    return Pair(
        source=source, destination=destination, names=names, overlap=overlap, both_share=both_share,
        score=min(score, 1.85), reason=reason, is_bipartite=is_bipartite,
    )  # fmt: skip


def are_numbered(source: Profile, destination: Profile, names: float, table: TableTraits) -> bool:
    """Whether two names differ in their number alone, as `bus0` and `bus1`, and hold no counts."""
    return (
        names >= NUMBERED_NAMES
        and source.name[:-1] == destination.name[:-1]
        and not table.is_headerless
        and not (source.is_numeric and destination.is_numeric)
    )


def are_numbered_measures(source: Profile, destination: Profile, names: float) -> bool:
    """Whether two columns of numbers differ in the number of their names alone, and name no things."""
    return (
        0 < names <= NUMBERED_NAMES
        and source.is_numeric
        and destination.is_numeric
        and not any(end.has_id_name or end.has_entity_name for end in (source, destination))
    )


def are_constant(source: Profile, destination: Profile) -> bool:
    """Whether both hold one value alone in several rows: one edge, drawn again and again."""
    return source.distinct_count == destination.distinct_count == 1 and source.value_count > 2


def are_descriptions(source: Profile, destination: Profile) -> bool:
    """Whether both names end with what something is like: shirts and trousers have one color, and are not joined."""
    ends = (source, destination)
    words = [[word for word in end.words if not word.isdigit()][-1:] for end in ends]
    return all(last and last[0] in DESCRIPTION_WORDS for last in words)


def shared_rows(source: Profile, destination: Profile) -> tuple[int, float]:
    """In how many rows both stand, and the share of these in which they are equal."""
    is_both = source.column.is_not_null() & destination.column.is_not_null()
    both = int(is_both.sum())
    equal = int((source.column == destination.column).fill_null(value=False).sum())
    return both, equal / max(1, both)


def is_range(source: Profile, destination: Profile, overlap: float, names: float) -> bool:
    """Whether two columns of numbers are the limits of a range, as `start` and `end` of genes."""
    if not (source.is_numeric and destination.is_numeric) or "id" in {
        *source.words,
        *destination.words,
    }:
        return False
    is_ordered = bool((source.values <= destination.values).fill_null(value=True).all())
    words = {*source.words, *destination.words}
    is_ambiguous = bool(
        words
        & {"start", "end", "begin", "min", "max", "low", "high", "open", "close", "first", "last"}
    )
    is_measured = bool(words & MEASURE_WORDS)
    return (
        is_ordered
        and (is_ambiguous or is_measured or names == 0)
        and overlap < 0.2
        and source.value_count > 3
    )


def are_codes(source: Profile, destination: Profile, names: float) -> bool:
    """Whether two columns hold a few small numbers many times, as codes of answers or alleles do."""
    fewest = min(source.distinct_count, destination.distinct_count)
    is_numeric = source.is_numeric and destination.is_numeric
    return (
        is_numeric and names < CLEAR_NAMES and fewest <= FEW_CODES and source.row_count > FEW_ROWS
    )


def overlap_strength(
    source: Profile, destination: Profile, overlap: float, names: float, table: TableTraits
) -> float:
    """How much an overlap says: little for small whole numbers and for a few categories."""
    fewest = min(source.distinct_count, destination.distinct_count)
    if fewest < 2 and source.row_count > 2:
        return 0.0
    if source.is_numeric and destination.is_numeric and names == 0:
        is_telling = source.is_sparse and destination.is_sparse and fewest > 1
        return overlap if is_telling else overlap * 0.7 if table.is_headerless else 0.0
    if source.is_numeric != destination.is_numeric and names == 0:
        return 0.0
    if fewest <= FEW_CODES and source.row_count > FEW_ROWS and names == 0:
        return overlap * 0.1
    return overlap


def bipartite_strength(source: Profile, destination: Profile) -> float:
    """How well two columns of different things make edges."""
    known = max(
        bipartite_score(source.name, destination.name),
        bipartite_score(destination.name, source.name),
    )
    are_things = all(not end.is_numeric or end.has_id_name for end in (source, destination))
    if (
        known
        and are_things
        and (source.repeats or destination.repeats or source.row_count <= FEW_ROWS)
    ):
        return known + 0.3
    both_repeat = not is_nearly_unique(source) and not is_nearly_unique(destination)
    if source.is_entity and destination.is_entity:
        ids = ID_BONUS * (source.has_id_name + destination.has_id_name)
        texts = ID_BONUS * (not source.is_numeric and not destination.is_numeric)
        texts -= ID_BONUS * ({source.kind, destination.kind} & {"uuid", "hash"} != set())
        return (0.5 if both_repeat else 0.35) + ids + texts
    if source.is_entity or destination.is_entity:
        return 0.25 if both_repeat else 0.2
    return 0.0


def without_description(
    source: Profile,
    destination: Profile,
    score: float,
    names: float,
    strength: float,
    table: TableTraits,
) -> float:
    """The score of a pair, less where one column describes the other or all values go with all."""
    if strength < 0.1 and is_nearly_unique(source) and is_nearly_unique(destination):
        return score if are_numbered(source, destination, names, table) else score * 0.5
    if table.is_headerless and name_score(source.name, destination.name):
        return score  # the first two columns, of which nothing else is known
    if bipartite_score(source.name, destination.name) or bipartite_score(
        destination.name, source.name
    ):
        return score
    pairs = (source.column + "\0" + destination.column).drop_nulls().n_unique()
    fewer, more = sorted((source, destination), key=lambda profile: profile.distinct_count)
    is_described = pairs <= more.distinct_count and more.repeats
    if strength >= 0.1:
        return score * 0.5 if is_described and not is_nearly_unique(more) else score
    all_pairs = fewer.distinct_count * more.distinct_count
    is_crossed = fewer.distinct_count > 1 and pairs >= 0.95 * all_pairs and pairs > FEW_PAIRS
    is_attribute = pairs <= more.distinct_count and fewer.repeats
    return min(score, 0.2) if is_attribute or (is_crossed and not table.has_counts) else score


def is_nearly_unique(profile: Profile) -> bool:
    return profile.value_count > 1 and profile.distinct_count >= 0.85 * profile.value_count
