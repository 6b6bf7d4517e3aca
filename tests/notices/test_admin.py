"""Notices in the admin: read by staff, in reach, and written by nobody."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promotions.policies.answer_models import NoticeQuestion
from promotions.policies.answering import answer_notice, ask
from promotions.policies.models import Notice
from tests.notices.conftest import at, written

pytestmark = pytest.mark.django_db
HERE = "/admin/promotions/"


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.ADMIN_MFA = False


@pytest.fixture
def rows(delivery, sent, cast):
    """One of each, by the name in the address."""
    return {
        "notice": sent,
        "noticedelivery": delivery,
        "noticeanswer": answer_notice(
            delivery=delivery, answer="cannot", reason="money", text="店小", through="visit", by=cast.tao
        ),
        "noticequestion": ask(delivery=delivery, text="从哪天起", through="visit", clause=1, by=cast.tao),
    }


WORDS = {"notice": "Price policy", "noticedelivery": "店0", "noticeanswer": "店0", "noticequestion": "从哪天起"}


@pytest.mark.parametrize("name", WORDS)
def test_staff_read_what_is_in_their_reach(rows, cast, name):
    change = f"{HERE}{name}/{rows[name].pk}/change/"
    for who in (cast.ada, cast.mei, cast.ana):
        assert WORDS[name] in at(who).get(f"{HERE}{name}/").text
        assert at(who).get(change).status_code == 200
    assert WORDS[name] not in at(cast.lin).get(f"{HERE}{name}/").text
    assert at(cast.lin).get(change).status_code == 302  # to the start, as from what is not there


@pytest.mark.parametrize("name", WORDS)
def test_nobody_writes_there(rows, cast, name):
    ada, change = at(cast.ada), f"{HERE}{name}/{rows[name].pk}/"
    assert ada.get(f"{HERE}{name}/add/").status_code == 403
    assert ada.post(f"{change}change/", {"answer": "agree", "reply": "x", "state": "draft"}).status_code == 403
    assert ada.post(f"{change}delete/", {"post": "yes"}).status_code == 403
    rows["noticedelivery"].refresh_from_db()
    assert (Notice.objects.get().state, rows["noticedelivery"].answer) == ("sent", "cannot")
    assert NoticeQuestion.objects.get().reply == ""


def test_they_are_found_by_customer(rows, cast):
    for name in ("noticedelivery", "noticeanswer", "noticequestion"):
        assert "店0" in at(cast.ada).get(f"{HERE}{name}/?q=E0").text
        assert "店0" not in at(cast.ada).get(f"{HERE}{name}/?q=E9").text


def test_the_audience_is_in_no_page(sent, cast):
    Notice.objects.filter(pk=sent.pk).update(audience={"codes": ["SECRET-W9"]})
    assert "SECRET-W9" not in at(cast.mei).get(f"{HERE}notice/{sent.pk}/change/").text


def test_more_notices_take_no_more_statements(rows, cast):
    def count(name):
        client = at(cast.ada)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"{HERE}{name}/").status_code == 200
        return len(seen)

    written(cast.mei)
    few = {name: count(name) for name in WORDS}
    for _n in range(3):
        written(cast.mei)
        ask(delivery=rows["noticedelivery"], text="x", through="visit", by=cast.tao)
        answer_notice(delivery=rows["noticedelivery"], answer="agree", through="visit", by=cast.tao)
    assert {name: count(name) for name in WORDS} == few
