"""What Today asks about slumps: the next step of each, once."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import now, today
from customers.contacts.actions import log_contact
from customers.slumps import actions, reading, waiting
from customers.slumps.models import SlumpAlert, SlumpCause, State
from tests.slumps.conftest import at
from tests.slumps.test_pages import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def slump(shops):
    return made(shops[0])


def keys(user) -> list[str]:
    return [one.key for one in waiting.tasks(user, today())]


def spoke(slump, by, **fields):
    return log_contact(customer=slump.customer, by=by, channel="call", text="断码", **fields)


def test_the_call_then_the_cause_then_the_visit_then_nothing(slump, cast):
    assert keys(cast.tao) == [f"slump:{slump.pk}"]
    contact = spoke(slump, cast.tao)
    assert keys(cast.tao) == [f"slump-cause:{slump.pk}"]
    actions.diagnose(alert=slump, cause=SlumpCause.objects.get(code="out_of_stock"), by=cast.mei)
    held = SlumpAlert.objects.get()
    assert (held.called_at, held.called_by) == (contact.happened_at, cast.tao)
    (task,) = waiting.tasks(cast.tao, today())
    assert task.key == f"slump-visit:{slump.pk}" and "purpose=problem" in task.action.url
    actions.mark_planned(alert=slump, by=cast.tao)
    assert keys(cast.tao) == []


def test_one_tap_that_called_asks_for_the_cause_too(slump, cast):
    actions.mark_called(alert=slump, by=cast.tao)
    assert keys(cast.tao) == [f"slump-cause:{slump.pk}"]


def test_what_came_before_or_is_private_is_no_call(slump, cast):
    spoke(slump, cast.tao, is_private=True)
    spoke(slump, cast.tao, happened_at=reading.closed_at(slump.third_day) - datetime.timedelta(minutes=1))
    assert keys(cast.tao) == [f"slump:{slump.pk}"]
    assert reading.first_contact(slump) is None


def test_the_page_counts_the_contact_as_the_call(slump, cast):
    client, address = at(cast.tao), f"/slumps/{slump.pk}/"
    page = client.get(address).content.decode()
    assert f'/contacts/new/?customer={slump.customer_id}" data-quick-open="here"' in page and "I called" in page
    assert 'data-quick-open="here"' not in at(cast.ana).get(address).content.decode()
    spoke(slump, cast.mei)
    found = client.get(address)
    assert "美 spoke with them" in found.content.decode() and "I called" not in found.content.decode()
    assert found.context["reached"] == State.CALLED
    assert [one.reached for one in client.get("/slumps/").context["alerts"]] == [State.CALLED]


def test_who_stopped_reporting_is_asked_for_until_somebody_spoke(shops, cast):
    silent = made(shops[1], 0, kind="silent", depth=None, expected=None, got=None)
    assert keys(cast.tao) == [f"unreported:{silent.pk}"]
    assert keys(cast.lin) == []
    spoke(silent, cast.tao)
    assert keys(cast.tao) == []


def test_three_statements_for_many_as_for_one(shops, cast):
    from crm.accounts.models import User

    def asked() -> int:
        user = User.objects.get(pk=cast.tao.pk)
        user.may_write, keys(user)
        with CaptureQueriesContext(connection) as found:
            waiting.tasks(user, today())
        return len(found)

    made(shops[0])
    few = asked()
    for shop in shops[1:9]:
        spoke(made(shop), cast.tao, happened_at=now())
    assert asked() == few == 3
