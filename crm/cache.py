"""A cache whose Redis is allowed to be away: no request may fail by it, and no counter of tries may stand still.

While Redis does not answer, the same keys live in the table that a server without Redis uses. What Redis had counted is
not known there, and the other way round: who tries to guess passwords gains at most one fresh round by an outage.
"""

from __future__ import annotations

import logging
import re
import time
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

TABLE = "crm_cache"
TABLE_OPTIONS = {"MAX_ENTRIES": 20_000}
# So long nobody asks Redis again: else each of a request's calls would wait for an answer that does not come.
AWAY_SECONDS = 5.0
_WAITS = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}
# {address: when it may be asked again}; of the process, since every thread has a cache object of its own.
_away: dict[str, float] = {}


DROPPED_AT_ONCE = 500
_LITERAL, _ESCAPED = re.compile(r"([*?\[\]\\])"), r"\\\1"


class ForgivingRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        # One more try at once is for a connection that lay idle and was cut; the library's own would wait seconds.
        options = {"retry": Retry(NoBackoff(), 1), **_WAITS, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._address = str(server)
        self._table = DatabaseCache(TABLE, {**params, "OPTIONS": TABLE_OPTIONS})

    def _either(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= _away.get(self._address, 0.0):
            try:
                found = self._drop_own() if method == "clear" else getattr(RedisCache, method)(self, *args, **kwargs)
            except RedisError as error:
                _away[self._address] = time.monotonic() + AWAY_SECONDS
                logger.warning("cache away, the database stands in: %s", type(error).__name__)
            else:
                _away.pop(self._address, None)
                return found
        self._table.key_prefix = self.key_prefix
        return getattr(self._table, method)(*args, **kwargs)

    def _drop_own(self) -> bool:
        """The library would empty the whole database of Redis, in which the queue of jobs lies as well."""
        client = self._cache.get_client(None, write=True)
        pattern = f"{_LITERAL.sub(_ESCAPED, self.key_prefix)}:*"
        found: list[bytes] = []
        for key in client.scan_iter(match=pattern, count=DROPPED_AT_ONCE):
            found.append(key)
            if len(found) == DROPPED_AT_ONCE:
                client.delete(*found)
                found = []
        if found:
            client.delete(*found)
        return True

    def get(self, *args, **kwargs):
        return self._either("get", *args, **kwargs)

    def set(self, *args, **kwargs):
        return self._either("set", *args, **kwargs)

    def add(self, *args, **kwargs):
        return self._either("add", *args, **kwargs)

    def touch(self, *args, **kwargs):
        return self._either("touch", *args, **kwargs)

    def delete(self, *args, **kwargs):
        return self._either("delete", *args, **kwargs)

    def has_key(self, *args, **kwargs):
        return self._either("has_key", *args, **kwargs)

    def incr(self, *args, **kwargs):
        return self._either("incr", *args, **kwargs)

    def get_many(self, *args, **kwargs):
        return self._either("get_many", *args, **kwargs)

    def set_many(self, *args, **kwargs):
        return self._either("set_many", *args, **kwargs)

    def delete_many(self, *args, **kwargs):
        return self._either("delete_many", *args, **kwargs)

    def clear(self):
        return self._either("clear")
