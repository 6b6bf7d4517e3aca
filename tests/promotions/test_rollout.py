"""From preparing to settling: each step, what it refuses, and that refusals change nothing."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from crm.jobs import runner
from crm.jobs.models import Job
from customers.profile.actions import assign, create_customer
from customers.profile.models import Customer
from customers.relationship.models import Observation
from promotions.calculator.actions import sign
from promotions.policies.audience import Audience
from promotions.rollout import actions, bulk, reading
from promotions.rollout.models import Execution, Participation, Promotion
from promotions.rollout.suggesting import promotions as suggested
from promotions.rollout.waiting import tasks
from tests.promotions.conftest import DAY, SINCE, at

pytestmark = pytest.mark.django_db


def codes(flaw) -> set[tuple[str, str]]:
    return {(name, one.code) for name, errors in flaw.value.error_dict.items() for one in errors}


def prepared(by, **values) -> Promotion:
    given = {
        "code": "spring",
        "title": "春季端架",
        "kind": "display",
        "mechanics": "端架两周，买三送一。",
        "starts_on": today(),
        "ends_on": today() + 13 * DAY,
        "answer_by": today() + 7 * DAY,
        "materials": [{"name": "海报", "quantity": 4}],
        "checklist": ["海报挂上", "价格对"],
        "audience": Audience(everybody=True),
    }
    return actions.write_promotion(by=by, **{**given, **values})


@pytest.fixture
def shops(shop, west, regions, cast):
    more = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in (2, 3)]
    assign(customers=more, user=cast.tao, since=SINCE)
    return [shop, *more]


@pytest.fixture
def running(shops, cast):
    return actions.open_promotion(promotion=prepared(cast.mei), by=cast.mei)


@pytest.fixture
def part(running, shop):
    return running.participations.get(customer=shop)


@pytest.fixture
def taken(part):
    return actions.answer(participation=part, answer="accepted", told_by="王")


# --- preparing and asking -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": ""}, ("title", "title")),
        ({"kind": "magic"}, ("kind", "kind")),
        ({"mechanics": " "}, ("mechanics", "text")),
        ({"ends_on": datetime.date(2020, 1, 1)}, ("ends_on", "order")),
        ({"ends_on": today() + 500 * DAY}, ("ends_on", "long")),
        ({"answer_by": today() + 90 * DAY}, ("answer_by", "late")),
        ({"materials": [{"name": "x", "quantity": 0}]}, ("materials", "quantity")),
        ({"checklist": ["x"] * 13}, ("checklist", "many")),
        ({"audience": Audience(codes=("W1",))}, ("audience", "unknown")),
        ({"audience": Audience()}, ("audience", "nobody")),
    ],
)
def test_a_promotion_that_is_none_is_refused(shops, cast, change, code):
    with pytest.raises(ValidationError) as flaw:
        prepared(cast.mei, **change)
    assert codes(flaw) == {code}
    assert not Promotion.objects.exists()


def test_a_code_is_given_once(shops, cast):
    prepared(cast.mei)
    with pytest.raises(ValidationError) as flaw:
        prepared(cast.mei, code="SPRING")
    assert codes(flaw) == {("code", "twice")}


def test_everybody_of_the_audience_in_reach_is_asked(running):
    found = running.participations.order_by("pk").values_list("customer__code", "answer")
    assert sorted(found) == [("E1", "invited"), ("E2", "invited"), ("E3", "invited")]
    with pytest.raises(ValidationError):
        actions.open_promotion(promotion=running, by=running.made_by)
    assert running.participations.count() == 3


def test_many_are_asked_by_a_job_in_pages_of_the_same_statements(shops, cast, regions, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    held = actions.open_promotion(promotion=prepared(cast.mei), by=cast.mei)
    assert held.participations.count() == 2
    job = runner.run_here(Job.objects.get(kind="promotions.invite"))
    assert (job.result, held.participations.count()) == ({"asked": 1}, 3)

    def statements(n: int) -> int:
        rows = [Customer(code=f"N{n}-{k}", name="新", kind="franchisee", region=regions.jiangsu) for k in range(n)]
        Customer.objects.bulk_create(rows)
        with CaptureQueriesContext(connection) as seen:
            assert actions.invite_page(held, cast.mei) == n
        return len(seen)

    statements(1)
    assert statements(3) == statements(30)


def test_only_the_last_day_changes_once_they_are_asked(running, cast):
    with pytest.raises(ValidationError) as flaw:
        actions.change_promotion(promotion=running, by=cast.mei, title="别的")
    assert flaw.value.code == "open"
    held = actions.change_promotion(promotion=running, by=cast.mei, ends_on=today() + 20 * DAY)
    assert (held.title, held.days) == ("春季端架", 21)


# --- one customer -------------------------------------------------------------------------------------------------


def test_accept_decline_and_what_they_want_otherwise(part, cast):
    with pytest.raises(ValidationError) as flaw:
        actions.answer(participation=part, answer="countered")
    assert codes(flaw) == {("text", "text")}
    held = actions.answer(participation=part, answer="countered", text="只做一周", told_by="王")
    assert (held.stage, held.counter) == ("countered", "只做一周")
    held = actions.take_counter(participation=part, by=cast.tao)
    assert (held.answer, held.agreed, held.stage) == ("accepted", "只做一周", "accepted")
    assert actions.answer(participation=part, answer="declined", told_by="王").stage == "declined"


def test_materials_go_out_in_bulk_and_come_in_one_by_one(running, shops, cast):
    parts = list(running.participations.order_by("pk"))
    for one in parts[:2]:
        actions.answer(participation=one, answer="accepted")
    asked = {"promotion": running, "ids": [one.pk for one in parts], "on": today(), "by": cast.mei}
    assert len(bulk.send_many(**asked).done) == 2
    assert bulk.send_many(**asked).done == []
    assert list(running.participations.order_by("pk").values_list("sent_on", flat=True)) == [today(), today(), None]
    with pytest.raises(ValidationError) as flaw:
        actions.receive_materials(participation=parts[0], on=today() - DAY, told_by="王")
    assert codes(flaw) == {("on", "before")}
    assert actions.receive_materials(participation=parts[0], on=today(), told_by="王").stage == "ready"


def test_what_is_seen_names_items_of_the_checklist(taken, cast):
    made = actions.show_execution(
        participation=taken, seen_on=today(), done=[1, 0, 1], price=Decimal("9.90"), by=cast.tao
    )
    assert (made.done, made.price) == ([0, 1], Decimal("9.90"))
    for values, code in (
        ({"done": [2]}, ("done", "item")),
        ({"price": Decimal(-1)}, ("price", "negative")),
        ({"seen_on": today() + DAY}, ("seen_on", "future")),
    ):
        with pytest.raises(ValidationError) as flaw:
            actions.show_execution(participation=taken, **{"seen_on": today(), "by": cast.tao, **values})
        assert codes(flaw) == {code}
    assert Execution.objects.count() == 1


@pytest.mark.parametrize(
    ("compliance", "credit", "how", "kept"),
    [("agreed", None, "", 100), ("changed", 60, "只挂了一半", 60), ("not_run", None, "没货", 0)],
)
def test_how_it_was_run_is_evidence_of_cooperation(taken, cast, compliance, credit, how, kept):
    held = actions.judge(participation=taken, compliance=compliance, credit=credit, how=how, by=cast.tao)
    assert (held.stage, held.credit) == ("judged", kept)
    seen = Observation.objects.get(source="promotion")
    assert (seen.customer_id, seen.kind, seen.score, seen.ref) == (taken.customer_id, "promotion", kept, str(taken.pk))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"compliance": "fine"}, ("compliance", "compliance")),
        ({"compliance": "changed", "how": "x"}, ("credit", "credit")),
        ({"compliance": "not_run"}, ("how", "how")),
    ],
)
def test_half_a_judgement_is_refused(taken, cast, values, code):
    with pytest.raises(ValidationError) as flaw:
        actions.judge(participation=taken, by=cast.tao, **values)
    assert codes(flaw) == {code}
    assert not Observation.objects.exists()


def test_it_is_judged_once_and_only_of_who_takes_part(part, cast):
    with pytest.raises(ValidationError) as flaw:
        actions.judge(participation=part, compliance="agreed", by=cast.tao)
    assert flaw.value.code == "state"
    actions.answer(participation=part, answer="accepted")
    actions.judge(participation=part, compliance="agreed", by=cast.tao)
    with pytest.raises(ValidationError) as flaw:
        actions.judge(participation=part, compliance="not_run", how="x", by=cast.tao)
    assert flaw.value.code == "judged"
    assert Observation.objects.get(source="promotion").score == 100


def test_money_is_claimed_then_judged_then_settled_once(taken, cast):
    actions.claim(participation=taken, amount=Decimal("300.00"), text="人员", told_by="王")
    with pytest.raises(ValidationError) as flaw:
        actions.settle(participation=taken, amount=Decimal("300"), on=today(), by=cast.mei)
    assert flaw.value.code == "unjudged"
    actions.judge(participation=taken, compliance="agreed", by=cast.tao)
    held = actions.settle(participation=taken, amount=Decimal("280.50"), on=today(), by=cast.mei)
    assert (held.stage, held.claim, held.settled) == ("settled", Decimal("300.00"), Decimal("280.50"))
    with pytest.raises(ValidationError) as flaw:
        actions.settle(participation=taken, amount=Decimal("1"), on=today(), by=cast.mei)
    assert flaw.value.code == "settled"


def test_nothing_is_done_about_what_is_over(taken, running, cast):
    actions.close_promotion(promotion=running, by=cast.mei)
    with pytest.raises(ValidationError) as flaw:
        actions.claim(participation=taken, amount=Decimal("1"), by=cast.tao)
    assert flaw.value.code == "over"
    taken.refresh_from_db()
    assert taken.claim is None


# --- the board ----------------------------------------------------------------------------------------------------


def test_lanes_count_what_rows_say_of_themselves(running, shops, cast):
    parts = list(running.participations.order_by("pk"))
    actions.answer(participation=parts[0], answer="accepted")
    actions.answer(participation=parts[1], answer="declined")
    found = reading.counts(cast.mei, [running.pk])[running.pk]
    assert {key: n for key, n in found.items() if n} == {"all": 3, "accepted": 1, "declined": 1, "invited": 1}
    bulk.send_many(promotion=running, ids=[one.pk for one in parts], on=today(), by=cast.mei)
    actions.receive_materials(participation=parts[0], on=today(), by=cast.tao)
    actions.judge(participation=parts[0], compliance="agreed", by=cast.tao)
    for key in reading.STAGES:
        rows = reading.participations(cast.mei, running, key)
        assert {one.stage for one in rows} <= {key}
        assert rows.count() == reading.counts(cast.mei, [running.pk])[running.pk][key]


def test_two_promotions_at_once_are_flagged(running, shops, cast):
    other = actions.open_promotion(
        promotion=prepared(cast.mei, code="other", title="同期", audience=Audience(codes=("E1",))), by=cast.mei
    )
    apart = actions.open_promotion(
        promotion=prepared(
            cast.mei, code="later", starts_on=today() + 30 * DAY, ends_on=today() + 40 * DAY, answer_by=today()
        ),
        by=cast.mei,
    )
    assert [one.customer.code for one in reading.overlapping(cast.mei, running)] == ["E1"]
    assert list(reading.overlapping(cast.mei, apart)) == []
    found = {one.code: n for one, n in reading.calendar(cast.mei, today(), today() + 90 * DAY)}
    assert found == {"spring": 1, "other": 1, "later": 0}
    actions.answer(participation=other.participations.get(), answer="declined")
    assert {one.code: n for one, n in reading.calendar(cast.mei, today(), today() + 90 * DAY)}["spring"] == 0


def test_promotions_are_goals_and_tasks(running, part, shops, cast):
    ids = [one.pk for one in shops]
    assert [one.text for one in suggested(cast.tao, ids, today())[part.customer_id]] == ["Win them for “春季端架”"]
    actions.answer(participation=part, answer="countered", text="一周")
    assert [one.reason for one in tasks(cast.tao, today())] == ["Wants “春季端架” otherwise"]
    actions.take_counter(participation=part, by=cast.tao)
    assert [one.text for one in suggested(cast.tao, ids, today())[part.customer_id]] == [
        "Check how “春季端架” is run in the shop"
    ]
    Promotion.objects.update(starts_on=today() - 20 * DAY, ends_on=today() - DAY)
    assert [one.reason for one in tasks(cast.tao, today())] == ["“春季端架” is over: say how it was run"]
    assert suggested(cast.lin, ids, today()) == {} and tasks(cast.lin, today()) == []


# --- pages --------------------------------------------------------------------------------------------------------


def test_from_new_to_settled_through_the_pages(shops, cast, dealer):
    mei, tao = at(cast.mei), at(cast.tao)
    values = {
        "title": "春季端架",
        "code": "spring",
        "kind": "display",
        "mechanics": "端架两周",
        "starts_on": str(today()),
        "ends_on": str(today() + 13 * DAY),
        "answer_by": str(today() + 5 * DAY),
        "materials": "4 海报\n2 立牌",
        "checklist": "海报挂上\n价格对",
    }
    assert mei.get("/promotions/runs/new/").status_code == 200
    bad = mei.post("/promotions/runs/new/", {**values, "materials": "海报"})
    assert bad.status_code == 422 and not Promotion.objects.exists()
    mei.post("/promotions/runs/new/", values)
    run = Promotion.objects.get()
    assert run.materials == [{"name": "海报", "quantity": 4}, {"name": "立牌", "quantity": 2}]
    mei.post(f"/promotions/runs/{run.pk}/who/", {"codes": "E1 E2"})
    assert "2 customers would be asked." in mei.get(f"/promotions/runs/{run.pk}/who/").text
    mei.post(f"/promotions/runs/{run.pk}/ask/")
    part = run.participations.get(customer=shops[0])
    assert "春季端架" in dealer.get("/portal/").text
    dealer.post(f"/portal/promotions/runs/{part.pk}/answer/", {"answer": "accepted"})
    mei.post(f"/promotions/runs/{run.pk}/send/", {"id": [part.pk]})
    dealer.post(f"/portal/promotions/runs/{part.pk}/received/")
    dealer.post(f"/portal/promotions/runs/{part.pk}/seen/", {"seen_on": str(today()), "done": ["0"], "price": "9.9"})
    dealer.post(f"/portal/promotions/runs/{part.pk}/claim/", {"amount": "300"})
    page = tao.get(f"/promotions/parts/{part.pk}/").text
    assert "海报挂上" in page and "¥9.90" in page and "¥300.00" in page
    tao.post(f"/promotions/parts/{part.pk}/judge/", {"compliance": "changed", "credit": "80", "how": "少一张"})
    tao.post(f"/promotions/parts/{part.pk}/settle/", {"amount": "240", "on": str(today())})
    part.refresh_from_db()
    assert (part.stage, part.credit, part.settled) == ("settled", 80, Decimal("240.00"))
    assert "¥240.00" in dealer.get(f"/portal/promotions/runs/{part.pk}/").text


def test_others_neither_see_nor_change_it(running, part, cast, dealer, west):
    lin, ana, tao = at(cast.lin), at(cast.ana), at(cast.tao)
    for path in (f"runs/{running.pk}/", f"runs/{running.pk}/result/", f"parts/{part.pk}/"):
        assert lin.get(f"/promotions/{path}").status_code == 404
        assert ana.get(f"/promotions/{path}").status_code == 200
    assert lin.post(f"/promotions/parts/{part.pk}/answer/", {"answer": "accepted"}).status_code == 404
    assert ana.post(f"/promotions/parts/{part.pk}/answer/", {"answer": "accepted"}).status_code == 403
    assert tao.post(f"/promotions/runs/{running.pk}/close/", {"off": "1"}).status_code == 403
    assert tao.get(f"/promotions/runs/{running.pk}/edit/").status_code == 403
    other = running.participations.exclude(pk=part.pk).first()
    assert dealer.post(f"/portal/promotions/runs/{other.pk}/answer/", {"answer": "accepted"}).status_code == 404
    running.refresh_from_db()
    assert running.state == "open" and set(running.participations.values_list("answer", flat=True)) == {"invited"}


def test_the_board_and_the_calendar_take_the_same_statements_however_long(running, regions, cast):
    mei = at(cast.mei)
    paths = [f"/promotions/runs/{running.pk}/", "/promotions/runs/", "/promotions/calendar/"]

    def statements() -> list[int]:
        found = []
        for path in paths:
            mei.get(path)
            with CaptureQueriesContext(connection) as seen:
                assert mei.get(path).status_code == 200
            found.append(len(seen))
        return found

    before = statements()
    for n in range(10, 22):
        create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu)
        later = {"starts_on": today() + 40 * DAY, "ends_on": today() + 50 * DAY}
        actions.open_promotion(promotion=prepared(cast.mei, code=f"c{n}", **later), by=cast.mei)
    actions.invite_page(running, cast.mei)
    assert statements() == before


def test_a_signed_plan_is_carried_out_once(shown, shop, cast):
    with pytest.raises(ValidationError) as flaw:
        actions.carry_out(plan=shown, code="p1", mechanics="买十送一", by=cast.tao)
    assert flaw.value.code == "state"
    for side in ("brand", "customer"):
        sign(plan=shown, variant=0, side=side, seen=1)
    tao = at(cast.tao)
    assert tao.get(f"/promotions/{shown.pk}/carry-out/").status_code == 200
    tao.post(f"/promotions/{shown.pk}/carry-out/", {"code": "p1", "mechanics": "减价"})
    made = Promotion.objects.get()
    part = made.participations.get()
    page = tao.get(f"/promotions/{shown.pk}/").content.decode()
    assert f'href="/promotions/parts/{part.pk}/"' in page and "carry-out" not in page
    assert (made.state, made.days, made.materials) == ("open", 14, [{"name": "端架", "quantity": 4}])
    assert (part.customer, part.answer, part.plan) == (shop, "accepted", shown)
    with pytest.raises(ValidationError) as flaw:
        actions.carry_out(plan=shown, code="p2", mechanics="x", by=cast.tao)
    assert flaw.value.code == "twice"
    assert Participation.objects.count() == 1
