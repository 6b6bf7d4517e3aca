"""What one said to do next when one last spoke with a customer, and has not spoken with them since."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from customers.contacts.models import Contact
from customers.profile.models import in_hands_of

MOST = 50


def tasks(user, day: datetime.date) -> list[Task]:
    """Of one's own contacts and of customers in one's hands; private ones for their author only. One statement.
    Handed over, a private one takes its day along, its words only if its author says so.

    A contact that followed, and that this person may read, has taken the step up.
    """
    if not user.may_write:
        return []
    mine = Q(by_id=user.pk) | Q(customer_id__in=in_hands_of(user.pk, day))
    after = Q(happened_at__gt=OuterRef("happened_at")) | Q(happened_at=OuterRef("happened_at"), pk__gt=OuterRef("pk"))
    later = Contact.objects.readable_by(user).live().filter(after, customer=OuterRef("customer")).order_by()
    rows = Contact.objects.visible_to(user).live().filter(mine, ~Exists(later), next_on__lte=day)
    return [_task(one, day) for one in rows.order_by("next_on", "pk")[:MOST]]


def _task(one: Contact, day: datetime.date) -> Task:
    assert one.next_on is not None
    values = {"day": formats.date_format(one.next_on, "MONTH_DAY_FORMAT"), "text": one.next_step}
    plain = _("To be in touch with them again on %(day)s.") % values
    return Task(
        key=f"next:{one.pk}:{one.next_on}",
        kind="next",
        icon="message",
        tone="warn" if one.next_on < day else "acc",
        reason=_("Next step for %(day)s: %(text)s") % values if one.next_step else plain,
        url=reverse("contacts:detail", args=[one.pk]),
        customer_id=one.customer_id,
        action=Action(_("Log a contact"), f"{reverse('contacts:new')}?customer={one.customer_id}", "message"),
        days_of_sales=7,
        late=(day - one.next_on).days,
        minutes=10,
        own=True,
        # Others find no private contact at its address: they are led to the customer.
        open_reason=_("A next step is due on %(day)s; what it is, is private.") % values if one.is_private else "",
        open_url=reverse("customers:detail", args=[one.customer_id]) if one.is_private else "",
    )
