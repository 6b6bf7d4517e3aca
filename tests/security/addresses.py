"""What every address is about: whether it is public, which rows its parameters name, and what to fill in for them.

Addresses come from the URL configuration. One that is neither public, nor without parameters, nor about a kind of row
known here fails `test_matrix.py::test_every_address_is_classified`: then say below what it is about.
"""

from __future__ import annotations

import re

from tests.security import world as worlds
from tests.security.routes import Route, walk

# Without signing in, by subject; no more than eight.
PUBLIC = {
    "health": {"health-live", "health-ready", ""},
    "signing in, in both its steps": {"account_login", "mfa_authenticate"},
    "leaving": {"account_logout"},
    "a forgotten password": {
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    },
    "a closed account": {"account_inactive"},
    "language, theme and being an app": {"crm:preferences", "crm:manifest", "crm:worker", "crm:offline"},
    # Whose pages know nobody of ours: tests/portal/ says who sees what there.
    "the dealers' own door": {
        "portal:home",
        "portal:enter",
        "portal:leave",
        "portal:language",
        "portal:issues",
        "portal:issue-new",
        "portal:issue",
        "portal:issue-comment",
        "portal:issue-say",
        "portal:survey",
        "visits_portal:visit",
        "visits_portal:answer",
        "visits_portal:point",
        "notices_portal:list",
        "notices_portal:one",
        "notices_portal:answer",
        "notices_portal:ask",
        "notices_portal:done",
        "notices_portal:paper",
        "promotions_portal:plan",
        "promotions_portal:costs",
        "promotions_portal:sign",
        "promotions_portal:drop",
        "promotions_portal:run",
        "promotions_portal:run-answer",
        "promotions_portal:run-received",
        "promotions_portal:run-seen",
        "promotions_portal:run-claim",
    },
    # Whoever knows one's secret address: tests/visits/test_feed.py.
    "the calendar on one's devices": {"calendar-feed"},
}
# What a row is called in an address, by the word before its parameter.
KINDS = {
    "customers": "customer",
    "regions": "region",
    "people": "user",
    "jobs": "job",
    "imports": "importrun",
    "exports": "export",
    "views": "savedview",
    "tokens": "apitoken",
    "runs": "tierrun",
    "lab": "tiertrial",
    "overrides": "tieroverride",
    "policies": "tierpolicy",
    "policy": "tierpolicy",
    "observations": "observation",
    "promises": "commitment",
    "contacts": "contact",
    "topics": "topic",
    "ground": "topic",
    "responsibilities": "responsibility",
    "decisions": "tierdecision",
    "files": "attachment",
    "notes": "note",
    "stand-ins": "standin",
    "special": "specialcare",
    "handovers": "handover",
    "bulk": "bulkaction",
    "roles": "personrole",
    "relations": "relation",
    "duplicates": "duplicatepair",
    "merges": "merge",
    "erasures": "erasure",
    "visits": "plannedvisit",
    "drafts": "plandraft",
    "plan-drafts": "plandraft",
    "cadences": "cadenceoverride",
    "rules": "countingrule",
    "windows": "cadencewindow",
    "busy": "busyday",
    "trips": "trip",
    "visit-reports": "visitreport",
    "slumps": "slumpalert",
    "calendar": "brandday",
    "schools": "schoolholiday",
    "causes": "slumpcause",
    "accounts": "portalaccount",
    "requests": "supportrequest",
    "support-requests": "supportrequest",
    "costs": "supportcost",
    "exceptions": "entitlementexception",
    "issues": "issue",
    "times": "issuetime",
    "surveys": "survey",
    "invitations": "surveyinvitation",
    "notifications": "notification",
    "templates": "surveytemplate",
    "notices": "notice",
    "to": "noticedelivery",
    "papers": "noticefile",
    "questions": "noticequestion",
    "notice-deliveries": "noticedelivery",
    "notice-papers": "noticefile",
    "notice-questions": "noticequestion",
    "promotions": "promotionplan",
    "promotion-plans": "promotionplan",
    "promotion-lessons": "promotionlesson",
    "parts": "participation",
    "promotion-budgets": "promotionbudget",
    "budget-approvals": "budgetapproval",
    "approvals": "budgetapproval",
    "promotion-participations": "participation",
}
# The same word means something else below another.
KINDS_BELOW = {
    ("customers", "people"): "person",
    ("<int:pk>", "promises"): "promise",
    # A dealer's address names what their shop was told.
    ("portal", "notices"): "noticedelivery",
    ("promotions", "runs"): "promotion",
    ("promotions", "budgets"): "promotionbudget",
    ("v1", "promotions"): "promotion",
}
# Parameters that name no row: something to fill in, and something unheard of.
WORDS = {
    ("import-template", "kind"): ("sales", "unheard-of"),
    ("choices", "name"): ("region", "unheard-of"),
    ("fact", "field"): ("staff", "unheard-of"),
    ("fact-reveal", "field"): ("staff", "unheard-of"),
    ("consent-withdraw", "field"): ("family", "unheard-of"),
    ("enter", "token"): ("x", "unheard-of"),
    ("day", "day"): ("2026-12-01", "unheard-of"),
    ("version", "number"): ("1", "999"),
    ("take", "number"): ("1", "999"),
    ("paper", "number"): ("1", "999"),
    ("paper", "side"): ("customer", "unheard-of"),
    ("day-order", "day"): ("2026-12-01", "unheard-of"),
    ("survey", "token"): ("x", "unheard-of"),
    ("calendar-feed", "token"): ("x", "unheard-of"),
    ("app_list", "app_label"): ("crm", "unheard-of"),
    ("account_reset_password_from_key", "uidb36"): ("1", "zzzz"),
    ("account_reset_password_from_key", "key"): ("set-password", "zzzz"),
}
CATCH_ALL = {"url"}
MISSING = 999_999_999
NO_DIGEST = "f" * 128


def words_before(route: Route, name: str) -> list[str]:
    return re.split(rf"/?<(?:\w+:)?{name}>", route.path)[0].split("/")


def kind_of(route: Route, name: str) -> str | None:
    """The kind of row a parameter names; None for none that is known."""
    if name == "object_id" and route.part == "admin":
        return route.path.split("/")[2]
    words = tuple(words_before(route, name)[-2:])
    return KINDS_BELOW.get(words) or KINDS.get(words[-1])


def is_public(route: Route) -> bool:
    if not route.name:
        return route.path in ("healthz", "readyz")
    return any(route.name in names for names in PUBLIC.values())


def values_for(route: Route, name: str) -> tuple | None:
    return WORDS.get((route.name.rsplit(":", 1)[-1], name))


ROUTES = walk()
ABOUT_ROWS = [r for r in ROUTES if any(kind_of(r, name) in worlds.SEES for name in r.parameters)]
OTHERS = [r for r in ROUTES if r not in ABOUT_ROWS and not CATCH_ALL & r.parameters.keys()]


def missing_key(route: Route):
    return NO_DIGEST if "digest" in route.parameters or "apitoken" in route.path else MISSING


def address_of(route: Route, row_key, word: int = 0) -> str:
    values = {}
    for name in route.parameters:
        words = values_for(route, name)
        values[name] = words[word] if words else row_key
    return route.address(**values)
