"""Scores of all customers: read set-based, written once, replayed without disturbing the present."""

import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Observation, OpenItem, Score, ScoreDirty, ScoreRun, TierDirty, TierStanding
from customers.relationship.actions import Witnessed, observe, witness, witness_many
from customers.scores import actions, cooperation, day, reading
from customers.scores.terms import TRAITS, tally
from customers.tiers import actions as tiers
from tests.scores.conftest import DAY, invoice, months, seen

pytestmark = pytest.mark.django_db
MAY = datetime.date(2026, 5, 31)


def score_of(customer, trait="cooperation"):
    return Score.objects.get(customer=customer, trait=trait, current=True)


def everything():
    names = ("customer_id", "trait", "as_of", "value", "sure", "events", "high", "components", "current", "replay")
    return list(Score.objects.order_by("pk").values_list("pk", *names))


def test_cooperation_from_what_was_seen_and_from_the_books(shops):
    one = shops["E1"]
    for n in range(4):
        seen(one, "promotion", 100, datetime.date(2026, 6, n + 1))
    seen(one, "promotion", 50, datetime.date(2025, 6, 1))
    invoice(one, "in time", datetime.date(2026, 5, 31), datetime.date(2026, 5, 31))
    invoice(one, "a day late", datetime.date(2026, 5, 31), datetime.date(2026, 6, 1))
    invoice(one, "open and late", datetime.date(2026, 6, 29))
    # What says nothing: due today, disputed, a credit note, settled by agreement before its day has not come.
    invoice(one, "due today", DAY)
    invoice(one, "disputed", datetime.date(2026, 4, 1), disputed=True)
    invoice(one, "credit", datetime.date(2026, 4, 1), amount="-50.00")
    actions.compute(as_of=DAY)
    row = score_of(one)
    promotion, payment = row.components
    assert promotion["facts"] == {"n": 5, "kept": 450, "decay": 4_500_000, "good": 425_000_000, "share": 94}
    # May weighs 0.943874: one of two of May kept, one of June not.
    assert payment["facts"]["n"] == 3 and payment["facts"]["kept"] == 100
    assert payment["facts"]["decay"] == 2 * 943_874 + 1_000_000
    assert payment["facts"]["share"] == 33
    assert row.events == 8
    assert row.value == sum(part["points"] for part in row.components)
    pure = cooperation.rated(
        tally([event for _t, event, _o in reading._kept(one, DAY)], DAY), {"promotion": 94, "payment": 33}
    )
    assert (row.value, row.lower, row.sure, row.high) == (pure.value, pure.lower, pure.sure, pure.high)


def test_loyalty_from_the_months(shops):
    months(shops["E1"], (2024, 1), [100] * 30)
    months(shops["E2"], (2025, 7), [100, None, 300, None, 100, 0, 200, 100, 100, None, None, None])
    actions.compute(as_of=DAY)
    first, second = score_of(shops["E1"], "loyalty"), score_of(shops["E2"], "loyalty")
    assert {part["kind"]: part["facts"] for part in first.components} == {
        "tenure": {"months": 30},
        "steadiness": {"cv": 0, "steadier": 75, "months": 12},
        "silence": {"bought": 12, "months": 12, "since": 0},
        "frequency": {"now": 24, "before": 24, "months": 12, "months_before": 12},
    }
    assert {part["kind"]: part["facts"] for part in second.components}["silence"] == {
        "bought": 6,
        "months": 12,
        "since": 3,
    }
    assert (first.events, second.events) == (24, 12)
    assert not Score.objects.filter(customer=shops["W1"]).exists(), "nothing is known of it"


def test_twice_writes_nothing(shops):
    for n, one in enumerate(shops.values()):
        seen(one, "report", 30 * n)
        months(one, (2025, 1), [100, 120, 90, 100, 100, 100])
    first = actions.compute(as_of=DAY)
    before = everything(), ScoreRun.objects.count()
    second = actions.compute(as_of=DAY)
    assert first.changed == len(before[0]) == 6
    assert (second.examined, second.changed) == (3, 0)
    assert (everything(), ScoreRun.objects.count()) == before


def test_a_day_later_in_the_month_changes_nothing_and_a_month_later_says_why(shops):
    months(shops["E1"], (2025, 1), [100] * 17)
    for n in range(6):
        seen(shops["E1"], "answer", 100 * (n % 2), datetime.date(2026, 5, 1 + n))
    assert actions.compute(as_of=datetime.date(2026, 6, 2)).changed == 2
    assert actions.compute(as_of=datetime.date(2026, 6, 20)).changed == 0
    assert actions.compute(as_of=datetime.date(2026, 7, 1)).changed >= 1
    row = score_of(shops["E1"], "loyalty")
    assert row.as_of == datetime.date(2026, 7, 1)
    assert {one["why"] for one in row.because} == {"months"}


def test_new_evidence_alone_is_looked_at_and_a_full_run_agrees(shops):
    for one in shops.values():
        for n in range(20):
            seen(one, "payment", 100 * (n % 3 > 0))
            seen(one, "opinion", 80, trait="loyalty")
    others = [
        Customer.objects.create(code=f"O{n}", name="O", kind="agent", region=shops["E1"].region) for n in range(9)
    ]
    actions.compute(as_of=DAY)
    assert not ScoreDirty.objects.exists()
    before = score_of(shops["E1"])
    seen(shops["E1"], "payment", 0)
    found = actions.follow(as_of=DAY)
    assert (found.full, found.examined, found.changed) == (False, 1, 1)
    after = score_of(shops["E1"])
    assert after.value < before.value
    assert [(one["kind"], one["why"]) for one in after.because if one["kind"]] == [("payment", "evidence")]
    assert not Score.objects.get(pk=before.pk).current
    # Of the others the night changes what the network makes of them, and says so.
    kept = score_of(shops["E1"]).value
    actions.compute(as_of=DAY)
    night = Score.objects.filter(current=True, pk__gt=after.pk)
    assert {one["why"] for row in night for one in row.because if one["kind"]} == {"network"}
    assert abs(score_of(shops["E1"]).value - kept) < 20
    assert (actions.compute(as_of=DAY).changed, actions.follow(as_of=DAY).changed) == (0, 0)
    assert others


def test_a_past_day_knows_nothing_later_and_leaves_the_present_alone(shops):
    one = shops["E1"]
    for n in range(5):
        seen(one, "promotion", 100, datetime.date(2026, 4, 1 + n))
    invoice(one, "paid in June", datetime.date(2026, 6, 10), datetime.date(2026, 6, 2))
    seen(one, "promotion", 0, datetime.date(2026, 6, 1))
    actions.compute(as_of=DAY)
    now = everything()
    found = actions.compute(as_of=MAY)
    assert found.replay
    assert everything()[: len(now)] == now
    past = Score.objects.get(customer=one, replay=True)
    assert (past.as_of, past.events, [part["kind"] for part in past.components]) == (MAY, 5, ["promotion"])
    assert not past.current
    assert reading.in_force(one, DAY)["cooperation"].pk == score_of(one).pk
    assert reading.in_force(one, MAY)["cooperation"].pk == past.pk
    assert reading.in_force(one, datetime.date(2026, 5, 30)) == {}
    assert actions.compute(as_of=MAY).changed == 0
    TierDirty.objects.all().delete()
    actions.compute(as_of=datetime.date(2026, 4, 30))
    assert not TierDirty.objects.exists(), "tiers of now do not follow a past day"


def test_what_holds_on_a_past_day_is_the_same_worked_out_aside(shops):
    for n, one in enumerate(shops.values()):
        for at in range(7):
            seen(one, "report", 100 if at > n else 0, datetime.date(2026, 1 + at % 5, 3))
        months(one, (2025, 1), [100 + 50 * n, 120, 90, 100, 100, 100, None, 50])
    actions.compute(as_of=DAY)

    def table():
        with transaction.atomic(), connection.cursor() as cursor:
            name = day.ready(cursor, MAY)
            cursor.execute(f"SELECT customer_id, trait, value, sure, events FROM {name} ORDER BY 1, 2")
            return cursor.fetchall()

    before = everything()
    aside = table()
    assert everything() == before
    actions.compute(as_of=MAY)
    assert table() == aside and len(aside) == 6


def test_a_score_is_never_changed_or_taken_out(shops):
    seen(shops["E1"], "report", 100)
    actions.compute(as_of=DAY)
    row = score_of(shops["E1"])
    for change in (lambda: Score.objects.filter(pk=row.pk).update(value=1), lambda: row.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    row.refresh_from_db()
    assert row.value != 1


def test_statements_do_not_grow_with_customers(shops, regions):
    def count(n):
        rows = [Customer(code=f"N{n}{at}", name="N", kind="franchisee", region=regions.jiangsu) for at in range(n)]
        for one in Customer.objects.bulk_create(rows):
            seen(one, "report", 100)
            months(one, (2025, 1), [100] * 6)
        with CaptureQueriesContext(
            connection,
        ) as found:
            actions.compute(as_of=DAY)
        return len(found)

    few = count(3)
    assert count(40) <= few + 2


def test_whoever_writes_evidence_the_outbox_knows(shops):
    ScoreDirty.objects.all().delete()
    item = invoice(shops["E1"], "1", datetime.date(2026, 5, 31))

    def waiting():
        found = set(ScoreDirty.objects.values_list("customer_id", flat=True))
        ScoreDirty.objects.all().delete()
        return found

    assert waiting() == {shops["E1"].pk}
    OpenItem.objects.filter(pk=item.pk).update(note="said")
    assert waiting() == set()
    OpenItem.objects.filter(pk=item.pk).update(settled_on=DAY, open_amount=Decimal(0))
    assert waiting() == {shops["E1"].pk}
    seen(shops["W1"], "report", 5)
    assert waiting() == {shops["W1"].pk}
    Customer.objects.filter(pk=shops["E2"].pk).update(opened_on=DAY)
    assert waiting() == {shops["E2"].pk}
    Customer.objects.filter(pk=shops["E2"].pk).update(name="other")
    assert waiting() == set()
    item.delete()
    assert waiting() == {shops["E1"].pk}


# --- witnesses ------------------------------------------------------------------------------------------------------


def test_an_event_is_witnessed_once(shops, cast):
    values = {"customer": shops["E1"], "kind": "answer", "kept": 1, "on": DAY, "source": "contacts", "ref": "7"}
    first = witness(**values, by=cast.mei)
    again = witness(**{**values, "kept": 0}, by=cast.mei)
    assert (first.pk, again.score) == (again.pk, 100)
    many = [Witnessed(shops["E1"].pk, "report", 0.5, DAY, "reports", str(n % 3)) for n in range(6)]
    assert witness_many(many) == 3
    assert witness_many(many) == 0
    assert Observation.objects.count() == 4
    assert Observation.objects.get(source="reports", ref="0").score == 50


@pytest.mark.parametrize(
    "change", [{"kind": "opinion"}, {"kind": "charm"}, {"kept": 1.5}, {"kept": -1}, {"ref": ""}, {"source": "x" * 61}]
)
def test_what_is_no_event_is_refused_whole(shops, change):
    good = {"customer_id": shops["E1"].pk, "kind": "answer", "kept": 1, "on": DAY, "source": "s", "ref": "1"}
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        witness_many([Witnessed(**good), Witnessed(**{**good, "ref": "2", **change})])
    assert not Observation.objects.exists()


def test_a_share_of_purchases_counts_as_last_stated(shops):
    witness(customer=shops["E1"], kind="share", kept=0.9, on=MAY, source="survey", ref="1")
    witness(customer=shops["E1"], kind="share", kept=0.4, on=DAY, source="survey", ref="2")
    actions.compute(as_of=DAY)
    row = score_of(shops["E1"], "loyalty")
    assert [(part["kind"], part["facts"]) for part in row.components] == [("share", {"share": 40})]


# --- tiers ----------------------------------------------------------------------------------------------------------


def test_evidence_reaches_the_tiers_in_the_same_run(shops, cast, policy):
    months(shops["E1"], (2023, 7), [90] * 12 + [100] * 12 + [120] * 12)
    for code in ("E2", "W1"):
        months(shops[code], (2025, 7), [900] * 12)
    Customer.objects.filter(pk=shops["E1"].pk).update(opened_on=datetime.date(2020, 1, 1))
    tiers.refresh(as_of=DAY)
    standing = TierStanding.objects.get(customer=shops["E1"])
    assert (standing.tier, standing.reason, standing.cooperation) == ("C", "cooperation_unknown", None)
    assert standing.loyalty >= 7000
    for n in range(5):
        observe(
            customer=shops["E1"], trait="cooperation", score=90, seen_on=datetime.date(2026, 6, 1 + n), seen_by=cast.mei
        )
    tiers.refresh(as_of=DAY)
    standing.refresh_from_db()
    assert (standing.tier, standing.reason, standing.cooperation) == ("B", "growth", 9000)
    assert standing.cooperation_sure == score_of(shops["E1"]).sure
    assert set(TRAITS) == set(reading.in_force(shops["E1"], DAY))
