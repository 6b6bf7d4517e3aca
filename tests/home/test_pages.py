"""Home and the tiers pages: exact figures of a small company, each person's own part; refusals change nothing."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest

from crm.imports.models import ImportRun
from crm.jobs.models import Job
from crm.jobs.runner import drain
from crm.templatetags.ui import moment
from customers.models import Customer, SaleLine, TierPolicy, TierRun
from customers.profile.actions import assign, create_customer
from customers.sales.monthly import rebuild
from customers.tiers import actions

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 3, 10)


@pytest.fixture(autouse=True)
def day(monkeypatch):
    for module in (
        "customers.tiers.actions",
        "customers.pages.home",
        "customers.tiers.forms",
    ):
        monkeypatch.setattr(f"{module}.today", lambda: TODAY, raising=False)


@pytest.fixture
def sold(db):
    """sold(customer, month, net): a line in the ledger, summed by `add_up()`."""
    run = ImportRun.objects.create(kind="sales", name="x.csv", state="done", sha256="0" * 64)

    def line(customer, month, net):
        SaleLine.objects.create(customer=customer, sold_on=month.replace(day=20), gross=net, run=run)

    return line


@pytest.fixture
def company(cast, regions, policy, sold):
    """Five franchisees and an agent in East, one franchisee in West; W0 is March 2025 to February 2026."""
    shops = {}
    for code, region, kind, w0, w1 in (
        ("AG", regions.jiangsu, "agent", 100, 100),
        ("F1", regions.jiangsu, "franchisee", 500, 400),
        ("F2", regions.jiangsu, "franchisee", 300, 300),
        ("F3", regions.zhejiang, "franchisee", 200, 0),
        ("F4", regions.zhejiang, "franchisee", 90, 100),
        ("F5", regions.zhejiang, "franchisee", 10, 100),
        ("W1", regions.sichuan, "franchisee", 400, 400),
    ):
        shops[code] = one = create_customer(code=code, name=f"店{code}", region=region, kind=kind)
        sold(one, datetime.date(2026, 2, 1), Decimal(w0))
        if w1:
            sold(one, datetime.date(2025, 2, 1), Decimal(w1))
    rebuild()
    actions.refresh(as_of=TODAY, full=True)
    return shops


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).strip()


def test_home_shows_the_sales_of_ones_own_customers_only(company, cast, sign_in):
    mei = text(sign_in(cast.mei).get("/"))
    # 100 + 500 + 300 + 200 + 90 + 10 against 100 + 400 + 300 + 100 + 100
    assert "Sales, 12 months 1.2K +20.0%" in mei
    # The agent, and F1 (500) above the cut-off of 400.
    assert "Customers 6 A 2 B 0 C 4" in mei
    lin = text(sign_in(cast.lin).get("/"))
    assert "Sales, 12 months 400 0.0%" in lin
    assert "店F1" not in lin


def test_home_says_who_is_a_step_from_a_and_by_how_much(company, cast, sign_in):
    # Ranked: 500, 400, 300, 200, 90, 10: k = 2, so the cut-off is 400. More than half of what one sells is no step.
    page = text(sign_in(cast.mei).get("/"))
    assert "店F2 ¥100 more in 12 months makes it A." in page
    assert "¥200 more in 12 months" not in page


def test_home_of_a_manager_holds_what_they_are_in_charge_of_by_name(company, cast, sign_in):
    assign(customers=[company["F4"]], user=cast.tao, since=datetime.date(2026, 3, 1), by=cast.ada)
    page = text(sign_in(cast.tao).get("/"))
    assert "Sales, 12 months 90 −10.0%" in page
    assert "Customers 1 A 0 B 0 C 1" in page


def test_an_empty_company_is_told_what_to_do_next(cast, sign_in):
    page = text(sign_in(cast.ada).get("/"))
    assert "Import the customers and their sales" in page


def test_home_takes_no_more_queries_as_customers_grow(
    company, cast, sign_in, regions, sold, django_assert_max_num_queries
):
    client = sign_in(cast.mei)
    client.get("/")
    with django_assert_max_num_queries(51) as small:
        client.get("/")
    few = len(small)
    for n in range(30):
        one = create_customer(code=f"X{n}", name=f"新{n}", region=regions.jiangsu, kind="franchisee")
        sold(one, datetime.date(2026, 2, 1), Decimal(n + 1))
    rebuild()
    actions.refresh(as_of=TODAY, full=True)
    with django_assert_max_num_queries(51) as large:
        client.get("/")
    assert len(large) <= few


def test_the_tiers_page_shows_distribution_rule_and_border(company, cast, sign_in):
    page = text(sign_in(cast.ada).get("/customers/tiers/"))
    assert "Cut-off for A 400 place 2 of 6 ranked franchisees" in page
    assert "Every agent, and the top 20% of franchisees by sales of 12 months." in page
    assert "店W1" in page and "¥0.00" in page and "−¥100.00" in page


def test_movements_since_an_earlier_run_name_who_moved(company, cast, sign_in):
    earlier = actions.run(as_of=datetime.date(2026, 1, 31), mode=TierRun.Mode.REPLAY)
    page = text(sign_in(cast.ada).get(f"/customers/tiers/?since={earlier.pk}"))
    # To the end of January only February 2025 counts: 400, 400, 300, 100, 100, so k = 1 and both F1 and W1 were A; F3
    # had sold nothing yet but was there. All stand where they stood.
    assert "0 up 0 down 0 new 0 left 7 stayed" in page
    assert "Who moved" not in page


def test_asking_for_a_run_makes_a_job_whose_result_is_a_page(company, cast, sign_in):
    client = sign_in(cast.ada)
    answer = client.post("/customers/tiers/run/", {"as_of": "2025-12-31"})
    job = Job.objects.get(kind="tiers.run")
    assert answer.url == f"/customers/tiers/?job={job.pk}"
    drain()
    job.refresh_from_db()
    assert job.state == "done"
    run = TierRun.objects.get(pk=job.result["run"])
    assert run.as_of == datetime.date(2025, 12, 31)
    page = text(client.get(f"/customers/tiers/runs/{run.pk}/"))
    assert "What it changed" in page
    assert client.get(f"/jobs/{job.pk}/").status_code == 200


@pytest.mark.parametrize("who", ["mei", "tao", "ana"])
def test_only_who_sees_and_may_change_the_whole_brand_runs_tiers(company, cast, sign_in, who):
    before = Job.objects.count()
    assert sign_in(getattr(cast, who)).post("/customers/tiers/run/", {}).status_code == 403
    assert Job.objects.count() == before


def test_a_day_to_come_is_refused(company, cast, sign_in):
    before = Job.objects.count()
    answer = sign_in(cast.ada).post("/customers/tiers/run/", {"as_of": "2026-03-11"}, follow=True)
    assert "This day has not come yet." in text(answer)
    assert Job.objects.count() == before


def test_runs_are_not_for_heads_of_a_region(company, cast, sign_in):
    run = TierRun.objects.latest("pk")
    assert sign_in(cast.mei).get(f"/customers/tiers/runs/{run.pk}/").status_code == 404
    assert sign_in(cast.ada).get(f"/customers/tiers/runs/{run.pk}/").status_code == 200


def test_a_new_version_is_tried_before_it_is_adopted(company, cast, sign_in):
    client = sign_in(cast.ada)
    first = TierPolicy.objects.adopted()
    answer = client.post(
        f"/customers/tiers/policies/{first.pk}/new/",
        {
            "name": "Half",
            "top_share": "50",
            "growth": "10",
            "cooperation_high": 70,
            "loyalty_high": 70,
            "min_observations": 5,
            "note": "",
        },
    )
    made = TierPolicy.objects.latest("pk")
    assert (made.version, made.top_share, made.growth) == (first.version + 1, Decimal("0.5"), Decimal("0.1"))
    assert answer.url == f"/customers/tiers/policies/{made.pk}/"
    page = text(client.get(answer.url))
    # k = 3 instead of 2: F2 (300) would become A.
    assert "店F2" in page and "店F3" not in page
    assert "¥400.00 ¥300.00" in page
    assert TierPolicy.objects.adopted() == first

    client.post(f"/customers/tiers/policies/{made.pk}/adopt/", {"reason": "more of them"})
    drain()
    assert TierPolicy.objects.adopted() == made
    assert Customer.objects.get(code="F2").standing.tier == "A"


def test_only_administrators_write_policies(company, cast, sign_in):
    policy = TierPolicy.objects.adopted()
    for who in (cast.mei, cast.tao, cast.ana):
        client = sign_in(who)
        assert client.get(f"/customers/tiers/policies/{policy.pk}/").status_code == 200
        assert client.post(f"/customers/tiers/policies/{policy.pk}/new/", {}).status_code == 403
        assert client.post(f"/customers/tiers/policies/{policy.pk}/adopt/", {}).status_code == 403
    assert TierPolicy.objects.count() == 1


def test_home_names_who_fell_lately_and_has_not_risen_again(company, cast, sign_in, sold):
    """Two of six are A: F1 with 500, W1 with 400. F2 comes to 700 and W1 falls; W1 comes to 1,300 and F1 falls."""
    assert "Fell from" not in text(sign_in(cast.ada).get("/"))
    sold(company["F2"], datetime.date(2026, 1, 1), Decimal(400))
    rebuild()
    actions.refresh(as_of=TODAY, full=True)
    assert "店W1 Fell from A to C on March 10." in text(sign_in(cast.ada).get("/"))
    assert "店W1 Fell from A to C on March 10." in text(sign_in(cast.lin).get("/"))
    assert "Fell from" not in text(sign_in(cast.mei).get("/"))
    sold(company["W1"], datetime.date(2026, 1, 1), Decimal(900))
    rebuild()
    actions.refresh(as_of=TODAY, full=True)
    shown = text(sign_in(cast.ada).get("/"))
    assert "店F1 Fell from A to C on March 10." in shown
    assert shown.count("Fell from") == 1


def test_an_import_of_today_is_compared_with_this_mornings_run(company, cast, sign_in, sold):
    """Three runs of one day: the first, one after F2 sold 400 more (F2 is A, W1 is not), one that changes nothing."""
    first = TierRun.objects.get()
    sold(company["F2"], datetime.date(2026, 1, 1), Decimal(400))
    rebuild()
    second = actions.refresh(as_of=TODAY, full=True)
    last = actions.refresh(as_of=TODAY, full=True)
    answer = sign_in(cast.ada).get("/customers/tiers/", {"since": first.pk})
    offered = [(run.pk, label) for run, label in answer.context["choices"]]
    assert offered == [(second.pk, moment(second.created_at)), (first.pk, moment(first.created_at))]
    page = text(answer)
    assert "1 up 1 down 0 new 0 left 5 stayed" in page
    assert f"A 店F2 {'It is among the top 20% of franchisees by sales.'}" in page
    # The last before the present is shown unless another is asked for; nothing changed since.
    for asked in ({}, {"since": last.pk}, {"since": "x"}):
        answer = sign_in(cast.ada).get("/customers/tiers/", asked)
        assert answer.context["since"] == second
        assert "0 up 0 down 0 new 0 left 7 stayed" in text(answer)


def test_the_day_before_goes_before_this_morning(company, cast, sign_in, sold):
    before = TierRun.objects.get()
    tomorrow = TODAY + datetime.timedelta(days=1)
    for net in (400, 900):
        sold(company["F2" if net == 400 else "F3"], datetime.date(2026, 1, 1), Decimal(net))
        rebuild()
        actions.refresh(as_of=tomorrow, full=True)
    answer = sign_in(cast.ada).get("/customers/tiers/")
    assert [run.as_of for run, _label in answer.context["choices"]] == [tomorrow, TODAY]
    assert answer.context["since"] == before
