"""The list of Today: what is on it, for whom, and what people say of its lines."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.clock import start_of, today
from crm.models import AuditEntry, Notification, TodayMark
from crm.today import actions
from crm.today.reading import lines_of, team_of
from customers.models import OpenItem, StandIn
from customers.profile.actions import assign, create_customer
from customers.receivables.actions import promise

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def invoice(customer, amount, days_late: int) -> OpenItem:
    return OpenItem.objects.create(
        customer=customer,
        number=f"F{customer.pk}-{days_late}",
        issued_on=today() - (days_late + 30) * A_DAY,
        due_on=today() - days_late * A_DAY,
        amount=amount,
        open_amount=amount,
    )


@pytest.fixture
def shops(regions, cast):
    """Three of Tao's in East and one of Lin's in West, each with money overdue."""
    made = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(3)]
    west = create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    assign(customers=made, user=cast.tao, since=today() - 40 * A_DAY)
    assign(customers=[west], user=cast.lin, since=today() - 40 * A_DAY)
    for shop, amount, late in zip([*made, west], (1000, 3000, 2000, 9000), (28, 1, 7, 7), strict=True):
        invoice(shop, Decimal(amount), late)
    return [*made, west]


def keys(user) -> list[str]:
    from crm.accounts.models import User

    return [task.key for task in lines_of(User.objects.get(pk=user.pk), today()).tasks]


def test_what_is_at_stake_and_how_late_decides_the_order(shops, cast):
    # 1000 × 5, 3000 × 8/7, 2000 × 2
    assert keys(cast.tao) == [f"overdue:{shops[n].pk}" for n in (0, 2, 1)]
    assert keys(cast.lin) == [f"overdue:{shops[3].pk}"]


def test_a_head_has_the_lines_of_nobodys_customers_and_the_team_those_of_all(shops, cast):
    assert keys(cast.mei) == []
    assign(customers=[shops[1]], user=None, since=today(), by=cast.mei)
    assert keys(cast.mei) == [f"overdue:{shops[1].pk}"]
    assert [(share.owner, share.stake, share.late, share.oldest) for share in team_of(cast.mei, today())] == [
        ("", Decimal(3000), 1, 1),
        ("Tao", Decimal(3000), 2, 28),
    ]
    page = at(cast.mei).get("/today/team/").content.decode()
    assert "店0" in page and "西店" not in page
    assert at(cast.tao).get("/today/team/").status_code == 403


def test_whoever_promised_to_pay_is_left_alone_until_that_day(shops, cast):
    promise(customer=shops[0], amount=Decimal(500), due_on=today() + A_DAY, by=cast.tao)
    assert f"overdue:{shops[0].pk}" not in keys(cast.tao)


def test_a_stand_in_has_the_lines_of_who_is_away(shops, cast, regions):
    from crm.accounts.actions import create_user

    wei = create_user(username="wei", name="Wei", role="manager", region=regions.zhejiang)
    assert keys(wei) == []
    StandIn.objects.create(
        absent=cast.tao, stand_in=wei, since=today(), until=today() + 3 * A_DAY, reason="病假", made_by=cast.mei
    )
    assert len(keys(wei)) == 3


def test_done_and_snoozed_lines_are_gone_until_their_day_and_come_back_by_undo(shops, cast):
    client, key = at(cast.tao), f"overdue:{shops[0].pk}"
    assert client.post("/today/mark/", {"key": key, "do": "done"}).status_code == 302
    assert key not in keys(cast.tao)
    mark = TodayMark.objects.get()
    assert (mark.state, mark.until) == ("done", today() + 7 * A_DAY)
    client.post(f"/today/take-back/?key={key}")
    assert keys(cast.tao)[0] == key and not TodayMark.objects.exists()
    client.post("/today/mark/", {"key": key, "do": "snooze", "days": "3"})
    assert lines_of(cast.tao, today()).aside == 1
    assert key not in [task.key for task in lines_of(cast.tao, today() + 2 * A_DAY).tasks]
    assert key in [task.key for task in lines_of(cast.tao, today() + 3 * A_DAY).tasks]


@pytest.mark.parametrize("days", ["0", "-1", "61", "x", ""])
def test_a_day_that_cannot_be_is_refused(shops, cast, days):
    at(cast.tao).post("/today/mark/", {"key": f"overdue:{shops[0].pk}", "do": "snooze", "days": days})
    assert not TodayMark.objects.exists()


def test_nobody_marks_a_line_that_is_not_theirs(shops, cast):
    for user, key in (
        (cast.tao, f"overdue:{shops[3].pk}"),
        (cast.tao, "gossip:1"),
        (cast.lin, f"overdue:{shops[0].pk}"),
    ):
        assert at(user).post("/today/mark/", {"key": key, "do": "done"}).status_code == 404
    assert at(cast.ana).post("/today/mark/", {"key": f"overdue:{shops[0].pk}", "do": "done"}).status_code == 403
    assert not TodayMark.objects.exists()


def test_a_line_handed_over_is_the_others_who_is_told(shops, cast):
    key = f"overdue:{shops[0].pk}"
    answer = at(cast.tao).post(f"/today/hand/?key={key}", {"to": cast.mei.pk, "note": "我在外地"})
    assert answer.status_code == 302
    assert key not in keys(cast.tao)
    (task,) = lines_of(cast.mei, today()).tasks
    assert (task.key, task.handed_by, task.note, task.name, task.stake) == (
        key,
        "Tao",
        "我在外地",
        "店0",
        Decimal(1000),
    )
    told = Notification.objects.get()
    assert (told.user, told.title) == (cast.mei, "Tao hands you something to do")
    assert told.text == "店0 · ¥1,000.00 overdue, the oldest for 28 days. · 我在外地"
    assert AuditEntry.objects.filter(action="today.hand").count() == 1
    at(cast.mei).post("/today/mark/", {"key": key, "do": "done"})
    assert keys(cast.mei) == [] and key not in keys(cast.tao)


def test_nothing_goes_to_who_does_not_see_the_customer_or_cannot_act(shops, cast):
    task = lines_of(cast.tao, today()).tasks[0]
    for other in (cast.lin, cast.ana, cast.tao):
        with pytest.raises(actions.ValidationError) as refused:
            actions.hand_over(user=cast.tao, task=task, to=other)
        assert list(refused.value.error_dict) == ["to"]
    assert not TodayMark.objects.exists() and not Notification.objects.exists()


def test_a_handed_line_is_not_seen_by_who_lost_the_customer(shops, cast, regions):
    task = lines_of(cast.tao, today()).tasks[0]
    actions.hand_over(user=cast.tao, task=task, to=cast.mei)
    shops[0].region = regions.sichuan
    shops[0].save()
    assert task.key not in keys(cast.mei)


def lose(cast, how: str) -> None:
    """Mei cannot take anything over any more."""
    from crm.accounts.models import Posting, User

    if how == "posting":
        Posting.objects.filter(user=cast.mei).update(until=today())
    else:
        User.objects.filter(pk=cast.mei.pk).update(
            **{"inactive": {"is_active": False}, "role": {"role": "analyst"}}[how]
        )


@pytest.mark.parametrize("how", ["posting", "inactive", "role"])
def test_what_was_handed_to_who_can_do_nothing_any_more_is_back(shops, cast, how):
    task, other = lines_of(cast.tao, today()).tasks[:2]
    actions.hand_over(user=cast.tao, task=task, to=cast.mei)
    actions.hand_over(user=cast.tao, task=other, to=cast.ada)
    assert task.key not in keys(cast.tao) and other.key not in keys(cast.tao)
    lose(cast, how)
    assert task.key in keys(cast.tao) and other.key not in keys(cast.tao)


def test_still_taking_says_what_takers_says(shops, cast):
    from customers.profile.colleagues import still_taking, takers

    people = (cast.mei, cast.tao, cast.lin, cast.ana, cast.ada, cast.bot)
    pairs = {(user.pk, shop.pk) for user in people for shop in shops}
    said = {(user.pk, shop.pk) for shop in shops for user in takers(cast.ada, shop.pk, today())}
    # Whoever asks is no taker of their own.
    said |= {(cast.ada.pk, shop.pk) for shop in shops}
    assert still_taking(pairs, today()) == said


def test_a_handed_line_follows_a_customer_that_was_merged(shops, cast):
    from customers.duplicates.models import Merge, MergedCustomer

    task = lines_of(cast.tao, today()).tasks[0]
    actions.hand_over(user=cast.tao, task=task, to=cast.mei)
    gone = 900_001
    mark = TodayMark.objects.get()
    TodayMark.objects.update(line=mark.line | {"customer": gone})
    assert task.key not in keys(cast.mei)
    merge = Merge.objects.create(survivor=shops[1], loser_id=gone, loser_code="X9", loser_name="旧店")
    MergedCustomer.objects.create(old_id=gone, code="X9", survivor=shops[1], merge=merge)
    (line,) = lines_of(cast.mei, today()).tasks
    assert (line.key, line.customer_id, line.name) == (task.key, shops[1].pk, "店1")


def test_lateness_of_a_handed_line_is_counted_in_company_days(shops, cast):
    task = lines_of(cast.tao, today()).tasks[0]
    actions.hand_over(user=cast.tao, task=task, to=cast.mei)
    TodayMark.objects.update(at=start_of(today()) + datetime.timedelta(minutes=5))  # yesterday by UTC
    assert [one.late for one in lines_of(cast.mei, today()).tasks] == [0]


def test_marks_over_for_90_days_go_with_the_notifications(shops, cast):
    from types import SimpleNamespace

    from crm.notifications.jobs import purge

    old, kept = lines_of(cast.tao, today()).tasks[:2]
    for task, ago in ((old, 91), (kept, 90)):
        actions.done(user=cast.tao, task=task)
        TodayMark.objects.filter(key=task.key).update(until=today() - ago * A_DAY)
    assert purge(SimpleNamespace()) == {"gone": 1}
    assert [mark.key for mark in TodayMark.objects.all()] == [kept.key]
    assert purge(SimpleNamespace()) == {"gone": 0}


def test_no_more_statements_for_more_lines(shops, cast, regions):
    client = at(cast.tao)

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/today/").status_code == 200
        return len(asked)

    statements()
    few = statements()
    more = [create_customer(code=f"M{n}", name=f"新{n}", kind="franchisee", region=regions.jiangsu) for n in range(12)]
    assign(customers=more, user=cast.tao, since=today() - A_DAY)
    for n, shop in enumerate(more):
        invoice(shop, Decimal(100 + n), n + 1)
    assert statements() == few
    assert len(lines_of(cast.tao, today()).tasks) == 15
