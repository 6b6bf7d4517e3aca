"""The scan of all customers, and what people decide about what it finds."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from crm.audit.models import AuditEntry
from crm.jobs import runner
from crm.jobs.actions import enqueue
from customers.duplicates import actions, scanning
from customers.models import Customer, DuplicateKey, DuplicatePair

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(regions):
    def shop(code, name, region="jiangsu", **more):
        return Customer.objects.create(code=code, name=name, kind="franchisee", region=getattr(regions, region), **more)

    return shop


@pytest.fixture
def twins(make):
    """T1 and T2 are one; T3 is another of the same town; T4 in West has T1's telephone."""
    return (
        make("T1", "张三鲜母婴", city="南京", phone="025-88881234"),
        make("T2", "南京张三鲜母婴店", city="南京市", phone="02588881234"),
        make("T3", "李四文具", city="南京"),
        make("T4", "张三鲜母婴", region="sichuan", phone="(025)88881234"),
    )


def found() -> set:
    return {
        (pair.first.code, pair.second.code, pair.score, pair.state)
        for pair in DuplicatePair.objects.select_related("first", "second")
    }


def test_a_scan_finds_those_alike_and_a_second_writes_nothing(twins):
    first = scanning.scan()()
    assert (first.customers, first.open, first.new, first.gone) == (4, 3, 3, 0)
    assert found() == {("T1", "T2", 99, "open"), ("T1", "T4", 95, "open"), ("T2", "T4", 91, "open")}
    rows = list(DuplicatePair.objects.order_by("pk").values()), set(DuplicateKey.objects.values_list())
    second = scanning.scan()()
    assert (second.open, second.new, second.gone) == (3, 0, 0)
    assert (list(DuplicatePair.objects.order_by("pk").values()), set(DuplicateKey.objects.values_list())) == rows


def test_what_is_no_longer_alike_is_gone(twins):
    scanning.scan()()
    Customer.objects.filter(code="T2").update(name="王五玩具", phone="025-77770000")
    assert scanning.scan()().gone == 2
    assert found() == {("T1", "T4", 95, "open")}


def test_a_pair_dismissed_stays_so_until_something_new_speaks_for_it(make, cast):
    one = make("T1", "张三鲜母婴", city="南京", phone="025-88881234")
    make("T2", "张三鲜母婴", city="南京", phone="025-11112222")
    scanning.scan()()
    pair = DuplicatePair.objects.get()
    actions.dismiss(pairs=[pair], by=cast.mei, note="两家店，老板是兄弟")
    scanning.scan()()
    pair.refresh_from_db()
    assert (pair.state, pair.note, pair.decided_by) == ("dismissed", "两家店，老板是兄弟", cast.mei)
    Customer.objects.filter(pk=one.pk).update(district="玄武")  # says nothing
    scanning.scan()()
    pair.refresh_from_db()
    assert pair.state == "dismissed"
    Customer.objects.filter(pk=one.pk).update(phone="025-11112222")
    scanning.scan()()
    pair.refresh_from_db()
    assert (pair.state, pair.score, pair.decided_by) == ("open", 100, None)


def test_a_key_of_too_many_tells_nothing(make):
    for number in range(scanning.MOST + 1):
        make(f"N{number}", chr(65 + number) * 5, city="南京", phone="400-8888-0000")
    one = scanning.scan()()
    assert (one.compared, one.open) == (0, 0)


def test_the_job_finds_the_same(twins, cast):
    job = runner.run_here(enqueue(kind="duplicates.scan", asked_by=cast.ada))
    assert (job.state, job.result["open"]) == ("done", 3)


def test_the_command_tells_what_it_found(twins, capsys):
    call_command("find_duplicates", json=True)
    told = json.loads(capsys.readouterr().out)
    assert told == {"customers": 4, "compared": 3, "open": 3, "new": 3, "gone": 0}


def test_licence_numbers_are_compared(make):
    from datetime import date

    from django.utils import timezone

    from customers.models import Fact

    for one, number in ((make("A", "甲甲"), "91330100MA2H"), (make("B", "乙乙"), "91330100 ma2h")):
        Fact.objects.create(
            customer=one, field="licence_number", value=number, noted_on=date(2026, 1, 1), created_at=timezone.now()
        )
    scanning.scan()()
    assert found() == {("A", "B", 90, "open")}


def test_a_new_customer_is_met_before_the_next_scan(twins, make):
    scanning.scan()()
    make("T5", "新来的文具", phone="13912345678")
    scanning.catch_up()
    from customers.duplicates.likeness import Card, folded

    met = scanning.candidates(folded(Card(name="新来的文具", phone="139 1234 5678")))
    assert [(Customer.objects.get(pk=pk).code, how.score) for pk, how in met] == [("T5", 95)]


def test_put_side_by_side_by_hand(twins, cast):
    _one, two, three, _four = twins
    pair = actions.propose(first=three, second=two, by=cast.mei)
    assert (pair.first, pair.second, pair.reasons) == (two, three, [])
    scanning.scan()()
    assert DuplicatePair.objects.filter(pk=pair.pk).exists()  # somebody's own, whatever its score
    assert AuditEntry.objects.get(action="duplicate.propose").changes == {"with": [None, "T3"]}
    with pytest.raises(ValidationError):
        actions.propose(first=two, second=two, by=cast.mei)
