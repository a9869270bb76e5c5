"""SH-65: the doctor says what the accounts of connectors may do beyond reading."""

import pytest

from graphkeep.upkeep.doctor.checks.connectors import account_rights

pytestmark = pytest.mark.django_db


def test_sh65_an_account_that_may_write_is_a_warning_with_its_remedy(make_connector):
    make_connector()
    make_connector("spare", is_enabled=False)

    result = account_rights(None)

    assert (result.state, result.evidence) == ("warning", "siem: writes")
    assert [fix.text for fix in result.fixes] == [
        "graphkeep connector audit NAME shows what to revoke"
    ]


def test_sh65_without_connectors_there_is_nothing_to_audit(db):
    assert account_rights(None).state == "skipped"
