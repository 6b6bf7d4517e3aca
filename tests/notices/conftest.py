"""Three shops of East in Tao's charge, one of West in Lin's; a policy of Mei's, as a draft and sent; a dealer signed
in.
"""

from __future__ import annotations

import datetime

import pytest
from django.core.cache import cache
from django.test import Client

from crm.clock import now, today
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from customers.portal import actions as portal
from customers.portal import links, reading
from customers.profile.actions import assign, create_customer
from promotions.policies.actions import write_notice
from promotions.policies.audience import Audience
from promotions.policies.sending import send_notice

SINCE = datetime.date(2026, 1, 1)
DAY = datetime.timedelta(days=1)
TEXTS = {
    "zh-hans": {
        "title": "价格政策",
        "intro": "明年起执行。",
        "task": "换上新价签",
        "clauses": "零售价统一为 12 元。\n\n不得在网上低于零售价销售。\n\n违者取消返利。",
    },
    "en": {
        "title": "Price policy",
        "clauses": "The retail price is 12 yuan.\n\nNo sale online below it.\n\nWho does loses the rebate.",
    },
}


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def fresh_counters(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def shops(regions, cast):
    kinds = ("agent", "franchisee", "franchisee")
    made = [
        create_customer(code=f"E{n}", name=f"店{n}", kind=kind, region=regions.jiangsu) for n, kind in enumerate(kinds)
    ]
    west = create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    assign(customers=made, user=cast.tao, since=SINCE)
    assign(customers=[west], user=cast.lin, since=SINCE)
    return [*made, west]


def written(by, **values):
    given = {
        "kind": "policy",
        "language": "zh-hans",
        "texts": TEXTS,
        "answer_by": today() + 10 * DAY,
        "audience": Audience(everybody=True),
        "asks_doing": True,
        "do_by": today() + 20 * DAY,
    }
    return write_notice(by=by, **{**given, **values})


@pytest.fixture
def draft(shops, cast):
    return written(cast.mei)


@pytest.fixture
def sent(draft, cast):
    return send_notice(notice=draft, by=cast.mei)


@pytest.fixture
def delivery(sent, shops):
    return sent.deliveries.get(customer=shops[0])


@pytest.fixture
def dealer(shops, cast):
    """A client signed in as 王 of the first shop."""
    account = portal.invite(customer=shops[0], name="王", email="wang@shop.test", by=cast.tao)
    client = Client()
    client.post(links.address(reading.open_link(account), ""))
    return client


@pytest.fixture
def run_job(db):
    """Run a job here, once more if it has run: its result."""

    def run(job: Job) -> dict:
        Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, run_after=now())
        done = runner.run_here(Job.objects.get(pk=job.pk))
        assert done.state == Job.State.DONE, done.error
        return done.result

    return run


@pytest.fixture
def run_follow(run_job):
    return lambda: run_job(enqueue(kind="notices.follow"))
