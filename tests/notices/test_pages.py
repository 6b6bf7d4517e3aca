"""Pages of notices: written, sent and followed by Mei; passed on by Tao; answered in the portal; unseen by Lin."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from customers.profile.actions import create_customer
from promotions.policies.answer_models import NoticeDelivery
from promotions.policies.answering import Mark, answer_notice, ask
from promotions.policies.models import Notice
from promotions.policies.sending import send_notice
from promotions.policies.suggesting import notices as suggested
from promotions.policies.waiting import tasks
from tests.notices.conftest import DAY, at, written

pytestmark = pytest.mark.django_db
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def test_from_new_to_sent_in_three_pages(shops, cast):
    mei = at(cast.mei)
    assert mei.get("/notices/").status_code == 200
    page = mei.get("/notices/new/")
    assert page.status_code == 200
    values = {
        "language": "zh-hans",
        "kind": "rule",
        "answer_by": str(today() + 5 * DAY),
        "title_zh-hans": "陈列规定",
        "clauses_zh-hans": "端架三层\n\n每周拍照",
    }
    answer = mei.post("/notices/new/", values)
    notice = Notice.objects.get()
    assert answer["Location"] == f"/notices/{notice.pk}/who/"
    answer = mei.post(f"/notices/{notice.pk}/who/", {"kinds": ["franchisee"], "joins": "on"})
    assert answer["Location"] == f"/notices/{notice.pk}/send/"
    page = mei.get(f"/notices/{notice.pk}/send/").text
    assert "端架三层" in page and ">2</span>" in page
    notice.refresh_from_db()
    answer = mei.post(f"/notices/{notice.pk}/send/", {"version": notice.version})
    assert answer["Location"] == f"/notices/{notice.pk}/"
    assert set(notice.deliveries.values_list("customer__code", flat=True)) == {"E1", "E2"}


def test_a_flaw_stands_under_its_field_and_nothing_is_written(shops, cast):
    values = {"language": "zh-hans", "kind": "rule", "answer_by": str(today() - DAY), "title_zh-hans": "规定"}
    answer = at(cast.mei).post("/notices/new/", values)
    assert answer.status_code == 422 and "This day has passed." in answer.text
    assert not Notice.objects.exists()


def test_the_notice_shows_how_it_stands_and_where_it_sticks(sent, delivery, cast):
    answer_notice(
        delivery=delivery,
        answer="cannot",
        reason="margin",
        text="网上太低",
        through="portal",
        marks={2: Mark("cannot")},
    )
    page = at(cast.mei).get(f"/notices/{sent.pk}/").text
    assert "1 cannot" in page and "it does not pay" in page and "网上太低" in page
    narrowed = at(cast.mei).get(f"/notices/{sent.pk}/?who=silent").text
    who = narrowed[narrowed.index('id="who"') :]
    assert "店1" in who and "店0" not in who


def test_others_neither_see_nor_change_it(sent, delivery, draft, cast):
    lin, tao, ana = at(cast.lin), at(cast.tao), at(cast.ana)
    question = ask(delivery=delivery, text="?", through="portal")
    for path in (
        f"/notices/{sent.pk}/",
        f"/notices/{sent.pk}/versions/1/",
        f"/notices/to/{delivery.pk}/",
        f"/notices/customers/{delivery.customer_id}/",
    ):
        assert lin.get(path).status_code == 404, path
    assert lin.post(f"/notices/questions/{question.pk}/reply/", {"text": "x"}).status_code == 404
    assert tao.get(f"/notices/{sent.pk}/").status_code == 200
    assert tao.get(f"/notices/{sent.pk}/edit/").status_code == 403
    assert tao.post(f"/notices/{sent.pk}/withdraw/", {"why": "x"}).status_code == 403
    assert ana.get(f"/notices/{sent.pk}/").status_code == 200
    assert ana.post(f"/notices/to/{delivery.pk}/answer/", {"answer": "agree", "seen": 1}).status_code == 403
    sent.refresh_from_db()
    delivery.refresh_from_db()
    question.refresh_from_db()
    assert (sent.state, delivery.answer, question.reply) == ("sent", "", "")


def test_a_draft_is_its_writers_alone(draft, cast):
    assert at(cast.tao).get(f"/notices/{draft.pk}/").status_code == 404
    assert at(cast.ada).get(f"/notices/{draft.pk}/").status_code == 200


def test_the_customers_tab_and_card_show_what_waits(sent, shops, cast):
    tao = at(cast.tao)
    assert "价格政策" in tao.get(f"/notices/customers/{shops[0].pk}/", headers={"accept-language": "zh-hans"}).text
    assert "Price policy" in tao.get(f"/customers/{shops[0].pk}/").text


def test_tao_passes_it_on_and_writes_down_what_they_say(sent, delivery, cast):
    tao = at(cast.tao)
    page = tao.get(f"/notices/to/{delivery.pk}/").text
    assert "No sale online below it." in page
    values = {
        "answer": "propose",
        "seen": 1,
        "through": "visit",
        "text": "给一个月过渡期",
        "told_by": "王老板",
        "mark-2": "propose",
        "words-2": "线上晚一个月",
    }
    assert tao.post(f"/notices/to/{delivery.pk}/answer/", values).status_code == 302
    delivery.refresh_from_db()
    made = delivery.answers.get()
    assert (delivery.answer, made.by, made.told_by) == ("propose", cast.tao, "王老板")
    assert [(one.clause.key, one.text) for one in made.marks.all()] == [(2, "线上晚一个月")]
    assert tao.post(f"/notices/to/{delivery.pk}/done/", {"on": str(today())}).status_code == 302
    delivery.refresh_from_db()
    assert delivery.done_by == cast.tao
    assert tao.post(f"/notices/to/{delivery.pk}/undone/").status_code == 302
    delivery.refresh_from_db()
    assert delivery.done_on is None


def test_a_dealer_reads_answers_asks_and_says_that_it_is_done(sent, delivery, dealer, cast):
    assert "Price policy" in dealer.get("/portal/").text
    assert NoticeDelivery.objects.get(pk=delivery.pk).read_at is None
    page = dealer.get(f"/portal/notices/{delivery.pk}/").text
    assert "Who does loses the rebate." in page
    delivery.refresh_from_db()
    assert delivery.read_at is not None and delivery.read_through == "portal"
    answer = dealer.post(f"/portal/notices/{delivery.pk}/answer/", {"answer": "cannot", "seen": 1})
    assert answer.status_code == 422 and "Say why it cannot be done." in answer.text
    dealer.post(f"/portal/notices/{delivery.pk}/answer/", {"answer": "agree", "seen": 1})
    dealer.post(f"/portal/notices/{delivery.pk}/ask/", {"text": "从几号开始?"})
    dealer.post(f"/portal/notices/{delivery.pk}/done/")
    delivery.refresh_from_db()
    assert (delivery.answer, delivery.done_on, delivery.done_told_by) == ("agree", today(), "王")
    made = delivery.answers.get()
    assert (made.told_by, made.through, made.by) == ("王", "portal", None)
    question = delivery.questions.get()
    at(cast.tao).post(f"/notices/questions/{question.pk}/reply/", {"text": "从下月一号"})
    assert "从下月一号" in dealer.get(f"/portal/notices/{delivery.pk}/").text


def test_a_dealer_reads_of_their_own_shop_only(sent, dealer, shops):
    other = sent.deliveries.get(customer=shops[1])
    assert dealer.get(f"/portal/notices/{other.pk}/").status_code == 404
    assert dealer.post(f"/portal/notices/{other.pk}/answer/", {"answer": "agree", "seen": 1}).status_code == 404
    other.refresh_from_db()
    assert (other.read_at, other.answer) == (None, "")
    assert Client().get(f"/portal/notices/{other.pk}/").status_code == 302


def test_an_older_version_on_the_screen_is_not_answered(sent, delivery, dealer, cast):
    from promotions.policies.actions import change_notice
    from promotions.policies.sending import publish_version
    from tests.notices.conftest import TEXTS

    change_notice(notice=sent, by=cast.mei, texts=TEXTS, changed={"zh-hans": "小改"})
    publish_version(notice=sent, by=cast.mei)
    answer = dealer.post(f"/portal/notices/{delivery.pk}/answer/", {"answer": "agree", "seen": 1})
    assert answer.status_code == 422 and "There is a later version by now" in answer.text
    page = at(cast.mei).get(f"/notices/{sent.pk}/versions/2/").text
    assert "小改" in page


def test_a_paper_is_handed_out_as_a_download_to_those_who_may_read_it(draft, shops, cast, dealer):
    mei = at(cast.mei)
    file = io.BytesIO(PDF)
    file.name = "政策.pdf"
    mei.post(f"/notices/{draft.pk}/papers/", {"file": file, "title": "全文"})
    paper = draft.versions.get().files.get()
    send_notice(notice=draft, by=cast.mei)
    delivery = draft.deliveries.get(customer=shops[0])
    for client, path in (
        (mei, f"/notices/papers/{paper.pk}/"),
        (dealer, f"/portal/notices/{delivery.pk}/papers/{paper.pk}/"),
    ):
        answer = client.get(path)
        assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]
    assert at(cast.lin).get(f"/notices/papers/{paper.pk}/").status_code == 404
    answer = mei.post(f"/notices/papers/{paper.pk}/drop/")
    assert draft.versions.get().files.count() == 1  # it has gone out


def test_a_page_that_pretends_to_be_a_paper_is_refused(draft, cast):
    file = io.BytesIO(b"<html><script>alert(1)</script></html>")
    file.name = "政策.pdf"
    at(cast.mei).post(f"/notices/{draft.pk}/papers/", {"file": file})
    assert draft.versions.get().files.count() == 0


def test_lists_take_the_same_statements_however_long(sent, cast, regions):
    mei = at(cast.mei)
    paths = ["/notices/", f"/notices/{sent.pk}/", "/notices/questions/"]

    def statements() -> list[int]:
        found = []
        for path in paths:
            mei.get(path)
            with CaptureQueriesContext(connection) as seen:
                assert mei.get(path).status_code == 200
            found.append(len(seen))
        return found

    before = statements()
    for n in range(3, 20):
        shop = create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu)
        send_notice(notice=written(cast.mei), by=cast.mei)
        from promotions.policies.sending import tell_page

        tell_page(sent, 0)
        ask(delivery=sent.deliveries.get(customer=shop), text=f"{n}?", through="portal", clause=1)
        answer_notice(
            delivery=sent.deliveries.get(customer=shop), answer="unclear", through="portal", marks={1: Mark("unclear")}
        )
    assert statements() == before


def test_what_is_not_answered_is_a_goal_and_a_task(sent, delivery, shops, cast):
    ids = [one.pk for one in shops[:3]]
    found = suggested(cast.tao, ids, today())
    assert [one.text for one in found[shops[0].pk]] == ["Pass on “Price policy”, which they have not read"]
    assert suggested(cast.lin, ids, today()) == {}
    answer_notice(delivery=delivery, answer="unclear", through="portal")
    assert [one.text for one in suggested(cast.tao, ids, today())[shops[0].pk]] == [
        "Explain “Price policy”, which they do not understand"
    ]
    sent.deliveries.filter(answer="").update(answer_by=today() - DAY)
    ask(delivery=delivery, text="几号?", through="portal")
    assert sorted(one.reason for one in tasks(cast.tao, today())) == [
        "2 customers of yours have not answered “Price policy”",
        "Asks about “Price policy”: 几号?",
        "Does not understand “Price policy”",
    ]
    assert tasks(cast.lin, today()) == []


def test_a_question_is_handed_on_to_who_can_take_it(delivery, cast):
    question = ask(delivery=delivery, text="?", through="portal")
    tao = at(cast.tao)
    assert f'action="/notices/questions/{question.pk}/hand/"' in tao.get(f"/notices/to/{delivery.pk}/").text
    tao.post(f"/notices/questions/{question.pk}/hand/", {"to": cast.lin.pk})
    question.refresh_from_db()
    assert question.owner == cast.tao
    tao.post(f"/notices/questions/{question.pk}/hand/", {"to": cast.mei.pk})
    question.refresh_from_db()
    assert question.owner == cast.mei
