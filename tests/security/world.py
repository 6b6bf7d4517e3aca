"""A company with something of every kind on both sides, each marked so that a leak can be seen.

Whatever belongs to West (or to Lin, its head) holds WESTMARK, whatever belongs to East (or to Mei) EASTMARK. What
belongs to neither in name is found by id: `objects[kind]` lists all, `foreign_to(kind, who)` those one must not see.
"""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from types import SimpleNamespace

from django.utils import timezone

from tests.security import world_promotions as promotions

EAST, WEST = "EASTMARK", "WESTMARK"
MISSING_ID = {EAST: 888_888_001, WEST: 888_888_002}
# Who sees which rows: the plain truth, written down apart from the code it judges. Letters: e East, w West. Whoever is
# not named sees none.
SEES = {
    "customer": {"mei": "e", "tao": "e", "lin": "w", "ana": "ew", "ada": "ew", "bot": "e", "wei": "e"},
    "region": {"mei": "e", "tao": "", "lin": "w", "ana": "ew", "ada": "ew", "bot": "e", "wei": "e"},
    "user": {"mei": "e", "tao": "", "lin": "w", "ana": "ew", "ada": "ew", "bot": "e"},
    # Of one's own only (administrators: all): e was asked by Mei, w by Lin.
    "job": {"mei": "e", "tao": "", "lin": "w", "ana": "", "ada": "ew", "bot": ""},
    "importrun": {"mei": "e", "tao": "", "lin": "w", "ana": "", "ada": "ew", "bot": ""},
    "export": {"mei": "e", "tao": "", "lin": "w", "ana": "", "ada": "", "bot": ""},
    "savedview": {"mei": "e", "tao": "", "lin": "w", "ana": "", "ada": "", "bot": ""},
    "apitoken": {"mei": "e", "tao": "", "lin": "w", "ana": "", "ada": "ew", "bot": ""},
    "notification": {"mei": "e", "tao": "", "lin": "w", "ana": "", "ada": "", "bot": ""},
    "tiertrial": {"mei": "e", "tao": "", "lin": "w", "ana": "", "ada": "ew", "bot": ""},
    "auditentry": {"mei": "e", "tao": "", "lin": "w", "ana": "", "ada": "ew", "bot": ""},
    "erasure": {"mei": "e", "tao": "", "lin": "w", "ana": "", "ada": "ew", "bot": ""},
    # For the whole brand.
    "tierrun": {"mei": "", "tao": "", "lin": "", "ana": "ew", "ada": "ew", "bot": ""},
    "tierpolicy": dict.fromkeys(("mei", "tao", "lin", "ana", "ada", "bot", "wei"), "ew"),
    "supportbudget": {"mei": "e", "tao": "", "lin": "w", "ana": "ew", "ada": "ew", "bot": "e", "wei": "e"},
    "relationtype": dict.fromkeys(("mei", "tao", "lin", "ana", "ada", "bot", "wei"), "ew"),
    "slumpcause": dict.fromkeys(("mei", "tao", "lin", "ana", "ada", "bot", "wei"), "ew"),
    "brandday": dict.fromkeys(("mei", "tao", "lin", "ana", "ada", "bot", "wei"), "ew"),
    "schoolholiday": dict.fromkeys(("mei", "tao", "lin", "ana", "ada", "bot", "wei"), "ew"),
}
# Seen by whoever sees the customer they are of.
OF_A_CUSTOMER = [
    "responsibility",
    "saleline",
    "observation",
    "score",
    "tierdecision",
    "fact",
    "attachment",
    "person",
    "personrole",
    "relation",
    "duplicatepair",
    "merge",
    "openitem",
    "payment",
    "promise",
]
OF_A_CUSTOMER += ["commitment", "contact", "topic"]
OF_A_CUSTOMER += ["slumpalert"]
OF_A_CUSTOMER += ["tieroverride", "tiertrialmove"]
OF_A_CUSTOMER += ["note", "specialcare", "tag", "plannedvisit", "portalaccount", "portallink", "portalsession"]
OF_A_CUSTOMER += ["cadenceoverride", "visitreport", "reportaddition", "shortnotice", "agreedbefore"]
OF_A_CUSTOMER += ["supportrequest", "supportcost", "entitlementexception"]
OF_A_CUSTOMER += ["issue", "issuestep", "surveyinvitation", "surveyresponse", "surveyanswer", "managerguess"]
# A notice is seen by whoever sees one of those who were told.
OF_A_CUSTOMER += ["notice", "noticefile", "noticedelivery", "noticeanswer", "noticequestion"]
OF_A_CUSTOMER += ["promotionplan", "planversion", "plansignature"]
OF_A_CUSTOMER += ["promotion", "participation", "execution", "budgetuse", "promotionlesson"]
SEES |= {
    "supportcategory": SEES["tierpolicy"],
    "entitlement": SEES["tierpolicy"],
    "issueterms": SEES["tierpolicy"],
    "issuetime": SEES["tierpolicy"],
    "issuecause": SEES["tierpolicy"],
    "surveytemplate": SEES["tierpolicy"],
    "surveypoint": SEES["tierpolicy"],
    "survey": SEES["customer"],
    # Of whoever one may send.
    "plandraft": SEES["customer"],
    "trip": SEES["customer"],
    # Heads see those of their people, others their own.
    "standin": {"mei": "e", "tao": "e", "lin": "w", "ana": "ew", "ada": "ew", "bot": "", "wei": "e"},
    "bulkaction": {"mei": "e", "tao": "", "lin": "w", "ana": "", "ada": "ew", "bot": ""},
    "handover": SEES["customer"],
    "countingrule": SEES["tierpolicy"],
    "cadencewindow": SEES["tierpolicy"],
    # Heads see those of their people, others their own.
    "busyday": SEES["user"] | {"tao": "e"},
    "visitorpace": SEES["user"] | {"tao": "e"},
    # A head's: theirs alone.
    "sharedmirror": {"mei": "e", "tao": "", "lin": "w", "ana": "", "ada": "", "bot": ""},
}
SEES |= dict.fromkeys(("promotionbudget", "budgetapproval"), SEES["supportbudget"])
SEES |= dict.fromkeys(OF_A_CUSTOMER, SEES["customer"]) | {"posting": SEES["user"]}


def _talks(customer, head, mark) -> dict:
    """A contact with a promise, one that is private, and common ground."""
    from crm.clock import today
    from customers.contacts import ground
    from customers.contacts.actions import log_contact
    from customers.promises.models import Commitment

    promise = {"side": "ours", "text": f"promise {mark}", "due_on": today()}
    contact = log_contact(
        customer=customer, by=head, channel="call", text=f"talk {mark}", mood_after=4, promises=[promise]
    )
    log_contact(customer=customer, by=head, channel="call", text=f"private talk {mark}", is_private=True)
    topic = ground.add_topic(customer=customer, text=f"topic {mark}", by=head)
    return {"contact": contact, "commitment": Commitment.objects.get(customer=customer), "topic": topic}


def build(cast, regions) -> SimpleNamespace:
    """Two of everything: `one.objects[kind] = (East's, West's)`."""
    from crm.accounts.actions import change_region, change_user, create_token, create_user
    from crm.audit.models import AuditEntry
    from crm.clock import today
    from crm.exports.models import Export
    from crm.imports.models import ImportRun
    from crm.jobs.models import Job
    from crm.listing.models import SavedView
    from crm.notifications.models import Notification
    from customers.care import bulk
    from customers.care.models import Handover, HandoverBrief
    from customers.care.notes import write_note
    from customers.care.special import begin_care
    from customers.care.standing_in import name_stand_in
    from customers.facts.actions import note_fact
    from customers.files.actions import attach
    from customers.models import (
        Customer,
        DuplicatePair,
        Erasure,
        Merge,
        Observation,
        RelationType,
        Responsibility,
        SaleLine,
        Score,
        TierDecision,
        TierPolicy,
    )
    from customers.people.actions import create_person, relate
    from customers.profile.actions import assign, create_customer
    from customers.profile.tags import Tag
    from customers.relationship.branddays import BrandDay
    from customers.slumps.models import SchoolHoliday, SlumpAlert, SlumpCause
    from customers.tiers.actions import refresh
    from visits.models import PlanDraft
    from visits.plan.actions import plan_visit

    # A manager posted to a region: sees all its customers, and none of their heads.
    cast.wei = create_user(
        username="wei",
        name="Wei",
        role="manager",
        region=regions.jiangsu,
        password="correct-horse-7",
        email="w@qiao.test",
    )
    cast.xu = create_user(
        username="xu",
        name=f"Xu {WEST}",
        role="manager",
        region=regions.sichuan,
        password="correct-horse-7",
        email="x@qiao.test",
    )
    change_user(user=cast.lin, name=f"Lin {WEST}")
    change_user(user=cast.mei, name=f"Mei {EAST}")
    change_region(region=regions.sichuan, name=f"四川 {WEST}")
    change_region(region=regions.jiangsu, name=f"江苏 {EAST}")
    soon = timezone.now() + datetime.timedelta(hours=20)
    sides = []
    for mark, region, head in ((EAST, regions.jiangsu, cast.mei), (WEST, regions.sichuan, cast.lin)):
        customer = create_customer(
            code=f"C-{mark}", name=f"店 {mark}", kind="franchisee", region=region, address=f"{mark} road", by=head
        )
        run = ImportRun.objects.create(
            kind="sales", state="done", name=f"{mark}.csv", sha256=mark, asked_by=head, finished_at=timezone.now()
        )
        line = SaleLine.objects.create(
            customer=customer, sold_on=datetime.date(2026, 1, 5), gross=Decimal("10.00"), run=run
        )
        owner, friend = (
            create_person(name=f"{name} {mark}", note=mark, customer=customer, role={"role": role}, by=head)
            for name, role in (("王", "owner"), ("李", "manager"))
        )
        introduced = RelationType.objects.get(code="introduced")
        sides.append(
            {
                "customer": customer,
                "person": owner,
                "personrole": owner.roles.get(),
                "relationtype": introduced,
                "slumpcause": SlumpCause.objects.get(code="goods"),
                "brandday": BrandDay.objects.get_or_create(day=datetime.date(2026, 5, 5), kind="closed")[0],
                "schoolholiday": SchoolHoliday.objects.get_or_create(
                    first_day=datetime.date(2026, 7, 1), last_day=datetime.date(2026, 8, 31)
                )[0],
                "relation": relate(type=introduced, start=owner, end=friend, by=head, note=mark),
                "region": region,
                "user": head,
                "posting": head.postings.get(),
                "job": Job.objects.create(
                    kind="api.purge_keys", title=f"job {mark}", state="failed", asked_by=head, run_after=timezone.now()
                ),
                "importrun": run,
                "export": Export.objects.create(
                    kind="customers", format="csv", name=f"{mark}.csv", asked_by=head, expires_at=soon
                ),
                "notification": Notification.objects.create(
                    user=head, kind="slumps.opened", key=mark, params={"name": mark}, mail="off", created_at=soon
                ),
                "savedview": SavedView.objects.create(owner=head, page="customers", name=f"view {mark}"),
                "apitoken": create_token(user=head, label=f"token {mark}")[0],
                "saleline": line,
                "observation": Observation.objects.create(
                    customer=customer, trait="loyalty", score=50, seen_on=datetime.date(2026, 1, 6), note=mark
                ),
                "score": Score.objects.create(
                    customer=customer, trait="loyalty", as_of=datetime.date(2026, 1, 6), value=5000, rule_version=1
                ),
                "fact": note_fact(customer=customer, field="other_brands", value=mark, by=head),
                "attachment": attach(
                    customer=customer, file=io.BytesIO(f"a note of {mark}".encode()), name=f"{mark}.txt", by=head
                ),
                **_receivables(customer, run, mark),
                "erasure": Erasure.objects.create(
                    subject="customer",
                    subject_id=customer.pk,
                    code=customer.code,
                    region=region,
                    reason=mark,
                    asked_by=head,
                    asked_at=timezone.now(),
                    state="done",
                    done_at=timezone.now(),
                ),
                "auditentry": AuditEntry.objects.filter(actor=head, action="customer.create").get(),
            }
        )
        sides[-1] |= _portal(customer, head, mark)
        manager = cast.wei if mark == EAST else cast.xu
        since, later = today(), today() + datetime.timedelta(days=9)
        sides[-1]["note"] = write_note(customer=customer, text=f"said {mark}", mood=4, by=head)
        write_note(customer=customer, text=f"private {mark}", is_private=True, by=head)
        sides[-1] |= _talks(customer, head, mark)
        sides[-1]["specialcare"] = begin_care(
            customer=customer, user=manager, reason=mark, review_on=later, exit_rule=mark, by=head
        )
        tagged = bulk.tag(by=head, name=f"tag {mark}", ids=[customer.pk])
        sides[-1]["tag"] = Tag.objects.get(pk=tagged.params["tag"])
        sides[-1]["bulkaction"] = tagged
        sides[-1]["handover"] = Handover.objects.create(to=manager, since=since, word=mark, done_by=head)
        HandoverBrief.objects.create(
            handover=sides[-1]["handover"], customer=customer, sections=[{"key": "notes", "lines": [mark]}]
        )
        sides[-1]["standin"] = name_stand_in(
            absent=cast.tao if mark == EAST else head, stand_in=manager, since=since, until=later, reason=mark, by=None
        )
        if mark == EAST:
            assign(customers=[customer], user=cast.tao, since=datetime.date(2026, 1, 1))
        else:
            assign(customers=[customer], user=head, since=datetime.date(2026, 1, 1))
        sides[-1]["responsibility"] = customer.responsibilities.get()
        sides[-1]["plannedvisit"] = plan_visit(
            customer=customer,
            visitor=cast.tao if mark == EAST else head,
            day=since,
            note=f"visit {mark}",
            goals=[f"goal {mark}"],
            by=head,
        )
        sides[-1]["plandraft"] = PlanDraft.objects.create(
            visitor=cast.tao if mark == EAST else head, first=since, last=later, asked_by=head
        )
        sides[-1] |= _rhythm(customer, cast.tao if mark == EAST else head, head, mark)
        sides[-1] |= _report(customer, head, mark)
        sides[-1] |= _support(customer, region, head, mark)
        sides[-1] |= _issue(customer, head, mark)
        sides[-1] |= _survey(customer, head, mark)
        sides[-1] |= promotions.notice(customer, head, mark)
        sides[-1] |= promotions.promotion_plan(customer, head, mark)
        sides[-1] |= promotions.promotion(customer, head, mark)
        sides[-1] |= promotions.promotion_budget(customer, region, head, mark)
        sides[-1]["slumpalert"] = SlumpAlert.objects.create(
            customer=customer,
            first_day=since,
            third_day=since,
            last_day=since,
            days=3,
            depth=Decimal("0.4"),
            expected=Decimal(300),
            got=Decimal(180),
            lost=Decimal(120),
            rule_version=1,
            as_of=since,
            note=f"slump {mark}",
        )
        twin = Customer.objects.create(code=f"D-{mark}", name=f"店 {mark}", kind="franchisee", region=region)
        if mark == EAST:
            Responsibility.objects.create(customer=twin, user=cast.tao, since=datetime.date(2026, 1, 1))
        sides[-1]["duplicatepair"] = DuplicatePair.objects.create(
            first=customer, second=twin, score=50, reasons=[["name", ""]], note=mark
        )
        sides[-1]["merge"] = Merge.objects.create(
            survivor=customer,
            loser_id=MISSING_ID[mark],
            loser_code=f"G-{mark}",
            loser_name=f"旧店 {mark}",
            loser_region=region,
            state="done",
            done_by=head,
        )
    run = refresh(full=True)
    for side in sides:
        side |= _tiers_by_hand(side["customer"], side["user"], [one["customer"] for one in sides])
    for side in sides:
        side["tierrun"], side["tierpolicy"] = run, TierPolicy.objects.get()
        side["tierdecision"] = TierDecision.objects.filter(customer=side["customer"]).get()
    objects = {kind: (sides[0][kind], sides[1][kind]) for kind in sides[0]}
    return SimpleNamespace(cast=cast, objects=objects)


def _rhythm(customer, visitor, head, mark) -> dict:
    """A rhythm of its own, and a visitor's days and pace; the brand's rules are everybody's to read."""
    from crm.clock import today
    from visits.models import CadenceWindow, CountingRule
    from visits.plan import busy, rhythms
    from visits.planning.trips import mark_trip

    return {
        "cadenceoverride": rhythms.set_cadence(customer=customer, days=9, reason=f"rhythm {mark}", by=head),
        "countingrule": CountingRule.objects.get_or_create(source="visit", kind="", tier="")[0],
        "cadencewindow": CadenceWindow.objects.get_or_create(tier="A")[0],
        "busyday": busy.add_busy(
            person=visitor, first=today(), last=today(), kind="leave", note=f"away {mark}", by=None
        ),
        "visitorpace": busy.set_pace(person=visitor, there=50, travel=20, day=400, by=None),
        "trip": mark_trip(
            person=visitor,
            first=today(),
            last=today() + datetime.timedelta(days=1),
            place=f"inn {mark}",
            latitude=30.0,
            longitude=120.0,
            by=None,
        ),
    }


def _support(customer, region, head, mark) -> dict:
    """Something granted with a cost, an exception that waits, and a budget."""
    from crm.clock import today
    from customers.models import Entitlement, SupportCategory, TierPolicy
    from customers.support import actions, booking, budgeting, setting
    from customers.support.entitling import quarter_of

    category = SupportCategory.objects.get(code="publicity")
    asked = actions.ask(customer=customer, category=category, what=mark, asked_amount=Decimal("9.00"), by=head)
    granted = actions.grant(request=asked, by=head)
    until = today() + datetime.timedelta(days=9)
    return {
        "supportcategory": category,
        "entitlement": Entitlement.objects.create(
            policy=TierPolicy.objects.get(), tier="A", gives="terms", amount=Decimal("60.00"), since=until, note="both"
        ),
        "supportrequest": granted,
        "supportcost": booking.book_cost(request=granted, amount=Decimal("1.00"), note=mark, by=head),
        "entitlementexception": setting.propose_exception(
            customer=customer, gives="terms", amount=Decimal("60.00"), until=until, reason=mark, by=head
        ),
        "supportbudget": budgeting.set_budget(
            region=region, quarter=quarter_of(today()), amount=Decimal("99.00"), note=mark, by=None
        ),
    }


def _tiers_by_hand(customer, head, both) -> dict:
    """An override that waits, and a trial of the head's that would move the customers of both sides."""
    from crm.clock import today
    from customers.models import TierOverride, TierPolicy, TierTrialMove
    from customers.tiers import labbing, trying

    policy = TierPolicy.objects.get()
    trial = trying.ask(by=head, base=policy, against=policy, draft=labbing.draft_of(policy))
    rows = [
        TierTrialMove(
            trial=trial, customer=one, region=one.region, before="C", after="A", reason="top_share", w0=1, w1=1
        )
        for one in both
    ]
    TierTrialMove.objects.bulk_create(rows)
    override = TierOverride.objects.create(
        customer=customer,
        tier="B",
        reason=f"because of {customer.name}",
        since=today(),
        until=today(),
        proposed_by=head,
    )
    return {"tieroverride": override, "tiertrial": trial, "tiertrialmove": trial.moves.get(customer=customer)}


def _portal(customer, head, mark) -> dict:
    """Somebody who has come in, and a link that waits."""
    from customers.models import PortalLink, PortalSession
    from customers.portal import actions, links

    account = actions.invite(customer=customer, name=f"dealer {mark}", phone="139 1", by=head)
    actions.enter(token=links.token_of(PortalLink.objects.get(account=account)))
    link = actions.new_link(account=account, by=head)
    return {
        "portalaccount": account,
        "portallink": link,
        "portalsession": PortalSession.objects.get(account=account),
    }


def _report(customer, head, mark) -> dict:
    """Of a visit that nobody planned, with every part and an addition."""
    from visits.report import actions

    made = actions.file_report(
        customer=customer,
        by=head,
        listened=f"heard {mark}",
        found=f"found {mark}",
        shared=f"shared {mark}",
        private=f"private report {mark}",
    )
    return {
        "visitreport": made,
        "reportaddition": actions.add_to(report=made, text=f"added {mark}", by=head),
        **_changed_late(made.visit, head),
    }


def _changed_late(visit, head) -> dict:
    """As rows: what is told of them is their visit's."""
    from crm.clock import today
    from visits.models import AgreedBefore, ShortNotice

    values = {"visit": visit, "customer": visit.customer, "was_on": today(), "told_on": today(), "told_by": head}
    return {
        "shortnotice": ShortNotice.objects.create(**values),
        "agreedbefore": AgreedBefore.objects.create(visit=visit, day=today(), ended_on=today()),
    }


def _issue(customer, head, mark) -> dict:
    from customers.issues.actions import open_issue
    from customers.issues.sharing import share
    from customers.models import IssueCause, IssueTerms, IssueTime

    made = open_issue(customer=customer, title=f"issue {mark}", category="price", text=mark, by=head)
    return {
        "issue": made,
        "issuestep": made.steps.get(),
        "issueterms": IssueTerms.objects.get_or_create(pk=1)[0],
        "issuetime": IssueTime.objects.get(category="", tier=""),
        "issuecause": IssueCause.objects.get(code="planning"),
        "sharedmirror": share(user=head),
    }


def _survey(customer, head, mark) -> dict:
    """A round that was answered, with a guess."""
    from crm.clock import today
    from customers.models import ManagerGuess, SurveyInvitation
    from customers.surveys import actions, answering

    template = actions.write_template(name="How content", by=head)
    round_ = actions.begin_survey(
        template=template, name=f"round {mark}", opens_on=today(), closes_on=today(), customers=[customer], by=head
    )
    invitation, points = SurveyInvitation.objects.get(survey=round_), list(template.points.all())
    # As if whoever looked after it then had guessed.
    rows = [ManagerGuess(invitation=invitation, point=one, expectation=8, reality=8) for one in points]
    ManagerGuess.objects.bulk_create(rows)
    said = {one.pk: answering.Said(7, 7) for one in points}
    response = answering.answer(
        invitation=invitation, answers=said, overall=7, renew=7, comment=f"answered {mark}", through="link"
    )
    return {
        "surveytemplate": template,
        "surveypoint": points[0],
        "survey": round_,
        "surveyinvitation": invitation,
        "surveyresponse": response,
        "surveyanswer": response.answers.all()[0],
        "managerguess": invitation.guesses.all()[0],
    }


def _receivables(customer, run, mark) -> dict:
    from customers.models import OpenItem, Payment, Promise

    day, amount = datetime.date(2026, 1, 5), Decimal("10.00")
    return {
        "openitem": OpenItem.objects.create(
            customer=customer, number=f"I-{mark}", issued_on=day, due_on=day, amount=amount, open_amount=amount, run=run
        ),
        "payment": Payment.objects.create(
            customer=customer, number=f"P-{mark}", paid_on=day, amount=amount, unused=amount, note=mark, run=run
        ),
        "promise": Promise.objects.create(
            customer=customer, what=f"promise {mark}", due_on=day, made_on=day, made_by="us"
        ),
    }


def seen(world, kind: str, who: str) -> list:
    return [row for letter, row in zip("ew", world.objects[kind], strict=True) if letter in SEES[kind].get(who, "")]


def hidden(world, kind: str, who: str) -> list:
    return [row for letter, row in zip("ew", world.objects[kind], strict=True) if letter not in SEES[kind].get(who, "")]
