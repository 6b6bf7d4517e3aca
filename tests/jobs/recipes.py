"""One recipe for each kind of job: it sets the stage and returns the job, ready to be run; and where they write."""

from __future__ import annotations

import datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.base import ContentFile

from crm.api.models import IdempotencyKey
from crm.clock import now, today
from crm.exports import actions as exports
from crm.exports.models import Export
from crm.imports import actions as imports
from crm.imports.models import ImportRun
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from crm.workdays import next_working_day
from customers.care import bulk
from customers.care.models import BulkAction
from customers.files import actions as attachments
from customers.files.models import Attachment
from customers.issues.actions import open_issue
from customers.models import Customer, Issue, Promise
from customers.people.actions import create_person
from customers.profile.actions import assign
from customers.receivables.actions import promise
from customers.relationship.actions import observe
from customers.slumps import keeping
from customers.surveys import actions as surveys
from customers.surveys.letters import ask_to_send
from tests.issues.conftest import put_due
from visits.plan.actions import plan_visit
from visits.planning import actions as drafts

SALES = "customer_code,date,amount\nK1,2026-01-05,120.50\nK2,2026-01-05,80\nK1,2026-01-06,99.99\n"
MORE = "customer_code,date,amount\nK1,2026-01-05,130.50\nK2,2026-01-07,10\n"


def check(cast) -> Job:
    run = imports.upload(kind="sales", file=ContentFile(MORE.encode()), name="more.csv", by=cast.ada)
    return imports.check(run=run, by=cast.ada).job


def write(cast) -> Job:
    run = imports.upload(kind="sales", file=ContentFile(MORE.encode()), name="more.csv", by=cast.ada)
    return imports.start(run=run, by=cast.ada).job


def undo(cast) -> Job:
    runner.run_here(write(cast))
    return imports.ask_undo(run=ImportRun.objects.latest("pk"), by=cast.ada).job


def make(cast) -> Job:
    return exports.ask(kind="customers", format="csv", by=cast.mei).job


def purge_exports(cast) -> Job:
    runner.run_here(make(cast))
    Export.objects.update(expires_at=now() - datetime.timedelta(minutes=1))
    return enqueue(kind="exports.purge")


def seal(cast) -> Job:
    return enqueue(kind="audit.seal")


def purge_keys(cast) -> Job:
    old = now() - datetime.timedelta(days=3)
    key = IdempotencyKey.objects.create(principal=cast.bot, key="k", fingerprint="f", claimed_at=old)
    IdempotencyKey.objects.filter(pk=key.pk).update(created_at=old)
    return enqueue(kind="api.purge_keys")


def refresh_tiers(cast) -> Job:
    return enqueue(kind="tiers.refresh", asked_by=cast.ada)


def compute_scores(cast) -> Job:
    observe(customer=Customer.objects.get(code="K1"), trait="loyalty", score=70, seen_on=today())
    return enqueue(kind="scores.compute")


def detect_slumps(cast) -> Job:
    keeping.forget()  # as after a merge
    return enqueue(kind="slumps.detect", asked_by=cast.ada)


def run_tiers(cast) -> Job:
    return enqueue(kind="tiers.run", input={"as_of": "2026-06-30", "policy": "article"}, asked_by=cast.ada)


def _trial(cast):
    from customers.models import TierPolicy
    from customers.tiers import labbing, trying

    policy = TierPolicy.objects.adopted()
    draft = labbing.draft_of(policy) | {"top_share": "0.50"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trying, "AT_ONCE", -1)
        return trying.ask(by=cast.ada, base=policy, against=policy, draft=draft, as_of=datetime.date(2026, 6, 30))


def try_policy(cast) -> Job:
    return Job.objects.get(pk=_trial(cast).job_id)


def measure_churn(cast) -> Job:
    from customers.tiers.trying import ask_churn

    return ask_churn(trial=_trial(cast), by=cast.ada)


def due_tiers(cast) -> Job:
    """An override whose last day is over, a policy whose day has come, and a trial of long ago."""
    from customers.models import TierOverride, TierPolicy, TierTrial
    from customers.tiers.actions import create_policy

    past = today() - datetime.timedelta(days=2)
    TierOverride.objects.create(
        customer=Customer.objects.get(code="K1"),
        tier="B",
        reason="a good reason",
        since=past,
        until=past,
        state="in_force",
        decided_by=cast.ada,
    )
    made = create_policy(code="article", by=cast.ada, growth="0.2")
    TierPolicy.objects.filter(pk=made.pk).update(adopted_from=today(), planned_by=cast.ada)
    TierTrial.objects.filter(pk=_trial(cast).pk).update(created_at=now() - datetime.timedelta(days=31))
    return enqueue(kind="tiers.due")


def purge_files(cast) -> Job:
    made = attachments.attach(customer=Customer.objects.first(), file=BytesIO(b"a note"), name="a.txt", by=cast.ada)
    attachments.remove(attachment=made, by=cast.ada)
    Attachment.objects.update(removed_at=now() - datetime.timedelta(days=31))
    return enqueue(kind="files.purge")


def judge_promises(cast) -> Job:
    """One promise to pay whose day has passed without money, as the night finds it."""
    customer, day = Customer.objects.get(code="K1"), today()
    made = promise(customer=customer, due_on=day, amount=Decimal(100), by=cast.ada)
    past = day - datetime.timedelta(days=5)
    Promise.objects.filter(pk=made.pk).update(made_on=past, due_on=past)
    return enqueue(kind="promises.follow")


def escalate_issues(cast) -> Job:
    shop = Customer.objects.get(code="K1")
    issue = open_issue(customer=shop, title="Late delivery", category="supply", by=cast.mei)
    yesterday = today() - datetime.timedelta(days=1)
    put_due(Issue.objects.filter(pk=issue.pk), yesterday, yesterday)
    return enqueue(kind="issues.escalate")


def ask_round(cast):
    """A round that asks a shop whose owner has an e-mail address."""
    shop = Customer.objects.get(code="K1")
    create_person(name="Wang", email="wang@shop.test", customer=shop, role={"role": "owner"}, by=cast.ada)
    template = surveys.write_template(name="How content", by=cast.ada)
    return surveys.begin_survey(
        template=template, name="Autumn", opens_on=today(), closes_on=today(), customers=[shop], by=cast.ada
    )


def send_surveys(cast) -> Job:
    return ask_to_send(ask_round(cast), "https://qiao.test", cast.ada)


def expire_surveys(cast) -> Job:
    survey = ask_round(cast)
    yesterday = today() - datetime.timedelta(days=1)
    type(survey).objects.update(opens_on=yesterday, closes_on=yesterday)
    return enqueue(kind="surveys.expire")


def _notice(cast, answer_by=None):
    """To all, as a draft."""
    from promotions.policies.actions import write_notice
    from promotions.policies.audience import Audience

    return write_notice(
        kind="policy",
        language="en",
        texts={"en": {"title": "Prices", "clauses": "One price."}},
        answer_by=answer_by or today() + datetime.timedelta(days=9),
        audience=Audience(everybody=True),
        by=cast.ada,
    )


def tell_notice(cast) -> Job:
    """Of four customers one is told at once, the others by the job."""
    from promotions.policies import sending

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "AT_ONCE", 1)
        sending.send_notice(notice=_notice(cast), by=cast.ada)
    return Job.objects.get(kind="notices.tell")


def write_about_notice(cast) -> Job:
    from promotions.policies.sending import send_notice

    _dealer(cast)
    send_notice(notice=_notice(cast), by=cast.ada)
    return Job.objects.get(kind="notices.letters")


def follow_notices(cast) -> Job:
    """One is due to go out, and its last day to answer is so near that everybody is reminded."""
    from promotions.policies.models import Notice
    from promotions.policies.sending import send_notice

    made = _notice(cast, today() + datetime.timedelta(days=2))
    send_notice(notice=made, by=cast.ada, on=today() + datetime.timedelta(days=1))
    Notice.objects.filter(pk=made.pk).update(send_on=today())
    return enqueue(kind="notices.follow")


def _promotion(cast, **days):
    from promotions.policies.audience import Audience
    from promotions.rollout.actions import write_promotion

    day = today()
    values = {"starts_on": day, "ends_on": day, "answer_by": day, **days}
    return write_promotion(
        code="p1", title="促销", kind="price", mechanics="x", audience=Audience(everybody=True), by=cast.ada, **values
    )


def invite_many(cast) -> Job:
    """Of four customers one is asked at once, the others by the job."""
    from promotions.rollout import actions

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "AT_ONCE", 1)
        actions.open_promotion(promotion=_promotion(cast), by=cast.ada)
    return Job.objects.get(kind="promotions.invite")


def write_about_promotion(cast) -> Job:
    from promotions.rollout.actions import open_promotion

    _dealer(cast)
    open_promotion(promotion=_promotion(cast), by=cast.ada)
    return Job.objects.get(kind="promotions.letters")


def remind_of_promotion(cast) -> Job:
    """Asked days ago, written to then, not answered yet."""
    from promotions.rollout.models import Participation, Promotion

    runner.run_here(write_about_promotion(cast))
    past = now() - datetime.timedelta(days=4)
    Promotion.objects.update(opened_at=past)
    Participation.objects.filter(reminded_at__isnull=False).update(reminded_at=past)
    return enqueue(kind="promotions.remind")


def _over(cast):
    """A promotion that is over, of which nothing can be measured: nobody took part."""
    from promotions.rollout import actions
    from promotions.rollout.models import Promotion

    made = actions.open_promotion(promotion=_promotion(cast), by=cast.ada)
    before = today() - datetime.timedelta(days=9)
    Promotion.objects.filter(pk=made.pk).update(starts_on=before, ends_on=before, answer_by=before)
    return made


def measure_promotion(cast) -> Job:
    return enqueue(kind="promotions.measure", input={"promotion": _over(cast).pk}, asked_by=cast.ada)


def measure_due(cast) -> Job:
    _over(cast)
    return enqueue(kind="promotions.measure_due")


def scan_duplicates(cast) -> Job:
    Customer.objects.filter(code__in=["K1", "K2"]).update(name="张三鲜母婴", phone="0571-88881234")
    return enqueue(kind="duplicates.scan", asked_by=cast.ada)


def merge_customers(cast) -> Job:
    from customers.duplicates import actions

    sides = {one.code: one for one in Customer.objects.filter(code__in=["K1", "K2"])}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "LARGE", 0)
        return actions.merge(survivor=sides["K1"], loser=sides["K2"], by=cast.ada).job


def unmerge_customers(cast) -> Job:
    from customers.duplicates import actions
    from customers.models import Merge

    runner.run_here(merge_customers(cast))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "LARGE", 0)
        return actions.undo(merge=Merge.objects.get(), by=cast.ada).job


def change_many(cast) -> Job:
    bulk.AT_ONCE = 0
    try:
        return bulk.tag(by=cast.ada, name="spring", query="").job
    finally:
        bulk.AT_ONCE = 200


def take_many_back(cast) -> Job:
    runner.run_here(change_many(cast))
    bulk.AT_ONCE = 0
    try:
        return bulk.ask_undo(action=BulkAction.objects.latest("pk"), by=cast.ada).job
    finally:
        bulk.AT_ONCE = 200


def erase(cast) -> Job:
    from customers.privacy.actions import ask_erasure

    shop = Customer.objects.get(code="K1")
    return ask_erasure(row=shop, typed="K1", by=cast.ada, reason="asked by letter").job


def retain(cast) -> Job:
    """A sensitive fact past its day, an upload past its time, and a prospect nobody wrote about."""
    from customers.facts.actions import Origin, note_fact
    from customers.models import Fact

    origin = Origin(noted_on=today() - datetime.timedelta(days=9))
    note_fact(customer=Customer.objects.get(code="K1"), field="family", value="two sons", by=cast.ada, origin=origin)
    Fact.objects.update(expires_on=today())
    old = now() - datetime.timedelta(days=91)
    ImportRun.objects.update(created_at=old)
    return enqueue(kind="privacy.retain", asked_by=cast.ada)


def _dealer(cast):
    from customers.portal.actions import invite

    return invite(customer=Customer.objects.get(code="K1"), name="王", email="wang@shop.test", by=cast.ada)


def send_links(cast) -> Job:
    from customers.models import PortalLink
    from customers.portal.jobs import ask_to_send

    return ask_to_send([PortalLink.objects.get(account=_dealer(cast))], "http://qiao.test", cast.ada)


def purge_portal(cast) -> Job:
    from customers.models import PortalLink

    _dealer(cast)
    PortalLink.objects.update(expires_at=now() - datetime.timedelta(days=181))
    return enqueue(kind="portal.purge")


def mail_what_is_told(cast) -> Job:
    from crm.models import NotificationHours
    from crm.notifications.actions import notify

    NotificationHours.objects.create(user=cast.tao, quiet_from=None, quiet_until=None)
    notify(kind="care.handover", to=[cast.tao.pk], key="h:1", params={"person": "Mei", "n": 1, "note": ""})
    Job.objects.update(run_after=now())
    return Job.objects.get(kind="notifications.mail")


def purge_notifications(cast) -> Job:
    from crm.models import Notification

    mail_what_is_told(cast)
    Notification.objects.update(created_at=now() - datetime.timedelta(days=91))
    return enqueue(kind="notifications.purge")


def draft_plan(cast) -> Job:
    """An agreed visit that stays, and customers without a position, who are named."""
    day = next_working_day(today())
    assign(customers=list(Customer.objects.all()), user=cast.tao, since=today())
    plan_visit(customer=Customer.objects.get(code="K1"), visitor=cast.tao, day=day, is_agreed=True, by=cast.tao)
    draft = drafts.ask(visitor=cast.tao, first=day, last=day, by=cast.tao, seconds=1)
    return Job.objects.get(pk=draft.job_id)


RECIPES = {
    "notifications.mail": mail_what_is_told,
    "notifications.purge": purge_notifications,
    "portal.send": send_links,
    "portal.purge": purge_portal,
    "privacy.erase": erase,
    "privacy.retain": retain,
    "promises.follow": judge_promises,
    "issues.escalate": escalate_issues,
    "surveys.send": send_surveys,
    "surveys.expire": expire_surveys,
    "notices.tell": tell_notice,
    "notices.letters": write_about_notice,
    "notices.follow": follow_notices,
    "promotions.invite": invite_many,
    "promotions.letters": write_about_promotion,
    "promotions.remind": remind_of_promotion,
    "promotions.measure": measure_promotion,
    "promotions.measure_due": measure_due,
    "duplicates.scan": scan_duplicates,
    "customers.merge": merge_customers,
    "customers.unmerge": unmerge_customers,
    "bulk.do": change_many,
    "bulk.undo": take_many_back,
    "imports.check": check,
    "imports.run": write,
    "imports.undo": undo,
    "exports.make": make,
    "exports.purge": purge_exports,
    "api.purge_keys": purge_keys,
    "audit.seal": seal,
    "scores.compute": compute_scores,
    "tiers.refresh": refresh_tiers,
    "tiers.run": run_tiers,
    "slumps.detect": detect_slumps,
    "tiers.trial": try_policy,
    "tiers.churn": measure_churn,
    "tiers.due": due_tiers,
    "files.purge": purge_files,
    "visits.draft": draft_plan,
}
# What each run writes down about itself: that it was run, when, and how long it took.
DIARY = {
    "imports.check": {("crm_importrun", "finished_at"), ("crm_importrun", "seconds")},
    "tiers.refresh": {("customers_standingstate", "run_id"), ("customers_tierrun", "*")},
    "tiers.run": {("customers_tierrun", "*")},
    "tiers.trial": {("customers_tiertrial", "seconds"), ("customers_tiertrialmove", "id")},
    "promotions.measure": {("promotions_promotion", "measured_at")},
    "visits.draft": {("visits_plandraft", "result"), ("visits_draftvisit", "id")},  # which tells how long it took
}
