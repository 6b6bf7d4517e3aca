"""Running the tier rule, and writing and adopting policies.

A run is one transaction under one lock: killed at any moment it leaves nothing, run twice it changes nothing more.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from crm.audit.actions import record
from crm.clock import now, today
from crm.jobs.actions import enqueue
from crm.money import from_minor
from customers.scores import actions as scores
from customers.scores import weighing
from customers.tiers import dialect, engine, figures, ledger, pastday
from customers.tiers.engine import Depth
from customers.tiers.models import StandingState, TierPolicy, TierRun
from customers.tiers.policies import rule_from, rule_of
from customers.tiers.terms import Policy

HEALING_DAY = 7
"""ISO weekday (Sunday) on whose first refresh everything is worked out anew, whatever the outboxes say."""


def _silent(done: int, total: int) -> None:
    """Nobody wants to know how far it is."""


@transaction.atomic
def refresh(
    *,
    as_of: datetime.date | None = None,
    asked_by=None,
    full: bool = False,
    tell: Callable[[int, int], None] = _silent,
) -> TierRun:
    """Bring standing and decisions up to a day (today) under the adopted policy, as cheaply as is exact.

    Everything anew when `full`, when the windows or the policy moved, when more than one customer in twenty changed,
    and on the first refresh of a Sunday; everybody judged on kept figures when only the day moved; otherwise only who
    changed. The result is the same either way. Raises ValidationError when no policy is adopted.
    """
    as_of = as_of or today()
    check_day(as_of)
    with connection.cursor() as cursor:
        dialect.lock(cursor)
        policy = TierPolicy.objects.adopted()
        if policy is None:
            raise ValidationError(_("No tier policy is adopted."), code="policy")
        scores.follow(as_of=as_of)  # evidence that came since reaches the tiers in the same run
        state = StandingState.objects.get_or_create(pk=1)[0]
        heals = as_of.isoweekday() == HEALING_DAY and state.figures_as_of != as_of
        depth = Depth.ALL if full or heals else Depth.TOUCHED
        run = TierRun.objects.create(policy=policy, as_of=as_of, mode=TierRun.Mode.FULL, asked_by=asked_by)
        engine.refresh(cursor, state=state, policy=policy, as_of=as_of, run=run, depth=depth, tell=tell)
    return run


def run(
    *,
    as_of: datetime.date | None = None,
    policy: TierPolicy | None = None,
    asked_by=None,
    mode: str | None = None,
    tell: Callable[[int, int], None] = _silent,
) -> TierRun:
    """Run a policy for a day. Today under the adopted policy is a full refresh; anything else is a replay.

    A replay works from the monthly sums of that day's windows and keeps its decisions under its own run; the standing
    and the chain of decisions in force stay as they are. mode: 'replay' forces one.
    """
    as_of = as_of or today()
    if mode != TierRun.Mode.REPLAY and as_of == today():
        adopted = TierPolicy.objects.adopted()
        if policy is None or (adopted is not None and policy.pk == adopted.pk):
            return refresh(as_of=as_of, asked_by=asked_by, full=True, tell=tell)
    return replay(as_of=as_of, policy=policy, asked_by=asked_by, tell=tell)


@transaction.atomic
def replay(
    *, as_of: datetime.date, policy: TierPolicy | None = None, asked_by=None, tell: Callable[[int, int], None] = _silent
) -> TierRun:
    """Decide a day and keep the decisions, without touching the standing. Repeated on the same facts it writes none."""
    check_day(as_of)
    with connection.cursor() as cursor:
        dialect.lock(cursor)
        policy = policy or TierPolicy.objects.adopted()
        if policy is None:
            raise ValidationError(_("No tier policy is adopted."), code="policy")
        run = TierRun.objects.create(policy=policy, as_of=as_of, mode=TierRun.Mode.REPLAY, asked_by=asked_by)
        rule = rule_of(policy)
        tell(0, 3)
        ladder = pastday.compute(cursor, rule, as_of)
        tell(1, 3)
        run.changed = ledger.write_snapshot(cursor, result=pastday.RESULT, run=run)
        tell(2, 3)
        counts = pastday.counts(cursor)
        dialect.drop_tables(cursor, pastday.RESULT, pastday.FACTS, pastday.RANKS)
    run.a, run.b, run.c = counts["A"], counts["B"], counts["C"]
    run.examined = sum(counts.values())
    run.ranked, run.k = ladder.ranked, ladder.k
    run.cutoff = None if ladder.cutoff is None else from_minor(ladder.cutoff)
    run.seconds = round((now() - run.created_at).total_seconds(), 3)
    run.save()
    return run


def ensure_standings() -> int:
    """Give every customer without a standing an empty row (the next refresh fills it); returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO customers_tierstanding (customer_id, {', '.join(figures.FIGURES)}, tier, reason)"
            " SELECT c.id, c.kind, c.region_id, %(no)s, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, '', ''"
            " FROM customers_customer c LEFT JOIN customers_tierstanding s ON s.customer_id = c.id"
            " WHERE s.customer_id IS NULL ORDER BY c.id",
            {"no": False},
        )
        return max(cursor.rowcount, 0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two policies on the same facts of a day. counts: by tier. flows: (first's tier, second's tier) -> (n, cents)."""

    as_of: datetime.date
    counts: tuple[dict[str, int], dict[str, int]]
    cutoffs: tuple[Decimal | None, Decimal | None]
    flows: dict[tuple[str, str], tuple[int, Decimal]]
    movers: list[tuple[int, str, str, Decimal]]


def compare_policies(*, first: Policy, second: Policy, as_of: datetime.date | None = None, top: int = 20) -> Comparison:
    """Try two rules on the same day without writing anything.

    movers: (customer id, first's tier, second's tier, W0 sales) of the `top` largest who would move.
    """
    as_of = as_of or today()
    check_day(as_of)
    other = "tier_result_first"
    with pastday.scratch() as cursor:
        ladders, counts = [], []
        for rule in (first, second):
            ladders.append(pastday.compute(cursor, rule, as_of))
            counts.append(pastday.counts(cursor))
            if rule is first:
                dialect.make_table(
                    cursor,
                    other,
                    f"SELECT customer_id, tier FROM {pastday.RESULT}",
                    {},
                    key="customer_id",
                )
        joined = f"{pastday.RESULT} b JOIN {other} a ON a.customer_id = b.customer_id"
        cursor.execute(f"SELECT a.tier, b.tier, count(*), sum(b.w0) FROM {joined} GROUP BY a.tier, b.tier")
        flows = {(before, after): (n, from_minor(w0)) for before, after, n, w0 in cursor.fetchall()}
        cursor.execute(
            f"SELECT b.customer_id, a.tier, b.tier, b.w0 FROM {joined} WHERE a.tier <> b.tier"
            " ORDER BY b.w0 DESC, b.customer_id LIMIT %(top)s",
            {"top": top},
        )
        movers = [(customer, before, after, from_minor(w0)) for customer, before, after, w0 in cursor.fetchall()]
        dialect.drop_tables(cursor, other)
    cutoffs = tuple(None if ladder.cutoff is None else from_minor(ladder.cutoff) for ladder in ladders)
    return Comparison(as_of, tuple(counts), cutoffs, flows, movers)


# What people can get wrong on the page, in the words of `terms`, which stays free of Django and its translations.
CONTRADICTIONS = (
    gettext_noop("a stability band needs 0 <= band_enter <= top_share <= band_leave <= 1"),
    gettext_noop("a stability band is a band of ranks: it does not go with an absolute cut-off"),
    gettext_noop("part-years are projected to 12 months: they go with no other ranking window"),
    gettext_noop("weights of cooperation must be whole numbers from 0 to 100"),
    gettext_noop("weights of loyalty must be whole numbers from 0 to 100"),
    gettext_noop("cooperation_weights must give a weight by kind of evidence"),
    gettext_noop("loyalty_weights must give a weight by kind of evidence"),
    gettext_noop("one weight of cooperation must be above 0"),
    gettext_noop("one weight of loyalty must be above 0"),
    gettext_noop("days between visits and minutes of a visit must lie between 1 and 730"),
)
_VALUES = ("top_share", "growth", "cooperation_high", "loyalty_high", "min_observations")


@transaction.atomic
def create_policy(*, code: str, by=None, name: str = "", note: str = "", options: dict | None = None, **values):
    """A new policy, or a new version of the one with this code; it takes effect when adopted.

    What is not given is taken from the version before (else from the article). Raises ValidationError keyed by field.
    """
    check_admin(by)
    one_at_a_time()
    before = TierPolicy.objects.current(code)
    policy = TierPolicy(code=code, version=before.version + 1 if before else 1, created_by=by, note=note)
    policy.name = name or (before.name if before else code)
    for field in _VALUES:
        given = values.pop(field, None)
        if given is not None:
            setattr(policy, field, given)
        elif before is not None:
            setattr(policy, field, getattr(before, field))
    if values:
        raise ValidationError({"__all__": _("Unknown field: %(name)s.") % {"name": sorted(values)[0]}})
    policy.options = dict(before.options if before and options is None else options or {})
    policy.full_clean()
    _check_rule(policy)
    policy.save()
    kept = {field: [str(getattr(before, field)) if before else None, str(getattr(policy, field))] for field in _VALUES}
    kept["options"] = [before.options if before else None, policy.options]
    record(action="tier_policy.create", target=policy, changes=kept, reason=note, actor=by)
    return policy


@transaction.atomic
def adopt(*, policy: TierPolicy, by, reason: str = "") -> TierPolicy:
    """Put a policy in force: from the next refresh, asked for here, tiers follow it."""
    check_admin(by)
    one_at_a_time()
    before = TierPolicy.objects.adopted()
    if before is not None and before.pk == policy.pk:
        raise ValidationError(_("This policy is in force already."), code="adopted")
    policy.adopted_at = now()
    policy.adopted_from, policy.planned_by, policy.planned_note = None, None, ""
    policy.save(update_fields=["adopted_at", "adopted_from", "planned_by", "planned_note"])
    changes = {"adopted": [str(before) if before else None, str(policy)]}
    record(action="tier_policy.adopt", target=policy, changes=changes, reason=reason, actor=by)
    weigh(policy)
    enqueue(kind="tiers.refresh", input={"full": True}, asked_by=by)
    return policy


def weigh(policy: TierPolicy, since: datetime.date | None = None) -> None:
    """Let scores be worked out from today (or a day) with the weights of the policy that comes into force."""
    weighing.put(weights=rule_of(policy).weights, since=since or today())


def one_at_a_time() -> None:
    """Lock the policies until the transaction ends, so that each change knows the one before it.

    no_key: a run that is at work only points at its policy, and neither waits for the other.
    """
    list(TierPolicy.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def check_admin(by) -> None:
    """by None is the system (set-up, tests)."""
    if by is not None and not (by.is_admin and by.may_write):
        raise ValidationError(_("Only administrators may change tier policies."), code="forbidden")


def _check_rule(policy: TierPolicy) -> None:
    try:
        rule_of(policy)
    except (ValueError, TypeError, ArithmeticError) as error:
        text = _("These values contradict each other: %(reason)s") % {"reason": _(str(error))}
        raise ValidationError({"options": text}, code="rule") from error


def check_day(as_of: datetime.date) -> None:
    """Refuse a day whose windows leave the calendar."""
    try:
        figures.parameters(as_of, rule_from(options={}))
    except ValueError as error:
        raise ValidationError({"as_of": _("There are no three years before this day.")}, code="as_of") from error
