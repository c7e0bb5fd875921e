"""The cache for counters of limits (sign-in, search and the like).

It uses Redis or Valkey, and each process's own memory for half a minute after an error. A hanging
server then costs one short time-out and never an error page; meanwhile limits count per process.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
AVOID_SECONDS = 30.0


class LimitsCache(RedisCache):
    """RedisCache that falls back to memory instead of raising."""

    _avoid_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("limits", {})

    def _either(self, name: str, *args: object, **kwargs: object) -> Any:
        return self._first_that_answers(
            lambda: getattr(super(LimitsCache, self), name)(*args, **kwargs),
            lambda: getattr(self._memory, name)(*args, **kwargs),
        )

    def _first_that_answers(self, redis: Callable[[], Any], memory: Callable[[], Any]) -> Any:
        if time.monotonic() >= LimitsCache._avoid_until:
            try:
                return redis()
            except (RedisError, OSError) as error:
                LimitsCache._avoid_until = time.monotonic() + AVOID_SECONDS
                log.warning("limits are counted in memory: %s", error)
        return memory()

    def add(self, *args: object, **kwargs: object) -> bool:
        return bool(self._either("add", *args, **kwargs))

    def get(self, *args: object, **kwargs: object) -> Any:
        return self._either("get", *args, **kwargs)

    def set(self, *args: object, **kwargs: object) -> None:
        self._either("set", *args, **kwargs)

    def touch(self, *args: object, **kwargs: object) -> bool:
        return bool(self._either("touch", *args, **kwargs))

    def delete(self, *args: object, **kwargs: object) -> bool:
        return bool(self._either("delete", *args, **kwargs))

    def incr(self, *args: object, **kwargs: object) -> int:
        return int(self._either("incr", *args, **kwargs))

    def count(self, key: str, seconds: int) -> int:
        """Add one to ``key`` and return the count, in one round trip to Redis.

        The key expires ``seconds`` after it was first counted.
        """

        def redis() -> int:
            whole = self.make_and_validate_key(key)
            pipe = self._cache.get_client(whole, write=True).pipeline(transaction=False)
            pipe.set(whole, 0, ex=seconds, nx=True)
            pipe.incr(whole)
            return int(pipe.execute()[1])

        def memory() -> int:
            self._memory.add(key, 0, seconds)
            return self._memory.incr(key)

        return int(self._first_that_answers(redis, memory))

    def clear(self) -> None:
        self._either("clear")
