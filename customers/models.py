"""Gathers the slices' models for Django."""

from customers.care.models import BulkAction, BulkStep, Handover, HandoverBrief, Note
from customers.contacts.models import Contact, Topic
from customers.duplicates.models import DuplicateKey, DuplicatePair, Merge, MergedCustomer, MergeStep
from customers.facts.models import Fact
from customers.files.models import Attachment
from customers.issues.models import Issue, IssueStep
from customers.issues.rulemodels import IssueCause, IssueTerms, IssueTime, SharedMirror
from customers.people.models import Person, PersonRole, Relation, RelationType
from customers.portal.models import PortalAccount, PortalLink, PortalSession
from customers.privacy.models import Erasure
from customers.profile.models import Customer, Responsibility, SpecialCare, StandIn
from customers.profile.searchentry import SearchEntry
from customers.profile.tags import CustomerTag, Tag
from customers.promises.models import Commitment
from customers.receivables.models import Allocation, OpenItem, Payment, Promise
from customers.relationship.branddays import BrandDay
from customers.relationship.models import Observation
from customers.sales.models import MonthlySales, RegionMonth, SaleLine, SalesDirty, SaleSum
from customers.scores.models import Score, ScoreDirty, ScoreRun, ScoreWeights
from customers.slumps.models import (
    NetworkDay,
    SchoolHoliday,
    SlumpAlert,
    SlumpCause,
    SlumpSetting,
    SlumpState,
)
from customers.support.models import (
    Entitlement,
    EntitlementException,
    SupportBudget,
    SupportCategory,
    SupportCost,
    SupportRequest,
)
from customers.surveys.models import (
    ManagerGuess,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyPoint,
    SurveyResponse,
    SurveyTemplate,
)
from customers.tiers.models import RegionTier, StandingState, TierDecision, TierDirty, TierPolicy, TierRun, TierStanding
from customers.tiers.overridden import TierOverride
from customers.tiers.trials import TierTrial, TierTrialMove

__all__ = [
    "Allocation",
    "Attachment",
    "BrandDay",
    "BulkAction",
    "BulkStep",
    "Commitment",
    "Contact",
    "Customer",
    "CustomerTag",
    "DuplicateKey",
    "DuplicatePair",
    "Entitlement",
    "EntitlementException",
    "Erasure",
    "Fact",
    "Handover",
    "HandoverBrief",
    "Issue",
    "IssueCause",
    "IssueStep",
    "IssueTerms",
    "IssueTime",
    "ManagerGuess",
    "Merge",
    "MergeStep",
    "MergedCustomer",
    "MonthlySales",
    "NetworkDay",
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
    "SchoolHoliday",
    "Score",
    "ScoreDirty",
    "ScoreRun",
    "ScoreWeights",
    "SearchEntry",
    "SharedMirror",
    "SlumpAlert",
    "SlumpCause",
    "SlumpSetting",
    "SlumpState",
    "SpecialCare",
    "StandIn",
    "StandingState",
    "SupportBudget",
    "SupportCategory",
    "SupportCost",
    "SupportRequest",
    "Survey",
    "SurveyAnswer",
    "SurveyInvitation",
    "SurveyPoint",
    "SurveyResponse",
    "SurveyTemplate",
    "Tag",
    "TierDecision",
    "TierDirty",
    "TierOverride",
    "TierPolicy",
    "TierRun",
    "TierStanding",
    "TierTrial",
    "TierTrialMove",
    "Topic",
]
