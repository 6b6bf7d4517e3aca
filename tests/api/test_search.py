"""⌘K over the API."""

from __future__ import annotations

import pytest

from tests.customers.conftest import make  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def shops(make):  # noqa: F811
    return [make("S1", "张三鲜", w0=100), make("HZ30", "李四百货", phone="13912345678", w0=200)]


def test_the_api(shops, cast, api):
    answer = api("mei", "read").get("/api/v1/search/?q=lisbaihuo")
    (group,) = answer.json()["groups"]
    assert group["kind"] == "customer" and group["more"] is False
    assert group["hits"] == [
        {
            "id": shops[1].pk,
            "title": "李四百货",
            "about": "HZ30",
            "tier": "",
            "similar": True,
            "page": f"/customers/{shops[1].pk}/",
        }
    ]
    assert api("lin", "read").get("/api/v1/search/?q=lisi").json() == {"groups": []}
    assert set(api("mei", "read").get("/api/v1/search/?q=&limit=1000").json()) >= {"q", "limit"}
