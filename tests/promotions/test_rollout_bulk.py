"""Many at once from the board: a few statements, each one written down, the others named with the reason."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.audit.models import AuditEntry
from crm.clock import today
from customers.profile.models import Customer
from customers.relationship.models import Observation
from promotions.policies.audience import Audience
from promotions.rollout import actions, bulk
from promotions.rollout.models import Participation, Promotion
from tests.promotions.conftest import DAY, at
from tests.promotions.test_rollout import codes, prepared

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(shop, west, regions, cast) -> Promotion:
    """43 shops of East and one of West, all asked by Ada."""
    Customer.objects.bulk_create(
        Customer(code=f"N{n}", name=f"新{n}", kind="franchisee", region=regions.jiangsu) for n in range(42)
    )
    held = prepared(cast.ada, audience=Audience(everybody=True))
    return actions.open_promotion(promotion=held, by=cast.ada)


def keys(promotion: Promotion, **narrowed) -> list[int]:
    rows = Participation.objects.filter(promotion=promotion, customer__region__code="JIANGSU", **narrowed)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def state_of() -> tuple:
    rows = list(Participation.objects.order_by("pk").values())
    return rows, Observation.objects.count(), AuditEntry.objects.count()


ACTS = {
    "answer": (lambda **asked: bulk.answer_many(answer="accepted", told_by="王", **asked), "promotion.answer"),
    "send": (lambda **asked: bulk.send_many(on=today(), **asked), "promotion.send"),
    "receive": (lambda **asked: bulk.receive_many(on=today(), **asked), "promotion.receive"),
    "judge": (
        lambda **asked: bulk.judge_many(compliance="changed", credit=60, how="少一张", **asked),
        "promotion.judge",
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_two_take_as_many_statements_as_forty(many, cast, name):
    act, action = ACTS[name]
    found = keys(many)
    if name != "answer":
        Participation.objects.filter(promotion=many).update(answer="accepted")
    bulk.answer_many(promotion=many, ids=found[42:], answer="accepted", by=cast.mei)  # what is remembered, is by now
    act(promotion=many, ids=found[42:], by=cast.mei)

    def statements(ids) -> int:
        with CaptureQueriesContext(connection) as seen:
            told = act(promotion=many, ids=ids, by=cast.mei)
        assert ([one.pk for one in told.done], told.refused) == (ids, [])
        return len(seen)

    before = AuditEntry.objects.filter(action=action).count()
    assert statements(found[:2]) == statements(found[2:42])
    written = AuditEntry.objects.filter(action=action).order_by("-pk")
    assert written.count() == before + 42
    assert {(one.actor_id, one.changes["promotion"]) for one in written[:42]} == {(cast.mei.pk, "春季端架")}


def test_what_is_written_of_each(many, cast):
    first, second, third = keys(many)[:3]
    bulk.answer_many(promotion=many, ids=[first, second, third], answer="accepted", told_by=" 王 ", by=cast.mei)
    assert set(Participation.objects.filter(answer="accepted").values_list("told_by", "version")) == {("王", 2)}
    bulk.send_many(promotion=many, ids=[first], on=today() - DAY, by=cast.mei)
    bulk.receive_many(promotion=many, ids=[first, second], on=today(), by=cast.mei)
    days = dict(Participation.objects.filter(answer="accepted").values_list("pk", "sent_on"))
    assert days == {first: today() - DAY, second: today(), third: None}
    found = bulk.judge_many(
        promotion=many, ids=[first, second], compliance="changed", credit=60, how=" 少  一张 ", by=cast.mei
    )
    assert len(found.done) == 2
    row = Participation.objects.get(pk=second)
    assert (row.stage, row.credit, row.how, row.judged_by, row.version) == ("judged", 60, "少 一张", cast.mei, 4)
    evidence = Observation.objects.filter(source="promotion").order_by("ref")
    assert [(one.ref, one.score, one.kind, one.seen_on, one.seen_by) for one in evidence] == [
        (str(pk), 60, "promotion", today(), cast.mei) for pk in sorted([first, second], key=str)
    ]


def test_the_same_as_one_by_one(many, cast):
    """The same judgement of one and of many leaves the same behind."""
    one, other = keys(many)[:2]
    Participation.objects.filter(pk__in=[one, other]).update(answer="accepted")
    actions.judge(participation=Participation.objects.get(pk=one), compliance="not_run", how="没货", by=cast.mei)
    bulk.judge_many(promotion=many, ids=[other], compliance="not_run", how="没货", by=cast.mei)
    told = ("compliance", "credit", "how", "judged_by_id", "version")
    rows = Participation.objects.filter(pk__in=[one, other])
    assert rows.values_list(*told).distinct().get() == ("not_run", 0, "没货", cast.mei.pk, 2)
    seen = Observation.objects.values_list("trait", "kind", "score", "seen_on", "seen_by", "source", "note")
    assert seen.distinct().count() == 1 and Observation.objects.count() == 2
    assert AuditEntry.objects.filter(action="promotion.judge").values_list("changes").distinct().count() == 1


def test_those_that_cannot_be_are_named_and_the_rest_are_done(many, cast):
    first, second, third, fourth = keys(many)[:4]
    bulk.answer_many(promotion=many, ids=[first, second, third], answer="accepted", by=cast.mei)
    bulk.send_many(promotion=many, ids=[second], on=today(), by=cast.mei)
    bulk.receive_many(promotion=many, ids=[first], on=today(), by=cast.mei)
    found = bulk.receive_many(promotion=many, ids=[first, second, third, fourth], on=today() - DAY, by=cast.mei)
    assert [one.pk for one in found.done] == [third]
    assert [(one.participation.pk, one.why, one.words) for one in found.refused] == [
        (first, "there", "The materials are there already."),
        (second, "before", "That was before they were sent."),
        (fourth, "part", "They do not take part."),
    ]
    assert [one.why for one in bulk.send_many(promotion=many, ids=[first], on=today(), by=cast.mei).refused] == ["sent"]
    bulk.judge_many(promotion=many, ids=[first], compliance="agreed", by=cast.mei)
    again = bulk.judge_many(promotion=many, ids=[first, second], compliance="not_run", how="x", by=cast.mei)
    assert ([one.pk for one in again.done], [one.why for one in again.refused]) == ([second], ["judged"])
    assert Participation.objects.get(pk=first).compliance == "agreed"
    late = bulk.answer_many(promotion=many, ids=[first], answer="declined", by=cast.mei)
    assert [one.why for one in late.refused] == ["judged"]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda **asked: bulk.answer_many(answer="countered", **asked), ("answer", "answer")),
        (lambda **asked: bulk.send_many(on=today() + DAY, **asked), ("on", "future")),
        (lambda **asked: bulk.receive_many(on=today() + DAY, **asked), ("on", "future")),
        (lambda **asked: bulk.judge_many(compliance="fine", **asked), ("compliance", "compliance")),
        (lambda **asked: bulk.judge_many(compliance="not_run", **asked), ("how", "how")),
        (lambda **asked: bulk.judge_many(compliance="changed", how="x", **asked), ("credit", "credit")),
        (
            lambda **asked: bulk.judge_many(compliance="agreed", **{**asked, "ids": range(501)}),
            ("participations", "many"),
        ),
    ],
)
def test_what_is_wrong_for_all_changes_nothing(many, cast, act, code):
    Participation.objects.update(answer="accepted")
    before = state_of()
    with pytest.raises(ValidationError) as flaw:
        act(promotion=many, ids=keys(many)[:3], by=cast.mei)
    assert codes(flaw) == {code}
    assert state_of() == before


def test_before_it_begins_nobody_is_judged_and_after_its_end_nothing_is_done(many, cast):
    Participation.objects.update(answer="accepted")
    Promotion.objects.update(starts_on=today() + DAY)
    many.refresh_from_db()
    before, ids = state_of(), keys(many)[:2]
    with pytest.raises(ValidationError) as flaw:
        bulk.judge_many(promotion=many, ids=ids, compliance="agreed", by=cast.mei)
    assert codes(flaw) == {("compliance", "early")}
    Promotion.objects.update(starts_on=today(), state="closed")
    for act, _action in ACTS.values():
        many.refresh_from_db()
        with pytest.raises(ValidationError) as flaw:
            act(promotion=many, ids=ids, by=cast.mei)
        assert flaw.value.code == "over"
    assert state_of() == before


def test_beyond_ones_reach_nothing_is_done_or_named(many, west, cast):
    there = many.participations.get(customer=west).pk
    before = state_of()
    found = bulk.answer_many(promotion=many, ids=[there], answer="accepted", by=cast.mei)
    assert (found.done, found.refused) == ([], [])
    reader = bulk.answer_many(promotion=many, ids=keys(many)[:2], answer="accepted", by=cast.ana)
    assert (reader.done, reader.refused) == ([], [])
    assert state_of() == before


# --- on the board -------------------------------------------------------------------------------------------------


def board(client, promotion, stage) -> str:
    return client.get(f"/promotions/runs/{promotion.pk}/?stage={stage}").text


def test_what_a_lane_offers(many, cast):
    mei = at(cast.mei)
    here = f"/promotions/runs/{many.pk}"
    offered = {
        "invited": ["answers", "answers"],
        "accepted": ["send", "received", "judge"],
        "sent": ["received", "judge"],
        "ready": ["judge"],
        "declined": [],
    }
    first, second, third, fourth = keys(many)[:4]
    bulk.answer_many(promotion=many, ids=[first, second, third], answer="accepted", by=cast.mei)
    bulk.answer_many(promotion=many, ids=[fourth], answer="declined", by=cast.mei)
    bulk.send_many(promotion=many, ids=[second], on=today(), by=cast.mei)
    bulk.receive_many(promotion=many, ids=[third], on=today(), by=cast.mei)
    for stage, names in offered.items():
        text = board(mei, many, stage)
        assert [part.split('"')[0].strip("/") for part in text.split(f'formaction="{here}/')[1:]] == names
        assert ('name="id"' in text) == bool(names)
    assert 'name="id"' not in board(at(cast.ana), many, "invited")
    Promotion.objects.update(starts_on=today() + DAY)
    assert "formaction" not in board(mei, many, "ready")


def test_the_ticked_are_done_and_the_others_named(many, cast):
    tao, here = at(cast.mei), f"/promotions/runs/{many.pk}"
    first, second, third = keys(many)[:3]
    page = tao.post(f"{here}/answers/", {"id": [first, second], "answer": "accepted", "stage": "invited"}, follow=True)
    assert page.redirect_chain[-1][0] == f"{here}/?stage=invited" and "Written down for 2 customers." in page.text
    page = tao.post(f"{here}/send/", {"id": [first, third], "stage": "accepted"}, follow=True)
    name = Participation.objects.get(pk=third).customer.name
    assert "Written down for 1 customer." in page.text
    assert f"Left as they were: {name} (They do not take part.)" in page.text
    tao.post(f"{here}/received/", {"id": [first]})
    assert Participation.objects.get(pk=first).stage == "ready"
    before = state_of()
    for path in ("send", "received", "answers", "judge"):
        page = tao.post(f"{here}/{path}/", {"answer": "accepted"}, follow=True)
        assert "Tick somebody first." in page.text
    assert state_of() == before


def test_how_they_ran_it_is_asked_before_it_is_written(many, cast):
    mei, here = at(cast.mei), f"/promotions/runs/{many.pk}/judge/"
    ids = keys(many)[:2]
    bulk.answer_many(promotion=many, ids=ids, answer="accepted", by=cast.mei)
    before = state_of()
    asked = mei.post(here, {"id": ids, "stage": "accepted"})
    assert asked.status_code == 200 and "2 customers" in asked.text and asked.text.count('name="id"') == 2
    half = mei.post(here, {"id": ids, "compliance": "changed", "how": "少一张"})
    assert half.status_code == 422 and "How much of it was done: 1 to 99 percent." in half.text
    assert state_of() == before
    done = mei.post(here, {"id": ids, "compliance": "changed", "credit": "70", "how": "少一张", "stage": "accepted"})
    assert (done.status_code, done["Location"]) == (302, f"/promotions/runs/{many.pk}/?stage=accepted")
    rows = Participation.objects.filter(pk__in=ids).values_list("compliance", "credit", "how")
    assert list(rows) == [("changed", 70, "少一张")] * 2


def test_others_find_no_board(many, cast):
    held = Promotion.objects.get()
    Participation.objects.filter(customer__region__code="SICHUAN").delete()
    before = state_of()
    for path in ("send", "received", "answers", "judge", "remind"):
        said = {"id": keys(held)[:2], "answer": "accepted"}
        assert at(cast.lin).post(f"/promotions/runs/{held.pk}/{path}/", said).status_code == 404
        assert at(cast.ana).post(f"/promotions/runs/{held.pk}/{path}/", said).status_code == 403
    assert state_of() == before


def test_the_board_takes_the_same_statements_however_long(many, regions, cast):
    client = at(cast.mei)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/promotions/runs/{many.pk}/?stage=invited").status_code == 200
        return len(seen)

    statements()
    before = statements()
    rows = [Customer(code=f"L{n}", name="多", kind="franchisee", region=regions.jiangsu) for n in range(30)]
    Customer.objects.bulk_create(rows)
    Participation.objects.bulk_create(Participation(promotion=many, customer=one) for one in rows)
    assert statements() == before
