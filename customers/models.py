"""Gathers the slices' models for Django."""

from customers.facts.models import Fact
from customers.files.models import Attachment
from customers.profile.models import Customer, Responsibility
from customers.profile.searchentry import SearchEntry
from customers.relationship.models import Observation
from customers.sales.models import MonthlySales, RegionMonth, SaleLine, SalesDirty
from customers.tiers.models import (
    RegionTier,
    StandingState,
    TierDecision,
    TierDirty,
    TierPolicy,
    TierRun,
    TierStanding,
)

__all__ = [
    "Attachment",
    "Customer",
    "Fact",
    "MonthlySales",
    "Observation",
    "RegionMonth",
    "RegionTier",
    "Responsibility",
    "SaleLine",
    "SalesDirty",
    "SearchEntry",
    "StandingState",
    "TierDecision",
    "TierDirty",
    "TierPolicy",
    "TierRun",
    "TierStanding",
]
