"""Pages of visits."""

from django.urls import path

from visits.agenda import views as agenda
from visits.brief import views as brief
from visits.feed import views as feed
from visits.phone import views as phone
from visits.plan import bulk_views, rhythm_views, views, year_views
from visits.planning import day_views, lost_views, quarter_views, team_views, trip_views
from visits.planning import views as draft_views
from visits.report import views as reports

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
    path("quarter/", quarter_views.quarter, name="quarter"),
    path("team/", team_views.team, name="team"),
    path("trips/", trip_views.trip_list, name="trips"),
    path("trips/<int:pk>/remove/", trip_views.trip_remove, name="trip-remove"),
    path("lost-days/", lost_views.lost_days, name="lost-days"),
    path("lost-days/plan/", lost_views.plan_anew, name="lost-days-plan"),
    path("day/<str:day>/", day_views.day, name="day"),
    path("day/<str:day>/order/", day_views.day_order, name="day-order"),
    path("customers/<int:pk>/reports/", reports.customer_reports, name="customer-reports"),
    path("report/new/", reports.new, name="report-unplanned"),
    path("<int:pk>/report/", reports.report, name="report"),
    path("<int:pk>/report/new/", reports.new, name="report-new"),
    path("<int:pk>/report/edit/", reports.edit, name="report-edit"),
    path("<int:pk>/report/add/", reports.add, name="report-add"),
    path("<int:pk>/report/photos/", reports.bring_photos, name="report-photos"),
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
    path("customers/<int:pk>/brief/", brief.of_customer, name="customer-brief"),
    path("sheet/", brief.day_sheet, name="sheet"),
    path("phone/", phone.page, name="phone"),
    path("phone/list/", phone.what_to_keep, name="phone-list"),
    path("calendar/", feed.page, name="calendar"),
    path("calendar/new/", feed.create, name="calendar-create"),
    path("calendar/revoke/", feed.revoke, name="calendar-revoke"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/goals/", views.take_goal, name="goal-take"),
    path("<int:pk>/done/", views.done, name="done"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/to/", day_views.visit_to, name="to"),
    path("<int:pk>/costs/", day_views.visit_costs, name="costs"),
    path("<int:pk>/brief/", brief.of_visit, name="brief"),
    path("<int:pk>/answer/accept/", agenda.accept, name="answer-accept"),
    path("<int:pk>/answer/settle/", agenda.settle, name="answer-settle"),
    path("<int:pk>/call-off/", views.call_off, name="call-off"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
