"""What merges, erasures and copies make of contacts, common ground and promises."""

from __future__ import annotations

import zipfile

import pytest

from crm.clock import today
from crm.jobs import runner
from crm.models import AuditEntry
from customers.contacts import actions, ground
from customers.duplicates import actions as duplicates
from customers.models import Commitment, Contact, Topic
from customers.privacy import exporting
from customers.privacy.actions import ask_erasure
from customers.privacy.subjects import of_customer
from tests.contacts.conftest import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def talks(shops, cast, policy):
    for n, shop in enumerate(shops[:2]):
        promise = {"side": "theirs", "text": f"promised by shop {n}", "due_on": today()}
        actions.log_contact(customer=shop, by=cast.tao, channel="call", text=f"talk of shop {n}", promises=[promise])
        ground.add_topic(customer=shop, text="Green tea" if n else "green TEA", by=cast.tao)
    ground.add_topic(customer=shops[1], text="fishing", by=cast.tao)
    actions.log_contact(customer=shops[1], by=cast.tao, channel="call", text="SECRET", is_private=True)
    return shops[0], shops[1]


def state() -> tuple:
    return (
        list(Contact.objects.order_by("pk").values_list()),
        list(Topic.objects.order_by("pk").values_list()),
        list(Commitment.objects.order_by("pk").values_list()),
    )


def test_two_become_one_and_two_again(talks, cast):
    stays, goes = talks
    before = state()
    made = duplicates.merge(survivor=stays, loser=goes, take=[], by=cast.ada)
    assert set(Contact.objects.values_list("customer_id", flat=True)) == {stays.pk}
    assert set(Commitment.objects.values_list("customer_id", flat=True)) == {stays.pk}
    assert sorted(Topic.objects.live().filter(customer=stays).values_list("text", flat=True)) == [
        "fishing",
        "green TEA",
    ]
    assert Topic.objects.get(text="Green tea").retired_on == today()
    for person in (cast.mei, cast.ada):
        assert "SECRET" not in at(person).get(f"/customers/duplicates/merges/{made.pk}/").content.decode()
        assert "SECRET" not in at(person).get(f"/customers/{stays.pk}/").content.decode()
    duplicates.undo(merge=made, by=cast.ada)
    assert state() == before


def test_a_copy_holds_private_ones_of_who_asks_only(talks, cast, tmp_path):
    _stays, goes = talks

    def copied(user) -> str:
        path = tmp_path / f"{user}.zip"
        exporting.write(of_customer(goes.pk), str(path), by=user)
        with zipfile.ZipFile(path) as book:
            return " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())

    for user, seen in ((cast.mei, False), (cast.ada, False), (cast.tao, True)):
        text = copied(user)
        assert "talk of shop 1" in text and "fishing" in text and "promised by shop 1" in text
        assert ("SECRET" in text) is seen, user


def test_an_erasure_takes_the_words_and_leaves_that_it_was(talks, cast):
    _stays, goes = talks
    erasure = ask_erasure(row=goes, typed=goes.code, by=cast.mei, reason="asked by letter")
    job = runner.run_here(erasure.job)
    assert (job.state, job.error) == ("done", "")
    assert list(Contact.objects.filter(customer=goes).values_list("text", "channel")) == [("", "call")] * 2
    assert all(one.text == f"#{one.pk}" for one in Topic.objects.filter(customer=goes))
    promise = Commitment.objects.get(customer=goes)
    assert (promise.text, promise.due_on) == (f"#{promise.pk}", today())
    told = str(list(AuditEntry.objects.values_list("changes", "reason")))
    assert "talk of shop 1" not in told and "promised by shop 1" not in told and "talk of shop 0" in told
