"""Gathers the slices' models for Django."""

from crm.accounts.models import ApiToken, Posting, Region, User
from crm.api.models import IdempotencyKey
from crm.audit.models import AuditEntry, AuditRedaction, AuditSeal
from crm.cachetable import CacheEntry
from crm.exports.models import Export
from crm.imports.models import ColumnMapping, ImportChange, ImportRun
from crm.jobs.models import Job
from crm.listing.models import SavedView
from crm.notifications.models import Notification, NotificationChoice, NotificationHours
from crm.today.models import TodayMark

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
    "Notification",
    "NotificationChoice",
    "NotificationHours",
    "Posting",
    "Region",
    "SavedView",
    "TodayMark",
    "User",
]
