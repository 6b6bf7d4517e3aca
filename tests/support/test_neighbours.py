"""What support tells its neighbours: the portal, the timeline, exports, merges, erasures, and the log."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client

from crm.appendonly import lifted_for
from crm.clock import today
from crm.integrity import Found
from crm.models import AuditEntry
from customers.duplicates import actions as doubles
from customers.models import Entitlement, SupportCost, SupportRequest
from customers.portal import actions as portal
from customers.portal import links, reading
from customers.support import actions, booking, exporting, integrity, setting
from customers.support.entitlements import entitlement_of
from customers.support.timeline import entries
from tests.support.conftest import A_DAY, asked, at, stand, yuan

pytestmark = pytest.mark.django_db


def test_a_dealer_sees_what_is_left_and_what_became_of_their_requests(shops, cast, entitled):
    account = portal.invite(customer=shops[0], name="王老板", phone="13900001111", by=cast.tao)
    dealer = Client()
    dealer.post(links.address(reading.open_link(account), ""))
    actions.grant(request=asked(shops[0], cast.tao, expected="内部的话"), by=cast.mei, answer="只给他一次")
    actions.refuse(request=asked(shops[0], cast.tao, code="return"), by=cast.mei, reason="内部的理由")
    asked(shops[1], cast.tao, code="display")
    page = dealer.get("/portal/").content.decode()
    part = page[page.index('id="support"') :].partition("</section>")[0]
    assert "¥3,400.00 used, ¥8,600.00 left" in part and "8% off materials" in part
    assert "granted" in part and "refused" in part and "display" not in part
    assert not any(word in page for word in ("内部的话", "只给他一次", "内部的理由"))


def test_the_timeline_tells_what_was_asked_and_decided(shops, cast):
    row = asked(shops[0], cast.tao, asked_on=today() - 5 * A_DAY)
    actions.refuse(request=row, by=cast.mei, reason="额度用完")
    found = entries(cast.tao, shops[0], today() - 9 * A_DAY, today() + A_DAY)
    assert [(one.kind, one.title, one.text, one.tone) for one in found] == [
        ("support", "Asked for support: publicity and promotion", "¥3,400.00 · 国庆活动的物料", ""),
        ("support", "Support refused: publicity and promotion", "额度用完", "warn"),
    ]
    assert found[0].url == f"/support/requests/{row.pk}/" and found[0].at < found[1].at
    assert len(entries(cast.tao, shops[0], today(), today() + A_DAY)) == 1
    assert entries(cast.lin, shops[0], today() - 9 * A_DAY, today() + A_DAY) == []


def test_the_file_equals_the_list(shops, cast):
    asked(shops[0], cast.tao, "10")
    actions.refuse(request=asked(shops[1], cast.tao, "20"), by=cast.mei, reason="x")
    asked(shops[2], cast.lin, "30")
    rows = list(exporting.rows(cast.mei, QueryDict("")))
    assert [(row[1], row[8]) for row in rows] == [("E1", yuan(20)), ("E0", yuan(10))]
    assert all(len(row) == len(exporting.COLUMNS) for row in rows)
    assert [row[1] for row in exporting.rows(cast.mei, QueryDict("state=refused"))] == ["E1"]
    assert exporting.count(cast.lin, QueryDict("")) == 1
    answer = at(cast.ana).post("/support/export/", {"format": "csv", "query": "state=refused"})
    assert answer["Location"] == "/exports/"


def test_two_customers_become_one(shops, cast, entitled, budgets):
    row = actions.grant(request=asked(shops[0], cast.tao), by=cast.tao)
    booking.book_cost(request=row, amount=yuan(100), by=cast.tao)
    exception = setting.propose_exception(
        customer=shops[0], gives="terms", amount=yuan(60), until=today() + 9 * A_DAY, reason="x", by=cast.tao
    )
    merge = doubles.merge(survivor=shops[1], loser=shops[0], by=cast.ada)
    row.refresh_from_db()
    exception.refresh_from_db()
    assert (row.customer, exception.customer, row.used) == (shops[1], shops[1], yuan(3400))
    assert entitlement_of(shops[1]).of("promotion").used == yuan(3400)
    doubles.undo(merge=merge, by=cast.ada)
    row.refresh_from_db()
    assert row.customer_id == shops[0].pk


def test_the_log_speaks_peoples_words(shops, cast, entitled):
    actions.grant(request=asked(shops[0], cast.tao), by=cast.mei)
    text = at(cast.ada).get("/audit/").content.decode()
    assert "Support granted" in text and "Support asked for" in text and "publicity and promotion" in text
    assert "Entitlement set" in text
    assert AuditEntry.objects.filter(action="support.entitlement").count() == 5


def test_integrity_notices_what_does_not_hold(shops, cast):
    row = actions.grant(request=asked(shops[0], cast.tao), by=cast.tao)
    booking.book_cost(request=row, amount=yuan(100), by=cast.tao)
    asked_twice = asked(shops[0], cast.tao)
    actions.correct(request=asked_twice, by=cast.tao, reason="x", what="y")

    def wrong() -> list[int]:
        found = [Found() for _check in integrity.CHECKS]
        with connection.cursor() as cursor:
            for check, one in zip(integrity.CHECKS, found, strict=True):
                check.find(cursor, one)
        return [one.count for one in found]

    assert wrong() == [0, 0]
    SupportRequest.objects.filter(pk=row.pk).update(booked=yuan(99))
    SupportRequest.objects.filter(pk=asked_twice.pk).update(live=True)
    assert wrong() == [1, 1]
    SupportRequest.objects.filter(pk=row.pk).update(booked=yuan(100), used=yuan(1))
    assert wrong() == [1, 1]


def test_entitlements_and_costs_are_never_changed(shops, cast, entitled):
    row = actions.grant(request=asked(shops[0], cast.tao), by=cast.tao)
    booking.book_cost(request=row, amount=yuan(1), by=cast.tao)
    for model in (Entitlement, SupportCost):
        for act in (lambda rows: rows.update(note="x"), lambda rows: rows.delete()):
            with pytest.raises(Exception, match="append-only"), transaction.atomic():
                act(model.objects.all())


def test_the_tier_of_a_past_day_is_that_of_its_decisions(shops, cast, entitled, policy):
    from customers.models import TierDecision, TierRun

    day = today() - 10 * A_DAY
    run = TierRun.objects.create(policy=policy, as_of=day, mode="full")
    TierDecision.objects.create(
        customer=shops[0], run=run, policy=policy, as_of=day, tier="B", reason="x", w0=0, w1=0, w2=0
    )
    assert entitlement_of(shops[0], day).tier == "B" and entitlement_of(shops[0], day - A_DAY).tier == ""
    stand(shops[0], "A")
    assert entitlement_of(shops[0]).tier == "A"
    # The entitlements were set today: on that day nothing was given.
    assert entitlement_of(shops[0], day).lines == {}
    with transaction.atomic(), lifted_for(connection, ["customers_entitlement"], ("update",)):
        Entitlement.objects.update(since=datetime.date(2025, 1, 1))
    assert entitlement_of(shops[0], day).of("promotion").amount == yuan(4000)
