"""Gathers the slices' models for Django."""

from customers.duplicates.models import DuplicateKey, DuplicatePair, Merge, MergedCustomer, MergeStep
from customers.facts.models import Fact
from customers.files.models import Attachment
from customers.profile.models import Customer, Responsibility
from customers.relationship.models import Observation
from customers.sales.models import MonthlySales, RegionMonth, SaleLine, SalesDirty, SaleSum
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
    "DuplicateKey",
    "DuplicatePair",
    "Fact",
    "Merge",
    "MergeStep",
    "MergedCustomer",
    "MonthlySales",
    "Observation",
    "RegionMonth",
    "RegionTier",
    "Responsibility",
    "SaleLine",
    "SaleSum",
    "SalesDirty",
    "StandingState",
    "TierDecision",
    "TierDirty",
    "TierPolicy",
    "TierRun",
    "TierStanding",
]
