"""Emptying the cache leaves what else lies in the same Redis: the queue of jobs, counters of others."""

from __future__ import annotations

import os
import uuid

import pytest
import redis
from django.conf import settings as given
from django.core.cache import caches

ADDRESS = os.environ.get("TEST_REDIS_URL") or given.REDIS_URL


@pytest.mark.skipif(not ADDRESS, reason="no Redis here")
@pytest.mark.parametrize("ending", ["", "-m[i]ne*"])
def test_only_own_keys_go(settings, ending):
    mark = f"cleared-{uuid.uuid4().hex}"  # other workers use the same Redis
    backend = {"BACKEND": "crm.cache.ForgivingRedisCache", "LOCATION": ADDRESS}
    settings.CACHES = {
        "default": {**backend, "KEY_PREFIX": mark + ending},
        "other": {**backend, "KEY_PREFIX": f"{mark}-too"},
    }
    plain = redis.Redis.from_url(ADDRESS)
    own, other = caches["default"], caches["other"]
    plain.lpush(f"{mark}-queue", "a job")
    try:
        own.set_many({f"k{n}": n for n in range(1203)})
        other.set("tries", 9)
        own.clear()
        assert own.get_many([f"k{n}" for n in range(1203)]) == {}
        assert other.get("tries") == 9
        assert plain.lrange(f"{mark}-queue", 0, -1) == [b"a job"]
        own.clear()  # nothing there
    finally:
        other.clear()
        plain.delete(f"{mark}-queue")
    assert plain.keys(f"{mark}*") == []
