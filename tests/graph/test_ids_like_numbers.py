"""Ids that look like numbers, and names of ids that differ by a word."""

import pyarrow as pa

from graphkeep.graph.interpretations.pair_names import name_score
from graphkeep.graph.interpretations.suggest import suggest_interpretations


def test_hashes_that_look_like_floats_are_ends():
    commits = pa.table(
        {
            "parent": ["4e12345", "7e10000", "1234567"],
            "child": ["7e10000", "1234567", "9e99999"],
        }
    )
    best = suggest_interpretations([commits])[0]

    assert (best.kind, best.source, best.destination) == ("edges", "parent", "child")


def test_an_id_and_the_same_id_with_a_word_before_it_are_a_pair():
    tweets = pa.table(
        {
            "user_id": [708663653625634816, 727189530466459649],
            "retweeted_user_id": [727189530466459649, 708663653625634817],
            "tweet_id": [727189530466459650, 727189530466459651],
        }
    )
    best = suggest_interpretations([tweets])[0]

    assert (best.kind, best.source, best.destination) == ("edges", "user_id", "retweeted_user_id")


def test_a_name_and_a_longer_name_are_no_pair():
    assert name_score("name", "first_name") == 0.0
    assert name_score("id", "user_id") == 0.0
