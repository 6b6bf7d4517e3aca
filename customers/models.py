"""Gathers the slices' models for Django."""

from customers.care.models import BulkAction, BulkStep, Handover, HandoverBrief, Note
from customers.duplicates.models import DuplicateKey, DuplicatePair, Merge, MergedCustomer, MergeStep
from customers.facts.models import Fact
from customers.files.models import Attachment
from customers.people.models import Person, PersonRole, Relation, RelationType
from customers.portal.models import PortalAccount, PortalLink, PortalSession
from customers.privacy.models import Erasure
from customers.profile.models import Customer, Responsibility, SpecialCare, StandIn
from customers.profile.searchentry import SearchEntry
from customers.profile.tags import CustomerTag, Tag
from customers.receivables.models import Allocation, OpenItem, Payment, Promise
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
from customers.tiers.overridden import TierOverride
from customers.tiers.trials import TierTrial, TierTrialMove

__all__ = [
    "Allocation",
    "Attachment",
    "BulkAction",
    "BulkStep",
    "Customer",
    "CustomerTag",
    "DuplicateKey",
    "DuplicatePair",
    "Erasure",
    "Fact",
    "Handover",
    "HandoverBrief",
    "Merge",
    "MergeStep",
    "MergedCustomer",
    "MonthlySales",
    "Note",
    "Observation",
    "OpenItem",
    "Payment",
    "Person",
    "PersonRole",
    "PortalAccount",
    "PortalLink",
    "PortalSession",
    "Promise",
    "RegionMonth",
    "RegionTier",
    "Relation",
    "RelationType",
    "Responsibility",
    "SaleLine",
    "SaleSum",
    "SalesDirty",
    "SearchEntry",
    "SpecialCare",
    "StandIn",
    "StandingState",
    "Tag",
    "TierDecision",
    "TierDirty",
    "TierOverride",
    "TierPolicy",
    "TierRun",
    "TierStanding",
    "TierTrial",
    "TierTrialMove",
]
