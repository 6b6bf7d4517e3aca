"""The demo company's promotion that is over is measured, on its own ledger, whatever comes of it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from crm.accounts.models import User
from promotions.rollout.models import Promotion
from promotions.uplift.measuring import measure_and_keep


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    for one in Promotion.objects.filter(ends_on__lt=timezone.localdate()):
        measure_and_keep(promotion=one)
