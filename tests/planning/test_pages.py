"""Pages and API of plans: who sees them, what a tap writes, and as few statements for many as for few."""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from crm.jobs import runner
from customers.profile.actions import change_customer
from tests.planning.conftest import ahead, drafted
from visits.models import DraftVisit, PlanDraft, PlannedVisit
from visits.plan.actions import plan_visit
from visits.plan.busy import add_busy

pytestmark = pytest.mark.django_db


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def draft(planned, cast):
    return drafted(cast.tao, ahead(1), ahead(5), by=cast.tao)


def test_a_draft_is_asked_for_worked_out_by_a_job_and_accepted(planned, cast):
    tao = at(cast.tao)
    asked = {"visitor": cast.tao.pk, "first": ahead(1), "last": ahead(5), "seconds": 1}
    answer = tao.post("/visits/drafts/", asked)
    made = PlanDraft.objects.get()
    assert answer.url == f"/visits/drafts/{made.pk}/"
    assert "being worked out" in tao.get(answer.url).text
    assert runner.run(runner.claim(made.job_id)) == "done"
    page = tao.get(answer.url).text
    assert "Accept the plan" in page
    assert page.count('class="route"') == PlanDraft.objects.get().result["days"]
    tao.post(f"/visits/drafts/{made.pk}/accept/")
    made.refresh_from_db()
    assert made.state == "accepted"
    assert PlannedVisit.objects.planned().count() == made.visits.exclude(change="dropped").count()
    tao.post(f"/visits/drafts/{made.pk}/undo/")
    assert set(PlannedVisit.objects.values_list("pk", flat=True)) == {one.pk for one in planned}


def test_a_stopped_job_leaves_the_draft_as_it_was(planned, cast):
    at(cast.tao).post("/visits/drafts/", {"visitor": cast.tao.pk, "first": ahead(1), "last": ahead(5), "seconds": 1})
    made = PlanDraft.objects.get()
    at(cast.tao).post(f"/visits/drafts/{made.pk}/discard/")
    made.refresh_from_db()
    assert made.state == "discarded"
    assert runner.claim(made.job_id) is None


@pytest.mark.parametrize("act", ["", "accept/", "discard/", "undo/"])
def test_a_draft_is_nobody_elses(draft, cast, act):
    lin = at(cast.lin)
    method = lin.post if act else lin.get
    assert method(f"/visits/drafts/{draft.pk}/{act}").status_code == 404
    assert method(f"/api/v1/plan-drafts/{draft.pk}/{act}").status_code == 404
    draft.refresh_from_db()
    assert draft.state == "ready"


def test_readers_read_a_draft_and_decide_nothing(draft, cast):
    ana = at(cast.ana)
    page = ana.get(f"/visits/drafts/{draft.pk}/")
    assert page.status_code == 200
    assert "Accept the plan" not in page.text
    assert ana.post(f"/visits/drafts/{draft.pk}/accept/").status_code == 403
    assert ana.post(f"/api/v1/plan-drafts/{draft.pk}/accept/").status_code in (403, 404)


def test_the_api_tells_of_a_draft_and_accepts_it(draft, cast):
    mei = at(cast.mei)
    told = mei.get(f"/api/v1/plan-drafts/{draft.pk}/").json()
    assert (told["state"], len(told["visits"])) == ("ready", draft.visits.count())
    assert [one["code"] for one in told["unserved"]] == ["no_place"]
    plan_visit(customer=draft.visits.first().customer, visitor=cast.mei, day=ahead(1), by=cast.mei)
    accepted = mei.post(f"/api/v1/plan-drafts/{draft.pk}/accept/")
    assert accepted.json()["state"] == "accepted"
    again = mei.post(f"/api/v1/plan-drafts/{draft.pk}/accept/")
    assert again.status_code == 400


def test_the_api_asks_for_one(shops, cast):
    asked = {"visitor": cast.tao.pk, "first": str(ahead(1)), "last": str(ahead(3))}
    answer = at(cast.mei).post("/api/v1/plan-drafts/", asked, content_type="application/json")
    assert answer.status_code == 202
    assert PlanDraft.objects.get().visitor == cast.tao
    refused = at(cast.lin).post("/api/v1/plan-drafts/", asked, content_type="application/json")
    assert refused.status_code == 400
    assert PlanDraft.objects.count() == 1


# --- a lost day ---------------------------------------------------------------------------------------------------


def test_a_lost_day_is_planned_anew_around_what_is_agreed(planned, shops, cast):
    plan_visit(customer=shops[2], visitor=cast.tao, day=ahead(1), by=cast.tao)
    add_busy(person=cast.tao, first=ahead(1), last=ahead(1), kind="leave", by=cast.tao)
    made = drafted(cast.tao, ahead(1), ahead(5))
    assert not made.visits.filter(day=ahead(1)).exists()
    moved = made.visits.filter(change="moved", before=ahead(1)).values_list("customer_id", flat=True)
    assert set(moved) == {shops[0].pk, shops[2].pk}
    assert made.visits.get(visit=planned[1]).day == ahead(2)


def test_leave_written_down_in_between_refuses_the_plan(draft, planned, cast):
    day = draft.visits.filter(change__in=["new", "moved"]).first().day
    add_busy(person=cast.tao, first=day, last=day, kind="leave", by=cast.tao)
    before = PlannedVisit.objects.count()
    at(cast.tao).post(f"/visits/drafts/{draft.pk}/accept/")
    draft.refresh_from_db()
    assert (draft.state, PlannedVisit.objects.count()) == ("ready", before)


# --- one visit more -----------------------------------------------------------------------------------------------


def test_an_urgent_visit_is_offered_where_it_costs_least(planned, shops, cast):
    found = at(cast.tao).get(f"/api/v1/customers/{shops[3].pk}/visit-places/").json()
    assert len(found["places"]) == 3
    by_day = {one["day"]: one["minutes"] for one in found["places"]}
    assert str(ahead(1)) in by_day and str(ahead(2)) in by_day
    assert list(by_day.values()) == sorted(by_day.values())
    page = at(cast.tao).get(f"/visits/customers/{shops[3].pk}/places/?person={cast.tao.pk}").text
    assert page.count("data-fill-day") == 3
    assert at(cast.lin).get(f"/visits/customers/{shops[3].pk}/places/").status_code == 404
    nowhere = at(cast.tao).get(f"/visits/customers/{shops[5].pk}/places/").text
    assert "Nobody knows where this customer is" in nowhere


def test_offers_cost_as_many_statements_for_many_visits_as_for_few(planned, shops, cast):
    tao = at(cast.tao)

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            tao.get(f"/visits/customers/{shops[3].pk}/places/?person={cast.tao.pk}")
        return len(caught)

    asked()
    few = asked()
    for n in range(3, 8):
        for shop in shops[:3]:
            plan_visit(customer=shop, visitor=cast.tao, day=ahead(n), by=cast.tao)
    assert asked() == few


def test_a_month_tells_what_each_day_costs_and_moves_a_visit(planned, shops, cast):
    tao = at(cast.tao)
    visit, to = planned[0], ahead(2)
    costs = tao.get(f"/visits/{visit.pk}/costs/?month={to:%Y-%m}").json()["days"]
    # S1 is on the way to nowhere else: with it S0 costs only its own time, which the old day saves with the way.
    assert costs[str(to)]["minutes"] < 0
    answer = tao.post(f"/visits/{visit.pk}/to/", {"day": str(to), "version": visit.version})
    assert answer.status_code == 302
    visit.refresh_from_db()
    assert visit.day == to
    assert visit.starts_at is not None
    stale = tao.post(f"/visits/{visit.pk}/to/", {"day": str(ahead(3)), "version": 1})
    assert stale.status_code == 302
    visit.refresh_from_db()
    assert visit.day == to
    assert at(cast.lin).get(f"/visits/{visit.pk}/costs/").status_code == 404
    assert at(cast.lin).post(f"/visits/{visit.pk}/to/", {"day": str(to)}).status_code == 404


def test_whoever_is_due_waits_beside_the_month_until_put_on_a_day(planned, shops, cast):
    tao, day = at(cast.tao), ahead(3)
    page = tao.get(f"/visits/month/?month={day:%Y-%m}").text
    assert "店3" in page and f"/visits/customers/{shops[3].pk}/on/" in page
    tao.post(f"/visits/customers/{shops[3].pk}/on/", {"day": str(day), "person": cast.tao.pk})
    assert PlannedVisit.objects.get(customer=shops[3]).day == day
    assert f"/visits/customers/{shops[3].pk}/on/" not in tao.get(f"/visits/month/?month={day:%Y-%m}").text


def test_pages_cost_as_many_statements_for_many_visits_as_for_few(planned, shops, cast):
    tao = at(cast.tao)
    addresses = (f"/visits/month/?month={ahead(2):%Y-%m}", f"/visits/day/{ahead(2)}/")

    def asked(address) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert tao.get(address).status_code == 200
        return len(caught)

    [asked(one) for one in addresses]
    few = [asked(one) for one in addresses]
    for shop in (shops[0], shops[2], shops[3], shops[4]):
        plan_visit(customer=shop, visitor=cast.tao, day=ahead(2), by=cast.tao, goals=["陈列"])
    assert [asked(one) for one in addresses] == few


# --- a day --------------------------------------------------------------------------------------------------------


def test_a_day_is_listed_in_order_and_put_into_another(shops, cast):
    tao, day = at(cast.tao), ahead(1)
    made = [plan_visit(customer=shop, visitor=cast.tao, day=day, by=cast.tao) for shop in shops[:3]]
    page = tao.get(f"/visits/day/{day}/").text
    assert [page.index(f"店{n}") for n in range(3)] == sorted(page.index(f"店{n}") for n in range(3))
    assert page.count("uri.amap.com/navigation") == 3
    order = ",".join(str(one.pk) for one in made)
    tao.post(f"/visits/day/{day}/order/", {"order": order, "visit": made[0].pk, "by": "1"})
    times = dict(PlannedVisit.objects.values_list("pk", "starts_at"))
    assert times[made[1].pk] < times[made[0].pk] < times[made[2].pk]


def test_an_order_that_is_not_all_of_the_day_changes_nothing(shops, cast):
    day = ahead(1)
    made = [plan_visit(customer=shop, visitor=cast.tao, day=day, by=cast.tao) for shop in shops[:2]]
    at(cast.tao).post(f"/visits/day/{day}/order/", {"order": f"{made[0].pk},999999"})
    assert set(PlannedVisit.objects.values_list("starts_at", flat=True)) == {None}


def test_an_agreed_time_stays_in_any_order(planned, shops, cast):
    day = ahead(2)
    other = plan_visit(customer=shops[2], visitor=cast.tao, day=day, by=cast.tao)
    at(cast.tao).post(f"/visits/day/{day}/order/", {"order": f"{other.pk},{planned[1].pk}"})
    assert PlannedVisit.objects.get(pk=planned[1].pk).starts_at == datetime.time(10)


def test_somebody_elses_days_are_not_found(planned, cast):
    for address in (f"/visits/day/{ahead(1)}/", "/visits/month/"):
        assert at(cast.lin).get(f"{address}?person={cast.tao.pk}").status_code == 404
        assert at(cast.mei).get(f"{address}?person={cast.tao.pk}").status_code == 200
    assert at(cast.tao).get("/visits/day/nonsense/").status_code == 404


def test_a_manager_sees_no_colleagues_days(planned, cast, django_user_model):
    wei = django_user_model.objects.create(username="wei", name="Wei", role="manager")
    assert at(cast.tao).get(f"/visits/day/{ahead(1)}/?person={wei.pk}").status_code == 404
    assert at(cast.tao).get(f"/visits/day/{ahead(1)}/?person={cast.tao.pk}").status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_days_beyond_all_calendars_are_not_found(cast, day):
    assert at(cast.tao).get(f"/visits/day/{day}/").status_code == 404
    assert at(cast.tao).get(f"/visits/month/?month={day[:7]}").status_code == 200


def test_far_days_are_not_worked_out(planned, cast):
    answer = at(cast.tao).get(f"/visits/{planned[0].pk}/costs/?month={today().year + 5}-01")
    assert answer.json() == {"days": {}}


def test_what_is_agreed_is_not_dragged_away(planned, cast):
    at(cast.tao).post(f"/visits/{planned[1].pk}/to/", {"day": str(ahead(4)), "version": planned[1].version})
    assert PlannedVisit.objects.get(pk=planned[1].pk).day == ahead(2)


def test_where_somebody_lives_is_for_those_who_keep_it(draft, cast):
    """Tao's day begins at home: Mei, his head, sees where; an analyst sees the route from its first stop."""
    assert draft.result["home"] is None
    assert "<rect" in at(cast.mei).get(f"/visits/drafts/{draft.pk}/").text
    assert "<rect" not in at(cast.ana).get(f"/visits/drafts/{draft.pk}/").text
    assert "<rect" not in at(cast.ana).get(f"/visits/day/{ahead(1)}/?person={cast.tao.pk}").text
    told = at(cast.ana).get(f"/api/v1/plan-drafts/{draft.pk}/").json()["visits"]
    assert [one["leg_km"] for one in told if one["position"] == 1] == [None] * sum(one["position"] == 1 for one in told)


# --- the command --------------------------------------------------------------------------------------------------


def command(*arguments):
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("plan_visits", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue(), err.getvalue().strip()


def test_the_command_writes_a_draft_and_names_who_is_left_out(planned, shops, cast):
    span = ("--from", str(ahead(1)), "--to", str(ahead(5)), "--seconds", "1", "--json")
    code, out, err = command("--manager", "tao", *span)
    told = json.loads(out)
    made = PlanDraft.objects.get()
    assert code == 1
    assert told["draft"] == made.pk
    assert told["unserved"] == [{"customer": "S5", "reason": "Nobody knows where it is: it has no position."}]
    assert told["visits"] == DraftVisit.objects.exclude(position=None).count()
    assert err == "S5: Nobody knows where it is: it has no position."
    change_customer(customer=shops[5], latitude=Decimal("30.28"), longitude=Decimal("120.15"))
    code, out, err = command("--manager", "tao", *span)
    assert (code, err) == (0, "")


def test_the_command_does_nothing_when_it_cannot(cast):
    code, out, err = command("--manager", "nobody", "--from", "2027-01-04", "--to", "2027-01-08", "--json")
    assert (code, err) == (2, "There is no user nobody.")
    assert json.loads(out) == {
        "draft": None,
        "manager": "nobody",
        "from": "2027-01-04",
        "to": "2027-01-08",
        "reason": "There is no user nobody.",
    }
    before = today() - datetime.timedelta(days=1)
    assert command("--manager", "tao", "--from", str(before), "--to", str(today()))[0] == 2
    assert not PlanDraft.objects.exists()
