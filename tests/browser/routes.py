"""Which addresses are pages, who looks at each, and why the others are none."""

from __future__ import annotations

from tests.security.addresses import kind_of, values_for
from tests.security.routes import Route, walk

# Not looked at, each with its reason; `test_excuses_hold` asks every one of them.
POST_ONLY = "is only sent to"
DATA = "answers data or a file"
ELSEWHERE = "sends on to another page"
REFUSED = "nobody may do this in the admin"
# A page all the same, looked at by a test of its own.
LOOKED_AT = {
    "api:docs": "test_api_page.py",
    "customers:tag": "test_sent_pages.py",  # like assign
    "visits:plan-many": "test_sent_pages.py",  # like assign
    "customers:invite": "test_sent_pages.py",  # like assign
    "portal:survey": "test_portal.py",  # a link that works stands below, under MORE
    "portal:enter": "test_portal.py",  # a link that works stands below, under MORE
    "customers:assign": "test_sent_pages.py",  # is only sent to, with the customers that were chosen
}
EXCUSED = {
    "health-live": DATA,
    "health-ready": DATA,
    "healthz": DATA,
    "readyz": DATA,
    "mfa_download_recovery_codes": DATA,
    "admin:autocomplete": DATA,
    "admin:jsi18n": DATA,
    "api:schema": DATA,
    "crm:import-template": DATA,
    "crm:import-rejected": DATA,
    "crm:export-file": DATA,
    "crm:manifest": DATA,
    "crm:worker": DATA,
    "crm:token": DATA,
    "visits:phone-list": DATA,
    "crm:jobs-bell": "a part of every page, looked at there",
    "crm:notifications-unread": "a part of every page, looked at there",
    "crm:notifications-read": POST_ONLY,
    "crm:notification-open": POST_ONLY,
    "crm:today-mark": POST_ONLY,
    "crm:today-hand": "asks for a line of Today, which it names by its key",
    "crm:today-take-back": POST_ONLY,
    "crm:job-card": "a part of the page of its job, looked at there",
    "admin:login": ELSEWHERE,
    "admin:password_change": ELSEWHERE,
    "admin:password_change_done": ELSEWHERE,
    "admin:view_on_site": ELSEWHERE,
    "admin:": ELSEWHERE,
    "admin:crm_apitoken_change": "its key is the digest, which is shown nowhere",
    "admin:crm_apitoken_history": "its key is the digest, which is shown nowhere",
    "admin:logout": POST_ONLY,
    "crm:preferences": POST_ONLY,
    "crm:token-create": POST_ONLY,
    "crm:token-revoke": POST_ONLY,
    "crm:job-stop": POST_ONLY,
    "crm:job-retry": POST_ONLY,
    "crm:import-map": POST_ONLY,
    "crm:import-check": POST_ONLY,
    "crm:import-start": POST_ONLY,
    "crm:import-undo": POST_ONLY,
    "crm:export-ask": POST_ONLY,
    "crm:views-save": POST_ONLY,
    "crm:views-delete": POST_ONLY,
    "customers:people-find": "a part of the forms that ask for somebody, looked at there",
    "customers:export": POST_ONLY,
    "customers:fact-reveal": POST_ONLY,
    "customers:channel-move": POST_ONLY,
    "customers:profile-ask": ELSEWHERE,
    "customers:receivables-export": POST_ONLY,
    "customers:promise-settle": POST_ONLY,
    "customers:map-points": DATA,
    "customers:suggest": POST_ONLY,
    "customers:suggest-new": POST_ONLY,
    "customers:duplicate-hint": "a part of the page of a new customer, looked at there",
    "customers:duplicate-scan": POST_ONLY,
    "customers:duplicate-propose": POST_ONLY,
    "customers:duplicates-dismiss": POST_ONLY,
    "customers:duplicate-dismiss": POST_ONLY,
    "customers:duplicate-reopen": POST_ONLY,
    "customers:duplicate-merge": POST_ONLY,
    "customers:merge-undo": POST_ONLY,
    "customers:tier-run": POST_ONLY,
    "customers:tier-policy-adopt": POST_ONLY,
    "customers:tier-policy-call-off": POST_ONLY,
    "customers:tier-trial-churn": POST_ONLY,
    "customers:tier-trial-keep": POST_ONLY,
    "customers:tier-override-approve": POST_ONLY,
    "customers:tier-override-refuse": POST_ONLY,
    "customers:tier-override-end": POST_ONLY,
    "customers:privacy-copy": POST_ONLY,
    "customers:person-copy": POST_ONLY,
    "customers:consent-withdraw": POST_ONLY,
    "customers:erasure-agree": POST_ONLY,
    "customers:erasure-refuse": POST_ONLY,
    "customers:retention-run": POST_ONLY,
    "customers:file-content": DATA,
    "customers:file-thumbnail": DATA,
    "customers:file-remove": POST_ONLY,
    "customers:file-restore": POST_ONLY,
    "customers:tags": POST_ONLY,
    "customers:bulk-undo": POST_ONLY,
    "customers:stand-in-end": POST_ONLY,
    "customers:handover-read": POST_ONLY,
    "customers:note-remove": POST_ONLY,
    "customers:note-restore": POST_ONLY,
    "visits:move": POST_ONLY,
    "visits:cadence-end": POST_ONLY,
    "visits:customer-on": POST_ONLY,
    "visits:to": POST_ONLY,
    "visits:draft-accept": POST_ONLY,
    "visits:draft-discard": POST_ONLY,
    "visits:draft-undo": POST_ONLY,
    "visits:day-order": POST_ONLY,
    "visits:costs": DATA,
    "visits:customer-places": "a piece of the page that plans a visit",
    "visits:draft": "of a plan that is worked out; looked at by tests/planning/test_pages.py",
    "visits:customer-costs": DATA,
    "visits:busy-remove": POST_ONLY,
    "visits:goal-take": POST_ONLY,
    "visits:answer-accept": POST_ONLY,
    "visits:answer-settle": POST_ONLY,
    "visits:calendar-create": POST_ONLY,
    "visits:calendar-revoke": POST_ONLY,
    "calendar-feed": DATA,
    "visits_portal:visit": "asks for a link; looked at with a session by tests/visits/test_agenda.py",
    "visits_portal:answer": POST_ONLY,
    "visits_portal:point": POST_ONLY,
    "slumps:call": POST_ONLY,
    "slumps:reopen": POST_ONLY,
    "slumps:remove-day": POST_ONLY,
    "visits:reopen": POST_ONLY,
    "promises:reopen": POST_ONLY,
    "promises:new": "asks for a customer; looked at with one, below",
    "contacts:export": POST_ONLY,
    "contacts:remove": POST_ONLY,
    "contacts:restore": POST_ONLY,
    "contacts:topic-add": POST_ONLY,
    "contacts:topic-retire": POST_ONLY,
    "contacts:topic-back": POST_ONLY,
    "contacts:quick": "a part of every page, looked at in test_contact.py",
    "contacts:find": "a part of the panel, looked at in test_contact.py",
    "visits:report": "of a visit that is reported; looked at with one, below",
    "visits:report-edit": "of a visit that is reported; looked at with one, below",
    "visits:report-unplanned": "asks for a customer; looked at with one, below",
    "visits:report-add": POST_ONLY,
    "visits:report-photos": POST_ONLY,
    "visits:plan": "asks for a customer; looked at with one, below",
    "support:export": POST_ONLY,
    "support:exception-approve": POST_ONLY,
    "support:exception-drop": POST_ONLY,
    "support:ask": "asks for a customer; looked at with one, below",
    "customers:portal-revoke": POST_ONLY,
    "customers:portal-end": POST_ONLY,
    "portal:leave": POST_ONLY,
    "portal:issues": "asks for a link; looked at with a session by test_portal.py",
    "portal:issue-new": "asks for a link; looked at with a session by test_portal.py",
    "portal:issue": "asks for a link; looked at with a session by test_portal.py",
    "portal:issue-comment": POST_ONLY,
    "portal:issue-say": POST_ONLY,
    "surveys:waive": POST_ONLY,
    "surveys:decline": POST_ONLY,
    "surveys:send": POST_ONLY,
    "surveys:end": POST_ONLY,
    "issues:new": "asks for a customer; looked at with one, below",
    "issues:take": POST_ONLY,
    "issues:begin": POST_ONLY,
    "issues:export": POST_ONLY,
    "portal:language": POST_ONLY,
}
# Looked at by somebody else than the administrator; None: nobody has signed in.
BY = {
    "account_login": None,
    "portal:home": None,
    "account_inactive": None,
    "account_reset_password": None,
    "account_reset_password_done": None,
    "account_reset_password_from_key": None,
    "account_reset_password_from_key_done": None,
    "mfa_authenticate": "half",  # the password was right, the second factor is asked for
    "visits:working-day": "mei",
    "mfa_reauthenticate": "careful",
    "mfa_deactivate_totp": "careful",
    "mfa_view_recovery_codes": "careful",
    "mfa_generate_recovery_codes": "careful",
}
# The same pages in other states and by other people: (person, address); braces are filled in from `company.build`.
MORE = [
    (None, "/accounts/password/reset/key/{reset}/"),
    ("careful", "/profile/"),
    ("careful", "/accounts/2fa/"),
    ("admin", "/search/?q=zj"),
    ("admin", "/customers/?tier=A&growth=up&cols=code,kind,state,region,before,phone,opened&sort=-sales"),
    ("admin", "/customers/?q=nothing-is-called-so"),
    ("admin", "/customers/map/?by=sales&tier=A"),
    ("mei", "/customers/map/"),
    ("admin", "/search/?q=zj&kind=customer"),
    ("admin", "/customers/{lone}/"),
    ("admin", "/customers/{agent}/"),
    ("admin", "/customers/{lone}/network/"),
    ("admin", "/customers/people/?q=nothing-is-called-so"),
    ("admin", "/customers/people/who-knows/?to=p{person}"),
    ("admin", "/customers/people/who-knows/?to=c{lone}&from=c{agent}"),
    ("admin", "/customers/people/who-knows/?q=a"),
    ("admin", "/customers/people/new/?customer={customer}"),
    ("mei", "/customers/people/"),
    ("analyst", "/customers/people/{person}/"),
    ("admin", "/customers/{customer}/sales/?by=day"),
    ("admin", "/customers/{customer}/sales/?by=year"),
    ("admin", "/customers/{agent}/channel/"),
    ("mei", "/customers/channel/"),
    ("admin", "/customers/{lone}/profile/"),
    ("admin", "/customers/{customer}/profile/?on=2026-03-01"),
    ("admin", "/customers/{customer}/profile/family/"),
    ("analyst", "/customers/{customer}/profile/"),
    ("admin", "/customers/{lone}/privacy/"),
    ("analyst", "/customers/{customer}/privacy/"),
    ("admin", "/customers/{pictured}/"),
    ("admin", "/customers/{pictured}/files/"),
    ("analyst", "/customers/{pictured}/files/?show=document"),
    ("admin", "/customers/{lone}/files/"),
    ("admin", "/customers/files/{document}/"),
    ("admin", "/customers/receivables/?bucket=d91"),
    ("admin", "/customers/receivables/?tier=A&bucket=overdue"),
    ("admin", "/customers/?overdue=any&cols=owed,overdue"),
    ("analyst", "/customers/{customer}/scores/"),
    ("admin", "/customers/{lone}/scores/"),
    ("admin", "/customers/{customer}/scores/judge/"),
    ("admin", "/customers/?cols=cooperation,loyalty&cooperation=high"),
    ("analyst", "/customers/{customer}/payments/"),
    ("admin", "/customers/{lone}/payments/"),
    ("admin", "/jobs/{running}/"),
    ("admin", "/imports/{checked-refused}/"),
    ("admin", "/imports/{mapping}/"),
    ("admin", "/imports/{unusable}/"),
    ("admin", "/imports/{refused}/"),
    ("admin", "/imports/{undone}/"),
    ("admin", "/imports/{done}/"),
    ("admin", "/customers/?tag=换季&cols=tags"),
    ("admin", "/customers/{lone}/special/"),
    ("analyst", "/customers/{customer}/special/"),
    ("analyst", "/customers/{customer}/handover/"),
    ("mei", "/customers/handovers/{handover}/"),
    ("mei", "/customers/stand-ins/"),
    ("admin", "/slumps/?show=over"),
    ("admin", "/slumps/?show=silent"),
    ("mei", "/slumps/"),
    ("analyst", "/slumps/{slumpalert}/"),
    ("analyst", "/slumps/settings/"),
    ("admin", "/visits/?person=all"),
    ("admin", "/visits/?show=earlier"),
    ("mei", "/visits/phone/"),
    ("mei", "/visits/"),
    ("mei", "/visits/?show=earlier"),
    ("mei", "/visits/plan/?customer={customer}"),
    ("mei", "/visits/due/"),
    ("mei", "/visits/due/?stage=never"),
    ("mei", "/visits/year/"),
    ("admin", "/visits/year/?year=2028"),
    ("mei", "/visits/rules/"),
    ("mei", "/visits/customers/{customer}/cadence/"),
    ("analyst", "/visits/customers/{lone}/cadence/"),
    ("mei", "/visits/year/calls/"),
    ("mei", "/visits/year/pace/"),
    ("mei", "/visits/year/busy/"),
    ("mei", "/visits/{late}/"),
    ("mei", "/visits/{made}/"),
    ("mei", "/visits/{made}/report/"),
    ("mei", "/visits/{made}/report/edit/"),
    ("mei", "/visits/{late}/report/new/"),
    ("mei", "/visits/report/new/?customer={customer}"),
    ("analyst", "/visits/{made}/report/"),
    ("analyst", "/visits/"),
    ("analyst", "/visits/{plannedvisit}/"),
    ("admin", "/visits/customers/{lone}/"),
    ("head", "/visits/"),
    ("admin", "/contacts/new/?customer={customer}"),
    ("mei", "/contacts/"),
    ("mei", "/promises/?who=all&when=settled"),
    ("mei", "/promises/new/?customer={customer}"),
    ("analyst", "/contacts/customers/{customer}/"),
    ("analyst", "/promises/customers/{lone}/"),
    ("mei", "/support/"),
    ("admin", "/support/?over=1"),
    ("admin", "/support/?state=asked&tier=A"),
    ("mei", "/support/new/?customer={customer}"),
    ("analyst", "/support/requests/{supportrequest}/"),
    ("admin", "/support/requests/{wanted}/grant/"),
    ("admin", "/support/customers/{lone}/"),
    ("head", "/support/report/"),
    ("admin", "/customers/{lone}/portal/"),
    ("mei", "/issues/new/?customer={customer}"),
    (None, "{answering}"),
    ("mei", "/surveys/invitations/{surveyinvitation}/guess/"),
    ("admin", "/surveys/{answered}/"),
    ("analyst", "/surveys/customers/{customer}/"),
    ("admin", "/surveys/customers/{lone}/"),
    ("mei", "/issues/?state=all"),
    ("mei", "/issues/?state=late&severity=4"),
    ("analyst", "/issues/times/"),
    ("analyst", "/issues/{issue}/"),
    ("admin", "/issues/customers/{lone}/"),
    ("analyst", "/customers/{customer}/portal/"),
    (None, "/portal/in/{portal}/"),
    ("admin", "/audit/?q=nothing"),
    ("mei", "/"),
    ("mei", "/customers/"),
    ("mei", "/customers/tiers/"),
    ("mei", "/exports/"),
    ("analyst", "/"),
    ("analyst", "/customers/{customer}/"),
    ("analyst", "/imports/"),
    ("head", "/"),
    ("head", "/customers/tiers/"),
]


def name_of(route: Route) -> str:
    return route.name or route.path


def is_page(route: Route) -> bool:
    """Whatever is not excused, so that a new address is looked at unless somebody says why not."""
    if name_of(route) in EXCUSED or name_of(route) in LOOKED_AT:
        return False
    return not (route.part == "admin" and _writes_where_nobody_may(route))


def _writes_where_nobody_may(route: Route) -> bool:
    return route.name.endswith("_delete") or (route.name.endswith("_add") and route.name not in MAY_ADD)


MAY_ADD = {
    "admin:crm_user_add",
    "admin:crm_region_add",
    "admin:crm_posting_add",
    "admin:customers_customer_add",
    "admin:customers_responsibility_add",
    "admin:customers_person_add",
    "admin:visits_countingrule_add",
    "admin:customers_slumpcause_add",
    "admin:customers_personrole_add",
    "admin:customers_relation_add",
    "admin:customers_relationtype_add",
    "admin:customers_supportcategory_add",
}
ROUTES = [route for route in walk() if not route.path.startswith("api/v1/")]
PAGES = [route for route in ROUTES if is_page(route)]
NO_PAGES = [route for route in ROUTES if not is_page(route) and name_of(route) not in LOOKED_AT]


def address(route: Route, rows: dict) -> str:
    """With the keys of rows of the company."""
    values = {}
    for name in route.parameters:
        words = values_for(route, name)
        values[name] = words[0] if words else rows.get(kind_of(route, name), 1)
    return route.address(**values)


def visitor(route: Route) -> str | None:
    # The admin wants a second factor.
    return BY.get(name_of(route), "careful" if route.part == "admin" else "admin")


def visits(house, part: str) -> list[tuple[str | None, str]]:
    """(person, address) of every page and of the same in other states, in the order of the persons."""
    of_part = [route for route in PAGES if route.part == part]
    found = [(visitor(route), address(route, house.rows)) for route in of_part]
    if part == "page":
        found += [(who, path.format_map(house.known)) for who, path in MORE]
    return sorted(found, key=lambda visit: visit[0] or "")
