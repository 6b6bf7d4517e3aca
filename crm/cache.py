"""A cache that is allowed to be away: without Redis for ten seconds, no request may fail."""

from __future__ import annotations

import logging

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    def _try(self, method, default, *args, **kwargs):
        try:
            return getattr(RedisCache, method)(self, *args, **kwargs)
        except RedisError as error:
            logger.warning("cache away: %s", type(error).__name__)
            return default

    def get(self, key, default=None, version=None):
        return self._try("get", default, key, default, version)

    def set(self, *args, **kwargs):
        return self._try("set", None, *args, **kwargs)

    def add(self, *args, **kwargs):
        return self._try("add", True, *args, **kwargs)

    def delete(self, *args, **kwargs):
        return self._try("delete", False, *args, **kwargs)

    def incr(self, key, *args, **kwargs):
        return self._try("incr", 1, key, *args, **kwargs)

    def get_many(self, *args, **kwargs):
        return self._try("get_many", {}, *args, **kwargs)

    def set_many(self, *args, **kwargs):
        return self._try("set_many", [], *args, **kwargs)

    def touch(self, *args, **kwargs):
        return self._try("touch", False, *args, **kwargs)

    def has_key(self, *args, **kwargs):
        return self._try("has_key", False, *args, **kwargs)

    def clear(self):
        return self._try("clear", False)
