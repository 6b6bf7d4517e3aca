import pytest

from crm.jobs import kinds as registered
from tests.jobs import kinds


@pytest.fixture
def test_kinds(settings):
    """The kinds of tests/jobs/kinds.py beside the real ones."""
    settings.JOB_KINDS = [*settings.JOB_KINDS, *(f"tests.jobs.kinds.{name}" for name in kinds.ALL)]
    registered.registry.cache_clear()
    kinds.seen.clear()
    yield kinds
    registered.registry.cache_clear()
