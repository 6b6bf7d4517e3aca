"""An agreed day that we change late draws on their trust; in good time, or at their wish, it does not."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from django.utils import formats

from crm.clock import now, today
from customers.models import TierPolicy
from customers.profile.actions import create_customer
from customers.trust.ledger import a_year_before
from customers.trust.reading import movements
from tests.slumps.conftest import at
from visits.agenda.actions import accept_proposal
from visits.agenda.models import TimeAnswer
from visits.models import AgreedBefore, PlannedVisit, ShortNotice
from visits.plan.actions import call_off, change_visit, plan_visit, reopen_visit
from visits.plan.replacing import Put, put_back, replace

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def shop(regions):
    return create_customer(code="E1", name="店一", kind="franchisee", region=regions.jiangsu)


def planned(shop, cast, ahead: int, **how) -> PlannedVisit:
    return plan_visit(customer=shop, visitor=cast.mei, day=today() + ahead * A_DAY, by=cast.mei, **how)


def told(shop) -> list[tuple[str, str, bool]]:
    found = movements(shop, a_year_before(today()), today())
    return [(one.kind, one.text, one.is_deposit) for one in found]


def day(ahead: int) -> str:
    return formats.date_format(today() + ahead * A_DAY)


@pytest.mark.parametrize(("ahead", "late"), [(0, True), (1, True), (2, False), (5, False)])
def test_moved_on_the_day_or_the_day_before_is_late(shop, cast, ahead, late):
    visit = planned(shop, cast, ahead, is_agreed=True)
    change_visit(visit=visit, by=cast.mei, day=today() + 9 * A_DAY)
    expected = [("change_late", f"agreed for {day(ahead)}, moved to {day(9)}", False)]
    assert told(shop) == (expected if late else [])


def test_the_first_time_for_an_agreed_day_is_no_change_another_time_is(shop, cast):
    visit = planned(shop, cast, 1, is_agreed=True)
    change_visit(visit=visit, by=cast.mei, starts_at=datetime.time(10))
    assert told(shop) == []
    change_visit(visit=visit, by=cast.mei, starts_at=datetime.time(15))
    assert told(shop) == [("change_late", f"agreed for {day(1)}, put to another time", False)]


def test_what_is_put_back_the_same_day_was_no_change(shop, cast):
    visit = planned(shop, cast, 1, is_agreed=True)
    change_visit(visit=visit, by=cast.mei, day=today() + 3 * A_DAY)
    assert len(told(shop)) == 1
    change_visit(visit=visit, by=cast.mei, day=today() + A_DAY)
    assert told(shop) == []


def unagreed(shop, cast, ahead: int, **how) -> PlannedVisit:
    """Agreed, and the word taken back before anything is moved."""
    return change_visit(visit=planned(shop, cast, ahead, is_agreed=True), by=cast.mei, is_agreed=False, **how)


@pytest.mark.parametrize(("ahead", "late"), [(0, True), (1, True), (2, False)])
def test_taking_the_word_back_first_is_no_way_round(shop, cast, ahead, late):
    visit = unagreed(shop, cast, ahead)
    assert told(shop) == []
    change_visit(visit=visit, by=cast.mei, day=today() + 9 * A_DAY)
    expected = [("change_late", f"agreed for {day(ahead)}, moved to {day(9)}", False)]
    assert told(shop) == (expected if late else [])


@pytest.mark.parametrize(("ago", "late"), [(0, True), (1, True), (2, False)])
def test_taken_back_the_day_before_the_visit_it_still_counts(shop, cast, ago, late):
    visit = unagreed(shop, cast, 0)
    AgreedBefore.objects.filter(visit=visit).update(ended_on=today() - ago * A_DAY)
    change_visit(visit=visit, by=cast.mei, day=today() + 3 * A_DAY)
    assert len(told(shop)) == late


def test_however_often_it_moves_then_it_counts_once_and_not_at_all_where_it_is_back(shop, cast):
    visit = unagreed(shop, cast, 1)
    for to in (3, 4):
        change_visit(visit=visit, by=cast.mei, day=today() + to * A_DAY)
    call_off(visit=visit, reason="车坏了", by=cast.mei)
    assert told(shop) == [("change_late", f"agreed for {day(1)}, moved to {day(4)}", False)]
    reopen_visit(visit=visit, by=cast.mei)
    change_visit(visit=visit, by=cast.mei, day=today() + A_DAY)
    assert told(shop) == []
    call_off(visit=visit, reason="车坏了", by=cast.mei)
    assert told(shop) == [("change_late", f"agreed for {day(1)}, called off", False)]


def test_at_their_wish_neither_taking_back_nor_moving_counts(shop, cast):
    change_visit(visit=unagreed(shop, cast, 1, they_asked=True), by=cast.mei, day=today() + 3 * A_DAY)
    visit = unagreed(shop, cast, 0)
    assert all(b"they_asked" in page.content for page in pages(visit, cast))
    change_visit(visit=visit, by=cast.mei, day=today() + 4 * A_DAY, they_asked=True)
    change_visit(visit=visit, by=cast.mei, day=today() + 5 * A_DAY)
    assert not ShortNotice.objects.exists()
    assert not any(b"they_asked" in page.content for page in pages(visit, cast))


def pages(visit, cast) -> list:
    return [at(cast.mei).get(reverse(name, args=[visit.pk])) for name in ("visits:edit", "visits:call-off")]


def test_what_is_agreed_anew_is_another_promise(shop, cast):
    visit = unagreed(shop, cast, 1)
    change_visit(visit=visit, by=cast.mei, is_agreed=True)
    assert not AgreedBefore.objects.exists()
    change_visit(visit=visit, by=cast.mei, starts_at=datetime.time(10))
    assert told(shop) == []


def test_a_plan_made_anew_is_no_way_round(shop, cast):
    visits = [unagreed(shop, cast, 1), planned(shop, cast, 3)]
    span = {"visitor": cast.mei, "first": today(), "last": today() + 9 * A_DAY, "by": cast.mei}
    seen = {one.pk: one.version for one in PlannedVisit.objects.all()}
    put = [Put(one.pk, today() + (5 + n) * A_DAY, None) for n, one in enumerate(visits)]
    journal = replace(seen=seen, new=[], put=put, dropped=[], why="x", **span)
    assert told(shop) == [("change_late", f"agreed for {day(1)}, moved to {day(5)}", False)]
    put_back(visitor=cast.mei, journal=journal, by=cast.mei)
    assert told(shop) == []


def test_called_off_counts_until_it_is_taken_back(shop, cast):
    visit = planned(shop, cast, 1, is_agreed=True)
    call_off(visit=visit, reason="车坏了", by=cast.mei)
    assert told(shop) == [("change_late", f"agreed for {day(1)}, called off", False)]
    reopen_visit(visit=visit, by=cast.mei)
    assert told(shop) == []


def test_what_nobody_agreed_what_they_asked_for_and_words_do_not_count(shop, cast):
    change_visit(visit=planned(shop, cast, 0), by=cast.mei, day=today() + 3 * A_DAY)
    visit = planned(shop, cast, 0, is_agreed=True)
    change_visit(visit=visit, by=cast.mei, note="带样品", goals=["谈陈列"])
    change_visit(visit=visit, by=cast.mei, day=today() + A_DAY, they_asked=True)
    call_off(visit=visit, reason="店主有事", by=cast.mei, they_asked=True)
    assert not ShortNotice.objects.exists()


def test_a_day_they_proposed_is_their_wish(shop, cast):
    visit = planned(shop, cast, 1, is_agreed=True)
    TimeAnswer.objects.create(
        visit=visit, says="no", day=visit.day, starts_at=visit.starts_at, proposed_on=today() + 4 * A_DAY, at=now()
    )
    accept_proposal(visit=visit, by=cast.mei)
    visit.refresh_from_db()
    assert visit.day == today() + 4 * A_DAY
    assert not ShortNotice.objects.exists()


def test_the_pages_ask_who_wanted_it_where_a_day_was_agreed(shop, cast):
    loose, agreed = planned(shop, cast, 1), planned(shop, cast, 0, is_agreed=True)
    for name in ("visits:edit", "visits:call-off"):
        pages = [at(cast.mei).get(reverse(name, args=[one.pk])) for one in (loose, agreed)]
        assert [b"they_asked" in page.content for page in pages] == [False, True]
    sent = {"reason": "店主有事", "they_asked": "on"}
    assert at(cast.mei).post(reverse("visits:call-off", args=[agreed.pk]), sent).status_code == 302
    assert not ShortNotice.objects.exists()


def test_over_the_api(shop, cast):
    visit = planned(shop, cast, 1, is_agreed=True)
    where, to = f"/api/v1/visits/{visit.pk}/", (today() + 6 * A_DAY).isoformat()
    sent = {"content_type": "application/json", "HTTP_IF_MATCH": "*"}
    assert at(cast.mei).patch(where, {"day": to, "they_asked": True}, **sent).status_code == 200
    assert not ShortNotice.objects.exists()
    late = planned(shop, cast, 1, is_agreed=True)
    answer = at(cast.mei).patch(f"/api/v1/visits/{late.pk}/", {"day": day_of(7)}, **sent)
    assert answer.status_code == 200
    assert ShortNotice.objects.get().now_on == today() + 7 * A_DAY


def day_of(ahead: int) -> str:
    return (today() + ahead * A_DAY).isoformat()


def test_the_trust_page_names_it_and_asks_once_more_however_many(shop, cast, django_assert_num_queries):
    assert TierPolicy.objects.exists()
    for ahead in (0, 1):
        call_off(visit=planned(shop, cast, ahead, is_agreed=True), reason="x", by=cast.mei)
    page = at(cast.mei).get(reverse("customers:trust", args=[shop.pk])).content.decode()
    assert page.count("we changed what was agreed at short notice") >= 2
    with django_assert_num_queries(4):
        movements(shop, a_year_before(today()), today())
