"""What dealers say before a visit: once, of their own visits only, and seen by whoever makes them."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from crm.clock import today
from crm.jobs import runner
from crm.models import AuditEntry
from crm.templatetags.ui import day
from customers.portal import actions as portal
from customers.portal import links, reading
from customers.privacy.actions import ask_erasure
from tests.visits.conftest import ahead, at
from visits.agenda import actions
from visits.models import AgendaPoint, PlannedVisit, TimeAnswer
from visits.plan.actions import call_off, change_visit

pytestmark = pytest.mark.django_db
HALF_PAST_NINE = datetime.time(9, 30)


@pytest.fixture
def agreed(visit, cast):
    return change_visit(visit=visit, by=cast.tao, is_agreed=True, starts_at=HALF_PAST_NINE)


def dealer_of(shop, cast) -> Client:
    account = portal.invite(customer=shop, name="王老板", phone="13900001111", by=cast.tao)
    client = Client()
    client.post(links.address(reading.open_link(account), ""))
    return client


@pytest.fixture
def dealer(shops, cast):
    return dealer_of(shops[0], cast)


def deeds(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def seen(visit) -> dict:
    return {"day": str(visit.day), "starts_at": "09:30:00"}


def test_a_dealer_confirms_once(dealer, agreed, cast):
    path = f"/portal/visits/{agreed.pk}/"
    assert "does it suit you?" in dealer.get("/portal/").content.decode()
    for _n in range(2):
        assert dealer.post(f"{path}time/", {**seen(agreed), "says": "yes"})["Location"] == path
    answer = TimeAnswer.objects.get()
    assert (answer.says, answer.day, answer.starts_at, answer.told_by) == ("yes", agreed.day, HALF_PAST_NINE, "王老板")
    assert deeds("visit.answer") == 1
    assert "you confirmed" in dealer.get(path).content.decode()
    assert "confirmed by the customer" in at(cast.tao).get(f"/visits/{agreed.pk}/").content.decode()
    change_visit(visit=agreed, by=cast.tao, day=ahead(5), is_agreed=True)
    assert "does it suit you?" in dealer.get(path).content.decode()  # of a time that is no more


def words(page) -> str:
    return " ".join(page.content.decode().split())


def test_a_visit_that_we_moved_is_told_and_confirmed(dealer, agreed, cast, shops):
    path, was, to = f"/portal/visits/{agreed.pk}/", ahead(1), ahead(4)
    change_visit(visit=agreed, by=cast.tao, day=to)
    agreed.refresh_from_db()
    assert not agreed.is_agreed
    said = f"Moved to {day(to)}, 09:30, please confirm. It was agreed for {day(was, 'short')}."
    for page in (dealer.get("/portal/"), dealer.get(path)):
        assert said in words(page) and "moved, please confirm" in words(page)
    assert dealer_of(shops[1], cast).get(path).status_code == 404
    # The time that they saw before is not confirmed.
    late = dealer.post(f"{path}time/", {**seen(agreed), "day": str(was), "says": "yes"})
    agreed.refresh_from_db()
    assert late.status_code == 422 and not agreed.is_agreed and not TimeAnswer.objects.exists()
    for _n in range(2):
        assert dealer.post(f"{path}time/", {**seen(agreed), "says": "yes"})["Location"] == path
    agreed.refresh_from_db()
    assert (agreed.day, agreed.starts_at, agreed.is_agreed) == (to, HALF_PAST_NINE, True)
    assert (deeds("visit.answer"), deeds("visit.change")) == (1, 3)
    assert "Moved to" not in words(dealer.get("/portal/")) and "you confirmed" in words(dealer.get(path))
    assert "confirmed by the customer" in words(at(cast.tao).get(f"/visits/{agreed.pk}/"))
    # Moved again, it is told again.
    change_visit(visit=agreed, by=cast.tao, day=ahead(5), starts_at=None)
    said = f"Moved to {day(ahead(5))}, please confirm. It was agreed for {day(to, 'short')}."
    assert said in words(dealer.get("/portal/"))


def test_a_moved_time_that_does_not_suit_waits_with_us_and_is_not_agreed(dealer, agreed, cast):
    change_visit(visit=agreed, by=cast.tao, day=ahead(4))
    agreed.refresh_from_db()
    sent = {**seen(agreed), "says": "no", "proposed_on": str(ahead(5))}
    assert dealer.post(f"/portal/visits/{agreed.pk}/time/", sent).status_code == 302
    agreed.refresh_from_db()
    assert not agreed.is_agreed and "you cannot" in words(dealer.get("/portal/"))
    assert "does not suit them; they propose" in words(at(cast.tao).get("/"))
    at(cast.tao).post(f"/visits/{agreed.pk}/answer/accept/", {"next": "today"})
    agreed.refresh_from_db()
    assert (agreed.day, agreed.is_agreed) == (ahead(5), True)
    assert "as you proposed" in words(dealer.get("/portal/"))


def test_what_was_never_agreed_or_only_taken_back_stays_ours(dealer, visit, cast):
    path = f"/portal/visits/{visit.pk}/"
    change_visit(visit=visit, by=cast.tao, day=ahead(2))
    assert dealer.get(path).status_code == 404
    change_visit(visit=visit, by=cast.tao, is_agreed=True)
    change_visit(visit=visit, by=cast.tao, is_agreed=False, note="x")
    assert dealer.get(path).status_code == 404 and 'id="visits"' not in words(dealer.get("/portal/"))


def test_another_day_waits_on_today_and_is_taken_in_one_tap(dealer, agreed, cast):
    other = ahead(3)
    sent = {**seen(agreed), "says": "no", "proposed_on": str(other), "proposed_at": "14:00", "text": "当天盘点"}
    for _n in range(2):
        dealer.post(f"/portal/visits/{agreed.pk}/time/", sent)
    assert deeds("visit.answer") == 1
    text = at(cast.tao).get("/").content.decode()
    assert "does not suit them; they propose" in text and "当天盘点" in text
    assert f"/visits/{agreed.pk}/answer/accept/" in text
    assert f"/visits/{agreed.pk}/answer/accept/" not in at(cast.mei).get("/").content.decode()
    accept = f"/visits/{agreed.pk}/answer/accept/"
    assert at(cast.lin).post(accept).status_code == 404 and at(cast.ana).post(accept).status_code == 403
    assert at(cast.tao).post(accept, {"next": "today"})["Location"] == "/"
    agreed.refresh_from_db()
    assert (agreed.day, agreed.starts_at, agreed.is_agreed) == (other, datetime.time(14), True)
    version = agreed.version
    at(cast.tao).post(accept)
    agreed.refresh_from_db()
    assert agreed.version == version and deeds("visit.change") == 2
    assert "as you proposed" in dealer.get(f"/portal/visits/{agreed.pk}/").content.decode()
    assert "does not suit them" not in at(cast.tao).get("/").content.decode()


def test_settled_otherwise_leaves_today(dealer, agreed, cast):
    dealer.post(f"/portal/visits/{agreed.pk}/time/", {**seen(agreed), "says": "no"})
    assert "does not suit them." in at(cast.tao).get("/").content.decode()
    for _n in range(2):
        at(cast.tao).post(f"/visits/{agreed.pk}/answer/settle/", {"next": "today"})
    assert deeds("visit.answer_settled") == 1
    assert "does not suit them." not in at(cast.tao).get("/").content.decode()


@pytest.mark.parametrize(
    "more,flaw",
    [
        ({"proposed_at": "14:00"}, "Say which day."),
        ({"proposed_on": "2020-01-01"}, "Choose a day from today on."),
        ({"text": "x" * 201}, "at most 200 characters"),
        ({"day": "2026-01-01"}, "The visit was moved in the meantime"),
    ],
)
def test_what_is_refused_changes_nothing(dealer, agreed, more, flaw):
    answer = dealer.post(f"/portal/visits/{agreed.pk}/time/", {**seen(agreed), "says": "no", **more})
    assert answer.status_code == 422 and flaw in answer.content.decode()
    assert not TimeAnswer.objects.exists() and deeds("visit.answer") == 0


def test_points_are_short_few_and_written_once(dealer, agreed, cast):
    path = f"/portal/visits/{agreed.pk}/points/"
    for text in ("返利什么时候到", "返利什么时候到 ", *(f"点{n}" for n in range(2, 6))):
        assert dealer.post(path, {"text": text}).status_code == 302
    assert AgendaPoint.objects.count() == 5 == deeds("visit.agenda")
    with pytest.raises(ValidationError, match="5 points at most"):
        actions.add_point(visit=agreed, text="第六", told_by="王老板")
    assert dealer.post(path, {"text": "x" * 201}).status_code == 422 and AgendaPoint.objects.count() == 5
    assert "返利什么时候到" in at(cast.mei).get(f"/visits/{agreed.pk}/").content.decode()
    assert "返利什么时候到" in at(cast.tao).get(f"/visits/{agreed.pk}/brief/").content.decode()


def test_only_what_was_agreed_with_them_and_is_to_come(dealer, visit, shops, cast):
    path = f"/portal/visits/{visit.pk}/"
    assert dealer.get(path).status_code == 404  # ours: not agreed
    change_visit(visit=visit, by=cast.tao, is_agreed=True)
    assert dealer.get(path).status_code == 200
    other = dealer_of(shops[1], cast)
    for sent in (other.get(path), other.post(f"{path}time/", {"says": "yes"}), other.post(f"{path}points/", {})):
        assert sent.status_code == 404
    assert Client().get(path)["Location"] == "/portal/"
    text = dealer.get(path).content.decode()
    assert "看库存" not in text and "先打电话" not in text
    call_off(visit=visit, reason="盘点", by=cast.tao)
    assert dealer.get(path).status_code == 404
    PlannedVisit.objects.filter(pk=visit.pk).update(state="planned", ended_at=None, day=today() - ahead(0).resolution)
    assert dealer.get(path).status_code == 404


def test_an_erasure_takes_the_words(agreed, shops, cast, policy):
    actions.add_point(visit=agreed, text="KANARIENVOGEL", told_by="KANARIENVOGEL")
    actions.answer_time(
        visit=agreed, yes=False, told_by="KANARIENVOGEL", day=agreed.day, starts_at=HALF_PAST_NINE, text="KANARIENVOGEL"
    )
    ask_erasure(row=shops[0], typed=shops[0].code, by=cast.ada, reason="来函")
    runner.drain()
    point, answer = AgendaPoint.objects.get(), TimeAnswer.objects.get()
    assert (point.text, point.told_by, answer.text, answer.told_by) == (f"#{point.pk}", "", "", "")
    assert not [one for one in AuditEntry.objects.values_list("changes", flat=True) if "KANARIEN" in str(one)]


def test_who_sees_them(agreed, cast, django_user_model):
    actions.add_point(visit=agreed, text="返利", told_by="王老板")
    for user, n in ((cast.tao, 1), (cast.mei, 1), (cast.ana, 1), (cast.lin, 0)):
        fresh = django_user_model.objects.get(pk=user.pk)
        assert AgendaPoint.objects.visible_to(fresh).count() == n


def test_a_proposal_about_another_time_moves_nothing(dealer, agreed, cast):
    said = {**seen(agreed), "says": "no", "proposed_on": str(ahead(3))}
    assert dealer.post(f"/portal/visits/{agreed.pk}/time/", said).status_code == 302
    change_visit(visit=agreed, by=cast.tao, day=ahead(2))
    with pytest.raises(ValidationError) as refusal:
        actions.accept_proposal(visit=agreed, by=cast.tao)
    assert refusal.value.code == "conflict"
    assert PlannedVisit.objects.get(pk=agreed.pk).day == ahead(2)


def test_each_answer_is_a_form_of_its_own(dealer, agreed):
    """Enter in the proposal sends the proposal, not what the first button of the page says."""
    page = dealer.get(f"/portal/visits/{agreed.pk}/").content.decode()
    parts = [part.split("</form>")[0] for part in page.split("<form")[1:] if "/time/" in part.split(">")[0]]
    assert ['name="proposed_on"' in part for part in parts] == [False, True]
    assert ['value="yes"' in parts[0], 'value="no"' in parts[1]] == [True, True]
