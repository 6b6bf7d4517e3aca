"""Profiles from a file: exact facts, refusals by row, nothing twice, undone exactly."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from crm.audit.models import AuditEntry
from crm.clock import today
from crm.imports.actions import import_file, undo
from customers.facts import reading
from customers.facts.models import Fact
from tests.imports.conftest import text_of


@pytest.fixture
def bring(tmp_path):
    def run(rows, header, **kwargs):
        path = tmp_path / "profiles.csv"
        path.write_text(text_of(rows, header), encoding="utf-8")
        return import_file(kind="profiles", path=path, **kwargs)

    return run


ROW = ["S1", "college", "careful、decisive", "12万", "5", "45%", "30", "2026-03-01", "told"]


def test_a_row_becomes_facts_with_their_source(bring, shop, cast):
    header = [
        "code",
        "education",
        "personality",
        "annual_income",
        "staff",
        "share_of_purchases",
        "payment_days",
        "date",
        "source",
    ]
    run = bring([ROW], header, by=cast.tao)
    assert (run.state, run.rows, run.created, run.updated, run.errors) == ("done", 1, 1, 0, [])
    facts = reading.current(shop)
    assert {key: one.text for key, one in facts.items()} == {
        "education": "college",
        "personality": "decisive,careful",
        "annual_income": "120000.00",
        "staff": "5",
        "share_of_purchases": "0.45",
        "payment_days": "30",
    }
    one = facts["personality"]
    assert (str(one.noted_on), one.source, one.author, one.run_id) == ("2026-03-01", "told", cast.tao, run.pk)
    assert one.value.startswith("qiao1:") and one.expires_on is not None
    entry = AuditEntry.objects.of(shop).get(action="fact.note")
    assert entry.changes["fact.staff"] == ["", "5"] and entry.changes["fact.annual_income"] == ["", "•••"]


def test_choices_are_read_in_every_language(bring, shop, cast):
    run = bring([["S1", "大专", "急性子、别人都怕他"]], ["客户编码", "学历", "性格"], by=cast.tao)
    assert (run.state, run.errors, run.problem) == ("done", [], {})
    facts = reading.current(shop)
    assert facts["education"].text == "college"
    assert facts["personality"].text == "quick_tempered,other:别人都怕他"


def test_the_same_file_again_changes_nothing_and_another_value_updates(bring, shop, cast):
    header = ["code", "staff", "area"]
    bring([["S1", "5", "80"]], header, by=cast.tao)
    again = bring([["S1", "5", "80 "]], header, by=cast.tao)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    third = bring([["S1", "6", ""]], header, by=cast.tao)
    assert (third.created, third.updated, third.unchanged) == (0, 1, 0)
    assert {key: one.text for key, one in reading.current(shop).items()} == {"staff": "6", "area": "80"}
    assert Fact.objects.count() == 3


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["S2", "5", "", ""], "unknown_customer"),
        (["S1", "many", "", ""], "not_a_number"),
        (["S1", "", "PhD", ""], "not_a_choice"),
        (["S1", "", "", ""], "nothing_known"),
        (["S1", "5", "", "tomorrow"], "date_in_future"),
    ],
)
def test_refused_rows_write_nothing(bring, shop, cast, row, code):
    import datetime

    row = [(today() + datetime.timedelta(days=1)).isoformat() if cell == "tomorrow" else cell for cell in row]
    run = bring([row], ["code", "staff", "education", "date"], by=cast.tao)
    assert (run.state, [error["code"] for error in run.errors]) == ("refused", [code])
    assert not Fact.objects.exists()


def test_a_customer_stands_once_in_a_file(bring, shop, cast):
    run = bring([["S1", "5"], ["S1", "6"]], ["code", "staff"], by=cast.tao, partial=True)
    assert (run.created, run.rejected, run.errors[0]["code"]) == (1, 1, "duplicate_row")
    assert reading.current(shop)["staff"].text == "5"


def test_sensitive_columns_only_for_who_may(bring, shop, cast, regions):
    from crm.accounts.actions import create_user

    wei = create_user(username="wei", name="Wei", role="manager", region=regions.jiangsu)
    run = bring([["S1", "两个孩子"]], ["code", "family"], by=wei)
    assert [error["code"] for error in run.errors] == ["not_for_you"] and run.errors[0]["value"] == "•••"
    assert bring([["S1", "5"]], ["code", "staff"], by=wei).created == 1
    assert bring([["S1", "两个孩子"]], ["code", "family"], by=cast.lin).errors[0]["code"] == "unknown_customer"
    assert not Fact.objects.filter(field="family").exists()


def test_an_undo_brings_back_what_was_known(bring, note, shop, cast):
    note("staff", "3", source="seen")
    before = list(Fact.objects.order_by("pk").values())
    run = bring([["S1", "5", "80"]], ["code", "staff", "area"], by=cast.tao)
    undo(run=run, by=cast.tao)
    assert list(Fact.objects.order_by("pk").values()) == before


def test_an_undo_is_refused_once_something_stands_on_it(bring, note, shop, cast):
    run = bring([["S1", "5", "80"]], ["code", "staff", "area"], by=cast.tao)
    note("staff", "7")
    before = list(Fact.objects.order_by("pk").values())
    with pytest.raises(ValidationError) as refusal:
        undo(run=run, by=cast.tao)
    assert "S1" in str(refusal.value)
    assert list(Fact.objects.order_by("pk").values()) == before


def test_percent_as_a_workbook_keeps_it(bring, shop, cast):
    for cell, text in (("0.45", "0.45"), ("45", "0.45"), ("100%", "1"), ("1", "1"), ("45.5%", "0.455")):
        bring([["S1", cell]], ["code", "share_of_purchases"], by=cast.tao)
        assert reading.current(shop)["share_of_purchases"].text == text


def test_the_command(bring, shop, tmp_path, capsys):
    from django.core.management import call_command

    path = tmp_path / "p.csv"
    path.write_text(text_of([["S1", "5"]], ["code", "staff"]))
    with pytest.raises(SystemExit) as ended:
        call_command("import_profiles", str(path), "--json")
    assert ended.value.code == 0
    assert '"created": 1' in capsys.readouterr().out.replace('":1', '": 1')
    assert reading.current(shop)["staff"].author is None
