"""What is kept twice agrees; whatever is bent by hand is found and named, and nothing else is."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from crm.audit.models import AuditEntry
from crm.imports.actions import import_file, undo
from customers.models import Customer, MonthlySales, TierPolicy, TierStanding
from customers.relationship.actions import observe
from customers.tiers import actions

pytestmark = pytest.mark.django_db

CUSTOMERS = """code,name,kind,region,opened_on
A1,总代,agent,EAST,2018-01-01
F1,一店,franchisee,JIANGSU,2018-01-01
F2,二店,franchisee,JIANGSU,2018-01-01
F3,三店,franchisee,SICHUAN,2018-01-01
"""


def check(*args):
    """(exit code, what it prints as JSON)."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_integrity", *args, "--json", stdout=out)
    return ended.value.code, json.loads(out.getvalue())


def wrong():
    """{check: (how many, examples)} of all that do not hold."""
    code, told = check()
    found = {one["check"]: (one["wrong"], one["examples"]) for one in told["checks"] if one["wrong"]}
    assert (code, told["ok"]) == ((1, False) if found else (0, True))
    return found


def sql(text, params=None):
    with connection.cursor() as cursor:
        cursor.execute(text, params)


@pytest.fixture
def company(regions, policy, tmp_path):
    """Four customers, two sales files of which the second corrects the first, a third one undone, tiers worked out."""

    def bring(kind, name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return import_file(kind=kind, path=path)

    bring("customers", "customers.csv", CUSTOMERS)
    head = "customer_code,date,amount,returns\n"
    bring("sales", "one.csv", f"{head}A1,2026-03-01,900,\nF1,2026-03-01,100,1\nF1,2026-03-02,50,\nF3,2026-04-01,70,\n")
    bring("sales", "two.csv", f"{head}F1,2026-03-01,120,\nF2,2026-03-05,30,\n")
    undo(run=bring("sales", "three.csv", f"{head}F1,2026-03-02,999,\nF2,2026-03-06,1,\n"))
    actions.refresh()


def test_a_company_in_order_holds_throughout(company):
    assert wrong() == {}
    _code, told = check()
    assert [one["check"] for one in told["checks"]] == [
        *("references", "regions", "append_only", "audit", "seals"),
        *("ledger", "imports", "monthly_sales", "region_sales", "sales_triggers"),
        *("open_items", "payments", "settled"),
        *("scores", "score_triggers"),
        *("standing", "decisions", "overrides", "region_tiers", "policy", "tier_triggers"),
        "files",
        *("support.costs", "support.corrections"),
        "papers",
    ]
    assert [one["notes"] for one in told["checks"] if one["notes"]] == []


def test_it_changes_nothing(company):
    with connection.execute_wrapper(_no_writes):
        assert wrong() == {}


def _no_writes(execute, sql, params, many, context):
    assert not sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")), sql
    return execute(sql, params, many, context)


def test_a_month_that_is_not_the_sum_of_its_days(company):
    MonthlySales.objects.filter(customer__code="F3").update(net="70.01")
    assert wrong() == {
        "monthly_sales": (1, ["F3 2026-04-01"]),
        "region_sales": (1, ["SICHUAN 2026-04-01"]),
        **stale("F3"),
    }


def stale(code):
    """What lists show of a customer is no more what its months say."""
    return {"standing": (1, [code])}


def test_a_month_that_is_missing_and_one_too_many(company):
    sql("UPDATE customers_monthlysales SET month = '2026-05-01' WHERE month = '2026-04-01'")
    found = wrong()
    assert found["monthly_sales"] == (2, ["F3 2026-04-01", "F3 2026-05-01"])
    assert found["region_sales"] == (2, ["SICHUAN 2026-04-01", "SICHUAN 2026-05-01"])


def test_a_region_that_counts_otherwise_than_its_customers(company):
    sql("UPDATE customers_regionmonth SET customers = customers + 1 WHERE month = '2026-04-01'")
    assert wrong() == {"region_sales": (1, ["SICHUAN 2026-04-01"])}


def test_a_line_that_came_back_into_force_and_one_that_fell_out(company):
    sql("UPDATE customers_saleline SET live = NOT live WHERE gross = 12000")
    sql("UPDATE customers_saleline SET live = true WHERE gross = 10000")
    found = wrong()
    assert found["ledger"] == (2, ["+ F1 2026-03-01", "- F1 2026-03-01"])
    assert found["monthly_sales"] == (1, ["F1 2026-03-01"])
    sql("UPDATE customers_saleline SET live = false WHERE gross = 10000")
    sql("UPDATE customers_saleline SET live = true WHERE gross IN (12000, 100)")
    assert wrong()["ledger"] == (1, ["+ F2 2026-03-06"])  # of the import that was undone


def test_an_import_that_says_more_lines_than_there_are(company):
    sql("UPDATE crm_importrun SET created = created + 1 WHERE name = 'one.csv'")
    ((count, (example,)),) = wrong().values()
    assert (count, example.split()[-1]) == (1, "one.csv")


def test_figures_and_tiers_in_lists_that_nothing_bears_out(company):
    TierStanding.objects.filter(customer__code="F3").update(tier="A")
    found = wrong()
    assert sorted(found) == ["decisions", "region_tiers", "standing"]
    assert found["standing"] == (1, ["F3 C"])
    assert found["decisions"] == (1, ["F3"])
    assert found["region_tiers"] == (2, ["SICHUAN A", "SICHUAN C"])


def test_a_customer_without_a_line_in_the_list(company):
    TierStanding.objects.filter(customer__code="F3").delete()
    assert wrong() == {
        "standing": (2, ["F3", "the cut-off that is kept"]),  # of three ranked now, two are left
        "region_tiers": (1, ["SICHUAN C"]),
    }


def test_customers_that_wait_for_the_next_refresh_are_not_wrong(company):
    observe(customer=Customer.objects.get(code="F3"), trait="loyalty", score=80, seen_on=date(2026, 4, 1), seen_by=None)
    Customer.objects.filter(code="F2").update(kind="agent")
    assert wrong() == {}
    _code, told = check()
    (notes,) = [one["notes"] for one in told["checks"] if one["notes"]]
    assert notes == ["2 customers wait for the next refresh of tiers; until then tiers cannot be compared."]
    actions.refresh()
    assert wrong() == {}


def test_a_policy_with_options_is_checked_by_its_own_rule(company, cast):
    made = actions.create_policy(code="regional", by=cast.ada, options={"rank_within": "region"})
    actions.adopt(policy=made, by=cast.ada)
    actions.refresh()
    assert wrong() == {}
    TierStanding.objects.filter(customer__code="F2").update(reason="growth")
    assert wrong()["standing"] == (1, ["F2 C"])


def test_no_policy_in_force(company):
    TierPolicy.objects.update(adopted_at=None)
    assert wrong() == {"policy": (1, ["No tier policy is adopted."])}


def test_a_region_that_hangs_wrongly(company):
    sql("UPDATE crm_region SET path = '/9/9/' WHERE code = 'JIANGSU'")
    assert wrong() == {"regions": (1, ["JIANGSU"])}


def test_sums_of_a_customer_that_is_not_there(company):
    MonthlySales.objects.create(
        customer_id=999_999, month="2026-01-01", gross=1, returns=0, net=1, units=0, orders=0, days=1
    )
    found = wrong()
    assert found["references"] == (1, ["customers.monthlysales.customer 999999"])
    assert found["monthly_sales"] == (1, ["2026-01-01"])


TRIGGERS = [
    ("crm_auditentry", "crm_auditentry_no_update", "append_only"),
    ("crm_auditentry", "crm_auditentry_no_delete", "append_only"),
    ("customers_saleline", "customers_saleline_no_delete", "append_only"),
    ("customers_customer", "sales_customer_moves", "sales_triggers"),
    ("customers_customer", "tier_customer_update", "tier_triggers"),
    ("customers_openitem", "score_item_update", "score_triggers"),
]


@pytest.mark.parametrize("table, name, named", TRIGGERS, ids=[name for _table, name, _named in TRIGGERS])
def test_a_guard_of_the_database_that_is_gone(company, table, name, named):
    postgresql = connection.vendor == "postgresql"
    if postgresql:
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
    assert wrong() == {named: (1, [name])}


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL leaves numbers unused when rolling back")
def test_an_entry_of_the_log_that_is_gone(company):
    sql("DROP TRIGGER crm_auditentry_no_delete")
    sql("DELETE FROM crm_auditentry WHERE id = %s", [AuditEntry.objects.order_by("pk")[1].pk])
    found = wrong()
    assert sorted(found) == ["append_only", "audit"]
    assert found["audit"][0] == 1


def test_a_database_that_cannot_be_read_is_told_on_standard_error_with_exit_2(company):
    sql("ALTER TABLE customers_salesdirty RENAME TO elsewhere")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_integrity", "--json", stdout=out, stderr=err)
    assert (ended.value.code, json.loads(out.getvalue())["ok"]) == (2, False)
    assert "customers_salesdirty" in err.getvalue()
    assert "customers_salesdirty" in json.loads(out.getvalue())["reason"]
