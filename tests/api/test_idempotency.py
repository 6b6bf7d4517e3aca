"""The same POST twice takes effect once."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from crm.api import idempotency
from crm.api.models import IdempotencyKey
from customers.models import Customer

URL = "/api/v1/customers/"
NEW = {"code": "N1", "name": "新店", "kind": "franchisee", "region": "JIANGSU"}


def send(client, data=NEW, key="k-1", url=URL):
    return client.post(url, data, headers={"Idempotency-Key": key})


def test_the_second_is_answered_like_the_first(bot, shops):
    first, second = send(bot), send(bot)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert (second["ETag"], second["Location"]) == (first["ETag"], first["Location"])
    assert not first.has_header("Idempotency-Replayed") and second["Idempotency-Replayed"] == "true"
    assert Customer.objects.filter(code="N1").count() == 1


def test_another_body_or_address_with_the_same_key_is_refused(bot, shops):
    send(bot)
    assert send(bot, {**NEW, "name": "other"}).status_code == 422
    assert send(bot, {"closed_on": "2026-01-01"}, url=f"{URL}{shops.own.pk}/close/").status_code == 422
    shops.own.refresh_from_db()
    assert shops.own.state == "active"


def test_keys_are_each_persons_own(bot, api, shops):
    send(bot)
    other = send(api("lin"), {**NEW, "region": "SICHUAN", "code": "N2", "name": "另一家"})
    assert other.status_code == 201 and not other.has_header("Idempotency-Replayed")


def test_while_the_first_is_at_work_the_second_waits_outside(bot, cast, shops, monkeypatch):
    from customers.profile import entry as module

    seen = []
    real = module.create

    def slowly(**fields):
        if not seen:
            seen.append(None)
            seen[0] = send(bot).status_code
        return real(**fields)

    monkeypatch.setattr(module, "create", slowly)
    assert send(bot).status_code == 201
    assert seen == [409]
    assert Customer.objects.filter(code="N1").count() == 1


@pytest.mark.parametrize(
    "who,scope,data,status",
    [("bot", "write", {}, 400), ("bot", "read", NEW, 403), ("bot", "write", {**NEW, "code": "E1"}, 400)],
)
def test_refusals_are_not_kept(api, shops, who, scope, data, status):
    assert send(api(who, scope), data).status_code == status
    assert not IdempotencyKey.objects.exists()
    assert send(api("bot", "write")).status_code == 201


def test_a_failure_leaves_neither_key_nor_effect(bot, shops, monkeypatch):
    from customers.profile import api as module

    real = module.Customers.answer

    def fail(self, *args):
        raise RuntimeError("after writing")

    monkeypatch.setattr(module.Customers, "answer", fail)
    with pytest.raises(RuntimeError):
        send(bot)
    assert not Customer.objects.filter(code="N1").exists() and not IdempotencyKey.objects.exists()
    monkeypatch.setattr(module.Customers, "answer", real)
    assert send(bot).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "a\tb"])
def test_a_key_that_is_none_is_refused(bot, shops, key):
    assert send(bot, key=key).status_code == 400
    assert not Customer.objects.filter(code="N1").exists()


def test_a_claim_whose_process_died_is_taken_over(bot, cast, shops):
    send(bot)
    Customer.objects.filter(code="N1").delete()
    IdempotencyKey.objects.update(status=None, body=None)
    assert send(bot).status_code == 409
    IdempotencyKey.objects.update(claimed_at=timezone.now() - idempotency.CLAIM - datetime.timedelta(seconds=1))
    assert send(bot).status_code == 201
    assert Customer.objects.filter(code="N1").count() == 1


def test_keys_are_forgotten_after_a_day(bot, cast, shops):
    send(bot)
    IdempotencyKey.objects.update(created_at=timezone.now() - idempotency.KEPT - datetime.timedelta(seconds=1))
    again = send(bot)
    assert again.status_code == 400 and "code" in again.json()  # not replayed: the code is taken by now
    IdempotencyKey.objects.create(principal=cast.bot, key="old", fingerprint="", claimed_at=timezone.now())
    IdempotencyKey.objects.update(created_at=timezone.now() - datetime.timedelta(days=2))
    assert idempotency.purge() == {"purged": 1}
    assert idempotency.purge() == {"purged": 0}


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_exactly_one_takes_effect(api, cast, shops):
    clients = [api("bot", "write") for _ in range(5)]
    answers: list[int] = []

    def go(client):
        try:
            for _ in range(4):
                answers.append(send(client).status_code)
        finally:
            connection.close()

    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads share one connection here")
    threads = [threading.Thread(target=go, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 20
    assert set(answers) <= {201, 409} and 201 in answers
    assert Customer.objects.filter(code="N1").count() == 1
