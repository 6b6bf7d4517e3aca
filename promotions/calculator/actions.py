"""Reckoning a promotion with a customer: write, change, keep a version, show it, sign it, drop it."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, today
from crm.refusing import refusal_of
from customers.profile.models import Customer
from customers.profile.models import State as CustomerState
from promotions.budgets import holding
from promotions.budgets.models import Source, UseState
from promotions.calculator.costing import brand_cost
from promotions.calculator.kept import MOST_MATERIALS, MOST_VARIANTS, guess_of, plan_of
from promotions.calculator.models import (
    PlanSignature,
    PlanVersion,
    PromotionKind,
    PromotionPlan,
    SignatureSide,
    State,
)
from promotions.calculator.refusing import Refused
from promotions.calculator.terms import check
from promotions.calculator.words import refusal_text

FARTHEST = datetime.timedelta(days=366)
MOST_VERSIONS = 60


def checked(terms: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of terms that the calculator takes. Raises ValidationError keyed by field: `v1.cut`, `goods.retail`."""
    kept = copy.deepcopy(dict(terms))
    variants = kept.get("variants") or []
    if not variants:
        raise refusal_of("variants", refusal_text("too_few"), "too_few")
    if len(variants) > MOST_VARIANTS:
        raise refusal_of("variants", refusal_text("too_many"), "too_many")
    flaws: dict[str, ValidationError] = {}
    for place, one in enumerate(variants):
        if len(one.get("materials") or []) > MOST_MATERIALS:
            flaws[f"v{place + 1}.materials"] = ValidationError(refusal_text("too_large"), code="too_large")
        try:
            check(plan_of(kept, place))
            guess = guess_of(kept, place)
        except Refused as refused:
            for name, code in refused.errors.items():
                at = name if name.split(".")[0] in ("goods", "baseline", "timing") else f"v{place + 1}.{name}"
                flaws.setdefault(at, ValidationError(refusal_text(code), code=code))
        else:
            if guess is not None and not (guess.is_finite() and -1 <= guess <= 20):
                flaws[f"v{place + 1}.guess"] = ValidationError(refusal_text("too_large"), code="too_large")
    if flaws:
        raise ValidationError(flaws)
    return kept


@transaction.atomic
def write_plan(
    *,
    customer: Customer,
    title: str,
    kind: str,
    starts_on: datetime.date,
    terms: Mapping[str, Any],
    by: User | None,
    shows_brand: bool = False,
) -> PromotionPlan:
    """Being reckoned; nobody but us sees it. Raises ValidationError keyed by field."""
    if customer.state == CustomerState.CLOSED:
        raise refusal_of("customer", _("This customer is closed."), "closed")
    title = _checked_head(title, kind, starts_on)
    made = PromotionPlan.objects.create(
        customer=customer,
        title=title,
        kind=kind,
        starts_on=starts_on,
        terms=checked(terms),
        shows_brand=shows_brand,
        made_by=by,
    )
    record(action="promotion_plan.write", target=customer, changes={"promotion_plan": title}, actor=by)
    return made


@transaction.atomic
def change_plan(*, plan: PromotionPlan, by: User | None, version: int | None = None, **fields: Any) -> PromotionPlan:
    """fields: some of title, kind, starts_on, terms, shows_brand. What the customer sees changes by `show_plan`."""
    held = held_of(plan, version)
    if not held.may_change:
        raise ValidationError(_("What is agreed or dropped is reckoned no more."), code="over")
    for name in ("title", "kind", "starts_on", "shows_brand"):
        if name in fields:
            setattr(held, name, fields[name])
    if {"title", "kind", "starts_on"} & set(fields):
        held.title = _checked_head(held.title, held.kind, held.starts_on)
    if "terms" in fields:
        held.terms = checked(fields["terms"])
    held.version += 1
    held.save()
    record(action="promotion_plan.change", target=held.customer, changes={"promotion_plan": held.title}, actor=by)
    return held


def held_of(plan: PromotionPlan, version: int | None = None) -> PromotionPlan:
    """Locked and read anew."""
    rows = PromotionPlan.objects.select_for_update(of=("self",)).select_related("customer", "shown")
    held = rows.get(pk=plan.pk)
    if version is not None and held.version != version:
        raise ValidationError(_("Somebody else has changed this plan in the meantime; look at it again."), "conflict")
    return held


def _checked_head(title: str, kind: str, starts_on: datetime.date) -> str:
    title = " ".join(title.split())
    if not title or len(title) > 80:
        raise refusal_of("title", _("Give it a name of at most 80 characters."), "title")
    if kind not in PromotionKind.values:
        raise refusal_of("kind", _("There is no such choice."), "kind")
    if starts_on < today():
        raise refusal_of("starts_on", _("This day has passed."), "past")
    if starts_on > today() + FARTHEST:
        raise refusal_of("starts_on", _("That is more than a year away."), "far")
    return title


def _kept(held: PromotionPlan, *, by: User | None, told_by: str, note: str) -> PlanVersion:
    number = (held.versions.aggregate(n=Max("number"))["n"] or 0) + 1
    if number > MOST_VERSIONS:
        raise ValidationError(_("Too many versions: drop this plan and begin another."), code="many")
    return PlanVersion.objects.create(
        plan=held, number=number, terms=held.terms, note=note[:300], told_by=told_by[:80], by=by, at=now()
    )


@transaction.atomic
def keep_version(*, plan: PromotionPlan, by: User | None, note: str = "") -> PlanVersion:
    """As it stands now, to come back to; the customer does not see it."""
    held = held_of(plan)
    if not held.may_change:
        raise ValidationError(_("What is agreed or dropped is reckoned no more."), code="over")
    made = _kept(held, by=by, told_by="", note=" ".join(note.split()))
    told = {"promotion_plan": held.title, "plan_version": made.number}
    record(action="promotion_plan.keep", target=held.customer, changes=told, actor=by)
    return made


@transaction.atomic
def show_plan(*, plan: PromotionPlan, by: User | None, note: str = "") -> PlanVersion:
    """As it stands now becomes the version that both look at; signatures under an earlier one no longer count."""
    held = held_of(plan)
    if not held.may_change:
        raise ValidationError(_("What is agreed or dropped is reckoned no more."), code="over")
    made = _kept(held, by=by, told_by="", note=" ".join(note.split()))
    held.shown, held.state = made, State.SHOWN
    held.version += 1
    held.save()
    holding.turn(Source.PLAN, [held.pk], UseState.RELEASED)
    told = {"promotion_plan": held.title, "plan_version": made.number}
    record(action="promotion_plan.show", target=held.customer, changes=told, actor=by)
    return made


@transaction.atomic
def put_own_costs(
    *, plan: PromotionPlan, staff: str, other: str, told_by: str, seen: int, note: str = ""
) -> PlanVersion:
    """The dealer puts in what they spend themselves: the next version, which both see. seen: the version on their
    screen.
    """
    held = _shown(plan, seen)
    assert held.shown is not None
    held.terms = checked({**held.shown.terms, "own": {"staff": staff, "other": other}})
    made = _kept(held, by=None, told_by=told_by, note=" ".join(note.split()))
    held.shown = made
    held.version += 1
    held.save()
    holding.turn(Source.PLAN, [held.pk], UseState.RELEASED)
    told = {"promotion_plan": held.title, "plan_version": made.number}
    record(action="promotion_plan.keep", target=held.customer, changes=told, actor=None)
    return made


@transaction.atomic
def sign(
    *, plan: PromotionPlan, variant: int, side: str, seen: int, by: User | None = None, told_by: str = ""
) -> PromotionPlan:
    """One side says yes to a variant (its place, from 0) of the version that both see; when the other side has said
    yes to the same, it is agreed. Who signs again changes their mind. What it costs us is reserved when we sign, and
    committed when it is agreed. Raises OverBudget where we sign more than the budgets hold.
    """
    held = _shown(plan, seen)
    assert held.shown is not None
    if side not in SignatureSide.values:
        raise refusal_of("side", _("There is no such choice."), "side")
    if not 0 <= variant < len(held.shown.terms["variants"]):
        raise refusal_of("variant", _("There is no such variant."), "variant")
    if side == SignatureSide.BRAND:
        _reserve(held, variant, by)
    PlanSignature.objects.update_or_create(
        version=held.shown,
        side=side,
        defaults={"variant": variant, "by": by, "told_by": told_by[:80], "at": now()},
    )
    told = {"promotion_plan": held.title, "plan_version": held.shown.number, "plan_variant": variant + 1}
    record(action="promotion_plan.sign", target=held.customer, changes=told, actor=by)
    said = dict(PlanSignature.objects.filter(version=held.shown).values_list("side", "variant"))
    if len(said) == 2 and len(set(said.values())) == 1:
        held.state, held.agreed_variant, held.agreed_at = State.AGREED, variant, now()
        holding.turn(Source.PLAN, [held.pk], UseState.COMMITTED)
        record(action="promotion_plan.agree", target=held.customer, changes=told, actor=by)
    held.version += 1
    held.save()
    return held


def _reserve(held: PromotionPlan, variant: int, by: User | None) -> None:
    assert held.shown is not None
    promise = holding.promise_of(held.customer, held.pk, brand_cost(held.shown.terms, variant))
    own = Q(source=Source.PLAN, ref=held.pk)
    purpose = holding.Purpose(Source.PLAN, held.pk)
    holding.check([promise.draw], held.starts_on, purpose=purpose, by=by, but=own)
    holding.put(Source.PLAN, promise, UseState.RESERVED, held.starts_on)


def _shown(plan: PromotionPlan, seen: int) -> PromotionPlan:
    held = held_of(plan)
    if held.state != State.SHOWN or held.shown is None:
        raise ValidationError(_("This plan is not open for an answer."), code="state")
    if held.shown.number != seen:
        raise ValidationError(_("There is a later version by now; please look at it first."), code="newer")
    return held


@transaction.atomic
def drop_plan(*, plan: PromotionPlan, why: str, by: User | None = None, told_by: str = "") -> PromotionPlan:
    """By us or by the dealer; nothing of it is lost."""
    held = held_of(plan)
    why = " ".join(why.split())
    if held.state == State.DROPPED:
        raise ValidationError(_("This plan was dropped already."), code="over")
    if not why or len(why) > 300:
        raise refusal_of("why", _("Say why in at most 300 characters."), "why")
    held.state, held.dropped_why = State.DROPPED, why
    held.version += 1
    held.save()
    holding.turn(Source.PLAN, [held.pk], UseState.RELEASED)
    record(
        action="promotion_plan.drop",
        target=held.customer,
        changes={"promotion_plan": held.title},
        reason=why if by else "",
        actor=by,
    )
    return held
