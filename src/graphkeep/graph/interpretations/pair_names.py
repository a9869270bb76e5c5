"""How clearly two names of columns say: this one is the source, that one the destination."""

import re
from functools import lru_cache

from graphkeep.graph.interpretations.names import (
    ATTRIBUTE_WORDS,
    BIPARTITE,
    CONTACT_WORDS,
    COUNTERPART_WORDS,
    END_WORDS,
    ENTITY_WORDS,
    MEASURE_WORDS,
    PAIRS,
    PARENT_WORDS,
    flat,
    words_of,
)

PAIR_RANK = {
    (flat(source), flat(destination)): rank
    for rank, (source, destination) in reversed(list(enumerate(PAIRS)))
}
BIPARTITE_RANK = {pair: rank for rank, pair in enumerate(BIPARTITE)}
# Numbered ends: `node_1` and `node_2`, `protein_a` and `protein_b`, `V1` and `V2`.
NUMBERED = {
    ("1", "2"),
    ("a", "b"),
    ("i", "j"),
    ("0", "1"),
    ("x", "y"),
    ("one", "two"),
    ("first", "second"),
}
NUMBERED_NAME = re.compile(r"(.*?)[ _.-]*([0-9]|[A-Za-z])[ _.-]*")
GLUED = sorted(
    (pair for pair in PAIR_RANK if len(pair[0]) > 2 and len(pair[1]) > 1),
    key=lambda pair: -len(pair[0]),
)
RANK_STEP = 0.0002
ID_WORDS = frozenset({"id", "no", "nr", "num", "number", "code", "key", "name", "iban"})
# Whole names that are ends only where no clearer ones are there: contents and results, limits of a range.
VAGUE_PAIRS = frozenset(
    {("input", "output"), ("start", "end"), ("begin", "end"), ("top", "bottom"), ("left", "right")}
)
VAGUE_SCORE = 0.72
CHILD_WORDS = frozenset({"new", "child", "created", "spawned"})


@lru_cache(maxsize=50_000)
def name_score(source: str, destination: str) -> float:
    """1 for `src` and `dst`, 0.95 for `src_ip` and `dst_ip`, less for names that agree less; 0 for none.

    Below 0.4 for names of what describes ends, as `src_port` and `dst_port`.
    """
    first, second = words_of(source), words_of(destination)
    if not first or not second:
        return 0.0
    whole = PAIR_RANK.get(("".join(first), "".join(second)))
    if first + second in VAGUE_PAIRS:
        return VAGUE_SCORE
    if whole is not None:
        return 1.0 - whole * RANK_STEP
    return max(
        word_score(first, second),
        glued_score("".join(first), "".join(second)),
        parent_score(first, second),
        qualified_score(first, second),
        counterpart_score(first, second),
        numbered_score(source, destination),
    )


def word_score(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """A pair among the words of two longer names."""
    best = 0.0
    for position, word in enumerate(first):
        for other_position, other in enumerate(second):
            rank = PAIR_RANK.get((word, other))
            if rank is None:
                continue
            rest = first[:position] + first[position + 1 :]
            other_rest = second[:other_position] + second[other_position + 1 :]
            if len(word) == 1 and rest != other_rest:
                continue
            if is_variable_of_path(first, second):
                best = max(best, 0.88 - rank * RANK_STEP)
                continue
            best = max(best, rest_score(rest, other_rest) - rank * RANK_STEP)
    return best


def is_variable_of_path(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """`p.source` and `p.destination`, as results of Cypher have them: a letter before the pair is no measure."""
    is_pair = first[1:] == ("source",) and second[1:] == ("destination",)
    return is_pair and first[0] == second[0] and len(first[0]) == 1


def rest_score(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """How well what the names say besides the pair fits: `ip` and `ip` well, `port` and `port` badly."""
    if any(word in MEASURE_WORDS and word not in END_WORDS for word in (*first, *second)):
        return 0.25
    if any(word in ATTRIBUTE_WORDS and word not in END_WORDS for word in (*first, *second)):
        return 0.62 if first == second else 0.3
    if sorted(first) == sorted(second):
        is_name = any(word in {"name", "names"} for word in first)
        if not first:
            return 1.0
        if set(first) & END_WORDS:
            return 0.92 if is_name else 0.96
        return 0.88
    if all(word in END_WORDS for word in (*first, *second)) or not first or not second:
        return 0.75
    return 0.55


def glued_score(first: str, second: str) -> float:
    """`srcip` and `dstip`: a pair that begins or ends names without separators."""
    for source, destination in GLUED:
        if first.startswith(source) and second.startswith(destination):
            rest, other_rest = first[len(source) :], second[len(destination) :]
        elif first.endswith(source) and second.endswith(destination) and len(destination) > 2:
            rest, other_rest = first[: -len(source)], second[: -len(destination)]
        else:
            continue
        if rest == other_rest:
            score = rest_score((rest,) if rest else (), (other_rest,) if other_rest else ())
        else:
            score = 0.6 if len(source) > 4 and len(destination) > 3 else 0.0
        return score - PAIR_RANK[source, destination] * RANK_STEP
    return 0.0


def parent_score(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """`ParentImage` and `Image`: a name that is the other's with a word for the parent."""
    if first == second[1:] and second[0] == "new" and first[-1] == "id":
        return 0.97  # `ProcessId` and `NewProcessId` of Windows' event 4688
    rest = tuple(word for word in first if word not in PARENT_WORDS)
    if len(rest) == len(first):
        return 0.0
    second = tuple(word for word in second if word not in CHILD_WORDS) or second
    if rest == second and rest:
        is_described = any(
            word in MEASURE_WORDS | ATTRIBUTE_WORDS and word not in END_WORDS for word in rest
        )
        is_id = bool(set(rest) & {"guid", "id", "uid", "uuid", "key"})
        return 0.3 if is_described else 0.97 if is_id else 0.94
    if first == ("ppid",) and second in {("pid",), ("process", "id")}:
        return 0.97
    return 0.0


def qualified_score(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """`user_id` and `retweeted_user_id`: the second name is the first, an id, with one word before it."""
    is_id = len(first) >= 2 and first[-1] in {"id", "key", "guid", "uid", "uuid"}
    return 0.6 if is_id and second[1:] == first else 0.0


def counterpart_score(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """`ACCOUNT_ID` and `COUNTER_PARTY_ACCOUNT_NUM`: the second name is the first, of another party."""
    own = tuple(word for word in first if word not in ID_WORDS)
    other = tuple(word for word in second if word not in ID_WORDS)
    rest = tuple(word for word in other if word not in COUNTERPART_WORDS)
    if not own or rest != own or len(rest) == len(other) or not set(own) & END_WORDS:
        return 0.0
    return 0.95


def numbered_score(source: str, destination: str) -> float:
    """`node_1` and `node_2`; `Person.id` and `Person.id_2`, which a reader makes of two equal names."""
    if destination == f"{source}_2":
        return 0.92 if set(words_of(source)) & END_WORDS else 0.7
    first, second = NUMBERED_NAME.fullmatch(source), NUMBERED_NAME.fullmatch(destination)
    if first is None or second is None or first[1].lower() != second[1].lower():
        return 0.0
    stem = first[1].strip(" _.-").lower()
    if (first[2].lower(), second[2].lower()) not in NUMBERED:
        return 0.0
    if not stem:
        return 0.0
    words = words_of(stem)
    if set(words) <= CONTACT_WORDS:
        return 0.3
    if any(word in MEASURE_WORDS and word not in END_WORDS for word in words):
        return 0.0
    is_clear = bool(set(words) & (END_WORDS | ENTITY_WORDS)) or stem in {"v", "n"}
    return 0.8 if is_clear else 0.7


@lru_cache(maxsize=50_000)
def bipartite_score(first: str, second: str) -> float:
    """0.5 where two names are known to go together, as `user` and `movie`; else 0."""
    first_words = {word.rstrip("s") if len(word) > 3 else word for word in words_of(first)} | {
        flat(first)
    }
    second_words = {word.rstrip("s") if len(word) > 3 else word for word in words_of(second)} | {
        flat(second)
    }
    for source, destination in BIPARTITE_RANK:
        if source in first_words and destination in second_words:
            return 0.5
    return 0.0
