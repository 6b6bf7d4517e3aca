"""Notices over the API: written, sent, answered and asked about under the same rules as on the pages."""

from __future__ import annotations

import io

import pytest

from crm.audit.models import AuditEntry
from crm.clock import today
from crm.jobs.models import Job
from promotions.policies.actions import change_notice
from promotions.policies.answer_models import NoticeAnswer, NoticeDelivery, NoticeQuestion
from promotions.policies.answering import answer_notice, ask
from promotions.policies.audience import Audience
from promotions.policies.models import Notice, NoticeFile
from promotions.policies.papers import add_paper
from promotions.policies.sending import send_notice
from tests.notices.conftest import DAY, at, written

pytestmark = pytest.mark.django_db
HERE, TOLD, ASKED = "/api/v1/notices/", "/api/v1/notice-deliveries/", "/api/v1/notice-questions/"
JSON = "application/json"
NOBODY = dict.fromkeys(("told", "read", "understood", "agreed", "unclear", "cannot", "propose", "done", "late"), 0)


def asked(**more) -> dict:
    words = {"title": "Display rule", "task": "Take a photo", "clauses": ["Three shelves.", "A photo\neach week."]}
    return {"kind": "rule", "language": "en", "texts": {"en": words}, "answer_by": str(today() + 5 * DAY), **more}


def post(user, address, data=None, **headers):
    return at(user).post(address, data or {}, JSON, headers=headers)


def patch(user, notice, data, tag="*"):
    return at(user).patch(f"{HERE}{notice.pk}/", data, JSON, headers={"If-Match": tag} if tag else {})


def state_of(notice) -> tuple:
    notice.refresh_from_db()
    return notice.state, notice.version, notice.versions.count(), AuditEntry.objects.count(), Job.objects.count()


# --- writing ------------------------------------------------------------------------------------------------------


def test_one_is_written_changed_sent_and_told(shops, cast):
    audience = {"kinds": ["franchisee"], "codes": ["E0", "E0"]}
    made = post(cast.mei, HERE, asked(audience=audience, asks_doing=True, do_by=str(today() + 9 * DAY)))
    assert made.status_code == 201
    one = made.json()
    assert (one["state"], one["title"], one["current"], one["standing"]) == ("draft", "Display rule", None, NOBODY)
    assert one["audience"] == {"kinds": ["franchisee"], "codes": ["E0"]}
    assert one["made_by"]["username"] == "mei" and made["ETag"] == f'"{one["id"]}-1"'
    [version] = one["versions"]
    assert version["texts"] == {"en": {"title": "Display rule", "task": "Take a photo"}}
    assert [(c["key"], c["position"], c["texts"]) for c in version["clauses"]] == [
        (1, 1, {"en": "Three shelves."}),
        (2, 2, {"en": "A photo\neach week."}),
    ]
    here = f"{HERE}{one['id']}/"
    changed = at(cast.mei).patch(here, {"answer_by": str(today() + DAY)}, JSON, headers={"If-Match": made["ETag"]})
    assert (changed.status_code, changed.json()["answer_by"]) == (200, str(today() + DAY))
    assert changed["ETag"] == f'"{one["id"]}-2"'
    sent = post(cast.mei, f"{here}send/", {"version": 2}).json()
    assert (sent["state"], sent["current"], sent["standing"]) == ("sent", 1, {**NOBODY, "told": 3})
    assert sent["sent_by"]["username"] == "mei"
    codes = NoticeDelivery.objects.values_list("customer__code", flat=True)
    assert sorted(codes) == ["E0", "E1", "E2"]


def test_changing_asks_for_the_version_seen(draft, cast):
    mei, here = at(cast.mei), f"{HERE}{draft.pk}/"
    tag = mei.get(here)["ETag"]
    before = state_of(draft)
    assert patch(cast.mei, draft, {"joins": False}, tag=None).status_code == 428
    assert patch(cast.mei, draft, {"joins": False}, tag=f'"{draft.pk}-7"').status_code == 412
    assert patch(cast.mei, draft, {"jions": False}).json() == {"jions": ["There is no such field."]}
    assert state_of(draft) == before and draft.joins
    assert patch(cast.mei, draft, {"joins": False}, tag=tag).json()["joins"] is False
    assert patch(cast.mei, draft, {"joins": True}, tag=tag).status_code == 412


def test_what_is_left_out_of_a_change_stays(draft, cast):
    assert patch(cast.mei, draft, {"joins": False}).status_code == 200
    draft.refresh_from_db()
    assert (draft.audience, draft.asks_doing, draft.do_by) == ({"everybody": True}, True, today() + 20 * DAY)
    assert patch(cast.mei, draft, {"audience": {"tiers": ["A", "none"]}}).json()["audience"] == {"tiers": ["A", "none"]}


@pytest.mark.parametrize(
    "more,field",
    [
        ({"kind": "order"}, "kind"),
        ({"language": "xx"}, "language"),
        ({"texts": {"zh-hans": {"title": "规定"}}}, "title_en"),
        ({"texts": {"en": {"title": ""}}}, "texts"),
        ({"texts": {"en": {"title": "x", "clauses": ["one\n \ntwo"]}}}, "texts"),
        ({"texts": {"en": {"title": "x", "clauses": [""]}}}, "texts"),
        ({"answer_by": str(today() - DAY)}, "answer_by"),
        ({"audience": {"codes": ["W1"]}}, "audience"),
        ({"audience": {}}, "audience"),
        ({"audience": {"who": "all"}}, "audience"),
    ],
)
def test_what_cannot_be_is_refused_under_its_field(shops, cast, more, field):
    before = AuditEntry.objects.count()
    answer = post(cast.mei, HERE, asked(**more))
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Notice.objects.exists() and AuditEntry.objects.count() == before


def test_regions_out_of_reach_are_refused_like_unknown_ones(shops, cast, regions):
    answers = [post(cast.mei, HERE, asked(audience={"regions": [pk]})) for pk in (regions.sichuan.pk, 99999)]
    assert [one.status_code for one in answers] == [400, 400]
    assert answers[0].json() == answers[1].json() == {"audience": ["This region is not in your reach."]}
    assert not Notice.objects.exists()


# --- who may ------------------------------------------------------------------------------------------------------


def test_managers_lay_down_no_policy_but_write_plans(shops, cast):
    answer = post(cast.tao, HERE, asked())
    assert answer.status_code == 403
    assert answer.json() == {"detail": "Policies and rules are laid down by heads and administrators."}
    assert not Notice.objects.exists()
    made = post(cast.tao, HERE, asked(kind="plan", audience={"everybody": True}))
    assert made.status_code == 201
    assert post(cast.tao, f"{HERE}{made.json()['id']}/send/").json()["standing"]["told"] == 3
    turned = patch(cast.tao, Notice.objects.get(), {"kind": "policy"})
    assert turned.status_code == 400  # it has gone out


ACTS = ["send", "publish", "unschedule", "drop", "withdraw"]


@pytest.mark.parametrize("act", ACTS)
def test_only_whoever_wrote_it_or_an_administrator_changes_it(sent, cast, act):
    before = state_of(sent)
    data = {"why": "wrong"} if act == "withdraw" else {}
    others = "Whoever wrote a notice, or an administrator, changes it."
    for who, why in ((cast.tao, others), (cast.bot, others), (cast.ana, "You may read, not change.")):
        answer = post(who, f"{HERE}{sent.pk}/{act}/", data)
        assert (answer.status_code, answer.json()) == (403, {"detail": why})
    assert post(cast.lin, f"{HERE}{sent.pk}/{act}/", data).status_code == 404
    assert state_of(sent) == before


def test_nobody_else_patches_it_either(sent, cast):
    before = state_of(sent)
    codes = [patch(who, sent, {"answer_by": str(today())}).status_code for who in (cast.tao, cast.ana, cast.lin)]
    assert codes == [403, 403, 404]
    assert state_of(sent) == before
    assert patch(cast.ada, sent, {"answer_by": str(today())}).status_code == 200


def test_lin_sees_nothing_of_east(delivery, sent, cast):
    paper = NoticeFile.objects.create(
        version=sent.current,
        title="x",
        name="x.txt",
        content_type="text/plain",
        size=1,
        sha256="0",
        added_at=sent.sent_at,
    )
    question = ask(delivery=delivery, text="When?", through="visit", by=cast.tao)
    lin = at(cast.lin)
    for address in (HERE, TOLD, ASKED):
        assert lin.get(address).json()["results"] == []
    for address in (
        f"{HERE}{sent.pk}/",
        f"{TOLD}{delivery.pk}/",
        f"{ASKED}{question.pk}/",
        f"/api/v1/notice-papers/{paper.pk}/content/",
    ):
        assert lin.get(address).status_code == 404
    for name in ("answer", "ask", "done", "undone"):
        assert post(cast.lin, f"{TOLD}{delivery.pk}/{name}/").status_code == 404
    assert post(cast.lin, f"{ASKED}{question.pk}/reply/", {"text": "x"}).status_code == 404
    assert post(cast.lin, f"{HERE}{sent.pk}/remind/").status_code == 404


def test_figures_are_of_ones_own_reach_and_the_audience_is_not_shown(shops, cast):
    notice = written(cast.ada, audience=Audience(codes=("E0", "W1")))
    send_notice(notice=notice, by=cast.ada)
    assert at(cast.ada).get(f"{HERE}{notice.pk}/").json()["audience"] == {"codes": ["E0", "W1"]}
    assert at(cast.ada).get(f"{HERE}{notice.pk}/").json()["standing"]["told"] == 2
    seen = at(cast.lin).get(HERE)
    [one] = seen.json()["results"]
    assert (one["audience"], one["standing"]["told"]) == (None, 1)
    assert "E0" not in seen.text and "E0" not in at(cast.lin).get(f"{HERE}{notice.pk}/").text
    assert [row["customer"] for row in at(cast.lin).get(TOLD).json()["results"]] == [shops[-1].pk]


# --- sending ------------------------------------------------------------------------------------------------------


def test_it_waits_for_its_day_and_waits_no_longer(draft, cast):
    here = f"{HERE}{draft.pk}/"
    waits = post(cast.mei, f"{here}send/", {"on": str(today() + DAY)}).json()
    assert (waits["state"], waits["send_on"], waits["standing"]) == ("scheduled", str(today() + DAY), NOBODY)
    back = post(cast.mei, f"{here}unschedule/").json()
    assert (back["state"], back["send_on"]) == ("draft", None)
    assert post(cast.mei, f"{here}unschedule/").status_code == 400
    assert post(cast.mei, f"{here}drop/").status_code == 204
    assert not Notice.objects.exists()


def test_sending_is_refused_for_another_version_and_twice(draft, cast):
    here, before = f"{HERE}{draft.pk}/", state_of(draft)
    assert post(cast.mei, f"{here}send/", {"version": 9}).status_code == 412
    assert post(cast.mei, f"{here}send/", {"on": str(today() - DAY)}).json() == {"send_on": ["This day has passed."]}
    assert state_of(draft) == before and not NoticeDelivery.objects.exists()
    assert post(cast.mei, f"{here}send/").status_code == 200
    again = post(cast.mei, f"{here}send/")
    assert (again.status_code, again.json()) == (400, {"non_field_errors": ["It has gone out already."]})
    assert NoticeDelivery.objects.count() == 3


def test_the_same_key_sends_once(draft, cast):
    first, again = (post(cast.mei, f"{HERE}{draft.pk}/send/", **{"Idempotency-Key": "k1"}) for _n in range(2))
    assert (first.status_code, again.status_code) == (200, 200) and first.json() == again.json()
    assert Job.objects.filter(kind="notices.letters").count() == 1


def test_the_next_version_is_read_by_its_writer_until_it_is_published(sent, delivery, cast):
    answer_notice(delivery=delivery, answer="agree", through="visit", by=cast.tao)
    texts = {"zh-hans": {"title": "价格政策二", "clauses": ["零售价统一为 13 元。"]}}
    begun = patch(cast.mei, sent, {"texts": texts, "changed": {"zh-hans": "涨一元"}}).json()
    assert [(one["number"], one["published_at"] is None) for one in begun["versions"]] == [(1, False), (2, True)]
    assert [one["key"] for one in begun["versions"][1]["clauses"]] == [1]
    here = f"{HERE}{sent.pk}/"
    seen = at(cast.tao).get(here)
    assert [one["number"] for one in seen.json()["versions"]] == [1] and "13 元" not in seen.text
    out = post(cast.mei, f"{here}publish/").json()
    assert (out["current"], out["standing"]) == (2, {**NOBODY, "told": 3})
    assert [one["number"] for one in at(cast.tao).get(here).json()["versions"]] == [1, 2]
    assert post(cast.mei, f"{here}publish/").json() == {"non_field_errors": ["Nothing new is written."]}


def test_unknown_languages_of_what_changed_are_refused(sent, cast):
    before = state_of(sent)
    assert list(patch(cast.mei, sent, {"changed": {"xx": "?"}}).json()) == ["changed"]
    fixed = patch(cast.mei, sent, {"kind": "rule"})
    assert fixed.json() == {"kind": ["It has gone out: this stays as it is."]}
    assert state_of(sent) == before


def test_withdrawn_it_is_answered_and_changed_no_more(sent, delivery, cast):
    here = f"{HERE}{sent.pk}/"
    assert list(post(cast.mei, f"{here}withdraw/").json()) == ["why"]
    gone = post(cast.mei, f"{here}withdraw/", {"why": "误发"}).json()
    assert (gone["state"], gone["withdrawn_why"]) == ("withdrawn", "误发")
    before = state_of(sent)
    said = post(cast.tao, f"{TOLD}{delivery.pk}/answer/", {"seen": 1, "answer": "agree"})
    assert (said.status_code, said.json()) == (400, {"non_field_errors": ["This notice was withdrawn."]})
    assert patch(cast.mei, sent, {"answer_by": str(today())}).status_code == 400
    assert post(cast.mei, f"{here}remind/").status_code == 400
    assert state_of(sent) == before and not NoticeAnswer.objects.exists()


def test_anybody_who_writes_reminds_those_in_reach(sent, draft, cast):
    before = Job.objects.count()
    assert post(cast.ana, f"{HERE}{sent.pk}/remind/").status_code == 403
    assert Job.objects.count() == before
    assert post(cast.tao, f"{HERE}{sent.pk}/remind/").status_code == 202
    job = Job.objects.latest("pk")
    assert (job.kind, job.asked_by, job.input) == ("notices.letters", cast.tao, {"notice": sent.pk, "reminds": True})


def test_nobody_is_reminded_of_a_draft(draft, cast):
    answer = post(cast.mei, f"{HERE}{draft.pk}/remind/")
    assert answer.json() == {"non_field_errors": ["Only of what was sent can anybody be reminded."]}
    assert not Job.objects.exists()


# --- answers ------------------------------------------------------------------------------------------------------


def test_an_answer_given_in_person_counts(delivery, sent, cast):
    here = f"{TOLD}{delivery.pk}/"
    said = {"seen": 1, "answer": "cannot", "reason": "money", "text": "没钱", "told_by": "王", "through": "call"}
    marks = [{"clause": 3, "says": "propose", "text": "先警告"}]
    answer = post(cast.tao, f"{here}answer/", {**said, "marks": marks})
    assert answer.status_code == 200
    one = answer.json()
    assert (one["answer"], one["read_through"], one["version"], one["title"]) == ("cannot", "call", 1, "Price policy")
    [kept] = one["answers"]
    assert {name: kept[name] for name in ("answer", "reason", "text", "marks", "through", "told_by", "version")} == {
        "answer": "cannot",
        "reason": "money",
        "text": "没钱",
        "marks": marks,
        "through": "call",
        "told_by": "王",
        "version": 1,
    }
    assert kept["by"]["username"] == "tao"
    standing = at(cast.mei).get(f"{HERE}{sent.pk}/").json()["standing"]
    assert standing == {**NOBODY, "told": 3, "read": 1, "understood": 1, "cannot": 1}


@pytest.mark.parametrize(
    "said,field",
    [
        ({"answer": "agree"}, "seen"),
        ({"seen": 2, "answer": "agree"}, "non_field_errors"),
        ({"seen": 1, "answer": "yes"}, "answer"),
        ({"seen": 1, "answer": "cannot"}, "reason"),
        ({"seen": 1, "answer": "propose"}, "text"),
        ({"seen": 1, "answer": "agree", "through": "portal"}, "through"),
        ({"seen": 1, "answer": "agree", "marks": [{"clause": 1, "says": "cannot"}]}, "marks"),
        ({"seen": 1, "answer": "unclear", "marks": [{"clause": 9, "says": "unclear"}]}, "marks"),
        ({"seen": 1, "answer": "unclear", "marks": [{"clause": 1, "says": "agree"}]}, "marks"),
        ({"seen": 1, "answer": "unclear", "marks": [{"clause": 1, "says": "unclear"}] * 2}, "marks"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(delivery, cast, said, field):
    before = AuditEntry.objects.count()
    answer = post(cast.tao, f"{TOLD}{delivery.pk}/answer/", said)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    delivery.refresh_from_db()
    assert (delivery.answer, delivery.read_at) == ("", None)
    assert not NoticeAnswer.objects.exists() and AuditEntry.objects.count() == before


def test_done_is_seen_and_taken_back(delivery, cast):
    here = f"{TOLD}{delivery.pk}/"
    assert post(cast.tao, f"{here}done/", {"on": str(today() + DAY)}).json() == {"on": ["This day has not come yet."]}
    done = post(cast.tao, f"{here}done/").json()
    assert (done["done_on"], done["done_by"]["username"]) == (str(today()), "tao")
    back = post(cast.tao, f"{here}undone/").json()
    assert (back["done_on"], back["done_by"]) == (None, None)


def test_a_question_is_asked_and_answered_once(delivery, cast):
    asked_ = post(cast.tao, f"{TOLD}{delivery.pk}/ask/", {"text": "从哪天起？", "clause": 2, "told_by": "王"})
    assert asked_.status_code == 201
    [one] = asked_.json()["questions"]
    assert (one["text"], one["clause"], one["through"], one["told_by"]) == ("从哪天起？", 2, "visit", "王")
    assert (one["owner"]["username"], one["reply"], one["version"]) == ("tao", "", 1)
    here = f"{ASKED}{one['id']}/"
    assert at(cast.mei).get(here).json() == one
    assert post(cast.mei, f"{here}reply/", {"text": "下月", "version": 9}).status_code == 412
    assert not NoticeQuestion.objects.exclude(reply="").exists()
    replied = post(cast.mei, f"{here}reply/", {"text": "下月", "version": 1}).json()
    assert (replied["reply"], replied["replied_by"]["username"], replied["version"]) == ("下月", "mei", 2)
    again = post(cast.mei, f"{here}reply/", {"text": "明天"})
    assert again.json() == {"non_field_errors": ["This question was answered already."]}
    assert NoticeQuestion.objects.get().reply == "下月"
    assert post(cast.tao, f"{TOLD}{delivery.pk}/ask/", {"text": "x", "clause": 9}).json() == {
        "clause": ["There is no such clause."]
    }


def test_readers_write_nothing_down(delivery, cast):
    question = ask(delivery=delivery, text="When?", through="visit", by=cast.tao)
    before = AuditEntry.objects.count()
    given = {"answer": {"seen": 1, "answer": "agree"}, "ask": {"text": "x"}, "done": {}, "undone": {}}
    for name, data in given.items():
        answer = post(cast.ana, f"{TOLD}{delivery.pk}/{name}/", data)
        assert (answer.status_code, answer.json()) == (403, {"detail": "You may read, not change."})
    assert post(cast.ana, f"{ASKED}{question.pk}/reply/", {"text": "x"}).status_code == 403
    assert AuditEntry.objects.count() == before
    assert at(cast.ana).get(f"{TOLD}{delivery.pk}/").json()["questions"][0]["text"] == "When?"


# --- papers -------------------------------------------------------------------------------------------------------


def test_papers_are_downloads_of_versions_that_may_be_read(draft, cast):
    paper = add_paper(notice=draft, file=io.BytesIO("价格表".encode()), name="价格.txt", by=cast.mei)
    send_notice(notice=draft, by=cast.mei)
    [told] = at(cast.tao).get(f"{HERE}{draft.pk}/").json()["versions"][0]["papers"]
    assert (told["id"], told["title"], told["name"], told["size"]) == (paper.pk, "价格", "价格.txt", paper.size)
    answer = at(cast.tao).get(f"/api/v1/notice-papers/{paper.pk}/content/")
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).decode() == "价格表"
    change_notice(notice=draft, by=cast.mei, changed={"zh-hans": "附表"})
    later = add_paper(notice=draft, file=io.BytesIO(b"not yet"), name="b.txt", by=cast.mei)
    for address in (f"/api/v1/notice-papers/{later.pk}/content/", f"/notices/papers/{later.pk}/"):
        assert at(cast.tao).get(address).status_code == 404
        assert at(cast.mei).get(address).status_code == 200
