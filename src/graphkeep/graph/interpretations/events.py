"""Tables whose rows are events that several things take part in."""

from collections.abc import Sequence

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.names import DESCRIPTION_WORDS, TITLE_NAMES
from graphkeep.graph.interpretations.nodes import key_column, naming_column
from graphkeep.graph.interpretations.profiles import Profile
from graphkeep.graph.interpretations.roles import time_column

MAX_EVENT_COLUMNS = 5
DESCRIPTIONS = frozenset((word,) for word in DESCRIPTION_WORDS)
FEW_PAIRS = 12
NAMING_WORDS = frozenset(
    {"id", "ids", "name", "code", "key", "no", "nr", "num", "number", "guid", "uuid", "title"}
)


def event_interpretations(
    profiles: Sequence[Profile], table_index: int
) -> list[TableInterpretation]:
    entities = [
        profile
        for profile in profiles
        if profile.is_entity
        and not profile.is_numeric
        and not is_row_id(profile)
        and profile.words[-1:] not in DESCRIPTIONS
    ]
    entities = without_described(entities)
    if len(entities) == 2 and are_crossed(*entities):
        entities = entities[:1]
    others = [
        profile
        for profile in profiles
        if profile not in entities
        and profile.can_be_end
        and not profile.is_numeric
        and profile.repeats
    ]
    time = time_column(profiles)
    if len(entities) >= 2:
        key = key_column(profiles)
        naming = naming_column(profiles)
        is_named = key is not None and key.kind in {"name", "country"} and not key.is_numeric
        is_named = is_named or (naming is not None and naming.flat_name in TITLE_NAMES)
        if len(entities) == 2:
            score = 0.45
        else:
            score = 0.6 + (0.15 if time else 0.0)
            if key is not None and not is_named and time:
                score += 0.2
        score -= 0.3 if is_named else 0.0
        columns = entities
    elif len(entities) + len(others) >= 2:
        score, columns = 0.2, [*entities, *others]
    else:
        return []
    names = tuple(profile.name for profile in columns[:MAX_EVENT_COLUMNS])
    return [
        TableInterpretation(
            kind="hypergraph",
            label="Events with " + ", ".join(names),
            reason=f"Each row is an event that joins the values of {', '.join(names)}.",
            columns=names,
            edge_tables=(table_index,),
            time=time,
            score=round(score, 4),
        )
    ]


def is_row_id(profile: Profile) -> bool:
    """Whether nearly each row has a value of its own: it joins nothing."""
    return profile.distinct_count >= 0.85 * profile.value_count and profile.row_count > 3


def without_described(entities: Sequence[Profile]) -> list[Profile]:
    """Without columns that another one determines, as a country's code is by its name."""
    independent: list[Profile] = []
    for profile in entities:
        if not any(are_one_thing(other, profile) for other in independent):
            independent.append(profile)
    return independent


def are_crossed(first: Profile, second: Profile) -> bool:
    """Whether each value of one goes with each of the other, as countries and indicators in a panel."""
    pairs = (first.column + "\0" + second.column).drop_nulls().n_unique()
    return pairs > FEW_PAIRS and pairs >= 0.95 * first.distinct_count * second.distinct_count


def are_one_thing(first: Profile, second: Profile) -> bool:
    if are_id_and_name(first, second):
        return True
    pairs = (first.column + "\0" + second.column).drop_nulls().n_unique()
    return pairs <= max(first.distinct_count, second.distinct_count) and first.repeats


def are_id_and_name(first: Profile, second: Profile) -> bool:
    """Whether two names are of one thing, as `bank_id` and `bank`."""
    words = [
        tuple(word for word in end.words if word not in NAMING_WORDS) for end in (first, second)
    ]
    return words[0] == words[1] and bool(words[0])
