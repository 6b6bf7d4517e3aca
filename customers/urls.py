"""Pages of customers."""

from django.urls import include, path

from customers.care import absence_views as absence
from customers.care import bulk_views as bulk
from customers.care import handover_views as handover
from customers.care import views as care
from customers.channel import views as channel
from customers.duplicates import views as duplicates
from customers.files import views as files
from customers.finding import views as finding
from customers.pages import atlas, card, roll, tiers
from customers.pages import profile as whole
from customers.pages import timeline as whole_time
from customers.pages import trust as trusting
from customers.people import graph_views as graph
from customers.people import views as people
from customers.portal import staff_views as portal
from customers.privacy import views as privacy
from customers.profile import views as profile
from customers.receivables import views as receivables
from customers.relationship import views as relationship
from customers.scores import views as scores

app_name = "customers"
urlpatterns = [
    path("", roll.customer_list, name="list"),
    path("filters/<slug:name>/", roll.choices, name="choices"),
    path("map/", atlas.customer_map, name="map"),
    path("map/points/", finding.points, name="map-points"),
    path("new/", profile.create, name="create"),
    path("new/position/", finding.suggest, name="suggest-new"),
    path("assign/", bulk.assign, name="assign"),
    path("tag/", bulk.tag, name="tag"),
    path("invite/", portal.invite, name="invite"),
    path("portal/links/", portal.pass_on, name="portal-links"),
    path("portal/accounts/<int:pk>/link/", portal.link, name="portal-link"),
    path("portal/accounts/<int:pk>/revoke/", portal.revoke, name="portal-revoke"),
    path("portal/accounts/<int:pk>/end/", portal.end, name="portal-end"),
    path("bulk/", bulk.actions, name="bulk-list"),
    path("bulk/<int:pk>/", bulk.result, name="bulk"),
    path("bulk/<int:pk>/undo/", bulk.undo, name="bulk-undo"),
    path("special/", care.special_list, name="special-list"),
    path("stand-ins/", absence.stand_ins, name="stand-ins"),
    path("stand-ins/<int:pk>/end/", absence.end, name="stand-in-end"),
    path("handovers/", handover.handover_list, name="handovers"),
    path("handovers/<int:pk>/", handover.handover_detail, name="handover-detail"),
    path("handovers/<int:pk>/read/", handover.mark_read, name="handover-read"),
    path("notes/<int:pk>/edit/", care.note_edit, name="note-edit"),
    path("notes/<int:pk>/remove/", care.note_remove, name="note-remove"),
    path("notes/<int:pk>/restore/", care.note_restore, name="note-restore"),
    path("export/", profile.export, name="export"),
    path("tiers/", tiers.board, name="tiers"),
    path("tiers/run/", tiers.run, name="tier-run"),
    path("tiers/runs/<int:pk>/", tiers.run_detail, name="tier-run-detail"),
    path("tiers/policies/", tiers.policies, name="tier-policies"),
    path("tiers/policies/<int:pk>/", tiers.policy, name="tier-policy"),
    path("tiers/policies/<int:pk>/new/", tiers.policy_new, name="tier-policy-new"),
    path("tiers/policies/<int:pk>/adopt/", tiers.policy_adopt, name="tier-policy-adopt"),
    path("", include("customers.pages.lab_urls")),
    path("people/", people.people, name="people"),
    path("people/new/", people.create, name="person-new"),
    path("people/find/", people.find, name="people-find"),
    path("people/who-knows/", graph.who_knows, name="who-knows"),
    path("people/<int:pk>/", people.detail, name="person"),
    path("people/<int:pk>/edit/", people.edit, name="person-edit"),
    path("people/<int:pk>/network/", graph.of_person, name="person-network"),
    path("people/<int:pk>/relate/", people.relate, name="relate"),
    path("people/<int:pk>/stand/", people.stand, name="stand"),
    path("people/roles/<int:pk>/edit/", people.role_edit, name="role-edit"),
    path("people/roles/<int:pk>/end/", people.role_end, name="role-end"),
    path("people/relations/<int:pk>/edit/", people.relation_edit, name="relation-edit"),
    path("people/relations/<int:pk>/end/", people.relation_end, name="relation-end"),
    path("receivables/", receivables.receivable_list, name="receivables"),
    path("receivables/export/", receivables.export, name="receivables-export"),
    path("duplicates/", duplicates.pair_list, name="duplicates"),
    path("duplicates/hint/", duplicates.hint, name="duplicate-hint"),
    path("duplicates/scan/", duplicates.scan, name="duplicate-scan"),
    path("duplicates/propose/", duplicates.propose, name="duplicate-propose"),
    path("duplicates/dismiss/", duplicates.dismiss_many, name="duplicates-dismiss"),
    path("duplicates/<int:pk>/", duplicates.pair, name="duplicate"),
    path("duplicates/<int:pk>/dismiss/", duplicates.dismiss, name="duplicate-dismiss"),
    path("duplicates/<int:pk>/reopen/", duplicates.reopen, name="duplicate-reopen"),
    path("duplicates/<int:pk>/merge/", duplicates.merge, name="duplicate-merge"),
    path("duplicates/merges/", duplicates.merge_list, name="merges"),
    path("duplicates/merges/<int:pk>/", duplicates.merge_detail, name="merge"),
    path("duplicates/merges/<int:pk>/undo/", duplicates.undo, name="merge-undo"),
    path("channel/", channel.channels, name="channels"),
    path("<int:pk>/", card.detail, name="detail"),
    path("<int:pk>/edit/", profile.edit, name="edit"),
    path("<int:pk>/edit/position/", finding.suggest, name="suggest"),
    path("<int:pk>/close/", profile.close, name="close"),
    path("<int:pk>/sales/", card.sales, name="sales"),
    path("<int:pk>/profile/", whole.profile, name="profile"),
    path("<int:pk>/profile/ask/", whole.ask, name="profile-ask"),
    path("<int:pk>/profile/<slug:field>/", whole.fact, name="fact"),
    path("<int:pk>/profile/<slug:field>/reveal/", whole.reveal, name="fact-reveal"),
    path("unheard/", trusting.unheard, name="unheard"),
    path("<int:pk>/trust/", trusting.trust, name="trust"),
    path("<int:pk>/timeline/", whole_time.timeline, name="timeline"),
    path("<int:pk>/files/", files.gallery, name="files"),
    path("<int:pk>/files/add/", files.add, name="file-add"),
    path("files/<int:pk>/", files.detail, name="file"),
    path("files/<int:pk>/content/", files.content, name="file-content"),
    path("files/<int:pk>/thumbnail/", files.thumbnail, name="file-thumbnail"),
    path("files/<int:pk>/edit/", files.edit, name="file-edit"),
    path("files/<int:pk>/remove/", files.remove, name="file-remove"),
    path("files/<int:pk>/restore/", files.restore, name="file-restore"),
    path("<int:pk>/channel/", channel.channel, name="channel"),
    path("<int:pk>/channel/move/", channel.move, name="channel-move"),
    path("<int:pk>/network/", graph.of_customer, name="network"),
    path("<int:pk>/relate/", people.relate_customer, name="relate-customer"),
    path("<int:pk>/payments/", receivables.payments, name="payments"),
    path("<int:pk>/promises/new/", receivables.promise_new, name="promise-new"),
    path("<int:pk>/promises/<int:promise>/settle/", receivables.promise_settle, name="promise-settle"),
    path("<int:pk>/notes/", care.note_list, name="notes"),
    path("<int:pk>/tags/", care.tags, name="tags"),
    path("<int:pk>/special/", care.special_one, name="special"),
    path("<int:pk>/special/end/", care.special_end, name="special-end"),
    path("<int:pk>/handover/", handover.hand_over, name="handover"),
    path("<int:pk>/portal/", portal.accounts, name="portal"),
    path("<int:pk>/privacy/", privacy.privacy, name="privacy"),
    path("<int:pk>/privacy/copy/", privacy.copy, name="privacy-copy"),
    path("<int:pk>/privacy/erase/", privacy.erase, name="privacy-erase"),
    path("<int:pk>/privacy/<slug:field>/withdraw/", privacy.withdraw, name="consent-withdraw"),
    path("people/<int:pk>/privacy/", privacy.person_privacy, name="person-privacy"),
    path("people/<int:pk>/privacy/copy/", privacy.person_copy, name="person-copy"),
    path("people/<int:pk>/privacy/erase/", privacy.person_erase, name="person-erase"),
    path("privacy/erasures/", privacy.erasures, name="erasures"),
    path("privacy/erasures/<int:pk>/", privacy.erasure, name="erasure"),
    path("privacy/erasures/<int:pk>/agree/", privacy.agree, name="erasure-agree"),
    path("privacy/erasures/<int:pk>/refuse/", privacy.refuse, name="erasure-refuse"),
    path("privacy/retention/", privacy.retention_page, name="retention"),
    path("privacy/retention/run/", privacy.retention_run, name="retention-run"),
    path("<int:pk>/observe/", relationship.observe, name="observe"),
    path("<int:pk>/scores/", scores.scores, name="scores"),
    path("<int:pk>/scores/judge/", scores.judge, name="score-judge"),
]
