import pytest

from customers.tiers import dialect


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Let few customers show what many would: on PostgreSQL everything is written piece by piece."""
    monkeypatch.setattr(dialect, "PIECE", 40)
