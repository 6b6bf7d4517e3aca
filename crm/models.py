"""Gathers the slices' models for Django."""

from crm.accounts.models import ApiToken, Posting, Region, User
from crm.api.models import IdempotencyKey
from crm.audit.models import AuditEntry, AuditRedaction, AuditSeal
from crm.cachetable import CacheEntry
from crm.exports.models import Export
from crm.imports.models import ColumnMapping, ImportChange, ImportRun
from crm.jobs.models import Job
from crm.listing.models import SavedView

__all__ = [
    "ApiToken",
    "AuditEntry",
    "AuditRedaction",
    "AuditSeal",
    "CacheEntry",
    "ColumnMapping",
    "Export",
    "IdempotencyKey",
    "ImportChange",
    "ImportRun",
    "Job",
    "Posting",
    "Region",
    "SavedView",
    "User",
]
