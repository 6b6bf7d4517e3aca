"""Promotions from preparing to settling, one step a function."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, today
from crm.jobs.actions import enqueue
from crm.money import to_minor
from crm.refusing import refusal_of
from customers.files.actions import attach
from customers.files.models import Category
from customers.relationship.actions import witness
from customers.relationship.models import Kind as EvidenceKind
from promotions.budgets import holding
from promotions.budgets.models import Source
from promotions.calculator.models import PromotionKind, PromotionPlan
from promotions.calculator.models import State as PlanState
from promotions.policies.audience import Audience, customers_of, flaw_of, unknown_codes
from promotions.rollout import money
from promotions.rollout.judging import checked_judgement, not_ahead
from promotions.rollout.letters import ask_to_invite
from promotions.rollout.models import LONGEST, Answer, Execution, Participation, Promotion, State

SOURCE = "promotion"
MOST_DAYS = 366
MOST_ITEMS = 12
PAGE = 1000
AT_ONCE = 500


# --- preparing ----------------------------------------------------------------------------------------------------


@transaction.atomic
def write_promotion(
    *,
    code: str,
    title: str,
    kind: str,
    mechanics: str,
    starts_on: datetime.date,
    ends_on: datetime.date,
    answer_by: datetime.date,
    by: User | None,
    goods: str = "",
    materials: Sequence[Mapping[str, Any]] = (),
    checklist: Sequence[str] = (),
    audience: Audience | None = None,
    cost_each: Decimal = Decimal(0),
) -> Promotion:
    """Being prepared: nobody is asked yet. Raises ValidationError keyed by field."""
    made = Promotion(code=code.strip().lower(), made_by=by)
    values = {"title": title, "kind": kind, "goods": goods, "mechanics": mechanics, "starts_on": starts_on}
    values |= {"ends_on": ends_on, "answer_by": answer_by, "materials": materials, "checklist": checklist}
    values["cost_each"] = cost_each
    _put(made, values, by)
    if audience is not None:
        made.audience = checked_audience(audience, by).kept()
    if Promotion.objects.filter(code=made.code).exists():
        raise refusal_of("code", _("There is a promotion with this code already."), "twice")
    made.full_clean(exclude=["audience", "materials", "checklist"])
    made.save()
    record(action="promotion.write", target=made, changes={"promotion": made.title, "code": made.code}, actor=by)
    return made


@transaction.atomic
def change_promotion(*, promotion: Promotion, by: User | None, version: int | None = None, **fields: Any) -> Promotion:
    """Anything but the code while it is prepared; when it is under way only how long it runs."""
    held = held_of(promotion, version)
    if held.state not in (State.DRAFT, State.OPEN):
        raise ValidationError(_("This promotion is over."), code="over")
    if held.state == State.OPEN and set(fields) - {"ends_on"}:
        raise ValidationError(_("Customers were asked already: only its last day may change."), code="open")
    audience = fields.pop("audience", None)
    _put(held, fields, by)
    if audience is not None:
        held.audience = checked_audience(audience, by).kept()
    held.version += 1
    held.save()
    record(action="promotion.change", target=held, changes={"promotion": held.title}, actor=by)
    return held


def held_of(promotion: Promotion, version: int | None = None) -> Promotion:
    """Locked and read anew."""
    held = Promotion.objects.select_for_update().get(pk=promotion.pk)
    if version is not None and held.version != version:
        text = _("Somebody else has changed this promotion in the meantime; look at it again.")
        raise ValidationError(text, code="conflict")
    return held


def _put(held: Promotion, values: Mapping[str, Any], by: User | None) -> None:
    for name, value in values.items():
        setattr(held, name, value)
    held.title, held.mechanics = " ".join(held.title.split()), held.mechanics.strip()
    if not held.title or len(held.title) > 80:
        raise refusal_of("title", _("Give it a name of at most 80 characters."), "title")
    if held.kind not in PromotionKind.values:
        raise refusal_of("kind", _("There is no such choice."), "kind")
    if not held.mechanics or len(held.mechanics) > LONGEST:
        raise refusal_of("mechanics", _("Say how it goes in at most %(most)d characters.") % {"most": LONGEST}, "text")
    if held.ends_on < held.starts_on:
        raise refusal_of("ends_on", _("It cannot end before it starts."), "order")
    if held.days > MOST_DAYS:
        raise refusal_of("ends_on", _("A promotion runs a year at most."), "long")
    if held.answer_by > held.ends_on:
        raise refusal_of("answer_by", _("By then it is over."), "late")
    to_minor(held.cost_each)
    if held.cost_each < 0:
        raise refusal_of("cost_each", _("Not below nought."), "negative")
    held.materials = [_material(one) for one in held.materials]
    held.checklist = [" ".join(text.split())[:120] for text in held.checklist if text.strip()]
    if len(held.checklist) > MOST_ITEMS or len(held.materials) > MOST_ITEMS:
        raise refusal_of("checklist", _("%(most)d items at most.") % {"most": MOST_ITEMS}, "many")


def _material(one: Mapping[str, Any]) -> dict[str, Any]:
    quantity = one.get("quantity")
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= 100_000:
        raise refusal_of("materials", _("Say how many pieces, 1 to 100,000."), "quantity")
    return {"name": " ".join(str(one.get("name", "")).split())[:80], "quantity": quantity}


def checked_audience(audience: Audience, by: User | None) -> Audience:
    flaw = flaw_of(audience, by)
    if flaw:
        raise refusal_of("audience", _("Say who is asked: some of these are not in your reach."), flaw)
    unknown = unknown_codes(audience.codes, by)
    if unknown:
        text = _("Not in your reach: %(codes)s") % {"codes": "、".join(unknown[:10])}
        raise refusal_of("audience", text, "unknown")
    return audience


# --- asking -------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_promotion(*, promotion: Promotion, by: User, version: int | None = None) -> Promotion:
    """Everybody of the audience is asked; many by a job that is asked for here. What they may cost is reserved for all
    at once. Raises OverBudget where it does not fit and no head has agreed.
    """
    held = held_of(promotion, version)
    if held.state != State.DRAFT:
        raise ValidationError(_("Customers were asked already."), code="open")
    if held.ends_on < today():
        raise refusal_of("ends_on", _("This day has passed."), "past")
    if not held.audience or not customers_of(Audience.of(held.audience), by).exists():
        raise refusal_of("audience", _("There is nobody to ask: choose other customers."), "nobody")
    money.keep_for(held, by)
    held.state, held.opened_at = State.OPEN, now()
    held.version += 1
    held.save()
    record(action="promotion.open", target=held, changes={"promotion": held.title}, actor=by)
    if invite_page(held, by, most=AT_ONCE) < AT_ONCE:
        money.all_asked(held)
        ask_to_invite(held, by)
    else:
        enqueue(kind="promotions.invite", input={"promotion": held.pk}, asked_by=by, key=f"promotions.invite:{held.pk}")
    return held


@transaction.atomic
def invite_page(promotion: Promotion, by: User, *, most: int = PAGE) -> int:
    """The next customers of the audience who were not asked yet; says how many. Twice asks nobody twice."""
    asked = Participation.objects.counting().filter(promotion=promotion, customer=OuterRef("pk"))
    rows = customers_of(Audience.of(promotion.audience), by).exclude(Exists(asked)).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:most])
    Participation.objects.bulk_create(
        [Participation(promotion=promotion, customer_id=pk) for pk in ids], batch_size=500, ignore_conflicts=True
    )
    money.promise_page(promotion, ids)
    return len(ids)


@transaction.atomic
def carry_out(*, plan: PromotionPlan, code: str, mechanics: str, by: User) -> Promotion:
    """An agreed plan becomes a promotion of one customer, who takes part already."""
    held = PromotionPlan.objects.select_for_update(of=("self",)).select_related("customer", "shown").get(pk=plan.pk)
    if held.state != PlanState.AGREED or held.shown is None or held.agreed_variant is None:
        raise ValidationError(_("Only what both sides have signed is carried out."), code="state")
    if Participation.objects.filter(plan=held).exists():
        raise ValidationError(_("It is carried out already."), code="twice")
    agreed = held.shown.terms
    variant = agreed["variants"][held.agreed_variant]
    days = int(agreed["timing"].get("days", 14))
    ends_on = held.starts_on + datetime.timedelta(days=days - 1)
    made = write_promotion(
        code=code,
        title=held.title,
        kind=held.kind,
        goods=agreed["goods"].get("name", ""),
        mechanics=mechanics,
        starts_on=held.starts_on,
        ends_on=ends_on,
        answer_by=min(today(), ends_on),
        materials=[{"name": one["name"], "quantity": one["quantity"]} for one in variant.get("materials", [])],
        audience=Audience(codes=(held.customer.code,)),
        by=by,
    )
    Promotion.objects.filter(pk=made.pk).update(state=State.OPEN, opened_at=now())
    part = Participation.objects.create(
        promotion=made, customer=held.customer, plan=held, answer=Answer.ACCEPTED, answered_at=held.agreed_at
    )
    holding.hand_over(holding.Purpose(Source.PLAN, held.pk), holding.Purpose(Source.PART, part.pk))
    made.refresh_from_db()
    return made


# --- one customer -------------------------------------------------------------------------------------------------


def held_part(participation: Participation, version: int | None = None) -> Participation:
    """Locked and read anew. Raises ValidationError where the promotion is not under way."""
    rows = Participation.objects.select_for_update(of=("self",)).select_related("promotion", "customer")
    held = rows.get(pk=participation.pk)
    if held.set_aside or held.promotion.state != State.OPEN:
        raise ValidationError(_("This promotion is over."), code="over")
    if version is not None and held.version != version:
        raise ValidationError(_("Somebody else has changed this in the meantime; look at it again."), code="conflict")
    return held


def _saved(held: Participation, action: str, by: User | None, **told: Any) -> Participation:
    held.version += 1
    held.save()
    record(action=action, target=held.customer, changes={"promotion": held.promotion.title, **told}, actor=by)
    return held


@transaction.atomic
def answer(
    *, participation: Participation, answer: str, text: str = "", told_by: str = "", by: User | None = None
) -> Participation:
    """accepted, declined or countered (with what they want otherwise); again until it has begun to be judged."""
    held = held_part(participation)
    text = text.strip()
    if answer not in (Answer.ACCEPTED, Answer.DECLINED, Answer.COUNTERED):
        raise refusal_of("answer", _("Choose one of the answers."), "answer")
    if held.compliance:
        raise ValidationError(_("It was judged already."), code="judged")
    if len(text) > LONGEST:
        raise refusal_of("text", _("%(most)d characters at most.") % {"most": LONGEST}, "long")
    if answer == Answer.COUNTERED and not text:
        raise refusal_of("text", _("Say what you would do otherwise."), "text")
    held.answer, held.counter = answer, text
    held.answered_at, held.told_by = now(), told_by[:80]
    money.follow(held, by)
    return _saved(held, "promotion.answer", by, participation=answer)


@transaction.atomic
def take_counter(*, participation: Participation, by: User) -> Participation:
    """What they want otherwise is agreed: they take part that way."""
    held = held_part(participation)
    if held.answer != Answer.COUNTERED:
        raise ValidationError(_("They want nothing otherwise."), code="state")
    held.answer, held.agreed = Answer.ACCEPTED, held.counter
    money.follow(held, by)
    return _saved(held, "promotion.agree", by, participation=held.answer)


@transaction.atomic
def receive_materials(
    *, participation: Participation, on: datetime.date, told_by: str = "", by: User | None = None
) -> Participation:
    held = _taking_part(participation)
    not_ahead("on", on)
    held.received_on, held.sent_on = on, held.sent_on or on
    if on < held.sent_on:
        raise refusal_of("on", _("That was before they were sent."), "before")
    return _saved(held, "promotion.receive", by, received_on=on)


@transaction.atomic
def show_execution(
    *,
    participation: Participation,
    seen_on: datetime.date,
    done: Sequence[int] = (),
    price: Decimal | None = None,
    note: str = "",
    photo: IO[bytes] | None = None,
    photo_name: str = "",
    told_by: str = "",
    by: User | None = None,
) -> Execution:
    """What was seen in the shop. done: places in the checklist, from 0. photo: kept with the files of the customer."""
    held = _taking_part(participation)
    not_ahead("seen_on", seen_on)
    places = sorted(set(done))
    if places and not 0 <= places[0] <= places[-1] < len(held.promotion.checklist):
        raise refusal_of("done", _("There is no such item."), "item")
    if price is not None:
        to_minor(price)
        if price < 0:
            raise refusal_of("price", _("Not below nought."), "negative")
    if len(note) > 300:
        raise refusal_of("note", _("%(most)d characters at most.") % {"most": 300}, "long")
    kept = None
    if photo is not None:
        title = held.promotion.title
        kept = attach(customer=held.customer, file=photo, name=photo_name, title=title, category=Category.SHELF, by=by)
    made = Execution.objects.create(
        participation=held,
        seen_on=seen_on,
        done=places,
        price=price,
        note=note.strip(),
        photo=kept,
        told_by=told_by[:80],
        by=by,
        at=now(),
    )
    told = {"promotion": held.promotion.title, "seen_on": seen_on}
    record(action="promotion.show", target=held.customer, changes=told, actor=by)
    return made


@transaction.atomic
def judge(
    *,
    participation: Participation,
    compliance: str,
    by: User,
    credit: int | None = None,
    how: str = "",
    version: int | None = None,
) -> Participation:
    """As agreed, changed (credit: percent of it that was done), or not run. It is evidence of how they cooperate."""
    held = _taking_part(participation, version)
    credit, how = checked_judgement(held.promotion, compliance, credit, how)
    if held.compliance:
        raise ValidationError(_("It was judged already."), code="judged")
    held.compliance, held.credit, held.how = compliance, credit, how
    held.judged_by, held.judged_at = by, now()
    saved = _saved(held, "promotion.judge", by, compliance=compliance)
    witness(
        customer=held.customer,
        kind=EvidenceKind.PROMOTION,
        kept=Decimal(credit) / 100,
        on=min(today(), held.promotion.ends_on),
        source=SOURCE,
        ref=str(held.pk),
        by=by,
        note=held.promotion.title[:300],
    )
    return saved


@transaction.atomic
def claim(
    *, participation: Participation, amount: Decimal, text: str = "", told_by: str = "", by: User | None = None
) -> Participation:
    """What they ask for. Again until it is settled."""
    held = _taking_part(participation)
    to_minor(amount)
    if amount <= 0:
        raise refusal_of("amount", _("More than nothing."), "amount")
    if len(text) > 300:
        raise refusal_of("text", _("%(most)d characters at most.") % {"most": 300}, "long")
    if held.settled_on:
        raise ValidationError(_("It was settled already."), code="settled")
    held.claim, held.claim_text = amount, text.strip()
    if told_by:
        held.told_by = told_by[:80]
    return _saved(held, "promotion.claim", by, claim=amount)


@transaction.atomic
def settle(
    *,
    participation: Participation,
    amount: Decimal,
    on: datetime.date,
    by: User,
    own_costs: Decimal | None = None,
) -> Participation:
    """What they get, once it was judged; nothing is an amount, too. own_costs: what it cost us beside that. Both are
    spent of the budgets. Raises OverBudget for more than was promised, where it does not fit and no head has agreed.
    """
    held, own_costs = _taking_part(participation), own_costs or Decimal(0)
    to_minor(amount)
    to_minor(own_costs)
    not_ahead("on", on)
    for name, value in (("amount", amount), ("own_costs", own_costs)):
        if value < 0:
            raise refusal_of(name, _("Not below nought."), "negative")
    if not held.compliance:
        raise ValidationError(_("First say how it was run."), code="unjudged")
    if held.settled_on:
        raise ValidationError(_("It was settled already."), code="settled")
    money.spend(held, amount + own_costs, by)
    held.settled, held.own_costs, held.settled_on = amount, own_costs, on
    return _saved(held, "promotion.settle", by, settled=amount)


def _taking_part(participation: Participation, version: int | None = None) -> Participation:
    held = held_part(participation, version)
    if held.answer != Answer.ACCEPTED:
        raise ValidationError(_("They do not take part."), code="state")
    return held


# --- the end ------------------------------------------------------------------------------------------------------


@transaction.atomic
def close_promotion(*, promotion: Promotion, by: User, called_off: bool = False) -> Promotion:
    """Over: nothing more is done about it. called_off: it does not take place."""
    held = held_of(promotion)
    if held.state not in (State.DRAFT, State.OPEN):
        raise ValidationError(_("This promotion is over."), code="over")
    if not called_off and held.state == State.DRAFT:
        raise ValidationError(_("Nobody was asked yet: call it off instead."), code="draft")
    money.release(held)
    held.state = State.DROPPED if called_off else State.CLOSED
    held.version += 1
    held.save()
    record(
        action="promotion.drop" if called_off else "promotion.close",
        target=held,
        changes={"promotion": held.title},
        actor=by,
    )
    return held
