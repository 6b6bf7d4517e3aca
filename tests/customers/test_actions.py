"""Making, changing, closing and handing over customers; every refusal leaves everything as it was."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from crm.clock import today
from crm.geo import convert
from crm.models import AuditEntry, Job
from customers.models import Customer, Responsibility
from customers.profile import actions
from customers.profile.actions import assign, change_customer, close_customer, create_customer
from customers.relationship.actions import observe

pytestmark = pytest.mark.django_db


def entries():
    return AuditEntry.objects.filter(action__startswith="customer.").count()


@pytest.fixture
def fields(regions):
    return {"code": "S1", "name": "张三鲜", "kind": "franchisee", "region": regions.jiangsu}


def test_a_new_customer_is_written_searchable_and_audited(fields, cast):
    customer = create_customer(
        **fields,
        by=cast.mei,
        latitude=Decimal("31.2304"),
        longitude=Decimal("121.4737"),
        datum="gcj02",
        phone="021-1",
    )
    customer.refresh_from_db()
    assert customer.version == 1
    assert customer.search_text == " s1 张三鲜 0211 zhangsanxian zsx "
    assert (customer.wgs_latitude, customer.wgs_longitude) == convert(31.2304, 121.4737, "gcj02", "wgs84")
    entry = AuditEntry.objects.of(customer).get()
    assert (entry.action, entry.actor, entry.changes["code"]) == ("customer.create", cast.mei, [None, "S1"])
    assert entry.changes["latitude"] == [None, "31.2304"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "x" * 65}, "code"),
        ({"name": "  "}, "name"),
        ({"kind": "shop"}, "kind"),
        ({"state": "gone"}, "state"),
        ({"latitude": Decimal(1)}, "longitude"),
        ({"longitude": Decimal(1)}, "latitude"),
        ({"latitude": Decimal(1), "longitude": Decimal(1), "datum": ""}, "datum"),
        ({"latitude": Decimal(91), "longitude": Decimal(1)}, "latitude"),
        ({"opened_on": datetime.date(2026, 2, 1), "closed_on": datetime.date(2026, 1, 1)}, "__all__"),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nothing_is_written(fields, values, field):
    with pytest.raises(ValidationError) as refusal:
        create_customer(**{**fields, **values})
    assert field in refusal.value.message_dict
    assert not Customer.objects.exists()
    assert entries() == 0


def test_a_taken_code_is_refused(fields):
    create_customer(**fields)
    with pytest.raises(ValidationError) as refusal:
        create_customer(**{**fields, "name": "other"})
    assert "code" in refusal.value.message_dict
    assert Customer.objects.get().name == "张三鲜"


def test_an_unknown_field_is_a_mistake_of_the_caller(fields):
    with pytest.raises(TypeError, match="no wealth"):
        create_customer(**fields, wealth=1)


def test_a_region_out_of_reach_is_refused(fields, cast, regions):
    with pytest.raises(ValidationError) as refusal:
        create_customer(**{**fields, "region": regions.sichuan}, by=cast.mei)
    assert "region" in refusal.value.message_dict
    assert not Customer.objects.exists()


def test_a_market_manager_who_adds_a_customer_is_in_charge_of_it(fields, cast):
    create_customer(**{**fields, "code": "S0"}, manager=cast.tao)
    customer = create_customer(**fields, by=cast.tao)  # the region of a customer in Tao's charge
    held = Responsibility.objects.get(customer=customer)
    assert (held.user, held.since, held.until) == (cast.tao, today(), None)
    assert Customer.objects.visible_to(cast.tao).filter(pk=customer.pk).exists()


def test_changes_are_written_with_old_and_new(fields, cast):
    customer = create_customer(**fields)
    changed = change_customer(customer=customer, by=cast.mei, version=1, name="李四", city="苏州市")
    assert (changed.version, changed.name) == (2, "李四")
    entry = AuditEntry.objects.of(customer).get(action="customer.change")
    assert entry.changes == {"name": ["张三鲜", "李四"], "city": ["", "苏州市"]}
    assert entry.actor == cast.mei


def test_changing_nothing_writes_nothing(fields, cast):
    customer = create_customer(**fields)
    assert change_customer(customer=customer, by=cast.mei, **fields).version == 1
    assert entries() == 1


def test_an_old_version_is_a_conflict_and_changes_nothing(fields, cast):
    customer = create_customer(**fields)
    change_customer(customer=customer, name="first")
    with pytest.raises(ValidationError) as refusal:
        change_customer(customer=customer, by=cast.mei, version=1, name="second")
    assert refusal.value.code == "conflict"
    customer.refresh_from_db()
    assert (customer.name, customer.version) == ("first", 2)


def test_nobody_supplies_itself_by_however_many_hands(fields):
    a, b, c = (create_customer(**{**fields, "code": code}) for code in "ABC")
    change_customer(customer=b, upstream=a)
    change_customer(customer=c, upstream=b)
    for customer, upstream in ((a, a), (a, b), (a, c)):
        with pytest.raises(ValidationError) as refusal:
            change_customer(customer=customer, upstream=upstream)
        assert refusal.value.error_dict["upstream"][0].code == "loop"
    a.refresh_from_db()
    assert a.upstream is None
    assert change_customer(customer=c, upstream=a).upstream == a


def test_a_supplier_out_of_reach_is_refused_as_if_it_did_not_exist(fields, cast, regions):
    west = create_customer(**{**fields, "code": "W", "region": regions.sichuan})
    customer = create_customer(**fields)
    with pytest.raises(ValidationError) as refusal:
        change_customer(customer=customer, by=cast.mei, upstream=west)
    assert refusal.value.message_dict == {"upstream": ["There is no such customer."]}


def test_a_supplier_out_of_reach_that_stands_already_may_stay(fields, cast, regions):
    west = create_customer(**{**fields, "code": "W", "region": regions.sichuan})
    customer = create_customer(**fields, upstream=west)
    assert change_customer(customer=customer, by=cast.mei, upstream=west, name="new").upstream == west


def test_closing(fields, cast):
    customer = create_customer(**fields, opened_on=datetime.date(2025, 1, 1))
    with pytest.raises(ValidationError):
        close_customer(customer=customer, closed_on=datetime.date(2024, 12, 31), by=cast.mei)
    customer.refresh_from_db()
    assert (customer.state, customer.closed_on) == ("active", None)
    closed = close_customer(customer=customer, closed_on=datetime.date(2026, 3, 1), by=cast.mei, reason="moved away")
    assert (closed.state, closed.closed_on) == ("closed", datetime.date(2026, 3, 1))
    assert AuditEntry.objects.of(customer).get(action="customer.change").reason == "moved away"
    with pytest.raises(ValidationError) as refusal:
        close_customer(customer=customer, closed_on=datetime.date(2026, 4, 1), by=cast.mei)
    assert refusal.value.code == "closed"


DAY = datetime.date(2026, 3, 1)


def held(customer):
    return [(one.user.username, one.since, one.until) for one in customer.responsibilities.order_by("since")]


def test_a_handover_ends_the_one_before_on_the_same_day(fields, cast):
    customer = create_customer(**fields)
    assert assign(customers=[customer], user=cast.tao, since=DAY, by=cast.ada) == 1
    later = datetime.date(2026, 5, 1)
    assert assign(customers=[customer], user=cast.mei, since=later, by=cast.mei) == 1
    assert held(customer) == [("tao", DAY, later), ("mei", later, None)]
    entry = AuditEntry.objects.of(customer).filter(action="customer.assign").latest("pk")
    assert entry.changes == {"manager": ["Tao", "美"], "since": [None, "2026-05-01"]}


def test_assigning_the_same_person_again_changes_nothing(fields, cast):
    customer = create_customer(**fields)
    assign(customers=[customer], user=cast.tao, since=DAY)
    before = entries()
    assert assign(customers=[customer], user=cast.tao, since=datetime.date(2026, 4, 1)) == 0
    assert held(customer) == [("tao", DAY, None)]
    assert entries() == before


def test_a_second_thought_on_the_same_day_replaces_the_first(fields, cast):
    customer = create_customer(**fields)
    assign(customers=[customer], user=cast.tao, since=DAY)
    assign(customers=[customer], user=cast.mei, since=DAY)
    assert held(customer) == [("mei", DAY, None)]


def test_a_handover_before_one_that_is_planned_is_refused_for_all(fields, cast):
    first, second = (create_customer(**{**fields, "code": code}) for code in "AB")
    assign(customers=[second], user=cast.tao, since=datetime.date(2026, 6, 1))
    with pytest.raises(ValidationError) as refusal:
        assign(customers=[first, second], user=cast.mei, since=DAY)
    assert "since" in refusal.value.message_dict
    assert held(first) == []
    assert held(second) == [("tao", datetime.date(2026, 6, 1), None)]


@pytest.mark.parametrize("who", ["ana", "bot"])
def test_those_who_only_read_or_are_programs_are_in_charge_of_nothing(fields, cast, who):
    customer = create_customer(**fields)
    with pytest.raises(ValidationError) as refusal:
        assign(customers=[customer], user=getattr(cast, who), since=DAY)
    assert "user" in refusal.value.message_dict
    assert held(customer) == []


def test_nobody_hands_over_to_a_person_beyond_their_reach(fields, cast):
    customer = create_customer(**fields)
    with pytest.raises(ValidationError) as refusal:
        assign(customers=[customer], user=cast.lin, since=DAY, by=cast.mei)
    assert "user" in refusal.value.message_dict
    assert held(customer) == []


def test_a_head_hands_over_to_whoever_has_a_customer_in_reach(fields, cast):
    first, second = (create_customer(**{**fields, "code": code}) for code in "AB")
    with pytest.raises(ValidationError):
        assign(customers=[first], user=cast.tao, since=DAY, by=cast.mei)  # posted nowhere, in charge of nothing
    assign(customers=[second], user=cast.tao, since=DAY, by=cast.ada)
    assert assign(customers=[first], user=cast.tao, since=DAY, by=cast.mei) == 1


def test_too_many_at_once_are_refused(fields, cast, monkeypatch):
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 1)
    made = [create_customer(**{**fields, "code": code}) for code in "AB"]
    with pytest.raises(ValidationError) as refusal:
        assign(customers=made, user=cast.tao, since=DAY)
    assert refusal.value.code == "too_many"
    assert not Responsibility.objects.exists()


def test_many_are_handed_over_with_as_few_statements_as_one(fields, cast, django_assert_max_num_queries):
    made = [create_customer(**{**fields, "code": f"S{n}"}) for n in range(40)]
    assign(customers=made, user=cast.tao, since=DAY)
    with django_assert_max_num_queries(14):
        assert assign(customers=Customer.objects.all(), user=cast.mei, since=datetime.date(2026, 4, 1)) == 40
    assert Responsibility.objects.filter(user=cast.mei, until=None).count() == 40


def waiting():
    return list(Job.objects.filter(kind="tiers.refresh").values_list("state", "asked_by__username"))


def test_tiers_are_asked_to_follow_once_whoever_changed_what_they_rest_on(fields, cast):
    customer = create_customer(**fields)
    change_customer(customer=customer, by=cast.mei, name="new name")
    assert waiting() == []
    change_customer(customer=customer, by=cast.mei, state="dormant")
    close_customer(customer=customer, by=cast.mei, closed_on=DAY)
    create_customer(**{**fields, "code": "S2"}, by=cast.mei)
    assert waiting() == [("queued", "mei")]
    Job.objects.update(state="running")
    observe(customer=customer, trait="loyalty", score=1, seen_on=DAY, seen_by=cast.mei)
    assert sorted(waiting()) == [("queued", "mei"), ("running", "mei")]
