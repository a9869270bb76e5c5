"""Tables whose rows are events that several things take part in."""

from collections.abc import Sequence

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.nodes import key_column
from graphkeep.graph.interpretations.profiles import Profile
from graphkeep.graph.interpretations.roles import time_column

MAX_EVENT_COLUMNS = 5


def event_interpretations(
    profiles: Sequence[Profile], table_index: int
) -> list[TableInterpretation]:
    entities = [
        profile
        for profile in profiles
        if profile.is_entity and not profile.is_numeric and not is_row_id(profile)
    ]
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
        is_named = key is not None and key.kind in {"name", "country"} and not key.is_numeric
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
    """Whether each row has a value of its own: it joins nothing."""
    return profile.is_unique and profile.is_complete and profile.row_count > 3
