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
    {
        "key": "contacts",
        "go": "k",
        "label": _("Contacts"),
        "url": "contacts:list",
        "icon": "message",
    },
    {"key": "promises", "go": "m", "label": _("Promises"), "url": "promises:list", "icon": "clipboard-check"},
    {"key": "issues", "go": "q", "label": pgettext_lazy("complaint", "Issues"), "url": "issues:list", "icon": "flag"},
    {"key": "notices", "go": "n", "label": _("Notices"), "url": "notices:list", "icon": "file-text"},
    {
        "key": "promotions",
        "go": "b",
        "label": _("Promotions"),
        "url": "promotions:runs",
        "also": [
            "promotions:list",
            "promotions:calendar",
            "promotions:budgets",
            "promotions:estimates",
            "promotions:quarter",
            "promotions:learned",
        ],
        "icon": "gift",
    },
    {"key": "surveys", "go": "y", "label": _("Surveys"), "url": "surveys:rounds", "icon": "clipboard-check"},
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
        "also": ["customers:unheard", "customers:stand-ins", "customers:handovers", "customers:bulk-list"],
        "icon": "star",
    },
    {"key": "support", "go": "u", "label": _("Support"), "url": "support:list", "icon": "gift"},
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
# What the phone's + and the key L offer. panel: the address of a part that opens over any page, looked after by script.
QUICK = [
    {
        "key": "contact",
        "label": _("Log a contact"),
        "url": "contacts:new",
        "icon": "message",
        "panel": "contacts:quick",
        "script": "crm/js/pages/contact.js",
    },
    {"key": "import", "label": _("Imports"), "url": "crm:imports", "icon": "file-import"},
]
HOME_PANELS: list[str] = [
    "customers.pages.home.tiles",
    "crm.today.panels.today_panel",
    "customers.pages.home.nothing_waits",
    "visits.plan.panels.today_panel",
    "customers.care.panels.today_panel",
    "customers.pages.home.sales",
    "customers.pages.home.tiers",
    "customers.pages.home.files",
]
CUSTOMER_PANELS: list[str] = [
    "customers.panels.tier",
    "customers.pages.overrides.customer_panel",
    "customers.care.panels.special",
    "customers.contacts.panels.contacts",
    "customers.care.panels.notes",
    "customers.slumps.panels.of_customer",
    "customers.panels.sales",
    "customers.receivables.panels.owed",
    "customers.panels.tier_history",
    "customers.panels.changes",
    "visits.plan.panels.next_and_last",
    "promotions.policies.panels.of_customer",
    "customers.support.panels.card",
    "customers.issues.panels.open_ones",
    "customers.panels.completeness",
    "customers.pages.trust.panel",
    "customers.promises.panels.book",
    "customers.people.panels.people",
    "customers.contacts.panels.ground",
    "customers.panels.facts",
    "customers.panels.files",
    "customers.receivables.panels.promises",
    "customers.scores.panels.scores",
    "customers.panels.observations",
    "customers.panels.responsibilities",
]
# What the page of a person shows beside who it is: `(request, person=) -> Panel | None`.
PERSON_PANELS: list[str] = ["customers.contacts.panels.ground_of_person"]
# The tabs of a customer's pages, in order.
CUSTOMER_TABS = [
    {"key": "overview", "label": _("Overview"), "url": "customers:detail"},
    {"key": "timeline", "label": _("Timeline"), "url": "customers:timeline"},
    {"key": "profile", "label": pgettext_lazy("customer", "Profile"), "url": "customers:profile"},
    {"key": "network", "label": _("Network"), "url": "customers:network"},
    {"key": "scores", "label": _("Scores"), "url": "customers:scores"},
    {"key": "trust", "label": _("Trust"), "url": "customers:trust"},
    {"key": "visits", "label": _("Visits"), "url": "visits:customer"},
    {"key": "contacts", "label": _("Contacts"), "url": "contacts:customer"},
    {"key": "promises", "label": _("Promises"), "url": "promises:customer"},
    {"key": "issues", "label": pgettext_lazy("complaint", "Issues"), "url": "issues:customer"},
    {"key": "notices", "label": _("Notices"), "url": "notices:customer"},
    {"key": "promotions", "label": _("Promotions"), "url": "promotions:customer"},
    {"key": "satisfaction", "label": _("Satisfaction"), "url": "surveys:customer"},
    {"key": "channel", "label": _("Channel"), "url": "customers:channel"},
    {"key": "payments", "label": _("Payments"), "url": "customers:payments"},
    {"key": "support", "label": _("Support"), "url": "support:customer"},
    {"key": "files", "label": _("Files"), "url": "customers:files"},
    {"key": "notes", "label": _("Notes"), "url": "customers:notes"},
    {"key": "portal", "label": pgettext_lazy("dealers", "Portal"), "url": "customers:portal"},
    {"key": "privacy", "label": _("Privacy"), "url": "customers:privacy"},
]
# A customer's timeline, in the order of its filters: `(user, customer, since, until) -> [crm.panels.TimelineEntry]`.
TIMELINE = [
    {"key": "contact", "label": _("Contacts"), "icon": "message", "entries": "customers.contacts.timeline.entries"},
    {
        "key": "promise",
        "label": _("Promises"),
        "icon": "clipboard-check",
        "entries": "customers.promises.timeline.entries",
    },
    {
        "key": "issue",
        "label": pgettext_lazy("complaint", "Issues"),
        "icon": "flag",
        "entries": "customers.issues.timeline.entries",
    },
    {
        "key": "survey",
        "label": _("Surveys"),
        "icon": "clipboard-check",
        "entries": "customers.surveys.timeline.entries",
    },
    {"key": "support", "label": _("Support"), "icon": "gift", "entries": "customers.support.timeline.entries"},
    {"key": "visit", "label": _("Visits"), "icon": "calendar-event", "entries": "visits.report.timeline.entries"},
    {"key": "notice", "label": _("Notices"), "icon": "file-text", "entries": "promotions.policies.timeline.entries"},
    {"key": "promotion", "label": _("Promotions"), "icon": "gift", "entries": "promotions.rollout.timeline.entries"},
    {"key": "slump", "label": _("Slumps"), "icon": "trending-down", "entries": "customers.slumps.timeline.entries"},
    {"key": "note", "label": _("Notes"), "icon": "notes", "entries": "customers.care.timeline.notes"},
    {
        "key": "payment",
        "label": _("Payments"),
        "icon": "receipt-2",
        "entries": "customers.receivables.timeline.entries",
    },
    {"key": "tier", "label": _("Tiers"), "icon": "stairs-up", "entries": "customers.tiers.timeline.entries"},
    {"key": "seen", "label": _("Observations"), "icon": "eye", "entries": "customers.relationship.timeline.entries"},
    {"key": "care", "label": _("Care"), "icon": "star", "entries": "customers.care.timeline.care"},
    {"key": "file", "label": _("Files"), "icon": "file-text", "entries": "customers.files.timeline.entries"},
]
TRUST_SOURCES: list[str] = ["visits.plan.shortnotice.movements"]  # `(customer, since, until) -> [ledger.Movement]`
# Suggests goals of visits: `(user, ids in reach, day) -> {customer id: [visits.plan.suggesting.Suggestion]}`.
VISIT_SUGGESTIONS: list[str] = [
    "visits.plan.sources.issues",
    "visits.plan.sources.overdue",
    "visits.plan.sources.promises",
    "visits.plan.sources.payments",
    "visits.plan.sources.surveys",
    "visits.plan.sources.support",
    "visits.plan.sources.slumps",
    "visits.plan.sources.profile",
    "visits.plan.sources.silence",
    "visits.plan.sources.growth",
    "promotions.policies.suggesting.notices",
    "promotions.policies.suggesting.questions",
    "promotions.rollout.suggesting.promotions",
]
DRIVES_SOURCE = "visits.report.driving.drives"  # `(person, beginning of lunch) -> [visits.planning.learning.Drive]`
# What past promotions make likely: `(customer id, [calculator.expected.Offer]) -> calculator.estimating.Learned`.
PROMOTION_PAST = "promotions.uplift.learning.past_of"
# How a person's estimates of promotions came out: `(person) -> calculator.expected.TrackRecord | None`.
ESTIMATE_RECORD = "promotions.uplift.records.record_of"
# What the page of a promotion plan shows below its sheets: `(request, plan=) -> Panel | None`.
PROMOTION_PLAN_PANELS: list[str] = ["promotions.uplift.panels.of_plan"]
# What the page of a visit shows beside its goals: `(request, visit=) -> Panel | None`; main or side.
VISIT_PANELS: list[str] = [
    "visits.agenda.panels.of_visit",
    "visits.plan.panels.suggested",
    "promotions.policies.panels.of_visit",
]
# What dealers see when they have signed in: `(request, account) -> Panel | None`.
PORTAL_PANELS: list[str] = [
    "customers.portal.panels.tier",
    "promotions.policies.panels.for_dealer",
    "promotions.rollout.panels.for_dealer",
    "promotions.calculator.panels.for_dealer",
    "visits.agenda.panels.agreed",
    "visits.report.panels.shared",
    "customers.portal.panels.survey",
    "customers.portal.panels.issues",
    "customers.portal.panels.sales",
    "customers.portal.panels.owed",
    "customers.portal.panels.support",
    "customers.portal.panels.call",
]
# What `create_user LOGIN --portal CODE` asks: `(code, login, name, email) -> link`.
PORTAL_INVITE = "customers.portal.command.invite"
# What slices above the profile add to the customers list: columns, filters, and what the API tells of a customer.
LIST_EXTRAS: list[str] = [
    "customers.facts.listed.EXTRA",
    "customers.receivables.listed.EXTRA",
    "customers.scores.listed.EXTRA",
    "customers.tiers.listed.EXTRA",
    "visits.plan.listed.EXTRA",
]
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
    "customers.finding.sources.CONTACTS",
    "customers.finding.sources.ISSUES",
]
# Looked at before a customer is written for the first time: `(values, user) -> profile.entry.Alike`.
ENTRY_CHECKS: list[str] = ["customers.duplicates.entry.check"]
# Asked of a new customer beside its own row: profile.entry.EntryField.
ENTRY_FIELDS: list[str] = ["customers.facts.entry.LICENCE"]
# Where customers went that are no longer there: `(ids, codes) -> [profile.moved.Moved]`.
MOVED_CUSTOMERS = "customers.duplicates.tombstones.moved"
# What waits for somebody: `(user, day) -> [crm.today.ranking.Task]`, of customers that `visible_to(user)` lets through.
TODAY_SOURCES: list[str] = [
    "customers.slumps.waiting.tasks",
    "customers.promises.waiting.tasks",
    "customers.contacts.waiting.tasks",
    "customers.issues.waiting.tasks",
    "customers.surveys.waiting.tasks",
    "customers.support.waiting.tasks",
    "customers.tiers.overridewaiting.tasks",
    "customers.trust.waiting.tasks",
    "customers.care.waiting.tasks",
    "customers.receivables.waiting.tasks",
    "customers.tiers.waiting.tasks",
    "visits.report.waiting.tasks",
    "visits.plan.waiting.slipping_tasks",
    "visits.agenda.waiting.tasks",
    "promotions.policies.waiting.tasks",
    "promotions.budgets.waiting.tasks",
    "promotions.rollout.waiting.tasks",
]
# What Today shows of customers: `(user, ids, day) -> {id: crm.today.reading.Shop}` of those in reach.
TODAY_CUSTOMERS = "customers.tiers.waiting.shops"
# Who can take over what is to do about a customer: `(user, customer_id, day) -> queryset of users`.
TODAY_TAKERS = "customers.profile.colleagues.takers"
# Of (user id, customer id) those who still can: `(pairs, day) -> set of pairs`.
TODAY_STILL_TAKING = "customers.profile.colleagues.still_taking"
# Minutes of a day that are taken already: `(user, day) -> int`.
TODAY_BUSY = "visits.plan.waiting.busy_minutes"
# Where evidence of a source can be read: (page, whether it is the "customer"'s or the event's own by its "ref").
EVIDENCE_LINKS: dict[str, tuple[str, str]] = {
    "receivables": ("customers:payments", "customer"),
    "survey": ("surveys:customer", "customer"),
    "notice": ("notices:customer", "customer"),
    "promotion": ("promotions:part", "event"),
}
