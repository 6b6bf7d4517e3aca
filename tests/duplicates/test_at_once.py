"""Two people at the same pair at once: one merges, the other is told so, and nothing is done twice."""

from __future__ import annotations

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from customers.duplicates import actions
from customers.models import Customer, Merge, MergedCustomer
from tests.duplicates.company import build, checksums

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time: its transactions are the lock"),
]


def at_once(work, count=3) -> list:
    answers, ready = [], threading.Barrier(count)

    def one():
        try:
            ready.wait()
            answers.append(work())
        except ValidationError as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_several_only_one_merges_and_only_one_undoes(cast, regions, policy):
    stays, goes, _below = build(cast, regions, days=20)
    before = checksums()
    answers = at_once(lambda: actions.merge(survivor=stays, loser=goes, by=cast.mei).state)
    assert sorted(answers) == ["done", "gone", "gone"]
    assert (Merge.objects.count(), MergedCustomer.objects.count()) == (1, 1)
    made = Merge.objects.get()
    answers = at_once(lambda: actions.undo(merge=made, by=cast.mei).state)
    assert sorted(answers) == ["state", "state", "undone"]
    assert checksums() == before


def test_each_into_the_other_at_once(cast, regions, policy):
    stays, goes, _below = build(cast, regions, days=10)
    pairs = [(stays, goes), (goes, stays)]
    answers = at_once(
        lambda: (lambda pair: actions.merge(survivor=pair[0], loser=pair[1], by=cast.mei).state)(pairs.pop()), count=2
    )
    assert sorted(answers) == ["done", "gone"]
    assert Customer.objects.filter(pk__in=(stays.pk, goes.pk)).count() == 1
