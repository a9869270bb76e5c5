import pytest

from tests.contracts.connector_trial import Trial


@pytest.fixture
def trial_of(request):
    """Makes a trial of a case, whose source is started at the first use."""
    opened = []

    def make(case, **more):
        server = request.getfixturevalue(case.server) if case.server else None
        opened.append(Trial(case, server, **more))
        return opened[-1]

    yield make
    for trial in opened:
        trial.session.close()
