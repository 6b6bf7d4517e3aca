"""What suggests goals of visits: settings.VISIT_SUGGESTIONS names these and those of slices above.

Each takes (user, customer ids that came through `visible_to`, day) and gives {customer id: suggestions}, in one
statement or two however many customers; what this person may not read suggests nothing to them.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import formats
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.shell import numbers
from customers.contacts.reading import last_contact_of_many
from customers.facts.fields import ASKABLE, FIELDS, OWNER, SENSITIVE
from customers.facts.reading import completeness_of_many
from customers.issues.models import Issue
from customers.profile.models import Customer, Kind, State
from customers.promises.models import Commitment, Side
from customers.receivables.models import Promise
from customers.receivables.models import Side as PaySide
from customers.receivables.reading import ageings
from customers.slumps.models import SlumpAlert
from customers.support.models import SupportRequest
from customers.surveys.models import SurveyInvitation
from customers.tiers.models import StandingState, TierStanding
from customers.tiers.policies import is_set_based, rule_of
from visits.plan.models import PlannedVisit, Purpose
from visits.plan.models import State as VisitState
from visits.plan.suggesting import Suggestion, fitting

Found = dict[int, list[Suggestion]]
SOON = datetime.timedelta(days=7)
"""Promises due within so many days are worth speaking of."""
A_MONTH = 30
QUIET_AFTER = {"A": 30, "B": 60}
QUIET_AT_LAST = 90
"""Days without a contact after which a visit is to end the silence, by tier."""
ASKED_AT_ONCE = 3
NEAR = Decimal("0.9")
"""From so much of the sales that make an A on, the step to it is worth a visit."""
COMPLETE = 90
"""Percent of a profile from which on there is nothing to visit for."""


def issues(user, ids: list[int], day: datetime.date) -> Found:
    found: Found = defaultdict(list)
    for one in Issue.objects.visible_to(user).unsolved().filter(customer_id__in=ids).most_pressing_first():
        n = max(0, (day - one.reported_on).days)
        told = ngettext(
            "Solve “%(title)s”, which waits for %(n)d day", "Solve “%(title)s”, which waits for %(n)d days", n
        )
        found[one.customer_id].append(
            Suggestion(
                key=f"issue-{one.pk}",
                kind="issue",
                text=fitting(told % {"title": one.title, "n": n}),
                link=reverse("issues:detail", args=[one.pk]),
                purpose=Purpose.PROBLEM.value,
                icon="flag",
                days_of_sales=7 * one.severity,
                late=(day - one.due_on).days,
            )
        )
    return found


def overdue(user, ids: list[int], day: datetime.date) -> Found:
    found: Found = {}
    for pk, owed in ageings(ids, day).items():
        if not owed.overdue:
            continue
        told = ngettext(
            "Agree a day for %(amount)s overdue, the oldest for %(n)d day",
            "Agree a day for %(amount)s overdue, the oldest for %(n)d days",
            owed.oldest,
        )
        found[pk] = [
            Suggestion(
                key=f"overdue-{pk}",
                kind="money",
                text=told % {"amount": _money(owed.overdue), "n": owed.oldest},
                link=reverse("customers:payments", args=[pk]),
                purpose=Purpose.MONEY.value,
                icon="receipt-2",
                stake=owed.overdue,
                late=owed.oldest,
            )
        ]
    return found


def promises(user, ids: list[int], day: datetime.date) -> Found:
    """Of both sides, those due within a week."""
    found: Found = defaultdict(list)
    rows = Commitment.objects.visible_to(user).due_by(day + SOON).filter(customer_id__in=ids)
    for one in rows.order_by("due_on", "pk"):
        ours = one.side == Side.OURS
        told = _("Keep what we promised by %(day)s: %(text)s") if ours else _("Ask what became of %(day)s: %(text)s")
        found[one.customer_id].append(
            Suggestion(
                key=f"promise-{one.pk}",
                kind="promise" if ours else "their promise",
                text=fitting(told % {"day": _day(one.due_on), "text": one.text}),
                link=reverse("promises:detail", args=[one.pk]),
                purpose=Purpose.RELATIONSHIP.value,
                icon="clipboard-check",
                days_of_sales=14 if ours else 7,
                late=(day - one.due_on).days,
            )
        )
    return found


def payments(user, ids: list[int], day: datetime.date) -> Found:
    """Promises to pay, and promises about money of ours, that are due within a week."""
    found: Found = defaultdict(list)
    rows = Promise.objects.visible_to(user).open().filter(customer_id__in=ids, due_on__lte=day + SOON)
    for one in rows.order_by("due_on", "pk"):
        what = _(", ").join(part for part in (one.what, _money(one.amount) if one.amount is not None else "") if part)
        theirs = one.made_by == PaySide.THEM
        told = _("Hear of what they promised by %(day)s: %(what)s")
        if not theirs:
            told = _("Keep what we promised by %(day)s: %(what)s")
        found[one.customer_id].append(
            Suggestion(
                key=f"pay-{one.pk}",
                kind="payment",
                text=fitting(told % {"day": _day(one.due_on), "what": what}),
                link=f"{reverse('customers:payments', args=[one.customer_id])}#promise-{one.pk}",
                purpose=Purpose.MONEY.value if theirs else Purpose.RELATIONSHIP.value,
                icon="cash",
                stake=one.amount,
                days_of_sales=7,
                late=(day - one.due_on).days,
            )
        )
    return found


def surveys(user, ids: list[int], day: datetime.date) -> Found:
    """Whom we asked and who has not answered yet."""
    found: Found = defaultdict(list)
    rows = SurveyInvitation.objects.visible_to(user).waiting(day).filter(customer_id__in=ids).select_related("survey")
    for one in rows.order_by("survey__closes_on", "pk"):
        n = (one.survey.closes_on - day).days
        told = ngettext(
            "Have “%(survey)s” answered; it is open for %(n)d more day",
            "Have “%(survey)s” answered; it is open for %(n)d more days",
            n,
        )
        found[one.customer_id].append(
            Suggestion(
                key=f"survey-{one.pk}",
                kind="survey",
                text=fitting(told % {"survey": one.survey.name, "n": n}),
                link=f"{reverse('surveys:customer', args=[one.customer_id])}#invitation-{one.pk}",
                purpose=Purpose.RELATIONSHIP.value,
                icon="clipboard-check",
                days_of_sales=2,
                late=-n,
            )
        )
    return found


def support(user, ids: list[int], day: datetime.date) -> Found:
    """Requests that nobody has decided on."""
    found: Found = defaultdict(list)
    rows = SupportRequest.objects.visible_to(user).waiting().filter(customer_id__in=ids)
    for one in rows.order_by("asked_on", "pk"):
        amount = f" ({_money(one.asked_amount)})" if one.asked_amount is not None else ""
        told = _("Answer what they asked for on %(day)s: %(what)s")
        found[one.customer_id].append(
            Suggestion(
                key=f"support-{one.pk}",
                kind="support",
                text=fitting(told % {"day": _day(one.asked_on), "what": f"{one.what}{amount}"}),
                link=reverse("support:detail", args=[one.pk]),
                purpose=Purpose.RELATIONSHIP.value,
                icon="gift",
                stake=one.asked_amount,
                days_of_sales=3,
                late=(day - one.asked_on).days,
            )
        )
    return found


def slumps(user, ids: list[int], day: datetime.date) -> Found:
    found: Found = defaultdict(list)
    rows = SlumpAlert.objects.visible_to(user).on().filter(customer_id__in=ids).defer("evidence")
    for one in rows.order_by("-lost", "pk"):
        if one.is_slump:
            told = ngettext(
                "Find out why sales are %(depth)s below normal: %(lost)s lost in %(n)d day",
                "Find out why sales are %(depth)s below normal: %(lost)s lost in %(n)d days",
                one.days,
            ) % {"depth": numbers.percent(float(one.depth or 0), 0), "lost": _money(one.lost), "n": one.days}
            stake = (one.lost / max(one.days, 1) * A_MONTH).quantize(one.lost)
        else:
            told = _("Get the reports going again that stopped on %(day)s") % {"day": _day(one.first_day)}
            stake = None
        found[one.customer_id].append(
            Suggestion(
                key=f"slump-{one.pk}",
                kind="slump",
                text=told,
                link=reverse("slumps:detail", args=[one.pk]),
                purpose=Purpose.PROBLEM.value,
                icon="trending-down",
                stake=stake,
                days_of_sales=3,
                late=(day - one.third_day).days,
            )
        )
    return found


def profile(user, ids: list[int], day: datetime.date) -> Found:
    """What is missing in the profile and would add most, and why it matters. Nothing sensitive is asked for."""
    found: Found = {}
    rows = list(Customer.objects.filter(pk__in=ids).select_related("standing"))
    known = completeness_of_many([(one, _tier(one)) for one in rows], day)
    for one in rows:
        complete = known[one.pk]
        keys = [gap.key for gap in complete.gaps if gap.key in ASKABLE and gap.key not in SENSITIVE][:ASKED_AT_ONCE]
        if not keys or complete.percent >= COMPLETE:
            continue
        names = _(", ").join(str(_("owner") if key == OWNER.key else FIELDS[key].label) for key in keys)
        told = _("Learn what the profile lacks (%(percent)d %% is known): %(names)s")
        found[one.pk] = [
            Suggestion(
                key=f"profile-{one.pk}",
                kind="profile",
                text=fitting(told % {"percent": complete.percent, "names": names}),
                link=reverse("customers:profile", args=[one.pk]),
                purpose=Purpose.PROFILE.value,
                icon="id",
                days_of_sales=1,
                why=ASKABLE[keys[0]].why,
            )
        ]
    return found


def silence(user, ids: list[int], day: datetime.date) -> Found:
    """Nobody has spoken with them for long: a talk that everybody may know of, or a visit. Three statements."""
    heard = {pk: localdate(at) for pk, at in last_contact_of_many(ids).items()}
    made = PlannedVisit.objects.filter(customer_id__in=ids, state=VisitState.DONE).order_by()
    for pk, last in made.values_list("customer_id").annotate(last=Max("day")):
        heard[pk] = max(last, heard.get(pk, last))
    found: Found = {}
    for one in Customer.objects.filter(pk__in=list(heard)).exclude(state=State.CLOSED).select_related("standing"):
        quiet, most = (day - heard[one.pk]).days, QUIET_AFTER.get(_tier(one), QUIET_AT_LAST)
        if quiet <= most:
            continue
        told = ngettext(
            "End %(n)d day of silence: how are they, what do they need?",
            "End %(n)d days of silence: how are they, what do they need?",
            quiet,
        )
        found[one.pk] = [
            Suggestion(
                key=f"silence-{one.pk}",
                kind="silence",
                text=told % {"n": quiet},
                link=reverse("contacts:customer", args=[one.pk]),
                purpose=Purpose.RELATIONSHIP.value,
                icon="message",
                days_of_sales=3,
                late=quiet - most,
            )
        ]
    return found


def growth(_user, ids: list[int], _day: datetime.date) -> Found:
    """Who stands just below the sales that make an A, by the rule that ranks them now. Two statements."""
    state = StandingState.objects.select_related("policy").filter(pk=1).first()
    if state is None or state.policy is None or not state.cutoff or not is_set_based(rule_of(state.policy)):
        return {}
    rows = TierStanding.objects.filter(customer_id__in=ids, kind=Kind.FRANCHISEE, open_now=True, override_tier="")
    least = (state.cutoff * NEAR).quantize(state.cutoff)
    near = rows.exclude(tier="A").filter(w0__gte=least, w0__lt=state.cutoff)
    found: Found = {}
    for pk, sold in near.values_list("customer_id", "w0"):
        lacking = state.cutoff - sold
        told = _("Find a way to sell %(amount)s more in twelve months: then it is an A")
        found[pk] = [
            Suggestion(
                key=f"growth-{pk}",
                kind="growth",
                text=told % {"amount": _money(lacking)},
                link=f"{reverse('customers:detail', args=[pk])}#tier",
                purpose=Purpose.GROWTH.value,
                icon="trending-up",
                stake=lacking,
            )
        ]
    return found


def joined(parts: Iterable[Found]) -> Found:
    found: Found = defaultdict(list)
    for part in parts:
        for pk, some in part.items():
            found[pk] += some
    return found


def _tier(customer: Customer) -> str:
    standing = getattr(customer, "standing", None)
    return standing.tier if standing is not None else ""


def _money(value) -> str:
    return numbers.money(value, settings.CURRENCY)


def _day(value: datetime.date) -> str:
    return formats.date_format(value, "MONTH_DAY_FORMAT")
