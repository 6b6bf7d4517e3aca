"""What the trust ledger, the complaints and the silence of a customer rest on: rows of other slices, exactly."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.clock import now, today
from customers.contacts.actions import log_contact
from customers.issues.actions import open_issue, reject, say, solve
from customers.models import Commitment, Contact, Customer, Issue, TierPolicy, TierStanding
from customers.profile.actions import assign, create_customer
from customers.promises.actions import break_, keep, make_commitment
from customers.relationship.actions import observe
from customers.tiers.policies import cadence_of_tiers
from customers.trust import evidence, reading, waiting
from customers.trust.ledger import Reading, a_year_before
from customers.trust.unheard import unheard

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def shop(regions, cast):
    made = create_customer(code="E1", name="店一", kind="franchisee", region=regions.jiangsu)
    assign(customers=[made], user=cast.tao, since=today() - 40 * A_DAY)
    return made


def kinds(customer) -> list[str]:
    return sorted(one.kind for one in reading.movements(customer, a_year_before(today()), today()))


def test_promises_of_ours_count_when_settled_theirs_never(shop, cast):
    def made(side="ours", due=3):
        return make_commitment(customer=shop, side=side, text="送样品", due_on=today() + due * A_DAY, by=cast.tao)

    keep(commitment=made(), by=cast.tao)
    break_(commitment=made(), by=cast.tao)
    keep(commitment=made("theirs"), by=cast.tao)
    made()  # open: nothing yet
    late = made()
    Commitment.objects.filter(pk=late.pk).update(made_on=today() - 9 * A_DAY, due_on=today() - 2 * A_DAY)
    late.refresh_from_db()
    keep(commitment=late, by=cast.tao)
    assert kinds(shop) == ["promise_broken", "promise_kept", "promise_late"]


def test_issues_count_by_their_day_and_by_the_customers_word(shop, cast):
    def issue(title):
        return open_issue(customer=shop, title=title, category="supply", by=cast.tao)

    good, denied, late = issue("少两箱"), issue("返利"), issue("海报")
    solve(issue=good, answer="补发", by=cast.tao)
    say(issue=good, solved=True, stars=5, by=cast.tao)
    solve(issue=denied, answer="已付", by=cast.tao)
    say(issue=denied, solved=False, by=cast.tao)
    Issue.objects.filter(pk=late.pk).update(reported_on=today() - 30 * A_DAY, due_on=today() - 5 * A_DAY)
    assert kinds(shop) == ["issue_confirmed", "issue_denied", "issue_in_time", "issue_late"]


def test_what_was_denied_opened_again_and_rejected_is_late_in_neither(shop, cast):
    """Nobody will solve it any more, so it is not late: neither on the page nor in the list."""
    one = open_issue(customer=shop, title="返利", category="supply", by=cast.tao)
    solve(issue=one, answer="已付", by=cast.tao)
    say(issue=one, solved=False, by=cast.tao)
    Issue.objects.update(reported_on=today() - 30 * A_DAY, due_on=today() - 5 * A_DAY)
    assert kinds(shop) == ["issue_denied", "issue_late"]
    both = reading.reading_of(cast.tao, shop, today())
    assert (both.deposits, both.withdrawals) == (0, 2)
    reject(issue=one, answer="合同里没有", by=cast.tao)
    assert kinds(shop) == ["issue_denied"]
    both = reading.reading_of(cast.tao, shop, today())
    assert (both.deposits, both.withdrawals) == (0, 1)


def test_a_contact_counts_once_and_a_private_one_for_nothing(shop, cast):
    for values in (
        {"just_listened": True, "asked_nothing": True},
        {"asked_nothing": True},
        {"asked_nothing": False},
        {"just_listened": True, "is_private": True},
    ):
        log_contact(customer=shop, by=cast.tao, channel="call", text="聊了聊", **values)
    assert kinds(shop) == ["asked_nothing", "listened"]


def test_a_reading_takes_as_many_statements_however_much_moved(shop, cast, regions):
    other = create_customer(code="E2", name="店二", kind="franchisee", region=regions.jiangsu)
    assign(customers=[other], user=cast.tao, since=today() - A_DAY)
    for customer in (shop, other):
        keep(
            commitment=make_commitment(
                customer=customer, side="ours", text="送样品", due_on=today() + A_DAY, by=cast.tao
            ),
            by=cast.tao,
        )
        for _n in range(4):
            log_contact(customer=customer, by=cast.tao, channel="call", text="x", asked_nothing=True)
        solve(issue=open_issue(customer=customer, title="x", category="supply", by=cast.tao), answer="y", by=cast.tao)

    def asked(customer) -> tuple[Reading, int]:
        with CaptureQueriesContext(connection) as statements:
            found = reading.reading_of(cast.tao, customer, today())
        return found, len(statements)

    one, few = asked(shop)
    two, same = asked(other)
    quiet, none = asked(create_customer(code="E3", name="店三", kind="franchisee", region=regions.jiangsu))
    assert few == same == none == 5
    assert one == two and quiet.n == 0
    assert (one.deposits, one.withdrawals, one.ours) == (6, 0, Decimal("10.0"))
    assert len(kinds(shop)) == 6


def test_the_first_complaint_rests_on_promotions_that_were_seen(shop, cast):
    for score in (100, 100, 50, 0):
        observe(
            customer=shop, trait="cooperation", kind="promotion", score=score, seen_on=today() - A_DAY, seen_by=cast.tao
        )
    found = evidence.own_way_of(shop, today())
    assert (found.agreed, found.changed, found.not_run, found.verdict) == (2, 1, 1, "true")


def test_the_second_holds_words_against_the_ledger(shop, cast):
    for business in (1, 1, 3, None):
        log_contact(customer=shop, by=cast.tao, channel="call", text="x", business=business)
    found = evidence.no_business_of(shop, today())
    assert (found.said, found.asked, found.growth, found.owed) == (2, 3, None, Decimal(0))
    assert found.verdict == "watch"


def test_nobody_heard_of_is_unknown_until_a_mood_is_told(shop, cast):
    from customers.tiers.actions import refresh

    assert TierPolicy.objects.adopted() is not None
    refresh()
    rows = Customer.objects.visible_to(cast.tao)
    assert [(one.customer.pk, one.days) for one in unheard(rows, today())] == [(shop.pk, None)]
    log_contact(customer=shop, by=cast.tao, channel="call", text="x")  # nothing of theirs in it
    assert len(unheard(rows, today())) == 1
    log_contact(customer=shop, by=cast.tao, channel="call", text="x", mood_after=2)
    assert unheard(rows, today()) == []
    Contact.objects.update(happened_at=now() - 31 * A_DAY)
    assert [(one.days, one.cadence) for one in unheard(rows, today())] == [(31, 30)]
    assert unheard(rows, today(), cadence={"C": 31}) == []
    assert unheard(Customer.objects.visible_to(cast.lin), today()) == []
    page = at(cast.tao).get("/customers/unheard/").content.decode()
    assert "Nothing heard for 31 days; every 30 at least." in page
    assert "店一" not in at(cast.lin).get("/customers/unheard/").content.decode()


def test_the_adopted_policy_says_how_long_nothing_heard_is_too_long(shop, cast):
    policy = TierPolicy.objects.adopted()
    assert policy is not None
    TierStanding.objects.update_or_create(
        customer=shop, defaults={"tier": "A", "kind": shop.kind, "region": shop.region}
    )
    log_contact(customer=shop, by=cast.tao, channel="call", text="x", mood_after=2)
    Contact.objects.update(happened_at=now() - 9 * A_DAY)

    def told() -> tuple[int, bool, bool]:
        listed = at(cast.tao).get("/customers/unheard/").content.decode()
        card = at(cast.tao).get(f"/customers/{shop.pk}/trust/").content.decode()
        return len(waiting.tasks(cast.tao, today())), "店一" in listed, "Nothing heard for 9 days" in card

    assert cadence_of_tiers() == {"A": 7, "B": 14, "C": 30}
    assert told() == (1, True, True)
    TierPolicy.objects.filter(pk=policy.pk).update(options={"cadence_days": {"A": 10}})
    assert cadence_of_tiers() == {"A": 10, "B": 14, "C": 30}
    assert told() == (0, False, False)
    TierPolicy.objects.update(adopted_at=None)
    assert cadence_of_tiers() == {"A": 7, "B": 14, "C": 30}


def test_the_list_is_a_tab_of_care(shop, cast):
    for address in ("special", "unheard"):
        page = at(cast.tao).get(f"/customers/{address}/").content.decode()
        assert 'href="/customers/unheard/"' in page, address


def test_heard_within_the_cadence_of_its_tier_by_any_of_the_ways(shop, cast, regions, django_assert_num_queries):
    from customers.models import TierStanding
    from customers.tiers.actions import refresh
    from customers.tiers.models import TierPolicy

    assert TierPolicy.objects.adopted() is not None
    other = create_customer(code="E2", name="店二", kind="franchisee", region=regions.jiangsu)
    refresh()
    TierStanding.objects.filter(customer=shop).update(tier="A")  # every 7 days
    TierStanding.objects.filter(customer=other).update(tier="B")  # every 14 days
    for customer in (shop, other):
        open_issue(customer=customer, title="x", category="supply", by=cast.mei)
        log_contact(customer=customer, by=cast.tao, channel="call", text="x", mood_after=2)

    def found(issue_ago: int, contact_ago: int) -> list[tuple]:
        Issue.objects.update(reported_on=today() - issue_ago * A_DAY)
        Contact.objects.update(happened_at=now() - contact_ago * A_DAY)
        rows = unheard(Customer.objects.visible_to(cast.mei), today())
        return [(one.customer.pk, one.days, one.cadence) for one in rows]

    assert found(7, 40) == []
    assert found(40, 7) == []
    assert found(8, 40) == [(shop.pk, 8, 7)]
    assert found(40, 14) == [(shop.pk, 14, 7)]
    assert found(15, 20) == [(shop.pk, 15, 7), (other.pk, 15, 14)]
    Customer.objects.filter(pk=shop.pk).update(opened_on=today() - 7 * A_DAY)
    assert found(15, 20) == [(other.pk, 15, 14)]
    rows = Customer.objects.filter(pk__in=[shop.pk, other.pk])
    with django_assert_num_queries(2):
        unheard(rows, today())


def test_the_page_shows_both_readings_and_only_to_who_sees_the_customer(shop, cast):
    keep(
        commitment=make_commitment(customer=shop, side="ours", text="送样品", due_on=today() + A_DAY, by=cast.tao),
        by=cast.tao,
    )
    text = re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", at(cast.tao).get(f"/customers/{shop.pk}/trust/").content.decode())
    )
    assert "not enough known: 1 of 5 movements" in text and "not asked yet" in text
    assert "we kept a promise" in text and "送样品" in text
    assert at(cast.lin).get(f"/customers/{shop.pk}/trust/").status_code == 404
