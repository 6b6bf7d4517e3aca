"""A special customer's dedicated person has its lines on Today, though somebody else is in charge of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.accounts.actions import create_user
from crm.accounts.models import User
from crm.clock import now, today
from crm.today.reading import lines_of, team_of
from customers.care.special import begin_care, end_care
from customers.issues.actions import open_issue
from customers.issues.models import Issue
from customers.models import SlumpAlert, TierStanding
from customers.profile.actions import assign, create_customer
from customers.promises.actions import make_commitment
from customers.promises.models import Commitment
from customers.tiers.actions import refresh
from tests.issues.conftest import put_due
from tests.slumps.test_pages import made
from tests.today.test_today import A_DAY, invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def wei(regions, cast):
    """Posted to Sichuan, where the shop is not: what she sees of it, she sees as its dedicated person."""
    return create_user(username="wei", name="Wei", role="manager", region=regions.sichuan)


@pytest.fixture
def shops(regions, cast, policy):
    """Two of Tao's, each with a slump, a debt, a promise, an issue of Tao's, and silence."""
    found = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(2)]
    assign(customers=found, user=cast.tao, since=today() - 40 * A_DAY)
    refresh()
    for shop in found:
        invoice(shop, Decimal(1000), 7)
        made(shop)
        make_commitment(customer=shop, side="theirs", text="清掉夏款", due_on=today(), by=cast.tao)
        open_issue(customer=shop, title="少两箱", category="supply", text="清点时少两箱", by=cast.tao)
        TierStanding.objects.filter(customer=shop).update(
            tier="B", w0=Decimal(9000), last_sold_on=today() - 30 * A_DAY, open_now=True
        )
    put_due(Issue.objects.all(), today() - 90 * A_DAY, today() - A_DAY)
    return found


def lines(user) -> set[str]:
    return {one.key for one in lines_of(User.objects.get(pk=user.pk), today()).tasks}


def cared_for(shop, wei, cast):
    words = {"reason": "贵客", "exit_rule": "连续两季增长"}
    return begin_care(customer=shop, user=wei, review_on=today() + 30 * A_DAY, by=cast.ada, **words)


def test_the_dedicated_person_has_every_line_and_who_is_in_charge_keeps_theirs(shops, wei, cast):
    assert lines(wei) == set()
    before = lines(cast.tao)
    care = cared_for(shops[0], wei, cast)
    pk, promise = shops[0].pk, Commitment.objects.get(customer=shops[0])
    issue = Issue.objects.get(customer=shops[0])
    assert lines(wei) == {
        f"slump:{SlumpAlert.objects.get(customer=shops[0]).pk}",
        f"overdue:{pk}",
        f"promise:{promise.pk}:{promise.due_on}",
        f"issue:{issue.pk}:{issue.due_on}",
        f"silent:{pk}:{today() - 30 * A_DAY}",
        f"unheard:{pk}:{today() - 90 * A_DAY}",
        f"slipping:{pk}:never",
    }
    assert lines(cast.tao) == before
    assert {share.owner for share in team_of(cast.mei, today())} == {"Tao"}
    end_care(care=care, by=cast.ada, outcome="好了")
    assert lines(wei) == set()


def test_an_issue_that_is_in_time_is_its_owners_alone(shops, wei, cast):
    cared_for(shops[0], wei, cast)
    put_due(Issue.objects.all(), today(), today() + 9 * A_DAY)
    assert not [key for key in lines(wei) if key.startswith("issue:")]
    Issue.objects.update(word=False, word_at=now())
    assert len([key for key in lines(wei) if key.startswith("issue:")]) == 1


def test_as_many_statements_for_two_as_for_one(shops, wei, cast):
    def asked() -> int:
        user = User.objects.get(pk=wei.pk)
        with CaptureQueriesContext(connection) as found:
            assert lines_of(user, today()).tasks
        return len(found)

    cared_for(shops[0], wei, cast)
    one = asked()
    cared_for(shops[1], wei, cast)
    assert asked() == one
