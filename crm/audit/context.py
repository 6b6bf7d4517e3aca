"""Who is acting, by which way and from where: set once at the border (request, job, command), read by `record`."""

from __future__ import annotations

import contextvars
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm.accounts.models import User


@dataclass(slots=True)
class Acting:
    via: str = "command"
    actor: User | None = None
    address: str = ""
    request_id: str = ""


_acting: contextvars.ContextVar[Acting | None] = contextvars.ContextVar("acting", default=None)


def current() -> Acting:
    return _acting.get() or Acting()


@contextmanager
def acting(*, via: str, actor: User | None = None, address: str = "", request_id: str = ""):
    """Everything recorded inside is put down to this actor."""
    token = _acting.set(Acting(via=via, actor=actor, address=address, request_id=request_id))
    try:
        yield _acting.get()
    finally:
        _acting.reset(token)


def set_actor(user: User | None) -> None:
    """The request's person, known only after the session is read (or the token)."""
    now = _acting.get()
    if now is not None:
        now.actor = user if user is not None and user.is_authenticated else None


def set_via(via: str) -> None:
    now = _acting.get()
    if now is not None:
        now.via = via
