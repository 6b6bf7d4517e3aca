"""Rate limits."""

from rest_framework import throttling


class UserRateThrottle(throttling.UserRateThrottle):
    """Per person; a cache that is away lets requests pass."""
