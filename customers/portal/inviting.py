"""The action on many customers "invite": whom of each, what becomes of it, and how it is taken back."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.accounts.models import User
from crm.audit.actions import record_many
from crm.clock import now, today
from customers.care.kinds import BulkKind
from customers.care.models import BulkAction, BulkStep, Result
from customers.care.outcome import Outcome
from customers.people.models import PersonRole, StandsAs
from customers.portal import actions, jobs
from customers.portal.models import PortalAccount, PortalLink
from customers.profile.models import Customer, State


def contacts(customer_ids: Sequence[int]) -> dict[int, PersonRole]:
    """Whom to invite of each: of those with e-mail or phone the owner, else who is called first, else whoever was
    written down first. One query."""
    rows = PersonRole.objects.filter(customer_id__in=customer_ids).in_force(today()).select_related("person")
    best: dict[int, tuple[tuple, PersonRole]] = {}
    for one in rows.exclude(person__email="", person__phone=""):
        order = (one.role != StandsAs.OWNER, not one.is_primary, one.pk)
        if one.customer_id not in best or order < best[one.customer_id][0]:
            best[one.customer_id] = (order, one)
    return {pk: one for pk, (_order, one) in best.items()}


def do(action: BulkAction, customers: Sequence[Customer], by: User) -> list[Outcome]:
    """In the page's transaction; the letters go out by a job that is asked for in it."""
    ids = [one.pk for one in customers]
    locked = list(Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))
    has = set(PortalAccount.objects.active().filter(customer_id__in=ids).values_list("customer_id", flat=True))
    wanted = [one for one in locked if one.pk not in has and one.state != State.CLOSED]
    found = contacts([one.pk for one in wanted])
    moment = now()
    rows = [
        PortalAccount(
            customer=one,
            person=found[one.pk].person,
            name=found[one.pk].person.name,
            email=found[one.pk].person.email,
            phone=found[one.pk].person.phone,
            invited_by=by,
            invited_at=moment,
        )
        for one in wanted
        if one.pk in found
    ]
    accounts = {row.customer_id: row for row in PortalAccount.objects.bulk_create(rows, batch_size=500)}
    links = PortalLink.objects.bulk_create([actions.new_row(row, by) for row in accounts.values()], batch_size=500)
    by_mail = [link for link in links if link.account.email]
    if by_mail:
        jobs.ask_to_send(by_mail, action.params["base"], by, key=f"portal.send:{action.pk}:{by_mail[0].pk}")
    record_many(
        action="portal.invite",
        targets=[(row.customer, {"dealer": [None, row.name]}) for row in accounts.values()],
        actor=by,
    )
    return [_outcome(one, has, accounts) for one in locked]


def _outcome(one: Customer, has: set[int], accounts: dict[int, PortalAccount]) -> Outcome:
    if one.pk in accounts:
        return Outcome(one.pk, Result.CHANGED, "", None, {"account": accounts[one.pk].pk})
    if one.state == State.CLOSED:
        return Outcome(one.pk, Result.REFUSED, "closed")
    return Outcome(one.pk, Result.UNCHANGED) if one.pk in has else Outcome(one.pk, Result.REFUSED, "nobody")


def undo(action: BulkAction, steps: Sequence[BulkStep], by: User) -> list[Outcome]:
    """Whoever has not come in yet has no access any more; who has keeps it."""
    ids = [one.became["account"] for one in steps]
    rows = PortalAccount.objects.filter(pk__in=ids).order_by("pk").select_related("customer")
    held = {row.pk: row for row in rows.select_for_update(of=("self",))}
    back, left = [], {}
    for pk in ids:
        row = held.get(pk)
        if row is None or not row.is_active:
            left[pk] = "ended"
        elif row.last_seen_at is not None:
            left[pk] = "entered"
        else:
            actions.close(row, by)
            back.append(row)
    PortalAccount.objects.bulk_update(back, ["is_active", "ended_at", "ended_by", "version"], batch_size=500)
    actions.shut([row.pk for row in back])
    record_many(action="portal.end", targets=[(row.customer, {"dealer": [row.name, None]}) for row in back], actor=by)
    return [
        Outcome(one.customer_id, Result.LEFT, left[one.became["account"]])
        if one.became["account"] in left
        else Outcome(one.customer_id, Result.UNDONE)
        for one in steps
    ]


def _title(action: BulkAction) -> str:
    n = {"n": action.total}
    return ngettext("Invite %(n)d customer to the portal", "Invite %(n)d customers to the portal", action.total) % n


def _done(action: BulkAction) -> str:
    n = {"n": action.changed}
    if not action.changed:
        return _("Nobody was invited.") if action.refused else _("All of them had access already.")
    return ngettext("%(n)d customer is invited.", "%(n)d customers are invited.", action.changed) % n


def _onward(action: BulkAction) -> tuple[str, str] | None:
    return str(_("Links to pass on")), f"{reverse('customers:portal-links')}?action={action.pk}"


INVITE = BulkKind(
    code="invite",
    label=gettext_lazy("Invite to the portal"),
    do=do,
    undo=undo,
    title=_title,
    done=_done,
    icon="mail",
    url="customers:invite",
    button=gettext_lazy("Invite"),
    reasons={
        "closed": gettext_lazy("This customer is closed."),
        "nobody": gettext_lazy("There is nobody to invite: no person with an e-mail address or a phone number."),
        "entered": gettext_lazy("Somebody has come in already."),
        "ended": gettext_lazy("The access was ended already."),
    },
    onward=_onward,
)
