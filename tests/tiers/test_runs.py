"""Runs for past days, commands, export and jobs."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from crm.audit.models import AuditEntry
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from customers.models import Customer, Observation, SalesDirty, StandingState, TierDecision, TierRun, TierStanding
from customers.tiers import actions, export
from customers.tiers.policies import rule_of
from customers.tiers.tiering import decide
from tests.tiers.making import add_months, dump, give_score, set_month, world
from tests.tiers.test_equivalence import facts_of

AS_OF = date(2021, 12, 31)
pytestmark = pytest.mark.django_db


def franchisees(regions, *sales, **values):
    rows = [
        Customer.objects.create(code=f"F{n:02}", name=f"店{n}", kind="franchisee", region=regions.jiangsu, **values)
        for n in range(len(sales))
    ]
    add_months([(row.pk, date(2021, 6, 1), cents) for row, cents in zip(rows, sales) if cents])
    return rows


def everything():
    return [
        dump(table, order)
        for table, order in (
            ("customers_tierstanding", "customer_id"),
            ("customers_regiontier", "region_id, tier"),
            ("customers_standingstate", "id"),
            ("customers_tierdecision", "id"),
            ("customers_tierrun", "id"),
            ("customers_salesdirty", "id"),
        )
    ]


# --- windows that move ------------------------------------------------------------------------------------------------


def test_the_windows_move_with_the_last_full_month(regions, policy):
    (row,) = franchisees(regions, 0)
    months = [(date(2020, 12, 1), 1), (date(2021, 1, 1), 20), (date(2021, 12, 1), 300), (date(2018, 12, 1), 4000)]
    add_months([(row.pk, month, cents) for month, cents in months])
    found = {}
    for day in (date(2021, 12, 30), date(2021, 12, 31), date(2022, 1, 1)):
        actions.refresh(as_of=day)
        standing = TierStanding.objects.get(customer=row)
        found[day.isoformat()] = tuple(int(w * 100) for w in (standing.w0, standing.w1, standing.w2))
    assert found == {"2021-12-30": (21, 0, 4000), "2021-12-31": (320, 1, 0), "2022-01-01": (320, 1, 0)}
    assert StandingState.objects.get().w0_start == date(2021, 1, 1)


def test_growth_and_the_last_sale_are_kept_for_lists(regions, policy):
    rows = franchisees(regions, 110_00, 109_99, 90_01, 50_00)
    add_months([(row.pk, date(2020, 6, 1), 100_00) for row in rows[:3]])
    add_months([(rows[0].pk, date(2022, 1, 1), 1)])
    actions.refresh(as_of=AS_OF)
    found = [TierStanding.objects.get(customer=row) for row in rows]
    assert [one.growth for one in found] == [1000, 999, -999, None]
    assert [one.last_sold_on for one in found] == [date(2022, 1, 1), *[date(2021, 6, 1)] * 3]


def test_a_score_that_few_events_speak_for_is_not_high(regions, policy):
    """As high as it is, the rule asks what it is with some certainty; and five events make it known at all."""
    last = franchisees(regions, 110_00, *[220_00] * 11)[0]
    add_months([(last.pk, date(2020, 6, 1), 100_00), (last.pk, date(2019, 6, 1), 90_00)])
    actions.refresh(as_of=AS_OF)
    expected = [
        ({"events": 4}, (None, None), "cooperation_unknown"),
        ({"events": 5, "sure": 6999}, (8000, 6999), "cooperation_unsure"),
        ({"events": 5, "sure": 7000}, (8000, 7000), "growth"),
    ]
    give_score(last.pk, "loyalty", 7000, AS_OF)
    for values, kept, reason in expected:
        give_score(last.pk, "cooperation", 8000, AS_OF, **values)
        actions.refresh(as_of=AS_OF, full=True)
        standing = TierStanding.objects.get(customer=last)
        assert ((standing.cooperation, standing.cooperation_sure), standing.reason) == (kept, reason)


# --- past days ------------------------------------------------------------------------------------------------------


def test_a_past_day_is_decided_on_its_own_windows_and_leaves_the_standing_alone(regions, policy):
    made = world(5, 200, regions, AS_OF)
    actions.refresh(as_of=date(2022, 6, 30))
    now = everything()
    run = actions.replay(as_of=AS_OF)
    after = everything()
    assert after[:3] == now[:3]
    assert after[5] == now[5]
    result = decide(facts_of(made, policy), rule_of(policy), AS_OF)
    assert (run.mode, run.a, run.b, run.c) == ("replay", *(result.counts[tier] for tier in "ABC"))
    assert run.changed == TierDecision.objects.filter(run=run).count() == len(result.decisions)
    again = actions.replay(as_of=AS_OF)
    assert again.changed == 0
    # What is in force now is still what it was: a refresh finds nothing to do.
    assert actions.refresh(as_of=date(2022, 6, 30), full=True).changed == 0


def test_a_repeated_replay_keeps_what_later_corrections_changed(regions, policy):
    rows = franchisees(regions, 100_00, 90_00, 80_00)
    actions.replay(as_of=AS_OF)
    set_month(rows[1].pk, date(2021, 6, 1), 95_00)
    Customer.objects.filter(pk=rows[2].pk).update(state="closed")
    run = actions.replay(as_of=AS_OF)
    found = TierDecision.objects.filter(run=run).order_by("customer_id")
    assert [(d.customer_id, d.previous_tier, d.tier, d.reason, d.w0, d.rank, d.ranked) for d in found] == [
        (rows[0].pk, "A", "A", "top_share", Decimal("100.00"), 1, 2),
        (rows[1].pk, "C", "C", "not_yet_judgeable", Decimal("95.00"), 2, 2),
        (rows[2].pk, "C", "", "not_open", Decimal("0.00"), None, 0),
    ]


def test_two_policies_on_the_same_facts(regions, policy):
    rows = franchisees(regions, 500_00, 400_00, 300_00, 200_00, 100_00)
    wide = actions.create_policy(code="wide", top_share=Decimal("0.40"))
    before = everything()
    found = actions.compare_policies(first=rule_of(policy), second=rule_of(wide), as_of=AS_OF)
    assert everything() == before
    assert found.counts == ({"A": 1, "B": 0, "C": 4}, {"A": 2, "B": 0, "C": 3})
    assert found.cutoffs == (Decimal("500.00"), Decimal("400.00"))
    assert found.flows == {
        ("A", "A"): (1, Decimal("500.00")),
        ("C", "A"): (1, Decimal("400.00")),
        ("C", "C"): (3, Decimal("600.00")),
    }
    assert found.movers == [(rows[1].pk, "C", "A", Decimal("400.00"))]
    mine, theirs = actions.replay(as_of=AS_OF), actions.replay(as_of=AS_OF, policy=wide)
    assert (mine.a, theirs.a) == (1, 2)


# --- commands --------------------------------------------------------------------------------------------------------


def command(name, *arguments):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(name, *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue(), err.getvalue()


def test_compute_tiers_prints_one_json_object(regions, policy):
    franchisees(regions, 300_00, 200_00, 100_00)
    code, out, err = command("compute_tiers", "--as-of", "2021-12-31", "--json")
    found = json.loads(out)
    seconds = found.pop("seconds")
    assert (code, err) == (0, "")
    assert isinstance(seconds, float)
    run = TierRun.objects.get()
    assert found == {"run": run.pk, "as_of": "2021-12-31", "policy": "article", "A": 1, "B": 0, "C": 2, "changed": 3}
    assert run.mode == "replay"
    entry = AuditEntry.objects.get(action="tier_run.command")
    assert (entry.object_id, entry.via, entry.changes) == (
        str(run.pk),
        "command",
        {"as_of": "2021-12-31", "policy": "article"},
    )
    code, out, err = command("compute_tiers", "--as-of", "2021-12-31", "--json")
    assert json.loads(out)["changed"] == 0


def test_compute_tiers_today_brings_the_standing_up_to_date(regions, policy):
    franchisees(regions, 300_00)
    code, out, _err = command("compute_tiers")
    assert (code, TierStanding.objects.count(), TierRun.objects.get().mode) == (0, 1, "full")
    assert "A 0, B 0, C 1" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--as-of", "2021-13-01"], "Enter a date such as 2021-12-31."),
        (["--as-of", "yesterday"], "Enter a date such as 2021-12-31."),
        (["--as-of", "0002-01-01"], "There are no three years before this day."),
        (["--policy", "nobody"], "No policy is called “nobody”."),
        (["--policy", "article:9"], "No policy is called “article:9”."),
    ],
)
@pytest.mark.parametrize("name", ["compute_tiers", "export_tiers"])
def test_an_unknown_day_or_policy_changes_nothing(regions, policy, tmp_path, name, arguments, words):
    franchisees(regions, 300_00)
    before = everything()
    path = tmp_path / "out.csv"
    more = ["--csv", str(path)] if name == "export_tiers" else ["--json"]
    code, out, err = command(name, *arguments, *more)
    assert (code, err.strip()) == (2, words)
    assert (json.loads(out)["reason"] if out else "") == (words if "--json" in more else "")
    assert everything() == before
    assert not path.exists()
    assert list(tmp_path.iterdir()) == []


def test_export_tiers_writes_every_column(regions, policy, tmp_path):
    rows = franchisees(regions, 110_00, 100_01, 33_00)
    add_months([(rows[0].pk, date(2020, 6, 1), 100_00), (rows[0].pk, date(2019, 6, 1), 90_00)])
    add_months([(rows[1].pk, date(2020, 6, 1), 300_00)])
    Customer.objects.filter(pk=rows[2].pk).update(name="=HYPERLINK(1)")
    Customer.objects.create(code="A1", name="代理,商", kind="agent", region=regions.west)
    Customer.objects.create(code="Z", name="closed", kind="agent", region=regions.west, state="closed")
    for n in range(5):
        Observation.objects.create(customer=rows[0], trait="loyalty", score=70 + n, seen_on=date(2021, 1, 1))
    before = everything()
    path = tmp_path / "tiers.csv"
    code, out, _err = command("export_tiers", "--as-of", "2021-12-31", "--csv", str(path))
    assert (code, out) == (0, "")
    assert everything() == before
    with open(path, encoding="utf-8", newline="") as handle:
        found = list(csv.reader(handle))
    assert found == [
        list(export.COLUMNS),
        ["A1", "代理,商", "agent", "A", "0.00", "0.00", "0.00", "", "3", "110.00", "", "", "", "", "agent"],
        ["F00", "店0", "franchisee", "A", "110.00", "100.00", "90.00", "1", "3", "110.00", "0.1111111111", "0.1", "",
         "36.83", "top_share"],
        ["F01", "店1", "franchisee", "C", "100.01", "300.00", "0.00", "2", "3", "110.00", "", "-0.6666333334", "",
         "24.93", "not_yet_judgeable"],
        ["F02", "'=HYPERLINK(1)", "franchisee", "C", "33.00", "0.00", "0.00", "3", "3", "110.00", "", "", "",
         "33.98", "not_yet_judgeable"],
    ]  # fmt: skip


def test_the_export_agrees_with_the_run_of_that_day(regions, policy, tmp_path):
    world(9, 300, regions, AS_OF)
    run = actions.replay(as_of=AS_OF)
    path = tmp_path / "tiers.csv"
    assert command("export_tiers", "--as-of", "2021-12-31", "--csv", str(path))[0] == 0
    with open(path, encoding="utf-8", newline="") as handle:
        found = {row["code"]: row for row in csv.DictReader(handle)}
    decisions = TierDecision.objects.filter(run=run).select_related("customer")
    assert list(found) == sorted(d.customer.code for d in decisions)
    for d in decisions:
        row = found[d.customer.code]
        assert (row["tier"], row["reason"], row["annual_sales"]) == (d.tier, d.reason, str(d.w0))
        assert row["rank"] == ("" if d.rank is None else str(d.rank))
        assert (row["previous_sales"], row["earlier_sales"], row["cutoff"]) == (str(d.w1), str(d.w2), str(d.cutoff))
        assert (row["cooperation"], row["loyalty"]) == tuple(
            "" if score is None else f"{score / 100:.2f}" for score in (d.cooperation, d.loyalty)
        )


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (110, 100, "0.1"),
        (10_999_999_999_999, 10_000_000_000_000, "0.0999999999"),
        (100, 100, "0"),
        (0, 100, "-1"),
        (-50, 100, "-1.5"),
        (200, 300, "-0.3333333334"),
        (1200, 100, "11"),
        (5, 0, ""),
        (5, -5, ""),
    ],
)
def test_growth_is_written_without_rounding_it_up(now, before, text):
    assert export.growth(now, before) == text


def test_a_file_that_cannot_be_written_is_said(regions, policy, tmp_path):
    code, _out, err = command("export_tiers", "--as-of", "2021-12-31", "--csv", str(tmp_path / "none" / "x.csv"))
    assert code == 2
    assert "none" in err


# --- jobs ------------------------------------------------------------------------------------------------------------


def test_the_refresh_job_does_its_work_once_and_again_nothing(regions, policy):
    franchisees(regions, 300_00, 200_00)
    job = runner.run_here(enqueue(kind="tiers.refresh"))
    assert (job.state, job.result["changed"], job.done_units) == (Job.State.DONE, 2, 5)
    assert not SalesDirty.objects.exists()
    job = runner.run_here(enqueue(kind="tiers.refresh"))
    assert (job.state, job.result["changed"]) == (Job.State.DONE, 0)
    assert TierDecision.objects.count() == 2


def test_the_run_job_runs_a_past_day(regions, policy, cast):
    franchisees(regions, 300_00, 200_00)
    job = runner.run_here(
        enqueue(kind="tiers.run", input={"as_of": "2021-12-31", "policy": "article"}, asked_by=cast.ada)
    )
    assert (job.state, job.result["changed"], job.result["A"]) == (Job.State.DONE, 2, 1)
    run = TierRun.objects.get(pk=job.result["run"])
    assert (run.asked_by, run.as_of, run.mode) == (cast.ada, AS_OF, "replay")


def test_a_run_job_for_nonsense_fails_with_the_reason(regions, policy):
    job = runner.run_here(enqueue(kind="tiers.run", input={"as_of": "soon"}))
    assert (job.state, job.error) == (Job.State.FAILED, "Enter a date such as 2021-12-31.")
    assert not TierRun.objects.exists()


def test_a_stopped_job_leaves_nothing(regions, policy, monkeypatch):
    franchisees(regions, 300_00, 200_00)
    job = enqueue(kind="tiers.refresh")
    from crm.jobs.context import JobContext, Stopped

    def stop_at_the_last_step(self, done, total=None, message=""):
        if done == 4:
            raise Stopped

    monkeypatch.setattr(JobContext, "progress", stop_at_the_last_step)
    before = everything()
    job = runner.run_here(job)
    assert job.state == Job.State.STOPPED
    assert everything() == before


def test_no_policy_at_all_is_refused(regions, policy):
    StandingState.objects.update(policy=None)
    policy.adopted_at = None
    policy.save()
    with pytest.raises(ValidationError, match="No tier policy is adopted"):
        actions.refresh(as_of=AS_OF)
    assert not TierRun.objects.exists()


def test_every_customer_gets_a_standing_at_once_if_need_be(regions, policy):
    rows = franchisees(regions, 300_00, 200_00)
    assert actions.ensure_standings() == 2
    assert actions.ensure_standings() == 0
    standing = TierStanding.objects.get(customer=rows[0])
    assert (standing.kind, standing.region, standing.tier, standing.w0) == ("franchisee", regions.jiangsu, "", 0)
    actions.refresh(as_of=AS_OF)
    standing.refresh_from_db()
    assert (standing.tier, standing.w0) == ("A", Decimal("300.00"))
