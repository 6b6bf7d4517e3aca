"""What plans must not do: tell where somebody is, flood the queue, fail without words, promise for customers."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from crm.clock import today
from crm.jobs import runner
from crm.jobs.models import Job
from customers.profile.actions import assign, change_customer
from customers.profile.models import StandIn
from tests.planning.conftest import ahead, drafted
from tests.planning.test_pages import command
from visits.models import PlanDraft, PlannedVisit, VisitReport
from visits.plan.actions import call_off, change_visit, mark_done, plan_visit, reopen_visit
from visits.plan.navigating import ways
from visits.plan.visiting import may_end, with_may_end
from visits.planning import actions
from visits.report.actions import file_report

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def refused(code: str, act) -> None:
    with pytest.raises(ValidationError) as refusal:
        act()
    assert refusal.value.code == code


# --- drafts -------------------------------------------------------------------------------------------------------


def ask(visitor, by, **more) -> PlanDraft:
    return actions.ask(visitor=visitor, first=ahead(1), last=ahead(3), by=by, seconds=1, **more)


def test_one_draft_at_a_time_is_worked_out_for_a_person(shops, cast):
    first = ask(cast.tao, cast.mei)
    sent = {"visitor": cast.mei.pk, "first": ahead(1), "last": ahead(3), "seconds": 1}
    answer = at(cast.mei).post("/visits/drafts/", sent)
    assert answer.status_code == 422 and "still being worked out" in answer.text
    sent |= {"first": str(ahead(1)), "last": str(ahead(3))}
    told = at(cast.mei).post("/api/v1/plan-drafts/", sent, content_type="application/json")
    assert told.status_code == 400
    assert (PlanDraft.objects.count(), Job.objects.filter(kind="visits.draft").count()) == (1, 1)
    ask(cast.tao, cast.tao)  # another one's
    ask(cast.tao, None)  # the system's
    actions.discard(draft=first, by=cast.mei)
    second = ask(cast.tao, cast.mei)
    assert runner.run(runner.claim(second.job_id)) == "done"
    assert ask(cast.tao, cast.mei).pk > second.pk  # that is worked out


def test_a_draft_that_makes_no_sense_fails_in_words(shops, cast, monkeypatch):
    """Also where it is asked for by command; what failed keeps nobody from asking again."""
    from visits.plan import routing
    from visits.plan.routing import InvalidInstance

    def plan(*_args, **_kwargs):
        raise InvalidInstance("customers[0].frequency", "below 1")

    monkeypatch.setattr(routing, "plan", plan)
    draft = ask(cast.tao, cast.tao)
    assert runner.run(runner.claim(draft.job_id)) == "failed"
    job = Job.objects.get(pk=draft.job_id)
    words = (
        "These days cannot be planned, because what is known of them makes no sense: customers[0].frequency: below 1"
    )
    assert (job.error, job.attempts) == (words, 1)
    span = ("--from", str(ahead(1)), "--to", str(ahead(3)), "--seconds", "1")
    code, _out, err = command("--manager", "tao", *span)
    assert code == 2 and words in err
    assert PlanDraft.objects.count() == 1
    assert "customers[0].frequency" in at(cast.tao).get(f"/visits/drafts/{draft.pk}/").text
    assert ask(cast.tao, cast.tao).pk > draft.pk


# --- where a customer is ------------------------------------------------------------------------------------------


@pytest.fixture
def unseen(shops, cast, regions):
    """Tao visits S0, S1 and S2 today; S1 then goes to the West, to somebody else."""
    made = [plan_visit(customer=shop, visitor=cast.tao, day=today(), by=cast.tao) for shop in shops[:3]]
    assign(customers=[shops[1]], user=cast.lin, since=today())
    change_customer(customer=shops[1], region=regions.sichuan)
    return made


def test_a_day_tells_nothing_of_where_a_customer_out_of_sight_is(unseen, cast):
    tao = at(cast.tao)
    page = tao.get(f"/visits/day/{today()}/").text
    assert page.count("uri.amap.com/navigation") == 2 and page.count("<circle") == 2
    assert "店1" in page  # the visit is one's own
    assert [f'<text y="4">{n}</text>' in page for n in (1, 2, 3)] == [True, False, True]
    report = [tao.get(f"/visits/{one.pk}/report/new/").text for one in unseen]
    assert ["data-lat" in one for one in report] == [True, False, True]


def test_nor_does_a_draft(unseen, cast, shops):
    PlannedVisit.objects.filter(pk=unseen[1].pk).update(is_agreed=True)  # it stays, whatever day it is
    draft = drafted(cast.tao, today(), today())
    page = at(cast.tao).get(f"/visits/drafts/{draft.pk}/").text
    with_place = draft.visits.exclude(position=None)
    assert with_place.filter(customer=shops[1]).exists()
    assert page.count("<circle") == with_place.exclude(customer=shops[1]).count()


def test_the_way_there_is_the_one_of_briefs(planned, shops, cast):
    """In the coordinates that the map draws in."""
    shop = type(shops[0]).objects.get(pk=shops[0].pk)
    found = ways(shop.wgs_latitude, shop.wgs_longitude, shop.name).amap.replace("&", "&amp;")
    assert found in at(cast.tao).get(f"/visits/day/{ahead(1)}/").text
    assert "coordinate=gaode" in found


def test_the_sheet_and_the_route_of_a_day_lead_to_each_other(planned, cast):
    mei, day = at(cast.mei), ahead(1)
    route, sheet = f"/visits/day/{day}/?person={cast.tao.pk}", f"/visits/sheet/?day={day}&person={cast.tao.pk}"
    assert sheet.replace("&", "&amp;") in mei.get(route).text
    assert route in mei.get(sheet).text


# --- where it fits best -------------------------------------------------------------------------------------------


def test_places_are_those_of_whoever_is_chosen_for_so_many_minutes(planned, shops, cast):
    """Mei has nothing planned; for Tao's whole day there is no room."""
    mei, address = at(cast.mei), f"/visits/customers/{shops[3].pk}/places/"
    form = mei.get(f"/visits/plan/?customer={shops[3].pk}").text
    assert 'hx-include="#id_visitor, #id_minutes"' in form
    assert "into the days of Tao" in mei.get(f"{address}?visitor={cast.tao.pk}&minutes=45").text
    assert "into the days of 美" in mei.get(f"{address}?visitor={cast.mei.pk}&minutes=45").text
    short, long = (mei.get(f"{address}?visitor={cast.tao.pk}&minutes={n}").text for n in (45, 300))
    assert "data-fill-day" in short and "No day of the next two weeks has room." in long
    assert mei.get(f"{address}?visitor={cast.lin.pk}").status_code == 404


def test_which_days_colleagues_have_room_on_is_theirs(planned, shops, cast):
    assign(customers=[shops[3]], user=cast.mei, since=today())
    for query in ("", f"?visitor={cast.mei.pk}"):
        answer = at(cast.tao).get(f"/visits/customers/{shops[0].pk if query else shops[3].pk}/places/{query}")
        assert answer.status_code in (200, 404)
        assert "data-fill-day" not in answer.text


# --- what is agreed -----------------------------------------------------------------------------------------------


def test_another_day_is_agreed_only_where_somebody_says_so(planned, cast):
    agreed = planned[1]
    moved = change_visit(visit=agreed, by=cast.tao, day=ahead(3))
    assert (moved.day, moved.is_agreed) == (ahead(3), False)
    again = change_visit(visit=agreed, by=cast.tao, day=ahead(4), is_agreed=True)
    assert (again.day, again.is_agreed) == (ahead(4), True)
    assert change_visit(visit=agreed, by=cast.tao, minutes=60).is_agreed
    assert change_visit(visit=agreed, by=cast.tao, day=ahead(4), note="同一天").is_agreed


def test_one_tap_to_the_next_working_day_says_that_it_is_not_agreed(planned, cast):
    text = at(cast.tao).post(f"/visits/{planned[1].pk}/move/", follow=True).text
    assert "which is not agreed with the customer yet" in text
    assert not PlannedVisit.objects.get(pk=planned[1].pk).is_agreed


@pytest.mark.parametrize("said,kept", [({}, False), ({"agreed_anew": "on"}, True)])
def test_the_form_asks_whether_the_new_day_is_agreed(planned, cast, said, kept):
    tao, visit = at(cast.tao), planned[1]
    assert "The customer agreed to the new day" in tao.get(f"/visits/{visit.pk}/edit/").text
    assert "The customer agreed to the new day" not in tao.get(f"/visits/{planned[0].pk}/edit/").text
    sent = {"visitor": cast.tao.pk, "day": ahead(4), "minutes": 45, "purpose": "routine", "is_agreed": "on"}
    assert tao.post(f"/visits/{visit.pk}/edit/", {**sent, "day": ahead(2)}).status_code == 302
    assert PlannedVisit.objects.get(pk=visit.pk).is_agreed  # the day is the same
    assert tao.post(f"/visits/{visit.pk}/edit/", {**sent, **said}).status_code == 302
    visit.refresh_from_db()
    assert (visit.day, visit.is_agreed) == (ahead(4), kept)


def test_over_the_api_another_day_is_agreed_where_that_is_sent(planned, cast):
    address = f"/api/v1/visits/{planned[1].pk}/"

    def patch(**sent):
        etag = at(cast.tao).get(address)["ETag"]
        return at(cast.tao).patch(address, sent, content_type="application/json", HTTP_IF_MATCH=etag).json()

    assert patch(day=str(ahead(3)))["is_agreed"] is False
    assert patch(day=str(ahead(4)), is_agreed=True)["is_agreed"] is True


# --- who says what becomes of it ----------------------------------------------------------------------------------


@pytest.fixture
def wei(django_user_model, shops):
    """A colleague who looks after S4 and was given S0 too, so that they see Tao's visit there."""
    person = django_user_model.objects.create(username="wei", name="Wei", role="manager")
    assign(customers=[shops[0]], user=person, since=today())
    return person


@pytest.fixture
def due(shops, cast):
    return plan_visit(customer=shops[0], visitor=cast.tao, day=today(), by=cast.tao)


def state_of(visit) -> tuple:
    held = PlannedVisit.objects.get(pk=visit.pk)
    return held.state, held.version, VisitReport.objects.count()


def test_a_colleague_ends_and_reports_nobodys_visit(due, wei):
    client, before = at(wei), state_of(due)
    refused("right", lambda: call_off(visit=due, reason="x", by=wei))
    refused("right", lambda: mark_done(visit=due, by=wei))
    refused("right", lambda: file_report(visit=due, by=wei, listened="x"))
    page = client.get(f"/visits/{due.pk}/").text
    for address in (f"/visits/{due.pk}/call-off/", f"/visits/{due.pk}/report/new/", f"/visits/{due.pk}/done/"):
        assert address not in page
    assert "says what becomes of it" in client.post(f"/visits/{due.pk}/call-off/", {"reason": "x"}).text
    assert (
        client.post(f"/api/v1/visits/{due.pk}/cancel/", {"reason": "x"}, content_type="application/json").status_code
        == 400
    )
    assert f'action="/visits/{due.pk}/done/"' not in client.get(f"/visits/customers/{due.customer_id}/").text
    assert state_of(due) == before


def test_the_visitor_their_head_and_an_administrator_do(due, cast, wei):
    for by in (cast.tao, cast.mei, cast.ada):
        assert f"/visits/{due.pk}/call-off/" in at(by).get(f"/visits/{due.pk}/").text
        call_off(visit=due, reason="盘点", by=by)
        refused("right", lambda: reopen_visit(visit=due, by=wei))
        reopen_visit(visit=due, by=by)
    assert file_report(visit=due, by=cast.mei, listened="x").by == cast.mei


def test_who_stands_in_does_while_they_do(due, cast, wei):
    spell = StandIn.objects.create(
        absent=cast.tao, stand_in=wei, since=today(), until=today() + A_DAY, reason="病假", made_by=cast.mei
    )
    call_off(visit=due, reason="病假", by=wei)
    spell.until = today()
    spell.since = today() - A_DAY
    spell.save()
    refused("right", lambda: reopen_visit(visit=due, by=wei))


def test_forms_are_for_who_ends_a_visit(due, cast, wei):
    forms = [f"/visits/{due.pk}/{part}/" for part in ("done", "call-off", "report/new")]
    assert [at(wei).get(path).status_code for path in forms] == [403] * 3
    assert "says what becomes of it" in at(wei).get(forms[0]).text
    before = PlannedVisit.objects.values().get(pk=due.pk)
    assert at(wei).post(forms[1], {"reason": "x"}).status_code == 422
    assert PlannedVisit.objects.values().get(pk=due.pk) == before
    # While they stand in it is theirs.
    StandIn.objects.create(
        absent=cast.tao, stand_in=wei, since=today(), until=today() + A_DAY, reason="病假", made_by=cast.mei
    )
    for user in (wei, cast.tao, cast.mei, cast.ada):
        assert [at(user).get(path).status_code for path in forms] == [200] * 3


@pytest.mark.parametrize("stands_in", [False, True])
def test_lists_say_of_many_what_is_said_of_one(due, shops, cast, wei, stands_in):
    plan_visit(customer=shops[0], visitor=wei, day=today(), by=wei)
    PlannedVisit.objects.create(customer=shops[0], visitor=cast.lin, day=today())
    if stands_in:
        StandIn.objects.create(
            absent=cast.tao, stand_in=wei, since=today(), until=today() + A_DAY, reason="病假", made_by=cast.mei
        )
    for user in (cast.tao, cast.mei, cast.lin, cast.ada, cast.ana, wei):
        found = {one.visitor_id: one.ends for one in with_may_end(PlannedVisit.objects.all(), user)}
        assert found == {one.pk: may_end(user, one.pk) for one in (cast.tao, cast.lin, wei)}
    ends = {one.visitor: one.ends for one in with_may_end(PlannedVisit.objects.all(), wei).select_related("visitor")}
    assert ends == {cast.tao: stands_in, cast.lin: False, wei: True}
    # A head is offered no button for the visit of somebody who is not theirs.
    text, lins = at(cast.mei).get("/visits/?person=all").text, PlannedVisit.objects.get(visitor=cast.lin)
    offered = [f'action="/visits/{pk}/done/"' in text for pk in (due.pk, lins.pk)]
    assert offered == [True, may_end(cast.mei, cast.lin.pk)]
