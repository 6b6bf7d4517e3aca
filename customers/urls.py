"""Pages of customers."""

from django.urls import path

from customers.channel import views as channel
from customers.duplicates import views as duplicates
from customers.files import views as files
from customers.pages import card, roll, tiers
from customers.pages import profile as whole
from customers.profile import views as profile
from customers.relationship import views as relationship

app_name = "customers"
urlpatterns = [
    path("", roll.customer_list, name="list"),
    path("filters/<slug:name>/", roll.choices, name="choices"),
    path("new/", profile.create, name="create"),
    path("assign/", profile.assign, name="assign"),
    path("export/", profile.export, name="export"),
    path("tiers/", tiers.board, name="tiers"),
    path("tiers/run/", tiers.run, name="tier-run"),
    path("tiers/runs/<int:pk>/", tiers.run_detail, name="tier-run-detail"),
    path("tiers/policies/", tiers.policies, name="tier-policies"),
    path("tiers/policies/<int:pk>/", tiers.policy, name="tier-policy"),
    path("tiers/policies/<int:pk>/new/", tiers.policy_new, name="tier-policy-new"),
    path("tiers/policies/<int:pk>/adopt/", tiers.policy_adopt, name="tier-policy-adopt"),
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
    path("<int:pk>/", card.detail, name="detail"),
    path("<int:pk>/edit/", profile.edit, name="edit"),
    path("<int:pk>/close/", profile.close, name="close"),
    path("<int:pk>/sales/", card.sales, name="sales"),
    path("<int:pk>/profile/", whole.profile, name="profile"),
    path("<int:pk>/profile/ask/", whole.ask, name="profile-ask"),
    path("<int:pk>/profile/<slug:field>/", whole.fact, name="fact"),
    path("<int:pk>/profile/<slug:field>/reveal/", whole.reveal, name="fact-reveal"),
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
    path("<int:pk>/observe/", relationship.observe, name="observe"),
]
