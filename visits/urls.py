"""Pages of visits."""

from django.urls import path

from visits.plan import bulk_views, rhythm_views, views, year_views
from visits.planning import day_views
from visits.planning import views as draft_views

app_name = "visits"
urlpatterns = [
    path("", views.visit_list, name="list"),
    path("plan/", views.plan, name="plan"),
    path("plan/many/", bulk_views.many, name="plan-many"),
    path("customers/<int:pk>/", views.customer_visits, name="customer"),
    path("customers/<int:pk>/costs/", day_views.customer_costs, name="customer-costs"),
    path("customers/<int:pk>/places/", day_views.customer_places, name="customer-places"),
    path("customers/<int:pk>/on/", day_views.customer_on, name="customer-on"),
    path("drafts/", draft_views.drafts, name="drafts"),
    path("drafts/<int:pk>/", draft_views.draft, name="draft"),
    path("drafts/<int:pk>/accept/", draft_views.accept, name="draft-accept"),
    path("drafts/<int:pk>/discard/", draft_views.discard, name="draft-discard"),
    path("drafts/<int:pk>/undo/", draft_views.undo, name="draft-undo"),
    path("working-day/", draft_views.working_day, name="working-day"),
    path("month/", day_views.month, name="month"),
    path("day/<str:day>/", day_views.day, name="day"),
    path("day/<str:day>/order/", day_views.day_order, name="day-order"),
    path("customers/<int:pk>/cadence/", rhythm_views.customer_cadence, name="cadence"),
    path("cadences/<int:pk>/end/", rhythm_views.cadence_end, name="cadence-end"),
    path("due/", rhythm_views.due, name="due"),
    path("rules/", rhythm_views.rules, name="rules"),
    path("rules/new/", rhythm_views.rule_new, name="rule-new"),
    path("rules/<int:pk>/", rhythm_views.rule, name="rule"),
    path("windows/<int:pk>/", rhythm_views.window, name="window"),
    path("year/", year_views.year, name="year"),
    path("year/busy/", year_views.busy_new, name="busy-new"),
    path("year/busy/<int:pk>/remove/", year_views.busy_remove, name="busy-remove"),
    path("year/pace/", year_views.pace, name="pace"),
    path("year/calls/", year_views.calls, name="calls"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/done/", views.done, name="done"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/to/", day_views.visit_to, name="to"),
    path("<int:pk>/costs/", day_views.visit_costs, name="costs"),
    path("<int:pk>/call-off/", views.call_off, name="call-off"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
