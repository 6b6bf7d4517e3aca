"""Making, keeping, breaking, putting off, taking back and reopening; every refusal leaves everything as it was."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm.clock import now, today
from crm.models import AuditEntry
from customers.models import Commitment
from customers.promises import actions, reading
from customers.promises.keeping import Rate
from tests.promises.conftest import A_DAY

pytestmark = pytest.mark.django_db


def everything() -> tuple:
    return list(Commitment.objects.order_by("pk").values_list()), AuditEntry.objects.count()


def refused(field: str | None, code: str, act) -> None:
    before = everything()
    with pytest.raises(ValidationError) as refusal:
        act()
    if field is None:
        assert refusal.value.code == code
    else:
        assert {name: [one.code for one in flaws] for name, flaws in refusal.value.error_dict.items()} == {
            field: [code]
        }
    assert everything() == before


def back(one: Commitment, days: int) -> Commitment:
    """As if it had been made and due so many days earlier."""
    Commitment.objects.filter(pk=one.pk).update(made_on=one.made_on - days * A_DAY, due_on=one.due_on - days * A_DAY)
    one.refresh_from_db()
    return one


def test_one_of_ours_is_its_writers_and_told_in_the_log(ours, shops, cast):
    assert (ours.side, ours.text, ours.owner, ours.written_by) == ("ours", "补齐断码", cast.tao, cast.tao)
    assert (ours.made_on, ours.state, ours.settled_on, ours.version) == (today(), "open", None, 1)
    entry = AuditEntry.objects.get(action="commitment.make")
    assert (entry.model, entry.object_id) == ("customers.customer", str(shops[0].pk))
    assert entry.changes == {
        "promise": [None, "补齐断码"],
        "side": [None, "ours"],
        "due_on": [None, str(today() + 3 * A_DAY)],
        "owner": [None, "Tao"],
    }


def test_one_of_theirs_has_no_owner(theirs):
    assert (theirs.side, theirs.owner) == ("theirs", None)


@pytest.mark.parametrize(
    "change,field,code",
    [
        ({"text": "  "}, "text", "required"),
        ({"text": "x" * 301}, "text", "long"),
        ({"side": "nobody"}, "side", "side"),
        ({"due_on": -1}, "due_on", "order"),
        ({"due_on": 801}, "due_on", "far"),
        ({"made_on": 1, "due_on": 2}, "made_on", "future"),
        ({"made_on": -367}, "made_on", "past"),
        ({"owner": "lin"}, "owner", "sight"),
        ({"owner": "ana"}, "owner", "role"),
        ({"side": "theirs", "owner": "mei"}, "owner", "theirs"),
        ({"link": "//elsewhere"}, "link", "link"),
        ({"by": None}, "owner", "required"),
    ],
)
def test_what_cannot_be_is_refused_under_its_field(shops, cast, change, field, code):
    values = {"customer": shops[0], "side": "ours", "text": "补货", "due_on": 1, "by": cast.tao, **change}
    for name in ("due_on", "made_on"):
        if isinstance(values.get(name), int):
            values[name] = today() + values[name] * A_DAY
    if isinstance(values.get("owner"), str):
        values["owner"] = getattr(cast, values["owner"])
    refused(field, code, lambda: actions.make_commitment(**values))


def test_who_does_not_see_the_customer_keeps_no_promise_made_to_it(shops, cast):
    """In reach of who writes it down, yet the promise would stand in nobody's book."""
    values = {"side": "ours", "text": "补货", "due_on": today() + A_DAY, "by": cast.ada}
    act = actions.make_commitment
    refused("owner", "sight", lambda: act(customer=shops[3], owner=cast.tao, **values))
    made = act(customer=shops[0], owner=cast.tao, **values)
    refused("owner", "sight", lambda: actions.change_commitment(commitment=made, by=cast.ada, owner=cast.lin))
    made.refresh_from_db()
    assert (made.owner, made.version, Commitment.objects.count()) == (cast.tao, 1, 1)


def test_a_person_of_another_customer_is_refused(shops, cast, owner):
    values = {"side": "theirs", "text": "周报", "due_on": today(), "by": cast.tao, "person": owner}
    refused("person", "person", lambda: actions.make_commitment(customer=shops[1], **values))
    assert actions.make_commitment(customer=shops[0], **values).person == owner


def test_kept_in_time_and_late(ours, theirs, shops, cast):
    actions.keep(commitment=ours, by=cast.tao, note="当天就补了")
    back(theirs, 10)
    actions.keep(commitment=theirs, by=cast.tao)
    for one in (ours, theirs):
        one.refresh_from_db()
    assert (ours.state, ours.settled_on, ours.settled_by, ours.was_late) == ("kept", today(), cast.tao, False)
    assert (ours.outcome, ours.version, theirs.was_late) == ("当天就补了", 2, True)
    assert reading.rates_of(shops[0]) == {"ours": Rate(kept=1), "theirs": Rate(kept=1, late=1)}


def test_kept_on_an_earlier_day_is_in_time(theirs, cast):
    back(theirs, 10)
    refused("on", "future", lambda: actions.keep(commitment=theirs, by=cast.tao, on=today() + A_DAY))
    refused("on", "order", lambda: actions.keep(commitment=theirs, by=cast.tao, on=today() - 11 * A_DAY))
    assert not actions.keep(commitment=theirs, by=cast.tao, on=theirs.due_on).was_late


def test_overdue_stays_open_until_somebody_says_so(ours, cast):
    back(ours, 40)
    assert Commitment.objects.overdue(today()).get() == ours and ours.state == "open"
    assert actions.break_(commitment=ours, by=cast.tao, note="忘了").state == "broken"
    refused(None, "over", lambda: actions.keep(commitment=ours, by=cast.tao))


def test_put_off_ends_one_and_begins_another(ours, shops, cast):
    day = today() + 20 * A_DAY
    later = actions.renegotiate(commitment=ours, due_on=day, by=cast.tao, note="工厂停工", version=1)
    ours.refresh_from_db()
    assert (ours.state, ours.settled_on, ours.outcome) == ("renegotiated", today(), "工厂停工")
    assert (later.earlier, later.text, later.due_on, later.made_on) == (ours, "补齐断码", day, today())
    assert (later.state, later.owner) == ("open", cast.tao)
    assert reading.rates_of(shops[0])["ours"] == Rate(renegotiated=1)
    entry = AuditEntry.objects.get(action="commitment.renegotiate")
    assert entry.changes["due_on"] == [str(ours.due_on), str(day)]


def test_what_cannot_be_put_off(ours, cast):
    refused("due_on", "past", lambda: actions.renegotiate(commitment=ours, due_on=today() - A_DAY, by=cast.tao))
    refused("due_on", "same", lambda: actions.renegotiate(commitment=ours, due_on=ours.due_on, by=cast.tao))
    refused("due_on", "far", lambda: actions.renegotiate(commitment=ours, due_on=today() + 801 * A_DAY, by=cast.tao))
    day = today() + 9 * A_DAY
    refused(None, "conflict", lambda: actions.renegotiate(commitment=ours, due_on=day, by=cast.tao, version=7))


def test_reopening_a_put_off_one_takes_the_next_back(ours, cast):
    later = actions.renegotiate(commitment=ours, due_on=today() + 9 * A_DAY, by=cast.tao)
    actions.reopen(commitment=ours, by=cast.tao)
    for one in (ours, later):
        one.refresh_from_db()
    assert (ours.state, ours.settled_on, ours.settled_at, later.state) == ("open", None, None, "taken_back")
    refused(None, "follow", lambda: actions.reopen(commitment=later, by=cast.tao))
    again = actions.renegotiate(commitment=ours, due_on=today() + 9 * A_DAY, by=cast.tao)
    actions.keep(commitment=again, by=cast.tao)
    refused(None, "follow", lambda: actions.reopen(commitment=ours, by=cast.tao))


def test_reopened_within_a_day_only(ours, cast):
    refused(None, "state", lambda: actions.reopen(commitment=ours, by=cast.tao))
    actions.take_back(commitment=ours, by=cast.tao)
    Commitment.objects.update(settled_at=now() - datetime.timedelta(hours=25))
    refused(None, "late", lambda: actions.reopen(commitment=ours, by=cast.tao))
    Commitment.objects.update(settled_at=now() - datetime.timedelta(hours=23))
    assert actions.reopen(commitment=ours, by=cast.tao).state == "open"


def test_what_was_taken_back_counts_for_nobody(ours, shops, cast):
    actions.take_back(commitment=ours, by=cast.tao, note="写错客户")
    assert reading.rates_of(shops[0])["ours"].is_empty


def test_put_right_by_name(ours, cast, owner):
    changed = actions.change_commitment(
        commitment=ours, by=cast.mei, version=1, text="补齐 断码和尺码", owner=cast.mei, person=owner
    )
    assert (changed.text, changed.owner, changed.person, changed.version) == ("补齐 断码和尺码", cast.mei, owner, 2)
    entry = AuditEntry.objects.get(action="commitment.change")
    assert entry.changes["owner"] == ["Tao", "美"] and entry.changes["promise"] == ["补齐断码", "补齐 断码和尺码"]
    before = everything()
    actions.change_commitment(commitment=ours, by=cast.mei, text="补齐 断码和尺码")
    assert everything() == before
    with pytest.raises(TypeError):
        actions.change_commitment(commitment=ours, by=cast.mei, due_on=today())


@pytest.mark.parametrize(
    "values",
    [
        {"state": "kept"},
        {"owner": None},
        {"side": "theirs"},
        {"due_on": datetime.date(2020, 1, 1)},
        {"text": ""},
        {"link": "http://x"},
    ],
)
def test_the_database_holds_what_must_always_hold(ours, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.filter(pk=ours.pk).update(**values)


def test_rates_are_one_statement(shops, cast, django_assert_num_queries):
    for n, shop in enumerate(shops):
        for _m in range(n + 1):
            one = actions.make_commitment(customer=shop, side="ours", text="货", due_on=today(), by=cast.ada)
            actions.keep(commitment=one, by=cast.ada)
    with django_assert_num_queries(1):
        found = reading.rates_of(shops[2])
    assert (found["ours"].kept, found["theirs"].kept) == (3, 0)
