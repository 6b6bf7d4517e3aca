"""Two shops, East and West, a place for files that is looked into, and a small limit for sizes."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import override_settings


@pytest.fixture(autouse=True)
def limits(settings):
    settings.FILE_MAX_BYTES = 2_000_000
    settings.FILE_MAX_UNPACKED = 50_000_000
    settings.VIRUS_SCANNER = ""


@pytest.fixture(autouse=True)
def media(tmp_path):
    """A storage of the test's own; `media()` lists what is in it."""
    with override_settings(MEDIA_ROOT=str(tmp_path / "media")):
        yield lambda: sorted(
            str(path.relative_to(tmp_path / "media")) for path in Path(tmp_path / "media").rglob("*") if path.is_file()
        )


@pytest.fixture
def shops(cast, regions):
    from customers.profile.actions import assign, create_customer

    east = create_customer(code="E1", name="东店", kind="franchisee", region=regions.jiangsu)
    west = create_customer(code="W1-SECRET", name="西店", kind="franchisee", region=regions.sichuan)
    import datetime

    assign(customers=[east], user=cast.tao, since=datetime.date(2026, 1, 1))
    return SimpleNamespace(east=east, west=west)


@pytest.fixture
def attach(cast):
    from customers.files import actions

    def bring(customer, data: bytes, name="photo.jpg", by=None, **more):
        return actions.attach(customer=customer, file=io.BytesIO(data), name=name, by=by or cast.mei, **more)

    return bring
