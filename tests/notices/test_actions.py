"""Writing, sending, answering: what each does, and what it refuses without changing anything."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.audit.models import AuditEntry
from crm.clock import now, today
from crm.jobs.models import Job
from customers.profile.actions import create_customer
from customers.profile.models import Customer
from customers.relationship.models import Observation
from promotions.policies import evidence, reading, sending
from promotions.policies.actions import change_notice, drop_draft, withdraw_notice
from promotions.policies.answer_models import NoticeAnswer, NoticeDelivery, NoticeQuestion
from promotions.policies.answering import Mark, answer_notice, ask, hand_question, mark_done, note_read, reply
from promotions.policies.audience import Audience, customers_of
from promotions.policies.models import Notice, NoticeVersion
from tests.notices.conftest import DAY, TEXTS, written

pytestmark = pytest.mark.django_db


def codes(flaw) -> set[tuple[str, str]]:
    return {(name, one.code) for name, errors in flaw.value.error_dict.items() for one in errors}


# --- writing ------------------------------------------------------------------------------------------------------


def test_a_notice_is_written_clause_by_clause_in_two_languages(draft):
    version = draft.versions.get()
    assert (draft.state, version.number, version.published_at) == ("draft", 1, None)
    assert [(one.key, one.position, one.texts["en"]) for one in version.clauses.all()] == [
        (1, 1, "The retail price is 12 yuan."),
        (2, 2, "No sale online below it."),
        (3, 3, "Who does loses the rebate."),
    ]
    assert version.texts["en"] == {"title": "Price policy"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"texts": {"en": TEXTS["en"]}}, ("title_zh-hans", "own")),
        ({"texts": {**TEXTS, "en": {"title": "Price", "clauses": "One"}}}, ("clauses_en", "clauses")),
        ({"texts": {"zh-hans": {"title": "价" * 121}}}, ("title_zh-hans", "long")),
        ({"texts": {"zh-hans": {"title": "价", "clauses": "\n\n".join("字" * 61)}}}, ("clauses_zh-hans", "many")),
        ({"texts": {"zh-hans": {"title": "价", "clauses": "字" * 1001}}}, ("clauses_zh-hans", "long")),
        ({"answer_by": datetime.date(2026, 1, 1)}, ("answer_by", "past")),
        ({"kind": "gossip"}, ("kind", "kind")),
        ({"language": "fr"}, ("language", "language")),
        ({"audience": Audience()}, ("audience", "nobody")),
        ({"audience": Audience(codes=("W1",))}, ("audience", "unknown")),
        ({"audience": Audience(tiers=("Z",))}, ("audience", "tier")),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_is_written(shops, cast, change, code):
    with pytest.raises(ValidationError) as flaw:
        written(cast.mei, **change)
    assert codes(flaw) == {code}
    assert not Notice.objects.exists()


def test_policies_are_laid_down_by_heads_and_plans_by_managers_too(shops, cast):
    with pytest.raises(PermissionDenied):
        written(cast.tao)
    assert written(cast.tao, kind="plan").kind == "plan"
    with pytest.raises(PermissionDenied):
        written(cast.ana, kind="plan")


def test_a_region_out_of_reach_is_refused(shops, cast, regions):
    with pytest.raises(ValidationError) as flaw:
        written(cast.mei, audience=Audience(regions=(regions.west.pk,)))
    assert codes(flaw) == {("audience", "region")}


def test_two_who_change_it_at_once_are_told(draft, cast):
    change_notice(notice=draft, by=cast.mei, version=1, joins=False)
    with pytest.raises(ValidationError) as flaw:
        change_notice(notice=draft, by=cast.mei, version=1, joins=True)
    assert flaw.value.code == "conflict"
    draft.refresh_from_db()
    assert draft.joins is False


def test_a_draft_thrown_away_is_gone(draft, cast):
    drop_draft(notice=draft, by=cast.mei)
    assert not Notice.objects.exists() and not NoticeVersion.objects.exists()


# --- to whom ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (Audience(everybody=True), {"E0", "E1", "E2"}),
        (Audience(kinds=("agent",)), {"E0"}),
        (Audience(kinds=("franchisee",), codes=("E0",)), {"E0", "E1", "E2"}),
        (Audience(codes=("E1",)), {"E1"}),
        (Audience(query="kind=agent"), {"E0"}),
        (Audience(query="q=nobody-has-this"), set()),
        (Audience(tiers=("none",), kinds=("agent",)), {"E0"}),
        (Audience(tiers=("A",)), set()),
    ],
)
def test_what_is_ticked_narrows_and_names_come_on_top(shops, cast, audience, expected):
    assert set(customers_of(audience, cast.mei).values_list("code", flat=True)) == expected


def test_a_region_takes_in_all_below_it_and_closed_shops_are_left_out(shops, cast, regions):
    Customer.objects.filter(code="E2").update(state="closed")
    found = customers_of(Audience(regions=(regions.east.pk,)), cast.ada)
    assert set(found.values_list("code", flat=True)) == {"E0", "E1"}


# --- sending ------------------------------------------------------------------------------------------------------


def test_sending_freezes_who_is_told(sent, shops, cast):
    assert (sent.state, sent.current.number, sent.sent_by) == ("sent", 1, cast.mei)
    told = sent.deliveries.order_by("pk")
    assert [(one.customer.code, one.joined, one.answer) for one in told] == [
        ("E0", False, ""),
        ("E1", False, ""),
        ("E2", False, ""),
    ]
    Customer.objects.filter(code="E2").update(kind="agent", state="closed")
    assert sent.deliveries.count() == 3
    assert Job.objects.filter(kind="notices.letters").count() == 1


def test_sent_twice_is_refused(sent, cast):
    with pytest.raises(ValidationError) as flaw:
        sending.send_notice(notice=sent, by=cast.mei)
    assert flaw.value.code == "sent"
    assert sent.deliveries.count() == 3


def test_nobody_to_tell_is_refused(shops, cast):
    notice = written(cast.mei, audience=Audience(tiers=("A",)))
    with pytest.raises(ValidationError) as flaw:
        sending.send_notice(notice=notice, by=cast.mei)
    assert codes(flaw) == {("audience", "nobody")}
    notice.refresh_from_db()
    assert notice.state == "draft" and notice.versions.get().published_at is None


def test_it_goes_out_by_itself_on_its_day(draft, cast, run_follow, monkeypatch):
    held = sending.send_notice(notice=draft, by=cast.mei, on=today() + 2 * DAY)
    assert (held.state, held.deliveries.count()) == ("scheduled", 0)
    assert run_follow()["sent"] == 0
    Notice.objects.filter(pk=draft.pk).update(send_on=today())
    assert run_follow()["sent"] == 1
    assert draft.deliveries.count() == 3


def test_one_that_cannot_go_out_keeps_no_other(draft, cast, run_follow):
    other = written(cast.mei, audience=Audience(codes=("E1",)))
    for one in (draft, other):
        sending.send_notice(notice=one, by=cast.mei, on=today() + DAY)
    Notice.objects.update(send_on=today())
    Notice.objects.filter(pk=draft.pk).update(audience={"tiers": ["A"]})
    found = run_follow()
    assert (found["sent"], found["refused"]) == (1, 1)
    draft.refresh_from_db()
    assert draft.state == "scheduled"


def test_many_are_told_by_a_job_page_by_page(draft, cast, regions, monkeypatch, run_job):
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    monkeypatch.setattr(sending, "PAGE", 2)
    for n in range(3, 8):
        create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.zhejiang)
    sending.send_notice(notice=draft, by=cast.mei)
    assert draft.deliveries.count() == 2
    job = Job.objects.get(kind="notices.tell")
    assert run_job(job) == {"told": 6}
    assert draft.deliveries.count() == 8


def test_pages_of_a_large_audience_take_the_same_statements(draft, cast, regions):
    sending.send_notice(notice=draft, by=cast.mei)
    draft.refresh_from_db()

    def statements(n: int) -> int:
        made = [Customer(code=f"N{n}-{k}", name=f"新{k}", kind="franchisee", region=regions.jiangsu) for k in range(n)]
        Customer.objects.bulk_create(made)
        with CaptureQueriesContext(connection) as seen:
            assert sending.tell_page(draft, 0) == n
        return len(seen)

    statements(1)  # the notice knows its sender now
    assert statements(3) == statements(60)


def test_who_comes_later_is_told_once(sent, cast, regions, run_follow):
    late = create_customer(code="E9", name="新店", kind="franchisee", region=regions.jiangsu)
    assert run_follow()["joined"] == 1
    assert run_follow()["joined"] == 0
    held = sent.deliveries.get(customer=late)
    assert held.joined and held.answer_by == sent.answer_by


def test_without_joining_nobody_is_told_later(draft, cast, regions, run_follow):
    change_notice(notice=draft, by=cast.mei, joins=False)
    sending.send_notice(notice=draft, by=cast.mei)
    create_customer(code="E9", name="新店", kind="franchisee", region=regions.jiangsu)
    assert run_follow()["joined"] == 0


# --- versions -----------------------------------------------------------------------------------------------------


def test_the_next_version_keeps_numbers_of_clauses_and_asks_anew(sent, delivery, cast):
    answer_notice(delivery=delivery, answer="agree", through="portal", told_by="王")
    texts = {"zh-hans": {**TEXTS["zh-hans"], "clauses": "零售价统一为 15 元。\n\n违者取消返利。\n\n每月报库存。"}}
    change_notice(notice=sent, by=cast.mei, texts=texts, changed={"zh-hans": "改了价"})
    delivery.refresh_from_db()
    assert (delivery.version.number, delivery.answer) == (1, "agree")  # customers still read the version before
    held = sending.publish_version(notice=sent, by=cast.mei)
    assert [(one.key, one.position) for one in held.current.clauses.all()] == [(1, 1), (3, 2), (4, 3)]
    delivery.refresh_from_db()
    assert (delivery.version.number, delivery.answer, delivery.read_at) == (2, "", None)
    assert delivery.answers.get().version.number == 1


def test_a_version_that_does_not_ask_anew_leaves_answers(sent, delivery, cast):
    answer_notice(delivery=delivery, answer="agree", through="visit", by=cast.tao)
    change_notice(notice=sent, by=cast.mei, texts=TEXTS, asks_anew=False)
    sending.publish_version(notice=sent, by=cast.mei)
    delivery.refresh_from_db()
    assert (delivery.version.number, delivery.answer) == (2, "agree")


def test_nothing_new_to_put_in_force(sent, cast):
    with pytest.raises(ValidationError) as flaw:
        sending.publish_version(notice=sent, by=cast.mei)
    assert flaw.value.code == "none"


def test_who_was_told_stays_as_it_is_once_sent(sent, cast):
    with pytest.raises(ValidationError) as flaw:
        change_notice(notice=sent, by=cast.mei, audience=Audience(codes=("E1",)))
    assert codes(flaw) == {("audience", "sent")}


# --- answering ----------------------------------------------------------------------------------------------------


def test_read_understood_and_done_are_three_things(sent, shops, cast):
    first, second, third = sent.deliveries.order_by("pk")
    note_read(delivery=first)
    answer_notice(delivery=second, answer="unclear", through="portal", told_by="李")
    answer_notice(delivery=third, answer="agree", through="portal", told_by="张")
    mark_done(delivery=third, told_by="张")
    found = reading.standings(cast.mei, [sent.pk], today())[sent.pk]
    assert (found.told, found.read, found.understood, found.agreed, found.done) == (3, 3, 1, 1, 1)
    assert (found.unclear, found.silent, found.late) == (1, 1, 0)
    assert reading.standings(cast.lin, [sent.pk], today()) == {}


def test_it_is_seen_at_which_clause_it_sticks(sent, shops, cast):
    first, second, _third = sent.deliveries.order_by("pk")
    answer_notice(
        delivery=first,
        answer="cannot",
        reason="margin",
        through="portal",
        marks={2: Mark("cannot", "平台都在降价"), 3: Mark("unclear")},
    )
    answer_notice(delivery=second, answer="propose", text="改成 13 元", through="portal", marks={1: Mark("propose")})
    ask(delivery=second, text="什么时候开始?", clause=3, through="portal", told_by="李")
    found = reading.clauses(cast.mei, sent)
    assert [(one.clause.key, one.unclear, one.cannot, one.propose, one.questions) for one in found] == [
        (1, 0, 0, 1, 0),
        (2, 0, 1, 0, 0),
        (3, 1, 0, 0, 1),
    ]
    assert [(customer.code, text) for customer, _says, text in found[1].words] == [("E0", "平台都在降价")]
    assert reading.reasons(cast.mei, sent) == [("margin", 1)]
    answer_notice(delivery=first, answer="agree", through="portal")  # what they say now counts
    assert [one.stuck for one in reading.clauses(cast.mei, sent)] == [1, 0, 0]
    assert reading.reasons(cast.mei, sent) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"answer": "maybe"}, ("answer", "answer")),
        ({"answer": "cannot"}, ("reason", "reason")),
        ({"answer": "propose"}, ("text", "text")),
        ({"answer": "agree", "marks": {1: Mark("unclear")}}, ("marks", "marks")),
        ({"answer": "unclear", "marks": {9: Mark("unclear")}}, ("marks", "clause")),
        ({"answer": "unclear", "marks": {1: Mark("agree")}}, ("marks", "says")),
        ({"answer": "unclear", "text": "字" * 1001}, ("text", "long")),
    ],
)
def test_half_an_answer_is_refused(delivery, values, code):
    with pytest.raises(ValidationError) as flaw:
        answer_notice(delivery=delivery, through="portal", **values)
    assert codes(flaw) == {code}
    delivery.refresh_from_db()
    assert delivery.answer == "" and not NoticeAnswer.objects.exists()


def test_an_answer_to_a_version_that_is_no_longer_in_force_is_refused(sent, delivery, cast):
    change_notice(notice=sent, by=cast.mei, texts=TEXTS)
    sending.publish_version(notice=sent, by=cast.mei)
    with pytest.raises(ValidationError) as flaw:
        answer_notice(delivery=delivery, answer="agree", through="portal", seen=1)
    assert flaw.value.code == "newer"
    answer_notice(delivery=delivery, answer="agree", through="portal", seen=2)


def test_a_withdrawn_notice_is_answered_no_more(sent, delivery, cast):
    withdraw_notice(notice=sent, why="改了", by=cast.mei)
    with pytest.raises(ValidationError) as flaw:
        answer_notice(delivery=delivery, answer="agree", through="portal")
    assert flaw.value.code == "withdrawn"
    assert reading.for_dealer(delivery.customer).count() == 0


# --- evidence -----------------------------------------------------------------------------------------------------


def test_answering_in_time_is_evidence_and_late_is_half(sent, shops, cast):
    first, second, third = sent.deliveries.order_by("pk")
    answer_notice(delivery=first, answer="cannot", reason="time", through="portal")
    NoticeDelivery.objects.filter(pk=second.pk).update(answer_by=today() - DAY)
    answer_notice(delivery=second, answer="agree", through="portal")
    answer_notice(delivery=third, answer="agree", through="visit", by=cast.tao)
    found = Observation.objects.filter(source="notice").order_by("pk").values_list("customer__code", "kind", "score")
    assert list(found) == [("E0", "answer", 100), ("E1", "answer", 50)]


def test_silence_of_who_opened_it_is_evidence_once(sent, shops, cast):
    first, _second, _third = sent.deliveries.order_by("pk")
    note_read(delivery=first)
    sent.deliveries.update(answer_by=today() - DAY)
    assert evidence.silent(today(), since=today() - 30 * DAY) == 1
    assert evidence.silent(today(), since=today() - 30 * DAY) == 0
    seen = Observation.objects.get(source="notice")
    assert (seen.customer.code, seen.score, seen.seen_on) == ("E0", 0, today() - DAY)


# --- questions, done ----------------------------------------------------------------------------------------------


def test_a_question_goes_to_whoever_is_in_charge_and_is_answered_once(delivery, cast):
    made = ask(delivery=delivery, text="返利怎么算?", through="portal", told_by="王")
    assert made.owner == cast.tao and made.due_on > today()
    reply(question=made, text="按季度。", by=cast.tao)
    made.refresh_from_db()
    assert (made.reply, made.replied_by) == ("按季度。", cast.tao)
    with pytest.raises(ValidationError) as flaw:
        reply(question=made, text="按月。", by=cast.mei)
    assert flaw.value.code == "replied"
    made.refresh_from_db()
    assert made.reply == "按季度。"


def test_five_open_questions_are_enough(delivery):
    for n in range(5):
        ask(delivery=delivery, text=f"{n}?", through="portal")
    with pytest.raises(ValidationError) as flaw:
        ask(delivery=delivery, text="6?", through="portal")
    assert codes(flaw) == {("text", "many")}
    assert NoticeQuestion.objects.count() == 5


def test_a_question_is_handed_to_who_sees_the_customer_only(delivery, cast):
    made = ask(delivery=delivery, text="?", through="portal")
    with pytest.raises(ValidationError) as flaw:
        hand_question(question=made, to=cast.lin, by=cast.mei)
    assert codes(flaw) == {("to", "reach")}
    assert hand_question(question=made, to=cast.mei, by=cast.tao).owner == cast.mei


def test_done_is_seen_or_said_and_not_before_it_went_out(delivery, cast):
    with pytest.raises(ValidationError) as flaw:
        mark_done(delivery=delivery, on=today() - 3 * DAY, by=cast.tao)
    assert codes(flaw) == {("on", "before")}
    with pytest.raises(ValidationError) as flaw:
        mark_done(delivery=delivery, on=today() + DAY, by=cast.tao)
    assert codes(flaw) == {("on", "future")}
    held = mark_done(delivery=delivery, by=cast.tao)
    assert (held.done_on, held.done_by) == (today(), cast.tao)


def test_a_notice_that_asks_for_nothing_is_never_done(shops, cast):
    notice = written(cast.mei, asks_doing=False)
    sending.send_notice(notice=notice, by=cast.mei)
    with pytest.raises(ValidationError) as flaw:
        mark_done(delivery=notice.deliveries.first(), by=cast.tao)
    assert flaw.value.code == "nothing"


def test_the_log_tells_of_it_without_words_of_customers(delivery):
    answer_notice(delivery=delivery, answer="propose", text="CANARY-WORDS", through="portal", told_by="王")
    told = AuditEntry.objects.filter(action="notice.answer").get()
    assert told.changes["notice_answer"] and "CANARY" not in str(told.changes)


def test_a_letter_goes_to_whoever_has_access_once(sent, dealer, mailoutbox, run_job):
    job = Job.objects.get(kind="notices.letters")
    assert run_job(job) == {"sent": 1, "without_address": 2}
    assert [(one.to, "价格政策" in one.body or "Price policy" in one.body) for one in mailoutbox] == [
        (["wang@shop.test"], True)
    ]
    held = sent.deliveries.get(customer__code="E0")
    assert held.reminded_at is not None and held.reminders == 0
    assert run_job(job) == {"sent": 0, "without_address": 2}


def test_a_reminder_leaves_who_was_written_to_today_in_peace(sent, dealer, cast, mailoutbox, run_job):
    from promotions.policies.letters import ask_to_remind

    NoticeDelivery.objects.filter(customer__code="E0").update(reminded_at=now())
    ask_to_remind(sent, cast.mei)
    job = Job.objects.filter(kind="notices.letters").latest("pk")
    run_job(job)
    assert mailoutbox == []
    NoticeDelivery.objects.filter(customer__code="E0").update(reminded_at=now() - DAY)
    run_job(job)
    assert len(mailoutbox) == 1
    assert sent.deliveries.get(customer__code="E0").reminders == 1
