"""Each test reads the runtime settings of its own database, never what a former test's cache still holds."""

import pytest

from graphkeep.site.runtime_settings import forget_cached_values


@pytest.fixture(autouse=True)
def _fresh_runtime_settings():
    forget_cached_values()
    yield
    forget_cached_values()
