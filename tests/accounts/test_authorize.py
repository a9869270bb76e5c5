"""The sentence of a refusal."""

import pytest

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.authorize import authorize
from graphkeep.graph.errors import NotAllowedError


def may_share(_actor, _target):
    return False


def may_manage_connector(_actor, _target):
    return False


@pytest.mark.parametrize(
    ("rule", "target", "sentence"),
    [
        (may_share, object(), "You may not share this."),
        (may_manage_connector, object(), "You may not manage this connector."),
        (may_manage_connector, None, "You may not manage connector."),
    ],
)
def test_a_refusal_is_a_sentence(rule, target, sentence):
    with pytest.raises(NotAllowedError) as refused:
        authorize(rule, CONSOLE, target)

    assert refused.value.message == sentence
