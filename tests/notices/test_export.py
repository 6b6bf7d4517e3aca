"""Who has answered a notice, as a file."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from crm.exports.models import Export
from promotions.policies.actions import change_notice
from promotions.policies.answer_models import NoticeDelivery
from promotions.policies.answering import answer_notice, mark_done
from promotions.policies.audience import Audience
from promotions.policies.exporting import COLUMNS, count, rows
from promotions.policies.sending import publish_version, send_notice
from tests.notices.conftest import at, written

pytestmark = pytest.mark.django_db


def told(user, **params) -> list[list]:
    asked = QueryDict(mutable=True)
    for name, value in params.items():
        asked[name] = str(value)
    found = list(rows(user, asked))
    assert count(user, asked) == len(found)
    return found


def test_the_columns_are_these():
    names = [one.name for one in COLUMNS]
    assert names == [
        *("code", "customer", "tier", "region", "notice", "version", "told", "read"),
        *("answer", "reason", "answered_at", "done_on"),
    ]


def test_each_customer_is_a_row_with_what_holds_now(sent, shops, cast):
    first, second, third = sent.deliveries.order_by("pk")
    answer_notice(delivery=first, answer="cannot", reason="money", through="visit", by=cast.tao)
    answer_notice(delivery=first, answer="cannot", reason="staff", through="visit", by=cast.tao)
    answer_notice(delivery=second, answer="cannot", reason="time", through="visit", by=cast.tao)
    answer_notice(delivery=second, answer="agree", through="visit", by=cast.tao)
    mark_done(delivery=second, by=cast.tao)
    for one in (first, second, third):
        one.refresh_from_db()
    titled = ["江苏", "Price policy", 1]
    assert told(cast.mei, notice=sent.pk) == [
        [
            *("E0", "店0", "", *titled, first.told_at, first.read_at),
            *("cannot", "nobody to do it", first.answered_at, None),
        ],
        ["E1", "店1", "", *titled, second.told_at, second.read_at, "agrees", "", second.answered_at, today()],
        ["E2", "店2", "", *titled, third.told_at, None, "", "", None, None],
    ]
    assert [row[0] for row in told(cast.mei, notice=sent.pk, who="silent")] == ["E2"]
    assert [row[0] for row in told(cast.mei, notice=sent.pk, who="agree")] == ["E1"]


def test_an_answer_to_the_version_before_gives_no_reason(sent, delivery, cast):
    answer_notice(delivery=delivery, answer="cannot", reason="money", through="visit", by=cast.tao)
    change_notice(notice=sent, by=cast.mei, changed={"zh-hans": "改"})
    publish_version(notice=sent, by=cast.mei)
    row = told(cast.mei, notice=sent.pk)[0]
    assert (row[5], row[7:11]) == (2, [None, "", "", None])


def test_only_those_in_reach_are_in_it(shops, sent, cast):
    whole = written(cast.ada, audience=Audience(codes=("E0", "W1")))
    send_notice(notice=whole, by=cast.ada)
    assert [row[0] for row in told(cast.ada, notice=whole.pk)] == ["E0", "W1"]
    assert [row[0] for row in told(cast.lin, notice=whole.pk)] == ["W1"]
    assert told(cast.lin, notice=sent.pk) == []
    assert [row[0] for row in told(cast.lin)] == ["W1"]
    assert [row[0] for row in told(cast.tao)] == ["E0", "E1", "E2", "E0"]
    assert told(cast.ada, notice="x") == []


def test_what_a_merge_left_over_is_not_in_it(sent, delivery, cast):
    NoticeDelivery.objects.filter(pk=delivery.pk).update(set_aside=True)
    assert [row[0] for row in told(cast.mei, notice=sent.pk)] == ["E1", "E2"]


def test_more_rows_take_no_more_statements(sent, cast):
    def statements(who):
        with CaptureQueriesContext(connection) as seen:
            told(cast.mei, notice=sent.pk, who=who)
        return len(seen)

    answer_notice(delivery=sent.deliveries.first(), answer="cannot", reason="money", through="visit", by=cast.tao)
    told(cast.mei)  # so that the person's reach is known
    assert statements("cannot") == statements("")


def test_it_is_asked_for_on_the_page(sent, cast):
    page = at(cast.ana).get(f"/notices/{sent.pk}/?who=silent").text
    assert f'action="/notices/{sent.pk}/export/"' in page and '<input type="hidden" name="who" value="silent">' in page
    answer = at(cast.ana).post(f"/notices/{sent.pk}/export/", {"format": "csv", "who": "silent"})
    assert answer["Location"] == "/exports/"
    made = Export.objects.get()
    assert (made.kind, made.format, made.query) == ("notices", "csv", f"notice={sent.pk}&who=silent")
    at(cast.ana).post(f"/notices/{sent.pk}/export/", {"format": "xlsx", "who": "x"})
    assert Export.objects.latest("pk").query == f"notice={sent.pk}"


def test_others_ask_for_none_and_no_other_format_is_made(sent, cast):
    assert at(cast.lin).post(f"/notices/{sent.pk}/export/", {"format": "csv"}).status_code == 404
    assert at(cast.mei).get(f"/notices/{sent.pk}/export/").status_code == 405
    assert at(cast.mei).post(f"/notices/{sent.pk}/export/", {"format": "pdf"})["Location"] == f"/notices/{sent.pk}/"
    assert not Export.objects.exists()


def test_a_draft_has_nothing_to_export(draft, cast):
    assert f"/notices/{draft.pk}/export/" not in at(cast.mei).get(f"/notices/{draft.pk}/").text
