"""What features hang into the ground floor, named by string, so that `crm` imports none of them; part of the settings.

Whoever adds a slice names its parts here. What each list expects is said where it is read.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NAV = [
    {"key": "today", "go": "t", "label": _("Today"), "url": "crm:home", "icon": "home"},
    {"key": "customers", "go": "c", "label": _("Customers"), "url": "customers:list", "icon": "building-store"},
    {"key": "visits", "go": "v", "label": _("Visits"), "url": "visits:list", "icon": "calendar-event"},
    {"key": "slumps", "go": "d", "label": _("Slumps"), "url": "slumps:list", "icon": "trending-down"},
    {"key": "tiers", "go": "a", "label": _("Tiers"), "url": "customers:tiers", "icon": "stairs-up"},
    {
        "key": "people",
        "go": "w",
        "label": pgettext_lazy("contacts", "People"),
        "url": "customers:people",
        "icon": "users",
    },
    {"key": "receivables", "go": "o", "label": _("Receivables"), "url": "customers:receivables", "icon": "receipt-2"},
    {
        "key": "care",
        "go": "s",
        "label": _("Care"),
        "url": "customers:special-list",
        "also": ["customers:stand-ins", "customers:handovers", "customers:bulk-list"],
        "icon": "star",
    },
    {"key": "imports", "go": "i", "label": _("Imports"), "url": "crm:imports", "icon": "file-import"},
    {"key": "exports", "go": "e", "label": _("Exports"), "url": "crm:exports", "icon": "file-export"},
    {"key": "jobs", "go": "j", "label": _("Jobs"), "url": "crm:jobs", "icon": "list-check"},
    {"key": "audit", "go": "l", "label": _("Audit log"), "url": "crm:audit", "icon": "history"},
    {
        "key": "privacy",
        "go": "p",
        "label": _("Privacy"),
        "url": "customers:erasures",
        "also": ["customers:retention"],
        "may": "customers.privacy.rights.may_follow",
        "icon": "shield-check",
    },
]
HOME_PANELS: list[str] = [
    "customers.pages.home.tiles",
    "visits.plan.panels.today_panel",
    "customers.care.panels.today_panel",
    "customers.pages.home.attention",
    "customers.slumps.panels.today_panel",
    "customers.receivables.panels.home",
    "customers.pages.home.sales",
    "customers.pages.home.tiers",
    "customers.pages.home.files",
]
CUSTOMER_PANELS: list[str] = [
    "customers.panels.tier",
    "customers.care.panels.special",
    "customers.care.panels.notes",
    "customers.slumps.panels.of_customer",
    "customers.panels.sales",
    "customers.receivables.panels.owed",
    "customers.panels.tier_history",
    "customers.panels.changes",
    "visits.plan.panels.next_and_last",
    "customers.panels.completeness",
    "customers.people.panels.people",
    "customers.panels.facts",
    "customers.panels.files",
    "customers.receivables.panels.promises",
    "customers.panels.observations",
    "customers.panels.responsibilities",
]
# The tabs of a customer's pages, in order.
CUSTOMER_TABS = [
    {"key": "overview", "label": _("Overview"), "url": "customers:detail"},
    {"key": "profile", "label": pgettext_lazy("customer", "Profile"), "url": "customers:profile"},
    {"key": "network", "label": _("Network"), "url": "customers:network"},
    {"key": "visits", "label": _("Visits"), "url": "visits:customer"},
    {"key": "channel", "label": _("Channel"), "url": "customers:channel"},
    {"key": "payments", "label": _("Payments"), "url": "customers:payments"},
    {"key": "files", "label": _("Files"), "url": "customers:files"},
    {"key": "notes", "label": _("Notes"), "url": "customers:notes"},
    {"key": "portal", "label": pgettext_lazy("dealers", "Portal"), "url": "customers:portal"},
    {"key": "privacy", "label": _("Privacy"), "url": "customers:privacy"},
]
# What dealers see when they have signed in: `(request, account) -> Panel | None`.
PORTAL_PANELS: list[str] = [
    "customers.portal.panels.tier",
    "visits.plan.panels.agreed",
    "customers.portal.panels.sales",
    "customers.portal.panels.owed",
    "customers.portal.panels.call",
]
# What `create_user LOGIN --portal CODE` asks: `(code, login, name, email) -> link`.
PORTAL_INVITE = "customers.portal.command.invite"
JOB_KINDS: list[str] = [
    "crm.imports.jobs.CHECK",
    "crm.imports.jobs.RUN",
    "crm.imports.jobs.UNDO",
    "crm.exports.jobs.MAKE",
    "crm.exports.jobs.PURGE",
    "crm.api.idempotency.PURGE",
    "crm.jobs.sealing.SEAL",
    "customers.receivables.jobs.FOLLOW",
    "customers.tiers.jobs.REFRESH",
    "customers.tiers.jobs.RUN",
    "customers.slumps.jobs.DETECT",
    "customers.files.jobs.PURGE",
    "customers.duplicates.jobs.SCAN",
    "customers.duplicates.jobs.MERGE",
    "customers.duplicates.jobs.UNMERGE",
    "customers.care.jobs.DO",
    "customers.care.jobs.UNDO",
    "customers.privacy.jobs.ERASE",
    "customers.privacy.jobs.RETAIN",
    "customers.portal.jobs.SEND",
    "customers.portal.jobs.PURGE",
]
IMPORT_KINDS: list[str] = [
    "customers.profile.importing.CUSTOMERS",
    "customers.facts.importing.PROFILES",
    "customers.sales.importing.SALES",
    "customers.people.importing.PEOPLE",
    "customers.receivables.importing.RECEIVABLES",
]
EXPORT_KINDS: list[str] = [
    "customers.profile.listing.EXPORT",
    "customers.receivables.exporting.EXPORT",
    "customers.privacy.exporting.SUBJECT",
]
# What slices above the profile add to the customers list: columns, filters, and what the API tells of a customer.
LIST_EXTRAS: list[str] = ["customers.facts.listed.EXTRA", "customers.receivables.listed.EXTRA"]
# What can be done to the customers ticked in a list, in the order of its buttons (customers/care/kinds.py).
BULK_KINDS: list[str] = [
    "customers.care.standard.ASSIGN",
    "customers.care.standard.TAG",
    "customers.care.standard.UNTAG",
    "visits.plan.bulk.KIND",
    "customers.portal.inviting.INVITE",
]
SEARCH_PROVIDERS: list[str] = ["customers.finding.looking.groups"]
# What ⌘K finds, in the order shown: customers.finding.sources says what a kind needs.
SEARCH_SOURCES: list[str] = [
    "customers.finding.sources.CUSTOMERS",
    "customers.finding.sources.PEOPLE",
    "customers.finding.sources.LICENCES",
    "customers.finding.sources.NOTES",
]
# What becomes of the rows of a customer that is merged into another, in the order in which it is done (crm/merging.py).
MERGE_RULES: list[str] = [
    "customers.sales.moving.RULES",
    "customers.tiers.moving.RULES",
    "customers.people.moving.RULES",
    "customers.receivables.moving.RULES",
    "customers.care.moving.RULES",
    "customers.portal.moving.RULES",
    "customers.slumps.moving.RULES",
    "customers.duplicates.rules.RULES",
    "visits.plan.moving.RULES",
]
# What of each table is personal, how it leads to a customer or person and what an erasure makes of it (crm/privacy.py).
PRIVACY_RULES: list[str] = [
    "customers.privacy.tables.RULES",
    "customers.privacy.care.RULES",
    "customers.portal.privacy.RULES",
    "customers.slumps.privacy.RULES",
    "customers.privacy.traces.RULES",
    "visits.plan.privacy.RULES",
]
# Looked at before a customer is written for the first time: `(values, user) -> profile.entry.Alike`.
ENTRY_CHECKS: list[str] = ["customers.duplicates.entry.check"]
# Asked of a new customer beside its own row: profile.entry.EntryField.
ENTRY_FIELDS: list[str] = ["customers.facts.entry.LICENCE"]
# Where customers went that are no longer there: `(ids, codes) -> [profile.moved.Moved]`.
MOVED_CUSTOMERS = "customers.duplicates.tombstones.moved"
# (local time, job kind): run once a day, in this order.
NIGHTLY: list[tuple[str, str]] = [
    ("02:10", "promises.follow"),
    ("02:30", "tiers.refresh"),
    ("02:45", "slumps.detect"),
    ("03:30", "duplicates.scan"),
    ("04:30", "exports.purge"),
    ("04:35", "api.purge_keys"),
    ("04:40", "audit.seal"),
    ("04:45", "files.purge"),
    ("04:50", "privacy.retain"),
    ("04:55", "portal.purge"),
]
# What people call the codes of the audit log.
AUDIT_WORDS: list[str] = [
    "crm.words.AUDIT",
    "customers.words.AUDIT",
    "customers.people.words.AUDIT",
    "customers.duplicates.words.AUDIT",
    "customers.care.words.AUDIT",
    "customers.privacy.words.AUDIT",
    "visits.plan.words.AUDIT",
    "customers.portal.words.AUDIT",
    "customers.slumps.words.AUDIT",
]
# What slices above the customers tell of the demo company: `(story, staff, manager_of) -> None`.
DEMO_PARTS: list[str] = ["visits.plan.demo.tell"]
# What `manage.py check_integrity` looks at.
INTEGRITY_CHECKS: list[str] = [
    "crm.integrity.CHECKS",
    "customers.sales.integrity.CHECKS",
    "customers.receivables.integrity.CHECKS",
    "customers.tiers.integrity.CHECKS",
    "customers.files.integrity.CHECKS",
]
