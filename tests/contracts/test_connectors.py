"""What every kind of connector promises, whoever declares it; asked of real servers and of doubles."""

import subprocess
import sys

import pytest

from graphkeep.sources.databases.column_union import union_table
from graphkeep.sources.databases.query import QueryLimits, QueryPolicy
from graphkeep.sources.databases.registry import connector_kind, connector_kinds
from graphkeep.sources.databases.setting_values import SettingValueError, checked_settings
from graphkeep.sources.databases.stages import STAGES, ConnectorError, QueryRefusedError
from tests.contracts.connector_cases import CASES
from tests.ports import free_port

DRIVERS = ("psycopg", "pymysql", "neo4j", "duckdb", "clickhouse_connect", "splunklib", "sqlglot")
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
networked = pytest.mark.parametrize(
    "case", [case for case in CASES if case.has_network], ids=lambda case: case.kind
)


@each_case
def test_a_kind_is_found_by_its_name_and_names_what_it_takes(case):
    kind = connector_kind(case.kind)

    assert kind.name == case.kind
    assert case.language in kind.languages
    assert len({field.name for field in kind.fields}) == len(kind.fields)
    assert all(field.label for field in kind.fields)
    assert kind.title
    assert kind.description.endswith(".")


def test_listing_the_kinds_imports_no_driver():
    code = (
        "import sys; from graphkeep.sources.databases.registry import connector_kinds; connector_kinds(); "
        f"print([name for name in {DRIVERS} if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_no_two_kinds_share_a_name():
    assert len(connector_kinds()) == len({kind.title for kind in connector_kinds().values()})


@pytest.mark.parametrize(
    "kind", [kind for kind in connector_kinds().values() if any(field.name == "ca_certificates" for field in kind.fields)],
    ids=lambda kind: kind.name,
)  # fmt: skip
def test_authorities_that_are_no_pem_are_refused_by_the_name_of_the_setting(kind):
    given = {
        "host": "db.example",
        "database": "net",
        "user": "reader",
        "warehouse_id": "abc",
        "authentication": "none",
    }
    taken = {field.name for field in kind.fields}
    settings = checked_settings(
        kind.fields,
        {name: value for name, value in given.items() if name in taken}
        | {"ca_certificates": "no pem"},
    )

    with pytest.raises(SettingValueError) as refused:
        kind.check_settings(settings)
    assert refused.value.name == "ca_certificates"


@each_case
def test_the_test_of_a_source_that_answers_passes(case, trial_of):
    trial_of(case).session.test()


@each_case
def test_the_audit_gives_one_finding_a_check_in_sentences(case, trial_of):
    findings = trial_of(case).session.audit()

    assert findings
    assert len({found.check for found in findings}) == len(findings)
    assert all(found.message.endswith(".") for found in findings)
    assert all(found.advice for found in findings if found.is_excess)


@each_case
def test_the_schema_lists_what_can_be_asked_for(case, trial_of):
    listed = trial_of(case).session.schema()

    assert case.table in {table.name for table in listed.tables} | {
        f"{table.container}.{table.name}" for table in listed.tables
    }


@each_case
def test_rows_come_in_batches_of_the_same_columns(case, trial_of):
    batches = trial_of(case, limits=QueryLimits(max_rows=30_000)).batches(case.many)

    assert sum(batch.num_rows for batch in batches) > case.many_rows
    assert all(batch.num_rows <= 10_000 for batch in batches)
    assert all(batch.schema.names == batches[0].schema.names for batch in batches)


@each_case
def test_the_same_query_gives_the_same_rows_twice(case, trial_of):
    trial = trial_of(case)

    first, second = (union_table(trial.batches(case.rows)) for _ in range(2))

    assert first.num_rows > 0
    assert first.equals(second)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.nothing], ids=lambda case: case.kind
)
def test_a_result_without_rows_is_one_batch_with_the_columns_that_are_known(case, trial_of):
    [batch] = trial_of(case).batches(case.nothing)

    assert batch.num_rows == 0
    assert batch.num_columns > 0 or not case.names_columns


def test_only_the_sample_tables_have_no_result_without_rows():
    assert [case.kind for case in CASES if not case.nothing] == ["sample_data"]


@each_case
def test_at_most_one_batch_beyond_the_row_cap_is_read(case, trial_of):
    cap = case.many_rows * 3 // 4
    rows = sum(
        batch.num_rows
        for batch in trial_of(case, limits=QueryLimits(max_rows=cap)).batches(case.many)
    )

    assert cap < rows <= cap + 10_000


@each_case
def test_a_reader_that_stops_early_leaves_a_session_that_can_be_asked_again(case, trial_of):
    trial = trial_of(case)
    rows = trial.session.run(trial.check(case.many))
    next(rows)
    rows.close()

    assert sum(batch.num_rows for batch in trial.batches(case.rows)) > 0


@each_case
def test_a_hostile_query_is_refused_before_anything_is_opened(case, trial_of):
    trial = trial_of(case)

    with pytest.raises(QueryRefusedError) as refused:
        trial.batches(case.refused)

    assert refused.value.stage == "policy"
    assert len(refused.value.message) > 10
    assert trial.gateway.lookups == 0


@each_case
def test_a_marking_above_the_policy_s_is_refused(case, trial_of):
    with pytest.raises(QueryRefusedError, match="TLP:RED"):
        trial_of(case).check(case.rows, QueryPolicy(max_marking="green"), marking="red")


@each_case
def test_a_session_can_be_closed_twice_and_unused_and_cancelled_idle(case, trial_of):
    session = trial_of(case).session

    session.cancel()
    session.close()
    session.close()


@networked
def test_wrong_credentials_fail_at_the_stage_sign_in_and_never_show(case, trial_of):
    trial = trial_of(case, secrets=case.wrong_secrets)

    with pytest.raises(ConnectorError) as failed:
        trial.session.test()

    shown = f"{failed.value!r} {failed.value} {failed.value.advice} {trial.context!r}"
    assert failed.value.stage == "sign-in"
    assert failed.value.advice
    assert not any(secret in shown for secret in case.wrong_secrets.values())


@networked
def test_a_port_where_nobody_listens_fails_at_the_stage_refused(case, trial_of):
    trial = trial_of(case, **case.elsewhere(free_port()))

    with pytest.raises(ConnectorError) as failed:
        trial.session.test()

    assert failed.value.stage == "refused"
    assert failed.value.stage in STAGES


@networked
def test_under_air_gap_nothing_is_connected(case, trial_of):
    trial = trial_of(case, is_air_gapped=True)

    with pytest.raises(ConnectorError) as failed:
        trial.session.test()

    assert failed.value.stage == "policy"
