"""Dealers are written to when they are asked to take part, and reminded while their answer is missing."""

from __future__ import annotations

import datetime

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import now, today
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from customers.portal import actions as portal
from customers.portal.models import PortalAccount
from customers.profile.actions import assign, create_customer
from promotions.policies.audience import Audience
from promotions.rollout import actions, letters
from promotions.rollout.models import Participation, Promotion
from promotions.rollout.waiting import tasks
from tests.promotions.conftest import DAY, SINCE, at
from tests.promotions.test_rollout import prepared

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def shops(shop, west, regions, cast):
    """Three of East, of which the first has two people with an address, the second one, the third none."""
    more = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in (2, 3)]
    assign(customers=more, user=cast.tao, since=SINCE)
    for name, email, language, one in (
        ("王", "wang@shop.test", "zh-hans", shop),
        ("Li", "li@shop.test", "en", shop),
        ("赵", "zhao@shop.test", "", more[0]),
        ("孙", "", "", more[1]),
    ):
        made = portal.invite(customer=one, name=name, email=email, phone="" if email else "139", by=cast.tao)
        PortalAccount.objects.filter(pk=made.pk).update(language=language)
    mail.outbox.clear()
    return [shop, *more]


@pytest.fixture
def running(shops, cast, settings):
    settings.PUBLIC_URL = "https://qiao.test"
    return actions.open_promotion(promotion=prepared(cast.mei), by=cast.mei)


def run(job: Job) -> dict:
    done = runner.run_here(job)
    assert done.state == Job.State.DONE, done.error
    return done.result


def first_letters() -> dict:
    return run(Job.objects.get(kind="promotions.letters", state=Job.State.QUEUED))


def night() -> int:
    """How many the night's job writes to."""
    enqueue(kind="promotions.remind")
    return run(Job.objects.get(kind="promotions.remind", state=Job.State.QUEUED))["sent"]


def longer_ago(days: int) -> None:
    """As if all that was written and asked had been so many days before."""
    by = datetime.timedelta(days=days)
    for one in Participation.objects.filter(reminded_at__isnull=False):
        Participation.objects.filter(pk=one.pk).update(reminded_at=one.reminded_at - by)
    for one in Promotion.objects.filter(opened_at__isnull=False):
        Promotion.objects.filter(pk=one.pk).update(opened_at=one.opened_at - by)


def told(code: str) -> tuple[int, bool]:
    """(reminders, whether they were written to at all)."""
    one = Participation.objects.get(customer__code=code)
    return one.reminders, one.reminded_at is not None


# --- letters ------------------------------------------------------------------------------------------------------


def test_who_is_asked_is_written_to_once_in_their_language(running, shops):
    assert first_letters() == {"sent": 2, "without_address": 1}
    found = {one.to[0]: one for one in mail.outbox}
    assert sorted(found) == ["li@shop.test", "wang@shop.test", "zhao@shop.test"]
    part = running.participations.get(customer=shops[0])
    english = found["li@shop.test"]
    assert english.subject == "Qiao: 春季端架"
    assert "Hello Li," in english.body and "you are asked to take part in “春季端架”" in english.body
    assert f"https://qiao.test/portal/promotions/runs/{part.pk}/" in english.body
    assert "端架两周" not in english.body
    assert [told(code) for code in ("E1", "E2", "E3")] == [(0, True), (0, True), (0, False)]
    letters.ask_to_invite(running, running.made_by)
    assert first_letters() == {"sent": 0, "without_address": 1} and len(mail.outbox) == 3


def test_who_has_answered_by_then_gets_no_letter(running, shops):
    actions.answer(participation=running.participations.get(customer=shops[0]), answer="declined")
    assert first_letters() == {"sent": 1, "without_address": 1}
    assert [one.to for one in mail.outbox] == [["zhao@shop.test"]]


def test_a_letter_that_does_not_go_is_not_counted(running, monkeypatch):
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _fails)
    job = Job.objects.get(kind="promotions.letters")
    failed = runner.run_here(job)
    assert failed.state != Job.State.DONE and "wang" not in failed.error
    assert set(Participation.objects.values_list("reminders", "reminded_at")) == {(0, None)}


def _fails(self, messages):
    raise OSError("no way to wang@shop.test")


def test_one_asks_by_hand_and_nobody_gets_two_in_a_day(running, cast):
    first_letters()
    letters.ask_to_remind(running, cast.tao)
    assert first_letters() == {"sent": 0, "without_address": 1}
    Participation.objects.filter(reminded_at__isnull=False).update(reminded_at=now() - 21 * HOUR)
    mail.outbox.clear()
    letters.ask_to_remind(running, cast.tao)
    assert first_letters() == {"sent": 2, "without_address": 1}
    assert {one.subject for one in mail.outbox} <= {"Do you take part? 春季端架", "您参加吗？春季端架"}
    assert "Do you take part? 春季端架" in {one.subject for one in mail.outbox}
    assert [told(code) for code in ("E1", "E2", "E3")] == [(1, True), (1, True), (0, False)]


def test_one_reminds_those_in_ones_reach_only(shops, west, cast):
    portal.invite(customer=west, name="周", email="zhou@shop.test", by=cast.lin)
    held = actions.open_promotion(promotion=prepared(cast.ada, audience=Audience(everybody=True)), by=cast.ada)
    first_letters()
    Participation.objects.filter(reminded_at__isnull=False).update(reminded_at=now() - 21 * HOUR)
    mail.outbox.clear()
    letters.ask_to_remind(held, cast.lin)
    assert first_letters() == {"sent": 1, "without_address": 0}
    assert [one.to for one in mail.outbox] == [["zhou@shop.test"]]


# --- the night ----------------------------------------------------------------------------------------------------


def test_the_night_reminds_every_third_day_and_three_times_at_most(running):
    first_letters()
    assert night() == 0
    for n, days in enumerate((1, 1, 1, 3, 3, 3), start=1):
        longer_ago(days)
        mail.outbox.clear()
        due = n in (3, 4, 5)
        assert night() == (2 if due else 0)
        assert len(mail.outbox) == (3 if due else 0)
        assert night() == 0  # the same night again
    assert told("E1") == (3, True)


def test_after_the_day_to_answer_nobody_is_reminded(running, cast):
    first_letters()
    longer_ago(4)
    Promotion.objects.update(answer_by=today() - DAY)
    assert night() == 0
    letters.ask_to_remind(running, cast.mei)
    assert first_letters() == {"sent": 0, "without_address": 0}
    Promotion.objects.update(answer_by=today())
    assert night() == 2


@pytest.mark.parametrize("change", [{"state": "closed"}, {"state": "dropped"}])
def test_of_what_is_over_nobody_is_reminded(running, change):
    first_letters()
    longer_ago(4)
    Promotion.objects.update(**change)
    assert night() == 0


def test_a_page_of_letters_takes_the_same_statements_a_letter(running, cast, regions):
    first_letters()

    def statements(n: int) -> int:
        for k in range(n):
            one = create_customer(code=f"P{n}-{k}", name="新", kind="franchisee", region=regions.jiangsu)
            portal.invite(customer=one, name="新", email=f"p{n}-{k}@shop.test", by=cast.mei)
            Participation.objects.create(promotion=running, customer=one)
        Job.objects.all().delete()
        letters.ask_to_invite(running, cast.mei)
        job = Job.objects.get()
        with CaptureQueriesContext(connection) as seen:
            assert run(job)["sent"] == n
        return len(seen)

    statements(2)
    few, many = statements(5), statements(25)
    assert many - few == 20


# --- on the board and on Today ------------------------------------------------------------------------------------


def test_the_board_says_how_many_would_be_reminded(running, shops, cast):
    mei, here = at(cast.mei), f"/promotions/runs/{running.pk}/"
    assert "Remind 2 who have not answered" in mei.get(here).text
    first_letters()
    assert "who have not answered" not in mei.get(here).text
    Participation.objects.filter(reminded_at__isnull=False).update(reminded_at=now() - 21 * HOUR)
    actions.answer(participation=running.participations.get(customer=shops[0]), answer="accepted")
    assert "Remind 1 who has not answered" in mei.get(here).text
    assert "Remind" not in at(cast.ana).get(here).text
    asked = mei.post(f"{here}remind/")
    assert asked["Location"] == f"{here}?stage=invited"
    job = Job.objects.get(kind="promotions.letters", state=Job.State.QUEUED)
    assert (job.input, job.asked_by) == ({"promotion": running.pk, "reminds": True}, cast.mei)
    assert run(job) == {"sent": 1, "without_address": 1}
    assert "reminded on" in mei.get(f"{here}?stage=invited").text


def test_after_the_day_to_answer_the_board_reminds_nobody(running, cast):
    Job.objects.all().delete()
    Promotion.objects.update(answer_by=today() - DAY)
    page = at(cast.mei).post(f"/promotions/runs/{running.pk}/remind/", follow=True)
    assert "The day to answer has passed: nobody is reminded any more." in page.text
    assert "Remind " not in page.text and not Job.objects.exists()


def test_today_says_who_has_not_answered_and_by_when(running, shops, cast):
    assert tasks(cast.tao, today()) == []  # there are seven days yet
    Promotion.objects.update(answer_by=today() + 3 * DAY)
    [one] = tasks(cast.tao, today())
    assert one.reason.startswith("3 of your customers have not said whether they take part in “春季端架”, by ")
    assert (one.url, one.tone, one.late, one.customer_id) == (
        f"/promotions/runs/{running.pk}/?stage=invited",
        "warn",
        -3,
        None,
    )
    for shop in shops[1:]:
        actions.answer(participation=running.participations.get(customer=shop), answer="accepted")
    Promotion.objects.update(answer_by=today() - DAY)
    [alone] = tasks(cast.tao, today())
    part = running.participations.get(customer=shops[0])
    assert alone.reason.startswith("Has not said whether they take part in “春季端架”; the day was ")
    assert (alone.url, alone.tone, alone.late, alone.customer_id) == (
        f"/promotions/parts/{part.pk}/",
        "bad",
        1,
        shops[0].pk,
    )
    assert tasks(cast.lin, today()) == [] and tasks(cast.ana, today()) == []
    Promotion.objects.update(starts_on=today() - DAY, ends_on=today() - DAY)
    assert [one.key.split(":")[0] for one in tasks(cast.tao, today())] == ["promotion", "promotion"]


def test_today_takes_one_statement_however_many(running, shops, cast):
    actions.answer(participation=running.participations.get(customer=shops[0]), answer="countered", text="一周")
    Promotion.objects.update(answer_by=today())
    tasks(cast.tao, today())  # whose reach is known by now
    with CaptureQueriesContext(connection) as seen:
        assert len(tasks(cast.tao, today())) == 2
    assert len(seen) == 1
