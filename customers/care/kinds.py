"""What can be done to many customers at once; settings.BULK_KINDS names it, so that each slice brings its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from crm.accounts.models import User
from customers.care.models import BulkAction, BulkStep
from customers.care.outcome import Outcome
from customers.profile.models import Customer


@dataclass(frozen=True, slots=True)
class BulkKind:
    """One thing that is done to a page of customers, inside the page's transaction, and taken back exactly.

    code: `BulkAction.kind`. label: what the log calls it. button, icon, url: under the list; url is the name of the
    page that asks and does, "" for a kind without a button. do answers one outcome a customer given, undo one a step
    given; rights on the customers were looked at, any other is the doer's to look at. title and done: what it does and
    what came of it, a sentence each. reasons: code of an outcome's reason to words. may: whether it is offered. onward:
    (words, address) of a page where more is to be done about what was done.
    """

    code: str
    label: Any
    do: Callable[[BulkAction, Sequence[Customer], User], list[Outcome]]
    undo: Callable[[BulkAction, Sequence[BulkStep], User], list[Outcome]]
    title: Callable[[BulkAction], str]
    done: Callable[[BulkAction], str]
    icon: str = ""
    url: str = ""
    button: Any = ""
    reasons: Mapping[str, Any] = field(default_factory=dict)
    may: Callable[[User], bool] = lambda user: user.may_write
    onward: Callable[[BulkAction], tuple[str, str] | None] = lambda action: None


REACH = {"reach": gettext_lazy("It is beyond your reach by now.")}
"""The reason that the journal itself gives, of whatever kind."""


@cache
def kinds() -> dict[str, BulkKind]:
    found = [import_string(path) for path in settings.BULK_KINDS]
    return {kind.code: kind for kind in found}


def kind_of(action: BulkAction) -> BulkKind:
    return kinds()[action.kind]


def offered_to(user: User) -> list[BulkKind]:
    """Those with a button, in the order of the settings."""
    return [kind for kind in kinds().values() if kind.url and kind.may(user)]


def title_of(action: BulkAction) -> str:
    return kind_of(action).title(action)


def done_of(action: BulkAction) -> str:
    return kind_of(action).done(action)


def reason_of(action: BulkAction, code: str) -> str:
    return str({**REACH, **kind_of(action).reasons}.get(code, ""))


def onward_of(action: BulkAction) -> tuple[str, str] | None:
    return kind_of(action).onward(action) if action.changed else None
