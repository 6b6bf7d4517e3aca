"""The one door for reading on a person's behalf.

Every personal model's default manager is made from a `ScopedQuerySet`; pages, API, admin, exports, search, charts and
jobs begin with `visible_to(user)`. What a person cannot see answers 404, in the same words as what does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models

from crm.clock import today

if TYPE_CHECKING:
    from crm.accounts.models import User


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a person sees, on a day.

    everywhere: the whole brand. region_ids: regions posted to and all below them. user_id: for what is theirs by name.
    """

    everywhere: bool
    region_ids: frozenset[int]
    user_id: int | None

    @property
    def nothing(self) -> bool:
        return not self.everywhere and not self.region_ids and self.user_id is None


NO_REACH = Reach(everywhere=False, region_ids=frozenset(), user_id=None)


def reach_of(user: User | None) -> Reach:
    """The reach of a person today; one query at most, remembered on the user object (that is: for one request)."""
    if user is None or not user.is_authenticated or not user.is_active:
        return NO_REACH
    if getattr(user, "_reach", None) is None:
        user._reach = user.work_out_reach(today())
    return user._reach


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to somebody's reach. Subclasses say how in `visible_to`."""

    def visible_to(self, user):
        raise NotImplementedError(f"{type(self).__name__} must say who sees its rows")

    def editable_by(self, user):
        """Rows of `visible_to` that this person may change; readers (analysts) change nothing."""
        if not getattr(user, "may_write", False):
            return self.none()
        return self.visible_to(user)


class BrandRulesQuerySet(ScopedQuerySet):
    """The brand's own rules and lists: whoever works here may read them, administrators write them."""

    def visible_to(self, user):
        return self if getattr(user, "is_active", False) else self.none()

    def editable_by(self, user):
        return self.visible_to(user) if getattr(user, "is_admin", False) and user.may_write else self.none()


class RegionScopedQuerySet(ScopedQuerySet):
    """Rows with a path to a region, and perhaps a path to rows naming the persons responsible."""

    region_path = "region"

    def visible_to(self, user):
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing:
            return self.none()
        return self.filter(**{f"{self.region_path}__in": reach.region_ids})
