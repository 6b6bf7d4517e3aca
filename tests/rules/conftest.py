"""Rules need no Django: the fixtures that prepare it are replaced by nothing, so that none can creep in."""

import pytest
from hypothesis import HealthCheck, settings

# No deadline: the machine that runs this may be busy, and a rule is right or wrong, not late.
settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rules")


@pytest.fixture(autouse=True, scope="session")
def _plain_settings():
    """Take the place of the fixture that sets up Django's settings."""


@pytest.fixture(autouse=True, scope="session")
def _flush_append_only_tables():
    """Take the place of the fixture that prepares the database."""


@pytest.fixture(autouse=True)
def _own_cache():
    """Take the place of the fixture that prepares the cache."""
