"""What dealers see of visits: those agreed with them, and nothing of why."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from customers.portal import actions as portal
from customers.portal import links, reading
from tests.visits.conftest import ahead
from visits.plan.actions import change_visit, plan_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer(shops, cast):
    account = portal.invite(customer=shops[0], name="王老板", phone="13900001111", by=cast.tao)
    client = Client()
    client.post(links.address(reading.open_link(account), ""))
    return client


def test_a_dealer_sees_the_visits_agreed_with_them(dealer, visit, shops, cast):
    assert 'id="visits"' not in dealer.get("/portal/").content.decode()
    change_visit(visit=visit, by=cast.tao, is_agreed=True, starts_at=datetime.time(9, 30))
    other = plan_visit(customer=shops[1], visitor=cast.tao, day=ahead(2), by=cast.tao, is_agreed=True, note="别家")
    page = dealer.get("/portal/").content.decode()
    part = page[page.index('id="visits"') :].partition("</section>")[0]
    assert "09:30" in part and "Tao" in part and part.count("<li>") == 1
    assert "先打电话" not in page and "看库存" not in page and other.note not in page
