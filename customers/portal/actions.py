"""Inviting dealers, letting them in once by a link, and ending their access. Nothing here writes an e-mail address or
a token into the log."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record, record_many
from crm.clock import now, today
from crm.refusing import refusal_of
from crm.saving import save
from customers.people.models import Person, PersonRole
from customers.portal import links
from customers.portal.models import LINK_DAYS, SESSION_DAYS, PortalAccount, PortalLink, PortalSession
from customers.profile.models import Customer, State

SEEN_EVERY = datetime.timedelta(minutes=5)


@transaction.atomic
def invite(
    *,
    customer: Customer,
    by: User | None,
    person: Person | None = None,
    name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "",
    by_hand: bool = False,
) -> PortalAccount:
    """An account with a link. What is not given is the person's. by_hand: whoever asks passes the link on, so that
    neither e-mail nor phone is needed. Raises ValidationError keyed by field, `closed` for a closed customer.
    """
    held = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    refuse_closed(held)
    if person is not None:
        standing = PersonRole.objects.filter(customer=held, person=person).in_force(today())
        if not standing.exists():
            raise refusal_of("person", _("This person does not stand with this customer."), "stands")
        name, email, phone = name or person.name, email or person.email, phone or person.phone
    name, email, phone = " ".join(name.split()), email.strip(), " ".join(phone.split())
    _check(name, email, phone, by_hand)
    account = PortalAccount(
        customer=held,
        person=person,
        name=name,
        email=email,
        phone=phone,
        language=language,
        invited_by=by,
        invited_at=now(),
    )
    account.full_clean(exclude=["customer", "person", "invited_by", "ended_by"], validate_constraints=False)
    active = PortalAccount.objects.active().filter(customer=held)
    if person is not None and active.filter(person=person).exists():
        raise refusal_of("person", _("This person has access already."), "twice")
    if email and active.filter(email__iexact=email).exists():
        raise refusal_of("email", _("Somebody with this e-mail address has access already."), "twice")
    save(account)
    write_link(account, by)
    record(action="portal.invite", target=held, changes={"dealer": [None, name]}, actor=by)
    return account


@transaction.atomic
def new_link(*, account: PortalAccount, by: User | None) -> PortalLink:
    """Another link; the one before opens nothing any more. Raises ValidationError: `ended`, `closed`."""
    held = _locked(account)
    _refuse_ended(held)
    refuse_closed(held.customer)
    made = write_link(held, by)
    record(action="portal.link", target=held.customer, changes={"dealer": held.name}, actor=by)
    return made


@transaction.atomic
def note_shown(*, accounts: Iterable[PortalAccount], by: User) -> None:
    """Whoever has seen a link could come in by it: the log knows who. accounts: with their customers."""
    record_many(action="portal.show", targets=[(one.customer, {"dealer": one.name}) for one in accounts], actor=by)


@transaction.atomic
def revoke_link(*, account: PortalAccount, by: User | None) -> None:
    """Nobody comes in by the link that is out. Raises ValidationError `none` when there is none."""
    held = _locked(account)
    if not PortalLink.objects.unspent().filter(account=held).update(revoked_at=now()):
        raise ValidationError(_("There is no link to revoke."), code="none")
    record(action="portal.revoke", target=held.customer, changes={"dealer": held.name}, actor=by)


@transaction.atomic
def end_access(*, account: PortalAccount, by: User | None) -> PortalAccount:
    """At once, on every device, and for the link that is out. Raises ValidationError `ended`."""
    held = _locked(account)
    _refuse_ended(held)
    close(held, by)
    held.save(update_fields=["is_active", "ended_at", "ended_by", "version"])
    shut([held.pk])
    record(action="portal.end", target=held.customer, changes={"dealer": [held.name, None]}, actor=by)
    return held


def close(account: PortalAccount, by: User | None) -> None:
    account.is_active, account.ended_at, account.ended_by = False, now(), by
    account.version += 1


def shut(account_ids: list[int]) -> None:
    """Their links and sessions; two statements."""
    moment = now()
    PortalLink.objects.unspent().filter(account_id__in=account_ids).update(revoked_at=moment)
    PortalSession.objects.filter(account_id__in=account_ids, ended_at__isnull=True).update(ended_at=moment)


def new_row(account: PortalAccount, by: User | None) -> PortalLink:
    moment = now()
    return PortalLink(
        account=account,
        nonce=links.new_nonce(),
        made_by=by,
        made_at=moment,
        expires_at=moment + datetime.timedelta(days=LINK_DAYS),
    )


def write_link(account: PortalAccount, by: User | None) -> PortalLink:
    """In the caller's transaction, which holds the account."""
    PortalLink.objects.unspent().filter(account=account).update(revoked_at=now())
    made = new_row(account, by)
    made.save()
    return made


# --- the dealer's own ---------------------------------------------------------------------------------------------


def usable(token: str) -> PortalLink | None:
    """The link of a token if it lets somebody in now; whatever the reason, None says no more. One query."""
    found = links.read(token)
    if found is None:
        return None
    rows = PortalLink.objects.open().filter(pk=found[0]).select_related("account__customer")
    link = rows.first()
    return link if link is not None and links.fits(link, found[1]) and link.account.may_enter else None


@transaction.atomic
def enter(*, token: str) -> tuple[PortalAccount, str]:
    """Use a link up: (account, the new session's key). Of two at once the second is refused.

    Raises ValidationError `link`, the same whether it is unknown, used, expired or its account has no access.
    """
    link = usable(token)
    refusal = ValidationError(_("This link does not work any more."), code="link")
    if link is None:
        raise refusal
    # The account first and the link after, as whoever revokes it does: so neither waits for the other for ever.
    account = _locked(link.account)
    held = PortalLink.objects.open().select_for_update(of=("self",)).filter(pk=link.pk).first()
    if held is None or not account.may_enter:
        raise refusal
    moment, key = now(), secrets.token_urlsafe(32)
    PortalLink.objects.filter(pk=link.pk).update(used_at=moment)
    PortalSession.objects.create(
        account=account,
        digest=digest_of(key),
        begun_at=moment,
        last_seen_at=moment,
        expires_at=moment + datetime.timedelta(days=SESSION_DAYS),
    )
    PortalAccount.objects.filter(pk=account.pk).update(last_seen_at=moment)
    record(action="portal.enter", target=account.customer, changes={"dealer": account.name})
    return account, key


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def session_of(key: str) -> PortalSession | None:
    """The session of a key, if its account still has access; with account, customer and standing. One query."""
    rows = PortalSession.objects.filter(
        digest=digest_of(key[:200]), ended_at__isnull=True, expires_at__gt=now(), account__is_active=True
    )
    return rows.exclude(account__customer__state=State.CLOSED).select_related("account__customer__standing").first()


@transaction.atomic
def leave(*, session: PortalSession) -> None:
    """This device only. Whoever has left already stays away."""
    if PortalSession.objects.filter(pk=session.pk, ended_at__isnull=True).update(ended_at=now()):
        account = session.account
        record(action="portal.leave", target=account.customer, changes={"dealer": account.name})


@transaction.atomic
def touch(*, session: PortalSession) -> None:
    """Write down that somebody is there, every few minutes and not with each page."""
    moment = now()
    if moment - session.last_seen_at >= SEEN_EVERY:
        PortalSession.objects.filter(pk=session.pk).update(last_seen_at=moment)
        PortalAccount.objects.filter(pk=session.account_id).update(last_seen_at=moment)


@transaction.atomic
def choose_language(*, account: PortalAccount, language: str) -> None:
    """Not audited: it is nobody else's business."""
    PortalAccount.objects.filter(pk=account.pk).update(language=language)


# --- refusing -----------------------------------------------------------------------------------------------------


def refuse_closed(customer: Customer) -> None:
    if customer.state == State.CLOSED:
        raise ValidationError(_("This customer is closed."), code="closed")


def _refuse_ended(account: PortalAccount) -> None:
    if not account.is_active:
        raise ValidationError(_("This access has ended; invite the person anew."), code="ended")


def _locked(account: PortalAccount) -> PortalAccount:
    rows = PortalAccount.objects.select_for_update(of=("self",)).select_related("customer")
    return rows.get(pk=account.pk)


def _check(name: str, email: str, phone: str, by_hand: bool) -> None:
    if not name:
        raise refusal_of("name", _("Say whom to invite."), "required")
    if not email and not phone and not by_hand:
        raise refusal_of("email", _("An e-mail address or a phone number is needed to reach this person."), "required")
    if email:
        try:
            validate_email(email)
        except ValidationError as wrong:
            raise ValidationError({"email": wrong}) from wrong
