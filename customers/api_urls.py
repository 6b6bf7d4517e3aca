"""/api/v1/ of customers."""

from django.urls import include, path

from customers.care.api import CustomerNotes, CustomerSpecial, Notes, SpecialCustomers, StandIns
from customers.care.bulk_api import Brief, Bulk, Handovers, Tags
from customers.channel.api import Channels
from customers.duplicates.api import Duplicates, Merges
from customers.facts.api import Facts
from customers.files.api import CustomerFiles, Files
from customers.finding.api import Search
from customers.pages.timeline_api import Timeline
from customers.people.api import Contacts, CustomerPeople, PersonRoles, Relations, RelationTypes
from customers.people.graph_api import CustomerNetwork, PersonNetwork, Ways
from customers.portal.api import BulkInvite, PortalAccounts
from customers.privacy.api import CustomerPrivacy, Erasures, PersonPrivacy, Retention
from customers.profile.api import Customers
from customers.profile.charge_api import Responsibilities
from customers.receivables.api import Accounts, OpenItems, Payments, Promises, Receivables
from customers.relationship.api import Observations
from customers.sales.api import Sales
from customers.scores.api import ScoreChanges, Scores
from customers.slumps.api import SlumpCauses, Slumps
from customers.support.api import Budgets, CustomerEntitlement, Entitlements, Requests
from customers.tiers.api import Decisions, Explanations, Policies, Runs, Standings
from customers.tiers.board_api import Board

BOTH = {"get": "list", "post": "create"}
ONE = {"get": "retrieve", "patch": "partial_update"}

urlpatterns = [
    path("customers/", Customers.as_view(BOTH), name="customers"),
    path("customers/bulk/", Customers.as_view({"post": "bulk"}), name="customers-bulk"),
    path("customers/people/", Contacts.as_view(BOTH), name="contacts"),
    path("customers/people/ways/", Ways.as_view({"get": "retrieve"}), name="ways"),
    path("customers/people/<int:pk>/", Contacts.as_view(ONE), name="contact"),
    path("customers/people/<int:pk>/network/", PersonNetwork.as_view({"get": "retrieve"}), name="person-network"),
    path("customers/people/roles/", PersonRoles.as_view({"get": "list"}), name="person-roles"),
    path("customers/people/roles/<int:pk>/", PersonRoles.as_view(ONE), name="person-role"),
    path("customers/people/relation-types/", RelationTypes.as_view({"get": "list"}), name="relation-types"),
    path("customers/people/relations/", Relations.as_view(BOTH), name="relations"),
    path("customers/people/relations/<int:pk>/", Relations.as_view(ONE), name="relation"),
    path("customers/<int:pk>/people/", CustomerPeople.as_view(BOTH), name="customer-people"),
    path("customers/<int:pk>/timeline/", Timeline.as_view({"get": "list"}), name="customer-timeline"),
    path("customers/<int:pk>/network/", CustomerNetwork.as_view({"get": "retrieve"}), name="customer-network"),
    path(
        "customers/<int:pk>/",
        Customers.as_view({"get": "retrieve", "put": "update", "patch": "partial_update"}),
        name="customer",
    ),
    path("customers/<int:pk>/close/", Customers.as_view({"post": "close"}), name="customer-close"),
    path("customers/<int:pk>/facts/", Facts.as_view({"get": "list"}), name="facts"),
    path("customers/<int:pk>/facts/<slug:field>/", Facts.as_view({"get": "history", "post": "note"}), name="fact"),
    path("customers/<int:pk>/facts/<slug:field>/reveal/", Facts.as_view({"post": "reveal"}), name="fact-reveal"),
    path("channel/", Channels.as_view({"get": "overview"}), name="channels"),
    path("customers/<int:pk>/channel/", Channels.as_view({"get": "retrieve"}), name="channel"),
    path("customers/<int:pk>/channel/move/", Channels.as_view({"post": "move"}), name="channel-move"),
    path("customers/<int:pk>/completeness/", Facts.as_view({"get": "completeness"}), name="completeness"),
    path("customers/<int:pk>/files/", CustomerFiles.as_view(BOTH), name="customer-files"),
    path("customers/<int:pk>/brief/", Brief.as_view({"get": "retrieve"}), name="brief"),
    path("customers/<int:pk>/notes/", CustomerNotes.as_view(BOTH), name="customer-notes"),
    path("customers/<int:pk>/special/", CustomerSpecial.as_view(BOTH), name="customer-special"),
    path("slumps/", Slumps.as_view({"get": "list"}), name="slumps"),
    path("slumps/causes/", SlumpCauses.as_view({"get": "list"}), name="slump-causes"),
    path("slumps/<int:pk>/", Slumps.as_view({"get": "retrieve"}), name="slump"),
    path("slumps/<int:pk>/call/", Slumps.as_view({"post": "call"}), name="slump-call"),
    path("slumps/<int:pk>/diagnose/", Slumps.as_view({"post": "diagnose"}), name="slump-diagnose"),
    path("slumps/<int:pk>/dismiss/", Slumps.as_view({"post": "dismiss"}), name="slump-dismiss"),
    path("slumps/<int:pk>/reopen/", Slumps.as_view({"post": "reopen"}), name="slump-reopen"),
    path("notes/<int:pk>/", Notes.as_view({"get": "retrieve", "patch": "partial_update"}), name="note"),
    path("notes/<int:pk>/remove/", Notes.as_view({"post": "remove"}), name="note-remove"),
    path("notes/<int:pk>/restore/", Notes.as_view({"post": "restore"}), name="note-restore"),
    path("special/", SpecialCustomers.as_view({"get": "list"}), name="special-list"),
    path(
        "special/<int:pk>/",
        SpecialCustomers.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="special",
    ),
    path("special/<int:pk>/end/", SpecialCustomers.as_view({"post": "end"}), name="special-end"),
    path("stand-ins/", StandIns.as_view(BOTH), name="stand-ins"),
    path("stand-ins/<int:pk>/", StandIns.as_view({"get": "retrieve"}), name="stand-in"),
    path("stand-ins/<int:pk>/end/", StandIns.as_view({"post": "end"}), name="stand-in-end"),
    path("tags/", Tags.as_view({"get": "list"}), name="tags"),
    path("bulk/assign/", Bulk.as_view({"post": "assign"}), name="bulk-assign"),
    path("bulk/tag/", Bulk.as_view({"post": "tag"}), name="bulk-tag"),
    path("bulk/invite/", BulkInvite.as_view({"post": "invite"}), name="bulk-invite"),
    path("bulk/<int:pk>/", Bulk.as_view({"get": "retrieve"}), name="bulk"),
    path("bulk/<int:pk>/undo/", Bulk.as_view({"post": "undo"}), name="bulk-undo"),
    path("portal/accounts/", PortalAccounts.as_view(BOTH), name="portal-accounts"),
    path("portal/accounts/<int:pk>/", PortalAccounts.as_view({"get": "retrieve"}), name="portal-account"),
    path(
        "portal/accounts/<int:pk>/link/",
        PortalAccounts.as_view({"get": "link", "post": "new_link"}),
        name="portal-account-link",
    ),
    path("portal/accounts/<int:pk>/end/", PortalAccounts.as_view({"post": "end"}), name="portal-account-end"),
    path("handovers/", Handovers.as_view({"get": "list"}), name="handovers"),
    path("handovers/<int:pk>/", Handovers.as_view({"get": "retrieve"}), name="handover"),
    path("handovers/<int:pk>/read/", Handovers.as_view({"post": "read"}), name="handover-read"),
    path("customers/<int:pk>/observations/", Observations.as_view(BOTH), name="observations"),
    path("customers/<int:pk>/scores/", Scores.as_view({"get": "retrieve"}), name="scores"),
    path("customers/<int:pk>/scores/evidence/", Scores.as_view({"get": "evidence"}), name="score-evidence"),
    path("customers/<int:pk>/scores/changes/", ScoreChanges.as_view({"get": "list"}), name="score-changes"),
    path("customers/<int:pk>/responsibilities/", Responsibilities.as_view(BOTH), name="responsibilities"),
    path("customers/<int:pk>/account/", Accounts.as_view({"get": "retrieve"}), name="account"),
    path("customers/<int:pk>/open-items/", OpenItems.as_view({"get": "list"}), name="open-items"),
    path("customers/<int:pk>/payments/", Payments.as_view({"get": "list"}), name="payments"),
    path("customers/<int:pk>/promises/", Promises.as_view(BOTH), name="promises"),
    path(
        "customers/<int:pk>/promises/<int:promise>/settle/",
        Promises.as_view({"post": "settle"}),
        name="promise-settle",
    ),
    path("receivables/", Receivables.as_view({"get": "list"}), name="receivables"),
    path("receivables/bulk/", Receivables.as_view({"post": "bulk"}), name="receivables-bulk"),
    path("customers/<int:pk>/sales/daily/", Sales.as_view({"get": "list"}), name="sales-daily"),
    path("customers/<int:pk>/sales/monthly/", Sales.as_view({"get": "monthly"}), name="sales-monthly"),
    path("customers/<int:pk>/tier/", Explanations.as_view({"get": "retrieve"}), name="tier"),
    path("customers/<int:pk>/tier/decisions/", Decisions.as_view({"get": "list"}), name="tier-decisions"),
    path("customers/<int:pk>/privacy/", CustomerPrivacy.as_view({"get": "retrieve"}), name="privacy"),
    path("customers/<int:pk>/privacy/copy/", CustomerPrivacy.as_view({"post": "copy"}), name="privacy-copy"),
    path("customers/<int:pk>/privacy/preview/", CustomerPrivacy.as_view({"get": "preview"}), name="privacy-preview"),
    path("customers/<int:pk>/privacy/erase/", CustomerPrivacy.as_view({"post": "erase"}), name="privacy-erase"),
    path(
        "customers/<int:pk>/privacy/<slug:field>/withdraw/",
        CustomerPrivacy.as_view({"post": "withdraw"}),
        name="consent-withdraw",
    ),
    path("customers/people/<int:pk>/privacy/", PersonPrivacy.as_view({"get": "retrieve"}), name="person-privacy"),
    path("customers/people/<int:pk>/privacy/copy/", PersonPrivacy.as_view({"post": "copy"}), name="person-copy"),
    path(
        "customers/people/<int:pk>/privacy/preview/",
        PersonPrivacy.as_view({"get": "preview"}),
        name="person-privacy-preview",
    ),
    path("customers/people/<int:pk>/privacy/erase/", PersonPrivacy.as_view({"post": "erase"}), name="person-erase"),
    path("erasures/", Erasures.as_view({"get": "list"}), name="erasures"),
    path("erasures/<int:pk>/", Erasures.as_view({"get": "retrieve"}), name="erasure"),
    path("erasures/<int:pk>/agree/", Erasures.as_view({"post": "agree"}), name="erasure-agree"),
    path("erasures/<int:pk>/refuse/", Erasures.as_view({"post": "refuse"}), name="erasure-refuse"),
    path("retention/", Retention.as_view({"get": "list"}), name="retention"),
    path("retention/run/", Retention.as_view({"post": "run"}), name="retention-run"),
    path("files/<int:pk>/", Files.as_view({"get": "retrieve", "patch": "partial_update"}), name="file"),
    path("files/<int:pk>/content/", Files.as_view({"get": "content"}), name="file-content"),
    path("files/<int:pk>/thumbnail/", Files.as_view({"get": "thumbnail"}), name="file-thumbnail"),
    path("files/<int:pk>/remove/", Files.as_view({"post": "remove"}), name="file-remove"),
    path("files/<int:pk>/restore/", Files.as_view({"post": "restore"}), name="file-restore"),
    path("search/", Search.as_view({"get": "everything"}), name="search"),
    path("duplicates/", Duplicates.as_view({"get": "list"}), name="duplicates"),
    path("duplicates/<int:pk>/", Duplicates.as_view({"get": "retrieve"}), name="duplicate"),
    path("duplicates/<int:pk>/dismiss/", Duplicates.as_view({"post": "dismiss"}), name="duplicate-dismiss"),
    path("merges/", Merges.as_view(BOTH), name="merges"),
    path("merges/<int:pk>/", Merges.as_view({"get": "retrieve"}), name="merge"),
    path("merges/<int:pk>/undo/", Merges.as_view({"post": "undo"}), name="merge-undo"),
    path("sales/bulk/", Sales.as_view({"post": "bulk"}), name="sales-bulk"),
    path("tiers/standing/", Standings.as_view({"get": "list"}), name="tier-standing"),
    path("tiers/distribution/", Board.as_view({"get": "distribution"}), name="tier-distribution"),
    path("tiers/border/", Board.as_view({"get": "border"}), name="tier-border"),
    path("tiers/movements/", Board.as_view({"get": "movements"}), name="tier-movements"),
    path("tiers/runs/", Runs.as_view(BOTH), name="tier-runs"),
    path("tiers/runs/<int:pk>/", Runs.as_view({"get": "retrieve"}), name="tier-run"),
    path("tiers/policies/", Policies.as_view(BOTH), name="tier-policies"),
    path("tiers/policies/<int:pk>/", Policies.as_view({"get": "retrieve"}), name="tier-policy"),
    path("", include("customers.tiers.lab_api_urls")),
    path("tiers/policies/<int:pk>/adopt/", Policies.as_view({"post": "adopt"}), name="tier-policy-adopt"),
    path("support-requests/", Requests.as_view(BOTH), name="support-requests"),
    path("support-requests/<int:pk>/", Requests.as_view({"get": "retrieve"}), name="support-request"),
    path("support-requests/<int:pk>/grant/", Requests.as_view({"post": "grant"}), name="support-grant"),
    path("support-requests/<int:pk>/refuse/", Requests.as_view({"post": "refuse"}), name="support-refuse"),
    path("support-requests/<int:pk>/withdraw/", Requests.as_view({"post": "withdraw"}), name="support-withdraw"),
    path("support-requests/<int:pk>/deliver/", Requests.as_view({"post": "deliver"}), name="support-deliver"),
    path("support-requests/<int:pk>/costs/", Requests.as_view({"post": "book"}), name="support-book"),
    path("support-requests/<int:pk>/correct/", Requests.as_view({"post": "correct"}), name="support-correct"),
    path("entitlements/", Entitlements.as_view({"get": "list"}), name="entitlements"),
    path(
        "customers/<int:pk>/entitlements/",
        CustomerEntitlement.as_view({"get": "retrieve"}),
        name="customer-entitlements",
    ),
    path("support-budgets/", Budgets.as_view(BOTH), name="support-budgets"),
]
