"""The next step that was written down comes back on its day, until somebody has spoken with the customer again."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.accounts.models import User
from crm.clock import now, today
from crm.models import AuditEntry, Notification, TodayMark
from crm.today.reading import lines_of
from customers.contacts import waiting
from customers.contacts.actions import log_contact, remove_contact
from customers.profile.actions import assign
from tests.contacts.conftest import A_DAY, at

pytestmark = pytest.mark.django_db


def spoke(shop, by, ago: int = 3, due: int | None = 0, **fields):
    """ago: days since; due: the next step is for so many days from today."""
    fields |= {"happened_at": now() - ago * A_DAY, "next_on": None if due is None else today() + due * A_DAY}
    return log_contact(customer=shop, by=by, channel="call", **fields)


def keys(user) -> list[str]:
    return [one.key for one in waiting.tasks(User.objects.get(pk=user.pk), today())]


def test_on_its_day_and_not_before(shops, cast):
    due = spoke(shops[0], cast.tao, next_step="送样品")
    late = spoke(shops[1], cast.tao, due=-2)
    spoke(shops[2], cast.tao, due=1, next_step="下周再说")
    late_task, due_task = waiting.tasks(cast.tao, today())
    assert (due_task.key, due_task.late, due_task.own) == (f"next:{due.pk}:{today()}", 0, True)
    assert due_task.reason.startswith("Next step for ") and due_task.reason.endswith(": 送样品")
    assert (late_task.key, late_task.late) == (f"next:{late.pk}:{today() - 2 * A_DAY}", 2)
    assert late_task.reason.startswith("To be in touch with them again on ")
    assert {due_task.key, late_task.key} <= {one.key for one in lines_of(cast.tao, today()).tasks}
    assert keys(cast.lin) == keys(cast.ana) == []


def test_over_when_somebody_spoke_with_them_since(shops, cast):
    due = spoke(shops[0], cast.tao, next_step="送样品")
    spoke(shops[0], cast.tao, ago=5, due=None)
    assert keys(cast.tao) == [f"next:{due.pk}:{today()}"]
    after = spoke(shops[0], cast.mei, ago=0, due=None)
    assert keys(cast.tao) == []
    remove_contact(contact=after, by=cast.mei)
    assert keys(cast.tao) == [f"next:{due.pk}:{today()}"]


def test_a_private_one_is_its_authors(shops, cast):
    spoke(shops[0], cast.mei, is_private=True, next_step="问家里的事")
    assert keys(cast.tao) == [] and len(keys(cast.mei)) == 1
    due = spoke(shops[1], cast.tao)
    spoke(shops[1], cast.mei, ago=0, due=None, is_private=True)
    assert keys(cast.tao) == [f"next:{due.pk}:{today()}"]  # that Mei spoke with them, nothing tells


def test_who_takes_a_customer_over_has_its_next_step(shops, cast, regions):
    from crm.accounts.actions import create_user

    wei = create_user(username="wei", name="Wei", role="manager", region=regions.zhejiang)
    due = spoke(shops[0], cast.tao)
    assert keys(wei) == []
    assign(customers=[shops[0]], user=wei, since=today(), by=cast.mei)
    assert keys(wei) == [f"next:{due.pk}:{today()}"]


def test_one_statement_however_many(shops, cast):
    for shop in shops[:3]:
        spoke(shop, cast.tao, due=-1)
    user = User.objects.get(pk=cast.tao.pk)
    waiting.tasks(user, today() - datetime.timedelta(days=9))
    with CaptureQueriesContext(connection) as asked:
        assert len(waiting.tasks(user, today())) == 3
    assert len(asked) == 1


def handed(cast, tell: bool | None):
    """Mei hands the next step of her private contact to Tao, by the page."""
    (task,) = [one for one in lines_of(cast.mei, today()).tasks if one.kind == "next"]
    answer = at(cast.mei).post(
        f"/today/hand/?key={task.key}", {"to": cast.tao.pk, "note": "拜托"} | ({"tell": "on"} if tell else {})
    )
    assert answer.status_code == 302
    (given,) = [one for one in lines_of(cast.tao, today()).tasks if one.kind == "next"]
    return given, Notification.objects.get(kind="today.handed")


def test_a_private_next_step_handed_over_keeps_its_words(shops, cast):
    contact = spoke(shops[0], cast.mei, is_private=True, next_step="问家里的事")
    page = at(cast.mei).get(f"/today/hand/?key=next:{contact.pk}:{today()}").content.decode()
    assert 'name="tell"' in page
    given, told = handed(cast, tell=None)
    card = f"/customers/{shops[0].pk}/"
    assert given.reason.startswith("A next step is due on ") and "问家里的事" not in given.reason
    assert (given.url, given.handed_by, given.note, told.url) == (card, str(cast.mei), "拜托", card)
    assert given.reason in told.text and "问家里的事" not in told.text
    client = at(cast.tao)
    for path in ("/", "/today/", "/notifications/", card, "/api/v1/contacts/", "/api/v1/notifications/"):
        answer = client.get(path)
        assert "问家里的事" not in answer.content.decode(), path
        assert answer.status_code == 200, path
    assert client.get(f"/contacts/{contact.pk}/").status_code == 404
    assert client.get(f"/api/v1/contacts/{contact.pk}/").status_code == 404
    assert "问家里的事" not in str(list(TodayMark.objects.values())) + str(list(AuditEntry.objects.values()))


def test_a_private_next_step_is_told_where_its_author_says_so(shops, cast):
    contact = spoke(shops[0], cast.mei, is_private=True, next_step="问家里的事")
    given, told = handed(cast, tell=True)
    assert given.reason.endswith(": 问家里的事") and "问家里的事" in told.text
    assert given.url == told.url == f"/customers/{shops[0].pk}/"
    assert AuditEntry.objects.get(action="today.hand").changes["told"] == [None, True]
    assert at(cast.tao).get(f"/contacts/{contact.pk}/").status_code == 404  # what was said stays private


def test_an_open_next_step_goes_over_as_it_is(shops, cast):
    contact = spoke(shops[0], cast.mei, next_step="送样品")
    assert 'name="tell"' not in at(cast.mei).get(f"/today/hand/?key=next:{contact.pk}:{today()}").content.decode()
    given, told = handed(cast, tell=None)
    assert given.reason.endswith(": 送样品") and given.url == f"/contacts/{contact.pk}/"
    assert given.reason in told.text
