"""Rows arrive as the source sends them: with the source held up, cut off or cancelled in the middle."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.stages import STAGES, ConnectorError
from tests.contracts.connector_cases import CASES
from tests.contracts.held_proxy import HeldProxy
from tests.waiting import DEADLINE_S

LIMITS = QueryLimits(max_rows=200_000, max_seconds=DEADLINE_S)
STREAMS = [case for case in CASES if case.stream or case.many]
streamed = pytest.mark.parametrize(
    "case", [case for case in STREAMS if case.has_network], ids=lambda case: case.kind
)
of_files = pytest.mark.parametrize(
    "case", [case for case in STREAMS if case.has_files], ids=lambda case: case.kind
)


class HeldTrial:
    """A session whose source has sent half of its answer, and sends no more: `rows` is its stream of batches."""

    def __init__(self, case, trial_of, proxy_of):
        direct = trial_of(case, limits=LIMITS)
        [(host, port), *_] = direct.kind.endpoints(direct.settings)
        self.proxy = proxy_of(host, port)
        settings = {**case.stream_settings, **case.elsewhere(self.proxy.port)}
        whole = trial_of(case, limits=LIMITS, **settings)
        self.row_count = sum(batch.num_rows for batch in whole.batches(case.stream or case.many))
        whole.session.close()
        self.proxy.restart(self.proxy.sent_bytes * 0.6)
        self.trial = trial_of(case, limits=LIMITS, **settings)
        self.rows = self.trial.session.run(self.trial.check(case.stream or case.many))


@pytest.fixture
def proxy_of():
    opened = []

    def make(host, port):
        opened.append(HeldProxy(host, port))
        return opened[-1]

    yield make
    for proxy in opened:
        proxy.cut()


@pytest.fixture
def held_trial_of(trial_of, proxy_of):
    return lambda case: HeldTrial(case, trial_of, proxy_of)


def first_batch(held):
    """Raises TimeoutError: nothing comes while the source is held up."""
    with ThreadPoolExecutor(1) as executor:
        asked = executor.submit(next, held.rows)
        try:
            return asked.result(DEADLINE_S)
        finally:
            if not asked.done():
                held.proxy.cut()


@streamed
def test_the_first_rows_arrive_before_the_source_has_sent_the_last(case, held_trial_of):
    held = held_trial_of(case)

    batch = first_batch(held)

    assert 0 < batch.num_rows < held.row_count


@streamed
def test_a_source_that_dies_in_the_middle_ends_the_rows_with_an_error(case, held_trial_of):
    held = held_trial_of(case)
    counts = [first_batch(held).num_rows]
    held.proxy.cut()

    with pytest.raises(ConnectorError) as failed:
        counts.extend(batch.num_rows for batch in held.rows)

    assert failed.value.stage in STAGES
    assert sum(counts) < held.row_count


@of_files
def test_a_file_is_still_read_when_its_first_rows_arrive(case, trial_of):
    trial = trial_of(case, limits=LIMITS)
    rows = trial.session.run(trial.check(case.many))
    first = next(rows)
    trial.session.cancel()

    with pytest.raises(ConnectorError, match="canceled"):
        list(rows)

    assert first.num_rows > 0
