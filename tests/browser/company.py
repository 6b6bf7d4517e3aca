"""A small company with a row of every kind and files, jobs and people in every state that a page shows."""

from __future__ import annotations

import csv
import datetime
import io
import time
from types import SimpleNamespace

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils.translation import override

from crm.clock import now, today
from tests.browser import promoting

CUSTOMERS, YEARS, SEED = 36, 1, 6
PASSWORD = "correct-horse-7"


def bring_what_migrations_ship() -> None:
    """A transactional test before this one may have emptied these tables."""
    from importlib import import_module

    from django.apps import apps

    from customers.models import IssueTime, SlumpCause, SupportCategory

    for model, migration, ship in (
        (SupportCategory, "0021_support", "bring_categories"),
        (SlumpCause, "0025_slumps", "ship_causes"),
        (IssueTime, "0032_issue_due_moments", "give_rules"),
    ):
        if not model.objects.exists():
            getattr(import_module(f"customers.migrations.{migration}"), ship)(apps, None)


@override_settings(LANGUAGE_CODE="zh-hans")
@override("zh-hans")
def build(folder) -> SimpleNamespace:
    """Where people speak Chinese.

    `people` by login, `rows` {kind: key} of one row each, `known`: those and others, for addresses with braces.
    """
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from crm.accounts.actions import create_token, create_user
    from crm.jobs.runner import drain
    from crm.models import AuditEntry, Posting, SavedView, User
    from customers.care import bulk
    from customers.care.notes import write_note
    from customers.care.special import begin_care
    from customers.contacts.actions import log_contact
    from customers.contacts.ground import add_topic
    from customers.demo.loading import Story, load
    from customers.duplicates import actions as duplicates
    from customers.issues.actions import open_issue
    from customers.issues.ruling import change_terms
    from customers.issues.sharing import share
    from customers.models import (
        Attachment,
        Customer,
        Entitlement,
        EntitlementException,
        Fact,
        IssueCause,
        IssueTime,
        Observation,
        OpenItem,
        Payment,
        PersonRole,
        PortalLink,
        PortalSession,
        Promise,
        Relation,
        RelationType,
        Responsibility,
        SaleLine,
        StandIn,
        SupportBudget,
        TierDecision,
        TierOverride,
        TierPolicy,
        TierRun,
        TierTrialMove,
    )
    from customers.portal import links
    from customers.portal.actions import enter, invite, new_link
    from customers.privacy.actions import ask_erasure
    from customers.profile.actions import assign, create_customer
    from customers.promises.models import Commitment
    from customers.slumps.models import SlumpAlert, SlumpCause
    from customers.slumps.schools import write_school_holiday
    from customers.slumps.watching import write_day
    from customers.surveys.links import path_of
    from visits.models import PlannedVisit
    from visits.plan.actions import plan_visit
    from visits.report.actions import add_to, file_report

    settings.VAR_DIR = folder  # where the demo keeps its sign-ins
    bring_what_migrations_ship()
    load(Story.make(count=CUSTOMERS, years=YEARS, seed=SEED, end=today()))
    people = {name: User.objects.get(username=name) for name in ("admin", "head", "mei", "analyst")}
    people["careful"] = create_user(username="careful", name="慎之", role="admin", password=PASSWORD)
    TOTP.activate(people["careful"], generate_totp_secret())
    RecoveryCodes.activate(people["careful"])
    mei, admin = people["mei"], people["admin"]
    token, _text = create_token(user=admin, label="仓库系统")
    best = Customer.objects.filter(state="active", standing__tier="C").order_by("-standing__w0")[0]
    assign(customers=[best], user=mei, since=today(), by=admin)
    lone = create_customer(
        code="P00001", name="云南昆明潜在客户", kind="franchisee", region=best.region, state="prospect", by=admin
    )
    policy = TierPolicy.objects.adopted()
    TierPolicy.objects.create(code=policy.code, version=policy.version + 1, name="更严的规则", top_share="0.15")
    imports = _imports(admin, best)
    _export(admin)
    export = _export(people["careful"])
    jobs = _jobs(admin)
    _jobs(mei)
    shops = [
        create_customer(code=f"P0001{n}", name=f"昆明五华店{n}", kind="franchisee", region=best.region, by=admin)
        for n in range(4)
    ]
    pair = duplicates.propose(first=shops[0], second=shops[1], by=admin)
    merge = duplicates.merge(survivor=shops[2], loser=shops[3], by=admin)
    agent = Customer.objects.filter(kind="agent").order_by("pk")[0]
    care = begin_care(
        customer=best,
        user=mei,
        reason="店主换了，先稳住",
        review_on=today() + datetime.timedelta(days=30),
        exit_rule="新店主签了合同",
        by=admin,
    )
    note = write_note(customer=best, text="店主说换季想多进几款浅色。", mood=4, by=admin)
    write_note(customer=best, text="只给自己看的话。", is_private=True, by=admin)
    talk = log_contact(
        customer=best,
        by=admin,
        channel="call",
        mood_before=2,
        mood_after=4,
        text="连着几天生意不好，先听他说完。",
        promises=[
            {"side": "ours", "text": "周二前补齐断码", "due_on": today() + datetime.timedelta(days=3)},
            {"side": "theirs", "text": "月底前清掉夏款", "due_on": today()},
        ],
        just_listened=True,
    )
    topic = add_topic(customer=best, text="养锦鲤", kind="interest", by=admin)
    add_topic(customer=best, text="分家的旧账", kind="avoid", by=admin)
    many = bulk.tag(by=admin, name="换季", ids=[best.pk, lone.pk, agent.pk])
    handed = bulk.assign(by=admin, user=mei, since=today(), ids=[lone.pk], word="先听，别急着谈价。")
    gone = create_customer(code="P00020", name="昆明官渡店", kind="franchisee", region=best.region, by=admin)
    erased = ask_erasure(row=gone, typed=gone.code, by=admin, reason="2026-03 来函")
    drain()
    visit = plan_visit(
        customer=best, visitor=mei, day=today() + datetime.timedelta(days=1), goals=["谈妥换季陈列"], by=admin
    )
    dealer = invite(customer=best, name="王老板", phone="139 0000 1111", by=admin)
    enter(token=links.token_of(PortalLink.objects.get(account=dealer)))
    link = new_link(account=dealer, by=admin)
    issue = open_issue(customer=best, title="到货少了两箱", category="supply", text="物流单上写的是齐的。", by=mei)
    asked, answered = _survey(best, lone, admin, mei)
    granted, wanted = _support(best, mei)
    trial = _trial(people["admin"])
    told, draft = promoting.notices_of(best, admin, mei)
    planned, agreed = promoting.promotions_of(best, mei)
    carried, measured = promoting.rollouts_of(best, admin)
    carried |= promoting.budgets_of(best, admin, mei, carried)
    rows = _rhythms(best, mei, admin) | {
        **told,
        **planned,
        **carried,
        "supportrequest": granted.pk,
        "supportcost": granted.costs.get().pk,
        "supportbudget": SupportBudget.objects.order_by("-pk")[0].pk,
        "supportcategory": granted.category_id,
        "entitlement": Entitlement.objects.order_by("pk")[0].pk,
        "entitlementexception": EntitlementException.objects.order_by("pk")[0].pk,
        "survey": asked.survey_id,
        "surveytemplate": asked.survey.template_id,
        "surveypoint": asked.survey.template.points.all()[0].pk,
        "surveyinvitation": asked.pk,
        "surveyresponse": answered.response.pk,
        "surveyanswer": answered.response.answers.all()[0].pk,
        "managerguess": answered.guesses.all()[0].pk,
        "issue": issue.pk,
        "issuestep": issue.steps.get().pk,
        "issueterms": change_terms(repeat_days=60, by=admin).pk,
        "issuetime": IssueTime.objects.get(category="", tier="").pk,
        "issuecause": IssueCause.objects.get(code="planning").pk,
        "sharedmirror": share(user=mei).pk,
        "plannedvisit": visit.pk,
        "slumpalert": SlumpAlert.objects.filter(kind="slump").order_by("-third_day", "-pk")[0].pk,
        "slumpcause": SlumpCause.objects.order_by("pk")[0].pk,
        "brandday": write_day(day=today(), kind="plain", by=admin).pk,
        "schoolholiday": write_school_holiday(
            first_day=datetime.date(2026, 7, 1), last_day=datetime.date(2026, 8, 31), region=best.region, by=admin
        ).pk,
        "portalaccount": dealer.pk,
        "portallink": link.pk,
        "portalsession": PortalSession.objects.get(account=dealer).pk,
        "note": note.pk,
        "contact": talk.pk,
        "topic": topic.pk,
        "commitment": Commitment.objects.filter(customer=best, side="ours").order_by("-pk")[0].pk,
        "specialcare": care.pk,
        "standin": StandIn.objects.order_by("-pk")[0].pk,
        "tag": many.params["tag"],
        "bulkaction": many.pk,
        "handover": handed.handover_id,
        "erasure": erased.pk,
        "duplicatepair": pair.pk,
        "merge": merge.pk,
        "customer": best.pk,
        "region": best.region_id,
        "user": mei.pk,
        "posting": Posting.objects.all()[0].pk,
        "job": jobs["failed"],
        "importrun": imports["checked"],
        "export": export.pk,
        "savedview": SavedView.objects.filter(owner=admin)[0].pk,
        "apitoken": token.pk,
        "openitem": OpenItem.objects.order_by("-pk")[0].pk,
        "payment": Payment.objects.order_by("-pk")[0].pk,
        "promise": Promise.objects.order_by("-pk")[0].pk,
        "saleline": SaleLine.objects.filter(customer=best)[0].pk,
        "observation": Observation.objects.order_by("-pk")[0].pk,
        "attachment": Attachment.objects.filter(kind="photo").order_by("pk")[0].pk,
        "responsibility": Responsibility.objects.filter(customer=best)[0].pk,
        "fact": Fact.objects.filter(customer=best)[0].pk,
        "person": Relation.objects.filter(type__code="introduced").order_by("pk")[0].end_person_id,
        "personrole": PersonRole.objects.filter(customer=best)[0].pk,
        "relation": Relation.objects.order_by("pk")[0].pk,
        "relationtype": RelationType.objects.order_by("pk")[0].pk,
        "auditentry": AuditEntry.objects.filter(action="customer.create")[0].pk,
        "tierrun": TierRun.objects.order_by("-pk")[0].pk,
        "tierpolicy": TierPolicy.objects.order_by("-pk")[0].pk,
        "tieroverride": TierOverride.objects.order_by("-pk")[0].pk,
        "tiertrial": trial.pk,
        "tiertrialmove": TierTrialMove.objects.filter(trial=trial)[0].pk,
        "tierdecision": TierDecision.objects.filter(customer=best)[0].pk,
    }
    known = {**rows, **imports, "running": jobs["running"], "lone": lone.pk, "agent": agent.pk}
    document = Attachment.objects.filter(kind="document").order_by("pk")[0]
    known |= {"document": document.pk, "pictured": document.customer_id}
    known |= {"late": _late_visit(best, mei, 1).pk, "made": _late_visit(best, mei, 4).pk}
    reported = file_report(
        visit=PlannedVisit.objects.get(pk=known["made"]),
        by=mei,
        listened="浅色款卖得快，补货慢。",
        found="库房里压着两箱去年的款。",
        solved="当场上了花车。",
        shared="补货单已提交。",
        private="老板最近压力大。",
        mood_before=2,
        mood_after=4,
        issues=[{"title": "补货慢", "category": "supply", "origin": "told"}],
    )
    rows |= {"visitreport": reported.pk, "reportaddition": add_to(report=reported, text="补充一句。", by=mei).pk}
    known |= rows
    known |= {"wanted": wanted.pk, "draft_notice": draft, "agreed_plan": agreed, "measured_promotion": measured}
    known["draft_promotion"] = promoting.draft_of(best, admin)
    known |= {"answering": path_of(asked), "answered": answered.survey_id}
    known["portal"] = links.token_of(link)
    known["reset"] = reset_address(people["careful"])
    return SimpleNamespace(people=people, rows=rows, known=known)


def _rhythms(customer, visitor, admin) -> dict[str, int]:
    """A rhythm of its own, days off and a pace; what counts, also after a test emptied the tables."""
    from visits.models import CadenceWindow, CountingRule
    from visits.plan import busy, rhythms

    word = rhythms.set_cadence(customer=customer, days=10, reason="新开业，头三个月多去。", by=visitor)
    off = busy.add_busy(
        person=visitor, first=today(), last=today() + datetime.timedelta(days=2), kind="leave", note="年假", by=admin
    )
    busy.set_pace(person=visitor, there=55, travel=40, day=400, by=admin)
    return {
        "cadenceoverride": word.pk,
        "busyday": off.pk,
        "visitorpace": visitor.pk,
        "countingrule": CountingRule.objects.get_or_create(source="visit", kind="", tier="")[0].pk,
        "cadencewindow": CadenceWindow.objects.get_or_create(tier="A")[0].pk,
    }


def _support(customer, by):
    """Something given, with a cost, and something that waits."""
    from decimal import Decimal

    from customers.models import EntitlementException, SupportCategory
    from customers.support import actions, booking, setting

    if not EntitlementException.objects.exists():
        until = today() + datetime.timedelta(days=60)
        row = {"customer": customer, "gives": "terms", "amount": Decimal(60), "until": until, "reason": "换季"}
        setting.propose_exception(**row, by=by)
    category = SupportCategory.objects.get(code="return")
    asked = [
        actions.ask(customer=customer, category=category, what="换季的货", asked_amount=Decimal(900), by=by)
        for _n in range(2)
    ]
    granted = actions.grant(request=asked[0], by=None, over_reason="周年庆")
    booking.book_cost(request=granted, amount=Decimal(100), by=None)
    return granted, asked[1]


def _survey(best, lone, admin, mei):
    """(an invitation that waits for an answer and for a guess, one that was guessed and answered)."""
    from customers.models import SurveyInvitation
    from customers.surveys import actions, answering

    template = actions.write_template(name="经销商满意度", by=admin)
    day = today()
    found = []
    for name, customer in (("本季度", best), ("上季度", lone)):
        made = actions.begin_survey(
            template=template, name=name, opens_on=day, closes_on=day, customers=[customer], by=admin
        )
        found.append(SurveyInvitation.objects.select_related("survey__template").get(survey=made))
    asked, answered = found
    points = list(template.points.all())
    answering.guess(invitation=answered, guesses={one.pk: (8, 7) for one in points}, by=mei)
    said = {one.pk: answering.Said(8, 4, -1, 5) for one in points}
    answering.answer(invitation=answered, answers=said, overall=4, renew=5, comment="补货太慢。", through="link")
    return asked, answered


def _trial(by):
    """Twice as many in A."""
    from customers.models import TierPolicy
    from customers.tiers import labbing, trying

    policy = TierPolicy.objects.adopted()
    draft = labbing.draft_of(policy) | {"top_share": "0.40"}
    return trying.ask(by=by, base=policy, against=policy, draft=draft)


def _late_visit(customer, visitor, ago: int):
    """Planned for today, and not made so many days ago."""
    from visits.models import PlannedVisit
    from visits.plan.actions import plan_visit

    visit = plan_visit(customer=customer, visitor=visitor, day=today(), goals=["看库存", "定下周末的物料"], by=visitor)
    PlannedVisit.objects.filter(pk=visit.pk).update(day=today() - datetime.timedelta(days=ago))
    return visit


def table(rows, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def _imports(admin, customer) -> dict[str, int]:
    """One file for each state in which an import can be met; those of the demo are among them."""
    from crm.imports import actions
    from crm.jobs.runner import drain
    from crm.models import ImportRun

    day = today() - datetime.timedelta(days=3)
    head = ["客户编码", "日期", "销售额"]
    files = {
        "checked": table([head, [customer.code, day, "1,234.50"]], "gb18030"),
        "checked-refused": table([head, [customer.code, day, "99.00"], ["F99999", day, "12"], ["", "", "一千"]]),
        "mapping": table([["Kd.", "Tag", "Betrag", "Anm."], [customer.code, day, "17.00", "x"]]),
        "unusable": b"\x00\x01\x02\x03 nothing that could be read",
    }
    made = {}
    for name, content in files.items():
        file = SimpleUploadedFile(f"{name}.csv", content)
        run = actions.upload(kind="sales", file=file, name=file.name, by=admin)
        actions.check(run=run, by=admin)
        drain()
        run.refresh_from_db()
        assert run.state == name.split("-")[0], (name, run.state, run.problem)
        made[name] = run.pk
    for state in ("done", "refused", "undone"):
        made[state] = ImportRun.objects.filter(state=state).order_by("-pk")[0].pk
    return made


def _export(admin):
    from crm.exports.actions import ask
    from crm.jobs.runner import drain

    export = ask(kind="customers", format="csv", by=admin)
    drain()
    return export


def _jobs(person) -> dict[str, int]:
    """One job in every state, none of which a worker would take."""
    from crm.models import Job

    later = now() + datetime.timedelta(days=1)
    states = {
        "queued": {"run_after": later},
        "running": {"started_at": now(), "lease_until": later, "done_units": 4_200, "total_units": 10_000},
        "failed": {"finished_at": now(), "error": "Traceback: 文件不见了"},
        "stopped": {"finished_at": now()},
    }
    return {
        state: Job.objects.create(
            kind="tiers.refresh",
            title=f"分级更新（{state}）",
            state=state,
            asked_by=person,
            **{"run_after": now(), **values},
        ).pk
        for state, values in states.items()
    }


def session_of(person) -> str:
    """The session key of somebody who has just signed in and said once more who they are."""
    from allauth.account.internal.userkit import user_id_to_str

    client = Client()
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = user_id_to_str(person)
    session.save()
    return session.session_key


def half_signed_in(person) -> str:
    """The session key of somebody whose password was right, and who is now asked for the second factor."""
    client = Client()
    client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def reset_address(person) -> str:
    """What stands in the mail to somebody who forgot their password."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    return f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
