"""Lists of notices, what was told and questions over the API: filtered, in order, in few statements."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from customers.profile.actions import create_customer
from promotions.policies.answer_models import NoticeDelivery
from promotions.policies.answering import Mark, answer_notice, ask, reply
from promotions.policies.audience import Audience
from promotions.policies.papers import add_paper
from promotions.policies.sending import send_notice
from tests.notices.conftest import DAY, at, written

pytestmark = pytest.mark.django_db
HERE, TOLD, ASKED = "/api/v1/notices/", "/api/v1/notice-deliveries/", "/api/v1/notice-questions/"
NOBODY = dict.fromkeys(("told", "read", "understood", "agreed", "unclear", "cannot", "propose", "done", "late"), 0)


def ids(user, address) -> list[int]:
    return [one["id"] for one in at(user).get(address).json()["results"]]


def test_notices_are_filtered_ordered_and_sparse(sent, cast):
    plan = written(cast.mei, kind="plan", answer_by=today() + DAY)
    assert ids(cast.mei, HERE) == [plan.pk, sent.pk]
    assert ids(cast.mei, f"{HERE}?kind=plan") == [plan.pk]
    assert ids(cast.mei, f"{HERE}?state=sent") == [sent.pk]
    assert ids(cast.mei, f"{HERE}?ordering=answer_by") == [plan.pk, sent.pk]
    assert ids(cast.mei, f"{HERE}?ordering=-answer_by") == [sent.pk, plan.pk]
    assert ids(cast.tao, HERE) == [sent.pk]  # another's draft is nobody else's
    for wrong in ("kind=x", "q=x", "ordering=title", "fields=x"):
        assert at(cast.mei).get(f"{HERE}?{wrong}").status_code == 400
    found = at(cast.mei).get(f"{HERE}?fields=id,standing&page_size=1").json()
    assert found["results"] == [{"id": plan.pk, "standing": NOBODY}]
    assert [one["id"] for one in at(cast.mei).get(found["next"]).json()["results"]] == [sent.pk]


def test_deliveries_are_filtered(sent, shops, cast):
    first, second, third = sent.deliveries.order_by("pk")
    answer_notice(delivery=first, answer="agree", through="visit", by=cast.tao)
    NoticeDelivery.objects.filter(pk=first.pk).update(done_on=today())
    answer_notice(delivery=second, answer="unclear", through="visit", by=cast.tao)
    assert ids(cast.tao, TOLD) == [third.pk, second.pk, first.pk]
    assert ids(cast.tao, f"{TOLD}?answer=unclear&notice={sent.pk}") == [second.pk]
    assert ids(cast.tao, f"{TOLD}?unanswered=true") == [third.pk]
    assert ids(cast.tao, f"{TOLD}?unanswered=false") == [second.pk, first.pk]
    assert ids(cast.tao, f"{TOLD}?not_done=true") == [third.pk, second.pk]
    assert ids(cast.tao, f"{TOLD}?not_done=false") == [first.pk]
    assert ids(cast.tao, f"{TOLD}?customer={shops[1].pk}") == [second.pk]
    assert ids(cast.tao, f"{TOLD}?notice=99999") == []
    assert at(cast.tao).get(f"{TOLD}?answer=yes").status_code == 400


def test_questions_are_filtered(sent, delivery, cast):
    first = ask(delivery=delivery, text="a", through="visit", by=cast.tao)
    second = ask(delivery=delivery, text="b", through="visit", by=cast.tao)
    reply(question=first, text="so", by=cast.tao)
    assert ids(cast.mei, ASKED) == [first.pk, second.pk]
    assert ids(cast.mei, f"{ASKED}?open=true") == [second.pk]
    assert ids(cast.mei, f"{ASKED}?open=false") == [first.pk]
    assert ids(cast.mei, f"{ASKED}?owner={cast.tao.pk}&notice={sent.pk}") == [first.pk, second.pk]
    assert ids(cast.mei, f"{ASKED}?owner={cast.mei.pk}") == []


def test_many_take_as_many_statements_as_few(shops, cast, regions):
    def fill(n):
        made = [create_customer(code=f"M{n}{k}", name="x", kind="franchisee", region=regions.jiangsu) for k in range(2)]
        notice = written(cast.mei, audience=Audience(codes=tuple(one.code for one in made)))
        add_paper(notice=notice, file=io.BytesIO(b"paper %d" % n), name="p.txt", by=cast.mei)
        send_notice(notice=notice, by=cast.mei)
        for told in notice.deliveries.all():
            marks = {1: Mark("cannot", "x"), 2: Mark("unclear")}
            answer_notice(delivery=told, answer="unclear", through="visit", marks=marks, by=cast.mei)
            ask(delivery=told, text="x", through="visit", clause=1, by=cast.mei)
        written(cast.mei)  # drafts are told by their only version
        return notice

    def counts(client):
        found = []
        for address in (HERE, TOLD, ASKED):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            found.append(len(seen))
        return found

    fill(0)
    few = counts(at(cast.mei))
    fill(1)
    fill(2)
    assert counts(at(cast.mei)) == few


def test_one_takes_as_many_statements_with_more_in_it(sent, delivery, cast):
    def counts(client):
        found = []
        for address in (f"{HERE}{sent.pk}/", f"{TOLD}{delivery.pk}/"):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            found.append(len(seen))
        return found

    def more(n):
        answer_notice(delivery=delivery, answer="unclear", through="visit", marks={1: Mark("unclear")}, by=cast.tao)
        ask(delivery=delivery, text="x", through="visit", clause=1, by=cast.tao)
        add_paper(notice=sent, file=io.BytesIO(b"paper %d" % n), name=f"p{n}.txt", by=cast.mei)

    more(0)
    few = counts(at(cast.mei))
    for n in (1, 2, 3):
        more(n)
    assert counts(at(cast.mei)) == few
