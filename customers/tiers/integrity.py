"""What lists and pages show of tiers, against what a full run would find now, on the day they hold for.

Customers that wait in an outbox are behind until the next refresh, and with them the cut-off may be: then only the
figures of the others are compared, and a note says so.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm.integrity import Check, Found, missing_triggers, unlike
from customers.scores import day
from customers.tiers import deciding, dialect, engine, figures, holding, optioned, outbox
from customers.tiers.models import StandingState, TierPolicy
from customers.tiers.policies import is_set_based, rule_of

_STANDING = "customers_tierstanding"
_JUDGED = "tier_checked"
_WAITING = " UNION ".join(f"SELECT customer_id FROM {box}" for box in (*engine.OUTBOXES, "customers_scoredirty"))


def _standing(cursor, found: Found) -> None:
    state = StandingState.objects.filter(pk=1).select_related("policy", "run").first()
    cursor.execute(f"SELECT count(*) FROM ({_WAITING}) w")
    (waiting,) = cursor.fetchone()
    if state is None or state.run is None or state.figures_as_of is None or state.policy is None:
        found.notes.append(str(_("Tiers have never been worked out.")))
        return
    rule = rule_of(state.policy)
    differing = figures.changes(scores=day.ready(cursor, state.figures_as_of, rule.weights))
    found.add_rows(
        cursor,
        f"SELECT c.code FROM ({differing}) f JOIN customers_customer c ON c.id = f.customer_id"
        f" WHERE f.customer_id NOT IN ({_WAITING}) ORDER BY c.code",
        figures.parameters(state.figures_as_of, rule),
    )
    day.drop(cursor)
    if waiting:
        text = _("%(n)d customers wait for the next refresh of tiers; until then tiers cannot be compared.")
        found.notes.append(text % {"n": waiting})
        return
    if is_set_based(rule):
        ladder = deciding.read_ladder(cursor, _STANDING, rule)
        changes, values = deciding.changes(rule, _STANDING), deciding.parameters(rule, ladder)
    else:
        ladder = optioned.judge_standing(cursor, _JUDGED, rule, state.figures_as_of)
        changes, values = f"SELECT customer_id, tier FROM {_JUDGED}", {}
    found.add_rows(
        cursor,
        f"SELECT c.code, d.tier FROM ({changes}) d JOIN customers_customer c ON c.id = d.customer_id ORDER BY c.code",
        values,
    )
    dialect.drop_tables(cursor, _JUDGED)
    cutoff = None if state.cutoff is None else int(state.cutoff * 100)
    if (ladder.ranked, ladder.k, ladder.cutoff) != (state.ranked, state.k, cutoff):
        found.add(_("the cut-off that is kept"))


def _decisions(cursor, found: Found) -> None:
    found.add_rows(
        cursor,
        f"""SELECT c.code FROM {_STANDING} s JOIN customers_customer c ON c.id = s.customer_id
        LEFT JOIN customers_tierdecision d ON d.customer_id = s.customer_id AND d.run_id = s.run_id
        WHERE (s.run_id IS NOT NULL AND (d.id IS NULL OR d.tier <> s.tier OR d.reason <> s.reason
                OR d.rule_tier <> s.rule_tier OR d.rule_reason <> s.rule_reason))
            OR (s.run_id IS NULL AND s.tier <> '')
        ORDER BY c.code""",
    )


def _overrides(cursor, found: Found) -> None:
    state = StandingState.objects.filter(pk=1).first()
    if state is None or state.figures_as_of is None:
        return
    found.add_rows(
        cursor,
        f"""SELECT c.code FROM ({holding.differing()}) d JOIN customers_customer c ON c.id = d.customer_id
        WHERE d.customer_id NOT IN ({_WAITING}) ORDER BY c.code""",
        {"as_of": state.figures_as_of.isoformat()},
    )


def _counters(cursor, found: Found) -> None:
    counted = f"""SELECT region_id, tier, count(*) AS customers, {dialect.total("w0")} AS w0 FROM {_STANDING}
        GROUP BY region_id, tier"""
    kept = "SELECT region_id, tier, customers, w0 FROM customers_regiontier"
    query = unlike(counted, kept, ["region_id", "tier"], ["customers", "w0"])
    found.add_rows(
        cursor, f"SELECT r.code, x.tier FROM ({query}) x LEFT JOIN crm_region r ON r.id = x.region_id ORDER BY 1, 2"
    )


def _policy(cursor, found: Found) -> None:
    if TierPolicy.objects.adopted() is None:
        found.add(_("No tier policy is adopted."))


def _triggers(cursor, found: Found) -> None:
    missing_triggers(cursor, found, list(outbox.TRIGGERS))


CHECKS = [
    Check("standing", _("Tiers and figures in lists are what a full run would find."), _standing),
    Check("decisions", _("Behind every tier there is the decision that says why."), _decisions),
    Check("overrides", _("Tiers set by hand hold on their days, and on no others."), _overrides),
    Check("region_tiers", _("Counts by region and tier are counts of the lists."), _counters),
    Check("policy", _("A tier policy is in force."), _policy),
    Check("tier_triggers", _("Changes of customers and scores reach the tiers."), _triggers),
]
