import pytest

from crm.exports.kinds import registry
from tests.exports import kinds


@pytest.fixture
def shops(settings):
    """The kind `shops`, with rows of the test's own."""
    settings.EXPORT_KINDS = ["tests.exports.kinds.SHOPS"]
    registry.cache_clear()
    kinds.rows_given[:] = kinds.typical()
    yield kinds.rows_given
    registry.cache_clear()
